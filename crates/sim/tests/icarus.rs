//! A small chip in Icarus, replayed by `testbenches/replay.v`, against the integer model: another simulator, other rules
//! for X and for the order of events, the same words.

use bruno_chip::Description;
use bruno_chip::{RECURRENT_LEVELS, Section, address, code_index};
use bruno_device::Chip;
use bruno_sim::stimuli::{self, Case};
use bruno_sim::{Forward, IntegerModel, Trace};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

const CHIP: &str = r#"{"name":"mini","inputs":3,"bank_neurons":3,"window_ticks":50,
    "layers":[{"name":"one","kind":"lif","neurons":2,"synapse":{"bits":8,"range_pA":900}},
              {"name":"two","kind":"felif","neurons":5,"recurrent":true,"synapse":{"bits":2,"range_pA":900},
               "device":{"area_um2":0.5,"t_ref_ms":0.1,"tau_syn_ms":1}}],
    "readout":{"outputs":2,"tau_ms":1,"synapse":{"range_pA":100}}}"#;

/// Random numbers, noise and every sum of the recorder.
const DICE: &str = r#"{"name":"dice","inputs":3,"rounding":"stochastic","recorder":"jacobian","bank_neurons":3,
    "window_ticks":50,"layers":[
      {"name":"one","kind":"lif","neurons":2,"synapse":{"bits":8,"range_pA":900},"device":{"noise_pA_rms":50}},
      {"name":"two","kind":"felif","neurons":5,"recurrent":true,"synapse":{"bits":2,"range_pA":900},
               "device":{"area_um2":0.5,"t_ref_ms":0.1,"tau_syn_ms":1}}],
    "readout":{"outputs":2,"tau_ms":1,"synapse":{"range_pA":100}}}"#;

/// A case as commands of the testbench.
fn commands(chip: &Chip, case: &Case) -> String {
    let mut text = String::new();
    let mut write = |section, index, data: u32| {
        let _ = writeln!(text, "w {:x} {data:x}", address(section, index));
    };
    for (index, (layer, program)) in chip.layers.iter().zip(&case.program.layers).enumerate() {
        for (at, register) in bruno_hdl::registers(layer) {
            write(
                Section::Device(index),
                at,
                program.codes.register(register.name).unwrap() as u32,
            );
        }
        for (code, level) in (0..).zip(&program.levels) {
            write(Section::Levels(index), code, *level as u32);
        }
        for (code, level) in (RECURRENT_LEVELS..).zip(&program.recurrent_levels) {
            write(Section::Levels(index), code, *level as u32);
        }
        for (at, code) in program.weights.iter().enumerate() {
            let n = layer.neurons;
            write(
                Section::Codes(index),
                code_index(at / n, at % n, n),
                u32::from(*code),
            );
        }
    }
    write(Section::Global, 2, 1);
    text += "i 8\n";
    let mut now = 0;
    let events = &case.stimulus.events;
    for group in events.chunk_by(|a, b| a.0 == b.0) {
        let channels = group.iter().fold(0u32, |bits, e| bits | 1 << e.1);
        let _ = writeln!(text, "t {}\ns {channels:x}", group[0].0 - now);
        now = group[0].0 + 1;
    }
    let _ = writeln!(
        text,
        "t {}\ni 60",
        case.stimulus.windows * case.program.window - now
    );
    text
}

/// What the integer model says, in the testbench's words: events by tick, then each bank's words in order.
fn expected(chip: &Chip, trace: &Trace) -> (Vec<String>, Vec<Vec<String>>) {
    let mut spikes = std::collections::BTreeMap::<u32, u64>::new();
    let mut base = 0;
    for (layer, trace) in chip.layers.iter().zip(&trace.layers) {
        for spike in &trace.spikes {
            *spikes.entry(spike.tick).or_default() |= 1 << (base + spike.neuron);
        }
        base += layer.neurons as u32;
    }
    let digits = bruno_hdl::hidden_neurons(chip).div_ceil(4);
    let events = spikes
        .iter()
        .map(|(tick, bits)| format!("{tick} {bits:0digits$x}"))
        .collect();
    let mut banks = Vec::new();
    for (layer, trace) in chip.layers.iter().zip(&trace.layers) {
        let words = layer.record_words(chip.recorder).len();
        let mut first = 0;
        for size in &layer.banks {
            let windows = trace.records.chunks(layer.neurons * words);
            let own = windows.flat_map(|w| &w[first * words..(first + size) * words]);
            banks.push(own.map(|w| format!("{:08x}", *w as u32)).collect());
            first += size;
        }
    }
    (events, banks)
}

fn check(case: &Case, chip: &Chip) {
    let dir = tempfile::tempdir().unwrap();
    let design = bruno_hdl::generate(chip).unwrap();
    let mut compile = Command::new("iverilog");
    compile
        .current_dir(&dir)
        .args(["-g2001", "-Wall", "-o", "chip.vvp"]);
    let widths = [
        ("CHIP", chip.name.clone()),
        ("INPUTS", chip.inputs.to_string()),
        ("HIDDEN", bruno_hdl::hidden_neurons(chip).to_string()),
        ("STREAMS", bruno_hdl::streams(chip).to_string()),
    ];
    compile.args(widths.map(|(name, value)| format!("-D{name}={value}")));
    for file in &design.verilog {
        std::fs::write(dir.path().join(&file.name), &file.text).unwrap();
        compile.arg(&file.name);
    }
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    compile.arg(std::fs::canonicalize(root.join("testbenches/replay.v")).unwrap());
    let compiled = compile.output().unwrap();
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    std::fs::write(dir.path().join("commands"), commands(chip, case)).unwrap();
    let run = Command::new("vvp")
        .current_dir(&dir)
        .args(["chip.vvp", "+commands=commands"])
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(text.ends_with("end\n"), "{text}");
    let mut model = IntegerModel::new(chip);
    model.load(&case.program).unwrap();
    let trace = model.run(&case.stimulus).unwrap();
    let (events, banks) = expected(chip, &trace);
    let found: Vec<&str> = text
        .lines()
        .filter_map(|l| l.strip_prefix("event "))
        .collect();
    assert_eq!(found, events, "{}", case.name);
    for (bank, words) in banks.iter().enumerate() {
        let prefix = format!("word {bank} ");
        let found: Vec<&str> = text
            .lines()
            .filter_map(|l| l.strip_prefix(prefix.as_str()))
            .collect();
        assert_eq!(&found, words, "{}: bank {bank}", case.name);
    }
}

fn check_all(description: &str, cases: impl Fn(&Chip) -> Vec<Case>) {
    let chip = Chip::resolve("small", &Description::parse("small", description).unwrap()).unwrap();
    for case in cases(&chip) {
        check(&case, &chip);
    }
}

#[test]
fn random() {
    check_all(CHIP, |chip| stimuli::random(chip, 5_000, 5));
}

#[test]
fn corners() {
    check_all(CHIP, stimuli::corners);
}

#[test]
fn dice() {
    check_all(DICE, |chip| stimuli::random(chip, 5_000, 5));
}
