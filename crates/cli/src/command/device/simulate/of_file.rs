//! A neuron of a file in a circuit simulator, over the course of its float model.

use super::super::file_neuron::NamedFile;
use super::{Found, Simulate, SimulatorName, measured, rows_of, write_files};
use crate::failure::Failure;
use crate::output;
use bruno_circuit::from_model::{Agreement, Course, FileTestbench, agreement};
use bruno_circuit::netlist::Stimulus;
use bruno_host::FolderLock;
use bruno_plot::{Axis, Curve, Mark, Panel};
use std::path::Path;
use std::time::Duration;

/// Duration without a stimulus, s.
const DURATION_S: f64 = 0.04;

impl Simulate {
    pub(super) fn run_file(
        &self,
        simulator: SimulatorName,
        named: NamedFile,
    ) -> Result<(), Failure> {
        let testbench = self.file_testbench(named)?;
        let _lock = FolderLock::take(&self.out)?;
        write_files(&self.out, testbench.files(simulator.into()))?;
        if self.dry_run {
            return say!("model and testbench in {}", self.out.display());
        }
        let simulated = self.file_simulated(simulator, &testbench, &self.out)?;
        let own = testbench.course(&simulated.t_s)?;
        let found = Found {
            comparison: agreement(&testbench.neuron, &simulated, &own),
            measures: [&simulated, &own].map(|course| testbench.neuron.measures(course)),
        };
        let json = format!("{:#}\n", serde_json::json!(found));
        output::write(&self.out.join("comparison.json"), &json)?;
        let panels = self.file_overlay(simulator, &testbench, &simulated, &own);
        self.pictures
            .write(&self.out, "overlay", &testbench.title, panels)?;
        match self.json {
            true => say!("{}", json.trim_end())?,
            false => say!(
                "{}{}files: {}",
                report(&found.comparison),
                measured(&found.measures),
                self.out.display()
            )?,
        }
        self.note_silence([&found.measures[1]]);
        self.judge_file(&found.comparison)
    }

    pub(super) fn file_simulated(
        &self,
        simulator: SimulatorName,
        testbench: &FileTestbench,
        dir: &Path,
    ) -> Result<Course, Failure> {
        let limit = Duration::from_secs(self.timeout);
        Ok(testbench.run(simulator.into(), dir, limit)?)
    }

    /// Under its stimulus; without one, a constant input of twice what makes it fire.
    pub(super) fn file_testbench(&self, named: NamedFile) -> Result<FileTestbench, Failure> {
        let arguments = &self.stimulus;
        let stimulus = match &arguments.stimulus {
            // The synapse is the file's own: no other time constant is looked at.
            Some(path) => Stimulus::load(path, 0.0)?,
            None => {
                let input = named.described.firing_input_a().map_or(0.0, |a| 2.0 * a);
                Stimulus::Current(vec![(0.0, input), (DURATION_S, input)])
            }
        };
        let stop_s = match arguments.duration_ms {
            Some(ms) => 1e-3 * ms,
            None => stimulus.end_s(),
        };
        arguments.check_duration(stop_s)?;
        Ok(FileTestbench {
            title: format!("{} (bruno){}", named.name, self.specimen.text()),
            neuron: named.neuron,
            stimulus,
            stop_s,
        })
    }

    pub(super) fn judge_file(&self, found: &Agreement) -> Result<(), Failure> {
        let [theirs, ours] = found.spikes;
        if theirs == ours && found.spike_max_s <= 1e-6 * self.tolerance_us {
            return Ok(());
        }
        Err(Failure::Simulators {
            text: format!(
                "simulator and bruno differ: spikes {theirs} against {ours}, times apart by {:.3e} s (allowed: {:.3e} s)",
                found.spike_max_s,
                1e-6 * self.tolerance_us
            ),
            evidence: self.out.display().to_string(),
        })
    }

    /// A panel a state, in the units of its file.
    fn file_overlay(
        &self,
        simulator: SimulatorName,
        testbench: &FileTestbench,
        simulated: &Course,
        own: &Course,
    ) -> Vec<Panel> {
        let rows = rows_of(&simulated.t_s);
        let panel = |s: usize| {
            let state = &testbench.neuron.model.states[s];
            let course = |column: &[f64]| {
                let point = |&k: &usize| (1e3 * simulated.t_s[k], column[k] / state.unit.1.scale);
                rows.iter().map(point).collect::<Vec<_>>()
            };
            Panel {
                x: Axis::linear("t (ms)"),
                y: Axis::linear(&format!("{} ({})", state.name, state.unit.0)),
                curves: vec![
                    Curve::new(simulator.name(), Mark::Line, course(&simulated.states[s])),
                    Curve::new("bruno", Mark::Dashed, course(&own.states[s])),
                ],
            }
        };
        (0..testbench.neuron.model.states.len())
            .map(panel)
            .collect()
    }
}

fn report(found: &Agreement) -> String {
    let mut text = format!(
        "spikes: {} in the simulator, {} in bruno, times apart by at most {:.3e} s\n",
        found.spikes[0], found.spikes[1], found.spike_max_s
    );
    for s in &found.states {
        text += &format!(
            "{}: largest difference {:.3e} {} ({:.2e} of its span)\n",
            s.state, s.max, s.unit, s.of_span
        );
    }
    text + &format!(
        "compared at {} times; {:.3e} s around spikes left out\n",
        found.points, found.left_out_s
    )
}
