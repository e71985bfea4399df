//! A chip as a function of its parameters, with derivatives: what `bruno.torch` and `bruno.jax` are made of.

use crate::arrays::{given, padded, taken};
use crate::failure::{Fault, detached, mismatch};
use crate::simulators::Simulators;
use crate::stimuli::Stimuli;
use crate::tape::{Ran, Tape};
use bruno_chip::Description;
use bruno_sim::Forward;
use bruno_train::{
    At, Checkpoint, GradientKind, HardwareConfig, InForce, OpenSample, Parameters, TrainConfig,
    spread,
};
use numpy::{PyArrayDyn, PyReadonlyArrayDyn};
use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// A tensor of the parameters: name, first and last place (exclusive) in the flat vector, shape.
type NamedPlace = (String, usize, usize, Vec<usize>);

/// A chip in training: the map of its parameters, its settings and simulators.
#[pyclass(frozen, module = "bruno._bruno")]
pub struct Network {
    run: Arc<Checkpoint>,
    file: String,
    simulators: Arc<Simulators>,
}

/// What a batch gave: readout currents (pA) `[sample, window, output]`; spikes of each window by hidden layer
/// `[sample, window, neuron]`, zeros after the end of a shorter sample; saturated updates of each sample; what the way back
/// needs.
#[derive(IntoPyObject)]
struct Forwarded {
    currents: Py<PyArrayDyn<f32>>,
    spikes: Vec<Py<PyArrayDyn<f32>>>,
    saturations: Vec<u32>,
    tape: Tape,
}

#[pymethods]
impl Network {
    /// Fresh parameters for a description (JSON text), as `bruno train` starts with them; `file` is named in errors.
    #[new]
    fn new(
        py: Python<'_>,
        text: &str,
        file: &str,
        simulator: &str,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        detached(py, || {
            let description = Description::parse(file, text)?;
            let config = TrainConfig::of(&description)?;
            let chip = bruno_device::Chip::resolve(file, &description)?;
            let parameters = Parameters::new(&chip, &config);
            let run = Checkpoint::new(description, config, parameters);
            Self::of(run, file, simulator, threads)
        })
    }

    /// The run of a checkpoint.
    #[staticmethod]
    fn load(
        py: Python<'_>,
        path: PathBuf,
        simulator: &str,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        detached(py, || {
            let run = Checkpoint::load(&path)?;
            Self::of(run, &path.display().to_string(), simulator, threads)
        })
    }

    /// Writes a checkpoint with these values, as a run that has not begun.
    fn save(
        &self,
        py: Python<'_>,
        values: PyReadonlyArrayDyn<'_, f32>,
        path: PathBuf,
    ) -> PyResult<()> {
        let parameters = self.with_values(py, &values)?;
        detached(py, || {
            let run = &self.run;
            let (description, config) = (run.description.clone(), run.config.clone());
            Ok(Checkpoint::new(description, config, parameters).save(&path)?)
        })
    }

    /// Names and places of the tensors.
    fn tensors(&self) -> Vec<NamedPlace> {
        let tensors = self
            .run
            .parameters
            .tensors(&self.run.description)
            .into_iter();
        tensors
            .map(|t| (t.name, t.place.start, t.place.end, t.shape))
            .collect()
    }

    /// The values at hand.
    fn values(&self, py: Python<'_>) -> PyResult<Py<PyArrayDyn<f32>>> {
        let values = &self.run.parameters.values;
        given(py, &[values.len()], values.clone())
    }

    /// Settings of the training, JSON.
    fn settings(&self) -> String {
        serde_json::to_string(&self.run.config).unwrap_or_default()
    }

    /// Where it comes from, what runs it, and on how many threads.
    fn running(&self) -> (&str, &'static str, usize) {
        (&self.file, self.simulators.name(), self.simulators.threads)
    }

    /// The description that it was made of, JSON.
    fn description(&self) -> String {
        serde_json::to_string(&self.run.description).unwrap_or_default()
    }

