//! Widths of vectors, and LLVM's names of the instructions for them.

use std::fmt::Display;

/// What this file does, as a part of a model's key in the cache.
pub(super) const SOURCE: &str = include_str!("width.rs");

/// Vectors of so many 32-bit words.
pub(super) struct Width {
    pub lanes: u32,
    /// Their type.
    pub vector: &'static str,
    /// Takes a vector and a vector of codes: each lane becomes the word of the first that the lower bits of its code name.
    pub look_up: &'static str,
    /// Takes a vector and one of amounts; shifts each lane right, filling with its sign, whatever the amount (unsigned).
    pub shift_by_lanes: &'static str,
    /// Takes a vector and one whose lower 64 bits are the amount of all lanes; where processors are known on which it takes
    /// less time.
    pub shift_by_count: Option<&'static str>,
}

/// With AVX2 and with AVX-512.
pub(super) const WIDTHS: [Width; 2] = [
    Width {
        lanes: 8,
        vector: "<8 x i32>",
        look_up: "@llvm.x86.avx2.permd",
        shift_by_lanes: "@llvm.x86.avx2.psrav.d.256",
        shift_by_count: Some("@llvm.x86.avx2.psra.d"),
    },
    Width {
        lanes: 16,
        vector: "<16 x i32>",
        look_up: "@llvm.x86.avx512.permvar.si.512",
        shift_by_lanes: "@llvm.x86.avx512.psrav.d.512",
        shift_by_count: None,
    },
];

impl Width {
    /// Declares the instructions.
    pub fn declarations(&self) -> String {
        let vector = self.vector;
        let declare = |name, second| format!("declare {vector} {name}({vector}, {second})\n");
        let by_count = self.shift_by_count.map(|name| declare(name, COUNT));
        let [look_up, shift] =
            [self.look_up, self.shift_by_lanes].map(|name| declare(name, vector));
        look_up + &shift + &by_count.unwrap_or_default()
    }

    /// A function in which equal lanes of a constant, which newer versions of LLVM write as `splat (i32 word)`, stand one by one.
    /// Left as they are in lines with vectors of another width too.
    pub fn spelled_out(&self, function: &str) -> String {
        let line = |line: &str| {
            let mut line = line.to_string();
            let alone = line.matches(" x i32>").count() == line.matches(self.vector).count();
            while alone && let Some((before, rest)) = line.split_once(SPLAT) {
                let Some((word, after)) = rest.split_once(')') else {
                    break;
                };
                line = format!("{before}{}{after}", self.constant(|_| word));
            }
            line + "\n"
        };
        function.lines().map(line).collect()
    }

    /// The vector of the words that `word` gives for each lane.
    pub fn constant<T: Display>(&self, word: impl Fn(u32) -> T) -> String {
        let words: Vec<_> = (0..self.lanes)
            .map(|n| format!("i32 {}", word(n)))
            .collect();
        format!("<{}>", words.join(", "))
    }

    /// What follows the type in `type operands`.
    pub fn typed<'a>(&self, text: &'a str) -> Option<&'a str> {
        text.strip_prefix(self.vector)?.strip_prefix(' ')
    }

    /// The operands in `operation type operands`.
    pub fn operands<'a>(&self, value: &'a str, operation: &str) -> Option<&'a str> {
        self.typed(value.strip_prefix(operation)?.strip_prefix(' ')?)
    }

    /// The vector in `shufflevector type vector, type poison, type zeroinitializer`, whose first lane becomes all lanes.
    pub fn spread<'a>(&self, value: &'a str) -> Option<&'a str> {
        let (vector, rest) = self.operands(value, "shufflevector")?.split_once(", ")?;
        let lanes = self.typed(rest.rsplit_once(", ")?.1)?;
        (lanes == "zeroinitializer").then_some(vector)
    }
}

/// Begins a constant of equal lanes.
const SPLAT: &str = "splat (i32 ";
/// Type of a vector that holds one amount.
pub(super) const COUNT: &str = "<4 x i32>";

#[cfg(test)]
mod tests {
    use super::WIDTHS;

    fn check(line: &str, expected: &str) {
        assert_eq!(WIDTHS[0].spelled_out(line), format!("{expected}\n"));
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
