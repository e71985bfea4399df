//! From activities to energies.

use super::liberty::{Cell, Liberty};
use super::netlist::{Instance, Netlist};
use super::simulate::Activity;
use super::table::Table;

/// Transition time of every pin at which the tables are read, ns: about that of a NAND2X1 of OSU018 which drives three
/// pins (0.09 ns; the tables begin with 0.06 ns).
const TRANSITION_NS: f64 = 0.1;

/// Energies, pJ.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Energy {
    /// Inside the cells.
    pub internal_pj: f64,
    /// In the pins that cells drive, 1/2 C V^2 a change.
    pub switching_pj: f64,
    /// In and behind the clock pins of the flip-flops, twice a cycle.
    pub clock_pj: f64,
}

impl Energy {
    /// All of it.
    pub fn total_pj(&self) -> f64 {
        self.internal_pj + self.switching_pj + self.clock_pj
    }
}

impl std::ops::AddAssign for Energy {
    fn add_assign(&mut self, other: Self) {
        self.internal_pj += other.internal_pj;
        self.switching_pj += other.switching_pj;
        self.clock_pj += other.clock_pj;
    }
}

impl std::iter::Sum for Energy {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, each| {
            sum += each;
            sum
        })
    }
}

/// What each module took, by its place; the first one is what drives cells and is none of them: ports and memories.
pub(crate) fn by_module(
    netlist: &Netlist,
    liberty: &Liberty,
    activity: &Activity,
    modules: usize,
) -> Vec<Energy> {
    let loads = loads(netlist, liberty);
    let mut energies = vec![Energy::default(); modules + 1];
    let clock = netlist.ports.get("clk_i").and_then(|c| c.first());
    let mut driver = vec![0; netlist.nets];
    for (instance, cell) in cells(netlist, liberty) {
        let meter = Meter {
            loads: &loads,
            activity,
            volts: liberty.volts,
        };
        energies[instance.module] += meter.cell(instance, cell);
        for net in cell.outputs.keys().filter_map(|pin| instance.pins.get(pin)) {
            driver[*net] = instance.module;
        }
    }
    for (net, load) in loads
        .iter()
        .enumerate()
        .filter(|(net, _)| Some(net) != clock)
    {
        let energy = half_c_v2(*load, liberty.volts) * activity.toggles[net] as f64;
        energies[driver[net]].switching_pj += energy;
    }
    energies
}

/// The sum of the cells' leakage, nW.
pub(crate) fn leakage_nw(netlist: &Netlist, liberty: &Liberty) -> f64 {
    cells(netlist, liberty)
        .map(|(_, cell)| cell.leakage_nw)
        .sum()
}

fn cells<'a>(
    netlist: &'a Netlist,
    liberty: &'a Liberty,
) -> impl Iterator<Item = (&'a Instance, &'a Cell)> {
    netlist.cells.iter().map(|i| (i, &liberty.cells[&i.cell]))
}

/// The capacitance of the pins that each net drives, pF.
fn loads(netlist: &Netlist, liberty: &Liberty) -> Vec<f64> {
    let mut loads = vec![0.0; netlist.nets];
    for (instance, cell) in cells(netlist, liberty) {
        for (pin, input) in &cell.inputs {
            if let Some(net) = instance.pins.get(pin) {
                loads[*net] += input.capacitance;
            }
        }
    }
    loads
}

fn half_c_v2(picofarads: f64, volts: f64) -> f64 {
    0.5 * picofarads * volts * volts
}

struct Meter<'a> {
    loads: &'a [f64],
    activity: &'a Activity,
    volts: f64,
}

impl Meter<'_> {
    /// The cell's own energy, and that of its clock pin.
    fn cell(&self, instance: &Instance, cell: &Cell) -> Energy {
        let mut energy = Energy::default();
        let clock = cell.flip_flop.as_ref().map(|(_, clock)| clock);
        for (pin, input) in &cell.inputs {
            if Some(pin) == clock {
                let edges = 2.0 * self.activity.cycles as f64;
                let each = mean(&input.energy, 0.0) + half_c_v2(input.capacitance, self.volts);
                energy.clock_pj += edges * each;
            } else {
                energy.internal_pj += self.pin(instance, pin, &input.energy);
            }
        }
        for (pin, output) in &cell.outputs {
            energy.internal_pj += self.pin(instance, pin, &output.energy);
        }
        energy
    }

    fn pin(&self, instance: &Instance, pin: &str, tables: &[Table]) -> f64 {
        let net = instance.pins.get(pin);
        net.map_or(0.0, |n| {
            self.activity.toggles[*n] as f64 * mean(tables, self.loads[*n])
        })
    }
}

/// A net rises as often as it falls, and which input moved it is not counted: the mean of rise and fall over all of them.
fn mean(tables: &[Table], load: f64) -> f64 {
    let sum: f64 = tables.iter().map(|t| t.at(load, TRANSITION_NS)).sum();
    sum / tables.len().max(1) as f64
}

#[cfg(test)]
#[path = "energy_tests.rs"]
mod tests;
