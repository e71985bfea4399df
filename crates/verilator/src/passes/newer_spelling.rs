//! Newer text of Verilator in the spelling of 5.006, which the other passes read.
//!
//! - From 2024 on a function names the members of its class through a reference that it declares itself
//!   (`auto& vlSelfRef = std::ref(*vlSelf).get();`): `vlSelfRef.x` is `vlSelf->x`.
//! - From 2025 on constants have all their digits: `0x0000001fU` is `0x1fU`.
//!
//! Assumed: every function that uses the reference declares it so; where one declaration is written otherwise, the text stays.

use super::cpp::is_of_word;
use super::{Pass, Rewritten};
use crate::names::{HEXADECIMAL, MEMBERS, REFERENCE, REFERENCE_DECLARED, REFERENCE_MEMBERS};

pub(super) struct NewerSpelling;

impl Pass for NewerSpelling {
    fn name(&self) -> &'static str {
        "newer spelling"
    }

    fn rewrite(&self, text: &str) -> Rewritten {
        let declared = text.matches(REFERENCE_DECLARED).count();
        let members = text.matches(REFERENCE_MEMBERS).count();
        let others = text.matches(REFERENCE).count() - declared - members;
        let members = if others == 0 { members } else { 0 };
        let mut spelled = match members {
            0 => text.to_string(),
            _ => text.replace(REFERENCE_MEMBERS, MEMBERS),
        };
        let padded = without_padding(&mut spelled);
        Rewritten {
            text: spelled,
            hits: members + padded,
        }
    }
}

/// Takes the leading zeros from hexadecimal constants; returns how many had some.
fn without_padding(text: &mut String) -> usize {
    let mut found = 0;
    let mut short = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(HEXADECIMAL) {
        let begins = !before.ends_with(is_of_word);
        let end = after.find(|c: char| !c.is_ascii_hexdigit());
        let (digits, behind) = after.split_at(end.unwrap_or(after.len()));
        let significant = digits.trim_start_matches('0');
        short += before;
        short += HEXADECIMAL;
        if begins && significant.len() < digits.len() && digits.len() > 1 {
            found += 1;
            short += if significant.is_empty() {
                "0"
            } else {
                significant
            };
        } else {
            short += digits;
        }
        rest = behind;
    }
    short += rest;
    *text = short;
    found
}

#[cfg(test)]
mod tests {
    use super::{NewerSpelling, Pass};

    fn check(text: &str, expected: &str, hits: usize) {
        let found = NewerSpelling.rewrite(text);
        assert_eq!((found.text.as_str(), found.hits), (expected, hits));
    }

    const DECLARED: &str = "auto& vlSelfRef = std::ref(*vlSelf).get();\n";

    #[test]
    fn members_through_a_reference() {
        check(
            &format!("{DECLARED}vlSelfRef.a = (vlSelfRef.b & 1U);"),
            &format!("{DECLARED}vlSelf->a = (vlSelf->b & 1U);"),
            2,
        );
    }

    #[test]
    fn a_reference_that_is_declared_otherwise() {
        let text = "auto& vlSelfRef = other();\nvlSelfRef.a = vlSelfRef.b;";
        check(text, text, 0);
    }

    #[test]
    fn constants_with_all_digits() {
        check("(0x0000001fU & k) + 0x00000000U", "(0x1fU & k) + 0x0U", 2);
    }

    #[test]
    fn text_of_verilator_5_006() {
        let text = "vlSelf->a[(0x1fU & k)] = 0x0U; x0x00 = 1;";
        check(text, text, 0);
    }
}
