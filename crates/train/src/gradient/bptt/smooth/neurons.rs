//! The neurons of the smooth model: what a tick makes of them, without a line of the derivatives.

use crate::config::{Reset, TrainConfig};
use crate::neuron::dynamics::Dynamics;
use crate::neuron::reset::SpikeReset;
use bruno_chip::LayerDescription;
use bruno_device::{Layer, NeuronProgram, TICK_S};
use bruno_model::{Float, Model, Point};

/// Places for the states of a neuron.
pub(super) const N: usize = 4;
const PA: f64 = 1e-12;

/// The neurons of a hidden layer on a card.
#[derive(Clone)]
pub(super) enum Neurons {
    Kind(Box<Kind>),
    File(Box<File>),
}

/// Neurons of a kind that is written by hand.
#[derive(Clone)]
pub(super) struct Kind {
    dynamics: Dynamics,
    reset: SpikeReset,
}

/// Neurons of a file, as its float model has them.
#[derive(Clone)]
pub(super) struct File {
    model: Model,
    float: Float,
    parameters: Vec<f64>,
    propagator: Vec<Vec<f64>>,
    moving: Vec<usize>,
    attached: bool,
    /// Of the surrogate: part of the settings, whatever the parameters.
    width: f64,
}

/// A tick to be made: states before it, currents before and in it (pA), whether it is refractory, and the share of it that
/// a neuron just released moves for.
#[derive(Clone, Copy)]
pub(super) struct Tick {
    pub x: [f64; N],
    pub i: [f64; 2],
    pub refractory: bool,
    pub share: f64,
}

/// A neuron moved by a tick, before its reset, with `dt/tau_s H` there.
pub(super) struct Moved {
    pub x: [f64; N],
    pub spike: f64,
}

impl Neurons {
    pub fn new(layer: &Layer, raw: &LayerDescription, config: &TrainConfig) -> Self {
        if let Some(program) = &layer.model.program {
            return Self::File(Box::new(File::new(program, raw, config)));
        }
        let dynamics = Dynamics::new(&raw.device, layer.kind).unwrap();
        Self::Kind(Box::new(Kind {
            reset: SpikeReset::new(&dynamics, config),
            dynamics,
        }))
    }

    /// The states at the start; zero where no parameter in training moves them.
    pub fn start(&self) -> [f64; N] {
        match self {
            Self::Kind(_) => [0.0; N],
            Self::File(own) => own.narrow(&own.rest()),
        }
    }

    /// What a tick leaves of the current, as far as a parameter in training moves it.
    pub fn current_left(&self) -> f64 {
        match self {
            Self::Kind(_) => 0.0,
            Self::File(own) => own.propagator[own.model.input][own.model.input],
        }
    }

    /// The refractory time, ms.
    pub fn refractory_ms(&self) -> f64 {
        match self {
            Self::Kind(own) => own.dynamics.card.t_ref_ms,
            Self::File(own) => {
                let time = own.model.refractory.as_ref().map(|r| &r.time);
                1e3 * time.map_or(0.0, |t| t.constant(&own.parameters))
            }
        }
    }

    pub fn moved(&self, tick: &Tick, config: &TrainConfig) -> Moved {
        let (x, distance, width) = match self {
            Self::Kind(own) => own.moved(tick, config),
            Self::File(own) => own.moved(tick),
        };
        let u = distance / width;
        // The primitive of the fast sigmoid.
        let primitive = 0.5 * u / (1.0 + u.abs());
        let spike = TICK_S / (1e-3 * config.surrogate_tau_ms) * primitive;
        let spike = if tick.refractory { 0.0 } else { spike };
        Moved { x, spike }
    }

    /// The states after the reset by `fired` where it is detached, by the smooth spike where it is not.
    pub fn after(&self, moved: &Moved, fired: f64, spike: f64) -> [f64; N] {
        let (attached, left) = match self {
            Self::Kind(own) => {
                let [v, p] = own.reset.state([moved.x[0], moved.x[1]]);
                (own.reset.attached, [v, p, 0.0, 0.0])
            }
            Self::File(own) => (own.attached, own.after(&moved.x)),
        };
        let s = if attached { spike } else { fired };
        std::array::from_fn(|k| (1.0 - s) * moved.x[k] + s * left[k])
    }
}

