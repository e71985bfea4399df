//! Constants of equal lanes spelled out, lane by lane: newer versions of LLVM write `splat (i32 word)`, and the passes after
//! this one read what LLVM 14 writes. In a line with vectors of several widths they stay.
//!
//! Assumed: the type of a line's constants is that of its vectors.

use super::llvm::by_function;
use super::width::Width;
use super::{Pass, Rewritten};

/// Begins a constant of equal lanes.
const SPLAT: &str = "splat (i32 ";

pub(super) struct VectorConstants;

impl Pass for VectorConstants {
    fn name(&self) -> &'static str {
        "vector constants"
    }

    fn rewrite(&self, text: &str) -> Rewritten {
        if !text.contains(SPLAT) {
            return Rewritten {
                text: text.into(),
                hits: 0,
            };
        }
        by_function(text, |_| String::new(), spelled_out)
    }
}

fn spelled_out(function: &str, width: &Width) -> Option<Rewritten> {
    let mut hits = 0;
    let line = |line: &str| {
        let mut line = line.to_string();
        let alone = line.matches(" x i32>").count() == line.matches(width.vector).count();
        while alone && let Some((before, rest)) = line.split_once(SPLAT) {
            let Some((word, after)) = rest.split_once(')') else {
                break;
            };
            hits += 1;
            line = format!("{before}{}{after}", width.constant(|_| word));
        }
        line + "\n"
    };
    let text = function.lines().map(line).collect();
    Some(Rewritten { text, hits })
}

#[cfg(test)]
mod tests {
    use super::super::width::WIDTHS;
    use super::spelled_out;

    fn check(line: &str, expected: &str) {
        let found = spelled_out(line, &WIDTHS[0]).map(|found| found.text);
        assert_eq!(found, Some(format!("{expected}\n")));
    }

    const SEVEN: &str = "<i32 -7, i32 -7, i32 -7, i32 -7, i32 -7, i32 -7, i32 -7, i32 -7>";

    #[test]
    fn equal_lanes() {
        check(
            "  %2 = and <8 x i32> splat (i32 -7), splat (i32 -7)",
            &format!("  %2 = and <8 x i32> {SEVEN}, {SEVEN}"),
        );
    }

    #[test]
    fn another_width() {
        let line = "  %2 = and <16 x i32> %1, splat (i32 7)";
        check(line, line);
    }

    #[test]
    fn two_widths() {
        let line = "  %2 = call <8 x i32> @f(<16 x i32> splat (i32 7))";
        check(line, line);
    }
}
