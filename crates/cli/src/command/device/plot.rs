//! `bruno device plot`: what a device looks like, as SVG or PDF.

use super::Card;
use super::neuron::{NeuronArguments, StimulusArguments};
use crate::failure::Failure;
use crate::output;
use crate::picture::PictureArguments;
use bruno_circuit::pictures;
use bruno_plot::Panel;
use clap::Subcommand;
use std::path::PathBuf;

/// Draw a device: P-V loops and switching kinetics of the full model, f-I curve and membrane of the reduced one (SVG, or PDF by the
/// file's ending).
#[derive(clap::Args)]
pub struct Plot {
    #[command(subcommand)]
    kind: Kind,
    /// The file to write.
    #[arg(short, long, global = true, default_value = "out/device.svg")]
    out: PathBuf,
    #[command(flatten)]
    pictures: PictureArguments,
    #[command(flatten)]
    named: output::Named,
}

#[derive(Subcommand)]
enum Kind {
    /// Polarisation and current under a triangular voltage (third period), full model.
    Loops {
        #[command(flatten)]
        card: Card,
        /// Amplitudes, V.
        #[arg(long, value_delimiter = ',', default_values_t = [1.2, 1.6, 2.0, 3.0], value_parser = amplitude)]
        amplitudes: Vec<f64>,
        /// Frequency, Hz.
        #[arg(long, default_value_t = 1000.0, value_parser = frequency)]
        frequency: f64,
    },
    /// Switched fraction against width and amplitude of a pulse, full model.
    Switching {
        #[command(flatten)]
        card: Card,
        /// Amplitudes of the pulses in the first panel, V.
        #[arg(long, value_delimiter = ',', default_values_t = [0.8, 1.0, 1.2, 1.6, 2.0, 3.0], value_parser = amplitude)]
        amplitudes: Vec<f64>,
    },
    /// Firing rate against a constant current, reduced model.
    Rate {
        #[command(flatten)]
        neuron: NeuronArguments,
        /// Largest current, pA.
        #[arg(long = "largest-pa", default_value_t = 600.0, value_parser = current)]
        largest_pa: f64,
    },
    /// Membrane and occupation under a stimulus: fine, means over the recorder's windows, spikes; reduced model.
    Membrane {
        #[command(flatten)]
        neuron: NeuronArguments,
        #[command(flatten)]
        stimulus: StimulusArguments,
    },
}

impl Plot {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let (title, panels) = self.kind.panels()?;
        self.pictures.write_file(&self.out, &title, panels)?;
        self.named.say(&[&self.out])
    }
}

impl Kind {
    fn panels(&self) -> Result<(String, Vec<Panel>), Failure> {
        match self {
            Self::Loops {
                card,
                amplitudes,
                frequency,
            } => {
                let panels =
                    pictures::loops(&card.load()?, card.temperature, amplitudes, *frequency)?;
                Ok((
                    format!("P-V loops at {frequency} Hz, {} K", card.temperature),
                    panels,
                ))
            }
            Self::Switching { card, amplitudes } => {
                let panels = pictures::switching(&card.load()?, card.temperature, amplitudes)?;
                Ok((
                    format!("Switching kinetics at {} K", card.temperature),
                    panels,
                ))
            }
            Self::Rate { neuron, largest_pa } => {
                let named = neuron.load()?;
                let panels = pictures::rate(&named.neuron.card, 1e-12 * largest_pa)?;
                Ok((format!("f-I curve: {}", named.name), panels))
            }
            Self::Membrane { neuron, stimulus } => {
                let named = neuron.load()?;
                let testbench = stimulus.testbench(&named)?;
                let panels = pictures::membrane(&testbench, named.window_s);
                let panels = panels.map_err(|e| stimulus.blame(&testbench, e))?;
                Ok((format!("Membrane: {}", named.name), panels))
            }
        }
    }
}

fn amplitude(text: &str) -> Result<f64, String> {
    positive(text, 50.0, "a voltage above 0, at most 50 V")
}

fn frequency(text: &str) -> Result<f64, String> {
    positive(text, 1e9, "a frequency above 0, at most 1e9 Hz")
}

fn current(text: &str) -> Result<f64, String> {
    positive(text, 1e6, "a current above 0, at most 1e6 pA")
}

fn positive(text: &str, most: f64, allowed: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value <= most => Ok(value),
        _ => Err(allowed.into()),
    }
}
