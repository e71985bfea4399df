//! The generated self-checking testbench in Icarus and in Verilator: it passes on sound chips whatever stands in their
//! registers before the reset, and fails when an expected value or the RTL is altered.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_hdl::DesignFile;
use std::path::Path;
use std::process::Command;

/// Three kinds of layer, recurrence, several banks of different sizes, full and partial weight addresses.
const MINI: &str = r#"{"name":"mini","inputs":3,"bank_neurons":3,"window_ticks":50,
    "layers":[{"name":"one","kind":"lif","neurons":2,"synapse":{"bits":8,"range_pA":900}},
              {"name":"two","kind":"felif","neurons":5,"recurrent":true,"synapse":{"bits":2,"range_pA":900},
               "device":{"area_um2":0.5,"t_ref_ms":0.1,"tau_syn_ms":1}}],
    "readout":{"outputs":2,"tau_ms":1,"synapse":{"range_pA":100}}}"#;
/// One of everything, truncation, short words.
const ONE: &str = r#"{"name":"single","inputs":1,"rounding":"truncate","window_ticks":16,"recorder":"sample",
    "formats":{"v_bits":16,"p_bits":12,"i_bits":16},
    "layers":[{"name":"one","kind":"lif","neurons":1,"recurrent":true,"synapse":{"bits":1,"range_pA":400},
               "device":{"tau_syn_ms":0.5,"area_um2":0.5}}],
    "readout":{"outputs":1,"tau_ms":1,"synapse":{"range_pA":100}}}"#;

/// Random rounding, device noise, the largest record.
const NOISY: &str = r#"{"name":"noisy","inputs":2,"rounding":"stochastic","recorder":"jacobian","window_ticks":60,
    "layers":[{"name":"one","kind":"felif","neurons":3,"recurrent":true,"synapse":{"bits":2,"range_pA":900},
               "device":{"area_um2":0.5,"t_ref_ms":0.1,"tau_syn_ms":1,"noise_pA_rms":20}}],
    "readout":{"outputs":1,"tau_ms":1,"synapse":{"range_pA":100}}}"#;

fn folded() -> String {
    MINI.replace("\"inputs\":3", "\"inputs\":3,\"fold\":4")
}

/// A design and its testbench on disk.
struct Bench {
    dir: tempfile::TempDir,
}

impl Bench {
    /// `edit` changes the files: the testbench's in `testbench/`, the design's beside it.
    fn new(description: &str, edit: impl Fn(&mut DesignFile)) -> Self {
        Self::of_seed(description, 1, edit)
    }

    fn of_seed(description: &str, seed: u64, edit: impl Fn(&mut DesignFile)) -> Self {
        let description = Description::parse("small", description).unwrap();
        let chip = Chip::resolve("small", &description).unwrap();
        // The faults of unfolded chips are put into the banks that train.
        let design = match chip.fold {
            1 => bruno_hdl::generate(&chip),
            _ => bruno_hdl::delivered(&chip),
        };
        let design = design.unwrap();
        let bench = bruno_sim::testbench(&chip, &design, 2000, seed).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("testbench")).unwrap();
        let write = |place: &Path, files: Vec<DesignFile>| {
            for mut file in files {
                edit(&mut file);
                std::fs::write(place.join(&file.name), file.text).unwrap();
            }
        };
        write(dir.path(), design.verilog);
        write(&dir.path().join("testbench"), bench);
        Self { dir }
    }

    /// Runs a command in the testbench's directory: whether it succeeded and what it said.
    fn run(&self, command: &str) -> (bool, String) {
        let mut words = command.split_whitespace();
        let output = Command::new(words.next().unwrap())
            .args(words)
            .current_dir(self.dir.path().join("testbench"))
            .output()
            .unwrap();
        let text = [&output.stdout[..], &output.stderr[..]].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into(),
        )
    }

    /// Runs a command that must succeed in silence.
    fn build(&self, command: &str) {
        let (good, said) = self.run(command);
        assert!(good && !said.contains("arning"), "{command}\n{said}");
    }

    fn icarus(&self) -> (bool, String) {
        self.build("iverilog -g2001 -Wall -s testbench -o testbench.vvp -c testbench.f");
        self.run("vvp -N testbench.vvp")
    }

    /// Builds a simulation with random values for whatever is not assigned; `verilator(seed)` runs it.
    fn build_verilator(&self) {
        self.build(
            "verilator --binary --timing --x-initial unique --x-assign unique -CFLAGS -O0 \
             --top-module testbench -f testbench.f",
        );
    }

    fn verilator(&self, seed: u32) -> (bool, String) {
        self.run(&format!(
            "obj_dir/Vtestbench +verilator+rand+reset+2 +verilator+seed+{seed}"
        ))
    }
}

