//! What a page says of each kind of results. A kind is a file here: which file of the folder it reads, what it shows.

mod audit;
mod bench;
mod calls;
mod compare;
mod comparison;
mod curves;
mod fit;
mod montecarlo;
mod run;
mod sample;
mod scores;
mod sweep;
mod synth;
mod tune;
mod weights;

use crate::ReportError;
use crate::folder::Folder;
use crate::page::{Page, Section};
use crate::svg::Figure;
use bruno_train::Checkpoint;
use maud::{Markup, html};

/// Files by which results are found.
pub(crate) const FILES: &str = "checkpoint.json, compare.json, sweep.json, tune.json, chips.jsonl, audit.json, bench.json, report.json, fit.json or levels.json";

/// What a kind of results has to show.
struct Shown {
    section: Section,
    /// Its most important figures, for the head of the page.
    headline: Vec<(String, String)>,
}

impl Shown {
    /// A section of words, tables and pictures; a picture that has nothing to show is left out.
    fn new(
        (id, title, command): (&'static str, &str, &str),
        body: Markup,
        figures: impl IntoIterator<Item = Option<Figure>>,
    ) -> Self {
        Self {
            section: Section {
                id,
                title: title.into(),
                command: command.into(),
                body,
                figures: figures.into_iter().flatten().collect(),
            },
            headline: Vec::new(),
        }
    }

    /// The same with figures for the head of the page.
    fn headed<const N: usize>(mut self, figures: [(&str, String); N]) -> Self {
        let figures = figures
            .into_iter()
            .map(|(what, figure)| (what.into(), figure));
        self.headline.extend(figures);
        self
    }
}

type Found = Result<Option<Shown>, ReportError>;

/// The page of a folder; none where it holds no results.
///
/// # Errors
/// A file that is damaged.
pub(crate) fn all(folder: &Folder<'_>) -> Result<Option<Page>, ReportError> {
    let run = folder.file(&["checkpoint.json"])?;
    let run = run.map(|path| Checkpoint::load(&path)).transpose()?;
    let mut shown: Vec<Shown> = Vec::new();
    let mut missing = Vec::new();
    if let Some(run) = &run {
        shown.push(run::shown(run));
        for (found, what, command) in of_run(folder, run)? {
            match found {
                Some(one) => shown.push(one),
                None => missing.push((what, command)),
            }
        }
    }
    for found in [
        compare::found(folder)?,
        sweep::found(folder)?,
        tune::found(folder)?,
        montecarlo::found(folder, run.as_ref())?,
        audit::found(folder)?,
        bench::found(folder)?,
        synth::found(folder, run.as_ref())?,
        fit::found(folder)?,
        fit::levels(folder)?,
    ] {
        shown.extend(found);
    }
    if run.is_some() {
        let has = |id: &str| shown.iter().any(|s| s.section.id == id);
        missing.extend(
            OTHERS
                .into_iter()
                .filter(|(id, ..)| !has(id))
                .map(|(_, what, command)| (what, command)),
        );
    }
    let Some(first) = shown.first() else {
        return Ok(None);
    };
    let calls = calls::found(folder)?;
    let title = match &run {
        Some(run) => format!("{}: training run", run.description.name),
        None => first.section.title.clone(),
    };
    if let Some(calls) = calls {
        shown.insert(1, calls);
    }
    let headline = shown.iter().flat_map(|s| s.headline.clone()).collect();
    Ok(Some(Page {
        title,
        headline,
        sections: shown.into_iter().map(|s| s.section).collect(),
        missing,
    }))
}

/// What belongs to a run, in the order of the page, each with what it is called and the command that makes it.
type Part = (Option<Shown>, &'static str, &'static str);

fn of_run(folder: &Folder<'_>, run: &Checkpoint) -> Result<[Part; 5], ReportError> {
    let again = "bruno train CHIP.json --out DIR --restart";
    Ok([
        (
            scores::found(folder)?,
            "Score on the test set",
            "bruno eval DIR/checkpoint.json --json > DIR/test.json",
        ),
        (curves::found(folder, run)?, "Learning curves", again),
        (
            comparison::found(folder)?,
            "Before and after",
            "bruno train CHIP.json --out DIR --baseline OTHER/checkpoint.json",
        ),
        (
            sample::found(folder)?,
            "A sample: spikes and membranes",
            again,
        ),
        (Some(weights::shown(run)), "", ""),
    ])
}

/// What else can be measured of a trained chip: the section, what it is called, the command.
const OTHERS: [(&str, &str, &str); 4] = [
    (
        "montecarlo",
        "Yield of virtual chips",
        "bruno montecarlo DIR --chips 50 --target 0.9",
    ),
    (
        "audit",
        "Gradients against exact backpropagation",
        "bruno audit DIR/checkpoint.json --json > DIR/audit.json",
    ),
    (
        "bench",
        "Speed on this machine",
        "bruno bench DIR/chip.json --out DIR",
    ),
    (
        "synth",
        "Area by module",
        "bruno synth DIR/chip.json --out DIR/synth",
    ),
];

/// A table of foreign words and numbers; columns of numbers stand to the right.
fn table(heads: &[&str], numbers_from: usize, rows: &[Vec<String>]) -> Markup {
    let class = |k: usize| (k >= numbers_from).then_some("n");
    html! {
        div.scroll {
            table {
                thead { tr { @for (k, head) in heads.iter().enumerate() { th scope="col" class=[class(k)] { (head) } } } }
                tbody {
                    @for row in rows {
                        tr { @for (k, cell) in row.iter().enumerate() { td class=[class(k)] { (cell) } } }
                    }
                }
            }
        }
    }
}

/// What is what, a line each.
fn facts(rows: &[(&str, String)]) -> Markup {
    html! {
        div.scroll { table { tbody {
            @for (what, value) in rows { tr { th scope="row" { (what) } td { (value) } } }
        } } }
    }
}

/// A remark below a table, where there is one.
fn note(text: Option<String>) -> Markup {
    html! { @if let Some(text) = text { p.note { (text) } } }
}

/// The word by which a setting stands in files.
fn word(setting: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(setting).unwrap_or_default();
    value.as_str().unwrap_or_default().into()
}
