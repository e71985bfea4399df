//! Data sets.

use super::Reader;
use crate::Form;
use crate::blackbox::Inputs;
use crate::blackbox::inputs::{counted, listed};
use bruno_data::{
    Camera, Conversion, EventsConfig, JsbConfig, NpzConfig, ReckonConfig, event_rows, inspect,
    jsb_from, labels, npz_from, reckon_samples, recordings_in, write_npz,
};
use std::io::Cursor;
use std::path::Path;

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
    Reader {
        name: "digits",
        form: Form::Bytes,
        seeds: || vec![include_bytes!("../../inputs/foreign/digits.h5").to_vec()],
        read: |bytes| foreign("digits.h5", bytes),
    },
    Reader {
        name: "films",
        form: Form::Bytes,
        seeds: || {
            let films: [&[u8]; 4] = [
                include_bytes!("../../inputs/foreign/cameras/addresses.aedat"),
                include_bytes!("../../inputs/foreign/cameras/packets.aedat"),
                include_bytes!("../../inputs/foreign/cameras/lz4.aedat4"),
                include_bytes!("../../inputs/foreign/cameras/plain.aedat4"),
            ];
            films.iter().map(|film| film.to_vec()).collect()
        },
        read: |bytes| foreign("film.aedat", bytes),
    },
    Reader {
        name: "event_table",
        form: Form::Text,
        seeds: || vec![b"label,channel,t_ms,trial\nten,1,2.5,a\nten,0,1.25,a\n9,2,7,b\n".to_vec()],
        read: |bytes| foreign("table.csv", bytes),
    },
];

/// A file of another tool, as the archive that is made of it.
fn foreign(name: &str, bytes: &[u8]) -> bool {
    let Ok(found) = recordings_in(Path::new(name), bytes, &Camera::default()) else {
        return false;
    };
    let how = Conversion {
        unit: None,
        channels: None,
        held_out: 0,
        shares: [0.5, 0.25, 0.25],
        seed: 1,
    };
    let Ok(set) = found.dataset(name, &how) else {
        return false;
    };
    inspect(&found, &set);
    write_npz(&set, Cursor::new(Vec::new())).is_ok()
}

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
