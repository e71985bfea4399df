//! The capacitor of a layer: so large that the currents of its synapses use their word.

use super::{ADDER_CURRENTS, I_RANGE_PA, MARGIN, Neuron};
use crate::matrix::Matrix;
use crate::reset::Reset;
use bruno_chip::{DeviceCard, Formats};
use bruno_device::{Constants, Felif, GUARD_BITS, TICK_S};

/// A capacitor whose currents use their word.
pub struct Circuit {
    pub farads: f64,
    /// Threshold, V.
    pub v_th: f64,
    /// Thresholds a tick of the largest current, and those that all channels spiking in every step would make.
    pub reach: f64,
    pub needed: f64,
}

impl Circuit {
    /// `input` and `recurrent` in thresholds that a spike moves altogether.
    pub fn of(neuron: &Neuron, input: &Matrix, recurrent: Option<&Matrix>, headroom: f64) -> Self {
        let loss = neuron.current_loss();
        let all = std::iter::once(input).chain(recurrent);
        let (sum, channels, largest) = all.fold((0.0, 0, 0.0f64), |(sum, n, largest), m| {
            (
                sum + m.largest_row_sum(),
                n + m.columns,
                m.largest().max(largest),
            )
        });
        let needed = loss * sum / (1.0 - neuron.current.decay);
        let adders = loss * largest * channels as f64 / ADDER_CURRENTS;
        let wanted = MARGIN * needed.max(adders).max(f64::MIN_POSITIVE);
        let v_th = Formats::default().v_range_v / headroom;
        // A current of `reach` thresholds a tick is `C * reach * v_th / tick`.
        let capacitance = |reach: f64| I_RANGE_PA * 1e-12 * TICK_S / (reach * v_th);
        let (least, most) = match neuron.reset {
            Reset::Value => of_a_card(neuron.leak()),
            Reset::Subtract => OF_THE_FILE,
        };
        let farads = capacitance(wanted).clamp(least, most.max(least));
        Self {
            farads,
            v_th,
            reach: capacitance(1.0) / farads,
            needed,
        }
    }
}

/// Capacitance that the file `lif_subtractive` takes, F, with a little room.
const OF_THE_FILE: (f64, f64) = (1.001e-16, 9.99e-12);

/// Capacitance that a card of `lif` takes, F, with a little room: area, leak conductance; mantissa of the input's register.
fn of_a_card(leak: f64) -> (f64, f64) {
    let formats = Formats::default();
    let pre = f64::from(1u32 << Constants::new(&formats).pre);
    let by_c =
        TICK_S * formats.i_lsb_pa() * 1e-12 / formats.v_lsb() * pre * f64::from(1u32 << GUARD_BITS);
    let least = (1.1e-3 * farads_by_um2()).max(by_c / 2000.0);
    let most = (9e3 * farads_by_um2()).min(0.9e-6 * TICK_S / leak);
    (least, most)
}

/// Capacitance of a card's area, F/um2.
pub fn farads_by_um2() -> f64 {
    let card = DeviceCard {
        area_um2: 1.0,
        ..DeviceCard::default()
    };
    Felif::new(&card).capacitance_f
}
