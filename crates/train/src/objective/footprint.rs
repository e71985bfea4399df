//! The area of a chip's analogue part, from its description: capacitors, neuron circuits, RRAM cells.

use crate::Objectives;
use bruno_chip::{Description, Mapping, Synapse};
use bruno_device::NeuronCosts;
use serde::{Deserialize, Serialize};

/// Area by part, um2.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Footprint {
    /// Ferroelectric capacitors; of neurons of a file what its block `costs` says.
    pub capacitors_um2: f64,
    /// The rest of the neurons.
    pub neurons_um2: f64,
    /// RRAM devices: two a differential synapse, one a single-ended one.
    pub cells_um2: f64,
}

impl Footprint {
    /// Of a chip, with the cells' and circuits' areas of the settings.
    pub fn of(description: &Description, objectives: &Objectives) -> Self {
        let mut area = Self::default();
        let mut channels = description.inputs;
        for layer in &description.layers {
            let n = layer.neurons as f64;
            area.capacitors_um2 += n * match NeuronCosts::of(layer) {
                Some(costs) => costs.area_um2(),
                None => layer.device.area_um2,
            };
            area.neurons_um2 += n * objectives.neuron_um2;
            let mut devices = devices(&layer.synapse, channels);
            if layer.recurrent {
                let synapse = layer.recurrent_synapse.as_ref().unwrap_or(&layer.synapse);
                devices += self::devices(synapse, layer.neurons);
            }
            area.cells_um2 += n * devices * objectives.rram_cell_um2;
            channels = layer.neurons;
        }
        let readout = &description.readout;
        let devices = devices(&readout.synapse, channels) * readout.outputs as f64;
        area.cells_um2 += devices * objectives.rram_cell_um2;
        area
    }

    /// The sum, um2.
    pub fn total_um2(&self) -> f64 {
        self.capacitors_um2 + self.neurons_um2 + self.cells_um2
    }
}

/// Devices of one neuron's synapses from so many channels.
fn devices(synapse: &Synapse, channels: usize) -> f64 {
    let mapping = synapse
        .rram
        .as_ref()
        .map_or(Mapping::Differential, |r| r.mapping);
    let each = match mapping {
        Mapping::Differential => 2.0,
        Mapping::Single => 1.0,
    };
    each * channels as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts() {
        let text = r#"{"name":"a","inputs":3,
            "layers":[{"name":"h","kind":"felif","neurons":5,"recurrent":true,"device":{"area_um2":2},
                       "synapse":{"range_pA":1}}],
            "readout":{"outputs":2,"synapse":{"rram":{"lrs_uS":100,"hrs_uS":5,"read_V":0.2,"mapping":"single",
                       "current_ratio":1e-6}}}}"#;
        let description = Description::parse("a", text).unwrap();
        let objectives = Objectives {
            rram_cell_um2: 0.1,
            neuron_um2: 7.0,
            ..Objectives::default()
        };
        let found = Footprint::of(&description, &objectives);
        let cells = 0.1 * (2.0 * (3.0 + 5.0) * 5.0 + 5.0 * 2.0);
        assert_eq!((found.capacitors_um2, found.neurons_um2), (10.0, 35.0));
        assert!((found.cells_um2 - cells).abs() < 1e-9, "{found:?}");
    }
}
