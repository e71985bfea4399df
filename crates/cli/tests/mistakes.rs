//! What a user is told of a mistake, one snapshot each: file, field, value, what is allowed, remedy, exit code 2. Mistakes in
//! neuron files stand in `crates/model/tests/mistakes.rs`.

mod support;

use support::bruno;

const CHIP: &str = r#"{
  "name": "mini", "inputs": 2,
  "layers": [{"name": "one", "kind": "felif", "neurons": 2, "synapse": {"bits": 2, "range_pA": 300}}],
  "readout": {"outputs": 2, "synapse": {"range_pA": 100}},
  "training": {"epochs": 3, "data": {"kind": "events", "channels": 2}}
}"#;

/// What `bruno WORDS` says, with `FILE` for a file of this name and text in a folder `DIR`, its exit code in front.
fn told(name: &str, text: &str, words: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join(name);
    std::fs::write(&file, text).unwrap();
    let (file, dir_name) = (file.display().to_string(), dir.path().display().to_string());
    let with_paths = |word: &str| word.replace("FILE", &file).replace("DIR", &dir_name);
    let words: Vec<String> = words.split_whitespace().map(with_paths).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let output = bruno(&words).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let said = said.replace(&file, "FILE").replace(&dir_name, "DIR");
    format!("exit code {}\n{said}", output.status.code().unwrap())
}

/// A mistake on the command line, made with the chip.
fn mistake(name: &str, words: &str) {
    of_text(name, CHIP, words);
}

/// A mistake in a chip of this text.
fn of_text(name: &str, text: &str, words: &str) {
    of_file(name, "chip.json", text, words);
}

/// A mistake in a file of this name and text.
fn of_file(name: &str, file: &str, text: &str, words: &str) {
    let told = told(file, text, words);
    assert!(told.starts_with("exit code 2\n"), "{told}");
    insta::assert_snapshot!(name, told);
}

/// A mistake in the chip: a piece of its text replaced.
fn in_chip(name: &str, from: &str, to: &str, words: &str) {
    assert!(CHIP.contains(from), "`{from}` is not in the chip");
    of_text(name, &CHIP.replace(from, to), words);
}

/// As [`in_chip`], found by `bruno check`.
fn checked(name: &str, from: &str, to: &str) {
    in_chip(name, from, to, "check FILE");
}

const DEVICE: &str = "\"neurons\": 2";
const RANGE: &str = "\"range_pA\": 300";
const EPOCHS: &str = "\"epochs\": 3";
const DATA: &str = "{\"kind\": \"events\", \"channels\": 2}";
const KIND: &str = "\"kind\": \"felif\"";
const INPUTS: &str = "\"inputs\": 2";

/// A mistake in the settings of a search, found once the data are read.
fn in_search(name: &str, tune: &str) {
    let chip = CHIP.replace(INPUTS, "\"inputs\": 24");
    let chip = chip.replace("\"outputs\": 2", "\"outputs\": 7");
    let chip = chip.replace(DATA, "{\"kind\": \"braille\", \"train\": 1, \"test\": 1}");
    of_text(
        name,
        &chip.replace(EPOCHS, tune),
        "tune FILE --threads 1 --out DIR/out",
    );
}

