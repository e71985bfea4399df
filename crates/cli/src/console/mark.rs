//! What a line beside the result is, by its first word: its colour on a terminal, and whether quiet commands tell it.

use clap::builder::styling::{AnsiColor, Style};
use std::borrow::Cow;
use std::ffi::OsStr;

struct Mark {
    word: &'static str,
    colour: AnsiColor,
    /// Something is wrong: told to those who asked for quiet, too.
    urgent: bool,
}

const MARKS: [Mark; 3] = [
    Mark {
        word: "bruno:",
        colour: AnsiColor::Red,
        urgent: true,
    },
    Mark {
        word: "warning:",
        colour: AnsiColor::Yellow,
        urgent: true,
    },
    Mark {
        word: "note:",
        colour: AnsiColor::Cyan,
        urgent: false,
    },
];

fn mark(line: &str) -> Option<&'static Mark> {
    MARKS.iter().find(|mark| line.starts_with(mark.word))
}

/// Whether a line says that something is wrong.
pub fn is_urgent(line: &str) -> bool {
    mark(line).is_some_and(|mark| mark.urgent)
}

/// The line with its first word in colour.
pub fn painted(line: &str) -> Cow<'_, str> {
    let Some(Mark { word, colour, .. }) = mark(line) else {
        return line.into();
    };
    let style = Style::new().bold().fg_color(Some((*colour).into()));
    let rest = line.strip_prefix(word).unwrap_or_default();
    format!("{style}{word}{style:#}{rest}").into()
}

/// Whether a terminal shows colours: what its user says (`NO_COLOR`, <https://no-color.org>) and what it is (`TERM`).
pub fn colours(no_color: Option<&OsStr>, term: Option<&OsStr>) -> bool {
    no_color.is_none_or(OsStr::is_empty) && term.is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, painted: &str, urgent: bool) {
        assert_eq!(super::painted(line), painted);
        assert_eq!(is_urgent(line), urgent);
    }

    #[test]
    fn a_failure() {
        check("bruno: no", "\u{1b}[1m\u{1b}[31mbruno:\u{1b}[0m no", true);
    }
    #[test]
    fn a_note() {
        check("note: so", "\u{1b}[1m\u{1b}[36mnote:\u{1b}[0m so", false);
    }
    #[test]
    fn progress() {
        check("epoch 1/2: 10 %", "epoch 1/2: 10 %", false);
    }

    fn check_colours(no_color: Option<&str>, term: Option<&str>, expected: bool) {
        assert_eq!(
            colours(no_color.map(OsStr::new), term.map(OsStr::new)),
            expected
        );
    }

    #[test]
    fn a_terminal() {
        check_colours(None, Some("xterm"), true);
    }
    #[test]
    fn a_user_without_colours() {
        check_colours(Some("1"), Some("xterm"), false);
    }
    #[test]
    fn a_variable_that_is_empty() {
        check_colours(Some(""), None, true);
    }
    #[test]
    fn a_terminal_without_colours() {
        check_colours(None, Some("dumb"), false);
    }
}
