//! Data sets.

use super::Reader;
use crate::Form;
use crate::blackbox::Inputs;
use crate::blackbox::inputs::{counted, listed};
use bruno_data::{
    EventsConfig, JsbConfig, NpzConfig, ReckonConfig, event_rows, jsb_from, labels, npz_from,
    reckon_samples,
};
use std::io::Cursor;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "events",
        form: Form::Text,
        seeds: || written(&["data/0.csv", "data/1.csv"]),
        read: |bytes| event_rows("events", bytes, &EventsConfig { channels: 4 }).is_ok(),
    },
    Reader {
        name: "labels",
        form: Form::Text,
        seeds: || written(&["data/labels.csv"]),
        read: |bytes| labels("labels", bytes).is_ok(),
    },
    Reader {
        name: "npz",
        form: Form::Archive,
        seeds: || vec![listed()],
        read: |bytes| archive(bytes, None),
    },
    Reader {
        name: "npz_counts",
        form: Form::Archive,
        seeds: || vec![counted()],
        read: |bytes| archive(bytes, Some(1000)),
    },
    Reader {
        name: "reckon",
        form: Form::Text,
        seeds: || written(&["reckon/train.dat"]),
        read: |bytes| reckon_samples("reckon", bytes, &ReckonConfig::default()).is_ok(),
    },
    Reader {
        name: "jsb",
        form: Form::Json,
        seeds: || written(&["songs.json"]),
        read: |bytes| jsb_from("jsb", bytes, &JsbConfig::default()).is_ok(),
    },
];

fn archive(bytes: &[u8], bin_us: Option<u32>) -> bool {
    let config = NpzConfig {
        channels: 4,
        bin_us,
        class_names: None,
    };
    npz_from("npz", Cursor::new(bytes), &config).is_ok()
}

/// Files that the commands of the other job read.
pub(super) fn written(names: &[&str]) -> Vec<Vec<u8>> {
    let inputs = Inputs::written();
    names.iter().map(|name| inputs.get(name).to_vec()).collect()
}
