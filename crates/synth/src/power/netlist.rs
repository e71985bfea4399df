//! The flat netlist that is simulated: library cells and, for memories, simple gates of Yosys.

use super::liberty::{Cell, Liberty};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Attribute of a cell: the place of its module among the report's, from 1.
pub(crate) const MODULE: &str = "bruno_module";

/// Nets are numbers; these two are constant.
pub(crate) const ZERO: usize = 0;

#[derive(Debug)]
pub(crate) struct Netlist {
    /// How many nets.
    pub nets: usize,
    /// The nets of each port, lowest bit first.
    pub ports: BTreeMap<String, Vec<usize>>,
    /// What computes nets from others, each after what it reads.
    pub gates: Vec<Gate>,
    /// What takes its data at the clock's edge.
    pub flip_flops: Vec<FlipFlop>,
    /// Every cell of the library.
    pub cells: Vec<Instance>,
}

#[derive(Debug)]
pub(crate) struct Gate {
    /// Truth table, the first input the lowest bit of the place.
    pub function: u16,
    /// Unused ones are [`ZERO`].
    pub inputs: [usize; 4],
    pub output: usize,
}

#[derive(Debug)]
pub(crate) struct FlipFlop {
    pub data: usize,
    pub output: usize,
}

#[derive(Debug)]
pub(crate) struct Instance {
    /// Its name in the library.
    pub cell: String,
    /// The place of its module, from 1; 0: none.
    pub module: usize,
    /// The net of each pin.
    pub pins: BTreeMap<String, usize>,
}

/// Yosys' JSON.
#[derive(Deserialize)]
struct Json {
    modules: BTreeMap<String, JsonModule>,
}

#[derive(Deserialize)]
struct JsonModule {
    ports: BTreeMap<String, JsonPort>,
    cells: BTreeMap<String, JsonCell>,
}

#[derive(Deserialize)]
struct JsonPort {
    bits: Vec<Bit>,
}

#[derive(Deserialize)]
struct JsonCell {
    #[serde(rename = "type")]
    kind: String,
    attributes: BTreeMap<String, serde_json::Value>,
    connections: BTreeMap<String, Vec<Bit>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Bit {
    Net(usize),
    Constant(String),
}

impl Bit {
    /// Nets of Yosys begin with 2; what is undefined is 0, for nothing reads it.
    fn net(&self) -> usize {
        match self {
            Self::Net(net) => *net,
            Self::Constant(value) => usize::from(value == "1"),
        }
    }
}

impl Netlist {
    /// The netlist of the module `top`; what cannot be simulated is the error.
    pub fn parse(text: &str, top: &str, liberty: &Liberty) -> Result<Self, String> {
        let json: Json = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let module = json.modules.get(top).ok_or(format!("module {top}"))?;
        let nets = |bits: &[Bit]| bits.iter().map(Bit::net).collect::<Vec<_>>();
        let ports = module.ports.iter();
        let ports: BTreeMap<_, _> = ports.map(|(n, p)| (n.clone(), nets(&p.bits))).collect();
        let mut netlist = Self {
            nets: 2,
            ports,
            gates: Vec::new(),
            flip_flops: Vec::new(),
            cells: Vec::new(),
        };
        let clock = netlist.ports.get("clk_i").and_then(|c| c.first()).copied();
        for (name, cell) in &module.cells {
            let place = cell.attributes.get(MODULE).and_then(|m| m.as_str());
            let pins = cell.connections.iter();
            let instance = Instance {
                cell: cell.kind.clone(),
                module: place
                    .map_or(Some(0), |m| usize::from_str_radix(m, 2).ok())
                    .ok_or(format!("attribute {MODULE} of {name}"))?,
                pins: pins
                    .filter_map(|(p, b)| Some((p.clone(), b.first()?.net())))
                    .collect(),
            };
            let placed = match liberty.cells.get(&instance.cell) {
                Some(cell) => netlist.library_cell(&instance, cell, clock),
                None => netlist.simple_gate(&instance, clock),
            };
            placed.ok_or(format!(
                "a way to simulate {} of type {}",
                name, instance.cell
            ))?;
            if liberty.cells.contains_key(&instance.cell) {
                netlist.cells.push(instance);
            }
        }
        netlist.count();
        netlist.sort()?;
        Ok(netlist)
    }

