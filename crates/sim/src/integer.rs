//! The integer model: docs/semantics.md in Rust, the yardstick of the RTL.
//!
//! Arithmetic is on `i64`, so an intermediate that would leave 32 bits in hardware shows up as a difference.

mod activity;
#[cfg(test)]
mod derived;
mod layer;
mod neuron;
mod program;
mod random;

use crate::{Counters, Forward, LayerTrace, Program, SimError, Stimulus, Trace};
pub use activity::{Activity, missing_events};
use bruno_device::Chip;
pub use layer::LayerState;
pub use neuron::State;

/// Everything that a chip carries from one tick to the next; what its windows have summed is not in it.
#[derive(Debug, Clone)]
pub struct Snapshot(Vec<layer::Carried>);

/// Bit-exact model of a chip.
pub struct IntegerModel {
    chip: Chip,
    layers: Vec<LayerState>,
    program: Program,
}

impl IntegerModel {
    /// A model with the chip's own codes and silent weights.
    pub fn new(chip: &Chip) -> Self {
        Self {
            chip: chip.clone(),
            layers: chip
                .layers
                .iter()
                .map(|l| LayerState::new(chip, l))
                .collect(),
            program: Program::silent(chip),
        }
    }

    /// States of every layer after the last tick.
    pub fn layers(&self) -> &[LayerState] {
        &self.layers
    }

    /// What happened in every layer since the model was made, over all samples.
    pub fn activity(&self) -> impl Iterator<Item = &Activity> {
        self.layers.iter().map(LayerState::activity)
    }

    /// Resets every state.
    pub fn reset(&mut self) {
        for (state, program) in self.layers.iter_mut().zip(&self.program.layers) {
            state.reset(&program.codes);
        }
    }

    /// The states of this moment.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.layers.iter().map(LayerState::carried).collect())
    }

    /// Goes back to the states of a snapshot of this model.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        for (layer, carried) in self.layers.iter_mut().zip(&snapshot.0) {
            layer.restore(carried);
        }
    }

    /// One tick of the states alone: no window, counter or activity knows of it. `spiking` are the input channels that spike
    /// in it.
    pub fn step(&mut self, spiking: &[u32]) {
        self.advance(spiking, false);
    }

    fn advance(&mut self, spiking: &[u32], kept: bool) {
        // A layer sees the spikes the layer before fired in the last tick, so later layers go first.
        for index in (0..self.layers.len()).rev() {
            let (before, rest) = self.layers.split_at_mut(index);
            let input = before.last().map_or(spiking, |l| l.fired());
            rest[0].step(input, &self.program.layers[index], kept);
        }
    }
}

impl Forward for IntegerModel {
    fn load(&mut self, program: &Program) -> Result<(), SimError> {
        program.check(&self.chip)?;
        self.program = program.clone();
        Ok(())
    }

    fn stream(
        &mut self,
        stimulus: &Stimulus,
        chunk: u32,
        take: &mut dyn FnMut(&[LayerTrace]),
    ) -> Result<Counters, SimError> {
        let window = self.program.window;
        stimulus.check(&self.chip, window)?;
        self.reset();
        let mut events = stimulus.events.iter().peekable();
        let mut spiking = Vec::new();
        for tick in 0..stimulus.windows * window {
            spiking.clear();
            while let Some((_, channel)) = events.next_if(|e| e.0 == tick) {
                spiking.push(*channel);
            }
            self.tick(tick, &spiking);
            if (tick + 1).is_multiple_of(chunk.max(1).saturating_mul(window)) {
                take(&self.take_layers());
            }
        }
        take(&self.take_layers());
        Ok(self.counters())
    }
}

impl IntegerModel {
    /// One tick with its records: `tick` counts from the reset.
    pub fn tick(&mut self, tick: u32, spiking: &[u32]) {
        self.advance(spiking, true);
        let last = (tick + 1).is_multiple_of(self.program.window);
        for layer in &mut self.layers {
            layer.record(tick, last);
        }
    }

    /// What was recorded since the last call or the reset.
    fn take_layers(&mut self) -> Vec<LayerTrace> {
        self.layers.iter_mut().map(LayerState::take_trace).collect()
    }

    fn counters(&self) -> Counters {
        let saturated = self.layers.iter().map(|l| l.saturations()).sum::<u64>();
        Counters {
            saturations: saturated.min(u64::from(u32::MAX)) as u32,
            // The model keeps every record; the RTL refuses windows that would overrun its stream.
            overrun: false,
        }
    }

    /// What was recorded since the reset.
    pub fn take_trace(&mut self) -> Trace {
        Trace::new(self.take_layers(), self.counters())
    }
}
