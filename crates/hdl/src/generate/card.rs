//! What the kernels of a delivered module read beside states: registers of the card, ports of the module or constants
//! of a frozen card, and constants of the formats.

use super::bank::constants;
use super::lists::{short, vector};
use super::register_map::bank_registers;
use super::{Text, literal};
use crate::atoms::Type;
use crate::interval::Interval;
use crate::narrow::Word;
use bruno_chip::Register;
use bruno_device::{Chip, Layer, RegisterId};
use std::fmt::Write;

/// Columns of what a constant's comment says.
const ABOUT: usize = 50;

/// A register where a kernel reads it.
pub(super) fn register_word(layer: &Layer, r: &Register) -> Word {
    if !layer.frozen {
        return Word::new(&format!("{}_i", r.name), r.bits, r.signed);
    }
    let found = bank_registers(layer).find(|(_, other)| other.name == r.name);
    let value = found.map_or(0, |(id, _)| layer.codes.value(id));
    let point = Interval::point(value.into());
    Word::within(&r.name.to_uppercase(), kind(r), point)
}

/// A register or a constant of the formats, by the name that kernels read.
pub(super) fn word(chip: &Chip, layer: &Layer, name: &str) -> Option<Word> {
    if let Some((_, r)) = bank_registers(layer).find(|(_, r)| r.name == name) {
        return Some(register_word(layer, &r));
    }
    let (_, value) = constants(chip).into_iter().find(|c| c.0 == name)?;
    let point = Interval::point(value.into());
    Some(Word::within(&name.to_uppercase(), point.kind(), point))
}

/// Declarations of the constants that are read: as narrow as they are where they are delivered, words of 32 bits where
/// they train.
pub(super) fn declarations(
    chip: &Chip,
    layer: &Layer,
    text: Text,
    read: &dyn Fn(&str) -> bool,
) -> String {
    let word = Type {
        bits: 32,
        signed: true,
    };
    let mut declared = String::new();
    let all = formats(chip, layer).into_iter().chain(frozen(layer));
    for (name, kind, value, about) in all.filter(|(name, ..)| read(name)) {
        let kind = match text {
            Text::Delivered => kind,
            Text::Training => word,
        };
        let sign = if kind.signed { "signed " } else { "" };
        let value = literal(kind.bits, kind.signed, value);
        let bits = vector(kind.bits as usize);
        let _ = writeln!(
            declared,
            "  localparam {sign}{bits} {name} = {value};{about}"
        );
    }
    declared
}

type Constant = (String, Type, i32, String);

/// A program of a neuron file has numbers in their place.
fn formats(chip: &Chip, layer: &Layer) -> Vec<Constant> {
    if layer.model.program.is_some() {
        return Vec::new();
    }
    let all = constants(chip).into_iter();
    all.map(|(name, value)| {
        let kind = Interval::point(value.into()).kind();
        (name.to_uppercase(), kind, value, String::new())
    })
    .collect()
}

fn frozen(layer: &Layer) -> impl Iterator<Item = Constant> + '_ {
    let all = bank_registers(layer).filter(|_| layer.frozen);
    all.map(|(id, r): (RegisterId, Register)| {
        let about = format!(" // {}", short(&r.about, ABOUT));
        let name = r.name.to_uppercase();
        (name, kind(&r), layer.codes.value(id), about)
    })
}

fn kind(r: &Register) -> Type {
    Type {
        bits: r.bits,
        signed: r.signed,
    }
}
