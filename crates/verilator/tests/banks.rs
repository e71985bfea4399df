//! Layers of several banks, and of more channels than are asked one by one: the fast build, in which equal banks share
//! their code and rows are prefetched, gives every record and spike of the integer model.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel, stimuli};
use bruno_verilator::{Flavour, Lockstep, VerilatedModel};
use std::path::Path;

/// Two layers of NEURONS neurons in banks of BANK, the second recurrent; synapses of BITS bits.
const CHIP: &str = r#"{"name":"banks","inputs":INPUTS,"bank_neurons":BANK,"window_ticks":1000,"recorder":"mean",
    "layers":[{"name":"one","kind":"lif","neurons":NEURONS,"synapse":{"bits":BITS,"range_pA":900},"device":{"area_um2":0.5,"t_ref_ms":0.05}},
              {"name":"two","kind":"felif","neurons":NEURONS,"recurrent":true,"synapse":{"bits":BITS,"range_pA":900},"recurrent_synapse":{"bits":BITS,"range_pA":100},
               "device":{"area_um2":0.5,"t_ref_ms":0.1}}],
    "readout":{"outputs":2,"synapse":{"range_pA":100}}}"#;

fn chip(inputs: usize, neurons: usize, bank: usize, bits: u32, name: &str) -> Chip {
    let numbers = [("INPUTS", inputs), ("NEURONS", neurons), ("BANK", bank)];
    let text = CHIP.replace("BITS", &bits.to_string());
    let text = text.replace("banks", name);
    let text = numbers
        .iter()
        .fold(text, |text, (name, n)| text.replace(name, &n.to_string()));
    Chip::resolve("test", &Description::parse("test", &text).unwrap()).unwrap()
}

fn check(inputs: usize, neurons: usize, bank: usize, bits: u32) {
    check_fast(&chip(inputs, neurons, bank, bits, "banks"));
}

fn check_fast(chip: &Chip) {
    let design = bruno_hdl::generate(chip).unwrap();
    let mut rtl = VerilatedModel::new(chip, &design, Flavour::Fast, Path::new("")).unwrap();
    let mut integer = IntegerModel::new(chip);
    let case = stimuli::random(chip, 5_000, 7).swap_remove(0);
    rtl.load(&case.program).unwrap();
    integer.load(&case.program).unwrap();
    let expected = integer.run(&case.stimulus).unwrap();
    assert!(expected.layers[..2].iter().all(|l| l.spikes.len() > 20));
    assert_eq!(rtl.run(&case.stimulus).unwrap(), expected);
}

#[test]
fn equal_banks() {
    check(3, 8, 4, 3);
}
#[test]
fn banks_of_one_neuron() {
    check(6, 6, 1, 3);
}
#[test]
fn many_channels_of_few_codes() {
    check(150, 192, 64, 3);
}
#[test]
fn many_channels_of_one_bit() {
    check(129, 130, 65, 1);
}
#[test]
fn many_channels_of_many_codes() {
    check(150, 192, 96, 5);
}

/// Verilator writes two underscores of a name in another way.
#[test]
fn names_with_underscores() {
    let chip = chip(3, 8, 4, 3, "b__anks_");
    check_fast(&chip);
    let design = bruno_hdl::generate(&chip).unwrap();
    let mut both = Lockstep::new(&chip, &design).unwrap();
    let case = &stimuli::random(&chip, 1_000, 1)[0];
    both.load(&case.program).unwrap();
    assert_eq!(both.run(&case.stimulus, |_| {}).unwrap(), None);
}
