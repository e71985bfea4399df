//! An estimate of a chip's dynamic energy: the netlist is simulated, the changes of its nets are counted, and the
//! library's energies are summed over its cells. Wires, clock tree, glitches and memories kept apart are left out.

mod energy;
mod figures;
mod flat;
mod function;
mod liberty;
mod netlist;
mod replay;
mod simulate;
mod table;

pub use energy::Energy;
pub use figures::{Load, ModuleEnergy, Power};

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

/// Estimates the energy of a chip that was synthesised to standard cells in `options.dir`; the commands are those of
/// `testbenches/replay.v`, with and without events. Beside the estimate: what that testbench prints in both runs.
///
/// # Errors
/// A target without energies, a failed Yosys, a netlist that cannot be simulated.
pub fn power(
    chip: &Chip,
    report: &Report,
    options: &Options,
    [busy, idle]: [&str; 2],
    progress: &mut dyn FnMut(&str),
) -> Result<(Power, [String; 2]), SynthError> {
    let library = options.target.library()?.ok_or(SynthError::Energies)?;
    progress("flattening for power");
    let modules: Vec<&str> = report.modules.iter().map(|m| m.name.as_str()).collect();
    let path = Path::new(library.liberty);
    let (liberty, netlist) = flat::netlist(&report.top, &modules, path, options)?;
    let unreadable = |what: String| flat::unreadable(options, what);
    let mut play = |commands: &str, name: &str| {
        progress(&format!("simulating the netlist, {name}"));
        replay::play(Simulator::new(&netlist), commands).map_err(unreadable)
    };
    let (busy, idle) = (play(busy, "busy")?, play(idle, "idle")?);
    let power = estimate(chip, report, &netlist, &liberty, [&busy, &idle]);
    Ok((power, [busy.printed, idle.printed]))
}

fn estimate(
    chip: &Chip,
    report: &Report,
    netlist: &Netlist,
    liberty: &Liberty,
    runs: [&Run; 2],
) -> Power {
    let [busy, idle] =
        runs.map(|r| energy::by_module(netlist, liberty, &r.activity, report.modules.len()));
    let names = report.modules.iter().map(|m| m.name.as_str());
    let places = (1..).zip(names).chain([(0, REST)]);
    let modules = places.map(|(at, name)| ModuleEnergy {
        name: name.into(),
        busy: busy[at],
        idle: idle[at],
    });
    let (busy, idle) = (load(chip, runs[0], &busy), load(chip, runs[1], &idle));
    // Neurons may spike without input.
    let events = busy.synaptic_events.saturating_sub(idle.synaptic_events);
    let more = busy.energy.total_pj() - idle.energy.total_pj();
    let neurons: usize = chip.layers.iter().map(|l| l.neurons).sum();
    let pj_per_tick = busy.pj_per_tick();
    Power {
        volts: liberty.volts,
        pj_per_tick,
        pj_per_neuron_tick: pj_per_tick / neurons as f64,
        pj_per_synaptic_event: (events > 0).then(|| more / events as f64),
        nj_per_window: pj_per_tick * f64::from(chip.window_ticks) / 1000.0,
        leakage_nw: energy::leakage_nw(netlist, liberty),
        busy,
        idle,
        modules: modules.collect(),
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
