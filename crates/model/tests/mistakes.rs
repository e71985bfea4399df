//! Wrong files: each names its place, what was expected and a remedy.

use bruno_model::{Derived, Model};

/// A small model that is right.
const RIGHT: &str = "\
# a neuron
model small:
    parameters:
        C       pF = 1 pF       from [0.1 pF : 10 pF]
        tau_syn ms = 10 ms      from [0.1 ms : 1000 ms]
        V_th    V  = 0.8 V      from [0.1 V : 1 V]
        keep    switch = off
    internals:
        g nS = C / (20 ms)
    state:
        I pA = 0 pA from [-1024 pA : 1024 pA] @bits(24)
        V V  = 0 V  from [-2 V : 2 V] @bits(20)
    kernels:
        I' = -I / tau_syn
    equations:
        inline leak pA = g * V
        V' = (I - leak) / C
    input:
        I += spikes
    onCondition(V > V_th):
        V = 0 V unless keep
        refractory(2 ms)
        emit_spike()
";

/// The mistakes of a file, as a user sees them.
fn mistake(text: &str) -> String {
    match Model::read("wrong.nrn", text).and_then(|model| Derived::new(&model)) {
        Ok(_) => panic!("no mistake found"),
        Err(mistakes) => mistakes.to_string(),
    }
}

#[test]
fn the_right_one() {
    let model = Model::read("right.nrn", RIGHT).unwrap();
    Derived::new(&model).unwrap();
}

/// The model with one piece of its text replaced.
fn with(old: &str, new: &str) -> String {
    edited(&[(old, new)])
}

/// One test a wrong file: its name, and its text.
macro_rules! wrong {
    ($($name:ident: $text:expr;)*) => {
        $(#[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), mistake(&$text));
        })*
    };
}

