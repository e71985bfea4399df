//! Ways to compile what is evaluated every tick, of which the fastest is kept ([`crate::contest`]). All that are compared go through
//! LLVM's text, where look-ups are written that clang does not find ([`crate::passes`]).

use crate::names;

/// A way to compile what is evaluated every tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Choice {
    /// Options of the translation to LLVM's language.
    pub options: &'static [&'static str],
    /// Whether lanes that are shifted by equal amounts are shifted by one count there ([`crate::passes`]).
    pub uniform_shifts: bool,
    /// Options of the translation from there to the processor's.
    pub code: &'static [&'static str],
}

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shifts = if self.uniform_shifts {
            "uniform shifts"
        } else {
            ""
        };
        let options = [&[shifts], self.options, self.code].concat();
        let said: Vec<&str> = options.into_iter().filter(|o| !o.is_empty()).collect();
        match said.is_empty() {
            true => f.write_str("as it is"),
            false => f.write_str(&said.join(" ")),
        }
    }
}

/// The ways in which a model is compiled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ways<'a> {
    /// One build each.
    pub choices: &'a [Choice],
    /// Whether what is evaluated every tick goes through LLVM's text.
    pub translated: bool,
    /// How far the compiler optimises (`-O`).
    pub level: u32,
}

impl Ways<'_> {
    /// One build, straight to the processor's language.
    pub const fn plain(level: u32) -> Self {
        Self {
            choices: &ONE,
            translated: false,
            level,
        }
    }
}

/// As clang does it by itself.
pub(crate) const AS_IS: Choice = Choice {
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
pub(crate) const ONE: [Choice; 1] = [AS_IS];
/// With AVX2. Uniform shifts make the model 7 % faster on Zen 2, but processors differ in them, so both stand.
pub(crate) const AVX2: [Choice; 6] = [
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
/// Another order of instructions, for processors with many registers.
const ORDERED: Choice = Choice {
    code: &names::HOISTED_INDEPENDENT_FIRST,
    ..AS_IS
};
/// With AVX-512. For 16 neurons llvm-mca expects 48, 49 and 44 cycles on Ice Lake, 40, 41 and 39 on Zen 4.
pub(crate) const AVX512: [Choice; 3] = [AS_IS, UNHOISTED, ORDERED];
/// With AVX-512, where two vectors at once leave no more neurons over than one: 83, 85 and 84 cycles for 32 neurons on Ice Lake,
/// 76, 79 and 75 on Zen 4.
pub(crate) const AVX512_PAIRS: [Choice; 6] = [
    AS_IS,
    UNHOISTED,
    ORDERED,
    Choice {
        options: &names::INTERLEAVED,
        ..AS_IS
    },
    Choice {
        options: &names::INTERLEAVED,
        ..UNHOISTED
    },
    Choice {
        options: &names::INTERLEAVED,
        ..ORDERED
    },
];
