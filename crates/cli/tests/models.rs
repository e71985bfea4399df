//! `bruno model`.

mod support;

use support::{bruno, check};

#[test]
fn the_list() {
    check(bruno(&["model", "list"]), 0, "izhikevich");
}
#[test]
fn the_list_as_json() {
    check(
        bruno(&["model", "list", "--json"]),
        0,
        "\"name\": \"felif\"",
    );
}
#[test]
fn a_shipped_file() {
    check(
        bruno(&["model", "show", "alif"]),
        0,
        "onCondition(V > theta_0 + b):",
    );
}
#[test]
fn an_unknown_model() {
    check(bruno(&["model", "show", "alfi"]), 2, "known: felif, lif");
}
#[test]
fn a_missing_file() {
    check(
        bruno(&["model", "check", "nowhere.nrn"]),
        2,
        "nowhere.nrn: cannot be read",
    );
}

/// Runs `check` on a file with this text.
fn check_file(text: &[u8], arguments: &[&str], code: i32, expected: &str) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("my.nrn");
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    check(
        bruno(&[&["model", "check", &path], arguments].concat()),
        code,
        expected,
    );
}

const VO2: &[u8] = include_bytes!("../../model/models/vo2.nrn");

#[test]
fn what_is_derived() {
    check_file(VO2, &[], 0, "operations of 32 bits a tick");
}
#[test]
fn what_is_derived_as_json() {
    check_file(VO2, &["--json"], 0, "\"mantissa_bits\": 11");
}
#[test]
fn the_program() {
    check_file(VO2, &["--program"], 0, "spike = t");
}
#[test]
fn a_mistake() {
    let text = String::from_utf8(VO2.to_vec()).unwrap();
    let text = text.replace("g_th * (T - T_0)", "g_th * (T - V)");
    check_file(
        text.as_bytes(),
        &[],
        2,
        "^\n  expected: the same unit on both sides\n  remedy:",
    );
}
#[test]
fn a_file_that_is_no_text() {
    check_file(&[0xff, 0xfe, 0x00], &[], 2, "is not a text file");
}

/// Runs `generate` on a file with this text; what `written` holds must stand in the module or the data sheet.
fn check_generate(text: &str, code: i32, said: &str, written: &str) {
    let dir = tempfile::tempdir().unwrap();
    let (path, out) = (dir.path().join("my.nrn"), dir.path().join("out"));
    std::fs::write(&path, text).unwrap();
    let (path, out_text) = (path.display().to_string(), out.display().to_string());
    check(
        bruno(&["model", "generate", &path, "--out", &out_text]),
        code,
        said,
    );
    let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap_or_default();
    let files = read("alif_tick.v") + &read("alif_tick.md");
    assert!(files.contains(written), "{files}");
}

const ALIF: &str = include_str!("../../model/models/alif.nrn");

#[test]
fn a_module() {
    check_generate(ALIF, 0, "alif_tick.v", "module alif_tick (");
}
#[test]
fn its_data_sheet() {
    let port = "| `b_round` | in | 30 | 0 | 1073741823 | rounds `b` |";
    check_generate(ALIF, 0, "alif_tick.md", port);
}
#[test]
fn no_module_of_a_wrong_file() {
    check_generate(&ALIF.replace("-b / tau_b", "-b"), 2, "remedy:", "");
}
