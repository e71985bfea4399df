//! The loaded model as a simulator: a program over the configuration bus, and a sample window by window.

use super::VerilatedModel;
use bruno_chip::{RECURRENT_LEVELS, Section, address, code_index};
use bruno_sim::{Counters, Forward, LayerProgram, LayerTrace, Program, SimError, Stimulus};

impl VerilatedModel {
    /// Takes the memories for what they are in a model that was just started: weights with the code 0, and the levels of the
    /// chip's card, which the reset writes. What is loaded next need not write these again.
    pub(crate) fn take_memories_as_started(&mut self) {
        let mut program = Program::silent(&self.chip);
        for layer in &mut program.layers {
            layer.weights.fill(0);
        }
        self.loaded = Some(program);
    }

    /// Loads a program whose window may be shorter than the stream of a record: a run of one such window sends it after its
    /// last tick, a longer run would overrun the recorder.
    pub(crate) fn load_any_window(&mut self, program: &Program) -> Result<(), SimError> {
        program.check(&self.chip)?;
        let before = self.loaded.take();
        self.write_all([(address(Section::Global, 1), program.window)])?;
        self.window = program.window;
        for (index, layer) in program.layers.iter().enumerate() {
            let before = before.as_ref().map(|program| &program.layers[index]);
            self.load_layer(index, layer, before)?;
        }
        self.loaded = Some(program.clone());
        Ok(())
    }

    fn load_layer(
        &mut self,
        index: usize,
        layer: &LayerProgram,
        before: Option<&LayerProgram>,
    ) -> Result<(), SimError> {
        let own = &self.chip.layers[index];
        let registers = own.bus_registers().map(|register| {
            let place = address(Section::Device(index), own.model.address(register));
            (place, layer.codes.value(register) as u32)
        });
        let registers: Vec<_> = registers.collect();
        self.write_all(registers)?;
        if !self.chip.layers[index].frozen {
            self.load_levels(index, layer, before)?;
        }
        let neurons = self.chip.layers[index].neurons;
        let weight = |at, code| {
            let place = code_index(at as usize / neurons, at as usize % neurons, neurons);
            (address(Section::Codes(index), place), u32::from(code))
        };
        self.renew(&layer.weights, before.map(|b| &b.weights[..]), weight)
    }

    fn load_levels(
        &mut self,
        index: usize,
        layer: &LayerProgram,
        before: Option<&LayerProgram>,
    ) -> Result<(), SimError> {
        let level = |at, level| (address(Section::Levels(index), at), level as u32);
        self.renew(&layer.levels, before.map(|b| &b.levels[..]), level)?;
        let recurrent = |at, current| level(RECURRENT_LEVELS + at, current);
        let held = before.map(|b| &b.recurrent_levels[..]);
        self.renew(&layer.recurrent_levels, held, recurrent)
    }

    /// Writes those of the values `now` that differ from `before`; `word` gives address and data of value number `at`.
    fn renew<T: Copy + PartialEq>(
        &mut self,
        now: &[T],
        before: Option<&[T]>,
        word: impl Fn(u32, T) -> (u32, u32),
    ) -> Result<(), SimError> {
        let kept = |at: usize| before.is_some_and(|b| b.get(at) == Some(&now[at]));
        let changed = (0..now.len()).filter(|at| !kept(*at));
        self.write_all(changed.map(|at| word(at as u32, now[at])))
    }
}

impl Forward for VerilatedModel {
    fn load(&mut self, program: &Program) -> Result<(), SimError> {
        program.check_window(&self.chip)?;
        self.load_any_window(program)
    }

    fn stream(
        &mut self,
        stimulus: &Stimulus,
        chunk: u32,
        take: &mut dyn FnMut(&[LayerTrace]),
    ) -> Result<Counters, SimError> {
        stimulus.check(&self.chip, self.window)?;
        self.clear()?;
        let (mut start, end) = (0, stimulus.windows * self.window);
        let mut events = &stimulus.events[..];
        while start < end {
            let ticks = chunk.max(1).saturating_mul(self.window).min(end - start);
            let here = events.partition_point(|e| e.0 < start + ticks);
            let (now, later) = events.split_at(here);
            self.ticks(start, ticks, now)?;
            self.collect()?;
            take(self.collector.whole_windows(self.window));
            (start, events) = (start + ticks, later);
        }
        self.finish()?;
        take(self.collector.rest());
        self.counters()
    }
}
