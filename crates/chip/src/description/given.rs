//! Which word lengths a description states itself: the others have a default that depends on the rounding.

use super::Formats;
use serde::Deserialize;

#[derive(Deserialize, Default)]
struct Given {
    #[serde(default)]
    formats: GivenFormats,
}

#[derive(Deserialize, Default)]
struct GivenFormats {
    v_bits: Option<u32>,
    p_bits: Option<u32>,
    i_bits: Option<u32>,
}

/// The formats with the defaults of stochastic rounding where `text`, a valid description, states no word length.
pub(super) fn shorten(formats: Formats, text: &str) -> Formats {
    let given = bruno_json::from_text::<Given>(text).unwrap_or_default();
    let [v, p, i] = Formats::STOCHASTIC_BITS;
    Formats {
        v_bits: given.formats.v_bits.unwrap_or(v),
        p_bits: given.formats.p_bits.unwrap_or(p),
        i_bits: given.formats.i_bits.unwrap_or(i),
        ..formats
    }
}
