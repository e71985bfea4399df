//! A chip with its program and simulators.

use crate::arrays::{given, padded};
use crate::failure::{Fault, detached, mismatch};
use crate::program::{self, GivenLayer};
use crate::simulators::Simulators;
use crate::stimuli::Stimuli;
use crate::words::{self, Word};
use bruno_chip::Description;
use bruno_sim::{Program, Trace};
use bruno_train::{TrainedProgram, spread};
use numpy::PyArrayDyn;
use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// The largest records that a call returns, bytes.
const MOST_BYTES: u64 = bruno_host::BUDGET_BYTES;

/// A resolved chip, what it is loaded with, and what runs it.
#[pyclass(frozen, module = "bruno._bruno")]
pub struct Chip {
    chip: bruno_device::Chip,
    simulators: Simulators,
    program: Mutex<Program>,
}

/// What a batch did: readout records and those of the other layers `[sample, window, neuron, word]`, empty where they were
/// not asked for, zeros after the end of a shorter sample; spikes of each hidden layer (sample, time, neuron); saturated updates of each sample.
#[derive(IntoPyObject)]
struct Ran {
    records: Vec<Py<PyArrayDyn<i32>>>,
    spikes: Vec<[Py<PyArrayDyn<u32>>; 3]>,
    saturations: Vec<u32>,
}

#[pymethods]
impl Chip {
    /// Of a description's JSON text; `file` is named in errors.
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
            let chip = bruno_device::Chip::resolve(file, &description)?;
            Ok(Self {
                simulators: Simulators::new(&chip, simulator, threads)?,
                program: Mutex::new(Program::silent(&chip)),
                chip,
            })
        })
    }

    /// The description with all defaults, JSON.
    fn description(&self) -> String {
        serde_json::to_string(&self.chip.description).unwrap_or_default()
    }

    /// The resolved chip, JSON.
    fn resolved(&self) -> String {
        serde_json::to_string(&self.chip).unwrap_or_default()
    }

    /// What runs it, and on how many threads.
    fn running(&self) -> (&'static str, usize) {
        (self.simulators.name(), self.simulators.threads)
    }

    /// What is worth knowing of the chip and its training settings: verdict, text, remedy.
    fn findings(&self, py: Python<'_>) -> PyResult<Vec<(&'static str, String, Option<String>)>> {
        let (_, findings) = detached(py, || Ok(bruno_cli::findings(&self.chip)?))?;
        let findings = findings.into_iter();
        let parts = findings.map(|f| (f.verdict.word(), f.text, f.remedy));
        Ok(parts.collect())
    }

    /// The words of each layer's records.
    fn words(&self) -> Vec<Vec<Word>> {
        let layers = self.chip.layers.iter();
        let window = self.chip.window_ticks;
        layers
            .map(|layer| words::of(&layer.model, window))
            .collect()
    }

    /// What it is loaded with, layer by layer.
    fn program(&self, py: Python<'_>) -> PyResult<Vec<program::Layer>> {
        program::to_python(py, &self.chip, &self.loaded())
    }

    /// Loads it.
    fn load(&self, py: Python<'_>, layers: Vec<GivenLayer<'_>>) -> PyResult<()> {
        let program = program::of_python(py, &self.chip, &layers)?;
        detached(py, || {
            program.check(&self.chip)?;
            self.keep(program);
            Ok(())
        })
    }

    /// Loads it with the `program.json` of a training run; gives the rule of its decisions, JSON.
    fn load_file(&self, py: Python<'_>, path: PathBuf) -> PyResult<String> {
        detached(py, || {
            let trained = TrainedProgram::load(&path, &self.chip)?;
            self.keep(trained.program());
            Ok(serde_json::to_string(&trained.decision).unwrap_or_default())
        })
    }

    /// Runs a batch. Records of hidden layers are left out unless they are asked for.
    fn run(&self, py: Python<'_>, stimuli: &Stimuli, records: bool) -> PyResult<Ran> {
        let traces = detached(py, || self.traces(stimuli, records))?;
        let (batch, windows) = (traces.len(), stimuli.windows as usize);
        let mut ran = Ran {
            records: Vec::new(),
            spikes: Vec::new(),
            saturations: traces.iter().map(|t| t.saturations).collect(),
        };
        for (index, layer) in self.chip.layers.iter().enumerate() {
            let kept = records || !layer.spikes();
            let shape = [
                if kept { batch } else { 0 },
                windows,
                layer.neurons,
                layer.model.words.len(),
            ];
            let words = if kept {
                shape[1] * shape[2] * shape[3]
            } else {
                0
            };
            let own = traces.iter().map(|t| &t.layers[index].records[..]);
            ran.records.push(given(py, &shape, padded(own, words))?);
            if layer.spikes() {
                let spikes = traces.iter().enumerate().flat_map(|(sample, t)| {
                    let spikes = t.layers[index].spikes.iter();
                    spikes.map(move |s| [sample as u32, s.tick, s.neuron])
                });
                let spikes: Vec<[u32; 3]> = spikes.collect();
                let column = |k: usize| {
                    let column = spikes.iter().map(|s| s[k]).collect();
                    given(py, &[spikes.len()], column)
                };
                ran.spikes.push([column(0)?, column(1)?, column(2)?]);
            }
        }
        Ok(ran)
    }

    /// Gives the simulators back; it cannot run any more.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.simulators.close());
    }
}

impl Chip {
    fn loaded(&self) -> Program {
        let program = self.program.lock();
        program.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, program: Program) {
        *self.program.lock().unwrap_or_else(PoisonError::into_inner) = program;
    }

    fn traces(&self, stimuli: &Stimuli, records: bool) -> Result<Vec<Trace>, Fault> {
        let chip = &self.chip;
        for stimulus in &stimuli.samples {
            stimulus.check(chip, chip.window_ticks)?;
        }
        self.check_memory(stimuli, records)?;
        let program = self.loaded();
        let samples: Vec<usize> = (0..stimuli.samples.len()).collect();
        let readout = chip.readout();
        self.simulators.with(|models| {
            let traces = spread(models, Some(&program), &samples, &|model, group| {
                let empty = vec![bruno_sim::LayerTrace::default(); chip.layers.len()];
                let mut all = vec![empty; group.len()];
                let own: Vec<_> = group.iter().map(|k| stimuli.samples[*k].clone()).collect();
                let counters = model.stream_all(&own, bruno_sim::CHUNK, &mut |k, part| {
                    for (index, (layer, part)) in all[k].iter_mut().zip(part).enumerate() {
                        layer.spikes.extend_from_slice(&part.spikes);
                        if records || index == readout {
                            layer.records.extend_from_slice(&part.records);
                        }
                    }
                })?;
                let traces = all.into_iter().zip(counters);
                Ok(traces.map(|(layers, c)| Trace::new(layers, c)).collect())
            })?;
            Ok(traces)
        })
    }

    fn check_memory(&self, stimuli: &Stimuli, records: bool) -> Result<(), Fault> {
        let kept = self.chip.layers.iter().filter(|l| records || !l.spikes());
        let words: usize = kept.map(|l| l.neurons * l.model.words.len()).sum();
        let windows = stimuli.samples.len() as u64 * u64::from(stimuli.windows);
        let bytes = windows.saturating_mul(4 * words as u64);
        if bytes <= MOST_BYTES {
            return Ok(());
        }
        let allowed = format!(
            "up to {} MB; run fewer samples at once, or leave records out",
            MOST_BYTES >> 20
        );
        Err(mismatch(
            "the memory of the records",
            format!("{} MB", bytes >> 20),
            allowed,
        ))
    }
}
