//! Number formats with the physical value of one LSB.

use bruno_chip::Rounding;
use bruno_device::{Chip, LayerKind};
use std::fmt::Write;

/// Format of a state: name, code, one LSB, range.
pub(super) struct Format {
    pub(super) name: &'static str,
    code: String,
    pub(super) lsb: String,
    range: String,
}

/// The states that any layer of the chip has.
pub(super) fn formats(chip: &Chip) -> Vec<Format> {
    let f = &chip.description.formats;
    let v = Format {
        name: "v",
        code: format!("signed {}", f.v_bits),
        lsb: format!("{:.4e} V", f.v_lsb()),
        range: format!("+-{} V", f.v_range_v),
    };
    let p = Format {
        name: "p",
        code: f.p_bits.to_string(),
        lsb: format!("2^-{}", f.p_bits),
        range: "0 to 1 (1 - LSB is the largest)".into(),
    };
    let i = Format {
        name: "i",
        code: format!("signed {}", f.i_bits),
        lsb: format!("{:.4e} pA", f.i_lsb_pa()),
        range: format!("+-{} pA", f.i_range_pa),
    };
    let has = |kind| chip.layers.iter().any(|l| l.kind == kind);
    let felif = has(LayerKind::Felif);
    let mut all = Vec::new();
    if felif || has(LayerKind::Lif) {
        all.push(v);
    }
    if felif {
        all.push(p);
    }
    all.push(i);
    all
}

/// The section.
pub(super) fn print(chip: &Chip) -> String {
    let mut page = String::from(
        "## Number formats\n\n| state | what it is | code, bits | one LSB | range |\n|---|---|---|---|---|\n",
    );
    for f in formats(chip) {
        let about = match f.name {
            "v" => "membrane",
            "p" => "occupation of the ferroelectric's down state",
            _ => "synaptic current",
        };
        let _ = writeln!(
            page,
            "| `{}` | {about} | {} | {} | {} |",
            f.name, f.code, f.lsb, f.range
        );
    }
    let rounding = match chip.rounding {
        Rounding::Nearest => "to nearest, half up",
        Rounding::Truncate => "toward zero",
    };
    let _ = writeln!(
        page,
        "\nTwo's complement; rounding {rounding}; states saturate at the ends of their range. Times are counted in ticks of 1 us.\n"
    );
    page
}
