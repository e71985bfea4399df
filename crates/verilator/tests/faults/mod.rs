//! Chips of every kind and size, and a fault in every rewrite that can change what a model computes.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_verilator::seeded::Fault;

/// Vectors of 8 words, for which every rewrite of LLVM's text is in force.
pub const PROCESSOR: &str = "x86-64-v3";

/// A recurrent layer, a readout of its own size, and inputs, as few as suit the size.
pub fn chip(neurons: usize, kind: &str) -> Chip {
    let inputs = if neurons >= 140 { 140 } else { 24 };
    let range = 4000 / (inputs + neurons);
    let neuron = match kind {
        "felif" | "lif" => {
            format!(r#""kind":"{kind}","device":{{"area_um2":0.5,"t_ref_ms":0.1}}"#)
        }
        // A record of a neuron has nine words or so: banks that a window of 1000 ticks has room for.
        model => format!(r#""model":"{model}""#),
    };
    let bank = match kind {
        "felif" | "lif" => 128,
        _ => 100,
    };
    let text = format!(
        r#"{{"name":"faults","inputs":{inputs},"recorder":"mean","bank_neurons":{bank},
            "layers":[{{"name":"hidden",{neuron},"neurons":{neurons},"recurrent":true,
                       "synapse":{{"range_pA":{range}}},"recurrent_synapse":{{"range_pA":{range}}}}}],
            "readout":{{"outputs":2,"synapse":{{"range_pA":{range}}}}}}}"#
    );
    let description = Description::parse("faults", &text).unwrap();
    Chip::resolve("faults", &description).unwrap()
}

/// Faults by the pass that writes them: a changed instruction, a dropped store, a wrong look-up, ...
pub const FAULTS: [Fault; 15] = [
    Fault {
        pass: "registers as words",
        name: "a register in a byte",
        damage: |text| replaced(text, "IData/*10:0*/ ", "CData/*10:0*/ "),
    },
    Fault {
        pass: "aligned arrays",
        name: "words in bytes",
        damage: |text| {
            replaced(
                text,
                "alignas(64) VlUnpacked<IData/*31:0*/",
                "VlUnpacked<CData/*31:0*/",
            )
        },
    },
    Fault {
        pass: "tick temporaries",
        name: "a current that does not begin at zero",
        damage: |text| {
            let (begin, end) = store(text, "inject", Some("0U"))?;
            let (before, after) = (&text[..begin], &text[end..]);
            let begins = text[begin..end].strip_suffix("0U;")?;
            Some(format!("{before}{begins}1U;{after}"))
        },
    },
    Fault {
        pass: "tick temporaries",
        name: "a dropped store of who fired",
        damage: |text| without_store(text, "fired", None),
    },
    Fault {
        pass: "tick temporaries",
        name: "a dropped store of what saturated",
        damage: |text| without_store(text, "clipped", None),
    },
    Fault {
        pass: "whole states",
        name: "a dropped store of the current",
        damage: |text| without_store(text, "i", Some("syn_i_next")),
    },
    Fault {
        pass: "whole states",
        name: "states without their sign",
        damage: |text| {
            let signed = "static_cast<int32_t>(";
            // A zero has no sign to lose, and where all reads mask the word (a number of neurons that is no power of two)
            // nothing depends on its upper bits.
            let mut written = text.split(signed).skip(1);
            let any = written.any(|value| !value.starts_with("(0U)")) && is_read_whole(text, "v");
            any.then(|| text.replace(signed, "static_cast<uint32_t>("))
        },
    },
    Fault {
        pass: "spike search",
        name: "a search that begins one too late",
        damage: |text| {
            let (call, at) = ["bruno_next_word(", "bruno_next_bit("]
                .iter()
                .filter_map(|call| Some((call, text.rfind(&format!("= {call}"))?)))
                .next()?;
            let (before, after) = text.split_at(at + 2 + call.len());
            Some(before.to_string() + &after.replacen(", ", ", 1U + ", 1))
        },
    },
    Fault {
        pass: "seldom branches",
        name: "a branch taken where it is not",
        damage: |text| {
            let marked = "(__builtin_expect(!!";
            let spikes = |at: &usize| {
                let condition = text[*at..].split_once(", 0))").unwrap_or_default().0;
                ["happened", "final_", "first"]
                    .iter()
                    .any(|word| condition.contains(word))
            };
            let at = text.match_indices(marked).map(|(at, _)| at).find(spikes)?;
            let (before, after) = text.split_at(at);
            Some(before.to_string() + &after.replacen("!!", "!", 1))
        },
    },
    Fault {
        pass: "prefetched rows",
        name: "a row that is written",
        damage: |text| {
            replaced(
                text,
                "  for (std::size_t at = 0; at < sizeof(row); at += 64) (void)start[at];",
                "  *const_cast<volatile char*>(start) = 0;",
            )
        },
    },
    Fault {
        pass: "vector shifts",
        name: "another instruction",
        damage: |text| {
            let call = "call <8 x i32> @llvm.x86.avx2.psra.d(";
            text.contains(call)
                .then(|| text.replace("avx2.psra.d(", "avx2.psrl.d("))
        },
    },
    Fault {
        pass: "vector shifts",
        name: "an amount one larger",
        damage: |text| {
            let counts = "insertelement <4 x i32> zeroinitializer, i32 ";
            let (before, after) = text.split_once(counts)?;
            let (word, rest) = after.split_once(", i32 0\n")?;
            let begin = before.rfind('\n')? + 1;
            let (head, line) = before.split_at(begin);
            Some(format!(
                "{head}  %more = add i32 {word}, 1\n{line}{counts}%more, i32 0\n{rest}"
            ))
        },
    },
    Fault {
        pass: "vector look-ups",
        name: "a wrong table",
        damage: |text| {
            let (before, after) = text.split_at(text.find("%table.")?);
            let line = after
                .split('\n')
                .find(|line| line.contains("%table.") && line.contains(" = and "))?;
            Some(before.to_string() + &after.replacen(line, &line.replace(" = and ", " = or "), 1))
        },
    },
    Fault {
        pass: "vector look-ups",
        name: "a look-up in the codes",
        damage: |text| {
            let call = "tail call <8 x i32> @llvm.x86.avx2.permd(<8 x i32> ";
            let (before, after) = text.split_once(call)?;
            let (arguments, rest) = after.split_once(')')?;
            let (table, codes) = arguments.split_once(", <8 x i32> ")?;
            Some(format!("{before}{call}{codes}, <8 x i32> {table}){rest}"))
        },
    },
    Fault {
        pass: "newer spelling",
        name: "a constant without its last digit",
        damage: |text| replaced(text, "0xffffffU", "0xfffffU"),
    },
];

