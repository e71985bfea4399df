//! What a command prints: results on standard output, everything else on standard error. All printing goes through here.
//!
//! A reader that has gone (`bruno eval run/checkpoint.json | head -1`) is no error: what is left is dropped, and the command
//! finishes its work and ends as it would have. A device that is full is an error, and names the output. That standard
//! error cannot be written is told to nobody, for there is nobody left to hear it.
//!
//! Names and labels come from files, which may be a stranger's: characters that would steer the terminal are printed as
//! their escapes.

mod mark;

use crate::failure::Failure;
use crate::ranks;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::env::var_os;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// Prints a line of the result; gives an error where it cannot be written.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::console::print(&(format!($($text)*) + "\n"))
    };
}

/// Tells a line of what goes on, beside the result.
macro_rules! tell {
    ($($text:tt)*) => {
        $crate::console::tell(&format!($($text)*))
    };
}

/// Where a command prints that runs in somebody else's process, and how it is stopped there.
pub trait Console {
    /// A piece of the result.
    fn print(&mut self, text: &str);
    /// A line of what goes on.
    fn tell(&mut self, line: &str);
    /// Whether the user wants the command to end; asked after every piece of its work.
    fn interrupted(&mut self) -> bool;
}

/// What a command is unwound with whose user wants it to end ([`Console::interrupted`]).
pub struct Interrupted;

thread_local! {
    /// The console of the command that runs in this thread; none where that is the process's own.
    static CONSOLE: RefCell<Option<Box<dyn Console>>> = const { RefCell::new(None) };
    /// Whether the command of this thread tells only what is wrong.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Says whether the command of this thread tells only what is wrong.
pub fn set_quiet(quiet: bool) {
    QUIET.set(quiet);
}

/// Whether the command of this thread tells only what is wrong.
pub fn is_quiet() -> bool {
    QUIET.get()
}

/// Whether a bar of progress is of use: somebody sees it and wants to.
pub fn shows_progress() -> bool {
    !QUIET.get() && !is_others() && ranks::speaks() && io::stderr().is_terminal()
}

/// Runs a command that prints to this console.
pub fn with<T>(console: Box<dyn Console>, run: impl FnOnce() -> T) -> T {
    /// The console of before comes back, also where the command unwinds.
    struct Before(Option<Box<dyn Console>>);
    impl Drop for Before {
        fn drop(&mut self) {
            CONSOLE.set(self.0.take());
        }
    }
    let _before = Before(CONSOLE.replace(Some(console)));
    run()
}

/// Unwinds a command that its user wants to end: locks and folders of tools are given back on the way, and what a run has
/// kept on disk is as after a kill. Not to be called by work of a thread that another one waits for.
pub fn check_interrupted() {
    if of_command(|console| console.interrupted()).unwrap_or(false) {
        std::panic::resume_unwind(Box::new(Interrupted));
    }
}

/// Whether the command that runs in this thread has a console of its own.
pub fn is_others() -> bool {
    CONSOLE.with_borrow(Option::is_some)
}

/// What the command's own console answers; none where it has none.
fn of_command<T>(ask: impl FnOnce(&mut dyn Console) -> T) -> Option<T> {
    CONSOLE.with_borrow_mut(|console| console.as_mut().map(|c| ask(c.as_mut())))
}

/// Prints a piece of the result as it stands.
///
/// # Errors
/// The output cannot be written, for another reason than that its reader has gone.
pub fn print(text: &str) -> Result<(), Failure> {
    if of_command(|console| console.print(text)).is_some() || !ranks::speaks() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    // Flushed at once: what waits in a buffer at the end of the process fails without a word.
    let written_out = out.write_all(visible(text).as_bytes());
    written(written_out.and_then(|()| out.flush()))
}

/// What became of a write to standard output.
pub fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(source) => Err(Failure::Write {
            path: "standard output".into(),
            source,
        }),
        Ok(()) => Ok(()),
    }
}

/// Tells a line.
pub fn tell(line: &str) {
    if QUIET.get() && !mark::is_urgent(line) {
        return;
    }
    if of_command(|console| console.tell(&visible(line))).is_some() || !ranks::speaks() {
        return;
    }
    let line = visible(line);
    let coloured = io::stderr().is_terminal()
        && mark::colours(var_os("NO_COLOR").as_deref(), var_os("TERM").as_deref());
    let line = if coloured {
        mark::painted(&line)
    } else {
        line.as_ref().into()
    };
    let line = format!("{line}\n");
    let _ = io::stderr().write_all(line.as_bytes());
}

/// The text with what steers a terminal, but for ends of lines and tabs, as escapes, which JSON reads too. Such are control
/// characters and those that turn the direction of writing.
fn visible(text: &str) -> Cow<'_, str> {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t') || turns(c);
    if !text.contains(steers) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match steers(c) {
            true => safe.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => safe.push(c),
        }
    }
    safe.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(visible(text), expected);
    }

    #[test]
    fn what_is_printed_as_it_stands() {
        check("\u{3bc}A\tof `hidden`\n", "\u{3bc}A\tof `hidden`\n");
    }
    #[test]
    fn what_would_clear_the_terminal() {
        check("label \u{1b}[2J\r", "label \\u001b[2J\\u000d");
    }
    #[test]
    fn what_old_terminals_obey() {
        check("\u{9b}2J\u{7f}", "\\u009b2J\\u007f");
    }
    #[test]
    fn what_turns_the_direction_of_writing() {
        check("a\u{202e}b", "a\\u202eb");
    }
}
