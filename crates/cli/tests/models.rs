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

#[test]
fn a_page() {
    let expected = "| tau_b | ms | 100 | 10 to 1000 |";
    check(bruno(&["model", "page", "alif"]), 0, expected);
}

/// Runs `plot` on a model.
fn check_plot(model: &str, arguments: &[&str], code: i32, expected: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("x.svg").display().to_string();
    let plot = ["model", "plot", model, "--out", &out];
    check(bruno(&[&plot, arguments].concat()), code, expected);
    dir
}
#[test]
fn a_picture() {
    let dir = check_plot("alif", &["--states", "b,V"], 0, "x.svg");
    let text = std::fs::read_to_string(dir.path().join("x.svg")).unwrap();
    assert!(text.contains("= 0\n") && text.contains("rate (Hz)"));
}
#[test]
fn a_picture_of_a_kernel() {
    let expected = "alif: --states has `I`; allowed: states with equations (V, b)";
    check_plot("alif", &["--states", "I,V"], 2, expected);
}
#[test]
fn a_picture_of_one_state_twice() {
    check_plot("alif", &["--states", "V,V"], 2, "two different states");
}
#[test]
fn a_picture_out_of_range() {
    let expected = "lif: --largest is 2000; allowed: -1024.000 to 1024.000 pA, the range of `I`";
    check_plot("lif", &["--largest", "2000"], 2, expected);
}

/// Writes a chip of a model into a folder that has a file `tired.nrn` one folder up.
fn check_new(model: &str, arguments: &[&str], code: i32, expected: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    std::fs::create_dir(path("chips")).unwrap();
    std::fs::write(path("tired.nrn"), TIRED).unwrap();
    let model = match model {
        "tired.nrn" => path(model),
        shipped => shipped.into(),
    };
    let new = ["new", &path("chips/mine.json"), "--model", &model];
    check(bruno(&[&new, arguments].concat()), code, expected);
    dir
}
const TIRED: &str = "model tired:
    parameters:
        C pF = 1 pF from [0.5 pF : 2 pF]
    state:
        I pA = 0 pA from [-1024 pA : 1024 pA] @bits(24)
        V V = 0 V from [-2 V : 2 V] floor -1 V
    kernels:
        I' = -I / (5 ms)
    equations:
        V' = I / C - V / (20 ms)
    input:
        I += spikes
    onCondition(V > 0.4 V):
        V = 0 V
        emit_spike()
";

/// A new chip of each shipped model is one that `check` takes, with its own name in it.
#[test]
fn chips_of_shipped_models() {
    for shipped in bruno_model::SHIPPED {
        let dir = check_new(shipped.name, &[], 0, "next, `bruno check");
        let chip = dir.path().join("chips/mine.json").display().to_string();
        check(bruno(&["check", &chip]), 0, "mine");
    }
}
#[test]
fn a_chip_of_a_file() {
    let dir = check_new("tired.nrn", &[], 0, "next, `bruno check");
    let text = std::fs::read_to_string(dir.path().join("chips/mine.json")).unwrap();
    insta::assert_snapshot!(text);
    let copy = std::fs::read_to_string(dir.path().join("chips/tired.nrn")).unwrap();
    assert_eq!(copy, TIRED);
}
#[test]
fn a_chip_of_an_unknown_model() {
    check_new("alfi", &[], 2, "alfi: cannot be read");
}
#[test]
fn a_chip_of_a_model_and_a_template() {
    check_new("alif", &["--template", "jsb"], 2, "cannot be used with");
}
#[test]
fn a_chip_where_a_file_stands() {
    let dir = check_new("tired.nrn", &[], 0, "");
    let path = |name: &str| dir.path().join(name).display().to_string();
    std::fs::remove_file(path("chips/mine.json")).unwrap();
    let new = [
        "new",
        &path("chips/mine.json"),
        "--model",
        &path("tired.nrn"),
    ];
    check(
        bruno(&new),
        2,
        "tired.nrn: cannot be written: it exists; --force overwrites it",
    );
    check(bruno(&[&new[..], &["--force"]].concat()), 0, "");
}
#[test]
fn a_chip_whose_input_is_no_current() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let text = TIRED.replace(
        "I pA = 0 pA from [-1024 pA : 1024 pA]",
        "I V = 0 V from [-1 V : 1 V]",
    );
    let text = text.replace("I / C", "I / (1 ms) * C / (1 pF)");
    std::fs::write(path("volts.nrn"), text).unwrap();
    let new = ["new", &path("mine.json"), "--model", &path("volts.nrn")];
    check(bruno(&new), 2, "layers[0].model");
    assert!(!dir.path().join("mine.json").exists());
}
