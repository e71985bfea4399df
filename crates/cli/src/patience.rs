//! Work that can take long and cannot be counted, as a compiler's: that it goes on is told after some seconds, then seldomer
//! and seldomer.

use crate::console;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// When it is told for the first time.
const FIRST: Duration = Duration::from_secs(3);
/// How many times as long it takes until it is told again.
const GROWTH: u32 = 3;

/// Whether somebody is telling: threads that wait for the same model say it once.
static TELLS: AtomicBool = AtomicBool::new(false);

/// Does the work; `what` it is, is told with the time that it has taken. In somebody else's process nothing is told.
pub fn waits<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if console::is_others() || TELLS.swap(true, Ordering::Relaxed) {
        return work();
    }
    let (done, wait) = mpsc::channel::<()>();
    let quiet = console::is_quiet();
    let result = thread::scope(|scope| {
        scope.spawn(move || {
            console::set_quiet(quiet);
            tell_until(&wait, what);
        });
        let result = work();
        drop(done);
        result
    });
    TELLS.store(false, Ordering::Relaxed);
    result
}

/// Tells until the other end of the channel is gone.
fn tell_until(done: &mpsc::Receiver<()>, what: &str) {
    let start = Instant::now();
    let mut next = FIRST;
    while let Err(RecvTimeoutError::Timeout) = done.recv_timeout(next - start.elapsed().min(next)) {
        tell!("{what}, {:.0} s", start.elapsed().as_secs_f64());
        next *= GROWTH;
    }
}
