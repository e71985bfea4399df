//! Neurons of a kind that is written by hand: the derivatives of a tick of a whole layer.

use crate::config::{DeviceParameter, TrainConfig};
use crate::neuron::dynamics::{Dynamics, later_release};
use crate::neuron::linear::{Beside, card_parameters};
use crate::neuron::reset::SpikeReset;
use crate::neuron::rows::multiply;
use crate::neuron::surrogate::Surrogate;
use crate::neuron::ticks::{LinearTicks, Start};
use bruno_chip::DeviceCard;
use bruno_device::{LayerKind, TICK_S};
use pulp::{Arch, NullaryFnOnce};

/// Neurons of one layer.
pub(crate) struct KindNeuron {
    dynamics: Dynamics,
    surrogate: Surrogate,
    reset: SpikeReset,
    /// The parameters in training; none of one that is no field of a card.
    trained: Vec<Option<DeviceParameter>>,
}

impl KindNeuron {
    /// Those of a card; none of outputs.
    pub fn new(kind: LayerKind, card: &DeviceCard, config: &TrainConfig) -> Option<Self> {
        let dynamics = Dynamics::new(card, kind)?;
        Some(Self {
            reset: SpikeReset::new(&dynamics, config),
            dynamics,
            surrogate: Surrogate::new(card, config),
            trained: card_parameters(config),
        })
    }

    /// See [`super::linear::LayerNeuron::beside`].
    pub fn beside<const N: usize>(&self) -> Vec<Beside<N>> {
        let delays = |p: &Option<DeviceParameter>| *p == Some(DeviceParameter::Refractory);
        let beside = |p| Beside {
            refractory_ms: f64::from(delays(p)),
            ..Beside::NOTHING
        };
        self.trained.iter().map(beside).collect()
    }

    /// Room for ticks, with what is the same in all of them.
    pub fn rows<const N: usize>(&self, neurons: usize) -> LinearTicks<N> {
        let mut rows = LinearTicks::new(neurons, self.trained.len());
        // The first state is the membrane, and its threshold is fixed.
        rows.distance_by[0].fill(1.0);
        for after in &mut rows.after_spike {
            for (state, row) in after.iter_mut().enumerate().take(2) {
                row[state] = f64::from(self.reset.passes(state));
            }
        }
        for (parameter, rows) in self.trained.iter().zip(&mut rows.by_parameter) {
            let threshold = *parameter == Some(DeviceParameter::Threshold);
            rows.distance.fill(-f64::from(threshold));
        }
        rows
    }

    /// The ticks that start from these states; a refractory neuron stands still.
    pub fn ticks<const N: usize>(&self, from: &Start<'_, N>, to: &mut LinearTicks<N>) {
        to.start(from);
        self.dynamics
            .at_each([&to.x[0], &to.x[1]], &to.i, &mut to.locals);
        Arch::new().dispatch(Moved { of: self, to });
        let x = [&to.x[0][..], &to.x[1]];
        for (parameter, own) in self.trained.iter().zip(&mut to.by_parameter) {
            let Some(parameter) = parameter else {
                continue;
            };
            let (first, second) = own.moved.split_at_mut(1);
            let mut moved = [&mut first[0][..], &mut second[0]];
            let force = moved.each_mut().map(|row| &mut **row);
            self.dynamics.force_each(*parameter, x, &to.i, force);
            for (row, free) in moved.into_iter().zip(&to.free) {
                multiply(row, free);
                multiply(row, &to.active_s);
            }
        }
    }
}

/// What the equations make of the states.
struct Moved<'a, const N: usize> {
    of: &'a KindNeuron,
    to: &'a mut LinearTicks<N>,
}