/// The text with another in the first one's place.
fn replaced(text: &str, from: &str, to: &str) -> Option<String> {
    text.contains(from).then(|| text.replacen(from, to, 1))
}

/// Whether an element of a bank's array is read somewhere without a mask.
fn is_read_whole(text: &str, array: &str) -> bool {
    let name = format!("__{array}");
    text.match_indices(&name).any(|(at, _)| {
        let (before, after) = text.split_at(at);
        let begin = before.trim_end_matches(|c: char| c.is_alphanumeric() || "_->".contains(c));
        let element = after[name.len()..].trim_start();
        let written = element.split_once(']').is_some_and(|(_, rest)| {
            rest.trim_start_matches([')', ']'])
                .trim_start()
                .starts_with("= ")
        });
        element.starts_with('[') && !written && !begin.trim_end().ends_with("fffffU &")
    })
}

/// Without the first statement that writes an element of a bank's array (and whose value ends with `value`).
fn without_store(text: &str, array: &str, value: Option<&str>) -> Option<String> {
    let (begin, end) = store(text, array, value)?;
    Some(format!("{};{}", &text[..begin], &text[end..]))
}

/// Where that statement begins and ends.
fn store(text: &str, array: &str, value: Option<&str>) -> Option<(usize, usize)> {
    let element = format!("__{array}[");
    for (at, _) in text.match_indices(&element) {
        let begin = text[..at].rfind([';', '{', '}'])? + 1;
        let end = at + text[at..].find(';')? + 1;
        let name = text[begin..at].trim();
        let written = name
            .chars()
            .all(|c| c.is_alphanumeric() || "_->".contains(c));
        let (_, after) = text[at..end].split_once(']')?;
        let after = after.trim_start_matches([']', ')']).trim_start();
        let ends = value.is_none_or(|value| text[at..end - 1].ends_with(value));
        if written && after.starts_with("= ") && ends {
            return Some((begin, end));
        }
    }
    None
}
