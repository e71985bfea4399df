//! Text to lines of tokens, within limits that keep every later step short.

use crate::mistake::{Fault, Faults, Span};

/// Largest file, bytes.
const MAX_FILE: usize = 64 * 1024;
/// Longest line, characters.
const MAX_LINE: usize = 1000;
/// Longest name or number, characters.
const MAX_WORD: usize = 40;

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// A finite number without sign.
    Number(f64),
    /// A name.
    Name(String),
    /// A name with a prime: the rate of a state.
    Change(String),
    /// An operator or bracket.
    Symbol(&'static str),
}

/// One line that holds something, with its tokens.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Spaces before the first token.
    pub indent: usize,
    /// Tokens and where they stand.
    pub tokens: Vec<(Token, Span)>,
    /// Behind the last token.
    pub end: Span,
}

const SYMBOLS: [&str; 17] = [
    "**", "+=", "-=", "+", "-", "*", "/", "(", ")", "[", "]", ":", ",", "<", ">", "=", "@",
];

/// The lines of a file without comments and empty lines.
pub(crate) fn lines(text: &str, faults: &mut Faults) -> Vec<Line> {
    let start = Span {
        line: 1,
        column: 1,
        width: 1,
    };
    if text.len() > MAX_FILE && text.lines().all(|l| l.len() <= MAX_LINE) {
        let fault = Fault::new(
            start,
            format!("the file has {} bytes", text.len()),
            format!("at most {MAX_FILE} bytes"),
            "a neuron model is a page of equations: split the file, one model a file",
        );
        faults.add(fault);
        return Vec::new();
    }
    let numbered = text.lines().zip(1..);
    let read = numbered.filter_map(|(text, number)| faults.take(line(text, number)));
    read.filter(|line| !line.tokens.is_empty()).collect()
}

fn line(text: &str, number: u32) -> Result<Line, Fault> {
    let at = |column: usize, width: usize| Span {
        line: number,
        column: column as u32 + 1,
        width: width as u32,
    };
    if text.chars().nth(MAX_LINE).is_some() {
        return Err(Fault::new(
            at(MAX_LINE, 1),
            format!("the line has more than {MAX_LINE} characters"),
            format!("at most {MAX_LINE} characters"),
            "name parts of the expression with `inline` lines",
        ));
    }
    let code = text.split('#').next().unwrap_or_default().trim_end();
    let letters: Vec<char> = code.chars().collect();
    let indent = letters.iter().take_while(|c| **c == ' ').count();
    let mut tokens = Vec::new();
    let mut i = indent;
    while i < letters.len() {
        if letters[i] == ' ' {
            i += 1;
            continue;
        }
        let (token, width) = token(&letters[i..], at(i, 1))?;
        tokens.push((token, at(i, width)));
        i += width;
    }
    Ok(Line {
        indent,
        tokens,
        end: at(letters.len(), 1),
    })
}

/// The token at the start of the letters, and its width.
fn token(letters: &[char], at: Span) -> Result<(Token, usize), Fault> {
    let first = letters.first().copied().unwrap_or(' ');
    if first.is_ascii_digit() {
        return number(letters, at);
    }
    if first.is_ascii_alphabetic() || first == '_' {
        return name(letters, at);
    }
    let symbol = SYMBOLS.iter().find(|s| {
        let mut wanted = s.chars().zip(letters);
        letters.len() >= s.len() && wanted.all(|(a, b)| a == *b)
    });
    match symbol {
        Some(symbol) => Ok((Token::Symbol(symbol), symbol.len())),
        None => Err(unreadable(first, at)),
    }
}

fn unreadable(letter: char, at: Span) -> Fault {
    let (expected, remedy) = match letter {
        '\t' => ("spaces", "indent with spaces, four a level"),
        '\u{b5}' | '\u{3bc}' => ("ASCII letters", "write `u` for micro: `um`, `us`"),
        '\u{2126}' | '\u{3a9}' => ("ASCII letters", "write `Ohm`"),
        '^' => ("an operator", "write `**` for a power"),
        '\'' => (
            "a name before the prime",
            "write the prime directly behind a state: V'",
        ),
        '.' => ("a digit before the point", "write 0.5 for .5"),
        _ => (
            "a name, a number or an operator",
            "take it out; comments begin with `#`",
        ),
    };
    Fault::new(
        at,
        format!("cannot read `{}`", letter.escape_debug()),
        expected,
        remedy,
    )
}

fn name(letters: &[char], at: Span) -> Result<(Token, usize), Fault> {
    let is_part = |c: &&char| c.is_ascii_alphanumeric() || **c == '_';
    let width = letters.iter().take_while(is_part).count();
    fits(width, "name", at)?;
    let name: String = letters[..width].iter().collect();
    if letters.get(width) == Some(&'\'') {
        return Ok((Token::Change(name), width + 1));
    }
    Ok((Token::Name(name), width))
}

fn number(letters: &[char], at: Span) -> Result<(Token, usize), Fault> {
    let digits = |from: usize| {
        letters[from..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count()
    };
    let mut width = digits(0);
    if letters.get(width) == Some(&'.') {
        width += 1 + digits(width + 1);
    }
    if matches!(letters.get(width), Some('e' | 'E')) {
        let sign = usize::from(matches!(letters.get(width + 1), Some('+' | '-')));
        let exponent = digits((width + 1 + sign).min(letters.len()));
        // `2 eV` and `2eV` are a number with a unit.
        if exponent > 0 {
            width += 1 + sign + exponent;
        }
    }
    fits(width, "number", at)?;
    let text: String = letters[..width].iter().collect();
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((Token::Number(value), width)),
        _ => Err(Fault::new(
            Span {
                width: width as u32,
                ..at
            },
            format!("the number {text} is too large"),
            "a number below 1.8e308",
            "use a unit with a prefix, e.g. GOhm",
        )),
    }
}

fn fits(width: usize, what: &str, at: Span) -> Result<(), Fault> {
    if width <= MAX_WORD {
        return Ok(());
    }
    Err(Fault::new(
        Span {
            width: width as u32,
            ..at
        },
        format!("a {what} of {width} characters"),
        format!("at most {MAX_WORD}"),
        "shorten it",
    ))
}
