//! Ways to compile what is evaluated every tick, of which the fastest is kept ([`super::contest`]). All that are compared go through
//! LLVM's text, where look-ups are written that clang does not find ([`super::llvm_text`]).

use super::names;

/// A way to compile what is evaluated every tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Choice {
    /// Options of the translation to LLVM's language.
    pub options: &'static [&'static str],
    /// Whether lanes that are shifted by equal amounts are shifted by one count there ([`super::llvm_text`]).
    pub uniform_shifts: bool,
    /// Options of the translation from there to the processor's.
    pub code: &'static [&'static str],
}

/// As clang does it by itself.
pub(super) const AS_IS: Choice = Choice {
    options: &[],
    uniform_shifts: false,
    code: &[],
};
/// Without hoisting.
const UNHOISTED: Choice = Choice {
    code: &names::NO_HOISTING,
    ..AS_IS
};
/// The only build.
pub(super) const ONE: [Choice; 1] = [AS_IS];
/// With AVX2. Uniform shifts make the model 7 % faster on Zen 2, but processors differ in them, so both stand.
pub(super) const AVX2: [Choice; 6] = [
    AS_IS,
    UNHOISTED,
    Choice {
        uniform_shifts: true,
        ..AS_IS
    },
    Choice {
        uniform_shifts: true,
        ..UNHOISTED
    },
    Choice {
        uniform_shifts: true,
        code: &names::FEW_SPILLS,
        ..AS_IS
    },
    Choice {
        uniform_shifts: true,
        code: &names::INDEPENDENT_FIRST,
        ..AS_IS
    },
];
/// With AVX-512.
pub(super) const AVX512: [Choice; 2] = [AS_IS, UNHOISTED];
/// With AVX-512, where two vectors at once leave no more neurons over than one: unhoisted, llvm-mca expects 93 cycles for 32
/// neurons instead of 114 on Ice Lake.
pub(super) const AVX512_PAIRS: [Choice; 4] = [
    AS_IS,
    UNHOISTED,
    Choice {
        options: &names::INTERLEAVED,
        ..AS_IS
    },
    Choice {
        options: &names::INTERLEAVED,
        ..UNHOISTED
    },
];
