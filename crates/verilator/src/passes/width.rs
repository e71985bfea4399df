//! Widths of vectors, and LLVM's names of the instructions for them.

use std::fmt::Display;

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
    /// Declares the look-up.
    pub fn declared_look_up(&self) -> String {
        self.declared(self.look_up, self.vector)
    }

    /// Declares the shifts.
    pub fn declared_shifts(&self) -> String {
        let by_count = self.shift_by_count.map(|name| self.declared(name, COUNT));
        self.declared(self.shift_by_lanes, self.vector) + &by_count.unwrap_or_default()
    }

    fn declared(&self, name: &str, second: &str) -> String {
        let vector = self.vector;
        format!("declare {vector} {name}({vector}, {second})\n")
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

/// Type of a vector that holds one amount.
pub(super) const COUNT: &str = "<4 x i32>";
