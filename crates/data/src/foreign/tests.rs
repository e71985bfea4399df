use super::*;
use crate::{NpzConfig, npz_from};
use std::io::Cursor;

/// Three samples as libhdf5 writes them: times of 16 bits (s), units of 16 bits, labels, keys (`foreign/digits.py`).
const DIGITS: &[u8] = include_bytes!("digits.h5");

fn how() -> Conversion {
    Conversion {
        unit: None,
        channels: None,
        shares: [0.5, 0.0, 0.5],
        seed: 1,
    }
}

fn written(name: &str, bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (dir, path)
}

#[test]
fn digits() {
    let (_dir, path) = written("digits.h5", DIGITS);
    let found = recordings(&path).unwrap();
    assert_eq!(found.unit, Some(TimeUnit::S));
    assert_eq!(found.class_names, ["zero", "one"]);
    let labels: Vec<_> = found.samples.iter().map(|s| s.label).collect();
    assert_eq!(labels, [Some(1), Some(0), Some(1)]);
    assert_eq!(found.samples[0].times, [0.25, 0.5, 0.75]);
    assert_eq!(found.samples[0].channels, [3, 699, 0]);
    assert!(found.samples[1].times.is_empty());
    assert_eq!(found.samples[2].times.len(), 400);
    assert!(found.notes[0].contains("16 bits"));
    let set = found.dataset("digits", &how()).unwrap();
    assert_eq!(
        (set.channels, set.outputs, set.train.len() + set.test.len()),
        (700, 2, 3)
    );
    let warnings = inspect(&found, &set).warnings.join("; ");
    assert!(warnings.contains("1 samples have no event"), "{warnings}");
}

/// Wherever the file is cut or a byte of it changes, the reader says so or reads numbers; it does not panic.
#[test]
fn damaged_digits() {
    let (mut read, mut refused) = (0, 0);
    for place in (0..DIGITS.len()).step_by(37) {
        let (_dir, path) = written("cut.h5", &DIGITS[..place]);
        refused += usize::from(recordings(&path).is_err());
        let mut bytes = DIGITS.to_vec();
        bytes[place] ^= 0x55;
        let (_dir, path) = written("changed.h5", &bytes);
        read += usize::from(recordings(&path).is_ok());
    }
    assert!(
        read > 0 && refused > 100,
        "{read} changed ones read, {refused} cut ones refused"
    );
}

/// A table and what becomes of it.
fn table(text: &str) -> Result<Recordings, String> {
    let (_dir, path) = written("events.csv", text.as_bytes());
    recordings(&path).map_err(|e| e.to_string())
}

const TABLE: &str = "label,channel,t_ms,trial\nten,1,2.5,a\nten,0,1.25,a\n9,2,7,b\n";

#[test]
fn columns_in_any_order() {
    let found = table(TABLE).unwrap();
    assert_eq!(
        (found.unit, &found.class_names[..]),
        (Some(TimeUnit::Ms), &["9".to_string(), "ten".into()][..])
    );
    let set = found.dataset("t", &how()).unwrap();
    let all: Vec<_> = set.samples().collect();
    let of = |k: u32| {
        all.iter()
            .find(|s| s.events.last().unwrap().channel == k)
            .unwrap()
    };
    let times: Vec<u32> = of(1).events.iter().map(|e| e.t_us).collect();
    assert_eq!((times, of(1).duration_us), (vec![1250, 2500], 3000));
    assert_eq!(set.channels, 3);
}
#[test]
fn other_units() {
    let found = table("t,unit\n3,0\n").unwrap();
    let unknown = found.dataset("t", &how()).unwrap_err().to_string();
    assert!(
        unknown.contains("the unit of the times is unknown; allowed: s, ms or us"),
        "{unknown}"
    );
    for (unit, expected) in [
        (TimeUnit::Us, 3),
        (TimeUnit::Ms, 3000),
        (TimeUnit::S, 3_000_000),
    ] {
        let unit = Some(unit);
        let set = found.dataset("t", &Conversion { unit, ..how() }).unwrap();
        assert_eq!(set.samples().next().unwrap().events[0].t_us, expected);
    }
}

fn refused(text: &str, expected: &str) {
    let found = table(text).and_then(|f| f.dataset("t", &how()).map_err(|e| e.to_string()));
    let error = found.unwrap_err();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn bad_tables() {
    refused(
        "channel\n1\n",
        "a column of times is absent; allowed: t_us, time_us",
    );
    refused("t_us\n1\n", "a column of channels is absent");
    refused(
        "t_us,channel\nx,1\n",
        "events.csv:2: a time is x; allowed: a number",
    );
    refused("t_us,channel\ninf,1\n", "a time is inf");
    refused("t_us,channel\n1,-1\n", "a channel is -1");
    refused("t_us,channel\n-1,1\n", "a time is -1 us");
    refused("t_us,channel\n1\n", "the row is");
    refused(
        "t_us,channel,label\n1,1,a\n2,1,b\n",
        "a label is b; allowed: `a`",
    );
    refused("t_s,channel\n4000,1\n", "a time is 4000 s");
}
#[test]
fn files_of_another_kind() {
    let error = recordings(Path::new("x.aedat4")).unwrap_err().to_string();
    assert!(
        error.contains("hand the events to bruno.write_data"),
        "{error}"
    );
}

#[test]
fn implausible_units() {
    let seconds = table("t_us,channel\n0,0\n1,1\n2,0\n2,0\n").unwrap();
    let set = seconds.dataset("t", &how()).unwrap();
    let warnings = inspect(&seconds, &set).warnings.join("; ");
    assert!(warnings.contains("likely in a larger unit"), "{warnings}");
    assert!(
        warnings.contains("25.0 % of the events share"),
        "{warnings}"
    );
}

#[test]
fn the_lines_of_an_inspection() {
    let found = table(TABLE).unwrap();
    let set = found.dataset("t", &how()).unwrap();
    insta::assert_snapshot!(inspect(&found, &set).lines().join("\n"));
}

#[test]
fn an_archive_comes_back() {
    let (_dir, path) = written("digits.h5", DIGITS);
    let mut found = recordings(&path).unwrap();
    found.samples.remove(1);
    let set = found.dataset("digits", &how()).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    write_npz(&set, &mut bytes).unwrap();
    let config: NpzConfig =
        serde_json::from_str(r#"{"channels":700,"class_names":["zero","one"]}"#).unwrap();
    let again = npz_from("digits", bytes, &config).unwrap();
    assert_eq!(again, set);
}
