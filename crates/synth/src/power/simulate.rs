//! A netlist clock by clock, without delays, and how often each net changed from one clock edge to the next.
//!
//! What does not change costs nothing: a gate is evaluated when one of its inputs changed, a flip-flop takes its data when
//! that changed. In a chip most nets rest most of the time.

use super::netlist::{Netlist, ZERO};

pub(crate) struct Simulator<'a> {
    /// Whether cycles and changes are counted.
    pub counts: bool,
    netlist: &'a Netlist,
    /// Each net's value.
    values: Vec<u8>,
    /// Each net's value at the last clock edge.
    before: Vec<u8>,
    /// The nets that changed since then, perhaps back, perhaps more than once.
    changed: Vec<usize>,
    /// The gates that read each net, and the flip-flops whose data it is.
    gates: Readers,
    flip_flops: Readers,
    /// Gates of which an input changed, a bit each in the netlist's order.
    waiting: Vec<u64>,
    activity: Activity,
}

/// What was counted.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Activity {
    pub cycles: u64,
    /// Changes of each net.
    pub toggles: Vec<u64>,
}

impl<'a> Simulator<'a> {
    /// All states 0.
    pub fn new(netlist: &'a Netlist) -> Self {
        let gates = netlist.gates.iter().map(|g| g.inputs.to_vec());
        let flip_flops = netlist.flip_flops.iter().map(|f| vec![f.data]);
        let mut simulator = Self {
            counts: false,
            netlist,
            values: vec![0; netlist.nets],
            before: vec![0; netlist.nets],
            changed: Vec::new(),
            gates: Readers::new(netlist.nets, gates),
            flip_flops: Readers::new(netlist.nets, flip_flops),
            waiting: vec![0; netlist.gates.len().div_ceil(64)],
            activity: Activity {
                cycles: 0,
                toggles: vec![0; netlist.nets],
            },
        };
        simulator.put(ZERO + 1, 1);
        (0..netlist.gates.len()).for_each(|gate| mark(&mut simulator.waiting, gate));
        simulator.settle();
        simulator
    }

    /// What was counted.
    pub fn activity(self) -> Activity {
        self.activity
    }

    /// Sets the bits of a port, lowest first.
    pub fn set(&mut self, port: &str, value: u64) {
        let bits: Vec<u8> = (0..64).map(|bit| (value >> bit & 1) as u8).collect();
        self.set_bits(port, &bits);
    }

    /// Sets the bits of a port, lowest first; those that are not given are 0.
    pub fn set_bits(&mut self, port: &str, bits: &[u8]) {
        for (place, net) in self.nets(port).iter().enumerate() {
            self.put(*net, bits.get(place).copied().unwrap_or(0));
        }
    }

    /// Sets every bit of a port.
    pub fn set_all(&mut self, port: &str) {
        for net in self.nets(port) {
            self.put(*net, 1);
        }
    }

    /// The bits of a port, lowest first.
    pub fn bits(&self, port: &str) -> Vec<u8> {
        let nets = self.nets(port).iter();
        nets.map(|net| self.values[*net]).collect()
    }

    /// Whether the lowest bit of a port is high.
    pub fn is_high(&self, port: &str) -> bool {
        self.nets(port)
            .first()
            .is_some_and(|net| self.values[*net] == 1)
    }

    /// Whether some bit of a port is high.
    pub fn any(&self, port: &str) -> bool {
        self.nets(port).iter().any(|net| self.values[*net] == 1)
    }

    fn nets(&self, port: &str) -> &'a [usize] {
        self.netlist.ports.get(port).map_or(&[], Vec::as_slice)
    }

    /// One clock edge with the inputs that were set.
    pub fn clock(&mut self) {
        self.settle();
        self.activity.cycles += u64::from(self.counts);
        let mut taken = Vec::new();
        for net in self.changed.drain(..) {
            let value = self.values[net];
            if self.before[net] == value {
                continue;
            }
            self.before[net] = value;
            self.activity.toggles[net] += u64::from(self.counts);
            let of = self.flip_flops.of(net).iter();
            taken.extend(of.map(|f| (self.netlist.flip_flops[*f].output, value)));
        }
        taken.into_iter().for_each(|(net, v)| self.put(net, v));
        self.settle();
    }

    /// Evaluates the gates that wait; their readers come behind them, perhaps in the same word.
    fn settle(&mut self) {
        for word in 0..self.waiting.len() {
            while self.waiting[word] != 0 {
                let bit = self.waiting[word].trailing_zeros() as usize;
                self.waiting[word] &= self.waiting[word] - 1;
                let gate = &self.netlist.gates[64 * word + bit];
                let [a, b, c, d] = gate.inputs.map(|net| self.values[net]);
                let place = a | b << 1 | c << 2 | d << 3;
                self.put(gate.output, (gate.function >> place & 1) as u8);
            }
        }
    }

    fn put(&mut self, net: usize, value: u8) {
        if self.values[net] == value {
            return;
        }
        self.values[net] = value;
        self.changed.push(net);
        for gate in self.gates.of(net) {
            mark(&mut self.waiting, *gate);
        }
    }
}

fn mark(waiting: &mut [u64], gate: usize) {
    waiting[gate / 64] |= 1 << (gate % 64);
}

/// Who reads each net, one list behind the other.
struct Readers {
    readers: Vec<usize>,
    /// Where the list of each net begins; the last one's end.
    begins: Vec<usize>,
}

impl Readers {
    /// From what each reader reads.
    fn new(nets: usize, reads: impl Iterator<Item = Vec<usize>>) -> Self {
        let mut lists = vec![Vec::new(); nets];
        for (reader, inputs) in reads.enumerate() {
            for net in inputs.into_iter().filter(|net| *net != ZERO) {
                lists[net].push(reader);
            }
        }
        let mut begins = vec![0];
        begins.extend(lists.iter().scan(0, |end, list| {
            *end += list.len();
            Some(*end)
        }));
        Self {
            readers: lists.concat(),
            begins,
        }
    }

    fn of(&self, net: usize) -> &[usize] {
        &self.readers[self.begins[net]..self.begins[net + 1]]
    }
}

#[cfg(test)]
#[path = "simulate_tests.rs"]
mod tests;
