//! The state in which nothing changes: where a simulator's transient analysis starts.

use super::{Fecap, State};

/// Voltages between which an operating point is looked for, V.
const SPAN_V: f64 = 50.0;

/// Width of the last interval of a bisection, V.
const RESOLUTION_V: f64 = 1e-14;

/// Operating point at a voltage, V. Leakage has discharged the interface layer down to the voltage at which both layers
/// leak alike.
pub fn at_voltage(fecap: &Fecap, v: f64) -> State {
    let interface = root(
        |interface| {
            let upper = upper_layers(fecap, v - interface);
            fecap.leakage_int(interface) - upper.leakage
        },
        -SPAN_V,
        SPAN_V,
    );
    let upper = upper_layers(fecap, v - interface);
    State {
        p: upper.p,
        trapped_c_m2: upper.displacement - fecap.layers.c_int * interface,
        displacement_c_m2: upper.displacement,
    }
}

/// Operating point at a current, A, into the device in parallel with a leak, S.
pub fn at_current(fecap: &Fecap, current_a: f64, leak_s: f64) -> State {
    let excess = |v: f64| {
        let state = at_voltage(fecap, v);
        let leakage = fecap.leakage_fe(&fecap.voltages(&state));
        leak_s * v + fecap.area_m2 * leakage - current_a
    };
    at_voltage(fecap, root(excess, -SPAN_V, SPAN_V))
}

struct Upper {
    p: f64,
    displacement: f64,
    leakage: f64,
}

/// Depletion and ferroelectric layers with a voltage over both, V, in equilibrium.
fn upper_layers(fecap: &Fecap, v: f64) -> Upper {
    let layers = &fecap.layers;
    let excess = |fe: f64| layers.depletion_v(fecap.rates.equilibrium(fe), fe) + fe - v;
    let fe = root(excess, -2.0 * SPAN_V, 2.0 * SPAN_V);
    let p = fecap.rates.equilibrium(fe);
    let voltages = super::Voltages {
        depletion: layers.depletion_v(p, fe),
        fe,
        interface: 0.0,
    };
    Upper {
        p,
        displacement: layers.c_fe * fe + 2.0 * layers.p_s * p,
        leakage: fecap.leakage_fe(&voltages),
    }
}

/// Root of a rising function by bisection.
fn root(f: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let (mut low, mut high) = (low, high);
    while high - low > RESOLUTION_V {
        let middle = 0.5 * (low + high);
        match f(middle) {
            0.0 => return middle,
            y if y < 0.0 => low = middle,
            _ => high = middle,
        }
    }
    0.5 * (low + high)
}
