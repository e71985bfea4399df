//! Every range of every field, checked all at once.

mod checker;
mod devices;
mod reserved;

pub use reserved::is_reserved;

use crate::{
    ConfigInterface, Description, DeviceCard, Formats, LONGEST_WINDOW, LayerDescription,
    NeuronKind, Problem, Rounding, Synapse, registers::neuron_bits,
};
use bruno_host::BUDGET_BYTES;
use checker::Checker;

/// Bytes that training holds for each synapse: latent weight, its gradient, two moments of the optimiser.
const SYNAPSE_BYTES: u64 = 16;

impl Description {
    /// All bad values of the description; empty when it can be used.
    pub fn problems(&self) -> Vec<Problem> {
        let mut c = Checker::default();
        let longest = LONGEST_WINDOW as usize;
        c.count("window_ticks", self.window_ticks as usize, 1, longest);
        c.identifier("name", &self.name);
        c.count("inputs", self.inputs, 1, 4096);
        c.count("layers", self.layers.len(), 1, 14);
        c.count("bank_neurons", self.bank_neurons, 1, 4096);
        c.power_of_two("fold", self.fold, 256);
        c.number("stage_ns", self.stage_ns, 3.0, 100.0, "ns");
        self.formats.check(&mut c);
        for (index, layer) in self.layers.iter().enumerate() {
            let at = format!("layers[{index}]");
            c.identifier(&format!("{at}.name"), &layer.name);
            c.count(&format!("{at}.neurons"), layer.neurons, 1, 4096);
            layer.synapse.check(&mut c, &format!("{at}.synapse"));
            if let Some(synapse) = &layer.recurrent_synapse {
                synapse.check(&mut c, &format!("{at}.recurrent_synapse"));
            }
            layer
                .device
                .check(&mut c, &format!("{at}.device"), &self.formats);
            if let Some(variability) = &layer.variability {
                variability.check(&mut c, &format!("{at}.variability"), layer.model.is_some());
            }
            self.check_combination(index, layer, &mut c);
        }
        c.count("readout.outputs", self.readout.outputs, 1, 4096);
        c.number("readout.tau_ms", self.readout.tau_ms, 0.02, 1000.0, "ms");
        self.readout.synapse.check(&mut c, "readout.synapse");
        self.check_interfaces(&mut c);
        if c.problems.is_empty() {
            self.check_size(&mut c);
        }
        c.problems
    }

    /// What a run of the chip holds in memory must be within the budget: every field may be within its range and the
    /// whole still ask for all memory there is.
    fn check_size(&self, c: &mut Checker) {
        let synapses = self.synapses();
        let most = BUDGET_BYTES / SYNAPSE_BYTES;
        if synapses > most {
            c.add(
                "layers",
                &format!("of {synapses} synapses altogether"),
                &format!("up to {most} synapses"),
                "use fewer layers, neurons or inputs",
            );
        }
    }

    /// Synapses of the whole chip, those of the recurrences and of the readout included.
    pub fn synapses(&self) -> u64 {
        let mut before = self.inputs as u64;
        let mut synapses = 0;
        for layer in &self.layers {
            let neurons = layer.neurons as u64;
            let own = if layer.recurrent { neurons } else { 0 };
            synapses += (before + own) * neurons;
            before = neurons;
        }
        synapses + before * self.readout.outputs as u64
    }

    /// Whether a chip or a layer can have this name: it becomes part of names of Verilog.
    pub fn takes_name(name: &str) -> bool {
        let mut checker = Checker::default();
        checker.identifier("name", name);
        checker.problems.is_empty()
    }

    fn check_interfaces(&self, c: &mut Checker) {
        let Some(interfaces) = &self.interfaces else {
            return;
        };
        let at = "interfaces.clock_mhz";
        c.count(at, interfaces.clock_mhz as usize, 1, 1000);
        if interfaces.need_shell() && self.name.starts_with("bruno_") {
            c.add(
                "name",
                &format!("`{}`", self.name),
                "a name that does not start with `bruno_` when the chip has interfaces",
                "rename it: the shell's parts have such names",
            );
        }
        // AXI4-Lite's byte addresses leave 24 bits to the index of a weight.
        let sane = c.problems.is_empty();
        if sane
            && interfaces.config == ConfigInterface::Axi4Lite
            && self.largest_code_index() >> 24 != 0
        {
            c.add(
                "interfaces.config",
                "axi4-lite",
                "bus or spi for a layer whose last weight has an index of more than 24 bits",
                "choose another configuration interface or make the layer smaller",
            );
        }
    }

