//! How a command was called: kept beside its results, for whoever reads them later and for commands that go on with them.

use crate::failure::Failure;
use crate::{output, ranks};
use bruno_host::{LineLog, read_text};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// The file of a results' folder.
const FILE: &str = "commands.jsonl";
/// Calls that are kept; a folder that more went into keeps the first.
const MOST: usize = 1000;

thread_local! {
    static WORDS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// One call.
#[derive(Serialize, Deserialize)]
struct Call {
    /// bruno's version.
    version: String,
    /// The words, the program's name first.
    command: Vec<String>,
    /// Where its data lay, absolute; none for built-in data.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<PathBuf>,
    /// Whether it trained the run of the folder; lines that do not say did.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    trained: bool,
}

fn yes() -> bool {
    true
}

/// Says how the command of this thread was called.
pub fn set(words: &[String]) {
    WORDS.with(|own| *own.borrow_mut() = words.to_vec());
}

/// Adds the call at hand to those of a folder; once where it is repeated, as when work that was stopped goes on.
///
/// # Errors
/// The file cannot be written.
pub fn keep(folder: &Path) -> Result<(), Failure> {
    add(folder, None, false)
}

/// The same of a call that trains the run of the folder, with where its data lie.
///
/// # Errors
/// As of [`keep`].
pub fn keep_training(folder: &Path, data: Option<&Path>) -> Result<(), Failure> {
    add(folder, data, true)
}

/// Makes the calls of one folder those of another, which holds the whole of what the first is a part of.
///
/// # Errors
/// A file cannot be read or written.
pub fn take_over(part: &Path, whole: &Path) -> Result<(), Failure> {
    let path = part.join(FILE);
    if !path.is_file() {
        return Ok(());
    }
    let text = read_text(&path).map_err(|e| Failure::Input {
        path: path.display().to_string(),
        what: format!("cannot be read: {e}"),
    })?;
    output::write(&whole.join(FILE), &text)
}

fn add(folder: &Path, data: Option<&Path>, trained: bool) -> Result<(), Failure> {
    if !ranks::writes() {
        return Ok(());
    }
    let path = folder.join(FILE);
    let failed = |source| Failure::Write {
        path: path.display().to_string(),
        source,
    };
    let call = Call {
        version: env!("CARGO_PKG_VERSION").into(),
        command: WORDS.with(|words| words.borrow().clone()),
        data: data.map(std::path::absolute).transpose().map_err(failed)?,
        trained,
    };
    let line = serde_json::to_string(&call).map_err(std::io::Error::from);
    let line = line.map_err(failed)?;
    let (mut count, mut last) = (0, Vec::new());
    let read = LineLog::read(&path, |line| {
        count += 1;
        last = line.to_vec();
        Ok(count < MOST)
    });
    let mut log = read.map_err(failed)?;
    match last == line.as_bytes() {
        true => Ok(()),
        false => log.append(&line).map_err(failed),
    }
}

/// Where the data lay with which the run of a folder was trained; none where nothing says so. The folder may be a
/// stranger's: of what it names, only files and folders are opened, no devices or pipes, which would never end.
pub fn data(folder: &Path) -> Option<PathBuf> {
    let text = read_text(&folder.join(FILE)).ok()?;
    let calls = text.lines().rev();
    let call = calls
        .filter_map(|line| serde_json::from_str::<Call>(line).ok())
        .find(|call| call.trained)?;
    call.data.filter(|path| path.is_file() || path.is_dir())
}
