//! The example of docs/models.md is what the page says.

use bruno_model::{Derived, Model};

/// The indented block that begins with a line.
fn block<'a>(page: &'a str, first: &str) -> Vec<&'a str> {
    let lines = page
        .lines()
        .skip_while(|l| !l.starts_with(&format!("    {first}")));
    let lines = lines.take_while(|l| l.starts_with("    "));
    lines.map(|l| &l[4..]).collect()
}

#[test]
fn the_report_on_the_page() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/models.md");
    let page = std::fs::read_to_string(path).unwrap();
    let text = block(&page, "# A leaky neuron").join("\n");
    let model = Model::read("tired.nrn", &text).unwrap_or_else(|e| panic!("{e}"));
    let report = Derived::new(&model)
        .unwrap_or_else(|e| panic!("{e}"))
        .report();
    // A line may be longer than a page's: it goes on in the next one, further in.
    let shown = block(&page, "tired: ").join("\n").replace("\n      ", " ");
    assert_eq!(shown, report.to_string().trim_end());
}
