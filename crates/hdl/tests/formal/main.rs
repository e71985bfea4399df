//! Formal properties of kernels, banks, bus and chip (docs/formal.md), and faults seeded into the generated Verilog that
//! must be found: a proof that accepts everything would be noticed.

mod intervals;
mod prover;

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_device::NeuronProgram;
use bruno_hdl::kernels::{
    Felif, Lif, LifTruncate, MembraneReset, OccupationReset, Synapse, SynapseTruncate, WindowCount,
};
use bruno_hdl::{DesignFile, ModelKernels};
use bruno_model::{Derived, Shipped};
use intervals::intervals;
use prover::{Engine, Proof};
use rust_hdl_core::prelude::Block;

/// FeLIF neurons in the shortest words, recurrent, with a readout.
const PROOF: &str = r#"{"name":"proof","inputs":2,"window_ticks":32,"formats":{"v_bits":12,"p_bits":12,"i_bits":16},
    "layers":[{"name":"hidden","kind":"felif","neurons":2,"recurrent":true,"synapse":{"bits":1,"range_pA":50}}],
    "readout":{"outputs":2,"synapse":{"bits":1,"range_pA":100}}}"#;
/// The same of LIF neurons: what is counted does not depend on the kind.
const COUNTS: &str = r#"{"name":"counts","inputs":2,"window_ticks":32,"formats":{"v_bits":12,"i_bits":16},
    "layers":[{"name":"hidden","kind":"lif","neurons":2,"synapse":{"bits":1,"range_pA":50}}],
    "readout":{"outputs":1,"synapse":{"bits":1,"range_pA":100}}}"#;
/// Folded: three outputs on two datapaths, one of which has a slot without a neuron.
const FOLDED: &str = r#"{"name":"folded","inputs":2,"window_ticks":32,"fold":2,"formats":{"v_bits":12,"i_bits":16},
    "layers":[{"name":"hidden","kind":"lif","neurons":2,"synapse":{"bits":1,"range_pA":50}}],
    "readout":{"outputs":3,"synapse":{"bits":1,"range_pA":100}}}"#;

/// A kernel as a scalar module, bound as a bank with the longest words binds it.
fn kernel(harness: &'static str, name: &str, block: &dyn Block, cut: &'static str) -> Proof {
    let macros = ["V_BITS=20", "P_BITS=20", "I_BITS=24"].map(String::from);
    let kind = match name {
        "felif" => "FELIF",
        "lif_truncate" | "synapse_truncate" => "TRUNCATE",
        _ => "NEAREST",
    };
    Proof {
        harness,
        verilog: bruno_hdl::module(name, block).unwrap(),
        macros: [&macros[..], &[format!("KERNEL={name}"), kind.into()]].concat(),
        cut,
        engine: Engine::Reachability,
    }
}

/// A neuron with what a spike resets.
fn neuron(harness: &'static str, name: &str, block: &dyn Block, cut: &'static str) -> Proof {
    let proof = kernel(harness, name, block, cut);
    let resets = [
        bruno_hdl::module("membrane_reset", &MembraneReset::default()).unwrap(),
        bruno_hdl::module("occupation_reset", &OccupationReset::default()).unwrap(),
    ];
    Proof {
        verilog: proof.verilog + &resets.concat(),
        ..proof
    }
}

fn felif(harness: &'static str, cut: &'static str) -> Proof {
    neuron(harness, "felif", &Felif::default(), cut)
}

fn lif(harness: &'static str, cut: &'static str) -> Proof {
    neuron(harness, "lif", &Lif::default(), cut)
}

fn lif_truncate(harness: &'static str, cut: &'static str) -> Proof {
    neuron(harness, "lif_truncate", &LifTruncate::default(), cut)
}

fn products() -> Proof {
    felif("products", "felif/w:k_up_mant felif/w:k_down_mant")
}

fn powers() -> Proof {
    felif("powers", "felif/w:k_x felif/w:k_y")
}

fn terms() -> Proof {
    felif("terms", "felif/t:$mul")
}

fn occupation() -> Proof {
    felif("occupation", "felif/t:$mul felif/w:k_*_shift")
}

fn membrane() -> Proof {
    felif(
        "membrane",
        "felif/t:$mul felif/w:k_*_term felif/w:k_*_charge",
    )
}

fn charge() -> Proof {
    felif("charge", "felif/w:k_p_moved")
}

