//! A batch that has run forward, on its way back.

use crate::arrays::{given, padded, taken};
use crate::failure::{Fault, detached};
use crate::simulators::Simulators;
use bruno_train::{
    Checkpoint, Demand, Gradient, InForce, OpenSample, Parameters, StraightThrough, spread,
};
use numpy::{PyArrayDyn, PyReadonlyArrayDyn};
use pyo3::prelude::*;
use std::sync::Arc;

/// A sample that ran, and on what.
pub struct Ran {
    /// Its chip.
    pub in_force: Arc<InForce>,
    /// What went in and out.
    pub sample: OpenSample,
}

/// What the way back of a batch needs.
#[pyclass(frozen, module = "bruno._bruno")]
pub struct Tape {
    /// The settings.
    pub run: Arc<Checkpoint>,
    /// Whose threads work.
    pub simulators: Arc<Simulators>,
    /// The parameters of the way forward.
    pub parameters: Arc<Parameters>,
    /// The samples.
    pub ran: Vec<Ran>,
    /// Length of the longest, windows.
    pub windows: usize,
}

/// What a loss asks of a batch: by the currents (1/pA) `[sample, window, output]`, by the spikes of each hidden layer
/// `[sample, window, neuron]`.
struct Asked {
    by_current: Vec<f32>,
    by_spikes: Vec<Vec<f32>>,
}

#[pymethods]
impl Tape {
    /// Derivatives by the flat parameters, summed over the batch, and by the spikes that went in, `[sample, window, channel]`
    /// (no samples where they are not asked for). Output biases are left at zero: the loss knows them.
    fn backward(
        &self,
        py: Python<'_>,
        by_current: PyReadonlyArrayDyn<'_, f32>,
        by_spikes: Vec<PyReadonlyArrayDyn<'_, f32>>,
        by_input: bool,
    ) -> PyResult<[Py<PyArrayDyn<f32>>; 2]> {
        let description = &self.run.description;
        let windows = self.windows;
        let shape = |n: usize| [self.ran.len(), windows, n];
        let outputs = self.parameters.bias.len();
        let by_spikes = description
            .layers
            .iter()
            .zip(&by_spikes)
            .map(|(layer, by)| {
                let name = format!("gradient by spikes of {}", layer.name);
                taken(py, &name, by, &shape(layer.neurons))
            });
        let asked = Asked {
            by_spikes: by_spikes.collect::<PyResult<_>>()?,
            by_current: taken(py, "gradient by currents", &by_current, &shape(outputs))?,
        };
        let (gradient, inputs) = detached(py, || self.sum(&asked, by_input))?;
        let samples = if by_input { self.ran.len() } else { 0 };
        let inputs = given(py, &[samples, windows, description.inputs], inputs)?;
        Ok([given(py, &[gradient.len()], gradient)?, inputs])
    }
}

impl Tape {
    fn sum(&self, asked: &Asked, by_input: bool) -> Result<(Gradient, Vec<f32>), Fault> {
        let samples: Vec<usize> = (0..self.ran.len()).collect();
        let found = self.simulators.with(|models| {
            // The models lend their threads.
            let found = spread(models, None, &samples, &|_, group| {
                let one = |k: &usize| self.one(asked, *k, by_input);
                group.iter().map(one).collect()
            })?;
            Ok(found)
        })?;
        let mut gradient = vec![0.0f32; self.parameters.values.len()];
        for (own, _) in &found {
            gradient.iter_mut().zip(own).for_each(|(sum, g)| *sum += g);
        }
        let length = self.windows * self.run.description.inputs;
        let inputs = padded(
            found.iter().map(|(_, inputs)| &inputs[..]),
            if by_input { length } else { 0 },
        );
        if self.run.config.weights.straight_through == StraightThrough::Gated {
            self.parameters.gate(&mut gradient);
        }
        Ok((gradient, inputs))
    }

    fn one(
        &self,
        asked: &Asked,
        k: usize,
        by_input: bool,
    ) -> Result<(Gradient, Vec<f32>), bruno_train::TrainError> {
        let Ran { in_force, sample } = &self.ran[k];
        // What is asked of a sample after its end asks nothing of it.
        let share = |all: &[f32]| {
            let rows = self.ran.len() * self.windows;
            let length = all.len() / rows * sample.stimulus.windows as usize;
            let start = k * (all.len() / self.ran.len());
            start..start + length
        };
        let by_spikes = asked.by_spikes.iter().map(|by| by[share(by)].to_vec());
        let by_spikes: Vec<Vec<f32>> = by_spikes.collect();
        let demand = Demand {
            by_current: &asked.by_current[share(&asked.by_current)],
            by_spikes: &by_spikes,
            by_membrane: &[],
        };
        let with = (&*self.parameters, &self.run.config);
        sample.backward(in_force, with, demand, by_input)
    }
}