    /// The description with the device parameters and level tables of these values, JSON.
    fn trained(&self, py: Python<'_>, values: PyReadonlyArrayDyn<'_, f32>) -> PyResult<String> {
        let parameters = self.with_values(py, &values)?;
        let trained = parameters.describe(&self.run.description);
        Ok(serde_json::to_string(&trained).unwrap_or_default())
    }

    /// What a chip is loaded with by these values.
    fn program(
        &self,
        py: Python<'_>,
        values: PyReadonlyArrayDyn<'_, f32>,
    ) -> PyResult<Vec<crate::program::Layer>> {
        let parameters = self.with_values(py, &values)?;
        let (chip, program) = detached(py, || {
            let chip = parameters.chip(&self.file, &self.run.description)?;
            let program = parameters.program(&chip);
            Ok((chip, program))
        })?;
        crate::program::to_python(py, &chip, &program)
    }

    /// These values with weights and level tables within their limits.
    fn clipped(
        &self,
        py: Python<'_>,
        values: PyReadonlyArrayDyn<'_, f32>,
    ) -> PyResult<Py<PyArrayDyn<f32>>> {
        let parameters = self.with_values(py, &values)?;
        given(py, &[parameters.values.len()], parameters.values)
    }

    /// Runs a batch on the chip of these values, for this gradient. `epoch`, `step` and `sample` (the batch's first) are the
    /// place in a training run from which virtual chips and random rounding follow, where the settings ask for them.
    fn forward(
        &self,
        py: Python<'_>,
        values: PyReadonlyArrayDyn<'_, f32>,
        stimuli: &Stimuli,
        gradient: &str,
        place: (usize, usize, usize),
    ) -> PyResult<Forwarded> {
        let parameters = Arc::new(self.with_values(py, &values)?);
        let (epoch, step, sample) = place;
        let at = At {
            epoch,
            step,
            sample,
        };
        let ran = detached(py, || {
            let kind = self.checked(gradient)?;
            self.run_batch(&parameters, stimuli, kind, at)
        })?;
        let (batch, windows) = (ran.len(), stimuli.windows as usize);
        let outputs = self.run.parameters.bias.len();
        let currents = padded(
            ran.iter().map(|r| &r.sample.currents[..]),
            windows * outputs,
        );
        let currents = given(py, &[batch, windows, outputs], currents)?;
        let layers = self.run.description.layers.iter().enumerate();
        let spikes = layers.map(|(index, layer)| {
            let own = ran.iter().map(|r| &r.sample.spikes[index][..]);
            let spikes = padded(own, windows * layer.neurons);
            given(py, &[batch, windows, layer.neurons], spikes)
        });
        Ok(Forwarded {
            currents,
            spikes: spikes.collect::<PyResult<_>>()?,
            saturations: ran.iter().map(|r| r.sample.counters.saturations).collect(),
            tape: Tape {
                run: self.run.clone(),
                simulators: self.simulators.clone(),
                parameters,
                ran,
                windows,
            },
        })
    }

    /// Gives the simulators back; it cannot run any more.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.simulators.close());
    }
}

impl Network {
    fn of(
        run: Checkpoint,
        file: &str,
        simulator: &str,
        threads: Option<usize>,
    ) -> Result<Self, Fault> {
        let chip = run.parameters.chip(file, &run.description)?;
        let simulated = bruno_train::simulated(&chip, &run.config);
        Ok(Self {
            simulators: Arc::new(Simulators::new(&simulated, simulator, threads)?),
            run: Arc::new(run),
            file: file.into(),
        })
    }

    /// The parameters with these values, within their limits.
    fn with_values(
        &self,
        py: Python<'_>,
        values: &PyReadonlyArrayDyn<'_, f32>,
    ) -> PyResult<Parameters> {
        let mut parameters = self.run.parameters.clone();
        parameters.values = taken(py, "parameters", values, &[parameters.values.len()])?;
        detached(py, || {
            match parameters.values.iter().position(|x| !x.is_finite()) {
                None => Ok(()),
                Some(at) => {
                    let (name, value) = (parameters.name(at), parameters.values[at]);
                    Err(mismatch(
                        name,
                        value,
                        "finite numbers; lower the learning rate",
                    ))
                }
            }
        })?;
        parameters.clip();
        Ok(parameters)
    }

