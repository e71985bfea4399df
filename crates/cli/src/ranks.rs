//! The processes that this command runs on: one, or the ranks of an MPI job. Rank 0 alone prints and writes results.

use bruno_ranks::{Alone, Ranks};
use std::cell::Cell;
use std::ffi::OsString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Commands that spread their work over ranks.
const SPREAD: [&str; 6] = ["train", "montecarlo", "tune", "eval", "compare", "scale"];
/// What launchers set for the processes of an MPI job: Open MPI and PMIx, MPICH, Slurm.
#[cfg(feature = "mpi")]
const LAUNCHED: [&str; 3] = ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"];
/// What a launcher sets to the number of processes.
#[cfg(not(feature = "mpi"))]
const SIZES: [&str; 2] = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"];
/// How long a rank that failed leaves it to rank 0 to say why: most failures are those of every rank.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(feature = "mpi")]
static JOB: std::sync::OnceLock<bruno_mpi::Mpi> = std::sync::OnceLock::new();

/// Whether this process prints.
static SPEAKS: AtomicBool = AtomicBool::new(true);

thread_local! {
    /// Whether the work at hand is this process's own.
    static IS_ALONE: Cell<bool> = const { Cell::new(false) };
}

/// The ranks that share the work at hand.
pub fn current() -> &'static dyn Ranks {
    match IS_ALONE.get() {
        true => &Alone,
        false => of_process(),
    }
}

#[cfg(feature = "mpi")]
fn of_process() -> &'static dyn Ranks {
    match JOB.get() {
        Some(job) => job,
        None => &Alone,
    }
}

#[cfg(not(feature = "mpi"))]
fn of_process() -> &'static dyn Ranks {
    &Alone
}

/// Does work that each rank does for itself, files included.
pub fn alone<T>(work: impl FnOnce() -> T) -> T {
    /// What was before comes back, also where the work unwinds.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            IS_ALONE.set(self.0);
        }
    }
    let _before = Before(IS_ALONE.replace(true));
    work()
}

/// Whether this process writes the results of the work at hand.
pub fn writes() -> bool {
    current().is_first()
}

/// Whether this process prints.
pub fn speaks() -> bool {
    SPEAKS.load(Ordering::Relaxed)
}

/// Lets this process say why it failed. Rank 0 is left the time to say it for all, and to end them.
pub fn speak_of_failure() {
    if !SPEAKS.swap(true, Ordering::Relaxed) {
        std::thread::sleep(PATIENCE);
        tell!("rank {} of {}:", of_process().rank(), of_process().size());
    }
}

fn is_spread(arguments: &[OsString]) -> bool {
    let command = arguments.get(1).and_then(|word| word.to_str());
    command.is_some_and(|word| SPREAD.contains(&word))
}

/// Runs a command in the MPI job that this process was launched in, if it was; all ranks end with its exit code.
#[cfg(feature = "mpi")]
pub fn in_job(arguments: &[OsString], run: impl FnOnce() -> u8) -> u8 {
    let launched = LAUNCHED.iter().any(|name| std::env::var_os(name).is_some());
    let joined = match launched && is_spread(arguments) {
        true => bruno_mpi::Mpi::join(),
        false => None,
    };
    let Some((session, job)) = joined else {
        return run();
    };
    SPEAKS.store(job.is_first(), Ordering::Relaxed);
    let _ = JOB.set(job);
    let code = run();
    if code != 0 && of_process().size() > 1 {
        // The others may wait for this one: nothing but this ends them.
        bruno_mpi::Mpi::end(code);
    }
    drop(session);
    code
}

/// Runs a command. One that was launched as a job of several processes is refused: each would do all the work.
#[cfg(not(feature = "mpi"))]
pub fn in_job(arguments: &[OsString], run: impl FnOnce() -> u8) -> u8 {
    let size = |name| std::env::var(name).ok()?.parse::<u32>().ok();
    let several = SIZES.into_iter().filter_map(size).any(|size| size > 1);
    if several && is_spread(arguments) {
        tell!(
            "bruno: was launched as several processes of an MPI job, and was built without MPI; \
             build it with `cargo install --path crates/cli --features mpi`"
        );
        return 2;
    }
    run()
}
