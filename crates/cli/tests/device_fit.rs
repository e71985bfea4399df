//! `bruno device fit` and `bruno device reduce` as a user meets them: exit codes, messages, files.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs `bruno device`; exit code and a piece of what it prints must be as expected.
fn check(arguments: &[&str], code: i32, expected: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_bruno"))
        .arg("device")
        .args(arguments)
        .output()
        .unwrap();
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains(expected), "`{expected}` is not in:\n{text}");
    text
}

/// The page of a fit holds these words.
fn check_page(out: &Path, expected: &str) {
    let page = out.join("page.html");
    let mut report = Command::new(env!("CARGO_BIN_EXE_bruno"));
    report.arg("report").arg(out).arg("--out").arg(&page);
    assert!(report.status().unwrap().success());
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.contains(expected), "`{expected}` is not in:\n{text}");
}

/// A file of the reference data, where the folder is given.
fn reference(name: &str) -> Option<String> {
    let Some(dir) = std::env::var_os("BRUNO_REFERENCE_DATA") else {
        eprintln!("skipped: BRUNO_REFERENCE_DATA is not set");
        return None;
    };
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let path = root.join(dir).join("heracles").join(name);
    Some(path.display().to_string())
}

fn written(text: &str) -> (tempfile::TempDir, String, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.csv");
    std::fs::write(&path, text).unwrap();
    let out = dir.path().join("out");
    (dir, path.display().to_string(), out)
}

const START: [&str; 10] = [
    "--set",
    "area=1e-12",
    "--set",
    "p_s=0.189",
    "--set",
    "w_b=1.365",
    "--set",
    "d_e=5.25e-9",
    "--set",
    "e_off=2.6e7",
];

#[test]
fn a_loop_gives_a_card() {
    let Some(file) = reference("pv_2V_1kHz.csv") else {
        return;
    };
    let out = tempfile::tempdir().unwrap();
    let dir = out.path().display().to_string();
    let parameters = [
        "fit",
        &file,
        "--parameters",
        "p_s,w_b,d_e,e_off",
        "--out",
        &dir,
    ];
    check(&[&parameters[..], &START[..]].concat(), 0, "std. error");
    for name in ["card.json", "fit.json", "fit.txt", "residuals.svg"] {
        assert!(out.path().join(name).is_file(), "{name}");
    }
    check_page(out.path(), "pv_2V_1kHz.csv: ");
    let card = out.path().join("card.json").display().to_string();
    let text = std::fs::read_to_string(&card).unwrap();
    let values: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (name, truth) in [
        ("p_s", 0.27),
        ("w_b", 1.05),
        ("d_e", 7.5e-9),
        ("e_off", 2e7),
    ] {
        let value = values[name].as_f64().unwrap();
        assert!((value / truth - 1.0).abs() < 0.1, "{name}: {value}");
    }
    check(&["reduce", "--card", &card], 0, "\"c_series_F_m2\": 0.269");
}

/// The same loop's first 50 us: nothing has switched yet.
#[test]
fn a_piece_of_a_loop_is_refused() {
    let Some(file) = reference("pv_2V_1kHz.csv") else {
        return;
    };
    let text = std::fs::read_to_string(file).unwrap();
    let column = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        [fields[0], fields[1], fields[5]].join(",")
    };
    let rows: Vec<String> = text.lines().take(26).map(column).collect();
    let (_dir, path, _) = written(&rows.join("\n"));
    let arguments = ["fit", &path, "--parameters", "w_b", "--set", "area=1e-12"];
    check(&arguments, 2, "the data do not determine `w_b`");
}

#[test]
fn readings_give_a_level_table() {
    let mut text = "code,i_A\n".to_string();
    for code in 0..8 {
        for error in [-1.0, 0.0, 1.0] {
            text += &format!("{code},{:e}\n", (f64::from(code) * 40.0 + error) * 1e-12);
        }
    }
    let (_dir, path, out) = written(&text);
    check(
        &["fit", &path, "--out", &out.display().to_string()],
        0,
        "280.0000",
    );
    let table = std::fs::read_to_string(out.join("levels.json")).unwrap();
    let table: serde_json::Value = serde_json::from_str(&table).unwrap();
    check_page(&out, "Mean (pA)");
    assert!((table["levels_pA"][7].as_f64().unwrap() - 280.0).abs() < 1e-9);
    check(
        &["fit", &path, "--bits", "4"],
        2,
        "do not determine the levels of codes [8, 9,",
    );
}

