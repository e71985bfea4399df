//! The simulator against one that evaluates every gate in every cycle, on random netlists.

use super::*;
use crate::power::netlist::{FlipFlop, Gate};
use std::collections::BTreeMap;

/// Numbers without order (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

const INPUTS: usize = 5;
const FLIP_FLOPS: usize = 20;
const GATES: usize = 200; // more than a word has bits

/// Nets: the constants, inputs, flip-flops, gates; of these each reads what is before it.
fn netlist(random: &mut Random) -> Netlist {
    let (states, gates) = (2 + INPUTS, 2 + INPUTS + FLIP_FLOPS);
    let nets = gates + GATES;
    let gate = |random: &mut Random, output: usize| Gate {
        function: random.below(1 << 16) as u16,
        inputs: [0; 4].map(|_| random.below(output)),
        output,
    };
    Netlist {
        nets,
        ports: BTreeMap::from([("d_i".to_string(), (2..states).collect())]),
        gates: (gates..nets).map(|n| gate(random, n)).collect(),
        flip_flops: (states..gates)
            .map(|output| FlipFlop {
                data: random.below(nets),
                output,
            })
            .collect(),
        cells: Vec::new(),
    }
}

/// Every gate, in order.
fn settle(netlist: &Netlist, values: &mut [u8]) {
    for gate in &netlist.gates {
        let place = (0..4).fold(0, |sum, pin| sum | values[gate.inputs[pin]] << pin);
        values[gate.output] = (gate.function >> place & 1) as u8;
    }
}

fn check(seed: u64) {
    let random = &mut Random(seed);
    let netlist = netlist(random);
    let mut simulator = Simulator::new(&netlist);
    let mut values = vec![0; netlist.nets];
    values[ZERO + 1] = 1;
    settle(&netlist, &mut values);
    let mut before = values.clone();
    let mut toggles = vec![0; netlist.nets];
    let mut cycles = 0;
    for cycle in 0..300 {
        // Inputs rest in most cycles; the first cycles, and some later ones, are not counted.
        if random.below(4) == 0 {
            let input = random.below(1 << INPUTS);
            simulator.set("d_i", input as u64);
            (0..INPUTS).for_each(|bit| values[2 + bit] = (input >> bit & 1) as u8);
        }
        simulator.counts = cycle > 2 && random.below(5) > 0;
        simulator.clock();
        settle(&netlist, &mut values);
        if simulator.counts {
            cycles += 1;
            let changes = values.iter().zip(&before).map(|(a, b)| u64::from(a ^ b));
            toggles.iter_mut().zip(changes).for_each(|(t, c)| *t += c);
        }
        before.clone_from(&values);
        let data: Vec<u8> = (netlist.flip_flops.iter())
            .map(|f| values[f.data])
            .collect();
        for (flip_flop, data) in netlist.flip_flops.iter().zip(data) {
            values[flip_flop.output] = data;
        }
        settle(&netlist, &mut values);
        assert_eq!(simulator.values, values, "seed {seed}, cycle {cycle}");
    }
    assert_eq!(simulator.activity(), Activity { cycles, toggles });
}

#[test]
fn as_if_every_gate_were_evaluated() {
    (1..=20).for_each(check);
}