    /// The largest index of a weight in any layer.
    fn largest_code_index(&self) -> u64 {
        let last = |channels: usize, neurons: usize| {
            let row = channels as u64 - 1;
            (row << neuron_bits(neurons)) + neurons as u64 - 1
        };
        let mut before = self.inputs;
        let mut largest = 0;
        for layer in &self.layers {
            let own = if layer.recurrent { layer.neurons } else { 0 };
            largest = largest.max(last(before + own, layer.neurons));
            before = layer.neurons;
        }
        largest.max(last(before, self.readout.outputs))
    }

    /// A layer has a kind or a model, and what belongs to it.
    fn check_model(&self, at: &str, layer: &LayerDescription, c: &mut Checker) {
        let of_file = layer.kind == NeuronKind::File;
        match (of_file, &layer.model) {
            (true, None) => c.add(
                &format!("{at}.kind"),
                "absent",
                "`felif` or `lif`, or `model` with a neuron file",
                "say whose neurons these are",
            ),
            (false, Some(_)) => c.add(
                &format!("{at}.model"),
                "present beside `kind`",
                "one of both",
                "remove `kind` for the neurons of the file",
            ),
            _ => {}
        }
        if !of_file {
            if let Some(name) = layer.parameters.keys().next() {
                c.add(
                    &format!("{at}.parameters.{name}"),
                    "present",
                    "absent without `model`",
                    "write the fields of `device` for a `kind`",
                );
            }
            if layer.noise_rms.is_some() {
                c.add(
                    &format!("{at}.noise_rms"),
                    "present",
                    "absent without `model`",
                    "write `noise_pA_rms` in `device` for a `kind`",
                );
            }
            return;
        }
        if let Some(noise) = layer.noise_rms {
            c.number(
                &format!("{at}.noise_rms"),
                noise,
                0.0,
                1e9,
                "(unit of the file)",
            );
        }
        if layer.device != DeviceCard::default() {
            c.add(
                &format!("{at}.device"),
                "present",
                "absent beside `model`",
                "the neurons of a file have `parameters`",
            );
        }
        if self.rounding == Rounding::Truncate {
            c.add(
                "rounding",
                "truncate",
                "`nearest` or `stochastic` in a chip with a `model`",
                "truncation toward zero exists for `lif` alone",
            );
        }
    }

    fn check_combination(&self, index: usize, layer: &LayerDescription, c: &mut Checker) {
        let at = format!("layers[{index}]");
        self.check_model(&at, layer, c);
        if self.rounding == Rounding::Truncate && layer.kind == NeuronKind::Felif {
            c.add(
                &format!("{at}.kind"),
                "felif",
                "lif when `rounding` is `truncate`",
                "truncation toward zero stalls the switching of a FeCap: use `nearest`",
            );
        }
        if self.rounding == Rounding::Truncate && layer.device.noise_pa_rms.is_some() {
            c.add(
                &format!("{at}.device.noise_pA_rms"),
                "present",
                "absent when `rounding` is `truncate`",
                "use `nearest` or `stochastic`, whose membranes have the guard bits that noise needs",
            );
        }
        if layer.recurrent_synapse.is_some() && !layer.recurrent {
            c.add(
                &format!("{at}.recurrent_synapse"),
                "present",
                "absent in a layer that is not recurrent",
                "set `recurrent` to true or remove it",
            );
        }
        let twice = |other: &LayerDescription| other.name == layer.name;
        if self.layers.iter().take(index).any(twice) || layer.name == "readout" {
            c.add(
                &format!("{at}.name"),
                &format!("`{}`", layer.name),
                "a name no other layer has, and not `readout`",
                "rename it",
            );
        }
    }
}