    fn library_cell(&mut self, at: &Instance, cell: &Cell, clock: Option<usize>) -> Option<()> {
        for (name, output) in &cell.outputs {
            let Some(&net) = at.pins.get(name) else {
                continue; // nothing reads it
            };
            match (&output.function, &cell.flip_flop) {
                (Some(function), _) => {
                    let names = cell.inputs.keys().map(String::as_str);
                    self.gate(at, *function, &names.collect::<Vec<_>>(), net)?;
                }
                (None, Some((data, edge))) => self.flip_flop(at, data, edge, net, clock)?,
                (None, None) => return None,
            }
        }
        Some(())
    }

    /// A gate of Yosys' `simplemap`.
    fn simple_gate(&mut self, at: &Instance, clock: Option<usize>) -> Option<()> {
        let (function, inputs): (u16, &[&str]) = match at.cell.as_str() {
            "$_BUF_" => (0b10, &["A"]),
            "$_NOT_" => (0b01, &["A"]),
            "$_AND_" => (0b1000, &["A", "B"]),
            "$_OR_" => (0b1110, &["A", "B"]),
            "$_XOR_" => (0b0110, &["A", "B"]),
            "$_MUX_" => (0b1100_1010, &["A", "B", "S"]),
            "$_DFF_P_" => return self.flip_flop(at, "D", "C", *at.pins.get("Q")?, clock),
            _ => return None,
        };
        self.gate(at, function, inputs, *at.pins.get("Y")?)
    }

    fn gate(&mut self, at: &Instance, function: u16, names: &[&str], output: usize) -> Option<()> {
        let mut inputs = [ZERO; 4];
        for (input, name) in inputs.iter_mut().zip(names) {
            *input = *at.pins.get(*name)?;
        }
        self.gates.push(Gate {
            function,
            inputs,
            output,
        });
        Some(())
    }

    /// A flip-flop; none where it has another clock.
    fn flip_flop(
        &mut self,
        at: &Instance,
        data: &str,
        edge: &str,
        output: usize,
        clock: Option<usize>,
    ) -> Option<()> {
        let own = at.pins.get(edge).copied();
        (own.is_some() && own == clock).then_some(())?;
        let data = *at.pins.get(data)?;
        self.flip_flops.push(FlipFlop { data, output });
        Some(())
    }

    fn count(&mut self) {
        let gates = self
            .gates
            .iter()
            .flat_map(|g| g.inputs.into_iter().chain([g.output]));
        let states = self.flip_flops.iter().flat_map(|f| [f.data, f.output]);
        let ports = self.ports.values().flatten().copied();
        let pins = self.cells.iter().flat_map(|c| c.pins.values().copied());
        let highest = gates.chain(states).chain(ports).chain(pins).max();
        self.nets = highest.unwrap_or(0).max(1) + 1;
    }

    /// Puts each gate after those that it reads.
    fn sort(&mut self) -> Result<(), String> {
        let mut driver = vec![None; self.nets];
        for (at, gate) in self.gates.iter().enumerate() {
            driver[gate.output] = Some(at);
        }
        let mut readers = vec![Vec::new(); self.gates.len()];
        let mut waits = vec![0u8; self.gates.len()];
        for (at, gate) in self.gates.iter().enumerate() {
            for from in gate.inputs.iter().filter_map(|i| driver[*i]) {
                readers[from].push(at);
                waits[at] += 1;
            }
        }
        let mut order: Vec<usize> = (0..waits.len()).filter(|g| waits[*g] == 0).collect();
        let mut next = 0;
        while let Some(&at) = order.get(next) {
            next += 1;
            for &reader in &readers[at] {
                waits[reader] -= 1;
                if waits[reader] == 0 {
                    order.push(reader);
                }
            }
        }
        if order.len() < self.gates.len() {
            return Err("an order of the gates: a loop without a flip-flop".into());
        }
        let mut place = vec![0; order.len()];
        for (at, gate) in order.into_iter().enumerate() {
            place[gate] = at;
        }
        let mut placed: Vec<_> = place.into_iter().zip(self.gates.drain(..)).collect();
        placed.sort_unstable_by_key(|(at, _)| *at);
        self.gates = placed.into_iter().map(|(_, gate)| gate).collect();
        Ok(())
    }
}
