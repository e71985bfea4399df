//! A netlist clock by clock, without delays, and how often each net changed from one clock edge to the next.

use super::netlist::{Netlist, ZERO};

pub(crate) struct Simulator<'a> {
    /// Whether cycles and changes are counted.
    pub counts: bool,
    netlist: &'a Netlist,
    /// Each net's value.
    values: Vec<u8>,
    /// Each net's value at the last clock edge.
    before: Vec<u8>,
    next: Vec<u8>,
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
        let mut values = vec![0; netlist.nets];
        values[ZERO + 1] = 1;
        let mut simulator = Self {
            counts: false,
            netlist,
            before: values.clone(),
            values,
            next: vec![0; netlist.flip_flops.len()],
            activity: Activity {
                cycles: 0,
                toggles: vec![0; netlist.nets],
            },
        };
        simulator.settle();
        simulator.before.copy_from_slice(&simulator.values);
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
        let nets = self.netlist.ports.get(port).into_iter().flatten();
        for (place, net) in nets.enumerate() {
            self.values[*net] = bits.get(place).copied().unwrap_or(0);
        }
    }

    /// Sets every bit of a port.
    pub fn set_all(&mut self, port: &str) {
        for net in self.netlist.ports.get(port).into_iter().flatten() {
            self.values[*net] = 1;
        }
    }

    /// The bits of a port, lowest first.
    pub fn bits(&self, port: &str) -> Vec<u8> {
        let nets = self.netlist.ports.get(port).into_iter().flatten();
        nets.map(|net| self.values[*net]).collect()
    }

    pub fn is_high(&self, port: &str) -> bool {
        self.bits(port).first() == Some(&1)
    }

    /// One clock edge with the inputs that were set.
    pub fn clock(&mut self) {
        self.settle();
        if self.counts {
            let changes = self.before.iter().zip(&self.values);
            for (toggles, (before, now)) in self.activity.toggles.iter_mut().zip(changes) {
                *toggles += u64::from(before ^ now);
            }
            self.activity.cycles += 1;
        }
        self.before.copy_from_slice(&self.values);
        for (next, flip_flop) in self.next.iter_mut().zip(&self.netlist.flip_flops) {
            *next = self.values[flip_flop.data];
        }
        for (next, flip_flop) in self.next.iter().zip(&self.netlist.flip_flops) {
            self.values[flip_flop.output] = *next;
        }
        self.settle();
    }

    fn settle(&mut self) {
        for gate in &self.netlist.gates {
            let [a, b, c, d] = gate.inputs.map(|net| self.values[net]);
            let place = a | b << 1 | c << 2 | d << 3;
            self.values[gate.output] = (gate.function >> place & 1) as u8;
        }
    }
}
