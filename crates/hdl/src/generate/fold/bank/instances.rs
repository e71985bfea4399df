//! The lanes of a folded bank: those that are full in a loop, one that serves the neurons that are left.

use super::Folded;
use crate::generate::fold::synapses::projections;
use crate::generate::fold::{lane_module, saturation_bits};
use crate::generate::lists::{connections, declarations, line, vector, wires};
use crate::generate::register_map::register_ports;
use crate::generate::{index_bits, level_tables, readback};

/// A lane, or those of the loop, where its number is `g`.
struct Instance {
    name: &'static str,
    neurons: usize,
    /// `None`: `g`.
    number: Option<usize>,
}

impl Folded<'_> {
    /// Instances, and the nets between them and the bank.
    pub(super) fn lane_instances(&self) -> String {
        let count = self.lanes.len();
        let record = wires(self.record_bits() * count);
        let mut nets = vec![line(&record, "record; // of the lanes, lane 0 lowest")];
        if readback(self.chip) {
            let codes = wires(self.layer.bits as usize * count);
            nets.push(line(&codes, "lane_code; // weights read last"));
        }
        if let Some(slot) = self.out_slot_bits() {
            let slot = format!("reg  {}", vector(slot));
            nets.push(line(&slot, "out_slot_q; // whose record leaves"));
        }
        if count > 1 {
            let lane = format!("reg  {}", vector(index_bits(count)));
            nets.push(line(&lane, "out_lane_q;"));
        }
        nets.push(self.record_read());
        declarations(&nets) + "\n" + &self.full_lanes() + &self.last_lane()
    }

    /// A bit for each lane: its record is read.
    fn record_read(&self) -> (String, String) {
        let when = "busy_q & !loaded_q";
        match self.lanes.len() {
            1 => line("wire", &format!("record_read = {when};")),
            count => {
                let zeros = count - 1;
                let value = format!("record_read = {{{zeros}'d0, {when}}} << out_lane_q;");
                line(&wires(count), &value)
            }
        }
    }

    /// Number of lanes that serve as many neurons as the first.
    fn full(&self) -> usize {
        let first = self.lanes[0];
        self.lanes.iter().filter(|n| **n == first).count()
    }

    fn full_lanes(&self) -> String {
        let (full, neurons) = (self.full(), self.lanes[0]);
        let instance = |number| Instance {
            name: "u_lane",
            neurons,
            number,
        };
        if full == 1 {
            return self.instance(&instance(Some(0)), 1);
        }
        format!(
            "  genvar g;
  generate
    for (g = 0; g < {full}; g = g + 1) begin : g_lane
{}
    end
  endgenerate

",
            self.instance(&instance(None), 3).trim_end()
        )
    }

    /// The lane with fewer neurons.
    fn last_lane(&self) -> String {
        let number = self.full();
        let Some(neurons) = self.lanes.get(number) else {
            return String::new();
        };
        let instance = Instance {
            name: "u_rest",
            neurons: *neurons,
            number: Some(number),
        };
        self.instance(&instance, 1)
    }

    fn instance(&self, lane: &Instance, depth: usize) -> String {
        let indent = "  ".repeat(depth);
        let mut wiring = self.timing_wiring();
        wiring.extend(self.neuron_wiring(lane));
        wiring.extend(self.bus_wiring(lane));
        wiring.extend(register_ports(self.layer).map(|r| through(&format!("{}_i", r.name))));
        format!(
            "{indent}{} {} (\n{}{indent});\n\n",
            lane_module(self.chip, self.layer, lane.neurons),
            lane.name,
            connections(&wiring, depth + 1)
        )
    }

    fn timing_wiring(&self) -> Vec<(String, String)> {
        let ports = ["clk_i", "rst_i", "read_i", "slot_i", "first_i", "done_i"];
        let mut wiring: Vec<_> = ports.into_iter().map(through).collect();
        wiring.push(to("fresh_i", "fresh_q"));
        wiring.push(to("capture_i", "capture_q"));
        wiring
    }

    /// Spikes, levels, random numbers and states at rest.
    fn neuron_wiring(&self, lane: &Instance) -> Vec<(String, String)> {
        let layer = self.layer;
        let mut wiring = vec![through("pre_i")];
        if layer.recurrent {
            wiring.push(through("rec_spike_i"));
        }
        for p in projections(layer).filter(|_| !layer.frozen) {
            wiring.push(to(p.table, &level_tables::register(&p)));
        }
        if layer.options.random() {
            wiring.push(through("random_i"));
            wiring.push(to("base_i", &self.first_neuron(lane)));
        }
        if layer.spikes() {
            let fired = self.part("fired", lane, self.chip.fold, lane.neurons);
            wiring.push(to("fired_o", &fired));
        }
        for (a, _) in self.resting() {
            let (port, net) = (format!("{}_rest_i", a.name), format!("{}_rest_q", a.name));
            wiring.push(to(&port, &net));
        }
        let bits = saturation_bits(layer);
        let saturated = self.part("lane_saturated", lane, bits, bits);
        wiring.push(to("saturated_o", &saturated));
        wiring
    }

    /// Weights and records.
    fn bus_wiring(&self, lane: &Instance) -> Vec<(String, String)> {
        let slot = index_bits(lane.neurons);
        let codes = self.layer.bits as usize;
        let record = self.record_bits();
        let mut wiring = vec![
            to("code_write_i", &self.part("code_write", lane, 1, 1)),
            to("code_slot_i", &self.weight_slot(slot)),
            to("code_channel_i", "weight_channel"),
            to("code_i", &format!("data_i{}", vector(codes))),
        ];
        if readback(self.chip) {
            wiring.push(to("code_read_i", &self.part("code_read", lane, 1, 1)));
            wiring.push(to("code_o", &self.part("lane_code", lane, codes, codes)));
        }
        let out_slot = match self.out_slot_bits() {
            None => format!("{slot}'d0"),
            Some(bits) if bits == slot => "out_slot_q".into(),
            Some(_) => format!("out_slot_q{}", vector(slot)),
        };
        wiring.extend([
            to("record_read_i", &self.part("record_read", lane, 1, 1)),
            to("record_slot_i", &out_slot),
            to("record_o", &self.part("record", lane, record, record)),
        ]);
        wiring
    }

    /// Number of a lane's first neuron in the layer.
    fn first_neuron(&self, lane: &Instance) -> String {
        let fold = self.chip.fold;
        let own = match lane.number {
            None => format!("{fold} * g"),
            Some(number) => format!("32'd{}", fold * number),
        };
        match (self.split(), lane.number) {
            (false, _) => own,
            (true, Some(0)) => "{6'd0, base_i}".into(),
            (true, _) => format!("{{6'd0, base_i}} + {own}"),
        }
    }

    /// A lane's part of a net of all lanes, of which each takes `step` bits and the last `bits`.
    fn part(&self, net: &str, lane: &Instance, step: usize, bits: usize) -> String {
        match (lane.number, bits) {
            _ if self.lanes.len() == 1 => net.into(),
            (None, 1) if step == 1 => format!("{net}[g]"),
            (None, _) => format!("{net}[{step} * g +: {bits}]"),
            (Some(number), 1) => format!("{net}[{}]", step * number),
            (Some(number), _) => format!("{net}[{}:{}]", step * number + bits - 1, step * number),
        }
    }
}

/// A port that is connected to the bank's port of the same name.
fn through(port: &str) -> (String, String) {
    to(port, port)
}

fn to(port: &str, net: &str) -> (String, String) {
    (port.into(), net.into())
}
