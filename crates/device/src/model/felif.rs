//! Ferroelectric leaky integrate-and-fire neurons: the membrane charges through a capacitor that switches.

use super::record::{Sample, SampleId};
use super::state::{Quantity, Rest, State, StateId};
use super::{DesignRule, NeuronModel, Threshold, parts};
use crate::equations::{Equations, Local, Locals, Matrix, Means, Membrane, power_of_two};
use crate::{Constants, DeviceParameter, Felif, GUARD_BITS, KELVIN_PER_VOLT, TICK_S};
use bruno_chip::{DeviceCard, DeviceRegister, Formats};
use pulp::{Arch, NullaryFnOnce};

const LN2: f64 = std::f64::consts::LN_2;

/// Membrane.
const V: StateId = StateId::at(0);
/// Synaptic current.
const I: StateId = StateId::at(2);
/// Refractory time left.
const REFR: StateId = StateId::at(3);

/// Switching rates, the charge of what switches, and the occupation after a spike.
const SWITCHING: [DeviceRegister; 13] = [
    DeviceRegister::XvM,
    DeviceRegister::XvH,
    DeviceRegister::XvS,
    DeviceRegister::XpM,
    DeviceRegister::XpH,
    DeviceRegister::XpS,
    DeviceRegister::X0,
    DeviceRegister::Xc,
    DeviceRegister::KapM,
    DeviceRegister::KapH,
    DeviceRegister::KapS,
    DeviceRegister::PReset,
    DeviceRegister::KeepP,
];

pub fn declared(formats: &Formats) -> NeuronModel {
    NeuronModel {
        about: "FeLIF neurons".into(),
        states: vec![
            parts::membrane(formats),
            occupation(formats),
            parts::current(formats),
            parts::refractory_time(),
        ],
        current: I,
        fires: Some(Threshold {
            state: V,
            register: Some(DeviceRegister::VTh.into()),
            timer: Some(REFR),
            nearness: Some(SampleId::at(3)),
        }),
        samples: samples(formats),
        registers: super::of_card(&[&parts::SYNAPSE, &parts::MEMBRANE, &SWITCHING]),
        rules: vec![DesignRule::Switching],
        words: Vec::new(),
        program: None,
    }
}

fn occupation(formats: &Formats) -> State {
    State {
        name: "p".into(),
        about: "occupation of the down state".into(),
        plural: "occupations".into(),
        quantity: Quantity::Share,
        bits: formats.p_bits,
        rest: Rest::Register(DeviceRegister::PReset.into()),
        kept_if: Some(DeviceRegister::KeepP.into()),
        takes: vec![DeviceRegister::PReset.into()],
        before_reset: Some("p_moved".into()),
        sum_shift: 0,
    }
}

/// What the mean linearisation of a window is made of.
fn samples(formats: &Formats) -> Vec<Sample> {
    let shift = Constants::new(formats).flow_shift;
    let flow = -((formats.p_bits + GUARD_BITS - shift) as i32);
    let sample = |word: &str, output: &str, about: &str, signed, log2_lsb| Sample {
        word: word.into(),
        output: output.into(),
        about: about.into(),
        signed,
        log2_lsb: Some(log2_lsb),
        sum_shift: 0,
    };
    vec![
        sample("sum_f", "net_flow", "k+(1-p) - k- p", true, flow),
        sample("sum_x", "steep_flow", "k+(1-p) + k- p", false, flow),
        sample("sum_k", "rates", "k+ + k-", false, -24),
        parts::surrogate(),
    ]
}

/// `dV/dt = (I - g V)/C - kappa f`, `dp/dt = f = k+ (1 - p) - k- p`; a rate stops at one a tick, as in the datapath
/// (docs/semantics.md).
#[derive(Debug, Clone)]
pub struct FelifEquations {
    membrane: Membrane,
    model: Felif,
    card: DeviceCard,
}

/// `f = dp/dt` at one state, 1/s, in its parts.
struct Flow {
    /// f.
    value: f64,
    /// `k+ + k-`.
    rates: f64,
    /// `k+ (1 - p)` and `k- p`, each zero where its rate is saturated and follows nothing.
    free: [f64; 2],
}