fn passes((good, said): (bool, String)) {
    assert!(good && said.contains("PASS: "), "{said}");
    assert!(!said.contains(" 0 events"), "{said}");
}

/// The verdict is a failure, in the text and in the status, and says `expected`.
fn fails((good, said): (bool, String), expected: &str) {
    assert!(!good && said.contains("FAIL: "), "{said}");
    assert!(said.contains(expected), "`{expected}` is not in:\n{said}");
}

fn check_icarus(description: &str) {
    passes(Bench::new(description, |_| {}).icarus());
}

/// Several random states before the reset give the same run.
fn check_verilator(description: &str) {
    let bench = Bench::new(description, |_| {});
    bench.build_verilator();
    for seed in 1..=5 {
        passes(bench.verilator(seed));
    }
}

/// Replaces `from` in file `name`, which must contain it.
fn altered(name: &str, from: &str, to: &str) -> Bench {
    Bench::new(MINI, |file| {
        if file.name == name {
            assert!(file.text.contains(from), "{}", file.text);
            file.text = file.text.replacen(from, to, 1);
        }
    })
}

fn check_altered(name: &str, from: &str, to: &str, expected: &str) {
    fails(altered(name, from, to).icarus(), expected);
}

#[test]
fn icarus() {
    check_icarus(MINI);
}
#[test]
fn icarus_one_neuron() {
    check_icarus(ONE);
}
#[test]
fn icarus_noisy() {
    check_icarus(NOISY);
}
/// No program saturates the states of this card, so a testbench would compare too little.
#[test]
fn a_frozen_card_out_of_reach() {
    let text = MINI.replacen('{', "{\"card\":\"frozen\",", 1);
    let chip = Chip::resolve("small", &Description::parse("small", &text).unwrap()).unwrap();
    let design = bruno_hdl::generate(&chip).unwrap();
    let error = bruno_sim::testbench(&chip, &design, 2000, 1).unwrap_err();
    assert!(error.to_string().contains("card=programmable"), "{error}");
}
#[test]
fn icarus_folded() {
    check_icarus(&folded());
}
#[test]
fn verilator_random_starts() {
    check_verilator(MINI);
}
#[test]
fn verilator_random_starts_folded() {
    check_verilator(&folded());
}

#[test]
fn an_altered_word() {
    check_altered("words.hex", "0_", "1_", "rec_data_o of stream 0");
}
#[test]
fn an_altered_event() {
    check_altered("events.hex", "00", "01", "event 0 expected");
}
#[test]
fn events_that_do_not_come() {
    check_altered(
        "mini.v",
        "assign event_valid_o  = ",
        "assign event_valid_o = 1'b0 & ",
        "got 0",
    );
}
#[test]
fn an_altered_constant() {
    check_altered(
        "mini_two_bank3.v",
        "32'sd11014144",
        "32'sd11059200",
        "stream 2",
    );
}
#[test]
fn an_altered_reset_value() {
    check_altered(
        "mini_two_registers.v",
        "t_ref_o   <= 20'd100;",
        "t_ref_o   <= 20'd101;",
        "cfg_rdata_o",
    );
}
#[test]
fn an_error_flag_that_is_stuck() {
    check_altered(
        "mini_control.v",
        "cfg_error_o <= !known_done_q",
        "cfg_error_o <= 1'b0",
        "cfg_error_o",
    );
}
#[test]
fn a_word_that_does_not_wait() {
    check_altered(
        "mini_one_bank2.v",
        "send = !rec_valid_o | rec_ready_i",
        "send = 1'b1",
        "to wait",
    );
}