#[test]
fn no_neurons() {
    checked("no_neurons", DEVICE, "\"neurons\": 0");
}
#[test]
fn many_bits() {
    checked("many_bits", "\"bits\": 2", "\"bits\": 9");
}
#[test]
fn a_negative_range() {
    checked("a_negative_range", RANGE, "\"range_pA\": -300");
}
#[test]
fn two_scales() {
    let both = "\"range_pA\": 300, \"levels_pA\": [-1, 0, 1, 2]";
    checked("two_scales", RANGE, both);
}
#[test]
fn few_levels() {
    checked("few_levels", RANGE, "\"levels_pA\": [-1, 1]");
}
#[test]
fn levels_out_of_order() {
    checked("levels_out_of_order", RANGE, "\"levels_pA\": [-1, 1, 0, 2]");
}
#[test]
fn an_unknown_field() {
    checked("an_unknown_field", DEVICE, "\"nuerons\": 2");
}
#[test]
fn a_word_for_a_number() {
    checked("a_word_for_a_number", DEVICE, "\"neurons\": \"two\"");
}
#[test]
fn a_field_twice() {
    checked("a_field_twice", DEVICE, "\"neurons\": 2, \"neurons\": 3");
}
#[test]
fn a_missing_comma() {
    checked("a_missing_comma", "\"mini\",", "\"mini\"");
}
#[test]
fn a_field_that_is_needed() {
    checked("a_field_that_is_needed", "\"name\": \"mini\", ", "");
}
#[test]
fn a_name_with_a_space() {
    checked("a_name_with_a_space", "\"mini\"", "\"my chip\"");
}
#[test]
fn an_unknown_kind() {
    checked("an_unknown_kind", KIND, "\"kind\": \"fellif\"");
}
#[test]
fn an_unknown_model() {
    checked("an_unknown_model", KIND, "\"model\": \"hodgkin\"");
}
#[test]
fn a_parameter_out_of_bounds() {
    let model = "\"model\": \"alif\", \"parameters\": {\"tau_b\": 1e9}";
    checked("a_parameter_out_of_bounds", KIND, model);
}
#[test]
fn an_unknown_parameter() {
    let model = "\"model\": \"alif\", \"parameters\": {\"tau_beta\": 100}";
    checked("an_unknown_parameter", KIND, model);
}
#[test]
fn an_unknown_preset() {
    let preset = "\"range_pA\": 300, \"rram\": \"wan2020\"";
    checked("an_unknown_preset", RANGE, preset);
}
#[test]
fn an_unknown_spread() {
    let spread = "\"neurons\": 2, \"variability\": {\"die\": {\"eps\": 0.1}}";
    checked("an_unknown_spread", DEVICE, spread);
}
#[test]
fn a_spread_that_needs_trimming() {
    let spread = "\"neurons\": 2, \"variability\": {\"device\": {\"v_th\": 0.1}}";
    checked("a_spread_that_needs_trimming", DEVICE, spread);
}
#[test]
fn a_reset_above_the_threshold() {
    let device = "\"neurons\": 2, \"device\": {\"v_reset_V\": 0.9}";
    checked("a_reset_above_the_threshold", DEVICE, device);
}
#[test]
fn a_temperature_in_degrees() {
    let device = "\"neurons\": 2, \"device\": {\"temperature_K\": 27}";
    checked("a_temperature_in_degrees", DEVICE, device);
}
#[test]
fn a_long_refractory_time() {
    let device = "\"neurons\": 2, \"device\": {\"t_ref_ms\": 2000}";
    checked("a_long_refractory_time", DEVICE, device);
}
#[test]
fn a_short_window() {
    checked(
        "a_short_window",
        INPUTS,
        "\"inputs\": 2, \"window_ticks\": 10",
    );
}
#[test]
fn a_long_window() {
    checked(
        "a_long_window",
        INPUTS,
        "\"inputs\": 2, \"window_ticks\": 100000",
    );
}
#[test]
fn a_fold_of_none() {
    checked("a_fold_of_none", INPUTS, "\"inputs\": 2, \"fold\": 0");
}
#[test]
fn few_bits_of_v() {
    checked(
        "few_bits_of_v",
        INPUTS,
        "\"inputs\": 2, \"formats\": {\"v_bits\": 4}",
    );
}
#[test]
fn an_unknown_bus() {
    checked(
        "an_unknown_bus",
        INPUTS,
        "\"inputs\": 2, \"interfaces\": {\"config\": \"i2c\"}",
    );
}