impl FelifEquations {
    pub fn new(card: &DeviceCard) -> Self {
        Self {
            membrane: Membrane::new(card),
            model: Felif::new(card),
            card: card.clone(),
        }
    }

    /// Logarithm to base 2 of `k+`.
    #[inline(always)]
    fn exponent(&self, [v, p]: [f64; 2]) -> f64 {
        let m = &self.model;
        m.x_by_v * v - m.x_by_p * p + m.x0
    }

    fn flow(&self, x: [f64; 2]) -> Flow {
        self.flow_by(x, f64::exp2)
    }

    /// The same with this power of two.
    #[inline(always)]
    fn flow_by(&self, x: [f64; 2], exp2: impl Fn(f64) -> f64) -> Flow {
        let up = self.exponent(x);
        let exponents = [up, self.model.xc - up];
        let [up, down] = exponents.map(|x| exp2(x.min(0.0)) / TICK_S);
        let flows = [up * (1.0 - x[1]), down * x[1]];
        Flow {
            value: flows[0] - flows[1],
            rates: up + down,
            free: [0, 1].map(|k| if exponents[k] < 0.0 { flows[k] } else { 0.0 }),
        }
    }

    /// From `k+ (1-p) + k- p` of the rates below saturation and from `k+ + k-`, 1/s: both rates follow the field, the second
    /// against it.
    #[inline(always)]
    fn jacobian(&self, steep: f64, rates: f64) -> Matrix {
        let m = &self.model;
        let by_v = LN2 * m.x_by_v * steep;
        let by_p = -LN2 * m.x_by_p * steep - rates;
        let k = m.kappa_v;
        [[-self.membrane.leak() - k * by_v, -k * by_p], [by_v, by_p]]
    }

    #[inline(always)]
    fn local(&self, x: [f64; 2], i_pa: f64, flow: &Flow) -> Local {
        let charging = self.membrane.charging(x[0], i_pa);
        Local {
            slope: [charging - self.model.kappa_v * flow.value, flow.value],
            jacobian: self.jacobian(flow.free[0] + flow.free[1], flow.rates),
        }
    }

    /// From `k+ (1-p) -+ k- p` of the rates below saturation, 1/s.
    fn force_under(
        &self,
        parameter: DeviceParameter,
        x: [f64; 2],
        i_pa: f64,
        (net, steep): (f64, f64),
    ) -> [f64; 2] {
        match parameter {
            DeviceParameter::Area => [self.membrane.by_area(x[0], i_pa), 0.0],
            DeviceParameter::Leak => [self.membrane.by_leak(x[0]), 0.0],
            DeviceParameter::Threshold | DeviceParameter::Refractory => [0.0; 2],
            DeviceParameter::Barrier => self.of_flow(self.by_barrier(net)),
            DeviceParameter::FieldDistance => self.of_flow(self.by_distance(x, steep)),
        }
    }

    /// What a change of f does to both states.
    #[inline(always)]
    fn of_flow(&self, flow: f64) -> [f64; 2] {
        [-self.model.kappa_v * flow, flow]
    }

    /// f by the barrier: 1 eV takes q/(kB T) from the log of both rates.
    #[inline(always)]
    fn by_barrier(&self, net: f64) -> f64 {
        -KELVIN_PER_VOLT / self.card.temperature_k * net
    }

    /// f by the field's distance: its share of log k+ is proportional to the distance, and that of log k- its negative.
    #[inline(always)]
    fn by_distance(&self, x: [f64; 2], steep: f64) -> f64 {
        let share = self.exponent(x) - self.model.xc / 2.0;
        LN2 * share / self.card.d_e_nm * steep
    }
}

impl Equations for FelifEquations {
    fn dimension(&self) -> usize {
        2
    }

    fn at(&self, x: [f64; 2], i_pa: f64) -> Local {
        self.local(x, i_pa, &self.flow(x))
    }

