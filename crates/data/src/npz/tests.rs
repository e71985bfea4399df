use super::*;
use ndarray::{Array1, Array2, Array3, ArrayBase, Data, Dimension, array};
use ndarray_npy::{NpzWriter, WritableElement};
use std::fs::File;
use std::io::{Cursor, Write};

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
        if !arrays.t_us.is_empty() {
            add(&mut writer, "t_us", &arrays.t_us);
        }
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
    assert!(
        error.starts_with("training.data.bin_us is absent"),
        "{error}"
    );
}
#[test]
fn an_unknown_array() {
    let read = read(&good(), &SETTINGS, |w| add(w, "lable", &[1u8]));
    let error = read.unwrap_err().to_string();
    assert!(error.contains("an array is `lable`"), "{error}");
}

/// An array of another type or shape in place of one that is left out.
fn check_array<A, S, D>(absent: &str, array: &ArrayBase<S, D>, expected: &str)
where
    A: WritableElement + Clone,
    S: Data<Elem = A>,
    D: Dimension,
{
    let mut arrays = good();
    match absent {
        "t_us" => arrays.t_us.clear(),
        _ => arrays.offset.clear(),
    }
    let config = NpzConfig {
        bin_us: (absent == "counts").then_some(1000),
        ..SETTINGS
    };
    let add = |w: &mut NpzWriter<File>| w.add_array(absent, array).unwrap();
    let error = read(&arrays, &config, add).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn times_in_seconds() {
    let expected = "`t_us` is of type <f8; allowed: integers (int8..int64, uint8..uint64, bool); give whole microseconds: \
                    (seconds * 1e6).round().astype(numpy.int64)";
    check_array("t_us", &array![0.1, 0.9], expected);
}
#[test]
fn counts_that_are_no_integers() {
    let expected = "`counts` is of type <f4; allowed: integers (int8..int64, uint8..uint64, bool); give whole spikes a bin: \
                    counts.round().astype(numpy.int64); rates times";
    check_array("counts", &Array3::<f32>::ones((3, 2, 4)), expected);
}
#[test]
fn counts_of_two_dimensions() {
    let expected = "`counts` is an array of 2 dimension(s); allowed: 3: [sample, bin, channel]";
    check_array("counts", &Array2::<u8>::ones((3, 4)), expected);
}

/// The error of an archive whose `label` is this `.npy` file.
fn check_label(npy: &[u8], expected: &str) {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file("label.npy", options).unwrap();
    writer.write_all(npy).unwrap();
    let bytes = writer.finish().unwrap();
    let error = npz_from("l.npz", bytes, &SETTINGS).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

fn npy(descriptor: &str, shape: &str, numbers: &[u8]) -> Vec<u8> {
    let header =
        format!("{{'descr': '{descriptor}', 'fortran_order': False, 'shape': ({shape},), }}\n");
    let length = (header.len() as u16).to_le_bytes();
    [&b"\x93NUMPY\x01\0"[..], &length, header.as_bytes(), numbers].concat()
}

#[test]
fn labels_that_are_text() {
    check_label(
        &npy("<U5", "1", &[0; 20]),
        "`label` is of type <U5; allowed: integers",
    );
}
#[test]
fn more_numbers_than_any_memory_holds() {
    let expected = "l.npz: `label` is declared as 1000000000000 numbers; allowed: at most 160";
    check_label(&npy("<i8", "1000000000000", &[]), expected);
}
#[test]
fn a_shape_that_overflows() {
    let shape = "9223372036854775807, 9223372036854775807";
    check_label(
        &npy("<i8", shape, &[]),
        "declared as 9223372036854775807 x 9223372036854775807 numbers",
    );
}
#[test]
fn a_member_that_is_cut() {
    check_label(
        &npy("<i8", "3", &[0; 16]),
        "`label` is shorter than the 3 numbers that it declares",
    );
}
#[test]
fn a_member_that_goes_on() {
    check_label(
        &npy("<i8", "1", &[0; 16]),
        "`label` is longer than the 1 numbers that it declares",
    );
}
#[test]
fn a_number_of_64_bits() {
    check_label(
        &npy("<u8", "1", &[0xff; 8]),
        "`label` is a number beyond 63 bits",
    );
}
#[test]
fn a_header_as_deep_as_a_stack() {
    check_label(&npy("<i8", &"(".repeat(9000), &[]), "with a header of 9");
}
#[test]
fn zeros_that_compression_makes_small() {
    let zeros = Array1::<i8>::zeros(100_000_000);
    let mut writer = NpzWriter::new_compressed(Cursor::new(Vec::new()));
    writer.add_array("label", &zeros).unwrap();
    let bytes = writer.finish().unwrap();
    let error = npz_from("z.npz", bytes, &SETTINGS).unwrap_err().to_string();
    assert!(
        error.contains("`label` is declared as 100000000 numbers; allowed: at most"),
        "{error}"
    );
}
#[test]
fn counts_that_no_memory_holds() {
    let mut arrays = good();
    arrays.offset.clear();
    let config = NpzConfig {
        channels: 1,
        bin_us: Some(1_000_000_000),
        ..SETTINGS
    };
    let counts = Array3::from_elem((3, 1, 1), 1_000_000_000i64);
    let error = read(&arrays, &config, |w| {
        w.add_array("counts", &counts).unwrap()
    });
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("the number of events is 1000000000; allowed: at most 100000000"),
        "{error}"
    );
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
