//! The parameters as named tensors, for those that keep them outside of bruno.

use super::Parameters;
use crate::config::Shared;
use crate::weights::projection::Projection;
use bruno_chip::Description;
use std::ops::Range;

/// A tensor of the parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// Unique in a chip: `LAYER_input`, `LAYER_recurrent`, these with `_levels`, `LAYER_PARAMETER` of a device parameter,
    /// `die_PARAMETER` of one that all layers share, `readout_bias`.
    pub name: String,
    /// Place in [`Parameters::values`].
    pub place: Range<usize>,
    /// `[channel, neuron]`, `[level]`, `[output]`; none of a device parameter.
    pub shape: Vec<usize>,
}

impl Parameters {
    /// Every tensor, in the order of the values.
    pub fn tensors(&self, description: &Description) -> Vec<Tensor> {
        let names = description.layers.iter().map(|l| l.name.as_str());
        let layers = names.chain(["readout"]).zip(&self.layers);
        let mut all = Vec::new();
        for (index, (name, layer)) in layers.enumerate() {
            all.extend(of_projection(&format!("{name}_input"), &layer.input));
            let recurrent = layer.recurrent.iter();
            all.extend(recurrent.flat_map(|p| of_projection(&format!("{name}_recurrent"), p)));
            all.extend(self.own_device(index).map(|(place, device)| {
                let owner = match device.shared {
                    Shared::Die => "die",
                    _ => name,
                };
                Tensor {
                    name: format!("{owner}_{}", device.parameter),
                    place: place..place + 1,
                    shape: Vec::new(),
                }
            }));
        }
        all.push(Tensor {
            name: "readout_bias".into(),
            place: self.bias.clone(),
            shape: vec![self.bias.len()],
        });
        all.sort_by_key(|tensor| tensor.place.start);
        all
    }
}

fn of_projection(name: &str, projection: &Projection) -> Vec<Tensor> {
    let place = projection.place.clone();
    let mut tensors = vec![Tensor {
        name: name.into(),
        shape: vec![place.len() / projection.neurons.max(1), projection.neurons],
        place,
    }];
    tensors.extend(projection.trained_levels.as_ref().map(|levels| Tensor {
        name: format!("{name}_levels"),
        place: levels.place.clone(),
        shape: vec![levels.place.len()],
    }));
    tensors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TrainConfig;
    use bruno_device::Chip;

    /// Names and shapes of a chip of two layers with these settings; places follow one another without a gap.
    fn check(training: &str, expected: &str) {
        let text = format!(
            r#"{{"name":"t","inputs":3,"layers":[
            {{"name":"a","kind":"felif","neurons":4,"recurrent":true,"synapse":{{"range_pA":9,"bits":2}}}},
            {{"name":"b","kind":"felif","neurons":2,"synapse":{{"range_pA":9,"bits":2}}}}],
            "readout":{{"outputs":2,"synapse":{{"range_pA":9,"bits":2}}}},"training":{training}}}"#
        );
        let description = Description::parse("t", &text).expect("a description");
        let chip = Chip::resolve("t", &description).expect("a chip");
        let config = TrainConfig::of(&description).expect("settings");
        let parameters = Parameters::new(&chip, &config);
        let tensors = parameters.tensors(&description);
        let mut end = 0;
        for tensor in &tensors {
            assert_eq!(tensor.place.start, end, "{tensor:?}");
            assert_eq!(tensor.shape.iter().product::<usize>(), tensor.place.len());
            end = tensor.place.end;
        }
        assert_eq!(end, parameters.values.len());
        let found = tensors.iter().map(|t| format!("{}{:?}", t.name, t.shape));
        assert_eq!(found.collect::<Vec<_>>().join(" "), expected);
    }

    #[test]
    fn weights() {
        check(
            "{}",
            "a_input[3, 4] a_recurrent[4, 4] b_input[4, 2] readout_input[2, 2] readout_bias[2]",
        );
    }
    #[test]
    fn level_tables() {
        check(
            r#"{"levels":{"projections":["recurrent"]}}"#,
            "a_input[3, 4] a_recurrent[4, 4] a_recurrent_levels[4] b_input[4, 2] readout_input[2, 2] readout_bias[2]",
        );
    }
    #[test]
    fn device_parameters() {
        check(
            r#"{"device":[{"parameter":"area","bounds":[0.1,20],"shared":"die"},{"parameter":"leak","bounds":[1,100]}]}"#,
            "a_input[3, 4] a_recurrent[4, 4] die_area[] a_leak[] b_input[4, 2] b_leak[] readout_input[2, 2] readout_bias[2]",
        );
    }
}
