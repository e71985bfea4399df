//! Every command that reads files, and which of its files are damaged.

use rand::{Rng, RngExt};

/// A command with valid inputs.
#[derive(Debug, PartialEq)]
pub struct Case {
    /// How often it is drawn, relative to the others: quick ones more often.
    pub weight: u32,
    /// Its arguments.
    pub arguments: &'static [&'static str],
    /// Files that it reads, of which one or two are damaged.
    pub reads: &'static [&'static str],
}

const fn case(
    weight: u32,
    arguments: &'static [&'static str],
    reads: &'static [&'static str],
) -> Case {
    Case {
        weight,
        arguments,
        reads,
    }
}

const CHIP: &[&str] = &["chip.json"];
const EVENTS: &[&str] = &["chip.json", "data/labels.csv", "data/0.csv", "data/1.csv"];

/// The commands.
#[rustfmt::skip]
pub const CASES: &[Case] = &[
    case(12, &["check", "chip.json"], CHIP),
    case(6, &["check", "chip.json", "--json"], CHIP),
    case(6, &["check", "options.json"], &["options.json"]),
    case(8, &["check", "chip.json", "--program", "run/program.json"], &["run/program.json", "chip.json"]),
    case(3, &["generate", "options.json", "--out", "rtl"], &["options.json"]),
    case(6, &["check", "files.json"], &["files.json"]),
    case(3, &["generate", "files.json", "--out", "rtl"], &["files.json"]),
    case(3, &["generate", "chip.json", "--out", "rtl"], CHIP),
    case(12, &["eval", "run/checkpoint.json", "--data", "data", "--simulator", "integer"], &["run/checkpoint.json", "data/labels.csv"]),
    case(4, &["audit", "run/checkpoint.json", "--data", "data", "--simulator", "integer", "--samples", "2"], &["run/checkpoint.json"]),
    case(2, &["audit", "chip.json", "--data", "data", "--simulator", "integer", "--samples", "2"], EVENTS),
    case(8, &["train", "chip.json", "--data", "data", "--simulator", "integer", "--out", "new"], EVENTS),
    case(4, &["train", "chip.json", "--data", "data", "--simulator", "integer", "--out", "run"],
        &["run/checkpoint.json", "run/best.json", "run/metrics.jsonl", "run/steps.jsonl"]),
    case(1, &["train", "chip.json", "--data", "data", "--simulator", "integer", "--out", "swept", "--sweep", "learning_rate=0.1,0.2"], EVENTS),
    case(8, &["train", "npz.json", "--data", "set.npz", "--simulator", "integer", "--out", "new"], &["set.npz", "npz.json"]),
    case(5, &["train", "counts.json", "--data", "counts.npz", "--simulator", "integer", "--out", "new"], &["counts.npz", "counts.json"]),
    case(5, &["train", "reckon.json", "--data", "reckon", "--simulator", "integer", "--out", "new"], &["reckon/train.dat", "reckon/test.dat", "reckon.json"]),
    case(4, &["train", "jsb.json", "--data", "songs.json", "--simulator", "integer", "--out", "new"], &["songs.json", "jsb.json"]),
    case(4, &["montecarlo", "chip.json", "--run", "run", "--chips", "2", "--data", "data", "--simulator", "integer", "--out", "run/montecarlo"],
        &["run/montecarlo/chips.jsonl", "run/checkpoint.json", "chip.json"]),
    case(3, &["tune", "chip.json", "--trials", "2", "--data", "data", "--simulator", "integer", "--out", "study"],
        &["study/trials.jsonl", "chip.json"]),
    case(2, &["tune", "chip.json", "--settings", "tune.json", "--trials", "1", "--data", "data", "--simulator", "integer", "--out", "other"], &["tune.json"]),
    case(6, &["nir", "import", "net.nir", "--out", "imported"], &["net.nir"]),
    case(2, &["nir", "inspect", "net.nir"], &["net.nir"]),
    case(10, &["report", "run"],
        &["run/metrics.jsonl", "run/test.json", "run/sample.json", "run/comparison.json", "run/checkpoint.json", "run/montecarlo/chips.jsonl", "run/montecarlo/summary.json"]),
    case(3, &["report", "study"], &["study/tune.json"]),
    case(10, &["device", "import", "card.json"], &["card.json"]),
    case(10, &["device", "import", "card.scs"], &["card.scs"]),
    case(10, &["device", "import", "card.l"], &["card.l"]),
    case(10, &["device", "import", "card.sim"], &["card.sim"]),
    case(4, &["device", "export", "card.scs", "--format", "json"], &["card.scs"]),
    case(4, &["device", "export", "card.json", "--format", "ngspice-subcircuit"], &["card.json"]),
    case(4, &["device", "export", "chip.json", "--format", "verilog-a"], CHIP),
    case(6, &["device", "fit", "pulses.csv", "--bits", "2", "--out", "fit"], &["pulses.csv"]),
    case(6, &["device", "fit", "codes.csv", "--bits", "1", "--out", "fit"], &["codes.csv"]),
    case(2, &["device", "fit", "loop.csv", "--parameters", "p_s", "--set", "area=1e-12", "--largest-error", "0.9", "--out", "fit"], &["loop.csv"]),
    case(2, &["device", "fit", "membrane.csv", "--parameters", "area", "--leak-ohm", "1e9", "--set", "area=1e-11", "--card", "card.json", "--largest-error", "0.9", "--out", "fit"], &["membrane.csv", "card.json"]),
    case(6, &["device", "reduce", "--card", "card.json", "--stimulus", "membrane.csv"], &["card.json", "membrane.csv"]),
    case(6, &["device", "simulate", "chip.json", "--simulator", "ngspice", "--dry-run", "--stimulus", "current.csv"], &["current.csv", "chip.json"]),
    case(4, &["device", "simulate", "--simulator", "vacask", "--dry-run", "--stimulus", "ticks.csv"], &["ticks.csv"]),
    case(4, &["device", "plot", "membrane", "chip.json", "--stimulus", "current.csv", "--out", "m.svg"], &["current.csv", "chip.json"]),
    case(3, &["device", "plot", "membrane", "--stimulus", "ticks.csv", "--duration-ms", "2", "--out", "m.svg"], &["ticks.csv"]),
    case(1, &["device", "plot", "rate", "chip.json", "--largest-pa", "30", "--out", "r.svg"], CHIP),
    case(3, &["device", "plot", "loops", "--card", "card.json", "--amplitudes", "2", "--out", "l.svg"], &["card.json"]),
    case(1, &["device", "plot", "switching", "--card", "card.json", "--amplitudes", "2", "--out", "s.svg"], &["card.json"]),
];

impl Case {
    /// Draws a case by its weight.
    pub fn draw(rng: &mut impl Rng) -> &'static Self {
        let all: u32 = CASES.iter().map(|c| c.weight).sum();
        let mut left = rng.random_range(0..all);
        let chosen = CASES.iter().find(|case| {
            let here = left < case.weight;
            left = left.saturating_sub(case.weight);
            here
        });
        chosen.unwrap_or(&CASES[0])
    }
}