impl Formats {
    fn check(&self, c: &mut Checker) {
        c.count("formats.v_bits", self.v_bits as usize, 12, 20);
        c.count("formats.p_bits", self.p_bits as usize, 12, 20);
        c.count("formats.i_bits", self.i_bits as usize, 16, 24);
        c.number("formats.v_range_V", self.v_range_v, 0.5, 16.0, "V");
        c.number("formats.i_range_pA", self.i_range_pa, 1.0, 1e6, "pA");
    }
}

impl Synapse {
    fn check(&self, c: &mut Checker, at: &str) {
        if !c.count(&format!("{at}.bits"), self.bits as usize, 1, 8) {
            return;
        }
        let ratio = self.rram.as_ref().and_then(|r| r.current_ratio);
        match (&self.levels_pa, self.range_pa, ratio) {
            (Some(levels), None, None) => self.check_levels(levels, c, &format!("{at}.levels_pA")),
            (None, Some(range), None) => {
                c.number(&format!("{at}.range_pA"), range, 1e-3, 1e6, "pA");
            }
            (None, None, Some(ratio)) => {
                c.number(&format!("{at}.rram.current_ratio"), ratio, 1e-12, 1.0, "");
            }
            _ => c.add(
                at,
                "without a level table, or with two",
                "exactly one of `range_pA`, `levels_pA` and `rram.current_ratio`",
                "give `range_pA` for even steps over +-range, `levels_pA` for a measured table, or a read circuit's ratio",
            ),
        }
        if let Some(rram) = &self.rram {
            rram.check(c, &format!("{at}.rram"));
        }
    }

    fn check_levels(&self, levels: &[f64], c: &mut Checker, at: &str) {
        let expected = 1usize << self.bits;
        if levels.len() != expected {
            c.add(
                at,
                &format!("{} entries", levels.len()),
                &format!("{expected} entries for {} bits", self.bits),
                "give one current per code, or change `bits`",
            );
        }
        let ascending = levels.is_sorted_by(|a, b| a < b);
        if !ascending || levels.iter().any(|x| !x.is_finite()) {
            c.add(
                at,
                &format!("{levels:?}"),
                "finite, strictly ascending currents",
                "sort the table and remove doubles",
            );
        }
    }
}

impl DeviceCard {
    fn check(&self, c: &mut Checker, at: &str, formats: &Formats) {
        let v = formats.v_range_v;
        let rows: [(&str, f64, f64, f64, &str); 15] = [
            ("area_um2", self.area_um2, 1e-3, 1e4, "um2"),
            ("t_fe_nm", self.t_fe_nm, 1.0, 100.0, "nm"),
            ("eps_fe", self.eps_fe, 1.0, 1000.0, ""),
            ("w_b_eV", self.w_b_ev, 0.5, 2.0, "eV"),
            ("d_e_nm", self.d_e_nm, 0.5, 50.0, "nm"),
            ("e_off_MV_m", self.e_off_mv_m, -500.0, 500.0, "MV/m"),
            ("p_s_C_m2", self.p_s_c_m2, 1e-3, 2.0, "C/m2"),
            ("p_ref", self.p_ref, 0.0, 1.0, ""),
            ("temperature_K", self.temperature_k, 200.0, 450.0, "K"),
            ("g_leak_pS", self.g_leak_ps, 0.0, 1e6, "pS"),
            ("v_th_V", self.v_th_v, 0.01, v, "V (v_range_V)"),
            ("p_reset", self.p_reset, 0.0, 1.0, ""),
            ("t_ref_ms", self.t_ref_ms, 0.0, 1000.0, "ms"),
            ("tau_syn_ms", self.tau_syn_ms, 0.02, 1000.0, "ms"),
            ("v_floor_V", self.v_floor_v, -v, 0.0, "V (v_range_V)"),
        ];
        for (name, value, low, high, unit) in rows {
            c.number(&format!("{at}.{name}"), value, low, high, unit);
        }
        if let Some(noise) = self.noise_pa_rms {
            c.number(&format!("{at}.noise_pA_rms"), noise, 0.0, 1e6, "pA");
        }
        if let Some(series) = self.c_series_f_m2 {
            c.number(&format!("{at}.c_series_F_m2"), series, 1e-3, 100.0, "F/m2");
        }
        c.number(
            &format!("{at}.v_reset_V"),
            self.v_reset_v,
            self.v_floor_v,
            self.v_th_v,
            "V (v_floor_V .. v_th_V)",
        );
    }
}
