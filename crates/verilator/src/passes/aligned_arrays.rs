//! Arrays of words begin where a cache line does: vectors that cross a line cost a tenth of the speed.
//!
//! Assumed: a header declares such an array as `VlUnpacked<IData/*...`. Where an object begins changes nothing that is
//! computed with it.

use super::{Pass, Rewritten};
use crate::names::{ARRAY, ARRAY_AT_LINE};

pub(super) struct AlignedArrays;

impl Pass for AlignedArrays {
    fn name(&self) -> &'static str {
        "aligned arrays"
    }

    fn rewrite(&self, text: &str) -> Rewritten {
        Rewritten {
            text: text.replace(ARRAY, ARRAY_AT_LINE),
            hits: text.matches(ARRAY).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AlignedArrays, Pass};

    fn check(line: &str, expected: &str) {
        assert_eq!(AlignedArrays.rewrite(line).text, expected);
    }

    #[test]
    fn arrays_of_words_begin_a_line() {
        check(
            "        VlUnpacked<IData/*31:0*/, 128> v;",
            "        alignas(64) VlUnpacked<IData/*31:0*/, 128> v;",
        );
    }

    #[test]
    fn other_arrays_stay() {
        let line = "        VlUnpacked<CData/*2:0*/, 128> code;";
        check(line, line);
    }
}
