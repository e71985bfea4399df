//! A neuron of a file as Verilog-A.

use super::FileNeuron;
use super::spike::Spike;
use super::text::{self, UNIT_F, Writing, number};

impl FileNeuron {
    /// The Verilog-A module; its parameters' defaults are the neuron's values.
    pub fn verilog_a(&self) -> String {
        let (model, names) = (&self.model, &self.names);
        let parts = model.parts.iter().enumerate();
        let writing = Writing {
            names,
            parts: parts
                .map(|(i, p)| (names.part(i), p.value.clone()))
                .collect(),
            state: &|s| names.state(s),
            rate: &|s| names.rate(s),
        };
        let spike = Spike {
            neuron: self,
            writing: &writing,
            node: &|node| format!("V({node}, ref)"),
            gate: &str::to_string,
        };
        let (declared, equations) = self.equations(&writing, &spike);
        let mut lines: Vec<String> = self.about();
        lines
            .iter_mut()
            .for_each(|l| *l = format!("// {l}").trim_end().into());
        lines.extend(["", "`include \"disciplines.vams\"", ""].map(String::from));
        lines.extend(self.head(&spike));
        lines.extend(declared.iter().map(|name| format!("    real {name};")));
        lines.push("    analog begin".into());
        lines.extend(equations.iter().map(|line| format!("        {line}")));
        lines.extend(self.currents(&spike));
        lines.extend(["    end", "endmodule", ""].map(String::from));
        lines.join("\n")
    }

    /// Ports, nodes and parameters.
    fn head(&self, spike: &Spike) -> Vec<String> {
        let terminals = (0..self.model.states.len()).map(|s| self.names.terminal(s));
        let terminals: Vec<String> = terminals.collect();
        let ports = terminals.join(", ") + ", ref, spk";
        let mut lines = vec![
            format!("module {}({ports});", self.module()),
            format!("    inout {ports};"),
            format!("    electrical {ports};"),
        ];
        let inner = spike.nodes().into_iter().filter(|(node, ..)| node != "spk");
        lines.extend(inner.map(|(node, ..)| format!("    electrical {node};")));
        for (i, p) in self.model.parameters.iter().enumerate() {
            let (name, value) = (self.names.parameter(i), text::value(self.parameters[i]));
            let (low, high) = (text::value(p.bounds.0), text::value(p.bounds.1));
            lines.push(format!(
                "    (* desc=\"{}, {} in its file\" *)",
                p.name, p.unit.0
            ));
            lines.push(format!(
                "    parameter real {name} = {value} from [{low}:{high}];"
            ));
        }
        lines
    }

    /// Variables, and what they are: constants, states, inlines, gates, rates.
    fn equations(&self, writing: &Writing, spike: &Spike) -> (Vec<String>, Vec<String>) {
        let (model, names) = (&self.model, &self.names);
        let mut all: Vec<(String, String)> = Vec::new();
        for s in 0..model.states.len() {
            let terminal = names.terminal(s);
            let volt = number(self.per_volt(s));
            all.push((names.state(s), format!("{volt}*V({terminal}, ref)")));
        }
        let mut parts: Vec<usize> = (0..model.parts.len()).collect();
        // A part is at least as large as those in it.
        parts.sort_by_key(|i| model.parts[*i].value.size());
        for i in parts {
            all.push((names.part(i), writing.written_out(&model.parts[i].value)));
        }
        all.extend(spike.constants());
        all.extend(spike.gates().into_iter().map(|(n, text)| (n.into(), text)));
        all.extend(
            model
                .in_order()
                .into_iter()
                .map(|s| (names.rate(s), spike.rate(s))),
        );
        let line = |(name, text): &(String, String)| format!("{name} = {text};");
        (
            all.iter().map(|(name, _)| name.clone()).collect(),
            all.iter().map(line).collect(),
        )
    }

    /// Currents out of every node: in a static analysis to where it begins.
    fn currents(&self, spike: &Spike) -> Vec<String> {
        let states = 0..self.model.states.len();
        let states = states.map(|s| (self.names.terminal(s), spike.moves(s), self.rest(s)));
        let nodes: Vec<_> = states.chain(spike.nodes()).collect();
        let unit = number(UNIT_F);
        let mut lines = vec!["        if (analysis(\"static\")) begin".to_string()];
        let rest = nodes.iter().map(|(node, _, rest)| {
            format!(
                "            I({node}, ref) <+ V({node}, ref) - {};",
                number(*rest)
            )
        });
        lines.extend(rest);
        lines.push("        end else begin".into());
        let moves = nodes.iter();
        lines.extend(
            moves.map(|(node, rate, _)| format!("            I({node}, ref) <+ -{unit}*({rate});")),
        );
        lines.push("        end".into());
        let charge = nodes.iter();
        lines
            .extend(charge.map(|(node, ..)| {
                format!("        I({node}, ref) <+ ddt({unit}*V({node}, ref));")
            }));
        lines
    }
}