/// Two neurons whose card alone fires once in many thousand ticks, if ever.
fn quiet(kind: &str, v_th: f64) -> String {
    format!(
        r#"{{"name":"quiet","inputs":2,"layers":[{{"name":"hid","kind":"{kind}","neurons":2,
            "device":{{"v_th_V":{v_th},"t_ref_ms":0.002,"tau_syn_ms":1}},"synapse":{{"range_pA":300}}}}],
            "readout":{{"outputs":2,"tau_ms":2,"synapse":{{"range_pA":100}}}}}}"#
    )
}

/// Replaces `from` in the bank of hidden neurons; the testbench of every seed must see it.
fn check_fault(kind: &str, from: &str, to: &str) {
    for seed in [1, 4, 5] {
        let bench = Bench::of_seed(&quiet(kind, 0.4), seed, |file| {
            if file.name == "quiet_hid_bank2.v" {
                assert!(file.text.contains(from), "{}", file.text);
                file.text = file.text.replace(from, to);
            }
        });
        fails(bench.icarus(), "");
    }
}

#[test]
fn a_chip_that_seldom_fires() {
    check_icarus(&quiet("lif", 0.4));
}
#[test]
fn a_chip_that_cannot_fire() {
    check_icarus(&quiet("felif", 2.0));
}
#[test]
fn a_threshold_that_is_not_compared() {
    check_fault("lif", "neuron_clamped > c_v_th", "1'b0");
    check_fault("felif", "neuron_clamped > c_v_th", "1'b0");
}
#[test]
fn spikes_that_do_not_leave() {
    check_fault("lif", "<= spikes", "<= 2'd0 & spikes");
    check_fault("felif", "<= spikes", "<= 2'd0 & spikes");
}
#[test]
fn a_refractory_time_that_is_ignored() {
    check_fault("lif", "neuron_refr > 32'sd0", "1'b0");
    check_fault("felif", "neuron_refr > 32'sd0", "1'b0");
}
#[test]
fn a_membrane_without_an_end() {
    check_fault("lif", "neuron_floored > V_MAX", "1'b0");
    check_fault("felif", "neuron_floored > V_MAX", "1'b0");
}
#[test]
fn a_membrane_without_a_floor() {
    check_fault(
        "lif",
        "neuron_floored = c_v_floor",
        "neuron_floored = neuron_wanted",
    );
    check_fault(
        "felif",
        "neuron_floored = c_v_floor",
        "neuron_floored = neuron_wanted",
    );
}
#[test]
fn saturations_that_are_not_counted() {
    check_fault("lif", "syn_i_sat = 32'sd1", "syn_i_sat = 32'sd0");
    check_fault(
        "felif",
        "neuron_clip = neuron_active",
        "neuron_clip = 32'sd0",
    );
}
#[test]
fn an_occupation_that_stays() {
    check_fault("felif", "(neuron_moved & neuron_active)", "32'sd0");
}

/// A testbench whose vectors hold nothing passes nothing.
#[test]
fn a_layer_that_nobody_looks_at() {
    let expected = "spikes of layer 0 expected, got 0: nothing was compared";
    check_altered(
        "layers.hex",
        "00000000_00000002",
        "00000000_00000000",
        expected,
    );
}
#[test]
fn a_word_that_never_changes() {
    let expected = "stream 0, word 0 expected to change";
    check_altered("testbench.v", "if (n < stream[31:0])", "if (1)", expected);
}

/// A register that the reset forgets: unknown in Icarus, another run for another seed in Verilator.
fn without_reset() -> Bench {
    altered("mini_control.v", "count_q       <= 13'd0;", "")
}
#[test]
fn a_missing_reset_in_icarus() {
    fails(without_reset().icarus(), "");
}
#[test]
fn a_missing_reset_in_verilator() {
    let bench = without_reset();
    bench.build_verilator();
    // Some starts are harmless by chance.
    let verdicts = (1..=16).map(|seed| bench.verilator(seed));
    let failed = verdicts.into_iter().find(|(good, _)| !good);
    fails(failed.expect("a start that is not harmless"), "");
}