fn refractory(proof: Proof) -> Proof {
    Proof {
        engine: Engine::Induction(1),
        ..proof
    }
}

fn current() -> Proof {
    kernel("current", "synapse", &Synapse::default(), "")
}

fn current_truncate() -> Proof {
    kernel(
        "current",
        "synapse_truncate",
        &SynapseTruncate::default(),
        "",
    )
}

fn window_count() -> Proof {
    kernel("counter", "window_count", &WindowCount::default(), "")
}

/// A generated chip's modules whose names start with one of `modules`.
fn chip(harness: &'static str, description: &str, modules: &str, macros: &[&str]) -> Proof {
    let chip = Chip::resolve("test", &Description::parse("test", description).unwrap()).unwrap();
    // An unfolded bank is proven in the text that trains, a module a bank.
    let design = match chip.fold {
        1 => bruno_hdl::generate(&chip),
        _ => bruno_hdl::delivered(&chip),
    };
    let files = design.unwrap().verilog;
    let wanted = |f: &&DesignFile| f.name.starts_with(modules) || f.holds_memories();
    let wanted = files.iter().filter(wanted);
    Proof {
        harness,
        verilog: wanted.map(|f| f.text.as_str()).collect(),
        macros: macros.iter().map(|m| m.to_string()).collect(),
        cut: "",
        engine: Engine::Reachability,
    }
}

/// The recorder's stream of a FeLIF bank: seven words a neuron.
fn recorder() -> Proof {
    let macros = ["BANK=proof_hidden_bank2", "WORDS=14"];
    Proof {
        cut: "proof_hidden_bank2/t:$mul",
        ..chip("recorder", PROOF, "proof_hidden_bank2", &macros)
    }
}

/// The same of a readout bank: two words a neuron.
fn recorder_readout() -> Proof {
    let macros = ["BANK=proof_readout_bank2", "WORDS=4"];
    Proof {
        cut: "proof_readout_bank2/t:$mul",
        ..chip("recorder", PROOF, "proof_readout_bank2", &macros)
    }
}

/// The recorder's stream of a folded bank: five words a LIF neuron.
fn recorder_folded() -> Proof {
    let macros = ["BANK=folded_hidden_bank2", "WORDS=10", "QUIET=3"];
    Proof {
        cut: "folded_hidden_lane*/w:record_o",
        ..chip("recorder_folded", FOLDED, "folded_hidden", &macros)
    }
}

/// The same of a readout on two lanes: two words an output.
fn recorder_folded_readout() -> Proof {
    let macros = ["BANK=folded_readout_bank3", "WORDS=6", "QUIET=3"];
    Proof {
        cut: "folded_readout_lane*/w:record_o",
        ..chip("recorder_folded", FOLDED, "folded_readout", &macros)
    }
}

fn record() -> Proof {
    Proof {
        cut: "proof_readout_bank2/t:$mul proof_readout_bank2/t:$gt proof_readout_bank2/t:$lt",
        ..chip("record", PROOF, "proof_readout_bank2", &[])
    }
}

fn window() -> Proof {
    Proof {
        cut: "proof_readout_bank2/t:$mul",
        engine: Engine::Induction(1),
        ..chip("window", PROOF, "proof_readout_bank2", &[])
    }
}

fn bus() -> Proof {
    chip("bus", PROOF, "proof_control", &["LATENCY=5"])
}

fn bus_errors() -> Proof {
    chip("bus_errors", PROOF, "proof_control", &[])
}

fn saturation() -> Proof {
    Proof {
        cut: "*/t:$mul",
        engine: Engine::Induction(2),
        ..chip("saturation", COUNTS, "counts", &[])
    }
}

/// A tick of a folded readout beside the scalar kernel. The invariant is written out in the harness.
fn lane() -> Proof {
    let bank = chip("lane", FOLDED, "folded_", &[]);
    // What is cut, as the lane writes it: the harness follows the factors.
    let product = "syn_product = i_now * $signed({1'd0, i_dec_m_i});";
    assert!(bank.verilog.contains(product), "`{product}` is not there");
    let kernel = bruno_hdl::module("synapse", &Synapse::default()).unwrap();
    Proof {
        verilog: bank.verilog + &kernel,
        cut: "folded_readout_lane*/w:syn_product folded_readout_lane*/w:inject_q synapse/w:k_product",
        engine: Engine::Induction(1),
        ..bank
    }
}