wrong! {
    a_cost_of_no_name: with("    onCondition(V > V_th):", "    costs:\n        tick J = C * V_th ** 2\n    onCondition(V > V_th):");
    a_cost_in_a_wrong_unit: with("    onCondition(V > V_th):", "    costs:\n        spike pW = g * V_th ** 2\n    onCondition(V > V_th):");
    a_cost_that_is_none: with("    onCondition(V > V_th):", "    costs:\n        spike fJ = C * V_th\n    onCondition(V > V_th):");
    a_power_of_another_state: with("    onCondition(V > V_th):", "    costs:\n        power pW = I * V\n    onCondition(V > V_th):");
    a_spike_of_a_state: with("    onCondition(V > V_th):", "    costs:\n        spike fJ = C * V ** 2\n    onCondition(V > V_th):");
    empty_file: "# nothing\n\n";
    no_header: "state:\n    V V = 0 V\n";
    header_alone: "model small:\n";
    a_letter_that_cannot_be_read: with("g * V", "g $ V");
    a_greek_micro: with("= 1 pF ", "= 1 \u{b5}F ");
    a_tab: with("        C  ", "\tC  ");
    a_caret_as_power: with("(20 ms)", "20 ms^2");
    a_number_beyond_f64: with("10 ms  ", "1e999 ms  ");
    a_name_without_end: with("leak pA", &format!("{} pA", "x".repeat(60)));
    a_line_of_a_megabyte: with("g * V", &"g * V + ".repeat(130_000));
    a_file_without_end: with("# a neuron", &"# a neuron that says a lot\n".repeat(3000));
    hundreds_of_parentheses: with("g * V", &format!("{}V{}", "(".repeat(400), ")".repeat(400)));
    ten_thousand_parentheses: with("g * V", &format!("{}V{}", "(".repeat(10_000), ")".repeat(10_000)));
    hundreds_of_signs: with("g * V", &format!("{}V", "-".repeat(500)));
    an_open_parenthesis: with("(I - leak) / C", "(I - leak / C");
    an_unfinished_sum: with("g * V", "g * V +");
    a_missing_operator: with("g * V", "g V");
    an_unknown_block: with("kernels:", "kernel:");
    a_block_twice: with("internals:", "parameters:");
    a_block_without_lines: with("        I += spikes\n", "");
    a_line_indented_otherwise: with("        V V  =", "      V V  =");
    an_unknown_clause: with("@bits(20)", "width 20");
    bits_out_of_reach: with("@bits(20)", "@bits(40)");
    a_clause_twice: with("@bits(20)", "@bits(20) @bits(21)");
    an_unknown_unit: with("V_th    V ", "V_th    volt ");
    a_wrong_unit_of_a_value: with("10 ms  ", "10 pF  ");
    a_sum_of_different_units: with("I - leak", "I - V");
    a_rate_of_the_wrong_unit: with("(I - leak) / C", "I - leak");
    an_exponent_with_a_unit: with("g * V", "g * V * exp(V)");
    an_unknown_name: with("g * V", "G * V");
    an_unknown_function: with("g * V", "g * sin(V)");
    too_many_arguments: with("g * V", "max(I, I, I)");
    a_name_twice: with("V_th    V", "C       V");
    a_name_of_the_language: with("V_th    V", "dt      V");
    a_circle_of_inlines: with("inline leak pA = g * V", "inline leak pA = other\n        inline other pA = leak");
    inlines_that_explode: with("inline leak pA = g * V", &doubling());
    a_parameter_without_bounds: with("from [0.1 V : 1 V]", "");
    a_default_out_of_bounds: with("= 0.8 V", "= 80 V");
    an_empty_range: with("[-2 V : 2 V]", "[2 V : -2 V]");
    a_state_without_equation: with("        V' = (I - leak) / C\n", "");
    an_equation_of_no_state: with("        V' =", "        W' = V / (1 s)\n        V' =");
    an_equation_twice: with("        V' =", "        V' = V / (1 s)\n        V' =");
    a_state_in_an_internal: with("C / (20 ms)", "I / (1 V)");
    a_kernel_of_a_state: with("-I / tau_syn", "(g * V - I) / tau_syn");
    a_kernel_that_is_not_linear: with("-I / tau_syn", "-I * I / (tau_syn * pA)");
    spikes_to_no_kernel: with("I += spikes", "V += spikes");
    a_rate_of_a_kernel: with("(I - leak) / C", "(I - leak) / C + I' * (1 V / pA)");
    a_rate_of_itself: with("(I - leak) / C", "(I - leak) / C + V'");
    a_condition_on_no_state: with("onCondition(V > V_th)", "onCondition(V_th < V)");
    a_condition_without_comparison: with("onCondition(V > V_th)", "onCondition(V)");
    a_condition_without_spike: with("        emit_spike()\n", "");
    a_reset_of_a_kernel: with("V = 0 V unless keep", "I = 0 pA");
    a_reset_unless_no_switch: with("unless keep", "unless C");
    a_method_of_no_name: with("        inline leak", "        method rk4\n        inline leak");
    a_method_twice: with("        inline leak", "        method heun\n        method heun\n        inline leak");
    a_method_without_equations: with("        inline leak pA = g * V\n        V' = (I - leak) / C\n", "        method heun\n");
    a_rate_of_a_state_beside_heun: with("        V' = (I - leak) / C", "        method heun\n        V' = (I - leak) / C\n        W' = V'")
        .replace("    kernels:", "        W V = 0 V from [-1 V : 1 V]\n    kernels:");
    a_hold_of_nothing_and_more: with("refractory(2 ms)", "refractory(2 ms, holds nothing V)");
    a_state_called_nothing: with("V_th    V", "nothing V");
    a_hold_of_a_kernel: with("refractory(2 ms)", "refractory(2 ms, holds I)");
    a_switch_that_is_a_number: with("switch = off", "switch = 3");
}

