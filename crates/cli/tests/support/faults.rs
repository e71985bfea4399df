//! Faults of the machine: a command is killed at a chosen call of the system that changes files, or the call is refused.
//! `strace` injects them, so that the same fault strikes at the same place however fast the machine is.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};

/// Calls that change files, as strace names them; `rename` has other names on other processors.
const CALLS: &str = "write,fsync,fdatasync,/^rename,ftruncate,/^unlink,/^mkdir";

/// The how-manieth of a thread's calls is struck.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub call: String,
    pub number: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.call, self.number)
    }
}

/// Every place at which a command can be struck. The command is run for it.
pub fn places(command: &Command) -> Vec<Fault> {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("calls");
    let mut traced = strace(command, &["-o", &log.display().to_string()]);
    let output = traced
        .output()
        .expect("strace is installed (scripts/setup --tests)");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    let log = std::fs::read_to_string(log).unwrap();
    let mut of_thread: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut most: BTreeMap<&str, usize> = BTreeMap::new();
    for line in log.lines() {
        // `PID call(arguments) = result`
        let (thread, rest) = line.split_once(' ').unwrap();
        let Some((call, _)) = rest.trim_start().split_once('(') else {
            continue;
        };
        let count = of_thread.entry((thread, call)).or_default();
        *count += 1;
        let largest = most.entry(call).or_default();
        *largest = (*largest).max(*count);
    }
    let all = most.into_iter().flat_map(|(call, most)| {
        (1..=most).map(|number| Fault {
            call: call.into(),
            number,
        })
    });
    all.collect()
}

/// One of the places.
pub fn any(places: &[Fault], rng: &mut ChaCha8Rng) -> Fault {
    places[rng.random_range(0..places.len())].clone()
}

/// Runs a command that is killed where it enters a call; whether it was.
pub fn kill(command: &Command, at: &Fault) -> bool {
    let output = injected(command, at, "signal=KILL");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.signal() {
        Some(9) => true,
        _ => {
            assert!(output.status.success(), "{at}: {text}");
            false
        }
    }
}

/// Runs a command of which one call is refused with an error such as `ENOSPC`. It must end well, where the call did not
/// matter, or with an error of its own; whether it ended well.
pub fn refuse(command: &Command, at: &Fault, error: &str) -> bool {
    let output = injected(command, at, &format!("error={error}"));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = output.status.code();
    let says_so = text.contains("\nbruno: ") || text.starts_with("bruno: ");
    let is_clean = code == Some(0) || code == Some(2) && says_so;
    // What is refused may be the message itself.
    let is_silent = code == Some(2) && at.call == "write";
    assert!(
        (is_clean || is_silent) && !text.contains("panicked"),
        "{at}: {error}: {code:?}: {text}"
    );
    code == Some(0)
}

fn injected(command: &Command, at: &Fault, what: &str) -> Output {
    let inject = format!("inject={}:{what}:when={}", at.call, at.number);
    strace(command, &["-o", "/dev/null", "-e", &inject])
        .output()
        .unwrap()
}

/// The same command under strace.
fn strace(command: &Command, options: &[&str]) -> Command {
    let mut traced = Command::new("strace");
    traced.args(["-f", "-qq", "-e", &format!("trace={CALLS}")]);
    traced.args(options).arg("--");
    traced.arg(command.get_program()).args(command.get_args());
    if let Some(dir) = command.get_current_dir() {
        traced.current_dir(dir);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => traced.env(name, value),
            None => traced.env_remove(name),
        };
    }
    traced
}

/// Every file below a folder and its bytes, but for event files, which hold the time of day. How a run was called differs
/// between trees by the name of the folder: of that file only its name is in the tree.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(dir) = folders.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !dir.ends_with("tensorboard") {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                let bytes = match path.ends_with("commands.jsonl") {
                    true => Vec::new(),
                    false => std::fs::read(&path).unwrap(),
                };
                files.insert(name, bytes);
            }
        }
    }
    files
}

/// Refuses two trees that differ, by the name of the first file that does.
pub fn assert_same(expected: &Path, found: &Path, after: &str) {
    let (expected, found) = (tree(expected), tree(found));
    let names = |tree: &BTreeMap<String, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&expected), names(&found), "after {after}");
    for (name, bytes) in &expected {
        assert!(*bytes == found[name], "{name} differs after {after}");
    }
}
