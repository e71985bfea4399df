//! The manual: lines that fit a screen, links that lead somewhere, pages that are printed by the program itself.

mod support;

use std::path::Path;
use support::{bruno, check, root};

/// Characters of a line; tables may be wider.
const WIDEST: usize = 120;

fn pages() -> Vec<std::path::PathBuf> {
    let manual =
        ["docs", "docs/models"].map(|folder| std::fs::read_dir(root().join(folder)).unwrap());
    let pages = manual
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    let pages = pages.filter(|path| path.extension().is_some_and(|e| e == "md"));
    let others = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    pages.chain(others.map(|name| root().join(name))).collect()
}

/// Every line of every page that `bad` says something of.
fn found(bad: impl Fn(&Path, &str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let lines = text.lines().enumerate();
        let told = lines.filter_map(|(n, line)| {
            let what = bad(&page, line)?;
            Some(format!("{}:{}: {what}", page.display(), n + 1))
        });
        found.extend(told);
    }
    found
}

#[test]
fn lines_fit_a_screen() {
    let long = |_: &Path, line: &str| {
        let length = line.chars().count();
        let table = line.trim_start().starts_with('|');
        (!table && length > WIDEST).then(|| format!("{length} characters"))
    };
    assert_eq!(found(long), Vec::<String>::new());
}

/// Links to other pages and files of the project.
#[test]
fn links_lead_somewhere() {
    let broken = |page: &Path, line: &str| {
        let targets = line
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        let files = targets.filter(|t| !t.starts_with("http") && !t.starts_with('#'));
        let mut paths = files.map(|t| t.split('#').next().unwrap_or_default());
        let missing = paths.find(|t| !page.parent().unwrap().join(t).exists())?;
        Some(format!("`{missing}` is not there"))
    };
    assert_eq!(found(broken), Vec::<String>::new());
}

/// `bruno schema --reference > docs/reference.md`
#[test]
fn reference_is_what_the_program_prints() {
    let output = check(
        bruno(&["schema", "--reference"]),
        0,
        "# Fields of a chip description",
    );
    let page = std::fs::read_to_string(root().join("docs/reference.md")).unwrap();
    assert!(
        page == String::from_utf8(output.stdout).unwrap(),
        "docs/reference.md is not what `bruno schema --reference` prints"
    );
}

/// Every example is right by the schema that editors are given.
#[test]
fn schema_knows_every_field_of_the_examples() {
    let output = check(bruno(&["schema"]), 0, "$defs");
    let schema = serde_json::from_slice(&output.stdout).unwrap();
    for example in std::fs::read_dir(root().join("examples")).unwrap() {
        let path = example.unwrap().path();
        let is_chip = |text: &str| text.contains("\"layers\"");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if is_chip(&text) {
            let chip: serde_json::Value = bruno_json::from_text(&text).unwrap();
            let validator = jsonschema::validator_for(&schema).unwrap();
            let wrong: Vec<String> = validator
                .iter_errors(&chip)
                .map(|e| e.to_string())
                .collect();
            assert_eq!(wrong, Vec::<String>::new(), "{}", path.display());
        }
    }
}

#[test]
fn completions() {
    check(bruno(&["completions", "bash"]), 0, "complete -F _bruno");
}
#[test]
fn completions_of_no_shell() {
    check(bruno(&["completions", "cmd"]), 2, "possible values");
}
#[test]
fn manual_pages() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().display().to_string();
    check(bruno(&["manual", "--out", &out]), 0, "pages: ");
    let page = std::fs::read_to_string(dir.path().join("bruno-train.1")).unwrap();
    assert!(page.contains("\\-\\-sweep"), "{page}");
}
#[test]
fn doctor_with_nothing_installed() {
    let empty = tempfile::tempdir().unwrap();
    let mut command = bruno(&["doctor"]);
    command.env("PATH", empty.path());
    check(command, 0, "missing (apt install verilator)");
}
#[test]
fn doctor_of_this_machine() {
    check(
        bruno(&["doctor", "--json"]),
        0,
        "\"program\": \"verilator\"",
    );
}
