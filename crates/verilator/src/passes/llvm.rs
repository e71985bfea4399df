//! What the passes over LLVM's text share: functions, widths of vectors, assignments.

use super::Rewritten;
use super::width::{WIDTHS, Width};

/// The text after a rewrite of each of its functions, for each width of vectors in it, and the instructions that it may
/// call declared. `rewrite` returns the function and its hits, or nothing where there are none. LLVM numbers the values of
/// each function from nothing.
pub(super) fn by_function(
    text: &str,
    declare: impl Fn(&Width) -> String,
    rewrite: impl Fn(&str, &Width) -> Option<Rewritten>,
) -> Rewritten {
    let mut all = Rewritten {
        text: String::with_capacity(text.len() + text.len() / 8),
        hits: 0,
    };
    let mut function = String::new();
    for line in text.lines() {
        function += line;
        function += "\n";
        if line == "}" {
            let mut function = std::mem::take(&mut function);
            for width in &WIDTHS {
                let in_it = function.contains(width.vector);
                if let Some(rewritten) = in_it.then(|| rewrite(&function, width)).flatten() {
                    all.hits += rewritten.hits;
                    function = rewritten.text;
                }
            }
            all.text += &function;
        }
    }
    all.text += &function;
    all.text += &WIDTHS.iter().map(declare).collect::<String>();
    all
}

/// The name and the value in `name = value`.
pub(super) fn assignment(line: &str) -> Option<(&str, &str)> {
    line.trim_start().split_once(" = ")
}
