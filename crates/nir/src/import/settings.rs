//! What a user chooses, and what follows for time.

use crate::discretisation::{Discretisation, TimeUnit};
use crate::error::problem;
use crate::loss::short;
use crate::network::{Layer, Network};
use crate::reset::Reset;
use bruno_chip::{Description, LONGEST_WINDOW, Problem};

/// How a graph is taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Name of the chip.
    pub name: String,
    /// Length of a step of the network, us; from the file where absent and possible.
    pub dt_us: Option<f64>,
    /// Unit of the times in the file.
    pub unit: TimeUnit,
    /// From time constants to steps.
    pub discretisation: Discretisation,
    /// What a spike does to the membrane; where absent as the file says.
    pub reset: Option<Reset>,
    /// Ticks of 1 us that a step takes on the chip.
    pub step_ticks: u32,
    /// Bits of the synapses.
    pub bits: u32,
    /// Thresholds that the membrane's word reaches, up and down.
    pub headroom: f64,
    /// Window of the recorder, ticks.
    pub window_us: u32,
    /// Time constant of the readout that counts the spikes of an output layer, ms on the chip.
    pub readout_tau_ms: f64,
    /// Whether the chip gets an input channel that brings the biases.
    pub bias_channel: bool,
    /// Whether a graph that bruno exported gets a new chip in place of its own.
    pub new_chip: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "network".into(),
            dt_us: None,
            unit: TimeUnit::default(),
            discretisation: Discretisation::default(),
            reset: None,
            step_ticks: 1,
            bits: 8,
            headroom: 4.0,
            window_us: 100,
            readout_tau_ms: 20.0,
            bias_channel: false,
            new_chip: false,
        }
    }
}

impl Settings {
    /// Settings out of their range.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let rows = [
            ("--dt-us", self.dt_us.unwrap_or(1.0), 1e-3, 1e6, "us"),
            (
                "--step-ticks",
                self.step_ticks.into(),
                1.0,
                100_000.0,
                "ticks of 1 us",
            ),
            ("--bits", self.bits.into(), 1.0, 8.0, "bits"),
            ("--headroom", self.headroom, 1.5, 64.0, "thresholds"),
            (
                "--window-us",
                self.window_us.into(),
                5.0,
                LONGEST_WINDOW.into(),
                "us",
            ),
            ("--readout-tau-ms", self.readout_tau_ms, 0.02, 1000.0, "ms"),
        ];
        let bad = |(name, value, low, high, unit): (&str, f64, f64, f64, &str)| {
            let good = (low..=high).contains(&value);
            (!good).then(|| {
                problem(
                    name,
                    value,
                    format!("{low}..{high} {unit}"),
                    "choose another value",
                )
            })
        };
        rows.into_iter().filter_map(bad).collect()
    }
}

/// A text as a name of a chip or a layer: other characters become `_`; `None` where no name comes of it.
pub fn identifier(text: &str) -> Option<String> {
    let letter = |c: char| match c.to_ascii_lowercase() {
        c @ ('a'..='z' | '0'..='9') => c,
        _ => '_',
    };
    let name: String = text.chars().map(letter).take(40).collect();
    let usable = Description::takes_name(&name);
    usable.then_some(name)
}

/// The time of a network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    /// Length of a step, in the file's unit.
    pub dt: f64,
    /// The same, us.
    pub dt_us: f64,
    /// Ticks that it takes on the chip.
    pub ticks: u32,
    /// Whether it stands in the file.
    found: bool,
}

/// How far `tau_mem/r` and `tau_syn/w_in` may differ and still name one step, relative: single precision, twice divided.
const SAME: f64 = 1e-4;

impl Timing {
    /// The step that the user gave, or that all CubaLIF agree on: `tau_mem/r = tau_syn/w_in = dt`, as snnTorch writes them.
    pub fn of(network: &Network, settings: &Settings) -> Result<Self, Box<Problem>> {
        let unit_us = settings.unit.us();
        let found = steps(network).filter(|_| settings.dt_us.is_none());
        let dt = settings.dt_us.map(|us| us / unit_us).or(found);
        let Some(dt) = dt.filter(|dt| (1e-3..=1e6).contains(&(dt * unit_us))) else {
            let said = dt.map_or("not in the file".into(), |dt| {
                format!("{} us", short(dt * unit_us))
            });
            return Err(Box::new(problem(
                "dt",
                said,
                "0.001..1e6 us, the step that the network was trained with",
                "give --dt-us, and --unit ms where the file's times are in ms",
            )));
        };
        Ok(Self {
            dt,
            dt_us: dt * unit_us,
            ticks: settings.step_ticks,
            found: found.is_some(),
        })
    }

    /// What was chosen, a sentence each.
    pub fn choices(&self, settings: &Settings) -> Vec<String> {
        let dt = short(self.dt_us);
        let from = match self.found {
            true => "from the file, where tau_mem/r and tau_syn/w_in of every neuron are this",
            false => "as given",
        };
        let faster = self.dt_us / f64::from(self.ticks);
        let play = match faster == 1.0 {
            true => "real time".into(),
            false => format!(
                "data is to be played {} times as fast (`training.data.acceleration`)",
                short(faster)
            ),
        };
        vec![
            format!("times of the file in {} (--unit)", settings.unit.symbol()),
            format!("a step of the network is {dt} us long, {from} (--dt-us)"),
            format!(
                "discretisation `{}` (--discretisation): {}",
                settings.discretisation.name(),
                settings.discretisation.about()
            ),
            format!(
                "a step takes {} tick(s) of 1 us on the chip (--step-ticks): {play}",
                self.ticks
            ),
            format!(
                "the membrane reaches {} thresholds up and down (--headroom), and is clamped at the lower end",
                settings.headroom
            ),
        ]
    }
}

fn steps(network: &Network) -> Option<f64> {
    let all = network
        .layers
        .iter()
        .map(step)
        .collect::<Option<Vec<_>>>()?;
    let first = *all.first()?;
    all.iter()
        .all(|dt| (dt / first - 1.0).abs() <= SAME)
        .then_some(first)
}

/// The step that all neurons of a layer name.
fn step(layer: &Layer) -> Option<f64> {
    let node = &layer.node;
    let quotients = [("tau_mem", "r"), ("tau_syn", "w_in")].map(|(tau, by)| {
        let by = node.parameter(by).iter().cycle();
        let all = node.parameter(tau).iter().zip(by);
        all.map(|(tau, by)| tau / by).collect::<Vec<_>>()
    });
    let [mem, syn] = &quotients;
    let first = *mem.first()?;
    let same = |dt: &f64| (dt / first - 1.0).abs() <= SAME;
    let all = !syn.is_empty() && mem.iter().chain(syn).all(same);
    (all && first > 0.0).then_some(first)
}
