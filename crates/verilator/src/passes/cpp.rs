//! What the passes over C++ share: brackets, words, members of a model's classes.

use crate::names::{BANK_PREFIXES, MEMBERS};

/// Where in `text`, which begins with the bracket `open`, the bracket that closes it is.
pub(crate) fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// The members of this name in banks that `text` mentions, each once.
pub(crate) fn members<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let words = text.split(MEMBERS).skip(1).map(|rest| {
        let end = rest.find(|c| !is_of_word(c));
        &rest[..end.unwrap_or(rest.len())]
    });
    let of_banks = |word: &&str| {
        let before = word.strip_suffix(name).unwrap_or_default();
        BANK_PREFIXES.iter().any(|p| before.ends_with(p))
    };
    let mut all: Vec<&str> = words.filter(of_banks).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether a character can go on a name.
pub(crate) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
