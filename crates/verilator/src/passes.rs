//! Rewrites of foreign text: of what Verilator and clang write, so that the compiler learns what bruno knows of its RTL.
//! Nothing that the model computes changes.
//!
//! One pass a file; what it assumes of the text stands on top of it. A pass that does not find what it looks for, as in
//! the text of another version of a tool, leaves the text as it is and says so by its hits.

mod aligned_arrays;
mod cpp;
mod llvm;
mod newer_spelling;
mod register_words;
mod seldom_branches;
mod spike_search;
mod tick_temporaries;
mod vector_constants;
mod vector_lookups;
mod vector_shifts;
mod whole_states;
mod width;

use crate::names;
use crate::seeded::Fault;
use bruno_device::Chip;
use serde::{Deserialize, Serialize};

/// A text after a pass, and how often the pass found what it looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rewritten {
    pub text: String,
    pub hits: usize,
}

/// One rewrite of a text.
pub(crate) trait Pass {
    /// What reports call it.
    fn name(&self) -> &'static str;
    /// The text as the pass makes it, or the same text and no hit.
    fn rewrite(&self, text: &str) -> Rewritten;
}

/// Passes in the order in which they run over a text.
pub(crate) type Passes<'a> = Vec<Box<dyn Pass + 'a>>;

/// Over the headers of a model's classes.
pub(crate) fn headers(chip: &Chip) -> Passes<'static> {
    vec![
        Box::new(register_words::RegisterWords::new(chip)),
        Box::new(aligned_arrays::AlignedArrays),
    ]
}

/// Over the C++ of what is evaluated every tick, all of it in one text. A folded chip's stays: its lanes keep from clock to
/// clock what a bank forgets in every tick.
pub(crate) fn cpp(chip: &Chip) -> Passes<'static> {
    if chip.fold > 1 {
        return Vec::new();
    }
    vec![
        Box::new(newer_spelling::NewerSpelling),
        Box::new(tick_temporaries::TickTemporaries),
        Box::new(whole_states::WholeStates::new(chip)),
        Box::new(spike_search::SpikeSearch),
        Box::new(seldom_branches::SeldomBranches::new(chip)),
    ]
}

/// Over LLVM's text of the same; `uniform_shifts`: lanes that are shifted by equal amounts are shifted by one count.
pub(crate) fn llvm(uniform_shifts: bool) -> Passes<'static> {
    vec![
        Box::new(vector_constants::VectorConstants),
        Box::new(vector_shifts::VectorShifts { uniform_shifts }),
        Box::new(vector_lookups::VectorLookups),
    ]
}

/// How often one pass found what it looks for in a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassHits {
    /// Name of the pass.
    pub pass: String,
    /// How often; 0: it is not in force for this chip with these tools.
    pub hits: usize,
}

/// Hits of passes in the order in which they ran.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hits {
    pub all: Vec<PassHits>,
    /// A seeded fault found its place.
    pub damaged: bool,
}

impl Hits {
    /// Counts what a pass found in one more text.
    pub fn add(&mut self, pass: &str, hits: usize) {
        match self.all.iter_mut().find(|known| known.pass == pass) {
            Some(known) => known.hits += hits,
            None => self.all.push(PassHits {
                pass: pass.into(),
                hits,
            }),
        }
    }

    /// What a pass wrote, with a seeded fault that is one of its own.
    pub fn damaged(&mut self, pass: &str, text: String, fault: Option<&Fault>) -> String {
        let fault = fault.filter(|fault| fault.pass == pass);
        match fault.and_then(|fault| (fault.damage)(&text)) {
            Some(damaged) => {
                self.damaged = true;
                damaged
            }
            None => text,
        }
    }
}

/// The text after all passes.
pub(crate) fn run(passes: &Passes, text: String, hits: &mut Hits, fault: Option<&Fault>) -> String {
    passes.iter().fold(text, |text, pass| {
        let rewritten = pass.rewrite(&text);
        hits.add(pass.name(), rewritten.hits);
        hits.damaged(pass.name(), rewritten.text, fault)
    })
}

