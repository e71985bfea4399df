//! Neurons of a file: the interpreter of `bruno-model` over a layer, with the random bits that a chip gives its roundings.

use super::neuron::{Outcome, State};
use super::random::Generator;
use bruno_device::{Codes, MOST_STATES, NeuronProgram, Options, RoundingBits, RoundingOffset};
use bruno_model::{Derived, Lanes, Registers};
use std::sync::Arc;

/// The neurons of a layer whose states a program moves.
pub struct ProgramLanes {
    program: Arc<NeuronProgram>,
    lanes: Lanes<Arc<Derived>>,
    /// Registers in force.
    own: Vec<i32>,
    registers: Registers,
    noise_m: i32,
    options: Options,
    /// Offsets of this tick, as the program counts them, then by neuron.
    offsets: Vec<Vec<i32>>,
    inject: Vec<i32>,
}

impl ProgramLanes {
    pub fn new(
        program: &Arc<NeuronProgram>,
        codes: &Codes,
        options: Options,
        neurons: usize,
    ) -> Self {
        let registers = program.registers(&codes.own);
        Self {
            lanes: Lanes::with(program.derived.clone(), &registers, neurons),
            own: codes.own.clone(),
            offsets: vec![vec![0; neurons]; program.offsets().len()],
            inject: vec![0; neurons],
            program: program.clone(),
            noise_m: codes.noise_m,
            registers,
            options,
        }
    }

    /// Puts registers in force.
    pub fn load(&mut self, codes: &Codes) {
        self.noise_m = codes.noise_m;
        if self.own != codes.own {
            self.own.clone_from(&codes.own);
            self.registers = self.program.registers(&codes.own);
            self.lanes.load(&self.registers);
        }
    }

    /// One tick of all neurons.
    pub fn tick(
        &mut self,
        neurons: &mut [State],
        inject: &[i64],
        generator: Generator,
    ) -> Vec<Outcome> {
        self.gather(neurons, inject);
        if self.options.random() {
            self.draw(generator);
        }
        let offsets = self.options.random().then_some(&self.offsets[..]);
        let done = self.lanes.tick(&self.inject, offsets);
        debug_assert_eq!(
            self.lanes.check(),
            Ok(()),
            "{}",
            self.program.derived.model.name
        );
        self.scatter(neurons);
        let outcome = |k: usize| {
            let mut samples = [0; MOST_STATES];
            for (sample, slope) in samples.iter_mut().zip(&done.slopes) {
                *sample = i64::from(slope[k]);
            }
            Outcome {
                spike: done.spikes[k] != 0,
                saturated: i64::from(done.saturations[k]),
                samples,
                ..Outcome::default()
            }
        };
        (0..neurons.len()).map(outcome).collect()
    }

    fn gather(&mut self, neurons: &[State], inject: &[i64]) {
        let timer = self.lanes.states.len();
        for (k, state) in neurons.iter().enumerate() {
            for (place, lane) in self.lanes.states.iter_mut().enumerate() {
                lane[k] = state.0[place] as i32;
            }
            self.lanes.refractory[k] = state.0[timer] as i32;
        }
        // Programs whose levels could leave 32 bits in a tick are refused.
        for (to, from) in self.inject.iter_mut().zip(inject) {
            *to = *from as i32;
        }
    }

    fn scatter(&self, neurons: &mut [State]) {
        let timer = self.lanes.states.len();
        for (k, state) in neurons.iter_mut().enumerate() {
            for (place, lane) in self.lanes.states.iter().enumerate() {
                state.0[place] = i64::from(lane[k]);
            }
            state.0[timer] = i64::from(self.lanes.refractory[k]);
        }
    }

    /// The offsets of random roundings, and noise on one of them.
    fn draw(&mut self, generator: Generator) {
        let stochastic = self.options.stochastic;
        let noise = self.program.derived.noise;
        let noise_word = self.program.noise_word(stochastic) as usize;
        let words = match stochastic {
            true => noise_word + usize::from(noise.is_some()),
            false => 1,
        };
        let offsets = self.program.offsets();
        for k in 0..self.inject.len() {
            let words = generator.chain(k, words);
            for (place, (row, offset)) in self.offsets.iter_mut().zip(offsets).enumerate() {
                row[k] = match stochastic {
                    true => drawn(offset, &self.own, words[offset.word as usize]),
                    false => self.registers.halves[place],
                };
            }
            if let Some(noise) = noise {
                let word = words[noise_word];
                let size = noise.size(self.noise_m, (word >> 16 & 255) as i32);
                self.offsets[noise.offset][k] += if word >> 31 == 1 { -size } else { size };
            }
        }
    }
}

/// Bits of a word that an offset takes.
fn drawn(offset: &RoundingOffset, own: &[i32], word: u32) -> i32 {
    let mask = match offset.bits {
        RoundingBits::Fixed(bits) => ((1u64 << bits) - 1) as i32,
        RoundingBits::Register(id) => NeuronProgram::held(id, own),
    };
    (word >> offset.from) as i32 & mask
}
