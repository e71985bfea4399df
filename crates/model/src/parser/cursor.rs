//! A place in the tokens of a line.

use crate::lexer::{Line, Token};
use crate::mistake::{Fault, Span};
use crate::syntax::Named;

pub(super) struct Cursor<'a> {
    line: &'a Line,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(line: &'a Line) -> Self {
        Self { line, at: 0 }
    }

    pub fn peek(&self) -> Option<&'a Token> {
        self.line.tokens.get(self.at).map(|(t, _)| t)
    }

    /// Span of the next token, or of the line's end.
    pub fn here(&self) -> Span {
        self.line
            .tokens
            .get(self.at)
            .map_or(self.line.end, |(_, s)| *s)
    }

    /// Span of the token before.
    pub fn before(&self) -> Span {
        let before = self.at.checked_sub(1).and_then(|i| self.line.tokens.get(i));
        before.map_or(self.line.end, |(_, s)| *s)
    }

    pub fn position(&self) -> usize {
        self.at
    }

    /// The tokens since a position as text without spaces.
    pub fn text_from(&self, position: usize) -> String {
        let tokens = self.line.tokens.get(position..self.at).unwrap_or_default();
        let text = tokens.iter().map(|(token, _)| match token {
            Token::Number(x) => x.to_string(),
            Token::Name(n) => n.clone(),
            Token::Change(n) => format!("{n}'"),
            Token::Symbol(s) => (*s).to_string(),
        });
        text.collect()
    }

    pub fn skip(&mut self) {
        self.at += 1;
    }

    /// Whether this word or symbol comes next; it is then taken.
    pub fn take(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(s)) if *s == symbol);
        self.at += usize::from(found);
        found
    }

    pub fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Name(n)) if n == word);
        self.at += usize::from(found);
        found
    }

    pub fn symbol(&mut self, symbol: &str) -> Result<(), Fault> {
        if self.take(symbol) {
            return Ok(());
        }
        Err(self.fault(&format!("`{symbol}`"), &format!("put `{symbol}` here")))
    }

    pub fn name(&mut self, what: &str) -> Result<Named, Fault> {
        let span = self.here();
        match self.peek() {
            Some(Token::Name(name)) => {
                self.skip();
                Ok(Named {
                    name: name.clone(),
                    span,
                })
            }
            _ => Err(self.fault(
                what,
                "a name has letters, digits and `_`, and begins with a letter",
            )),
        }
    }

    /// A whole number within limits.
    pub fn whole(&mut self, low: u32, high: u32) -> Result<(u32, Span), Fault> {
        let span = self.here();
        let wanted = format!("a whole number from {low} to {high}");
        match self.peek() {
            Some(Token::Number(x))
                if x.fract() == 0.0 && (f64::from(low)..=f64::from(high)).contains(x) =>
            {
                self.skip();
                Ok((*x as u32, span))
            }
            _ => Err(self.fault(&wanted, "write one")),
        }
    }

    /// Nothing may follow.
    pub fn finish(&self) -> Result<(), Fault> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.fault(
                "the end of the line",
                "take the rest of the line out, or put an operator here",
            )),
        }
    }

    /// The next token is not what was expected.
    pub fn fault(&self, expected: &str, remedy: &str) -> Fault {
        let what = match self.peek() {
            None => "the line ends here".to_string(),
            Some(Token::Number(x)) => format!("found the number {x}"),
            Some(Token::Name(n)) => format!("found `{n}`"),
            Some(Token::Change(n)) => format!("found `{n}'`"),
            Some(Token::Symbol(s)) => format!("found `{s}`"),
        };
        Fault::new(self.here(), what, expected, remedy)
    }
}
