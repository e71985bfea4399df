//! The delivered Verilog against the integer model: every record, spike and counter.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::stimuli;
use bruno_verilator::Delivered;

/// Forced events, corners, random and lively stimuli.
fn check(description: &str) {
    let description = Description::parse("test", description).unwrap();
    let chip = Chip::resolve("test", &description).unwrap();
    let mut delivered = Delivered::new(&chip).unwrap();
    let forced = stimuli::forced(&chip).into_iter();
    let cases = forced
        .chain(stimuli::corners(&chip))
        .chain(stimuli::random(&chip, 20_000, 5))
        .chain(stimuli::lively(&chip, 2_000, 5));
    for case in cases {
        let difference = delivered.difference(&case).unwrap();
        assert!(
            difference.is_none(),
            "{}: {}",
            case.name,
            difference.unwrap()
        );
    }
}

/// Registers and levels are constants.
fn frozen(description: &str) -> String {
    description.replacen('{', "{\"card\":\"frozen\",", 1)
}

/// Lanes of two neurons.
fn folded(description: &str) -> String {
    description.replacen('{', "{\"fold\":2,", 1)
}

const BRAILLE: &str = include_str!("../../../examples/braille.json");
/// Two layers in several banks, LIF and FeLIF, odd sizes, short words, the longest and the shortest codes.
const TWO_LAYERS: &str = r#"{"name":"two","inputs":3,"bank_neurons":5,"window_ticks":100,
    "formats":{"v_bits":18,"p_bits":16,"i_bits":20},
    "layers":[{"name":"one","kind":"lif","neurons":7,"synapse":{"bits":8,"range_pA":200}},
              {"name":"two","kind":"felif","neurons":11,"recurrent":true,"synapse":{"bits":1,"range_pA":300},
               "device":{"c_series_F_m2":0.27,"p_ref":0.3,"p_reset":0.1}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}},"recorder":"sample"}"#;
/// All channels at once fill the 32-bit word of the datapath but for a ten-thousandth of what is allowed.
const FULL: &str = r#"{"name":"full","inputs":254,
    "layers":[{"name":"one","kind":"felif","neurons":2,"synapse":{"range_pA":1023.9}}],
    "readout":{"outputs":1,"synapse":{"range_pA":20}}}"#;
const STOCHASTIC: &str = r#"{"name":"dice","inputs":2,"rounding":"stochastic","recorder":"jacobian","bank_neurons":2,
    "layers":[{"name":"one","kind":"lif","neurons":3,"synapse":{"range_pA":200},"device":{"noise_pA_rms":3}},
              {"name":"two","kind":"felif","neurons":3,"recurrent":true,"synapse":{"range_pA":200},"device":{"noise_pA_rms":3}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
const EXTREMES: &str = r#"{"name":"ends","inputs":2,"recorder":"minmax","formats":{"v_bits":16,"p_bits":12,"i_bits":16},
    "layers":[{"name":"one","kind":"felif","neurons":2,"recurrent":true,"synapse":{"range_pA":200}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
const TRUNCATE: &str = r#"{"name":"cut","inputs":2,"rounding":"truncate",
    "layers":[{"name":"one","kind":"lif","neurons":3,"synapse":{"range_pA":200}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
const SMALLEST: &str = r#"{"name":"smallest","inputs":1,
    "layers":[{"name":"one","kind":"lif","neurons":1,"synapse":{"bits":1,"range_pA":100}}],
    "readout":{"outputs":1,"synapse":{"bits":1,"range_pA":100}}}"#;

#[test]
fn braille() {
    check(BRAILLE);
}
#[test]
fn braille_frozen() {
    check(&frozen(BRAILLE));
}
#[test]
fn two_layers() {
    check(TWO_LAYERS);
}
#[test]
fn two_layers_frozen() {
    check(&frozen(TWO_LAYERS));
}
#[test]
fn words_filled() {
    check(FULL);
}
#[test]
fn random_rounding_and_noise() {
    check(STOCHASTIC);
}
#[test]
fn random_rounding_and_noise_frozen() {
    check(&frozen(STOCHASTIC));
}
#[test]
fn least_and_most() {
    check(EXTREMES);
}
#[test]
fn toward_zero() {
    check(TRUNCATE);
}
#[test]
fn one_of_everything() {
    check(SMALLEST);
}
#[test]
fn two_layers_folded() {
    check(&folded(TWO_LAYERS));
}
#[test]
fn two_layers_folded_and_frozen() {
    check(&frozen(&folded(TWO_LAYERS)));
}
#[test]
fn words_filled_folded() {
    check(&folded(FULL));
}
#[test]
fn random_rounding_and_noise_folded() {
    check(&folded(STOCHASTIC));
}
#[test]
fn least_and_most_folded() {
    check(&folded(EXTREMES));
}
#[test]
fn toward_zero_folded() {
    check(&folded(TRUNCATE));
}

/// A delivered text with a fault differs in some case.
fn check_fault(description: &str, module: &str, right: &str, wrong: &str) {
    let chip = Chip::resolve("test", &Description::parse("test", description).unwrap()).unwrap();
    let mut design = bruno_hdl::delivered(&chip).unwrap();
    let mut replaced = 0;
    for file in design
        .verilog
        .iter_mut()
        .filter(|f| f.name.contains(module))
    {
        replaced += file.text.matches(right).count();
        file.text = file.text.replace(right, wrong);
    }
    assert_eq!(replaced, 1, "{right}");
    let mut delivered = Delivered::of(&chip, &design).unwrap();
    let mut cases = stimuli::corners(&chip)
        .into_iter()
        .chain(stimuli::lively(&chip, 2_000, 5));
    assert!(cases.any(|case| delivered.difference(&case).unwrap().is_some()));
}

fn check_neuron(right: &str, wrong: &str) {
    check_fault(BRAILLE, "hidden_neuron", right, wrong);
}

#[test]
fn a_refractory_time_that_is_lost() {
    check_neuron("refr_d = reset_v_refr_next[19:0]", "refr_d = 20'd0");
}
#[test]
fn an_occupation_that_stands_still() {
    check_neuron("p_d = reset_p_p_next", "p_d = p_q");
}
#[test]
fn a_neuron_that_tells_no_spike() {
    check_neuron("spike_d = neuron_spike", "spike_d = 1'b0");
}
#[test]
fn a_lane_that_counts_spikes_on() {
    let right = "first_i ? 20'd0 : n_spike_q";
    check_fault(&folded(BRAILLE), "hidden_lane", right, "n_spike_q");
}