/// What these files do, as a part of a model's key in the cache.
pub(crate) const SOURCES: [&str; 15] = [
    include_str!("passes.rs"),
    include_str!("passes/aligned_arrays.rs"),
    include_str!("passes/cpp.rs"),
    include_str!("passes/llvm.rs"),
    include_str!("passes/newer_spelling.rs"),
    include_str!("passes/register_words.rs"),
    include_str!("passes/seldom_branches.rs"),
    include_str!("passes/spike_search.rs"),
    include_str!("passes/tick_temporaries.rs"),
    include_str!("passes/vector_constants.rs"),
    include_str!("passes/vector_lookups.rs"),
    include_str!("passes/vector_shifts.rs"),
    include_str!("passes/whole_states.rs"),
    include_str!("passes/width.rs"),
    names::SPIKE_SEARCH,
];

#[cfg(test)]
mod tests {
    use super::{Hits, Passes, cpp, headers, run};
    use bruno_chip::Description;
    use bruno_device::Chip;

    /// Statements of a tick as Verilator 5.006 writes them: a temporary, a state that is read and written, a search for
    /// spikes, a branch that is seldom taken. K is the index of a neuron.
    const OLDER: &str = "void Vchip___024root___nba_sequent__TOP__0(Vchip___024root* vlSelf) {
    // Body
    if (vlSelf->chip__DOT__rst_i) {
        vlSelf->chip__DOT__one_0__DOT__inject[K] = 0U;
    }
    syn_i = ((0x800000U ^ vlSelf->chip__DOT__one_0__DOT__i
              [K]) - (IData)(0x800000U));
    vlSelf->chip__DOT__one_0__DOT__i[K] = (0xffffffU & syn_i_next);
    while ((0x20U > j)) {
        if ((1U & (vlSelf->chip__DOT__spikes >> (0x1fU & j)))) {
            row = j;
        }
        j = (0x3ffffffU & ((IData)(1U) + j));
    }
}
";

    fn chip() -> Chip {
        let text = r#"{"name":"chip","inputs":2,"layers":[{"name":"one","kind":"lif","neurons":32,"synapse":{"range_pA":100}}],
            "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
        Chip::resolve("chip", &Description::parse("chip", text).unwrap()).unwrap()
    }

    /// As versions from 2024 on name members, and those from 2025 on write constants.
    fn newer(text: &str) -> String {
        let text = text
            .replace("K", "(0x1fU & k)")
            .replace("vlSelf->", "vlSelfRef.");
        let text = text.replace(
            "    // Body",
            "    auto& vlSelfRef = std::ref(*vlSelf).get();\n    // Body",
        );
        ["1fU", "20U", "800000U", "ffffffU", "3ffffffU"]
            .iter()
            .fold(text, |text, digits| {
                let padded = format!("0x{:0>9}", digits);
                text.replace(&format!("0x{digits}"), &padded)
            })
    }

    fn hits(passes: &Passes, text: String) -> (String, Vec<(String, usize)>) {
        let mut hits = Hits::default();
        let text = run(passes, text, &mut hits, None);
        let hits = hits.all.into_iter().map(|pass| (pass.pass, pass.hits));
        (text, hits.collect())
    }

    /// The passes find in the newer text what they find in the older one, and make the same of it.
    #[test]
    fn newer_text_of_verilator() {
        let passes = cpp(&chip());
        let (older, expected) = hits(&passes, OLDER.replace("K", "(0x1fU & k)"));
        let (newer, found) = hits(&passes, newer(OLDER));
        let declared = "    auto& vlSelfRef = std::ref(*vlSelf).get();\n";
        assert_eq!(newer.replace(declared, ""), older);
        let by_name = |hits: &[(String, usize)]| hits[1..].to_vec();
        assert_eq!(by_name(&found), by_name(&expected));
        assert_eq!(expected[0].1, 0, "{expected:?}");
        assert!(expected[1..].iter().all(|pass| pass.1 > 0), "{expected:?}");
        assert!(found[0].1 > 0, "{found:?}");
    }

    /// In text that is written in yet another way the passes leave every word as it is.
    #[test]
    fn text_of_an_unknown_version() {
        let text = OLDER.replace("vlSelf->", "self_p->").replace("0x", "0X");
        let text = text.replace("if (", "if(").replace("while ", "while");
        assert_eq!(hits(&cpp(&chip()), text.clone()).0, text);
    }

    #[test]
    fn headers_of_an_unknown_version() {
        let text = "  std::array<uint32_t, 32> chip__DOT__one_0__DOT__i;\n  uint16_t chip__DOT__one_in_m;\n";
        assert_eq!(hits(&headers(&chip()), text.into()).0, text);
    }
}
