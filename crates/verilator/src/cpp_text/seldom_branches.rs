//! Branches that a tick seldom takes, as such: the compiler then keeps what every tick runs together. Spread between what only
//! the bus, a spike or the end of a window needs, it did not fit into the processor's cache of decoded instructions, or
//! did, by the chance of where functions began: a tenth of the time at N = 128.

use super::closing;

/// What this file does, as a part of a model's key in the cache.
pub(super) const SOURCE: &str = include_str!("seldom_branches.rs");

/// In conditions that seldom hold: reset, the bus, memories that it writes, the start and the end of a window.
const SELDOM: [&str; 11] = [
    "rst_i",
    "clear",
    "_write",
    "device_read",
    "_q",
    "vset",
    "first",
    "send",
    "busy",
    "overrun",
    "final_",
];
/// In conditions that seldom hold where few neurons can fire.
const SPIKES: [&str; 3] = ["spike", "event", "happened"];
/// In conditions that hold in most ticks, and in those of values.
const OFTEN: [&str; 5] = ["tick", "reset_", "~", "VL_UNLIKELY", "\""];

/// The source with these branches; `few_spikes`: most ticks are without.
pub(super) fn rewrite(text: &str, few_spikes: bool) -> String {
    let mut rewritten = String::with_capacity(text.len() + text.len() / 16);
    let mut rest = text;
    while let Some(at) = rest.find("if (") {
        let (before, condition) = rest.split_at(at + 3);
        rewritten += before;
        rest = condition;
        let Some(end) = closing(condition, '(', ')') else {
            break;
        };
        let (condition, after) = condition.split_at(end + 1);
        if seldom(condition, few_spikes) {
            rewritten += &format!("(__builtin_expect(!!{condition}, 0))");
            rest = after;
        }
    }
    rewritten + rest
}

fn seldom(condition: &str, few_spikes: bool) -> bool {
    let mentions = |words: &[&str]| words.iter().any(|word| condition.contains(word));
    let spikes = mentions(&SPIKES);
    !mentions(&OFTEN) && (!spikes && mentions(&SELDOM) || spikes && few_spikes)
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    fn check(condition: &str, few_spikes: bool, seldom: bool) {
        let expected = match seldom {
            true => format!("if (__builtin_expect(!!{condition}, 0)) {{}}"),
            false => format!("if {condition} {{}}"),
        };
        assert_eq!(
            rewrite(&format!("if {condition} {{}}"), few_spikes),
            expected
        );
    }

    #[test]
    fn bus() {
        check(
            "((2U & (IData)(vlSelf->chip__DOT__codes_write)))",
            false,
            true,
        );
    }

    #[test]
    fn tick() {
        check("(vlSelf->chip__DOT__control__DOT__tick_q)", true, false);
    }

    #[test]
    fn spikes_of_few_neurons() {
        check("((0U != vlSelf->chip__DOT__hidden_spike))", true, true);
    }

    #[test]
    fn spikes_of_many_neurons() {
        check("((0U != vlSelf->chip__DOT__hidden_spike))", false, false);
    }

    #[test]
    fn values() {
        check("((1U & reset_v_spike))", true, false);
    }
}
