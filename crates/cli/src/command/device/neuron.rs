//! Which neuron is meant, and what drives it.

use super::specimen::{Specimen, SpecimenArguments};
use crate::changes::Changes;
use crate::failure::Failure;
use bruno_chip::{ChipError, Description, DeviceCard, NeuronKind, Problem};
use bruno_circuit::netlist::{Stimulus, Testbench};
use bruno_circuit::{CircuitError, Neuron};
use bruno_device::{DieQuantity, TICK_S, die_quantities, heat_card};
use std::path::{Path, PathBuf};

/// A neuron of a chip.
#[derive(clap::Args)]
pub struct NeuronArguments {
    /// Chip description whose neuron is meant [default: the neuron of an empty `device` block].
    pub chip: Option<PathBuf>,
    #[command(flatten)]
    pub changes: Changes,
    /// Layer of the chip [default: the first `felif` layer].
    #[arg(long, requires = "chip")]
    pub layer: Option<String>,
}

/// The neuron, its name and its chip's window.
pub struct Named {
    /// Chip and layer.
    pub name: String,
    /// The neuron as it stands after a reset of the chip.
    pub neuron: Neuron,
    /// Window of the recorder, s.
    pub window_s: f64,
    /// Area of the neuron as it is described, um2: built-in events are made for it, whatever specimen they drive.
    pub area_um2: f64,
    /// What spreads between dies, with this specimen's values.
    pub spread: Vec<DieQuantity>,
}

/// Whether a file is a chip description, and not a model card.
pub fn is_chip(path: &Path) -> bool {
    let text = bruno_host::read_text(path).unwrap_or_default();
    let value = bruno_json::from_text::<serde_json::Value>(&text);
    value.is_ok_and(|v| v.get("layers").is_some())
}

impl NeuronArguments {
    /// The nominal neuron.
    pub fn load(&self) -> Result<Named, Failure> {
        self.load_as(SpecimenArguments::default().nominal())
    }

    /// A specimen of the neuron.
    pub fn load_as(&self, specimen: Specimen<'_>) -> Result<Named, Failure> {
        let Some(path) = &self.chip else {
            return default_neuron(specimen);
        };
        let description = self.changes.load(path)?;
        let file = path.display().to_string();
        let index = self.layer(&file, &description)?;
        let layer = specimen.layer(&file, &description, index)?;
        let spread = die_quantities(&layer).map_err(|problem| problem_of(&file, problem))?;
        let name = format!("{}, layer {}", description.name, layer.name);
        Ok(Named {
            area_um2: description.layers[index].device.area_um2,
            spread,
            ..Named::new(name, layer.device, description.window_ticks)
        })
    }

    /// Place of the layer that is meant.
    fn layer(&self, file: &str, description: &Description) -> Result<usize, Failure> {
        let layers = description.layers.iter().enumerate();
        let felif: Vec<_> = layers
            .filter(|(_, l)| l.kind == NeuronKind::Felif)
            .collect();
        let wanted = |name: &str| self.layer.as_ref().is_none_or(|own| own == name);
        if let Some((index, _)) = felif.iter().find(|(_, l)| wanted(&l.name)) {
            return Ok(*index);
        }
        let names: Vec<&str> = felif.iter().map(|(_, l)| l.name.as_str()).collect();
        let problem = Problem {
            field: "--layer".into(),
            value: self
                .layer
                .as_ref()
                .map_or("absent".into(), |name| format!("`{name}`")),
            allowed: match names[..] {
                [] => "a chip with a `felif` layer".into(),
                _ => format!("`felif` layers of the chip ({})", names.join(", ")),
            },
            remedy:
                "name one; neurons of `lif` and of a `model` have no ferroelectric capacitor here"
                    .into(),
        };
        Err(problem_of(file, problem))
    }
}

impl Named {
    fn new(name: String, card: DeviceCard, window_ticks: u32) -> Self {
        Self {
            name,
            area_um2: card.area_um2,
            spread: Vec::new(),
            neuron: Neuron {
                fires: true,
                start_v: card.v_reset_v,
                start_p: card.p_reset,
                card,
            },
            window_s: f64::from(window_ticks) * TICK_S,
        }
    }
}