impl<const N: usize> NullaryFnOnce for Moved<'_, N> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { of, to } = self;
        let (slope, jacobian) = (&to.locals.slope, &to.locals.jacobian);
        for k in 0..2 {
            for (column, by) in jacobian[k].iter().enumerate() {
                let own = f64::from(u8::from(k == column));
                let row = to.by_state[k][column].iter_mut();
                for ((to, by), active) in row.zip(by).zip(&to.active_s) {
                    *to = own + active * by;
                }
            }
            for (by, slope) in to.by_release[k].iter_mut().zip(&slope[k]) {
                [*by] = later_release([*slope]);
            }
            if let (true, Some(left)) = (of.reset.attached, of.reset.left(k)) {
                let moved = to.x[k].iter().zip(&slope[k]);
                for (by, (x, slope)) in to.by_spike[k].iter_mut().zip(moved) {
                    *by = left - (x + TICK_S * slope);
                }
            }
        }
        let (gain, floor) = (of.dynamics.gain(), of.dynamics.card.v_floor_v);
        for (by, active) in to.by_current[0].iter_mut().zip(&to.active_s) {
            *by = gain * active;
        }
        let membranes = to.x[0].iter().zip(&slope[0]).zip(&to.active_s);
        let found = to.free[0].iter_mut().zip(&mut to.slope);
        for ((free, v), ((x, slope), active)) in found.zip(membranes) {
            *v = x + TICK_S * slope;
            // The floor holds the membrane: it forgets.
            *free = if *v < floor && *active > 0.0 {
                0.0
            } else {
                1.0
            };
        }
        of.surrogate.slopes(&mut to.slope, &to.active_s);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Reset;
    use crate::neuron::linear::LinearTick;
    use proptest::prelude::*;

    const PARAMETERS: [DeviceParameter; 6] = [
        DeviceParameter::Area,
        DeviceParameter::Leak,
        DeviceParameter::Barrier,
        DeviceParameter::FieldDistance,
        DeviceParameter::Threshold,
        DeviceParameter::Refractory,
    ];
    /// No whole number of any vector's lanes.
    const NEURONS: usize = 11;

    fn neuron(kind: LayerKind) -> KindNeuron {
        let config = TrainConfig {
            reset: Reset::Attached,
            ..TrainConfig::default()
        };
        let neuron = KindNeuron::new(kind, &DeviceCard::default(), &config).unwrap();
        KindNeuron {
            trained: PARAMETERS.map(Some).to_vec(),
            ..neuron
        }
    }

    fn close(found: f64, expected: f64, what: &str) {
        let error = (found - expected).abs();
        let scale = expected.abs().max(1e-12);
        assert!(error <= 1e-12 * scale, "{what}: {found:e} for {expected:e}");
    }

    /// A neuron of a row against one tick of it alone.
    fn check(kind: LayerKind, rows: &[Vec<f32>; 3], refractory: &[bool]) {
        let own = neuron(kind);
        let [v, p, i] = rows;
        let mut ticks = own.rows::<2>(NEURONS);
        let from = Start {
            x: [v, p],
            i: [i, i],
            refractory,
        };
        own.ticks(&from, &mut ticks);
        for n in (0..NEURONS).filter(|n| !refractory[*n]) {
            let mut found = LinearTick::<2>::still();
            ticks.read(n, &mut found);
            let (x, i) = ([v[n], p[n]].map(f64::from), f64::from(i[n]));
            let tick = own.dynamics.tick(x, i);
            let free = f64::from(!tick.floored);
            for k in 0..2 {
                for column in 0..2 {
                    close(
                        found.by_state[k][column],
                        tick.jacobian[k][column],
                        "by state",
                    );
                }
                let late = later_release(own.dynamics.slope(x, i));
                close(found.by_release[k], late[k], "by release");
                close(
                    found.by_spike[k],
                    own.reset.by_spike([tick.v, tick.p])[k],
                    "by spike",
                );
            }
            close(found.by_current[0], tick.by_current, "by current");
            close(found.free[0], free, "free");
            close(
                found.slope,
                own.surrogate.slope(tick.v, TICK_S),
                "surrogate",
            );
            for (parameter, found) in PARAMETERS.iter().zip(&found.by_parameter) {
                let force = own.dynamics.force(*parameter, x, i);
                for (found, (force, free)) in found.moved.iter().zip(force.iter().zip([free, 1.0]))
                {
                    close(*found, TICK_S * force * free, parameter.name());
                }
            }
        }
    }

    fn row(values: std::ops::Range<f32>) -> impl Strategy<Value = Vec<f32>> {
        proptest::collection::vec(values, NEURONS)
    }

    proptest! {
        #[test]
        fn rows_are_many_neurons(
            v in row(-1.0..1.5), p in row(0.0..1.0), i in row(-500.0..500.0),
            refractory in proptest::collection::vec(any::<bool>(), NEURONS),
        ) {
            let rows = [v, p, i];
            check(LayerKind::Felif, &rows, &refractory);
            check(LayerKind::Lif, &rows, &refractory);
        }
    }

    #[test]
    fn a_refractory_neuron_stands_still() {
        let own = neuron(LayerKind::Felif);
        let mut ticks = own.rows::<2>(1);
        let from = Start {
            x: [&[0.7], &[0.5]],
            i: [&[100.0], &[100.0]],
            refractory: &[true],
        };
        own.ticks(&from, &mut ticks);
        let mut found = LinearTick::<2>::still();
        ticks.read(0, &mut found);
        assert_eq!(found.by_state, LinearTick::<2>::still().by_state);
        assert_eq!(
            (found.by_current[0], found.slope, found.free[0]),
            (0.0, 0.0, 1.0)
        );
        assert!(found.by_parameter.iter().all(|by| by.moved == [0.0; 2]));
    }
}
