//! Words and statements of the cards' languages: comments gone, continued lines joined, every word with its line.

use super::Format;

/// A word or a single bracket, brace or `=`, and the line it stands in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word<'a> {
    pub text: &'a str,
    pub line: usize,
}

/// Words up to the end of a line that is not continued, or up to the brace that opens a block; one that closes a block is a
/// statement by itself.
pub(super) type Statement<'a> = Vec<Word<'a>>;

/// The statements of a text. One that continues nothing, at the file's start, begins with the word `+`.
pub(super) fn statements(text: &str, format: Format) -> Vec<Statement<'_>> {
    let mut done: Vec<Statement<'_>> = Vec::new();
    let mut current: Statement<'_> = Vec::new();
    let mut open = 0usize;
    for (index, raw) in text.lines().enumerate() {
        let line = index + 1;
        let code = without_comment(raw.trim_matches(['\u{feff}', ' ', '\t', '\r']), format);
        // A line of comment between a line and its continuation does not end the statement.
        if code.is_empty() {
            continue;
        }
        let (code, continued) = match code.strip_prefix('+') {
            Some(after) => (after, true),
            None => (code, false),
        };
        if !continued && open == 0 {
            done.extend((!current.is_empty()).then(|| std::mem::take(&mut current)));
        }
        if continued && current.is_empty() && done.is_empty() {
            current.push(Word { text: "+", line });
        }
        for text in words(code) {
            // Blocks of Spectre; in ngspice braces hold an expression.
            let is_block = format != Format::Ngspice;
            if is_block && text == "}" {
                done.extend((!current.is_empty()).then(|| std::mem::take(&mut current)));
            }
            current.push(Word { text, line });
            match text {
                "(" => open += 1,
                ")" => open = open.saturating_sub(1),
                "{" | "}" if is_block => done.push(std::mem::take(&mut current)),
                _ => {}
            }
        }
    }
    done.extend((!current.is_empty()).then_some(current));
    done
}

fn without_comment(line: &str, format: Format) -> &str {
    if format != Format::Vacask && line.starts_with('*') {
        return "";
    }
    let marks: &[&str] = match format {
        Format::Ngspice => &[";", "$ ", "//"],
        _ => &["//"],
    };
    let end = marks.iter().filter_map(|mark| line.find(mark)).min();
    line[..end.unwrap_or(line.len())].trim_end()
}

/// Words of a line; brackets, braces, `=` and quotes are words by themselves, commas separate.
fn words(line: &str) -> Vec<&str> {
    const SINGLE: &[char] = &['(', ')', '{', '}', '=', '\'', '"'];
    let separates = |c: char| c.is_whitespace() || c == ',';
    let mut words = Vec::new();
    let mut rest = line.trim_start_matches(separates);
    while !rest.is_empty() {
        let end = if rest.starts_with(SINGLE) {
            1
        } else {
            let end = rest.find(|c: char| separates(c) || SINGLE.contains(&c));
            end.unwrap_or(rest.len())
        };
        words.push(&rest[..end]);
        rest = rest[end..].trim_start_matches(separates);
    }
    words
}
