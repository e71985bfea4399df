//! What a user reads of a layer whose neurons come from a file and cannot be: field, value, what is allowed, remedy.

use bruno_chip::Description;
use bruno_device::Chip;

/// The error of a chip with this in its layer.
fn check(layer: &str, expected: &str) {
    let error = error(layer, "").expect_err("must be refused");
    assert!(error.contains(expected), "{error}");
}

fn error(layer: &str, chip: &str) -> Result<Chip, String> {
    let text = format!(
        r#"{{"name":"t","inputs":2,{chip}"layers":[{{"name":"hid","neurons":2,"synapse":{{"range_pA":100}},{layer}}}],
            "readout":{{"outputs":1,"synapse":{{"range_pA":1}}}}}}"#
    );
    let description = Description::parse("t.json", &text).map_err(|e| e.to_string())?;
    Chip::resolve("t.json", &description).map_err(|e| e.to_string())
}

#[test]
fn a_model_that_bruno_has() {
    let chip = error(r#""model":"alif","parameters":{"tau_m":10}"#, "").unwrap();
    assert_eq!(chip.layers[0].current.lsb_pa, 1024.0 / f64::from(1 << 23));
}
#[test]
fn a_model_that_there_is_not() {
    let expected =
        "`layers[0].model` is `alfi`; allowed: `felif`, `lif`, `lif_subtractive`, `alif`";
    check(r#""model":"alfi""#, expected);
}
#[test]
fn a_file_that_there_is_not() {
    let expected =
        "`layers[0].model` is `none.nrn`; allowed: a file in the folder of the description";
    check(r#""model":"none.nrn""#, expected);
}
#[test]
fn a_file_elsewhere() {
    check(r#""model":"../t.nrn""#, "without `..`");
}
#[test]
fn a_file_with_mistakes() {
    let expected = "`layers[0].model` is `m.nrn`, which cannot be used";
    check(r#""model":{"file":"m.nrn","text":"model x"}"#, expected);
    check(r#""model":{"file":"m.nrn","text":"model x"}"#, "m.nrn:1:");
}
#[test]
fn neither_kind_nor_model() {
    check(
        r#""recurrent":false"#,
        "`layers[0].kind` is absent; allowed: `felif` or `lif`, or `model` with a neuron file",
    );
}
#[test]
fn both_kind_and_model() {
    check(
        r#""kind":"lif","model":"alif""#,
        "`layers[0].model` is present beside `kind`",
    );
}
#[test]
fn a_card_beside_a_model() {
    check(
        r#""model":"alif","device":{"area_um2":2}"#,
        "`layers[0].device` is present; allowed: absent beside `model`",
    );
}
#[test]
fn a_parameter_that_there_is_not() {
    check(
        r#""model":"alif","parameters":{"tau_x":1}"#,
        "`layers[0].parameters.tau_x` is no parameter of `alif`; allowed: `C`, `tau_m`",
    );
}
#[test]
fn a_parameter_beyond_its_bounds() {
    check(
        r#""model":"alif","parameters":{"tau_m":1}"#,
        "`layers[0].parameters.tau_m` is 1; allowed: 2.000000 to 200.000000 ms",
    );
}
#[test]
fn parameters_of_a_kind() {
    check(
        r#""kind":"lif","parameters":{"tau_m":10}"#,
        "`layers[0].parameters.tau_m` is present; allowed: absent without `model`",
    );
}
#[test]
fn rounding_toward_zero() {
    let found = error(r#""model":"alif""#, r#""rounding":"truncate","#).unwrap_err();
    assert!(
        found.contains("`rounding` is truncate; allowed: `nearest` or `stochastic`"),
        "{found}"
    );
}
#[test]
fn noise_of_a_file_in_a_kind() {
    check(
        r#""kind":"lif","noise_rms":0.1"#,
        "`layers[0].noise_rms` is present; allowed: absent without `model`",
    );
}
#[test]
fn noise_beyond_the_register() {
    check(
        r#""model":"alif","noise_rms":0.1"#,
        "`layers[0].noise_rms` is 0.1; allowed: up to 0.0006 V; lower it",
    );
}
#[test]
fn negative_noise() {
    check(
        r#""model":"alif","noise_rms":-1"#,
        "`layers[0].noise_rms` is -1",
    );
}
#[test]
fn noise_on_a_kernel() {
    let text = "model m:\n    parameters:\n        tau ms = 5 ms from [0.5 ms : 100 ms]\n    state:\n        A pA = 0 pA from [-8 pA : 8 pA] \
                @bits(20)\n    kernels:\n        A' = -A / tau\n    input:\n        A += spikes\n    onCondition(A > 4 pA):\n        emit_spike()\n";
    let model = serde_json::json!({"file": "m.nrn", "text": text});
    check(
        &format!(r#""model":{model},"noise_rms":0.1"#),
        "`layers[0].noise_rms` is present, and `A` is a kernel; allowed: a file whose condition compares a state with an \
         equation",
    );
}

/// What is asked for is in force, whatever the length of the state.
fn check_noise(model: &str, rms: f64, expected: &str) {
    let chip = error(&format!(r#""model":"{model}","noise_rms":{rms}"#), "").unwrap();
    let found = chip.findings();
    assert!(
        found.iter().any(|f| f.text.contains(expected)),
        "{found:#?}"
    );
}

#[test]
fn noise_of_a_short_state() {
    check_noise(
        "felif",
        2e-5,
        "noise on `V` of 2.0004e-5 V rms a tick, 2.829e-8 V/sqrt(Hz)",
    );
}
#[test]
fn noise_of_a_long_state() {
    check_noise("alif", 1e-4, "noise on `V` of 1.000");
}
#[test]
fn noise_of_a_temperature() {
    check_noise("vo2", 0.01, "noise on `T` of 9.9");
}

/// The words of the level `jacobian` behind those of `mean`.
fn check_sums(model: &str, expected: &str) {
    let chip = error(
        &format!(r#""model":"{model}""#),
        r#""recorder":"jacobian","#,
    )
    .unwrap();
    let layer = &chip.layers[0].model;
    let words = layer.words.iter().rev().take(layer.samples.len()).rev();
    let names: Vec<&str> = words.map(|w| w.name.as_str()).collect();
    assert_eq!(names.join(" "), expected);
}

#[test]
fn sums_of_straight_equations() {
    check_sums("alif", "");
}
#[test]
fn sums_of_a_switching_capacitor() {
    check_sums("felif", "sum_p_by_V_slope sum_p_by_p_slope");
}
#[test]
fn sums_of_an_exponential_spike() {
    check_sums("adex", "sum_V_by_V_slope");
}

/// An input that is no current, and one whose word does not reach as far down as up.
#[test]
fn an_input_that_is_no_current() {
    let model = |state: &str| {
        let text = format!(
            "model m:\n    parameters:\n        tau ms = 5 ms from [0.5 ms : 100 ms]\n    state:\n        {state}\n    \
             kernels:\n        A' = -A / tau\n    input:\n        A += spikes\n    onCondition(A > {}):\n        emit_spike()\n",
            if state.contains("pA") {
                "100 pA"
            } else {
                "1 V"
            }
        );
        serde_json::json!({"file": "m.nrn", "text": text}).to_string()
    };
    let layer = |state: &str| format!(r#""model":{}"#, model(state));
    check(
        &layer("A V = 0 V from [-2 V : 2 V] @bits(20)"),
        "whose input `A` has the unit V; allowed: a current",
    );
    check(
        &layer("A pA = 0 pA from [-8 pA : 512 pA] @bits(20)"),
        "whose input `A` has 20 bits from",
    );
}

/// A description that was read holds its file: written and read again it is the same, wherever it stands.
#[test]
fn a_description_that_was_read_is_whole() {
    let folder = std::env::temp_dir().join(format!("bruno-neuron-files-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let shipped = bruno_model::Shipped::named("alif").unwrap().text;
    std::fs::write(folder.join("own.nrn"), shipped).unwrap();
    let text = r#"{"name":"t","inputs":2,"layers":[{"name":"h","model":"own.nrn","neurons":2,"synapse":{"range_pA":9}}],
        "readout":{"outputs":1,"synapse":{"range_pA":1}}}"#;
    let place = folder.join("t.json").display().to_string();
    let read = Description::parse(&place, text).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let written = serde_json::to_string(&read).unwrap();
    let again = Description::parse("elsewhere.json", &written).unwrap();
    assert_eq!(read, again);
    Chip::resolve("elsewhere.json", &again).unwrap();
}
