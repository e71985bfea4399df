//! Arrays that a bank forgets in every tick, as variables of the function that evaluates it. As members of the model each bank
//! has its own: at N = 1024 they are a third of what is read and written in a tick, which then does not fit into the
//! fastest cache. The compiler sees too that nothing else reads them.

use super::{MEMBERS, is_of_word, members};

/// What this file does, as a part of a model's key in the cache.
pub(super) const SOURCE: &str = include_str!("tick_temporaries.rs");

/// The arrays: written for all neurons in a tick before they are read.
const TEMPORARIES: [&str; 3] = ["inject", "clipped", "fired"];

/// The source with these variables, except where several functions use an array.
pub(super) fn rewrite(text: &str) -> String {
    let names: Vec<&str> = TEMPORARIES.iter().flat_map(|n| members(text, n)).collect();
    let users = |name: &str| functions(text).filter(|f| uses(f, name)).count();
    let owned: Vec<&str> = names.into_iter().filter(|name| users(name) == 1).collect();
    functions(text)
        .map(|function| localised(function, &owned))
        .collect()
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
    use super::rewrite;

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
        assert_eq!(rewrite(text), expected);
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
