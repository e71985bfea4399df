//! Which specimen of a neuron is meant: the nominal one, one at a corner, one of a drawn die, each at some temperature.

use super::neuron::problem_of;
use crate::failure::Failure;
use bruno_chip::{ChipError, Description, LayerDescription, Problem};
use bruno_device::{Draws, die_layer, heat, move_to_corner};

/// Corner and temperature.
#[derive(clap::Args, Default)]
#[command(next_help_heading = "Specimen")]
pub struct SpecimenArguments {
    /// A corner: a quantity of the layer's `variability.die` so many of its standard deviations away from its value, e.g.
    /// --corner area=3; may stand several times.
    #[arg(long, value_name = "NAME=SIGMAS", value_parser = corner, conflicts_with = "monte_carlo")]
    corner: Vec<(String, f64)>,
    /// Temperature, K: acts on the switching of a `felif` neuron alone, or as the one parameter in K of a neuron of a file
    /// [default: that of the description].
    #[arg(long, value_name = "K")]
    temperature: Option<f64>,
}

impl SpecimenArguments {
    /// The specimen without draws.
    pub fn nominal(&self) -> Specimen<'_> {
        Specimen {
            arguments: self,
            draws: None,
        }
    }

    /// One of a die, as `bruno montecarlo` draws it.
    pub fn die(&self, draws: Draws) -> Specimen<'_> {
        Specimen {
            arguments: self,
            draws: Some(draws),
        }
    }

    /// Corner and temperature as they are called in titles; empty for the nominal neuron.
    pub fn text(&self) -> String {
        let corner = self
            .corner
            .iter()
            .map(|(name, sigmas)| format!(", {name} {sigmas:+} sigma"));
        let temperature = self
            .temperature
            .iter()
            .map(|kelvin| format!(", {kelvin} K"));
        corner.chain(temperature).collect()
    }
}

/// A specimen of the neurons of a layer.
#[derive(Clone, Copy)]
pub struct Specimen<'a> {
    arguments: &'a SpecimenArguments,
    draws: Option<Draws>,
}

impl Specimen<'_> {
    /// A layer of a description as this specimen has it.
    ///
    /// # Errors
    /// A quantity that does not spread, a value that no card or file may have, a temperature without effect.
    pub fn layer(
        &self,
        file: &str,
        description: &Description,
        index: usize,
    ) -> Result<LayerDescription, Failure> {
        let refused = |problem| problem_of(file, problem);
        let mut layer = match self.draws {
            Some(draws) => die_layer(description, index, draws),
            None => description.layers[index].clone(),
        };
        let arguments = self.arguments;
        move_to_corner(&mut layer, &arguments.corner).map_err(refused)?;
        if !arguments.corner.is_empty() {
            let mut moved = description.clone();
            moved.layers[index] = layer.clone();
            let problems = moved.problems();
            if !problems.is_empty() {
                let file = format!("{file} at the corner{}", arguments.text());
                return Err(ChipError::Invalid { file, problems }.into());
            }
        }
        if let Some(kelvin) = arguments.temperature {
            heat(&mut layer, kelvin).map_err(refused)?;
        }
        Ok(layer)
    }

    /// Refuses what only a chip description has, for a neuron that stands alone.
    pub fn without_chip(&self, what: &str) -> Result<(), Failure> {
        let option = match (self.draws, &self.arguments.corner[..]) {
            (Some(_), _) => "--monte-carlo",
            (None, [_, ..]) => "--corner",
            (None, []) => return Ok(()),
        };
        Err(problem_of(
            what,
            Problem {
                field: option.into(),
                value: "given".into(),
                allowed: "with a chip description whose layer has `variability`".into(),
                remedy:
                    "give one: the spreads of a neuron stand in its layer (docs/variability.md)"
                        .into(),
            },
        ))
    }

    /// The temperature, K, where one is asked for.
    pub fn temperature_k(&self) -> Option<f64> {
        self.arguments.temperature
    }
}

/// Reads `NAME=SIGMAS`.
fn corner(text: &str) -> Result<(String, f64), String> {
    let (name, sigmas) = text
        .split_once('=')
        .ok_or("write NAME=SIGMAS, e.g. area=3")?;
    match sigmas.trim().parse::<f64>() {
        Ok(value) if (-6.0..=6.0).contains(&value) => Ok((name.trim().into(), value)),
        _ => Err(format!("`{sigmas}` are no standard deviations of -6..6")),
    }
}
