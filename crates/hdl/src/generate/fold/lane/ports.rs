//! The ports of a lane.

use super::Lane;
use crate::generate::fold::{saturation_bits, slot_bits, synapses};
use crate::generate::lists::{port, vector, wires};
use crate::generate::register_file::value_type;
use crate::generate::register_map::register_ports;
use crate::generate::{index_bits, readback};

type Ports = Vec<(String, String)>;

impl Lane<'_> {
    /// Declarations with their comments.
    pub(super) fn ports(&self) -> Ports {
        let mut ports = self.timing_ports();
        ports.extend(self.synapse_ports());
        ports.extend(self.state_ports());
        ports.extend(self.bus_ports());
        ports.extend(register_ports(self.layer).map(|r| {
            let kind = format!("wire {}", value_type(&r));
            port("input", kind.trim_end(), &format!("{}_i", r.name), &r.about)
        }));
        ports
    }

    fn timing_ports(&self) -> Ports {
        let slot = wires(slot_bits(self.chip));
        let fresh = "first tick since a clear: states count as at rest";
        vec![
            port("input", "wire", "clk_i", ""),
            port("input", "wire", "rst_i", ""),
            port("input", "wire", "read_i", "slot_i enters the pipeline"),
            port("input", &slot, "slot_i", ""),
            port("input", "wire", "fresh_i", fresh),
            port("input", "wire", "first_i", "first tick of a window"),
            port(
                "input",
                "wire",
                "capture_i",
                "last tick of a window: keep a record",
            ),
            port("input", "wire", "done_i", "last cycle of a tick"),
        ]
    }

    fn synapse_ports(&self) -> Ports {
        let layer = self.layer;
        let mut ports = vec![port(
            "input",
            &wires(layer.inputs),
            "pre_i",
            "presynaptic spikes",
        )];
        if layer.recurrent {
            let about = "the layer's own spikes of the last tick";
            ports.push(port("input", &wires(layer.neurons), "rec_spike_i", about));
        }
        for p in synapses::projections(layer).filter(|_| !layer.frozen) {
            let levels = wires(synapses::table_bits(layer));
            let about = "currents of the codes, code 0 lowest";
            ports.push(port("input", &levels, p.table, about));
        }
        ports
    }

    fn state_ports(&self) -> Ports {
        let mut ports = Vec::new();
        if self.layer.options.random() {
            let about = "state of the layer's random numbers";
            ports.push(port("input", &wires(32), "random_i", about));
            let about = "first neuron of the lane (constant)";
            ports.push(port("input", &wires(32), "base_i", about));
        }
        if self.layer.spikes() {
            let kind = format!("reg  {}", vector(self.neurons));
            let about = "neurons that fired in this tick";
            ports.push(port("output", &kind, "fired_o", about));
        }
        let rests = |a: &&crate::generate::bank::Array| a.rest.register().is_some();
        for a in self.path.arrays.iter().filter(rests) {
            let kind = format!("wire {}", a.declared());
            let name = format!("{}_rest_i", a.name);
            ports.push(port("input", &kind, &name, "state at rest"));
        }
        let kind = format!("reg  {}", vector(saturation_bits(self.layer)));
        let about = "saturated updates in this cycle";
        ports.push(port("output", &kind, "saturated_o", about));
        ports
    }

    /// Weights and records.
    fn bus_ports(&self) -> Ports {
        let slot = wires(self.address_bits());
        let code = wires(self.layer.bits as usize);
        let channel = wires(index_bits(self.layer.fan_in()));
        let write = "write code_i to the weight of a slot's channel";
        let mut ports = vec![
            port("input", "wire", "code_write_i", write),
            port("input", &slot, "code_slot_i", ""),
            port("input", &channel, "code_channel_i", ""),
            port("input", &code, "code_i", ""),
        ];
        if readback(self.chip) {
            let about = "read it, between two ticks";
            ports.push(port("input", "wire", "code_read_i", about));
            ports.push(port("output", &code, "code_o", ""));
        }
        let read = "read the record of record_slot_i";
        let record = wires(super::record_bits(&self.recorded()) as usize);
        ports.extend([
            port("input", "wire", "record_read_i", read),
            port("input", &slot, "record_slot_i", ""),
            port("output", &record, "record_o", ""),
        ]);
        ports
    }
}
