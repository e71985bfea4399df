//! The parameters that a run starts from: the map of a chip's parameters, random weights, the description's cards and
//! level tables.

use super::{LayerParameters, Parameters, logit};
use crate::config::{LevelsConfig, ProjectionKind, Shared, TrainConfig};
use crate::weights::level_table::TrainedLevels;
use crate::weights::projection::Projection;
use bruno_chip::{LayerDescription, Synapse};
use bruno_device::{Chip, levels_pa};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

impl Parameters {
    /// Fresh parameters for a chip; weights follow from the seed alone.
    pub fn new(chip: &Chip, config: &TrainConfig) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
        let mut new = Self {
            values: Vec::new(),
            layers: Vec::new(),
            bias: 0..0,
            device: config.device.clone(),
            surrogate_v: config.surrogate_width_v,
        };
        let d = &chip.description;
        let init = &config.init;
        for (layer, raw) in chip.layers.iter().zip(&d.layers) {
            let normal = (init.input_mean, init.input_std);
            let mut input =
                new.projection(&raw.synapse, layer.inputs, layer.neurons, normal, &mut rng);
            new.train_levels(&mut input, ProjectionKind::Input, config);
            let synapse = raw.recurrent_synapse.as_ref().unwrap_or(&raw.synapse);
            let normal = (0.0, init.recurrent_std);
            let mut recurrent = layer
                .recurrent
                .then(|| new.projection(synapse, layer.neurons, layer.neurons, normal, &mut rng));
            if let Some(recurrent) = &mut recurrent {
                new.train_levels(recurrent, ProjectionKind::Recurrent, config);
            }
            let device = (0..config.device.len()).map(|k| new.device_place(k, raw));
            let device = device.collect();
            new.layers.push(LayerParameters {
                input,
                recurrent,
                device,
            });
        }
        let readout = &chip.layers[chip.readout()];
        let normal = (0.0, init.readout_std);
        let mut input = new.projection(
            &d.readout.synapse,
            readout.inputs,
            readout.neurons,
            normal,
            &mut rng,
        );
        new.train_levels(&mut input, ProjectionKind::Readout, config);
        let start = new.values.len();
        new.layers.push(LayerParameters {
            input,
            recurrent: None,
            device: Vec::new(),
        });
        new.values.extend(vec![0.0; readout.neurons]);
        new.bias = start..new.values.len();
        new
    }

    /// The place of a layer's device parameter: a new one, or that of the die; none where its neurons have no such one.
    fn device_place(&mut self, index: usize, layer: &LayerDescription) -> Option<usize> {
        let d = &self.device[index];
        let parameter = d.of(layer)?;
        let of_die = || self.layers.iter().find_map(|l| l.device[index]);
        let known = (d.shared == Shared::Die).then(of_die).flatten();
        known.or_else(|| {
            self.values.push(logit(parameter.of(layer), d.bounds));
            Some(self.values.len() - 1)
        })
    }

    fn projection(
        &mut self,
        synapse: &Synapse,
        channels: usize,
        neurons: usize,
        (mean, std): (f64, f64),
        rng: &mut ChaCha8Rng,
    ) -> Projection {
        let levels = levels_pa(synapse);
        let largest = levels.iter().fold(0.0f64, |m, l| m.max(l.abs()));
        let scale = largest / 2.0;
        let start = self.values.len();
        // A deviation was checked to be finite: the distribution exists.
        let normal = Normal::new(mean, std.abs()).ok();
        let draw = |_| normal.map_or(0.0, |n| n.sample(rng)) as f32;
        self.values.extend((0..channels * neurons).map(draw));
        let mut new = Projection {
            place: start..self.values.len(),
            neurons,
            scale_pa: scale as f32,
            start_levels: levels.iter().map(|l| (l / scale) as f32).collect(),
            trained_levels: None,
        };
        new.clip(&mut self.values);
        new
    }

    /// Makes a projection's level table a parameter where the settings ask for it.
    fn train_levels(
        &mut self,
        projection: &mut Projection,
        kind: ProjectionKind,
        config: &TrainConfig,
    ) {
        let asked = |l: &&LevelsConfig| l.trains(kind);
        let Some(asked) = config.levels.as_ref().filter(asked) else {
            return;
        };
        let levels = &projection.start_levels;
        let (low, high) = crate::weights::quantise::range(levels);
        let gap = (high - low) / (levels.len() - 1) as f32;
        let start = self.values.len();
        self.values.extend(levels);
        projection.trained_levels = Some(TrainedLevels {
            place: start..self.values.len(),
            bound: asked.bound as f32 * low.abs().max(high.abs()),
            least_gap: asked.least_gap as f32 * gap,
        });
    }
}