impl Kind {
    fn moved(&self, t: &Tick, config: &TrainConfig) -> ([f64; N], f64, f64) {
        let [v, p, ..] = t.x;
        let card = &self.dynamics.card;
        if t.refractory {
            return (t.x, 0.0, config.surrogate_width_v);
        }
        let tick = self.dynamics.tick([v, p], t.i[1]);
        let v = (v + t.share * (tick.v - v)).max(card.v_floor_v);
        let p = p + t.share * (tick.p - p);
        ([v, p, 0.0, 0.0], v - card.v_th_v, config.surrogate_width_v)
    }
}

impl File {
    fn new(program: &NeuronProgram, raw: &LayerDescription, config: &TrainConfig) -> Self {
        let model = program.derived.model.clone();
        let mut new = Self {
            float: Float::new(&model),
            parameters: program.parameters_of(raw),
            moving: (0..model.states.len())
                .filter(|s| *s != model.input)
                .collect(),
            propagator: Vec::new(),
            attached: config.reset == Reset::Attached,
            width: 0.0,
            model,
        };
        new.propagator = new.float.propagator(&new.parameters);
        let rest = new.rest();
        new.width = config.surrogate_width_v / 0.8 * new.distance(&rest).abs();
        new
    }

    /// The same with a parameter moved, SI units.
    pub fn with(&self, place: usize, by: f64) -> Self {
        let mut new = self.clone();
        new.parameters[place] += by;
        new.propagator = new.float.propagator(&new.parameters);
        new
    }

    fn at<'a>(&'a self, states: &'a [f64]) -> Point<'a> {
        Point {
            parameters: &self.parameters,
            states,
            changes: &[],
        }
    }

    fn rest(&self) -> Vec<f64> {
        let states = self.model.states.iter();
        states.map(|s| s.rest.constant(&self.parameters)).collect()
    }

    fn narrow(&self, all: &[f64]) -> [f64; N] {
        let mut x = [0.0; N];
        x.iter_mut()
            .zip(&self.moving)
            .for_each(|(x, s)| *x = all[*s]);
        x
    }

    fn distance(&self, states: &[f64]) -> f64 {
        let condition = &self.model.condition;
        let above = states[condition.state] - condition.threshold.value(&self.at(states));
        if condition.above { above } else { -above }
    }

    fn moved(&self, t: &Tick) -> ([f64; N], f64, f64) {
        let mut before = vec![0.0; self.model.states.len()];
        before[self.model.input] = t.i[0] * PA;
        self.moving
            .iter()
            .zip(t.x)
            .for_each(|(s, x)| before[*s] = x);
        let mut now = before.clone();
        for (s, state) in self.model.states.iter().enumerate() {
            if state.kernel {
                now[s] += self.propagator[s]
                    .iter()
                    .zip(&before)
                    .map(|(a, x)| a * x)
                    .sum::<f64>();
            }
        }
        now[self.model.input] = t.i[1] * PA;
        let holds = self.model.refractory.as_ref().map_or(&[][..], |r| &r.holds);
        let mut moved = now.clone();
        for (s, state) in self.model.states.iter().enumerate() {
            if !state.kernel {
                let rate = self.float.rate(s).value(&self.at(&now));
                let share = match holds.contains(&s) {
                    true if t.refractory => 0.0,
                    true => t.share,
                    false => 1.0,
                };
                moved[s] += share * TICK_S * rate;
            }
            let end = |e: &Option<bruno_model::Expression>, range: f64| {
                e.as_ref().map_or(range, |e| e.constant(&self.parameters))
            };
            moved[s] = moved[s]
                .max(end(&state.floor, state.range.0))
                .min(end(&state.ceil, state.range.1));
        }
        (self.narrow(&moved), self.distance(&moved), self.width)
    }

    fn after(&self, x: &[f64; N]) -> [f64; N] {
        let mut all = vec![0.0; self.model.states.len()];
        self.moving.iter().zip(x).for_each(|(s, x)| all[*s] = *x);
        let mut left = all.clone();
        for reset in &self.model.resets {
            left[reset.state] = reset.value.value(&self.at(&all));
        }
        self.narrow(&left)
    }
}