#[test]
fn a_batch_of_none() {
    checked("a_batch_of_none", EPOCHS, "\"batch\": 0");
}
#[test]
fn a_negative_learning_rate() {
    checked("a_negative_learning_rate", EPOCHS, "\"learning_rate\": -1");
}
#[test]
fn an_unknown_gradient() {
    checked(
        "an_unknown_gradient",
        EPOCHS,
        "\"gradient\": \"mean_field\"",
    );
}
#[test]
fn bounds_the_wrong_way() {
    let device = "\"device\": [{\"parameter\": \"area\", \"bounds\": [8, 2]}]";
    checked("bounds_the_wrong_way", EPOCHS, device);
}
#[test]
fn an_unknown_parameter_to_train() {
    let device = "\"device\": [{\"parameter\": \"colour\", \"bounds\": [2, 8]}]";
    checked("an_unknown_parameter_to_train", EPOCHS, device);
}
#[test]
fn a_negative_weight_of_an_objective() {
    let energy = "\"objectives\": {\"energy\": {\"weight\": -1}}";
    checked("a_negative_weight_of_an_objective", EPOCHS, energy);
}
#[test]
fn an_unknown_kind_of_data() {
    in_chip(
        "an_unknown_kind_of_data",
        DATA,
        "{\"kind\": \"mnist\"}",
        "train FILE",
    );
}
#[test]
fn other_letters() {
    let data = "{\"kind\": \"braille\", \"letters\": 8}";
    in_chip("other_letters", DATA, data, "train FILE");
}
#[test]
fn much_noise() {
    let data = "{\"kind\": \"braille\", \"noise\": 11}";
    in_chip("much_noise", DATA, data, "train FILE");
}
#[test]
fn data_of_no_channels() {
    let data = "{\"kind\": \"events\", \"channels\": 0}";
    in_chip("data_of_no_channels", DATA, data, "train FILE --data DIR");
}
#[test]
fn data_of_other_channels() {
    in_chip(
        "data_of_other_channels",
        DATA,
        "{\"kind\": \"braille\"}",
        "train FILE",
    );
}
#[test]
fn data_that_lie_nowhere() {
    mistake("data_that_lie_nowhere", "train FILE");
}
#[test]
fn data_without_labels() {
    mistake("data_without_labels", "train FILE --data DIR");
}
#[test]
fn a_sweep_of_no_field() {
    mistake(
        "a_sweep_of_no_field",
        "train FILE --data DIR --sweep training.rate=1,2",
    );
}
#[test]
fn a_sweep_out_of_range() {
    let words = "train FILE --data DIR --sweep training.learning_rate=0.1,-1";
    mistake("a_sweep_out_of_range", words);
}
#[test]
fn a_sweep_of_one_value() {
    mistake(
        "a_sweep_of_one_value",
        "train FILE --data DIR --sweep training.seed",
    );
}
#[test]
fn a_space_that_is_empty() {
    let tune = "\"tune\": {\"space\": {\"learning_rate\": {\"low\": 1, \"high\": 0.1}}}";
    in_search("a_space_that_is_empty", tune);
}
#[test]
fn a_space_of_no_field() {
    let tune = "\"tune\": {\"space\": {\"learn_rate\": {\"low\": 0.1, \"high\": 1}}}";
    in_search("a_space_of_no_field", tune);
}

#[test]
fn a_file_that_is_not_there() {
    mistake("a_file_that_is_not_there", "check DIR/nowhere.json");
}
#[test]
fn a_change_without_value() {
    mistake("a_change_without_value", "check FILE --set rounding");
}
#[test]
fn a_change_of_no_field() {
    mistake(
        "a_change_of_no_field",
        "check FILE --set layers.one.nuerons=3",
    );
}
#[test]
fn an_unknown_command() {
    mistake("an_unknown_command", "trian FILE");
}
#[test]
fn an_unknown_option() {
    mistake("an_unknown_option", "train FILE --epochs 3");
}
#[test]
fn an_unknown_simulator() {
    mistake("an_unknown_simulator", "train FILE --simulator verilator");
}
#[test]
fn no_threads() {
    mistake("no_threads", "train FILE --threads 0");
}
#[test]
fn a_run_that_is_none() {
    mistake("a_run_that_is_none", "eval FILE");
}
#[test]
fn a_run_that_is_not_there() {
    mistake("a_run_that_is_not_there", "eval DIR/run");
}
#[test]
fn chips_of_no_run() {
    mistake("chips_of_no_run", "montecarlo FILE --run DIR/run");
}
#[test]
fn a_target_in_percent() {
    mistake("a_target_in_percent", "montecarlo FILE --target 90");
}
#[test]
fn an_audit_of_a_chip_without_data() {
    mistake("an_audit_of_a_chip_without_data", "audit FILE");
}
#[test]
fn a_report_of_nothing() {
    mistake("a_report_of_nothing", "report DIR");
}
#[test]
fn a_report_of_nowhere() {
    mistake("a_report_of_nowhere", "report DIR/nowhere");
}
#[test]
fn a_merge_of_nothing() {
    mistake("a_merge_of_nothing", "merge DIR");
}
#[test]
fn a_shard_beyond_the_last() {
    mistake("a_shard_beyond_the_last", "montecarlo FILE --shard 3/2");
}
#[test]
fn a_comparison_of_one() {
    mistake("a_comparison_of_one", "compare FILE --data DIR");
}
#[test]
fn no_ticks() {
    mistake("no_ticks", "cosim FILE --ticks 0");
}
#[test]
fn a_file_in_place_of_a_folder() {
    mistake("a_file_in_place_of_a_folder", "generate FILE --out FILE");
}
#[test]
fn an_unknown_library() {
    mistake("an_unknown_library", "synth FILE --target tsmc28");
}
#[test]
fn a_chip_that_is_there() {
    mistake("a_chip_that_is_there", "new FILE");
}
#[test]
fn a_new_chip_of_no_model() {
    mistake("a_new_chip_of_no_model", "new DIR/new.json --model hodgkin");
}
#[test]
fn a_program_of_no_run() {
    mistake("a_program_of_no_run", "program export DIR/run --format c");
}
#[test]
fn an_unknown_shell() {
    mistake("an_unknown_shell", "completions tcsh");
}
#[test]
fn data_of_an_unknown_kind() {
    of_file(
        "data_of_an_unknown_kind",
        "spikes.txt",
        "t,c\n",
        "data inspect FILE",
    );
}
#[test]
fn a_split_of_more_than_all() {
    let events = "sample,label,t_us,channel\n0,0,1,0\n0,0,2,1\n";
    let words = "data convert FILE --out DIR/x.npz --split 0.9,0.2,0.1";
    of_file("a_split_of_more_than_all", "spikes.csv", events, words);
}
#[test]
fn a_network_that_is_none() {
    mistake("a_network_that_is_none", "nir import FILE --out DIR/net");
}
#[test]
fn a_network_of_ferroelectric_neurons() {
    mistake(
        "a_network_of_ferroelectric_neurons",
        "nir export FILE --program FILE --out DIR/net.nir",
    );
}
#[test]
fn a_neuron_file_that_is_not_there() {
    mistake("a_neuron_file_that_is_not_there", "model check DIR/my.nrn");
}

