//! Design rules: what a chip cannot do at all, and what its user should know.

mod impossible;
mod levels;
mod membrane;
mod reach;
mod stiffness;
mod synapses;

use crate::{Chip, DesignRule, Felif, Finding, Layer, NeuronProgram, noise};
use bruno_chip::STAGE_NS;
pub(crate) use impossible::{impossible, registers};

/// What a user should know of a possible chip.
pub(crate) fn findings(chip: &Chip) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, (layer, description)) in
        chip.layers.iter().zip(&chip.description.layers).enumerate()
    {
        if let Some(program) = &layer.model.program {
            found.extend(of_file(layer, program));
            continue;
        }
        found.extend(reach::threshold(chip, index));
        let card = &description.device;
        let model = Felif::new(card);
        found.push(membrane::dead_zones(chip, layer, &model, card.v_th_v));
        if layer.options.noise {
            found.push(membrane::noise_in_force(chip, layer, &model));
        }
        found.extend(membrane::leak(layer));
        if layer.model.obeys(DesignRule::Switching) {
            found.push(stiffness::stability(chip, layer, &model, card));
            found.push(membrane::field(layer, &model, card));
            found.push(membrane::retention(chip, layer, &model, card));
        }
        found.extend(synapses::spread(layer, description));
    }
    found.extend(membrane::readout_rest(chip));
    found.extend(stages(chip));
    found.extend(levels::levels_left(chip));
    found.extend(chip.layers.iter().map(synapses::saturation));
    found.extend(synapses::devices(&chip.description));
    found.extend(chip.layers.iter().map(|layer| memory(chip, layer)));
    found
}

/// A length of stages that is described and not in force.
fn stages(chip: &Chip) -> Option<Finding> {
    let idle = chip.fold == 1 && chip.stage_ns != STAGE_NS;
    idle.then(|| {
        let text = format!(
            "`stage_ns` {} is not in force: only folded datapaths have stages",
            chip.stage_ns
        );
        Finding::look(text, "set `fold`, or leave `stage_ns` out")
    })
}

/// What is derived from a neuron file that a user should know.
fn of_file(layer: &Layer, program: &NeuronProgram) -> Vec<Finding> {
    let report = program.derived.report();
    let errors = report.coefficients.iter().map(|c| c.error.abs());
    let words: Vec<String> = report
        .states
        .iter()
        .map(|s| format!("{} {}", s.name, s.bits))
        .collect();
    let summary = Finding::fine(format!(
        "layer `{}`: neurons of `{}`, {} operations of 32 bits a tick, {} of them products; bits of the states: {}; the \
         largest error of a coefficient is {:.3} % at the defaults",
        layer.name,
        report.model,
        report.operations,
        report.products,
        words.join(", "),
        100.0 * errors.fold(0.0, f64::max)
    ));
    let noise = noise::of_file(&program.derived).map(|of_file| {
        membrane::noise_of_file(layer, program, of_file.in_force(layer.codes.noise_m))
    });
    let part = format!("layer `{}`", layer.name);
    let own = report.findings.into_iter().map(|f| f.of(&part));
    std::iter::once(summary).chain(noise).chain(own).collect()
}

/// Bits that a layer stores, and how much of a window its longest record takes to leave.
fn memory(chip: &Chip, layer: &Layer) -> Finding {
    let words = layer.model.words.len();
    let per_neuron = layer.model.kept_bits() as usize + 32 * words;
    let largest = layer.banks.iter().max().copied().unwrap_or(0);
    Finding::fine(format!(
        "layer `{}`: {} bits of weights, {} bits of states and records; a record leaves in {} of {} ticks",
        layer.name,
        layer.fan_in() * layer.neurons * layer.bits as usize,
        per_neuron * layer.neurons,
        words * largest,
        chip.window_ticks
    ))
}

/// What the rules say of the example with one piece of text replaced.
#[cfg(test)]
fn check(from: &str, to: &str, verdict: crate::Verdict, expected: &str) {
    let text = include_str!("../../../examples/braille.json");
    let description = bruno_chip::Description::parse("t", &text.replacen(from, to, 1)).unwrap();
    let findings = Chip::resolve("t", &description).unwrap().findings();
    let found = findings.iter().find(|f| f.to_string().contains(expected));
    assert_eq!(found.map(|f| f.verdict), Some(verdict), "{findings:#?}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;

    fn check(more: &str, told: bool) {
        let text = format!(
            r#"{{"name":"dut","inputs":1{more},"layers":[{{"name":"hidden","kind":"lif","neurons":4,
            "synapse":{{"range_pA":300}}}}],"readout":{{"outputs":2,"synapse":{{"range_pA":100}}}}}}"#
        );
        let chip = Chip::resolve("dut", &Description::parse("dut", &text).unwrap()).unwrap();
        assert_eq!(stages(&chip).is_some(), told);
    }

    #[test]
    fn stages_that_a_chip_does_not_have() {
        check(r#","stage_ns":20"#, true);
    }
    #[test]
    fn stages_of_a_folded_chip() {
        check(r#","stage_ns":20,"fold":2"#, false);
    }
    #[test]
    fn stages_of_which_nothing_is_said() {
        check("", false);
    }
}
