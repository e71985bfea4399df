//! Lines of tokens to a file's blocks. One line is one statement; blocks are told by their header and by indentation.

mod cursor;
mod expressions;
mod statements;

use crate::lexer::{self, Line, Token};
use crate::mistake::{Fault, Span};
use crate::syntax::{File, Named};
use cursor::Cursor;

/// Blocks of a model, in the order of the language's page.
const BLOCKS: [&str; 8] = [
    "parameters",
    "internals",
    "state",
    "kernels",
    "equations",
    "input",
    "onCondition",
    "integers",
];

/// Reads a file.
pub(crate) fn parse(text: &str) -> Result<File, Fault> {
    let lines = lexer::lines(text)?;
    let Some((first, rest)) = lines.split_first() else {
        let start = Span {
            line: 1,
            column: 1,
            width: 1,
        };
        return Err(Fault::new(
            start,
            "the file is empty",
            "`model NAME:`",
            "start with `model my_neuron:`",
        ));
    };
    let mut file = File {
        name: header(first)?,
        parameters: Vec::new(),
        internals: Vec::new(),
        states: Vec::new(),
        kernels: Vec::new(),
        inlines: Vec::new(),
        equations: Vec::new(),
        inputs: Vec::new(),
        condition: None,
        actions: Vec::new(),
        integers: Vec::new(),
    };
    blocks(&mut file, first, rest)?;
    Ok(file)
}

fn header(line: &Line) -> Result<Named, Fault> {
    let mut cursor = Cursor::new(line);
    if line.indent != 0 || !cursor.take_word("model") {
        return Err(cursor.fault(
            "`model NAME:` at the start of the line",
            "start with `model my_neuron:`",
        ));
    }
    let name = cursor.name("the model's name")?;
    cursor.symbol(":")?;
    cursor.finish()?;
    Ok(name)
}

/// The blocks below the header. A block's lines are indented deeper than its header.
fn blocks(file: &mut File, header: &Line, lines: &[Line]) -> Result<(), Fault> {
    let mut block: Option<(&str, Span, usize)> = None;
    let mut seen: Vec<(&str, Span)> = Vec::new();
    let outer = lines.first().map_or(0, |l| l.indent);
    let mut empty = Some((file.name.span, "model"));
    for line in lines {
        if line.indent <= outer {
            if let Some((span, name)) = empty.filter(|_| block.is_some()) {
                return Err(nothing_below(span, name));
            }
            let (name, span) = begin(file, line, outer)?;
            if let Some((_, first)) = seen.iter().find(|(n, _)| *n == name) {
                return Err(Fault::new(
                    span,
                    format!(
                        "a second block `{name}` (the first is in line {})",
                        first.line
                    ),
                    "each block once",
                    "put its lines into the first one",
                ));
            }
            seen.push((name, span));
            block = Some((name, span, 0));
            empty = Some((span, name));
            continue;
        }
        if let Some((name, _, indent)) = &mut block {
            if *indent == 0 {
                *indent = line.indent;
            }
            if *indent != line.indent {
                return Err(indented(line, *indent));
            }
            empty = None;
            statements::statement(file, name, line)?;
        }
    }
    match empty {
        Some((span, name)) => Err(nothing_below(span, name)),
        None if lines.is_empty() => Err(nothing_below(Cursor::new(header).here(), "model")),
        None => Ok(()),
    }
}

fn nothing_below(span: Span, name: &str) -> Fault {
    let remedy = "add lines that are indented deeper, or take the header out";
    Fault::new(
        span,
        format!("`{name}` has no lines"),
        "indented lines below it",
        remedy,
    )
}

fn indented(line: &Line, wanted: usize) -> Fault {
    let span = Cursor::new(line).here();
    Fault::new(
        span,
        format!("the line is indented by {} spaces", line.indent),
        format!("{wanted} spaces, like the line before"),
        "indent all lines of a block alike",
    )
}

/// The header of a block.
fn begin(file: &mut File, line: &Line, outer: usize) -> Result<(&'static str, Span), Fault> {
    if line.indent != outer || outer == 0 {
        return Err(indented(line, outer.max(4)));
    }
    let mut cursor = Cursor::new(line);
    let span = cursor.here();
    let list = BLOCKS.map(|b| format!("`{b}:`")).join(", ");
    let known = match cursor.peek() {
        Some(Token::Name(word)) => BLOCKS.iter().find(|b| *b == word),
        _ => None,
    };
    let Some(name) = known else {
        return Err(cursor.fault(
            &format!("a block: {list}"),
            "indent the lines of a block deeper than its header",
        ));
    };
    cursor.skip();
    if *name == "onCondition" {
        file.condition = Some(statements::condition(&mut cursor, span)?);
    }
    cursor.symbol(":")?;
    cursor.finish()?;
    Ok((name, span))
}
