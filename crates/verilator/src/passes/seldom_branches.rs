//! Branches that a tick seldom takes, as such: the compiler then keeps what every tick runs together. Spread between what only
//! the bus, a spike or the end of a window needs, it did not fit into the processor's cache of decoded instructions, or
//! did, by the chance of where functions began: a tenth of the time at N = 128.
//!
//! Assumed: `if (` begins a condition that ends with its bracket. How likely a branch is changes nothing that is computed.

use super::cpp::closing;
use super::{Pass, Rewritten};
use crate::names::{BRANCH, UNLIKELY, seldom};
use bruno_device::Chip;

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
const OFTEN: [&str; 5] = ["tick", "reset_", "~", UNLIKELY, "\""];

pub(super) struct SeldomBranches {
    /// Most ticks are without a spike.
    few_spikes: bool,
}

impl SeldomBranches {
    pub fn new(chip: &Chip) -> Self {
        let banks = chip.layers.iter().map(|layer| layer.banks.len()).max();
        Self {
            few_spikes: banks == Some(1),
        }
    }
}

impl Pass for SeldomBranches {
    fn name(&self) -> &'static str {
        "seldom branches"
    }

    fn rewrite(&self, text: &str) -> Rewritten {
        let mut hits = 0;
        let mut rewritten = String::with_capacity(text.len() + text.len() / 16);
        let mut rest = text;
        while let Some(at) = rest.find(BRANCH) {
            let (before, condition) = rest.split_at(at + BRANCH.len() - 1);
            rewritten += before;
            rest = condition;
            let Some(end) = closing(condition, '(', ')') else {
                break;
            };
            let (condition, after) = condition.split_at(end + 1);
            if is_seldom(condition, self.few_spikes) {
                hits += 1;
                rewritten += &seldom(condition);
                rest = after;
            }
        }
        rewritten += rest;
        Rewritten {
            text: rewritten,
            hits,
        }
    }
}

fn is_seldom(condition: &str, few_spikes: bool) -> bool {
    let mentions = |words: &[&str]| words.iter().any(|word| condition.contains(word));
    let spikes = mentions(&SPIKES);
    !mentions(&OFTEN) && (!spikes && mentions(&SELDOM) || spikes && few_spikes)
}

#[cfg(test)]
mod tests {
    use super::{Pass, SeldomBranches};

    fn check(condition: &str, few_spikes: bool, seldom: bool) {
        let expected = match seldom {
            true => format!("if (__builtin_expect(!!{condition}, 0)) {{}}"),
            false => format!("if {condition} {{}}"),
        };
        let found = SeldomBranches { few_spikes }.rewrite(&format!("if {condition} {{}}"));
        assert_eq!((found.text, found.hits), (expected, usize::from(seldom)));
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
