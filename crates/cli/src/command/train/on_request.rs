//! A checkpoint on request: SIGUSR1 is what a cluster sends before a time limit (`--signal` of Slurm).

use signal_hook::consts::SIGUSR1;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

/// Set by the signal. Where the system refuses a handler, none ever comes and a run is as it was without.
static REQUESTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| {
    let flag = Arc::new(AtomicBool::new(false));
    let _ = signal_hook::flag::register(SIGUSR1, Arc::clone(&flag));
    flag
});

/// From now on the signal asks for a checkpoint; before, it ends the process.
pub fn listen() {
    LazyLock::force(&REQUESTED);
}

/// Whether one was asked for since the last time.
pub fn take() -> bool {
    REQUESTED.swap(false, Ordering::Relaxed)
}
