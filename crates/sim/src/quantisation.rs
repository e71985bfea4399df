//! What is left of a network in a chip's codes: levels in use, weights at the ends of their table, inputs and neurons
//! that cannot have an effect.

use crate::Program;
use bruno_device::{Chip, Layer};
use serde::Serialize;

/// Codes of one layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerQuantisation {
    /// Layer.
    pub layer: String,
    /// From the layer before or the inputs, then from itself where it is recurrent.
    pub projections: Vec<ProjectionQuantisation>,
    /// Neurons that no channel excites: hidden neurons without a level above the dead zone, outputs without any level.
    pub dead_neurons: Vec<usize>,
}

/// Codes from one population to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProjectionQuantisation {
    /// Whether from the layer to itself.
    pub recurrent: bool,
    /// Levels of the table.
    pub levels: usize,
    /// Levels that some weight uses.
    pub used: usize,
    /// Weights.
    pub weights: usize,
    /// Weights at either end of the table.
    pub at_ends: usize,
    /// Weights that training would have beyond the table's ends; unknown for a program alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clipped: Option<usize>,
    /// Channels all of whose levels lie within the dead zone.
    pub dead_inputs: Vec<usize>,
}

impl Program {
    /// The quantisation report of a program that fits the chip ([`Program::check`]), layer by layer.
    pub fn quantisation(&self, chip: &Chip) -> Vec<LayerQuantisation> {
        let report = |(index, layer): (usize, &Layer)| {
            let lsb = layer.current.lsb_pa;
            let program = &self.layers[index];
            let (inputs, recurrences) = program.weights.split_at(layer.inputs * layer.neurons);
            let dead_pa = chip.dead_current_pa(index);
            let levels = |codes: &[u8], table: &[i32]| -> Vec<f64> {
                let level = |c: &u8| f64::from(table[usize::from(*c)]) * lsb;
                codes.iter().map(level).collect()
            };
            let input = levels(inputs, &program.levels);
            let recurrent = levels(recurrences, &program.recurrent_levels);
            let table = program.levels.len();
            let mut projections = vec![projection(false, inputs, &input, table, layer, dead_pa)];
            if layer.recurrent {
                let codes = (recurrences, &recurrent[..]);
                projections.push(projection(true, codes.0, codes.1, table, layer, dead_pa));
            }
            let all = [input, recurrent].concat();
            let excites = |pa: f64| match layer.spikes() {
                true => pa > dead_pa,
                false => pa.abs() > dead_pa,
            };
            let dead = |n: &usize| {
                !all.iter()
                    .skip(*n)
                    .step_by(layer.neurons)
                    .any(|pa| excites(*pa))
            };
            LayerQuantisation {
                layer: layer.name.clone(),
                projections,
                dead_neurons: (0..layer.neurons).filter(dead).collect(),
            }
        };
        chip.layers.iter().enumerate().map(report).collect()
    }
}

fn projection(
    recurrent: bool,
    codes: &[u8],
    levels_pa: &[f64],
    table: usize,
    layer: &Layer,
    dead_pa: f64,
) -> ProjectionQuantisation {
    let mut seen = vec![false; table];
    codes.iter().for_each(|c| seen[usize::from(*c)] = true);
    let end = |c: &&u8| **c == 0 || usize::from(**c) == table - 1;
    let dead = |(channel, row): (usize, &[f64])| {
        row.iter().all(|pa| pa.abs() <= dead_pa).then_some(channel)
    };
    ProjectionQuantisation {
        recurrent,
        levels: table,
        used: seen.iter().filter(|s| **s).count(),
        weights: codes.len(),
        at_ends: codes.iter().filter(end).count(),
        clipped: None,
        dead_inputs: levels_pa
            .chunks_exact(layer.neurons)
            .enumerate()
            .filter_map(dead)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;

    const CHIP: &str = r#"{"name":"q","inputs":3,"layers":[{"name":"h","kind":"lif","neurons":2,"recurrent":true,
        "synapse":{"bits":2,"levels_pA":[-100,0.01,50,100]}}],
        "readout":{"outputs":2,"synapse":{"bits":2,"levels_pA":[-1,0,1,2]}}}"#;

    fn report(hidden: [u8; 10], readout: [u8; 4]) -> Vec<LayerQuantisation> {
        let description = Description::parse("q", CHIP).unwrap();
        let chip = Chip::resolve("q", &description).unwrap();
        let mut program = Program::silent(&chip);
        program.layers[0].weights = hidden.to_vec();
        program.layers[1].weights = readout.to_vec();
        program.check(&chip).unwrap();
        program.quantisation(&chip)
    }

    #[test]
    fn all_is_counted() {
        // Input 1 is within the dead zone, neuron 1 is only inhibited, output 0 hears nothing.
        let found = report([3, 0, 1, 1, 2, 0, 1, 1, 3, 0], [1, 2, 1, 0]);
        let [input, recurrent] = &found[0].projections[..] else {
            panic!("{found:?}")
        };
        assert_eq!((input.used, input.at_ends, input.weights), (4, 3, 6));
        assert_eq!((recurrent.used, recurrent.at_ends), (3, 2));
        assert_eq!(
            (&input.dead_inputs[..], &recurrent.dead_inputs[..]),
            (&[1][..], &[0][..])
        );
        assert_eq!(found[0].dead_neurons, [1]);
        assert_eq!(found[1].dead_neurons, [0]);
    }

    #[test]
    fn recurrence_can_excite() {
        let found = report([3, 0, 1, 1, 2, 0, 1, 2, 3, 0], [1, 2, 1, 0]);
        assert_eq!(found[0].dead_neurons, [0usize; 0]);
    }
}
