use super::*;
use ndarray::{Array1, Array3, array};
use ndarray_npy::{NpzWriter, WritableElement};
use std::fs::File;

/// An archive of events of three samples.
struct Arrays {
    label: Vec<i64>,
    split: Vec<u8>,
    offset: Vec<i64>,
    t_us: Vec<i32>,
    channel: Vec<i64>,
}

fn good() -> Arrays {
    Arrays {
        label: vec![1, 0, 1],
        split: vec![0, 1, 2],
        offset: vec![0, 2, 3, 5],
        t_us: vec![5, 1999, 7, 3, 3],
        channel: vec![0, 3, 1, 2, 2],
    }
}

const SETTINGS: NpzConfig = NpzConfig {
    channels: 4,
    bin_us: None,
    class_names: None,
};

fn add<T: WritableElement + Clone>(writer: &mut NpzWriter<File>, name: &str, values: &[T]) {
    writer
        .add_array(name, &Array1::from(values.to_vec()))
        .unwrap();
}

/// The set in an archive of these arrays and of those that `more` adds.
fn read(
    arrays: &Arrays,
    config: &NpzConfig,
    more: impl FnOnce(&mut NpzWriter<File>),
) -> Result<Dataset, DataError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mine.npz");
    let mut writer = NpzWriter::new_compressed(File::create(&path).unwrap());
    add(&mut writer, "label", &arrays.label);
    add(&mut writer, "split", &arrays.split);
    if !arrays.offset.is_empty() {
        add(&mut writer, "offset", &arrays.offset);
        add(&mut writer, "t_us", &arrays.t_us);
        add(&mut writer, "channel", &arrays.channel);
    }
    more(&mut writer);
    writer.finish().unwrap();
    npz(&path, config)
}

fn check(change: impl FnOnce(&mut Arrays), expected: &str) {
    let mut arrays = good();
    change(&mut arrays);
    let error = read(&arrays, &SETTINGS, |_| {}).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn events_by_sample() {
    let set = read(&good(), &SETTINGS, |_| {}).unwrap();
    assert_eq!((set.name.as_str(), set.outputs), ("mine", 2));
    assert_eq!(
        (set.train[0].events.len(), set.train[0].duration_us),
        (2, 2000)
    );
    assert_eq!(set.test[0].events.len(), 2, "equal events stay");
    let class = |s: &Sample| s.target.clone();
    let target = |class, from_us| Target::Class { class, from_us };
    assert_eq!(
        [class(&set.train[0]), class(&set.valid[0])],
        [target(1, 0), target(0, 0)]
    );
}
#[test]
fn given_lengths_and_starts() {
    let set = read(&good(), &SETTINGS, |w| {
        add(w, "duration_us", &[3000u32, 9000, 4000]);
        add(w, "from_us", &[0i16, 100, 200]);
    });
    let test = &set.unwrap().test[0];
    assert_eq!(test.duration_us, 4000);
    assert_eq!(
        test.target,
        Target::Class {
            class: 1,
            from_us: 200
        }
    );
}
#[test]
fn names_of_classes() {
    let config = NpzConfig {
        class_names: Some(["a", "b", "c"].map(String::from).into()),
        ..SETTINGS
    };
    assert_eq!(read(&good(), &config, |_| {}).unwrap().outputs, 3);
}
#[test]
fn counts_by_bin() {
    let (mut arrays, config) = (
        good(),
        NpzConfig {
            channels: 2,
            bin_us: Some(1000),
            ..SETTINGS
        },
    );
    arrays.offset.clear();
    let counts: Array3<u8> = array![
        [[0, 2], [1, 0], [0, 0]],
        [[1, 0], [0, 0], [0, 0]],
        [[1, 0], [0, 0], [0, 3]]
    ];
    // Stored with the first index fastest, as numpy does on request.
    let mut stored = Array3::zeros(ndarray::ShapeBuilder::f((3, 3, 2)));
    stored.assign(&counts);
    let set = read(&arrays, &config, |w| {
        w.add_array("counts", &stored).unwrap()
    })
    .unwrap();
    let events = |s: &Sample| {
        s.events
            .iter()
            .map(|e| (e.t_us, e.channel))
            .collect::<Vec<_>>()
    };
    assert_eq!(events(&set.train[0]), [(250, 1), (750, 1), (1500, 0)]);
    assert_eq!(
        events(&set.test[0]),
        [(500, 0), (2166, 1), (2500, 1), (2833, 1)]
    );
    assert_eq!(set.train[0].duration_us, 3000);
}
#[test]
fn counts_without_a_bin() {
    let mut arrays = good();
    arrays.offset.clear();
    let counts = Array3::<u8>::ones((3, 1, 4));
    let read = read(&arrays, &SETTINGS, |w| {
        w.add_array("counts", &counts).unwrap()
    });
    let error = read.unwrap_err().to_string();
    assert!(error.starts_with("data.bin_us is absent"), "{error}");
}
#[test]
fn an_unknown_array() {
    let read = read(&good(), &SETTINGS, |w| add(w, "lable", &[1u8]));
    let error = read.unwrap_err().to_string();
    assert!(error.contains("an array is `lable`"), "{error}");
}
#[test]
fn numbers_that_are_no_integers() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f.npz");
    let mut writer = NpzWriter::new(File::create(&path).unwrap());
    add(&mut writer, "label", &[0.0f32]);
    writer.finish().unwrap();
    let error = npz(&path, &SETTINGS).unwrap_err().to_string();
    assert!(error.contains("`label` is of another type"), "{error}");
}
#[test]
fn no_archive() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f.npz");
    std::fs::write(&path, "t_us,channel\n").unwrap();
    let error = npz(&path, &SETTINGS).unwrap_err().to_string();
    assert!(error.contains("allowed: a NumPy archive"), "{error}");
}
#[test]
fn a_missing_array() {
    check(|a| a.offset.clear(), "`offset` is absent");
}
#[test]
fn a_channel_out_of_range() {
    check(|a| a.channel[2] = 4, "`channel`[2] is 4; allowed: 0..3");
}
#[test]
fn times_out_of_order() {
    check(|a| a.t_us[1] = 4, "`t_us`[1] is 4; allowed: 5..");
}
#[test]
fn a_sample_without_events() {
    check(|a| a.offset[2] = 2, "the number of events of sample 1 is 0");
}
#[test]
fn offsets_out_of_order() {
    check(|a| a.offset[2] = 1, "`offset`[2] is 1; allowed: 2..5");
}
#[test]
fn events_of_no_sample() {
    check(|a| a.offset[3] = 4, "`offset`[3] is 4; allowed: 5");
}
#[test]
fn a_negative_label() {
    check(|a| a.label[0] = -1, "`label`[0] is -1; allowed: 0..");
}
#[test]
fn an_unknown_split() {
    check(|a| a.split[1] = 3, "`split`[1] is 3; allowed: 0..2");
}
#[test]
fn nothing_to_test_on() {
    check(|a| a.split[2] = 1, "`split` is 1 train, 0 test");
}
#[test]
fn arrays_that_do_not_fit() {
    let shorter = |a: &mut Arrays| {
        a.channel.pop();
    };
    check(shorter, "the length of `channel` is 4; allowed: 5");
}
