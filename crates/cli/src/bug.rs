//! A panic is a bug in bruno, whatever the input: it is told with what a report needs, and the exit code is 1.

use crate::ranks;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

/// Runs a command and gives its exit code, 1 where it or a thread of it panics.
pub fn caught(run: impl FnOnce() -> u8 + panic::UnwindSafe) -> u8 {
    panic::set_hook(Box::new(tell_once));
    panic::catch_unwind(run).unwrap_or(1)
}

/// The first panic is the one to know of: the others, in other threads, follow from it.
fn tell_once(panic: &PanicHookInfo<'_>) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let payload = panic.payload();
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref().copied());
        let message = text.unwrap_or("no message");
        let place = panic
            .location()
            .map_or("unknown".into(), ToString::to_string);
        let command: Vec<String> = std::env::args_os()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        ranks::speak_of_failure();
        tell!("{}", report(message, &place, &command.join(" ")));
    });
}

/// What a report of the bug needs.
fn report(message: &str, place: &str, command: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let (os, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    let page = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues");
    format!(
        "bruno: this is a bug in bruno: {message}\n  place:    {place}\n  version:  bruno {version}, {os} {architecture}\n  \
         command:  {command}\n\
         Please report these lines with the files that the command reads: {page}\n\
         (RUST_BACKTRACE and `bruno bench`, which prints the versions of the tools, say more)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(run: impl FnOnce() -> u8 + panic::UnwindSafe, code: u8) {
        assert_eq!(caught(run), code);
    }

    #[test]
    fn a_command_that_ends() {
        check(|| 2, 2);
    }
    #[test]
    fn a_command_that_panics() {
        check(|| panic!("seeded"), 1);
    }
    #[test]
    fn a_thread_that_panics() {
        let run = || {
            let thread = || std::thread::spawn(|| panic!("seeded")).join();
            thread().unwrap_or_else(|panic| panic::resume_unwind(panic))
        };
        check(run, 1);
    }
    #[test]
    fn what_a_report_needs() {
        let found = report(
            "index out of bounds",
            "crates/x/src/y.rs:1:2",
            "bruno eval a.json",
        );
        for part in [
            "this is a bug in bruno: index out of bounds",
            "place:    crates/x/src/y.rs:1:2",
            "command:  bruno eval a.json",
            env!("CARGO_PKG_VERSION"),
        ] {
            assert!(found.contains(part), "{found}");
        }
    }
}
