//! `bruno model plot`: what a neuron of a file looks like, as SVG or PDF.

use super::derived;
use crate::failure::Failure;
use crate::output;
use crate::picture::PictureArguments;
use bruno_circuit::from_model::{Asked, FileNeuron};
use std::path::PathBuf;

/// Draw a neuron of a file at its defaults (SVG, or PDF by the file's ending): rate against a constant input, and the plane of two states with nullclines
/// and the course from rest on.
///
/// A neuron with one state beside its kernels has no plane: its rate of change is drawn instead. The float model is drawn;
/// what integers make of it `bruno model check` says.
#[derive(clap::Args)]
pub struct Plot {
    /// The model file, e.g. my.nrn, or the name of one that comes with bruno.
    file: PathBuf,
    /// Largest input of the rate's curve, in the unit of the file [default: six times the smallest that makes it fire, or a
    /// quarter of the input's range].
    #[arg(long)]
    largest: Option<f64>,
    /// Input of the plane, in the unit of the file [default: twice the smallest that makes it fire].
    #[arg(long, allow_negative_numbers = true)]
    input: Option<f64>,
    /// Two states of the plane, e.g. V,w [default: that of the threshold and the first other one].
    #[arg(long)]
    states: Option<String>,
    /// The file to write.
    #[arg(short, long, default_value = "out/model.svg")]
    out: PathBuf,
    #[command(flatten)]
    pictures: PictureArguments,
    #[command(flatten)]
    named: output::Named,
}

impl Plot {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let model = derived(&self.file)?.model;
        let neuron = FileNeuron::new(&model, model.defaults());
        let asked = Asked {
            largest_a: self.input_of(&neuron, "--largest", self.largest)?,
            input_a: self.input_of(&neuron, "--input", self.input)?,
            states: self.plane(&neuron)?,
        };
        let panels = neuron.pictures(asked);
        let title = format!("Model {}", model.name);
        self.pictures.write_file(&self.out, &title, panels)?;
        self.named.say(&[&self.out])
    }

    /// An input in SI units; within the range of the file.
    fn input_of(
        &self,
        neuron: &FileNeuron,
        option: &str,
        value: Option<f64>,
    ) -> Result<Option<f64>, Failure> {
        let input = &neuron.model.states[neuron.model.input];
        let scale = input.unit.1.scale;
        let (low, high) = input.range;
        match value {
            Some(x) if !(low..=high).contains(&(x * scale)) => Err(self.wrong(format!(
                "{option} is {x}; allowed: {:.3} to {:.3} {}, the range of `{}`",
                low / scale,
                high / scale,
                input.unit.0,
                input.name
            ))),
            x => Ok(x.map(|x| x * scale)),
        }
    }

    /// The states of the plane.
    fn plane(&self, neuron: &FileNeuron) -> Result<Option<[usize; 2]>, Failure> {
        let Some(names) = &self.states else {
            return Ok(None);
        };
        let free = neuron.free_states();
        let named = |name: &str| {
            let mut free = free.iter().copied();
            let state = free.find(|s| neuron.model.states[*s].name == name);
            state.ok_or_else(|| {
                let free = free_names(neuron);
                self.wrong(format!(
                    "--states has `{name}`; allowed: states with equations ({free})"
                ))
            })
        };
        match names.split_once(',') {
            Some((x, y)) if x != y => Ok(Some([named(x)?, named(y)?])),
            _ => Err(self.wrong("--states needs two different states, e.g. V,w".into())),
        }
    }

    fn wrong(&self, what: String) -> Failure {
        Failure::Input {
            path: self.file.display().to_string(),
            what,
        }
    }
}

fn free_names(neuron: &FileNeuron) -> String {
    let names = neuron.free_states().into_iter();
    let names = names.map(|s| neuron.model.states[s].name.clone());
    names.collect::<Vec<_>>().join(", ")
}
