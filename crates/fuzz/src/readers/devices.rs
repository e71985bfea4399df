//! Model cards, traces, readings, stimuli and results of circuit simulators.

use super::Reader;
use super::sets::written;
use crate::Form;
use bruno_chip::DeviceCard;
use bruno_circuit::fit::{Columns, Levels, Measurement};
use bruno_circuit::model_card::{Format, ModelCard};
use bruno_circuit::netlist::Stimulus;
use bruno_circuit::reduce;
use bruno_circuit::simulator::raw_columns;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "card_json",
        form: Form::Json,
        seeds: || written(&["card.json"]),
        read: |bytes| card(bytes, Format::Json),
    },
    Reader {
        name: "card_spectre",
        form: Form::Text,
        seeds: || written(&["card.scs"]),
        read: |bytes| card(bytes, Format::Spectre),
    },
    Reader {
        name: "card_ngspice",
        form: Form::Text,
        seeds: || written(&["card.l"]),
        read: |bytes| card(bytes, Format::Ngspice),
    },
    Reader {
        name: "card_vacask",
        form: Form::Text,
        seeds: || written(&["card.sim"]),
        read: |bytes| card(bytes, Format::Vacask),
    },
    Reader {
        name: "trace",
        form: Form::Text,
        seeds: || written(&["loop.csv", "membrane.csv"]),
        read: |bytes| Measurement::from("trace", bytes, Some(1e-9), &Columns::default()).is_ok(),
    },
    Reader {
        name: "pulses",
        form: Form::Text,
        seeds: || written(&["pulses.csv", "codes.csv"]),
        read: |bytes| {
            Levels::from("pulses", bytes, 1, &Columns::default())
                .is_ok_and(|levels| means_are_finite(&levels))
        },
    },
    Reader {
        name: "stimulus",
        form: Form::Text,
        seeds: || written(&["current.csv", "ticks.csv"]),
        read: stimulus,
    },
    Reader {
        name: "raw",
        form: Form::Bytes,
        seeds: || {
            vec![
                raw("Binary:\n", &binary()),
                raw("Values:\n", b" 0\t0\n\t1\n\n 1\t0.5\n\t2e0\n"),
            ]
        },
        read: |bytes| raw_columns(bytes).is_ok(),
    },
];

/// A card that is taken has the values that its own text gives back, and can be reduced.
fn card(bytes: &[u8], format: Format) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Ok(imported) = ModelCard::parse("card", &text, format) else {
        return false;
    };
    let model = imported.model;
    let again = ModelCard::parse("card", &model.text(format), format);
    assert_eq!(again.map(|i| i.model.card).ok(), Some(model.card));
    if let Ok(reduction) = reduce(&model.card, 300.0, 0.0, &DeviceCard::default()) {
        assert!(reduction.card.c_series_f_m2.is_none_or(f64::is_finite));
        assert!(reduction.start_p.is_finite());
    }
    true
}

fn means_are_finite(levels: &Levels) -> bool {
    assert!(levels.means().iter().all(|mean| mean.is_finite()));
    true
}

fn stimulus(bytes: &[u8]) -> bool {
    let Ok(stimulus) = Stimulus::from("stimulus", bytes, 0.01) else {
        return false;
    };
    let end = stimulus.end_s();
    assert!(end.is_finite());
    stimulus.waveform().is_ok_and(|w| {
        assert!(w.at(end).is_finite() && w.at(0.0).is_finite());
        true
    })
}

fn raw(kind: &str, numbers: &[u8]) -> Vec<u8> {
    let head = "Title: x\nFlags: real\nNo. Variables: 2\nNo. Points: 2\nVariables:\n\t0\ttime\ttime\n\t1\tV(m)\tvoltage\n";
    [head.as_bytes(), kind.as_bytes(), numbers].concat()
}

fn binary() -> Vec<u8> {
    [0.0f64, 1.0, 0.5, 2.0]
        .iter()
        .flat_map(|v| v.to_le_bytes())
        .collect()
}
