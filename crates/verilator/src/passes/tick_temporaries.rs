//! Arrays that a bank forgets in every tick, as variables of the function that evaluates it. As members of the model each bank
//! has its own: at N = 1024 they are a third of what is read and written in a tick, which then does not fit into the
//! fastest cache. The compiler sees too that nothing else reads them.
//!
//! Assumed: the generator writes these arrays for all neurons in a tick before it reads them; the text is all of what is
//! evaluated every tick, and a function ends with the first line that is its bracket. Where several functions use an array
//! it stays.

use super::cpp::{is_of_word, members};
use super::{Pass, Rewritten};
use crate::names::MEMBERS;
use bruno_hdl::bank_names::TEMPORARIES;

pub(super) struct TickTemporaries;

impl Pass for TickTemporaries {
    fn name(&self) -> &'static str {
        "tick temporaries"
    }

    fn rewrite(&self, text: &str) -> Rewritten {
        let names = TEMPORARIES.iter().flat_map(|n| members(text, n));
        let users = |name: &str| functions(text).filter(|f| uses(f, name)).count();
        let owned: Vec<&str> = names.filter(|name| users(name) == 1).collect();
        let functions = functions(text).map(|function| localised(function, &owned));
        Rewritten {
            text: functions.collect(),
            hits: owned.len(),
        }
    }
}

/// A function whose arrays of these names are its own.
fn localised(function: &str, names: &[&str]) -> String {
    let mut function = function.to_string();
    for name in names {
        let Some((head, body)) = function.split_once("{\n") else {
            continue;
        };
        if !uses(body, name) {
            continue;
        }
        // A member's type does not say where it begins.
        let declaration = format!("    alignas(64) decltype({MEMBERS}{name}) {name};\n");
        let body = in_words(body, &format!("{MEMBERS}{name}"), name);
        function = format!("{head}{{\n{declaration}{body}");
    }
    function
}

fn uses(function: &str, name: &str) -> bool {
    let member = format!("{MEMBERS}{name}");
    let mut after = function.split(&member).skip(1);
    after.any(|rest| !rest.starts_with(is_of_word))
}

/// The text with a whole word in another's place.
fn in_words(text: &str, word: &str, other: &str) -> String {
    let mut parts = text.split(word);
    let mut replaced = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let longer = part.starts_with(is_of_word);
        replaced += if longer { word } else { other };
        replaced += part;
    }
    replaced
}

/// The source in parts that each end with a function.
fn functions(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive("\n}\n")
}

#[cfg(test)]
mod tests {
    use super::{Pass, TickTemporaries};

    /// A function that adds to an array.
    fn function(array: &str) -> String {
        format!(
            "void tick(Vchip* vlSelf) {{
    // Body
    vlSelf->{array}[k] = (vlSelf->{array}
                          [k] + 1U);
}}
"
        )
    }

    fn check(text: &str, expected: &str) {
        let found = TickTemporaries.rewrite(text);
        assert_eq!(found.text, expected);
        assert_eq!(found.hits, usize::from(text != expected));
    }

    #[test]
    fn temporaries_of_a_bank() {
        check(
            &function("chip__DOT__hidden_0__DOT__inject"),
            "void tick(Vchip* vlSelf) {
    alignas(64) decltype(vlSelf->chip__DOT__hidden_0__DOT__inject) chip__DOT__hidden_0__DOT__inject;
    // Body
    chip__DOT__hidden_0__DOT__inject[k] = (chip__DOT__hidden_0__DOT__inject
                          [k] + 1U);
}
",
        );
    }

    #[test]
    fn other_arrays_stay() {
        let text = function("__PVT__v") + &function("__PVT__injected") + &function("inject");
        check(&text, &text);
    }

    #[test]
    fn arrays_of_two_functions_stay() {
        let text = function("__PVT__fired") + &function("__PVT__fired");
        check(&text, &text);
    }
}