#[test]
fn an_unknown_parameter_of_a_card() {
    let card = "+ area = ( 1p )\n+ t_ef = ( 9n )\n";
    of_file(
        "an_unknown_parameter_of_a_card",
        "card.l",
        card,
        "device import FILE",
    );
}
#[test]
fn traces_without_columns() {
    let traces = "a,b\n1,2\n3,4\n";
    of_file(
        "traces_without_columns",
        "traces.csv",
        traces,
        "device fit FILE --out DIR/fit",
    );
}
#[test]
fn a_loop_of_no_amplitude() {
    mistake("a_loop_of_no_amplitude", "device plot loops --amplitudes 0");
}
#[test]
fn a_picture_for_an_ant() {
    mistake("a_picture_for_an_ant", "device plot loops --width 3");
}
#[test]
fn a_card_without_thickness() {
    mistake("a_card_without_thickness", "device reduce --set t_fe=0");
}
#[test]
fn an_unknown_parameter_of_the_command_line() {
    mistake(
        "an_unknown_parameter_of_the_command_line",
        "device plot loops --set tfe=1",
    );
}
#[test]
fn a_layer_that_is_not_there() {
    mistake(
        "a_layer_that_is_not_there",
        "device simulate FILE --layer two --simulator ngspice",
    );
}
#[test]
fn rows_out_of_order() {
    let rows = "t_s,i_A\n1,0\n0,0\n";
    of_file(
        "rows_out_of_order",
        "current.csv",
        rows,
        "device simulate --simulator ngspice --stimulus FILE",
    );
}
#[test]
fn a_corner_without_spread() {
    mistake(
        "a_corner_without_spread",
        "device simulate FILE --simulator ngspice --corner area=3",
    );
}
#[test]
fn a_corner_of_another_quantity() {
    let spread = "\"neurons\": 2, \"variability\": \"illustrative\"";
    let words = "device simulate FILE --simulator ngspice --corner eps_fe=3";
    in_chip("a_corner_of_another_quantity", DEVICE, spread, words);
}
#[test]
fn a_corner_that_no_card_has() {
    let spread = "\"neurons\": 2, \"variability\": {\"die\": {\"v_th\": 0.5}}";
    let words = "device simulate FILE --simulator ngspice --corner v_th=6";
    in_chip("a_corner_that_no_card_has", DEVICE, spread, words);
}
#[test]
fn a_corner_far_away() {
    mistake(
        "a_corner_far_away",
        "device simulate FILE --simulator ngspice --corner area=60",
    );
}
#[test]
fn dies_that_are_equal() {
    mistake(
        "dies_that_are_equal",
        "device simulate FILE --monte-carlo 3",
    );
}
#[test]
fn dies_at_a_corner() {
    mistake(
        "dies_at_a_corner",
        "device simulate FILE --monte-carlo 3 --corner area=3",
    );
}
#[test]
fn a_cold_neuron() {
    mistake(
        "a_cold_neuron",
        "device simulate FILE --simulator ngspice --temperature 27",
    );
}
#[test]
fn a_temperature_without_effect() {
    let words = "device simulate alif --simulator ngspice --temperature 350";
    mistake("a_temperature_without_effect", words);
}
#[test]
fn a_monitor_of_no_run() {
    mistake("a_monitor_of_no_run", "monitor FILE DIR/records.jsonl");
}
#[test]
fn a_share_of_false_alarms_above_one_half() {
    let words = "monitor DIR DIR/records.jsonl --false-alarms 0.9";
    mistake("a_share_of_false_alarms_above_one_half", words);
}
#[test]
fn a_record_of_no_run() {
    mistake("a_record_of_no_run", "record FILE");
}
