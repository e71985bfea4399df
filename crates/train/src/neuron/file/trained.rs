//! Parameters of a neuron file in training: derivatives of a tick and of the continuous equations by them.
//!
//! A parameter acts by the rates of the equations, by what a tick makes of the kernels, by the ends of clamps, by the
//! threshold, by what a spike leaves, by the refractory time and by the states at the start. All of them are derivatives of
//! the file's expressions, in SI units times the parameter's unit.

use super::stepped::Stepped;
use super::{Clamped, FileNeuron, PA, dot_of};
use crate::neuron::linear::{Beside, ByParameter};
use bruno_device::FileParameter;
use bruno_model::{Expression, Float, Model, Point, Variable};

/// One parameter in training.
pub(super) struct Trained {
    /// Its unit in SI units.
    unit: f64,
    /// Of the rates of the moving states.
    pub(super) rates_by: Vec<Expression>,
    /// Of what a tick adds to the kernels, among all states.
    propagator_by: Vec<Vec<f64>>,
    /// Of the clamps of the moving states, below and above; of parameters.
    ends_by: Vec<[f64; 2]>,
    threshold_by: Expression,
    /// Of what a spike leaves in the moving states.
    resets_by: Vec<Option<Expression>>,
    /// Of all states at the start.
    rest_by: Vec<f64>,
    /// Of the refractory time, s.
    refractory_by: f64,
}

impl Trained {
    /// A parameter by its place in the model, of neurons with these `moving` states.
    pub fn new(parameter: &FileParameter, float: &Float, own: &FileNeuron) -> Self {
        let model = &own.derived.model;
        let by = |e: &Expression| e.by(Variable::Parameter(parameter.place));
        let value = |e: &Expression| by(e).constant(&own.parameters);
        let end = |e: &Option<Expression>| e.as_ref().map_or(0.0, value);
        let states = own.moving.iter().map(|s| &model.states[*s]);
        let resets = own.resets.iter();
        let time = model.refractory.as_ref().map(|r| &r.time);
        Self {
            unit: parameter.scale,
            rates_by: own.rates.iter().map(by).collect(),
            propagator_by: float.propagator_by(parameter.place, &own.parameters),
            ends_by: states.map(|s| [end(&s.floor), end(&s.ceil)]).collect(),
            threshold_by: by(&model.condition.threshold),
            resets_by: resets.map(|r| r.as_ref().map(|(e, _)| by(e))).collect(),
            rest_by: model.states.iter().map(|s| value(&s.rest)).collect(),
            refractory_by: time.map_or(0.0, value),
        }
    }
}

/// The equations in continuous time by a parameter, by its unit.
pub(crate) struct ContinuousBy<const N: usize> {
    /// The rates, a second.
    pub rates: [f64; N],
    /// The distance above the threshold.
    pub distance: f64,
    /// What a spike leaves, before which the states were those of the recorder.
    pub left: [f64; N],
}

impl FileNeuron {
    /// Parameters in training that this model has, in the order of the settings.
    pub(super) fn trained(&self, names: &[&str], float: &Float) -> Vec<Option<Trained>> {
        let model: &Model = &self.derived.model;
        let named = |name: &&str| FileParameter::named(name, model);
        let trained = |p: FileParameter| Trained::new(&p, float, self);
        names.iter().map(|name| named(name).map(trained)).collect()
    }

    /// What each parameter changes beside the ticks.
    pub fn beside<const N: usize>(&self) -> Vec<Beside<N>> {
        let input = self.derived.model.input;
        let beside = |own: &Option<Trained>| {
            let Some(own) = own else {
                return Beside::NOTHING;
            };
            let mut start = [0.0; N];
            for (start, place) in start.iter_mut().zip(&self.moving) {
                *start = own.unit * own.rest_by[*place];
            }
            Beside {
                start,
                start_current: own.unit * own.rest_by[input] / PA,
                refractory_ms: 1e3 * own.unit * own.refractory_by,
                current_left: own.unit * own.propagator_by[input][input],
            }
        };
        self.trained.iter().map(beside).collect()
    }

    /// The derivatives of a tick.
    pub(super) fn tick_by<const N: usize>(
        &self,
        own: &Trained,
        at: &MovedTick<'_>,
    ) -> ByParameter<N> {
        let input = self.derived.model.input;
        let by_propagator = |state: usize| dot_of(&own.propagator_by[state], at.before);
        let stepped = self.stepped_by(own, at.stepped);
        let mut by = ByParameter::NONE;
        for (row, state) in self.moving.iter().enumerate() {
            by.moved[row] = own.unit
                * match at.clamped[row] {
                    Clamped::Below => own.ends_by[row][0],
                    Clamped::Above => own.ends_by[row][1],
                    Clamped::Free if self.is_kernel(*state) => by_propagator(*state),
                    Clamped::Free if at.refractory && self.holds(*state) => 0.0,
                    Clamped::Free => {
                        let through_kernels = self.moving.iter().filter(|s| self.is_kernel(**s));
                        let through_kernels =
                            through_kernels.map(|s| at.stepped.slopes[row][*s] * by_propagator(*s));
                        stepped[row] + through_kernels.sum::<f64>()
                    }
                };
        }
        by.current = own.unit * own.propagator_by[input][input] * at.before[input] / PA;
        if !at.refractory {
            let moved = self.at(at.moved);
            by.distance = -self.sign() * own.unit * own.threshold_by.value(&moved);
            by.left = self.left_by(own, &moved);
        }
        by
    }

    fn left_by<const N: usize>(&self, own: &Trained, at: &Point<'_>) -> [f64; N] {
        let mut left = [0.0; N];
        for (left, by) in left.iter_mut().zip(&own.resets_by) {
            *left = by.as_ref().map_or(0.0, |by| own.unit * by.value(at));
        }
        left
    }

    /// The equations at the states `x` under a current by every parameter in training; none of one that the file does not
    /// have.
    pub fn continuous_by<const N: usize>(
        &self,
        x: &[f64; N],
        i_pa: f64,
    ) -> Vec<Option<ContinuousBy<N>>> {
        let all = self.whole(x, i_pa);
        let at = self.at(&all);
        let by = |own: &Trained| {
            let mut rates = [0.0; N];
            for (rate, by) in rates.iter_mut().zip(&own.rates_by) {
                *rate = own.unit * by.value(&at);
            }
            ContinuousBy {
                rates,
                distance: -self.sign() * own.unit * own.threshold_by.value(&at),
                left: self.left_by(own, &at),
            }
        };
        let trained = self.trained.iter();
        trained.map(|own| own.as_ref().map(by)).collect()
    }
}

/// A tick that has moved, all states of the file in SI units.
pub(super) struct MovedTick<'a> {
    pub before: &'a [f64],
    /// What the equations add, once kernels and current have moved.
    pub stepped: &'a Stepped,
    pub moved: &'a [f64],
    pub clamped: &'a [Clamped],
    pub refractory: bool,
}
