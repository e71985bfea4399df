//! `bruno bench` on a small chip; what it measures is not tested.

mod support;

use support::{bruno, check, written};

const CHIP: &str = r#"{"name":"tiny","inputs":2,
    "layers":[{"name":"one","kind":"felif","neurons":2,"synapse":{"range_pA":300}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;

#[test]
fn a_chip() {
    let (dir, chip) = written(CHIP);
    let out = dir.path().join("out");
    let path = out.display().to_string();
    let length = ["--runs", "2", "--seconds", "0.01", "--out", &path];
    let arguments = [&["bench", &chip][..], &length].concat();
    check(bruno(&arguments), 0, "forward, one core, 2 runs");
    let read = |name| std::fs::read_to_string(out.join(name)).unwrap();
    let report: serde_json::Value = serde_json::from_str(&read("bench.json")).unwrap();
    let page = read("report.html");
    let call = format!(
        "--runs 2 --seconds 0.01  (bruno {})",
        env!("CARGO_PKG_VERSION")
    );
    assert!(page.contains(&call), "{page}");
    assert_eq!(report["forward"][0]["neurons"], 2);
    assert_eq!(report["forward"][0]["seconds"], 0.01);
    assert_eq!(report["runs"], 2);
    assert!(report.get("training").is_none());
}
#[test]
fn a_rate_above_one_spike_a_tick() {
    let (_dir, chip) = written(CHIP);
    check(
        bruno(&["bench", &chip, "--rate-hz", "2e6"]),
        2,
        "a rate in Hz, 0..1000000",
    );
}
#[test]
fn a_rate_without_a_chip() {
    check(bruno(&["bench", "--rate-hz", "20"]), 2, "<CHIP>");
}
#[test]
fn more_spikes_than_memory_should_hold() {
    let (_dir, chip) = written(CHIP);
    let arguments = ["bench", &chip, "--rate-hz", "1e6", "--seconds", "100"];
    check(bruno(&arguments), 2, "would have 200000000 input spikes");
}
#[test]
fn a_length_without_a_window() {
    let (_dir, chip) = written(CHIP);
    check(
        bruno(&["bench", &chip, "--seconds", "0"]),
        2,
        "a length in s, 0.001..4000",
    );
}
#[test]
fn no_run() {
    check(bruno(&["bench", "--runs", "0"]), 2, "0 is not in 1..=65535");
}
