//! Lines of tokens to a file's blocks. One line is one statement; blocks are told by their header and by indentation.

mod cursor;
mod expressions;
mod statements;

use crate::lexer::{self, Line, Token};
use crate::mistake::{Fault, Faults, Span};
use crate::syntax::{File, Named};
use cursor::Cursor;

/// Blocks of a model, in the order of the language's page.
const BLOCKS: [&str; 9] = [
    "parameters",
    "internals",
    "state",
    "kernels",
    "equations",
    "input",
    "onCondition",
    "costs",
    "integers",
];

/// Reads a file; every line that cannot be read is a fault.
pub(crate) fn parse(text: &str) -> Result<File, Vec<Fault>> {
    let mut faults = Faults::default();
    let lines = lexer::lines(text, &mut faults);
    // A line that cannot be read may have been a header: nothing is said of what stands below it.
    let lines = faults.finish(Some(lines))?;
    let mut faults = Faults::default();
    let file = file(&lines, &mut faults);
    faults.finish(file)
}

fn file(lines: &[Line], faults: &mut Faults) -> Option<File> {
    let Some((first, rest)) = lines.split_first() else {
        let start = Span {
            line: 1,
            column: 1,
            width: 1,
        };
        let remedy = "start with `model my_neuron:`";
        faults.add(Fault::new(
            start,
            "the file is empty",
            "`model NAME:`",
            remedy,
        ));
        return None;
    };
    let name = faults.take(header(first))?;
    let mut file = File {
        name,
        parameters: Vec::new(),
        internals: Vec::new(),
        states: Vec::new(),
        kernels: Vec::new(),
        inlines: Vec::new(),
        equations: Vec::new(),
        methods: Vec::new(),
        inputs: Vec::new(),
        condition: None,
        actions: Vec::new(),
        integers: Vec::new(),
        costs: Vec::new(),
    };
    blocks(&mut file, rest, faults);
    Some(file)
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

/// A block while its lines are read.
struct Open {
    name: &'static str,
    header: Span,
    /// Indentation of its lines; of the first one that is read.
    indent: Option<usize>,
}

/// The blocks below the header. A block's lines are indented deeper than its header; those of a block whose header cannot be
/// read are passed over.
fn blocks(file: &mut File, lines: &[Line], faults: &mut Faults) {
    let outer = lines.first().map_or(0, |l| l.indent);
    let mut seen: Vec<(&str, Span)> = Vec::new();
    let mut open: Option<Open> = None;
    for line in lines {
        if line.indent <= outer {
            faults.take(closed(open.take()));
            open = faults.take(begin(file, line, outer, &mut seen));
        } else if let Some(block) = &mut open {
            let wanted = *block.indent.get_or_insert(line.indent);
            faults.take(match wanted == line.indent {
                true => statements::statement(file, block.name, line),
                false => Err(indented(line, wanted)),
            });
        }
    }
    faults.take(closed(open));
    if lines.is_empty() {
        faults.add(nothing_below(file.name.span, "model"));
    }
}

/// A block that ends must have had lines.
fn closed(block: Option<Open>) -> Result<(), Fault> {
    match block {
        Some(Open {
            name,
            header,
            indent: None,
        }) => Err(nothing_below(header, name)),
        _ => Ok(()),
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
fn begin(
    file: &mut File,
    line: &Line,
    outer: usize,
    seen: &mut Vec<(&'static str, Span)>,
) -> Result<Open, Fault> {
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
    if let Some((_, first)) = seen.iter().find(|(n, _)| n == name) {
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
    Ok(Open {
        name,
        header: span,
        indent: None,
    })
}
