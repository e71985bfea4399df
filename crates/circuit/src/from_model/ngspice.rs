//! A neuron of a file as a subcircuit of ngspice: behavioural sources.

use super::FileNeuron;
use super::spike::Spike;
use super::text::{self, UNIT_F, Writing, number};

impl FileNeuron {
    /// The subcircuit; its parameters' defaults are the neuron's values. It starts at rest, with `uic`.
    pub fn ngspice(&self) -> String {
        let names = &self.names;
        let constant = |i: &usize| !self.model.parts[*i].value.has_state();
        let parts: Vec<usize> = (0..self.model.parts.len()).filter(constant).collect();
        let volts = |node: &str| format!("V({node},ref)");
        let writing = Writing {
            names,
            parts: parts
                .iter()
                .map(|&i| (names.part(i), self.model.parts[i].value.clone()))
                .collect(),
            state: &|s| {
                format!(
                    "({}*{})",
                    number(self.per_volt(s)),
                    volts(&names.terminal(s))
                )
            },
            rate: &|s| format!("({}*V({}))", number(self.per_volt(s)), names.rate(s)),
        };
        let spike = Spike {
            neuron: self,
            writing: &writing,
            node: &volts,
            gate: &|gate| format!("V({gate})"),
        };
        let mut lines: Vec<String> = self.about();
        lines
            .iter_mut()
            .for_each(|l| *l = format!("* {l}").trim_end().into());
        lines.extend(self.subcircuit(&parts, &writing, &spike));
        let sources = spike.gates().into_iter();
        lines.extend(sources.map(|(gate, text)| format!("B{gate} {gate} 0 V = {text}")));
        for s in self.model.in_order() {
            // In V a second of the terminal: a node far below 1 nV is not looked at.
            let (rate, per_volt) = (names.rate(s), number(self.per_volt(s)));
            lines.push(format!(
                "B{rate} {rate} 0 V = ({})/{per_volt}",
                spike.rate(s)
            ));
        }
        let states = 0..self.model.states.len();
        let states = states.map(|s| (names.terminal(s), spike.moves(s), self.rest(s)));
        for (node, rate, rest) in states.chain(spike.nodes()) {
            let unit = number(UNIT_F);
            lines.push(format!("C{node} {node} ref {unit} IC={}", number(rest)));
            lines.push(format!("B{node} ref {node} I = {unit}*({rate})"));
        }
        lines.push(format!(".ends {}\n", self.module()));
        lines.join("\n")
    }

    /// Terminals, parameters, and constants that follow from them.
    fn subcircuit(&self, parts: &[usize], writing: &Writing, spike: &Spike) -> Vec<String> {
        let names = &self.names;
        let terminals = (0..self.model.states.len()).map(|s| names.terminal(s));
        let terminals: Vec<String> = terminals.collect();
        let mut lines = vec![format!(
            ".subckt {} {} ref spk",
            self.module(),
            terminals.join(" ")
        )];
        for (i, value) in self.parameters.iter().enumerate() {
            lines.push(format!("+ {}={}", names.parameter(i), text::value(*value)));
        }
        let mut parts = parts.to_vec();
        parts.sort_by_key(|i| self.model.parts[*i].value.size());
        for i in parts {
            let text = writing.written_out(&self.model.parts[i].value);
            lines.push(format!(".param {}={{{text}}}", names.part(i)));
        }
        let constants = spike.constants().into_iter();
        lines.extend(constants.map(|(name, text)| format!(".param {name}={{{text}}}")));
        lines
    }
}