    /// A gradient that the settings and the chip's recorder allow.
    fn checked(&self, gradient: &str) -> Result<GradientKind, Fault> {
        let all = GradientKind::ALL;
        let kind = all.into_iter().find(|kind| kind.name() == gradient);
        let kind = kind.ok_or_else(|| {
            let names = all.map(GradientKind::name).join(", ");
            mismatch("`gradient`", format!("\"{gradient}\""), names)
        })?;
        let mut config = self.run.config.clone();
        config.gradient = kind;
        config.check(&self.run.description)?;
        Ok(kind)
    }

    fn run_batch(
        &self,
        parameters: &Arc<Parameters>,
        stimuli: &Stimuli,
        kind: GradientKind,
        at: At,
    ) -> Result<Vec<Ran>, Fault> {
        let config = &self.run.config;
        let chip = parameters.chip(&self.file, &self.run.description)?;
        let in_force = |k: usize| {
            let at = At {
                sample: at.sample + k,
                ..at
            };
            InForce::at(parameters, config, &chip, at).map(Arc::new)
        };
        let hardware = config.hardware.as_ref();
        let shared = match hardware.is_some_and(HardwareConfig::varies_by_sample) {
            true => None,
            false => Some(in_force(0)?),
        };
        let samples: Vec<usize> = (0..stimuli.samples.len()).collect();
        let program = shared.as_ref().map(|s| &s.program);
        self.simulators.with(|models| {
            let ran = spread(models, program, &samples, &|model, group| {
                let run = |model: &mut dyn Forward, in_force: &Arc<InForce>, group: &[usize]| {
                    let own = group.iter().map(|k| stimuli.samples[*k].clone()).collect();
                    let samples = OpenSample::forward(model, &in_force.chip, own, kind)?;
                    let ran = samples.into_iter().map(|sample| Ran {
                        in_force: in_force.clone(),
                        sample,
                    });
                    Ok(ran.collect::<Vec<_>>())
                };
                if let Some(shared) = &shared {
                    return run(model, shared, group);
                }
                let one = |k: &usize| {
                    let own = in_force(*k)?;
                    model.load(&own.program)?;
                    run(model, &own, &[*k])
                };
                let all: Result<Vec<_>, bruno_train::TrainError> = group.iter().map(one).collect();
                Ok(all?.into_iter().flatten().collect())
            })?;
            Ok(ran)
        })
    }
}

/// The update rule of `bruno train` with its state.
#[pyclass(frozen, module = "bruno._bruno")]
pub struct Update(Mutex<Checkpoint>);

#[pymethods]
impl Update {
    /// Of a network, from its values on.
    #[new]
    fn new(network: &Network) -> Self {
        let run = &network.run;
        let (description, config) = (run.description.clone(), run.config.clone());
        let parameters = run.parameters.clone();
        Self(Mutex::new(Checkpoint::new(description, config, parameters)))
    }

    /// The values after one step down a gradient, the share `progress` of all steps done.
    fn step(
        &self,
        py: Python<'_>,
        values: PyReadonlyArrayDyn<'_, f32>,
        gradient: PyReadonlyArrayDyn<'_, f32>,
        progress: f64,
    ) -> PyResult<Py<PyArrayDyn<f32>>> {
        let shape = {
            let run = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            [run.parameters.values.len()]
        };
        let values = taken(py, "parameters", &values, &shape)?;
        let gradient = taken(py, "gradient", &gradient, &shape)?;
        let values = detached(py, || {
            let mut run = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            run.parameters.values = values;
            run.update(gradient, progress)?;
            Ok(run.parameters.values.clone())
        })?;
        given(py, &shape, values)
    }
}
