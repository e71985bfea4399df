//! A tick of one neuron, linearised: what exact backpropagation and the products of a window's ticks are made of.
//!
//! `N` is the number of places for states that equations move. Kinds with fewer leave the rest at zero.

use crate::config::{DeviceParameter, TrainConfig};
use crate::neuron::file::FileNeuron;
use crate::neuron::kind::KindNeuron;
use crate::neuron::ticks::{LinearTicks, Start};
use bruno_device::Chip;

/// A matrix, row by row.
pub(crate) type Square<const N: usize> = [[f64; N]; N];

/// The derivatives of a tick. `moved` are the states after it, before a spike resets them.
#[derive(Debug, Clone)]
pub(crate) struct LinearTick<const N: usize> {
    /// `moved` by the states before.
    pub by_state: Square<N>,
    /// `moved` by the synaptic current of this tick, a pA.
    pub by_current: [f64; N],
    /// `moved` by the synaptic current of the tick before, a pA.
    pub by_current_before: [f64; N],
    /// 0 for a state that a clamp holds: it depends on nothing before. 1 for others.
    pub free: [f64; N],
    /// Derivative of the spike by its distance above the threshold, through the surrogate.
    pub slope: f64,
    /// That distance by `moved`.
    pub distance_by: [f64; N],
    /// What a spike adds to `moved`, where the gradient sees the reset; else zero.
    pub by_spike: [f64; N],
    /// States after a spike by `moved`.
    pub after_spike: Square<N>,
    /// By a release from the refractory time that came a ms later.
    pub by_release: [f64; N],
    /// By each parameter in training, in the order of the settings.
    pub by_parameter: Vec<ByParameter<N>>,
}

impl<const N: usize> LinearTick<N> {
    /// A neuron that stands still.
    pub fn still() -> Self {
        Self {
            by_state: identity(),
            by_current: [0.0; N],
            by_current_before: [0.0; N],
            free: [1.0; N],
            slope: 0.0,
            distance_by: [0.0; N],
            by_spike: [0.0; N],
            after_spike: identity(),
            by_release: [0.0; N],
            by_parameter: Vec::new(),
        }
    }
}

/// The derivatives of a tick by a parameter of the neurons, by the unit of its field.
#[derive(Debug, Clone)]
pub(crate) struct ByParameter<const N: usize> {
    /// `moved` by it, at fixed states and currents.
    pub moved: [f64; N],
    /// The distance above the threshold by it, at fixed states.
    pub distance: f64,
    /// What a spike leaves by it, at fixed states.
    pub left: [f64; N],
    /// The synaptic current of this tick by it, through its decay, pA.
    pub current: f64,
}

impl<const N: usize> ByParameter<N> {
    /// A parameter that changes nothing in a tick.
    pub const NONE: Self = Self {
        moved: [0.0; N],
        distance: 0.0,
        left: [0.0; N],
        current: 0.0,
    };
}

/// What a parameter in training changes beside the ticks of a sample, by the unit of its field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Beside<const N: usize> {
    /// The states from which a sample starts.
    pub start: [f64; N],
    /// The current from which it starts, pA.
    pub start_current: f64,
    /// The refractory time, ms.
    pub refractory_ms: f64,
    /// What a tick leaves of the synaptic current.
    pub current_left: f64,
}

impl<const N: usize> Beside<N> {
    /// Nothing.
    pub const NOTHING: Self = Self {
        start: [0.0; N],
        start_current: 0.0,
        refractory_ms: 0.0,
        current_left: 0.0,
    };
}

/// The neurons of a layer, as gradients see them.
pub(crate) enum LayerNeuron {
    /// Of a kind that is written by hand.
    Kind(Box<KindNeuron>),
    /// Of a file.
    File(Box<FileNeuron>),
}

impl LayerNeuron {
    /// Those of hidden layer `index`; none of the readout.
    pub fn of(chip: &Chip, index: usize, config: &TrainConfig) -> Option<Self> {
        let layer = &chip.layers[index];
        let raw = chip.description.layers.get(index)?;
        if let Some(program) = &layer.model.program {
            let own = FileNeuron::new(program, raw, config);
            return Some(Self::File(Box::new(own)));
        }
        let own = KindNeuron::new(layer.kind, &raw.device, config)?;
        Some(Self::Kind(Box::new(own)))
    }

    /// Whether no state moves in the refractory time.
    pub fn stands_still(&self) -> bool {
        matches!(self, Self::Kind(_))
    }

    /// Room for the ticks of so many neurons.
    pub fn rows<const N: usize>(&self, neurons: usize) -> LinearTicks<N> {
        match self {
            Self::Kind(kind) => kind.rows(neurons),
            Self::File(file) => LinearTicks::new(neurons, file.parameters_in_training()),
        }
    }

    /// The ticks that start from these states.
    pub fn ticks<const N: usize>(&self, from: &Start<'_, N>, to: &mut LinearTicks<N>) {
        match self {
            Self::Kind(kind) => kind.ticks(from, to),
            Self::File(file) => {
                for (n, refractory) in from.refractory.iter().enumerate() {
                    let x = from.x.map(|row| f64::from(row[n]));
                    let i = from.i.map(|row| f64::from(row[n]));
                    to.put(n, file.tick(&x, i, *refractory));
                }
            }
        }
    }

    /// What each parameter in training changes beside the ticks, in the order of the settings.
    pub fn beside<const N: usize>(&self) -> Vec<Beside<N>> {
        match self {
            Self::Kind(kind) => kind.beside(),
            Self::File(file) => file.beside(),
        }
    }
}

/// The parameters in training as fields of a card; none of others.
pub(crate) fn card_parameters(config: &TrainConfig) -> Vec<Option<DeviceParameter>> {
    let names = config.device.iter().map(|d| &d.parameter);
    names.map(|name| DeviceParameter::named(name)).collect()
}

/// What rows say of one neuron.
pub(crate) fn column<const N: usize>(rows: &[Vec<f64>; N], n: usize) -> [f64; N] {
    rows.each_ref().map(|row| row[n])
}

/// Ones on the diagonal.
pub(crate) fn identity<const N: usize>() -> Square<N> {
    let mut square = [[0.0; N]; N];
    for (k, row) in square.iter_mut().enumerate() {
        row[k] = 1.0;
    }
    square
}

/// `m x`.
pub(crate) fn times<const N: usize>(m: &Square<N>, x: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|row| dot(&m[row], x))
}

/// `x m`: the transposed matrix times x.
pub(crate) fn transposed<const N: usize>(m: &Square<N>, x: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|column| (0..N).map(|row| m[row][column] * x[row]).sum())
}

/// `a b`.
pub(crate) fn product<const N: usize>(a: &Square<N>, b: &Square<N>) -> Square<N> {
    std::array::from_fn(|row| transposed(b, &a[row]))
}

/// Sum of products.
pub(crate) fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
