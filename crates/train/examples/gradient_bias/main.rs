//! How far coarse gradients are from exact backpropagation, over chips, windows, rates, at fresh and at trained weights:
//! the table that `bruno check` estimates from (`crates/train/src/gradient/bias/regimes.csv`).
//!
//!     cargo run -p bruno-train --example gradient_bias > crates/train/src/gradient/bias/regimes.csv
//!
//! It takes minutes. With a number behind it only so many chips are measured; `table` prints in short what the
//! program was built with, and how well it foresees chips that it did not see.

mod regime;
mod table;

use bruno_data::{BrailleConfig, Dataset, Sample, braille};
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel};
use bruno_train::{Audit, Checkpoint, GradientKind, TrainError, Trainer};
use regime::{Regime, WINDOWS_US};

const CHIPS: u64 = 8;
/// How much faster than recorded the letters are read.
const FASTER: u32 = 10;
/// Samples of an audit.
const AUDITED: usize = 2;
const KINDS: [GradientKind; 2] = [GradientKind::Mean, GradientKind::Transition];
/// Groups of an audit and what the columns call them.
const GROUPS: [(&str, &str); 5] = [
    ("h: input weights", "input"),
    ("h: recurrent weights", "recurrent"),
    ("h: area", "area"),
    ("h: leak", "leak"),
    ("h: threshold", "threshold"),
];

fn main() {
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some("table") {
        return table::print(&KINDS, &WINDOWS_US);
    }
    let chips = argument.map_or(CHIPS, |n| n.parse().expect("a number of chips"));
    let data = braille(&BrailleConfig {
        train: 5,
        valid: 0,
        test: 1,
        ..BrailleConfig::default()
    });
    let data = data.and_then(|d| d.played(FASTER)).expect("built-in data");
    println!("{}", header());
    for number in 0..chips {
        let regime = Regime::draw(number);
        let fresh = at_its_rate(&regime, &data);
        report(&regime, &fresh, "fresh", &data);
        match trained(fresh, &data) {
            Ok(run) => report(&regime, &run, "trained", &data),
            Err(error) => eprintln!("chip {number}: {error}"),
        }
    }
}

fn header() -> String {
    let groups = KINDS.iter().flat_map(|kind| {
        let name = kind.name();
        GROUPS.map(move |(_, group)| format!("{name}_{group}_cosine,{name}_{group}_ratio"))
    });
    let groups: Vec<String> = groups.collect();
    format!(
        "chip,kind,weights,window_us,tau_syn_ms,tau_m_ms,rate_Hz,accuracy,{}",
        groups.join(",")
    )
}

/// The fresh run whose neurons fire at about the rate of the regime: the input's currents are scaled to it.
fn at_its_rate(regime: &Regime, data: &Dataset) -> Checkpoint {
    let (mut low, mut high) = (1.0f64, 1000.0f64);
    for _ in 0..6 {
        let middle = (low * high).sqrt();
        match rate_hz(regime.run(middle), data) < regime.rate_hz {
            true => low = middle,
            false => high = middle,
        }
    }
    regime.run((low * high).sqrt())
}

fn rate_hz(run: Checkpoint, data: &Dataset) -> f64 {
    // A silent layer is an error there, and a rate of nothing here.
    let found = on_chip(run, data, |trainer| trainer.evaluate(&data.test, |_| {}));
    found.map_or(0.0, |found| found.score.rate_hz())
}

/// After the run's epochs.
fn trained(run: Checkpoint, data: &Dataset) -> Result<Checkpoint, TrainError> {
    let epochs = run.config.epochs;
    on_chip(run, data, |trainer| {
        for _ in 0..epochs {
            trainer.epoch(|_| {})?;
        }
        Ok(trainer.run.clone())
    })
}

/// A line a window.
fn report(regime: &Regime, run: &Checkpoint, weights: &str, data: &Dataset) {
    let score = on_chip(run.clone(), data, |trainer| {
        trainer.evaluate(&data.train, |_| {})
    });
    let accuracy = score.map_or(f64::NAN, |found| found.score.accuracy());
    for window_us in WINDOWS_US {
        let mut run = run.clone();
        run.description.window_ticks = window_us;
        let samples: Vec<&Sample> = data.train.iter().step_by(9).take(AUDITED).collect();
        let audit = on_chip(run, data, |trainer| trainer.audit(&samples, &KINDS, |_| {}));
        match audit {
            Ok(audit) => println!(
                "{},{weights},{window_us},{},{:.1},{accuracy:.3},{}",
                regime.name(),
                regime.constants(),
                audit.rate_hz,
                cells(&audit)
            ),
            Err(error) => eprintln!("{} at {window_us} us: {error}", regime.name()),
        }
    }
}

fn cells(audit: &Audit) -> String {
    let of = |kind: usize, name: &str| {
        let group = audit
            .groups
            .iter()
            .find(|g| g.group == name)
            .expect("an audited group");
        let found = group.agreements[kind];
        format!("{:.5},{:.4}", found.cosine, found.ratio)
    };
    let kinds = 0..KINDS.len();
    let cells = kinds.flat_map(|kind| GROUPS.map(|(name, _)| of(kind, name)));
    cells.collect::<Vec<_>>().join(",")
}

/// Works with the trainer of a run on the integer model.
fn on_chip<T>(
    run: Checkpoint,
    data: &Dataset,
    work: impl FnOnce(&mut Trainer<'_>) -> Result<T, TrainError>,
) -> Result<T, TrainError> {
    let chip = Chip::resolve("regime", &run.description).expect("a chip");
    let factory = || -> Result<Box<dyn Forward>, _> { Ok(Box::new(IntegerModel::new(&chip))) };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    work(&mut Trainer::new("regime", run, data, &factory, threads)?)
}