/// The neuron of an empty `device` block.
fn default_neuron(specimen: Specimen<'_>) -> Result<Named, Failure> {
    let name = "default neuron";
    specimen.without_chip(name)?;
    let mut card = DeviceCard::default();
    if let Some(kelvin) = specimen.temperature_k() {
        heat_card(&mut card, kelvin).map_err(|problem| problem_of(name, problem))?;
    }
    Ok(Named::new(name.into(), card, 1000))
}

/// A mistake in the file or the neuron that a command was given.
pub fn problem_of(file: &str, problem: Problem) -> Failure {
    let file = file.into();
    let problems = vec![problem];
    ChipError::Invalid { file, problems }.into()
}

/// What drives the neuron, and for how long.
#[derive(clap::Args)]
pub struct StimulusArguments {
    /// CSV with `t_s,i_A` (a recorded current) or `tick_us,dI_A` (input events) [default: 40 ms of events].
    #[arg(long)]
    pub stimulus: Option<PathBuf>,
    /// Time constant of the synaptic current of events, ms [default: that of the neuron].
    #[arg(long, value_parser = positive)]
    tau_ms: Option<f64>,
    /// Duration, ms [default: to the end of the current, or five time constants after the last event].
    #[arg(long, value_parser = positive)]
    pub duration_ms: Option<f64>,
    /// The membrane alone, without threshold and reset.
    #[arg(long)]
    pub membrane: bool,
    /// Membrane voltage at the beginning, V [default: the card's `v_reset_V`, where a sample of the chip starts].
    #[arg(long, allow_negative_numbers = true, value_parser = start_v)]
    start_v: Option<f64>,
    /// Occupation at the beginning, 0..1 [default: the card's `p_reset`].
    #[arg(long, value_parser = occupation)]
    start_p: Option<f64>,
}

impl StimulusArguments {
    /// The neuron under its stimulus.
    pub fn testbench(&self, named: &Named) -> Result<Testbench, Failure> {
        let card = &named.neuron.card;
        let tau_s = 1e-3 * self.tau_ms.unwrap_or(card.tau_syn_ms);
        let stimulus = match &self.stimulus {
            Some(path) => Stimulus::load(path, tau_s)?,
            None => Stimulus::built_in(named.area_um2, tau_s),
        };
        let stop_s = match (self.duration_ms, &self.stimulus) {
            (Some(ms), _) => 1e-3 * ms,
            (None, Some(_)) => stimulus.end_s(),
            (None, None) => 0.04,
        };
        self.check_duration(stop_s)?;
        Ok(Testbench {
            title: format!("{} (bruno)", named.name),
            neuron: Neuron {
                fires: !self.membrane,
                start_v: self.start_v.unwrap_or(named.neuron.start_v),
                start_p: self.start_p.unwrap_or(named.neuron.start_p),
                ..named.neuron.clone()
            },
            stimulus,
            stop_s,
        })
    }
}

impl StimulusArguments {
    /// An error of a simulation, with the row of the stimulus' file where the solver stopped.
    pub fn blame(&self, testbench: &Testbench, error: CircuitError) -> CircuitError {
        match &self.stimulus {
            Some(path) => testbench.stimulus.blame(&path.display().to_string(), error),
            None => error,
        }
    }

    /// A duration of less than a tick is none.
    pub fn check_duration(&self, stop_s: f64) -> Result<(), Failure> {
        if stop_s >= TICK_S {
            return Ok(());
        }
        let problem = Problem {
            field: "--duration-ms".into(),
            value: format!("{}", 1e3 * stop_s),
            allowed: "0.001..10000".into(),
            remedy: "the stimulus ends there: give a duration".into(),
        };
        let file = self
            .stimulus
            .as_ref()
            .map_or(String::new(), |path| path.display().to_string());
        let problems = vec![problem];
        Err(ChipError::Invalid { file, problems }.into())
    }
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value <= 1e4 => Ok(value),
        _ => Err("a number of ms above 0, at most 10000".into()),
    }
}

fn occupation(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("a number of 0..1".into()),
    }
}

fn start_v(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (-50.0..=50.0).contains(&value) => Ok(value),
        _ => Err("a voltage of -50..50 V".into()),
    }
}
