//! `bruno nir import`: a network becomes a chip and its program.

use crate::failure::Failure;
use crate::output;
use bruno_host::FolderLock;
use bruno_nir::{Discretisation, Loss, Reset, Settings, TimeUnit};
use std::path::{Path, PathBuf};

/// Make a chip description and its program of a network: OUT/chip.json and OUT/program.json.
///
/// `bruno check OUT/chip.json --program OUT/program.json`, `bruno eval` and `bruno cosim` take them. The format leaves open what
/// unit its times have, how long a step is and how its equations become steps: each choice is printed with the option that
/// makes another. A table says what the codes lose of each layer. What no chip does is refused by node, value and remedy.
#[derive(clap::Args)]
pub struct Import {
    /// The network, e.g. net.nir.
    file: PathBuf,
    /// Directory to write to; made where it is missing.
    #[arg(short, long)]
    out: PathBuf,
    /// Length of a step of the network, us; from the file, where every neuron's tau_mem/r and tau_syn/w_in are one.
    #[arg(long, value_name = "US")]
    dt_us: Option<f64>,
    /// Unit of the times in the file.
    #[arg(long, value_enum, default_value_t = Unit::S)]
    unit: Unit,
    /// How equations become steps.
    #[arg(long, value_enum, default_value_t = Convention::Euler)]
    discretisation: Convention,
    /// What a spike does to the membrane.
    #[arg(long, value_enum, default_value_t = AfterSpike::File)]
    reset: AfterSpike,
    /// Ticks of 1 us that a step takes on the chip: 1 computes as simulators do, in steps; dt itself runs in real time.
    #[arg(long, value_name = "TICKS", default_value_t = 1)]
    step_ticks: u32,
    /// Bits of the synapses; below 8 the level tables are fitted to the weights.
    #[arg(long, default_value_t = 8)]
    bits: u32,
    /// Thresholds that the membrane's word reaches up and down.
    #[arg(long, default_value_t = 4.0)]
    headroom: f64,
    /// Window of the recorder, us.
    #[arg(long, value_name = "US", default_value_t = 100)]
    window_us: u32,
    /// Time constant of a readout that counts the output's spikes, ms on the chip.
    #[arg(long, value_name = "MS", default_value_t = 20.0)]
    readout_tau_ms: f64,
    /// What becomes of biases of the first layer.
    #[arg(long, value_enum, default_value_t = Bias::Refuse)]
    bias: Bias,
    /// Make a new chip of a network that bruno exported, in place of the chip in its metadata.
    #[arg(long)]
    new_chip: bool,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// Units of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Unit {
    /// Seconds.
    S,
    /// Milliseconds.
    Ms,
}

/// Named discretisations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Convention {
    /// A state keeps exp(-dt/tau) a step and takes 1 - exp(-dt/tau) of its input.
    Exact,
    /// It keeps 1 - dt/tau and takes dt/tau (Norse, snnTorch).
    Euler,
    /// It keeps exp(-dt/tau) and takes dt/tau (Rockpool, Sinabs).
    Impulse,
}

/// Resets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum AfterSpike {
    /// What the metadata of a node say of a reset; else `value`.
    File,
    /// It is set to the file's `v_reset`, 0 where there is none: neurons `lif`.
    Value,
    /// The threshold is subtracted: neurons of the model `lif_subtractive`.
    Subtract,
}

/// What becomes of biases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Bias {
    /// A network with biases is refused.
    Refuse,
    /// One more input channel, which must spike in every step, brings those of the first layer.
    Channel,
}

impl Import {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let file = self.file.display().to_string();
        let graph = bruno_nir::load(&self.file)?;
        let made = bruno_nir::import(&file, &graph, &self.settings())?;
        let _lock = FolderLock::take(&self.out)?;
        let [chip, program] = ["chip.json", "program.json"].map(|name| self.out.join(name));
        write(&chip, &made.description)?;
        write(&program, &made.program)?;
        let files = [&chip, &program].map(|path| path.display().to_string());
        if self.json {
            return say!(
                "{}",
                serde_json::json!({
                    "files": files, "choices": made.choices, "warnings": made.warnings, "losses": made.losses,
                })
            );
        }
        for choice in &made.choices {
            say!("{choice}")?;
        }
        for line in table(&made.losses) {
            say!("{line}")?;
        }
        for warning in &made.warnings {
            say!("warning: {warning}")?;
        }
        say!("{}", files.join("\n"))
    }

    fn settings(&self) -> Settings {
        let stem = self
            .file
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned());
        let name = stem.as_deref().and_then(bruno_nir::identifier);
        Settings {
            name: name.unwrap_or_else(|| Settings::default().name),
            dt_us: self.dt_us,
            unit: match self.unit {
                Unit::S => TimeUnit::Seconds,
                Unit::Ms => TimeUnit::Milliseconds,
            },
            discretisation: match self.discretisation {
                Convention::Exact => Discretisation::Exact,
                Convention::Euler => Discretisation::Euler,
                Convention::Impulse => Discretisation::Impulse,
            },
            reset: match self.reset {
                AfterSpike::File => None,
                AfterSpike::Value => Some(Reset::Value),
                AfterSpike::Subtract => Some(Reset::Subtract),
            },
            step_ticks: self.step_ticks,
            bits: self.bits,
            headroom: self.headroom,
            window_us: self.window_us,
            readout_tau_ms: self.readout_tau_ms,
            bias_channel: self.bias == Bias::Channel,
            new_chip: self.new_chip,
        }
    }
}

fn write(path: &Path, value: &impl serde::Serialize) -> Result<(), Failure> {
    output::write(
        path,
        &serde_json::to_string_pretty(value).unwrap_or_default(),
    )
}

/// The losses in columns.
fn table(losses: &[Loss]) -> Vec<String> {
    let head = [
        "layer",
        "quantity",
        "codes",
        "in the file",
        "on the chip",
        "error",
    ]
    .map(String::from);
    let row = |loss: &Loss| {
        [
            loss.layer.clone(),
            loss.quantity.clone(),
            loss.code.clone(),
            loss.wanted.clone(),
            loss.in_force.clone(),
            format!("{:.3} %", loss.error_percent),
        ]
    };
    let rows: Vec<[String; 6]> = std::iter::once(head)
        .chain(losses.iter().map(row))
        .collect();
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; 6]| {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    rows.iter().map(line).collect()
}
