//! Damaged files: a mistake or a model, never a panic, an endless loop or a full stack.

use bruno_model::{Derived, Model, SHIPPED};
use proptest::prelude::*;

/// Pieces that a careless edit may leave.
const PIECES: [&str; 24] = [
    "(",
    ")",
    "'",
    "*",
    "/",
    "**",
    "**-9",
    "-",
    "0",
    "1e300",
    "1e-300",
    "V",
    "I",
    "mV",
    "dt",
    "exp(",
    "sigmoid(",
    "ln(",
    "min(",
    ",",
    "from [",
    "\n",
    "        ",
    "@bits(30)",
];

/// A shipped file with pieces put in or over what stands there.
fn damaged(which: usize, edits: &[(usize, usize, usize)]) -> String {
    let mut text = SHIPPED[which].text.to_string();
    for (at, piece, over) in edits {
        let start = at % text.len();
        let end = (start + over).min(text.len());
        if text.is_ascii() {
            text.replace_range(start..end, PIECES[piece % PIECES.len()]);
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_mistake_or_a_model(
        which in 0..SHIPPED.len(),
        edits in prop::collection::vec((0usize..10_000, 0usize..24, 0usize..4), 1..4),
    ) {
        let text = damaged(which, &edits);
        match Model::read("damaged.nrn", &text).and_then(|m| Derived::new(&m)) {
            Err(mistakes) => {
                prop_assert!(!mistakes.list().is_empty());
                for mistake in mistakes.list() {
                    prop_assert!(mistake.span.line >= 1 && mistake.span.column >= 1, "{mistake}\n{text}");
                    prop_assert!(!mistake.what.is_empty(), "{mistake}\n{text}");
                }
            }
            Ok(derived) => prop_assert!(!derived.report().to_string().is_empty()),
        }
    }
}
