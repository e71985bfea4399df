//! The datapath of a lane: the kernels of its layer in a row, cut into stages.

use super::{sources, stage_delay, synapses};
use crate::generate::bank::{Array, arrays, constants, saturations, stages};
use crate::generate::{literal, register_map::bank_registers};
use crate::pipeline::Pipeline;
use crate::{Binding, HdlError, Printed};
use bruno_device::{Chip, Layer};

/// The kernels of a layer, cut into stages.
pub struct Datapath {
    pub arrays: Vec<Array>,
    pub printed: Printed,
    pub pipeline: Pipeline,
    /// The stage in which the states enter.
    pub early: usize,
    /// The stage in which what gathers over a window enters.
    pub late: usize,
}

impl Datapath {
    pub fn new(chip: &Chip, layer: &Layer) -> Result<Self, HdlError> {
        let arrays = arrays(chip, layer);
        let printed = crate::print(
            &stages(chip, layer)?.in_a_row(),
            &|name| bind(chip, layer, &arrays, name),
            2,
        )?;
        let mut outputs = Vec::new();
        for name in output_names(layer, &arrays) {
            outputs.push(printed.output(&name)?);
        }
        let cut = |early, late| {
            Pipeline::cut(
                &printed,
                &sources(layer, &arrays, early, late),
                &outputs,
                stage_delay(chip),
            )
        };
        let late = cut(0, 0).depth() - 1;
        // States that wait for the injected current wait in their memory rather than in registers.
        let mut ever_earlier = (0..=synapses::stages(layer).min(late)).rev();
        let in_time = |early: &usize| cut(*early, late).depth() == late + 1;
        let early = ever_earlier.find(in_time).unwrap_or(0);
        let pipeline = cut(early, late);
        Ok(Self {
            arrays,
            printed,
            pipeline,
            early,
            late,
        })
    }

    /// Name of an output in the last stage.
    pub fn output(&self, name: &str) -> Result<String, HdlError> {
        let local = self.printed.output(name)?;
        Ok(self.pipeline.name(&local, self.last()))
    }

    /// The last stage.
    pub fn last(&self) -> usize {
        self.pipeline.depth() - 1
    }
}

/// What a kernel's input is in a lane.
fn bind(chip: &Chip, layer: &Layer, arrays: &[Array], name: &str) -> Option<Binding> {
    if let Some(a) = arrays.iter().find(|a| a.name == name) {
        return Some(Binding::new(&format!("{name}_now"), a.bits, a.signed));
    }
    if let Some((_, r)) = bank_registers(layer).find(|(_, r)| r.name == name) {
        return Some(Binding::new(&format!("{name}_i"), r.bits, r.signed));
    }
    let word = |name: &str| Some(Binding::new(name, 32, true));
    match name {
        "inject" => word("inject_q"),
        "random" => Some(Binding::new("random_i", 32, false)),
        "index" => Some(Binding::new("index_q", 32, false)),
        _ if constants(chip).iter().any(|c| c.0 == name) => word(&name.to_uppercase()),
        _ => None,
    }
}

fn output_names(layer: &Layer, arrays: &[Array]) -> Vec<String> {
    let mut names: Vec<String> = arrays.iter().map(Array::next).collect();
    names.push(saturations(layer).into());
    if layer.spikes() {
        names.push("spike".into());
    }
    names
}

/// Constants of the datapath that are used.
pub fn constant_declarations(chip: &Chip, layer: &Layer, printed: &Printed) -> String {
    // Names of a file may be these; its program has none of them.
    let body = match layer.model.program {
        Some(_) => String::new(),
        None => printed.text(),
    };
    let named = constants(chip).map(|(name, value)| (name.to_uppercase(), value));
    let used = named.iter().filter(|(name, _)| body.contains(name));
    used.map(|(name, value)| {
        format!(
            "  localparam signed [31:0] {name} = {};\n",
            literal(32, true, *value)
        )
    })
    .collect::<String>()
        + "\n"
}
