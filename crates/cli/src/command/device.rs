//! `bruno device`: the ferroelectric capacitor and the RRAM levels behind a chip description.

mod columns;
mod export;
mod file_neuron;
mod fit;
mod import;
mod neuron;
mod plot;
mod reduce;
mod simulate;
mod specimen;

use crate::failure::Failure;
use bruno_circuit::FecapCard;
use bruno_circuit::model_card::ModelCard;
use clap::Subcommand;
use std::path::PathBuf;

/// Models and cards of the devices: calibration, reduction to what the datapath computes (docs/device.md), cards and netlists
/// of circuit simulators, pictures (docs/circuit.md).
#[derive(clap::Args)]
pub struct Device {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Export(export::Export),
    Fit(fit::Fit),
    Import(import::Import),
    Plot(plot::Plot),
    Reduce(reduce::Reduce),
    Simulate(simulate::Simulate),
}

impl Device {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match &self.command {
            Command::Export(command) => command.run(),
            Command::Import(command) => command.run(),
            Command::Plot(command) => command.run(),
            Command::Simulate(command) => command.run(),
            Command::Fit(command) => command.run(),
            Command::Reduce(command) => command.run(),
        }
    }
}

/// Which card is meant.
#[derive(clap::Args)]
struct Card {
    /// Card of the capacitor: JSON, Spectre (.scs), ngspice or VACASK [default: the published card of Heracles].
    #[arg(long)]
    card: Option<PathBuf>,
    /// Another value for a parameter of the card, in its unit (SI, energies in eV), e.g. --set area=1e-12.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    set: Vec<(String, f64)>,
    /// Temperature, K.
    #[arg(long, default_value_t = 300.15)]
    temperature: f64,
    /// The field of the ferroelectric layer changes the width of the depletion layers, as in a simulator that keeps
    /// variables between evaluations; VACASK and ngspice do not (docs/device.md).
    #[arg(long)]
    field_widens_depletion: bool,
}

impl Card {
    fn load(&self) -> Result<FecapCard, Failure> {
        let mut card = match &self.card {
            Some(path) => ModelCard::load(path)?.model.card,
            None => FecapCard::default(),
        };
        for (name, value) in &self.set {
            if let Some(place) = card.get_mut(name) {
                *place = *value;
            }
        }
        card.field_widens_depletion = self.field_widens_depletion;
        card.check(self.temperature)?;
        Ok(card)
    }
}

/// A resistance beside the device, Ohm: from that of a wire to beyond any insulator's.
fn resistance(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (1.0..=1e18).contains(&value) => Ok(value),
        _ => Err("a resistance of 1..1e18 Ohm".into()),
    }
}

fn assignment(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write NAME=VALUE, e.g. area=1e-12")?;
    if FecapCard::default().get(name).is_none() {
        let names: Vec<&str> = bruno_circuit::PARAMETERS.iter().map(|p| p.name).collect();
        return Err(format!(
            "`{name}` is no parameter; allowed: {}",
            names.join(", ")
        ));
    }
    let value = value
        .parse()
        .map_err(|_| format!("`{value}` is no number"))?;
    Ok((name.into(), value))
}