#[test]
fn mistakes_are_named() {
    let (_dir, path, _) = written("t_s,v_drive_V,i_A\n0,0,0\n1e-3,1,1e-9\n");
    check(&["fit", "missing.csv"], 2, "missing.csv: cannot be read");
    check(&["fit", &path], 2, "parameters to fit: none is given");
    check(
        &["fit", &path, "--parameters", "v_th"],
        2,
        "`v_th` is no parameter of the card",
    );
    check(
        &["fit", &path, "--set", "area=0"],
        2,
        "`area` is 0; allowed: 1e-18..1e-3 m^2",
    );
    check(
        &["fit", &path, "--set", "width=1"],
        2,
        "`width` is no parameter",
    );
    check(
        &["reduce", "--temperature", "0"],
        2,
        "`temperature` is 0; allowed",
    );
    check(
        &["reduce", "--stimulus", &path],
        2,
        "the reduced model is driven by a current",
    );
}

/// A loop with one row that no device bears.
#[test]
fn a_wrong_row_is_named() {
    let rows = "0,-3,0.05\n1e-5,4096,0.4\n2e-5,3,0.95\n";
    let (_dir, path, _) = written(&format!("t_s,v_drive_V,p\n{rows}"));
    check(
        &["fit", &path, "--parameters", "p_s"],
        2,
        "data.csv: line 3, column `v_drive_V`: 4096.0; allowed: -50..50",
    );
}

#[test]
fn resistances_and_voltages_have_ranges() {
    check(
        &["reduce", "--leak-ohm", "0"],
        2,
        "a resistance of 1..1e18 Ohm",
    );
    check(
        &["reduce", "--leak-ohm", "nan"],
        2,
        "a resistance of 1..1e18 Ohm",
    );
    check(&["reduce", "--at-volt", "1e9"], 2, "a voltage of -50..50 V");
    check(
        &["plot", "loops", "--amplitudes", "1e300"],
        2,
        "at most 50 V",
    );
}

#[test]
fn a_charge_that_is_nearly_none_is_refused() {
    let (_dir, path, _) = written("{\"q_fix_depl_u\": 1e-320}");
    check(
        &["plot", "loops", "--card", &path],
        2,
        "0 or at least 1e-6 in magnitude",
    );
}

#[test]
fn normalised_conductances_are_refused() {
    let (_dir, path, _) = written("code,g_S\n0,-0.85\n0,-0.84\n1,1\n1,1\n");
    check(
        &["fit", &path, "--bits", "1"],
        2,
        "column `g_S`: -0.85; allowed: 0..1; a conductance is positive and in S",
    );
}

/// A tester's file is refused as expected.
fn check_tester(arguments: &[&str], expected: &str) {
    let text = "Tester 1\nTime (ms),Ch 1,Polarization (uC/cm2)\n0,0,0\n1,1,20\n2,0,5\n";
    let (_dir, file, out) = written(text);
    let out = out.display().to_string();
    let fixed = ["fit", &file, "--parameters", "p_s", "--out", &out];
    check(&[&fixed[..], arguments].concat(), 2, expected);
}

#[test]
fn a_column_per_area_without_an_area() {
    let expected = "column `Polarization (uC/cm2)` is per area: give the electrode's by --area-um2";
    check_tester(&[], expected);
}
#[test]
fn a_column_that_nobody_names() {
    let expected = "column `i_A` is missing; it has Time (ms), Ch 1, Polarization (uC/cm2)";
    check_tester(&["--area-um2", "400"], expected);
}
#[test]
fn a_column_that_is_named() {
    // Three rows do not determine a polarisation of 20 uC/cm2 to 5 %, or they do: either is said after the columns.
    let named = ["--area-um2", "400", "--column", "Ch 1=v_drive_mV"];
    check_tester(&named, "`Ch 1` is `v_drive_V`, times 1.0000e-3");
}
#[test]
fn a_column_that_is_not_there() {
    let named = ["--column", "Ch 9=v_drive_mV"];
    check_tester(&named, "it has no column `Ch 9` of --column");
}
#[test]
fn an_area_that_is_given_and_fitted() {
    let named = ["--area-um2", "400", "--column", "Ch 1=v_drive_V"];
    check_tester(
        &[&named[..], &["--parameters", "area"]].concat(),
        "`area` is given by --area-um2",
    );
}

/// With the field the depletion layers are wider: the series capacitance of the published card falls from 0.270 F/m2.
#[test]
fn depletion_layers_that_the_field_widens() {
    let expected = "\"c_series_F_m2\": 0.20878";
    check(&["reduce", "--field-widens-depletion"], 0, expected);
}