    fn at_each(&self, x: [&[f64]; 2], i_pa: &[f64], locals: &mut Locals) {
        let of = self;
        Arch::new().dispatch(LocalOfEach {
            of,
            x,
            i_pa,
            locals,
        });
    }

    fn mean_jacobian(&self, &[_, steep, rates, ..]: &Means) -> Matrix {
        self.jacobian(steep, rates)
    }

    fn force(&self, parameter: DeviceParameter, x: [f64; 2], i_pa: f64) -> [f64; 2] {
        let [up, down] = self.flow(x).free;
        self.force_under(parameter, x, i_pa, (up - down, up + down))
    }

    fn force_each(
        &self,
        parameter: DeviceParameter,
        x: [&[f64]; 2],
        i_pa: &[f64],
        force: [&mut [f64]; 2],
    ) {
        let (of, barrier) = (self, parameter == DeviceParameter::Barrier);
        match parameter {
            DeviceParameter::Barrier | DeviceParameter::FieldDistance => {
                Arch::new().dispatch(SwitchingForceOfEach {
                    of,
                    barrier,
                    x,
                    force,
                });
            }
            DeviceParameter::Area
            | DeviceParameter::Leak
            | DeviceParameter::Threshold
            | DeviceParameter::Refractory => {
                let [by_v, by_p] = force;
                for n in 0..i_pa.len() {
                    let x = x.map(|x| x[n]);
                    [by_v[n], by_p[n]] = self.force_under(parameter, x, i_pa[n], (0.0, 0.0));
                }
            }
        }
    }

    fn mean_force(
        &self,
        parameter: DeviceParameter,
        x: [f64; 2],
        i_pa: f64,
        &[net, steep, ..]: &Means,
    ) -> [f64; 2] {
        self.force_under(parameter, x, i_pa, (net, steep))
    }

    fn gain(&self) -> f64 {
        self.membrane.gain()
    }

    fn reset(&self) -> [Option<f64>; 2] {
        let p = (!self.card.keep_p).then_some(self.card.p_reset);
        [Some(self.membrane.v_reset), p]
    }

    fn spike_j(&self) -> f64 {
        let switches = f64::from(!self.card.keep_p);
        let switched_v = switches * self.model.kappa_v * (1.0 - self.card.p_reset);
        self.membrane.spike_j(switched_v)
    }
}

/// [`Equations::at_each`] in the machine's widest vectors: the operations of each neuron are the same in all of them.
struct LocalOfEach<'a> {
    of: &'a FelifEquations,
    x: [&'a [f64]; 2],
    i_pa: &'a [f64],
    locals: &'a mut Locals,
}

impl NullaryFnOnce for LocalOfEach<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let neurons = self.i_pa.len();
        let [v, p] = self.x.map(|x| &x[..neurons]);
        let ([dv, dp], [[vv, vp], [pv, pp]]) = self.locals.rows(neurons);
        for n in 0..neurons {
            let x = [v[n], p[n]];
            let here = self
                .of
                .local(x, self.i_pa[n], &self.of.flow_by(x, power_of_two));
            [dv[n], dp[n]] = here.slope;
            [[vv[n], vp[n]], [pv[n], pp[n]]] = here.jacobian;
        }
    }
}

/// [`Equations::force_each`] by a parameter of the switching, the barrier or the field's distance, in the same way.
struct SwitchingForceOfEach<'a> {
    of: &'a FelifEquations,
    barrier: bool,
    x: [&'a [f64]; 2],
    force: [&'a mut [f64]; 2],
}

impl NullaryFnOnce for SwitchingForceOfEach<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let [by_v, by_p] = self.force;
        let neurons = by_v.len();
        let ([v, p], by_p) = (self.x.map(|x| &x[..neurons]), &mut by_p[..neurons]);
        for n in 0..neurons {
            let x = [v[n], p[n]];
            let [up, down] = self.of.flow_by(x, power_of_two).free;
            let flow = match self.barrier {
                true => self.of.by_barrier(up - down),
                false => self.of.by_distance(x, up + down),
            };
            [by_v[n], by_p[n]] = self.of.of_flow(flow);
        }
    }
}