/// The same of a folded LIF layer beside its three kernels. The invariant is written out in the harness.
fn lane_neuron() -> Proof {
    let bank = chip("lane_neuron", FOLDED, "folded_", &[]);
    // What is cut, as the lane writes it: the harness follows the factors.
    for product in [
        "syn_product = i_now * $signed({1'd0, i_dec_m_i});",
        "neuron_leak_product = v_now * $signed({1'd0, leak_m_i});",
        "neuron_in_product = neuron_drive_s5 * $signed({1'd0, in_m_i});",
    ] {
        assert!(bank.verilog.contains(product), "`{product}` is not there");
    }
    let kernels = [
        bruno_hdl::module("synapse", &Synapse::default()).unwrap(),
        bruno_hdl::module("lif", &Lif::default()).unwrap(),
        bruno_hdl::module("membrane_reset", &MembraneReset::default()).unwrap(),
    ];
    Proof {
        verilog: bank.verilog + &kernels.concat(),
        cut: "folded_hidden_lane*/w:syn_product folded_hidden_lane*/w:neuron_*_product \
              folded_hidden_lane*/w:inject_q synapse/w:k_product lif/w:k_*_product",
        engine: Engine::Induction(1),
        ..bank
    }
}

/// A neuron from its file beside the kernels that are written by hand.
fn equal(name: &'static str, block: &dyn Block, state: &str) -> Proof {
    let proof = neuron("equal", name, block, "");
    let model = Shipped::named(name).unwrap().read().unwrap();
    let program = NeuronProgram::new(Derived::new(&model).unwrap());
    let file = format!("{name}_file");
    let modules = [
        bruno_hdl::module("synapse", &Synapse::default()).unwrap(),
        ModelKernels::new(&program).module(&file).unwrap(),
    ];
    let macros = [format!("MODEL={file}"), state.into()];
    Proof {
        verilog: proof.verilog + &modules.concat(),
        macros: [&proof.macros[..], &macros[..]].concat(),
        engine: Engine::Sweeping,
        ..proof
    }
}

fn equal_felif() -> Proof {
    equal("felif", &Felif::default(), "WAITING")
}

/// Products of a FeLIF neuron that are left free, as the kernel by hand and the one of the file write them.
const PRODUCTS: [(&str, &str); 12] = [
    ("(v * xv_m)", "(V * xv_m)"),
    ("(p * xp_m)", "(p * xp_m)"),
    ("(k_up_frac * 32'sd1407)", "(k_t39 * 32'sd1407)"),
    ("(k_up_slope * k_up_frac)", "(k_t44 * k_t39)"),
    ("(k_up_mant * k_empty)", "(k_t48 * k_t22)"),
    ("(k_down_frac * 32'sd1407)", "(k_t59 * 32'sd1407)"),
    ("(k_down_slope * k_down_frac)", "(k_t62 * k_t59)"),
    ("(k_down_mant * p)", "(k_t65 * p)"),
    ("(p * kap_m)", "(p * kap_m)"),
    ("(k_p_moved * kap_m)", "(k_t78 * kap_m)"),
    ("(k_drive * in_m)", "(k_t79 * in_m)"),
    ("(v * leak_m)", "(V * leak_m)"),
];

/// A module whose products come from outside and whose factors go out, in this order: a product of which both sides have
/// the same factors is the same, whatever multiplication is.
fn products_outside(
    verilog: &str,
    name: &str,
    products: impl Iterator<Item = &'static str>,
) -> String {
    let start = verilog.find(&format!("module {name} (")).unwrap();
    let end = start + verilog[start..].find("endmodule").unwrap();
    let mut module = verilog[start..end].to_string();
    let mut assignments = String::new();
    for (place, product) in products.enumerate() {
        let free = format!("$signed(products[{}:{}])", 32 * place + 31, 32 * place);
        assert!(module.contains(product), "`{product}` is not in `{name}`");
        module = module.replace(product, &free);
        let (left, right) = product[1..product.len() - 1].split_once(" * ").unwrap();
        let bits = format!("{}:{}", 64 * place + 63, 64 * place);
        assignments +=
            &format!("  wire signed [31:0] left_{place} = {left}, right_{place} = {right};\n");
        assignments += &format!("  assign factors[{bits}] = {{left_{place}, right_{place}}};\n");
    }
    let last = PRODUCTS.len();
    let ports = format!(
        "module {name} (input [{}:0] products, output [{}:0] factors,",
        32 * last - 1,
        64 * last - 1
    );
    let module = module.replacen(&format!("module {name} ("), &ports, 1);
    [&verilog[..start], &module, &assignments, &verilog[end..]].concat()
}

