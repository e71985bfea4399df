//! An estimate of a chip's dynamic energy: the netlist is simulated, the changes of its nets are counted, and the
//! library's energies are summed over its cells. Wires, clock tree, glitches and memories kept apart are left out.

mod energy;
mod figures;
mod flat;
mod function;
mod inference;
mod liberty;
mod netlist;
mod replay;
mod simulate;
mod table;

pub use energy::Energy;
pub use figures::{Load, ModuleEnergy, Power};
pub use inference::{Inference, Sample, Spread};

use crate::SynthError;
use crate::report::{Options, Report};
use bruno_device::Chip;
use liberty::Liberty;
use netlist::Netlist;
use replay::Run;
use simulate::Simulator;
use std::path::Path;

/// What ports and memories drive.
const REST: &str = "(pins at ports and memories)";

/// The netlist of a chip, with the energies of its cells.
pub struct Gates<'a> {
    chip: &'a Chip,
    modules: Vec<&'a str>,
    options: &'a Options,
    liberty: Liberty,
    netlist: Netlist,
}

/// What a chip did and took.
#[derive(Debug, Clone, Default)]
pub struct Played {
    /// Counts and energy.
    pub load: Load,
    /// The energy by module, behind what is of none.
    modules: Vec<Energy>,
}

impl<'a> Gates<'a> {
    /// The netlist of a chip that was synthesised to standard cells in `options.dir`.
    ///
    /// # Errors
    /// A target without energies, a failed Yosys, a netlist that cannot be simulated.
    pub fn new(
        chip: &'a Chip,
        report: &'a Report,
        options: &'a Options,
    ) -> Result<Self, SynthError> {
        let library = options.target.library()?.ok_or(SynthError::Energies)?;
        let modules: Vec<&str> = report.modules.iter().map(|m| m.name.as_str()).collect();
        let path = Path::new(library.liberty);
        let (liberty, netlist) = flat::netlist(&report.top, &modules, path, options)?;
        Ok(Self {
            chip,
            modules,
            options,
            liberty,
            netlist,
        })
    }

    /// Plays commands of `testbenches/replay.v` from a reset; beside what was counted, what that testbench prints.
    ///
    /// # Errors
    /// A netlist that does not answer.
    pub fn play(&self, commands: &str) -> Result<(Played, String), SynthError> {
        let run = replay::play(Simulator::new(&self.netlist), commands)
            .map_err(|what| flat::unreadable(self.options, what))?;
        let (liberty, netlist) = (&self.liberty, &self.netlist);
        let modules = energy::by_module(netlist, liberty, &run.activity, self.modules.len());
        let played = Played {
            load: load(self.chip, &run, &modules),
            modules,
        };
        Ok((played, run.printed))
    }

    /// The estimate: busy, beside as many ticks without input spikes.
    pub fn power(&self, busy: &Played, idle: &Played) -> Power {
        let names = (1..).zip(self.modules.iter().copied());
        let modules = names.chain([(0, REST)]).map(|(at, name)| ModuleEnergy {
            name: name.into(),
            busy: busy.modules[at],
            idle: idle.modules[at],
        });
        let (busy, idle) = (busy.load.clone(), idle.load.clone());
        // Neurons may spike without input.
        let events = busy.synaptic_events.saturating_sub(idle.synaptic_events);
        let more = busy.energy.total_pj() - idle.energy.total_pj();
        let neurons: usize = self.chip.layers.iter().map(|l| l.neurons).sum();
        let pj_per_tick = busy.pj_per_tick();
        Power {
            volts: self.liberty.volts,
            pj_per_tick,
            pj_per_neuron_tick: pj_per_tick / neurons as f64,
            pj_per_synaptic_event: (events > 0).then(|| more / events as f64),
            nj_per_window: pj_per_tick * f64::from(self.chip.window_ticks) / 1000.0,
            leakage_nw: energy::leakage_nw(&self.netlist, &self.liberty),
            busy,
            idle,
            modules: modules.collect(),
            inference: None,
        }
    }
}

/// Of runs of one chip.
impl std::iter::Sum for Played {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.reduce(|mut sum, each| {
            sum.load += &each.load;
            let modules = sum.modules.iter_mut().zip(each.modules);
            modules.for_each(|(sum, each)| *sum += each);
            sum
        })
        .unwrap_or_default()
    }
}

fn load(chip: &Chip, run: &Run, modules: &[Energy]) -> Load {
    Load {
        ticks: run.ticks,
        cycles: run.activity.cycles,
        input_events: run.input_events,
        spikes: run.spikes.iter().flatten().map(|s| u64::from(*s)).sum(),
        synaptic_events: synaptic_events(chip, run),
        energy: modules.iter().copied().sum(),
    }
}

/// Each spike reaches every neuron of the next layer, and of its own where that is recurrent.
fn synaptic_events(chip: &Chip, run: &Run) -> u64 {
    let neurons = |layer: usize| chip.layers[layer].neurons as u64;
    let mut events = run.input_events * neurons(0);
    let mut first = 0;
    for (at, layer) in chip.layers.iter().enumerate().filter(|(_, l)| l.spikes()) {
        let own = first..first + layer.neurons;
        let spikes: u64 = (run.spikes.iter())
            .flat_map(|tick| &tick[own.clone()])
            .map(|s| u64::from(*s))
            .sum();
        let recurrent = if layer.recurrent { neurons(at) } else { 0 };
        events += spikes * (neurons(at + 1) + recurrent);
        first = own.end;
    }
    events
}
