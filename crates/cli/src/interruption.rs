//! Ctrl-C, and the end that a cluster puts to a job: work that goes on when it is called again says so, and ends as it would
//! have without a word.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

/// What asks a process to end.
const ENDS: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// Where the work at hand keeps what it goes on from.
static FOLDER: Mutex<Option<PathBuf>> = Mutex::new(None);
static LISTENS: Once = Once::new();

/// From now on a process that is asked to end says that the same command goes on from what is in this folder. In somebody
/// else's process nothing is done: how that ends is not bruno's to say.
pub fn explain(folder: &Path) {
    if crate::console::is_others() {
        return;
    }
    *FOLDER.lock().unwrap_or_else(PoisonError::into_inner) = Some(folder.to_path_buf());
    LISTENS.call_once(|| {
        // Where the system gives no handlers a process ends without a word, as it would.
        if let Ok(signals) = Signals::new(heeded()) {
            std::thread::spawn(move || listen(signals));
        }
    });
}

fn listen(mut signals: Signals) {
    for signal in signals.forever() {
        let folder = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = &*folder {
            tell!(
                "bruno: stopped; the same command goes on from what is in {}",
                folder.display()
            );
        }
        drop(folder);
        let _ = emulate_default_handler(signal);
    }
}

/// The signals that this process was not started to ignore, as `nohup` and the background jobs of a shell are.
fn heeded() -> Vec<i32> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let is_ignored = |signal: i32| ignored.unwrap_or(0) >> (signal - 1) & 1 == 1;
    ENDS.into_iter().filter(|s| !is_ignored(*s)).collect()
}