/// Of a neuron that is not refractory, by its products' factors.
fn equal_felif_ready() -> Proof {
    let proof = equal("felif", &Felif::default(), "READY");
    let hand = products_outside(&proof.verilog, "felif", PRODUCTS.map(|p| p.0).into_iter());
    let verilog = products_outside(&hand, "felif_file", PRODUCTS.map(|p| p.1).into_iter());
    let macros = [proof.macros, vec![format!("PRODUCTS={}", PRODUCTS.len())]].concat();
    Proof {
        verilog,
        macros,
        ..proof
    }
}

fn equal_lif(state: &str) -> Proof {
    equal("lif", &Lif::default(), state)
}

/// Every assertion of the harness holds.
fn check(proof: Proof) {
    if let Err(failure) = proof.run() {
        panic!("`{}` does not hold\n{}", failure.assertions, failure.log);
    }
}

/// Shortest words: a counterexample is found sooner.
const SHORT: [&str; 3] = ["V_BITS=12", "P_BITS=12", "I_BITS=16"];

/// With `from` replaced by `to` in the Verilog, an assertion whose text contains `expected` fails.
fn check_fault(proof: Proof, from: &str, to: &str, expected: &str) {
    let verilog = proof.verilog.replace(from, to);
    assert_ne!(verilog, proof.verilog, "`{from}` is not in the Verilog");
    let macros = proof.macros.iter().cloned();
    let macros = macros.chain(SHORT.map(String::from)).collect();
    let faulty = Proof {
        verilog,
        macros,
        ..proof
    };
    let failure = faulty.run().expect_err("the fault was not found");
    assert!(
        failure.assertions.contains(expected),
        "`{}` failed instead\n{}",
        failure.assertions,
        failure.log
    );
}