wrong! {
    a_division_by_a_state: with("(I - leak) / C", "(I - leak) / C / (V / (1 V))");
    a_negative_power_of_a_state: with("(I - leak) / C", "(I - leak) / C * (V / (1 V)) ** -2");
    a_logarithm_of_a_state: with("(I - leak) / C", "(I - leak) / C * ln(V / (1 V))");
    an_exponential_without_bound: with("inline leak pA = g * V", "inline leak pA = 1 pA * exp(V / (1 mV))");
    an_exponential_beyond_f64: with("inline leak pA = g * V", "inline leak pA = 1 pA * exp(V / (1 uV))");
    a_product_of_exponentials: with("inline leak pA = g * V", "inline leak pA = 1 pA * exp(V / (1 V)) * exp(-V / (2 V))");
    a_coefficient_that_changes_its_sign: with("from [0.1 pF : 10 pF]", "from [0.1 pF : 10 pF]\n        s real = 1 from [-1 : 1]")
        .replace("(I - leak) / C", "s * (I - leak) / C");
    a_divisor_that_may_vanish: with("[0.1 pF : 10 pF]", "[0 pF : 10 pF]");
    a_range_too_small: with("[-2 V : 2 V]", "[-2 uV : 2 uV]").replace("from [0.1 V : 1 V]", "from [0.1 uV : 1 V]");
    a_rest_out_of_range: with("V V  = 0 V ", "V V  = 3 V ");
    a_reset_out_of_range: with("V = 0 V unless keep", "V = 3 V");
    a_refractory_time_too_long: with("refractory(2 ms)", "refractory(2 s)");
    a_rate_in_a_product_with_a_state: with("        V' = (I - leak) / C", "        V' = (I - leak) / C\n        W' = V' * V")
        .replace("    kernels:", "        W V**2 = 0 V**2 from [-1 V**2 : 1 V**2]\n    kernels:");
    kernels_that_turn: with("-I / tau_syn", "(A - I) / tau_syn\n        A' = -I / tau_syn")
        .replace("        V V  =", "        A pA = 0 pA from [-1 pA : 1 pA]\n        V V  =");
    a_register_of_nothing: with("        emit_spike()\n", "        emit_spike()\n    integers:\n        register x = V_by_W\n");
    a_mantissa_out_of_reach: with("        emit_spike()\n", "        emit_spike()\n    integers:\n        register x = V_by_V @mantissa(16)\n");
    a_degree_out_of_reach: with("        emit_spike()\n", "        emit_spike()\n    integers:\n        exp2 degree 4\n");
}

wrong! {
    one_in_every_block: edited(&[
        ("= 0.8 V", "= 80 V"),
        ("C / (20 ms)", "C / (20 mV)"),
        ("[-2 V : 2 V]", "[2 V : -2 V]"),
        ("-I / tau_syn", "-I / C"),
        ("(I - leak) / C", "(I - leak) / D"),
        ("I += spikes", "V += spikes"),
        ("V = 0 V unless", "V = 0 pA unless"),
    ]);
    lines_that_cannot_be_read: edited(&[("= 0.8 V", "0.8 V"), ("g * V", "g * "), ("refractory(2 ms)", "refractory 2 ms")]);
    what_hangs_on_another_one: with("C / (20 ms)", "C / (20 mV)");
    more_than_are_printed: with("g * V", &"g * V\n        inline leak pA = g".repeat(30));
}

/// The model with pieces of its text replaced.
fn edited(edits: &[(&str, &str)]) -> String {
    edits.iter().fold(RIGHT.into(), |text: String, (old, new)| {
        assert_eq!(text.matches(old).count(), 1, "`{old}` must occur once");
        text.replace(old, new)
    })
}

/// A chain of inlines that doubles forty times.
fn doubling() -> String {
    let mut lines = vec!["inline d0 pA = g * V".to_string()];
    lines.extend((1..40).map(|i| format!("inline d{i} pA = d{0} + d{0} * (d{0} / I)", i - 1)));
    lines.push("inline leak pA = d39".into());
    lines.join("\n        ")
}
