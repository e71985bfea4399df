//! How the commands were called that wrote results into a folder.

use super::Shown;
use crate::ReportError;
use crate::folder::Folder;
use crate::text;
use bruno_host::read_text;
use maud::html;
use serde::Deserialize;
use std::path::Path;

/// Most calls that are shown.
const MOST: usize = 12;

/// What a page needs of a line of `commands.jsonl`.
#[derive(Deserialize)]
struct Call {
    version: String,
    command: Vec<String>,
}

/// The calls of a folder, the last ones.
pub(super) fn found(folder: &Folder<'_>) -> Result<Option<Shown>, ReportError> {
    let Some(path) = folder.file(&["commands.jsonl"])? else {
        return Ok(None);
    };
    let text = read_text(&path).unwrap_or_default();
    let calls = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let call = |call: Call| {
        let words: Vec<&str> = shown_words(&call.command);
        let words = text::cut(&words.join(" "), 1000);
        format!("{words}  (bruno {})", text::cut(&call.version, 40))
    };
    let calls: Vec<String> = calls.map(call).collect();
    let left_out = calls.len().saturating_sub(MOST);
    let body = html! {
        @if left_out > 0 { p.note { (left_out) " earlier ones are left out." } }
        @for call in calls.iter().skip(left_out) { pre { (call) } }
    };
    let shown = Shown::new(("calls", "How it was called", ""), body, []);
    Ok((!calls.is_empty()).then_some(shown))
}

/// The words of a command without those that say where its results went, or of which part of the work they are: of one piece
/// of work they are the same wherever it lies, and whether it was divided.
fn shown_words(command: &[String]) -> Vec<&str> {
    let names_place = |word: &str| matches!(word, "--out" | "-o" | "--shard");
    let is_place = |word: &str| word.starts_with("--out=") || word.starts_with("--shard=");
    let before = std::iter::once("").chain(command.iter().map(String::as_str));
    let words = command.iter().map(String::as_str).zip(before);
    let shown = words
        .filter(|(word, before)| !(names_place(word) || names_place(before) || is_place(word)));
    shown.map(|(word, _)| without_folders(word)).collect()
}

/// A word of a command; of a path from the root the last part, for a page that is mailed says nothing of folders.
fn without_folders(word: &str) -> &str {
    let path = Path::new(word);
    let last = path.file_name().and_then(|name| name.to_str());
    last.filter(|_| path.is_absolute()).unwrap_or(word)
}