/// One test for a property: `name: proof`.
macro_rules! properties {
    ($($name: ident: $proof: expr;)*) => {
        mod property {
            use super::*;
            $(#[test] fn $name() { check($proof); })*
        }
    };
}

/// One test for a seeded fault: `name: proof, text, faulty text, text of the assertion that fails`.
macro_rules! faults {
    ($($name: ident: $proof: expr, $from: literal, $to: literal, $expected: literal;)*) => {
        mod fault {
            use super::*;
            $(#[test] fn $name() { check_fault($proof, $from, $to, $expected); })*
        }
    };
}

properties! {
    felif_products: products();
    felif_powers: powers();
    felif_terms: terms();
    felif_occupation: occupation();
    felif_membrane: membrane();
    felif_charge: charge();
    felif_refractory: refractory(felif("refractory", "felif/t:$mul"));
    lif_products: lif("products", "");
    lif_terms: lif("terms", "lif/t:$mul");
    lif_membrane: lif("membrane", "lif/t:$mul lif/w:k_*_term");
    lif_refractory: refractory(lif("refractory", "lif/t:$mul"));
    lif_truncate_products: lif_truncate("products", "");
    lif_truncate_terms: lif_truncate("terms", "lif_truncate/t:$mul");
    lif_truncate_membrane: lif_truncate("membrane", "lif_truncate/t:$mul lif_truncate/w:k_*_term lif_truncate/w:k_taken");
    lif_truncate_refractory: refractory(lif_truncate("refractory", "lif_truncate/t:$mul"));
    synapse_current: current();
    synapse_truncate_current: current_truncate();
    window_counter: window_count();
    recorder_of_felif: recorder();
    recorder_of_readout: recorder_readout();
    recorder_of_a_folded_bank: recorder_folded();
    recorder_of_two_lanes: recorder_folded_readout();
    record_words: record();
    windows: window();
    bus_answers: bus();
    bus_errors_change_nothing: bus_errors();
    saturations_are_counted: saturation();
    tick_of_a_folded_readout: lane();
    tick_of_a_folded_layer: lane_neuron();
    felif_of_its_file: equal_felif_ready();
    felif_of_its_file_waiting: equal_felif();
    lif_of_its_file: equal_lif("READY");
    lif_of_its_file_waiting: equal_lif("WAITING");
    intervals_of_felif: intervals("felif");
    intervals_of_lif: intervals("lif");
    intervals_of_lif_subtractive: intervals("lif_subtractive");
    intervals_of_alif: intervals("alif");
    intervals_of_izhikevich: intervals("izhikevich");
    intervals_of_adex: intervals("adex");
    intervals_of_vo2: intervals("vo2");
}

faults! {
    mantissa_of_2048: powers(), "k_up_line + 32'sd16785406", "k_up_line + 32'sd16785408", "k_up_mant <= 2047";
    shift_not_cut: powers(), "k_up_shift = 32'sd31", "k_up_shift = k_up_low", "k_up_shift <= 31";
    leak_of_v_and_1: products(), "(v * leak_m)", "((v + v) * leak_m)", "leak_product";
    half_left_out: terms(), "(k_leak_product + leak_h)", "k_leak_product", "k_leak_term == rounded";
    charge_shifted_less: terms(), "(k_new_rounded >>> kap_s[4:0])", "(k_new_rounded >>> kap_s[3:0])", "k_new_charge";
    floor_of_p_dropped: occupation(), "k_p_floor = 32'sd0", "k_p_floor = k_p_wanted", "p_next >= 0";
    flow_not_rounded: occupation(), "+ p_round", "+ 32'sd0", "p_next ==";
    ceiling_of_p_dropped: occupation(), "k_p_moved = p_max", "k_p_moved = k_p_floor", "p_next >= 0";
    floor_of_v_dropped: membrane(), "k_floored = v_floor", "k_floored = k_wanted", "v_next ==";
    ceiling_of_v_dropped: membrane(), "k_clamped = v_max", "k_clamped = k_floored", "v_next ==";
    clamp_not_counted: membrane(), "(i_sat - k_clip)", "i_sat", "saturated ==";
    charge_of_old_p_lost: membrane(), "((v + k_dv) + k_old_charge)", "(v + k_dv)", "v_next ==";
    charge_not_rounded_alike: charge(), "(k_old_product + kap_h)", "k_old_product", "k_new_charge ==";
    threshold_not_strict: membrane(), "(k_clamped > v_th)", "(k_clamped >= v_th)", "v_next ==";
    refractory_stays: refractory(felif("refractory", "felif/t:$mul")), "(refr - k_waiting)", "refr", "refr_next ==";
    membrane_beyond_its_register: refractory(felif("refractory", "felif/t:$mul")), "k_floored = v_floor", "k_floored = k_wanted", "v_next == v_kept";
    occupation_beyond_its_register: refractory(felif("refractory", "felif/t:$mul")), "k_p_moved = p_max", "k_p_moved = k_p_floor", "p_next == p_kept";
    spike_while_refractory: refractory(lif("refractory", "lif/t:$mul")), "k_fire = k_active", "k_fire = -32'sd1", "refr";
    truncated_down: lif_truncate("terms", "lif_truncate/t:$mul"), "k_taken = k_up", "k_taken = k_floor", "k_taken ==";
    current_wraps: current(), "i_next = i_min", "i_next = k_top", "i_next ==";
    current_clamp_not_counted: current(), "(k_i_next != k_wanted)", "(k_top != k_wanted)", "i_sat ==";
    count_wraps: window_count(), "count_next = 32'sd1048575", "count_next = (k_wanted & 32'sd1048575)", "count_next ==";
    window_does_not_open: window(), "if (first_i)", "if (1'b0)", "counted ==";
    saturations_counted_twice: window(), "n_sat_count + n_sat_add", "(n_sat_count + n_sat_add) + n_sat_add", "counted ==";
    ready_ignored: recorder_readout(), "send = !rec_valid_o | rec_ready_i", "send = 1'b1", "";
    overrun_hidden: recorder_readout(), "overrun_o <= 1'b1", "overrun_o <= 1'b0", "overrun ==";
    record_overwritten: recorder_readout(), "busy & !(send & final_word & final_neuron)", "busy & !send", "overrun ==";
    word_sent_twice: recorder_readout(), "rec_valid_o <= busy;", "rec_valid_o <= busy | rec_valid_o;", "valid ==";
    last_of_every_neuron: recorder_readout(), "busy & final_neuron & final_word", "busy & final_word", "rec_last ==";
    ready_ignored_by_lanes: recorder_folded_readout(), "= !rec_valid_q | rec_ready_i", "= 1'b1", "";
    overrun_of_lanes_hidden: recorder_folded_readout(), "overrun_q <= last_i & busy_q", "overrun_q <= 1'b0", "overrun ==";
    words_swapped: record(), "= {12'd0, n_sat[k[0]]};\n          end", "= {12'd0, n_sat[0]};\n          end", "data ==";
    answer_of_the_next: bus(), "if (decoded_q)", "if (done_q)", "";
    answer_lost: bus(), "done_q       <= decoded_q & !rst_i", "done_q <= decoded_q & !valid_q & !rst_i", "";
    write_to_id: bus(), "known_q <= !write_q;\n              value_q <= ID", "known_q <= 1'b1;\n              value_q <= ID", "error ==";
    read_writes: bus_errors(), "if (write_q) begin\n                window_q", "begin\n                window_q", "window_q == 32";
    missing_level_written: bus_errors(), "(addr_q[25:9] == 17'd0)", "(addr_q[25:10] == 16'd0)", "levels_write == 0";
    lane_reads_another_slot: lane(), ".read_address_i(early_slot_q), .data_o(i_q)", ".read_address_i(late_slot_q), .data_o(i_q)", "i_now ==";
    lane_writes_another_slot: lane(), ".write_address_i(write_slot_q), .data_i(n_sat_count_next)", ".write_address_i(late_slot_q), .data_i(n_sat_count_next)", "== before_sats";
    lane_forgets_a_clear: lane(), "fresh_i ? 16'sd0 : i_q", "i_q", "i_now ==";
    lane_replaces_a_record_on_its_way: lane(), "capture_q <= last_i & !busy_q;", "capture_q <= last_i;", "capture_q == capture";
    lane_mixes_two_stages: lane(), "{{16{i_now_s3[15]}}, i_now_s3}", "{{16{i_now[15]}}, i_now}", "syn_wanted_s4 ==";
    layer_reads_another_slot: lane_neuron(), ".read_address_i(late_slot_q), .data_o(sum_v_q)", ".read_address_i(early_slot_q), .data_o(sum_v_q)", "sum_v_now ==";
    layer_fires_for_another: lane_neuron(), "fired_o[write_slot_q]", "fired_o[late_slot_q]", "fired [slot]";
    layer_forgets_a_clear: lane_neuron(), "fresh_i ? v_rest_i : v_q", "v_q", "v_now ==";
    layer_mixes_two_stages: lane_neuron(), "neuron_in_term - neuron_leak_term_s6", "neuron_in_term - neuron_leak_term_s5", "neuron_wanted_s7 ==";
    layer_counts_saturations_of_no_neuron: lane_neuron(), "valid_q[9] ? neuron_saturated_s9 : 2'd0", "neuron_saturated_s9", "saturated_o == 0";
    layer_records_every_tick: lane_neuron(), "valid_q[9] & capture_i", "valid_q[9]", "record ==";
    offset_of_the_file_lost: equal_lif("READY"), "+ V_round)", "+ 32'sd128)", "file_v ==";
    decay_of_the_file_not_rounded: equal_lif("READY"), "(I_round - ", "(32'sd0 - ", "file_i ==";
    hold_of_the_file_differs: equal_felif(), "k_p_wanted = (p + k_dp)", "k_p_wanted = (p + k_moved)", "file_p ==";
    clamp_of_the_file_dropped: intervals("lif"), "k_I_next = -32'sd8388608", "k_I_next = -32'sd8388609", "k_I_next >=";
    shift_of_the_file_cut: intervals("lif"), ">>> in_s[4:0]", ">>> in_s[3:0]", "k_t";
    product_of_the_file_differs: equal_felif_ready(), "(xc - k_t37)", "(xc - k_t38)", "factors";
    saturations_wrap: saturation(), "saturations_sum[32] ? 32'hffffffff : ", "", "saturations_q == total";
    saturation_of_a_bank_lost: saturation(), "saturated[31:0] + saturated[63:32]", "saturated[31:0]", "saturated_sum ==";
    saturation_of_a_neuron_lost: saturation(), "n_saturated = n_saturated + ", "n_saturated = ", "saturated_sum ==";
}
