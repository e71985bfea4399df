//! One virtual chip after the other through the same simulators.

use crate::{ChipRecord, MonteCarloError};
use bruno_data::Sample;
use bruno_device::{Chip, Draws, HeldProjection, LayerTables, VirtualLayer};
use bruno_ranks::Alone;
use bruno_sim::{Forward, LayerProgram, Program};
use bruno_train::{Checkpoint, Load, Score, TrainError, evaluate, held_program, ideal_program};

/// A Monte-Carlo run.
pub struct MonteCarlo<'a> {
    /// The trained run: output biases, settings of the loss.
    pub run: &'a Checkpoint,
    /// The chip with its spreads.
    pub chip: &'a Chip,
    /// Simulators of `chip.with_fine_synapses()`, one a thread.
    pub models: Vec<Box<dyn Forward>>,
    /// What chips are scored on.
    pub samples: &'a [Sample],
    /// Seed of all draws.
    pub seed: u64,
}

/// Deviations of synapses, pA, as sums of squares.
#[derive(Debug, Clone, Copy, Default)]
struct Deviations {
    synapses: f64,
    deviation: f64,
    held: f64,
    largest_pa: f64,
}

impl MonteCarlo<'_> {
    /// Scores the ideal chip: `chip` is none; or virtual chip number `chip`. `done` hears how many samples were finished.
    ///
    /// # Errors
    /// Those of the simulators; a virtual chip whose registers or adders cannot hold it.
    pub fn score(
        &mut self,
        chip: Option<u32>,
        done: impl FnMut(u64),
    ) -> Result<ChipRecord, MonteCarloError> {
        let nominal = self.run.parameters.program(self.chip);
        let Some(number) = chip else {
            let score = self.evaluate(Load::Once(&ideal_program(self.chip, &nominal)), done)?;
            return Ok(record(None, &score, 0, Deviations::default()));
        };
        let draws = Draws {
            seed: self.seed,
            chip: number,
        };
        let own = self.chip;
        let layer = |(index, program): (usize, &LayerProgram)| {
            VirtualLayer::new(own, index, &program.weights, &program.codes, draws)
        };
        let layers = nominal.layers.iter().enumerate().map(layer);
        let layers: Vec<_> = layers.collect::<Result<_, _>>().map_err(TrainError::from)?;
        let program = |sample: usize| -> Result<(Program, Deviations), TrainError> {
            held(own, &layers, sample as u32)
        };
        let (first, deviations) = program(0)?;
        let every = |sample: usize| program(sample).map(|(p, _)| p);
        let load = if layers.iter().any(VirtualLayer::is_noisy) {
            Load::EverySample(&every)
        } else {
            Load::Once(&first)
        };
        let score = self.evaluate(load, done)?;
        let stuck = layers.iter().map(VirtualLayer::stuck).sum();
        Ok(record(chip, &score, stuck, deviations))
    }

    fn evaluate(&mut self, load: Load<'_>, done: impl FnMut(u64)) -> Result<Score, TrainError> {
        let (models, samples) = (&mut self.models, self.samples);
        Ok(evaluate(models, &Alone, self.chip, self.run, samples, load, done)?.score)
    }
}

/// What a virtual chip's memories hold in a sample, and how far that is from the ideal chip and from the truth.
fn held(
    chip: &Chip,
    layers: &[VirtualLayer<'_>],
    sample: u32,
) -> Result<(Program, Deviations), TrainError> {
    let (program, tables) = held_program(chip, layers, sample)?;
    let mut deviations = Deviations::default();
    for (LayerTables { input, recurrent }, layer) in tables.iter().zip(&chip.layers) {
        let projections = std::iter::once(input).chain(recurrent);
        projections.for_each(|p| deviations.add(p, layer.current.lsb_pa));
    }
    Ok((program, deviations))
}

impl Deviations {
    fn add(&mut self, projection: &HeldProjection, lsb_pa: f64) {
        let synapses = projection.table.codes.len() as f64;
        self.synapses += synapses;
        self.deviation += synapses * (lsb_pa * projection.deviation_lsb).powi(2);
        self.held += synapses * (lsb_pa * projection.table.rms_lsb).powi(2);
        let largest = lsb_pa * f64::from(projection.table.largest_lsb);
        self.largest_pa = self.largest_pa.max(largest);
    }
}

fn record(
    chip: Option<u32>,
    score: &Score,
    stuck_devices: usize,
    deviations: Deviations,
) -> ChipRecord {
    let rms_pa = |square: f64| (square / deviations.synapses.max(1.0)).sqrt();
    ChipRecord {
        chip,
        accuracy: score.accuracy(),
        loss_nats: score.mean_loss(),
        rate_hz: score.rate_hz(),
        saturations: score.saturations,
        silent_samples: score.silent,
        stuck_devices,
        deviation_rms_pa: rms_pa(deviations.deviation),
        held_rms_pa: rms_pa(deviations.held),
        held_largest_pa: deviations.largest_pa,
    }
}
