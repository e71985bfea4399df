use super::*;
use crate::{NpzConfig, npz_from};
use std::io::Cursor;

/// Three samples as libhdf5 writes them: times of 16 bits (s), units of 16 bits, labels, keys (`foreign/digits.py`).
const DIGITS: &[u8] = include_bytes!("digits.h5");

fn how() -> Conversion {
    Conversion {
        unit: None,
        channels: None,
        held_out: 0,
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
    let found = recordings(&path, &Camera::default()).unwrap();
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
        refused += usize::from(recordings(&path, &Camera::default()).is_err());
        let mut bytes = DIGITS.to_vec();
        bytes[place] ^= 0x55;
        let (_dir, path) = written("changed.h5", &bytes);
        read += usize::from(recordings(&path, &Camera::default()).is_ok());
    }
    assert!(
        read > 0 && refused > 100,
        "{read} changed ones read, {refused} cut ones refused"
    );
}

/// A table and what becomes of it.
fn table(text: &str) -> Result<Recordings, String> {
    let (_dir, path) = written("events.csv", text.as_bytes());
    recordings(&path, &Camera::default()).map_err(|e| e.to_string())
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
    let error = recordings(Path::new("x.npy"), &Camera::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("write it with bruno.write_data"), "{error}");
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
    let mut found = recordings(&path, &Camera::default()).unwrap();
    found.samples.remove(1);
    let set = found.dataset("digits", &how()).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    write_npz(&set, &mut bytes).unwrap();
    let config: NpzConfig =
        serde_json::from_str(r#"{"channels":700,"class_names":["zero","one"]}"#).unwrap();
    let again = npz_from("digits", bytes, &config).unwrap();
    assert_eq!(again, set);
}

/// The recordings of `cameras/write.py`: the vendor's library wrote those of version 4.
const FILMS: [(&str, &[u8]); 5] = [
    ("addresses.aedat", include_bytes!("cameras/addresses.aedat")),
    ("packets.aedat", include_bytes!("cameras/packets.aedat")),
    ("lz4.aedat4", include_bytes!("cameras/lz4.aedat4")),
    ("zstd.aedat4", include_bytes!("cameras/zstd.aedat4")),
    ("plain.aedat4", include_bytes!("cameras/plain.aedat4")),
];

fn film(name: &str, bytes: &[u8], how: &Camera) -> Result<Recordings, String> {
    let found = recordings_in(Path::new(name), bytes, how);
    found.map_err(|e| e.to_string())
}

/// What `write.py` calls `EVENTS`, with times from the first one on and the channels of pixels that are put together.
fn events_of_films(pool: u32) -> Recording {
    let side = 128 / pool;
    let channel = |k: u32| {
        let (x, y) = (7 * k % 128 / pool, (11 * k + k / 5) % 128 / pool);
        (u32::from(k.is_multiple_of(3)) * side + y) * side + x
    };
    Recording {
        times: (0..200).map(|k| f64::from(37 * k)).collect(),
        channels: (0..200).map(channel).collect(),
        label: None,
    }
}

#[test]
fn films() {
    for ((name, bytes), pool) in FILMS.into_iter().zip([1, 8, 1, 4, 3]) {
        let how = Camera {
            pool,
            ..Camera::default()
        };
        let found = film(name, bytes, &how).unwrap();
        if pool != 3 {
            assert_eq!(found.samples, [events_of_films(pool)], "{name}");
        }
        let side = 128u32.div_ceil(pool);
        assert_eq!(found.channels, Some(2 * side * side), "{name}");
    }
}

#[test]
fn stretches_of_a_film() {
    let (dir, path) = written("a.aedat", FILMS[1].1);
    let labels = dir.path().join("labels.csv");
    std::fs::write(
        &labels,
        "class,startTime_usec,endTime_usec\n7,1037,1111\n3,1111,1112\n",
    )
    .unwrap();
    let how = Camera {
        labels: Some(labels),
        ..Camera::default()
    };
    let found = recordings(&path, &how).unwrap();
    let times: Vec<_> = found
        .samples
        .iter()
        .map(|s| (s.label, &s.times[..]))
        .collect();
    assert_eq!(times, [(Some(1), &[0.0, 37.0][..]), (Some(0), &[0.0][..])]);
    assert_eq!(found.class_names, ["3", "7"]);
}

/// As with the digits: cut or changed anywhere, a film is refused or read; it does not panic.
#[test]
fn damaged_films() {
    for (name, bytes) in FILMS {
        let mut refused = 0;
        for place in (0..bytes.len()).step_by(7) {
            refused += usize::from(film(name, &bytes[..place], &Camera::default()).is_err());
            let mut changed = bytes.to_vec();
            changed[place] ^= 0x55;
            let _ = film(name, &changed, &Camera::default());
        }
        assert!(refused > 5, "{name}: {refused} cut ones refused");
    }
}

fn refused_film(text: &[u8], how: &Camera, expected: &str) {
    let error = film("x.aedat", text, how).unwrap_err();
    assert!(error.contains(expected), "{error}");
}
#[test]
fn bad_films() {
    let own = Camera::default();
    let small = Camera {
        size: Some((100, 128)),
        ..own.clone()
    };
    refused_film(b"", &own, "x.aedat: the first line is ``");
    refused_film(b"#!AER-DAT1.0\r\n", &own, "the first line is `#!AER-DAT1.0");
    refused_film(
        b"#!AER-DAT2.0\r\n",
        &own,
        "the camera is not named in the header; allowed",
    );
    refused_film(
        FILMS[1].1,
        &small,
        "a pixel is 105, 40; allowed: within 100 x 128; say the camera's size",
    );
    refused_film(&FILMS[0].1[..100], &own, "an event is cut off");
}
#[test]
fn a_camera_for_a_table() {
    let (_dir, path) = written("t.csv", TABLE.as_bytes());
    let how = Camera {
        pool: 2,
        ..Camera::default()
    };
    let error = recordings(&path, &how).unwrap_err().to_string();
    assert!(
        error.contains("the camera is given for a file of no camera"),
        "{error}"
    );
}

#[test]
fn files_that_are_one_set() {
    let (mut a, mut b) = (
        table(TABLE).unwrap(),
        table(&TABLE.replace("ten", "8")).unwrap(),
    );
    a.notes.push("n".into());
    b.notes.push("n".into());
    let all = Recordings::joined(vec![("a".into(), a), ("b".into(), b)]).unwrap();
    let labels: Vec<_> = all.samples.iter().map(|s| s.label.unwrap()).collect();
    assert_eq!(all.class_names, ["8", "9", "ten"]);
    assert_eq!(labels, [2, 1, 0, 1]);
}
#[test]
fn test_samples_of_their_own() {
    let found = table(TABLE).unwrap();
    let how = Conversion {
        held_out: 1,
        shares: [1.0, 0.0, 0.0],
        ..how()
    };
    let set = found.dataset("t", &how).unwrap();
    assert_eq!(
        (
            set.train.len(),
            set.test.len(),
            set.test[0].events[0].channel
        ),
        (1, 1, 2)
    );
}
