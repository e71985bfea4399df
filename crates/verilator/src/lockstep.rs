//! Lock step: integer model and Verilated RTL side by side, every state compared after every tick,
//! every record, spike and counter at the end.

use crate::{Flavour, VerilatedModel};
use bruno_device::{Chip, StateId};
use bruno_hdl::Design;
use bruno_sim::bus::Transfer;
use bruno_sim::stimuli::Reader;
use bruno_sim::{
    Activity, Difference, Forward, IntegerModel, Program, SimError, State, Stimulus,
    first_difference,
};
use std::path::Path;

/// Both simulators of one chip, in the same state.
pub struct Lockstep {
    chip: Chip,
    integer: IntegerModel,
    rtl: VerilatedModel,
    window: u32,
    spikes: usize,
}

impl Lockstep {
    /// Builds both; `design` may differ from the chip's own (a seeded fault).
    pub fn new(chip: &Chip, design: &Design) -> Result<Self, SimError> {
        Self::build(chip, design, Flavour::Probe)
    }

    /// The same with an RTL that counts what is covered; see [`Self::write_coverage`].
    pub fn with_coverage(chip: &Chip, design: &Design) -> Result<Self, SimError> {
        Self::build(chip, design, Flavour::Coverage)
    }

    fn build(chip: &Chip, design: &Design, flavour: Flavour) -> Result<Self, SimError> {
        Ok(Self {
            chip: chip.clone(),
            integer: IntegerModel::new(chip),
            rtl: VerilatedModel::new(chip, design, flavour, Path::new(""))?,
            window: chip.window_ticks,
            spikes: 0,
        })
    }

    /// Loads one program into both.
    pub fn load(&mut self, program: &Program) -> Result<(), SimError> {
        self.window = program.window;
        self.integer.load(program)?;
        self.rtl.load(program)
    }

    /// Runs a stimulus in both from reset; `done` hears of every tick. Returns the first difference.
    pub fn run(
        &mut self,
        stimulus: &Stimulus,
        done: impl FnMut(u32),
    ) -> Result<Option<Difference>, SimError> {
        self.run_with(stimulus, Reader::Always, done)
    }

    /// The same with a certain reader of the recorder.
    pub fn run_with(
        &mut self,
        stimulus: &Stimulus,
        reader: Reader,
        mut done: impl FnMut(u32),
    ) -> Result<Option<Difference>, SimError> {
        stimulus.check(&self.chip, self.window)?;
        self.integer.reset();
        self.rtl.clear()?;
        self.rtl.set_reader(reader)?;
        let mut events = &stimulus.events[..];
        let mut spiking = Vec::new();
        for tick in 0..stimulus.windows * self.window {
            let here = events.iter().take_while(|e| e.0 == tick).count();
            let (now, later) = events.split_at(here);
            events = later;
            spiking.clear();
            spiking.extend(now.iter().map(|e| e.1));
            self.rtl.ticks(tick, 1, now)?;
            // The array works on registered inputs: its tick ends one cycle later.
            self.rtl.drain(1)?;
            self.integer.tick(tick, &spiking);
            if let Some(difference) = self.compare(tick)? {
                return Ok(Some(difference));
            }
            done(tick);
        }
        let mut expected = self.integer.take_trace();
        if reader == Reader::Stopped {
            expected.keep_first_record(&self.chip);
        }
        // The last tick has ended before the reader goes on.
        self.rtl.drain(8)?;
        self.rtl.set_reader(Reader::Always)?;
        let found = self.rtl.take_trace()?;
        self.spikes = expected.layers.iter().map(|l| l.spikes.len()).sum();
        Ok(first_difference(&self.chip, self.window, &expected, &found))
    }

    /// Bus transfers on the RTL; the first whose answer is not as expected.
    pub fn transfers(&mut self, transfers: &[Transfer]) -> Result<Option<Difference>, SimError> {
        for t in transfers {
            let (word, refused) = self.rtl.ask(t.write, t.address, t.data)?;
            let read = !t.write && !t.refused;
            if refused != u32::from(t.refused) || (read && word != t.data) {
                let show = |refused: u32, word: u32| match refused {
                    0 if t.write => "the write taken".to_string(),
                    0 => format!("0x{word:08x}"),
                    1 => "an error".into(),
                    _ => "no answer".into(),
                };
                return Ok(Some(Difference {
                    place: format!("configuration bus, address 0x{:08x}", t.address),
                    tick: None,
                    expected: show(u32::from(t.refused), t.data),
                    found: show(refused, word),
                }));
            }
        }
        Ok(None)
    }

    /// Writes what the RTL's coverage counters hold, in Verilator's format.
    pub fn write_coverage(&self, path: &Path) -> Result<(), SimError> {
        self.rtl.write_coverage(path)
    }

    /// What happened in every layer since both were built, by the integer model: what was compared.
    pub fn activity(&self) -> Vec<Activity> {
        self.integer.activity().copied().collect()
    }

    /// Spikes of the last whole run, all layers.
    pub fn spikes(&self) -> usize {
        self.spikes
    }

    fn compare(&self, tick: u32) -> Result<Option<Difference>, SimError> {
        let mut bank = 0;
        for (index, layer) in self.chip.layers.iter().enumerate() {
            let mut base = 0;
            for size in &layer.banks {
                for (id, state) in layer.model.places() {
                    let words = self.rtl.probe(bank, id.place() as u32, *size)?;
                    let own = &self.integer.layers()[index].neurons[base..base + size];
                    let found = |k: usize| words.get(k).map(|w| state.decoded(*w));
                    if let Some(k) = (0..*size).find(|k| found(*k) != Some(own[*k].get(id))) {
                        let place = (index, base + k, id);
                        return Ok(Some(self.difference(tick, place, &own[k], found(k))));
                    }
                }
                base += size;
                bank += 1;
            }
        }
        Ok(None)
    }

    fn difference(
        &self,
        tick: u32,
        (layer, neuron, id): (usize, usize, StateId),
        own: &State,
        found: Option<i64>,
    ) -> Difference {
        let layer = &self.chip.layers[layer];
        let state = &layer.model.states[id.place()].name;
        Difference {
            place: format!("layer `{}`, neuron {neuron}, `{state}`", layer.name),
            tick: Some(tick),
            expected: own.get(id).to_string(),
            found: found.map_or("nothing".into(), |value| value.to_string()),
        }
    }
}
