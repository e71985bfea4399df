//! Programs of simulators with 8-bit synapses ([`Chip::with_fine_synapses`]): of the ideal chip and of virtual ones.

use bruno_chip::ChipError;
use bruno_device::{Chip, Codes, FineTable, Layer, LayerTables, VirtualLayer, fine_table};
use bruno_sim::{LayerProgram, Program};

/// The ideal chip's program in tables of a virtual chip: the same currents.
pub fn ideal_program(chip: &Chip, program: &Program) -> Program {
    let table = |layer: &Layer, codes: &[u8], levels: &[i32]| {
        let currents: Vec<i32> = codes.iter().map(|c| levels[usize::from(*c)]).collect();
        fine_table(layer, &currents)
    };
    let layer = |(own, layer): (&LayerProgram, &Layer)| {
        let (inputs, recurrences) = own.weights.split_at(layer.inputs * layer.neurons);
        let input = table(layer, inputs, &own.levels);
        let recurrent = layer
            .recurrent
            .then(|| table(layer, recurrences, &own.recurrent_levels));
        layer_program(own.codes.clone(), &input, recurrent.as_ref())
    };
    Program {
        layers: program.layers.iter().zip(&chip.layers).map(layer).collect(),
        window: program.window,
    }
}

/// What a virtual chip's memories hold in a sample; also with what that deviates from the ideal chip.
///
/// # Errors
/// Currents that would overflow the chip's adders.
pub fn held_program(
    chip: &Chip,
    layers: &[VirtualLayer<'_>],
    sample: u32,
) -> Result<(Program, Vec<LayerTables>), ChipError> {
    let tables = layers.iter().map(|layer| layer.tables(chip, sample));
    let tables: Vec<LayerTables> = tables.collect::<Result<_, _>>()?;
    let program = |(layer, held): (&VirtualLayer<'_>, &LayerTables)| {
        let recurrent = held.recurrent.as_ref().map(|r| &r.table);
        layer_program(layer.codes.clone(), &held.input.table, recurrent)
    };
    let program = Program {
        layers: layers.iter().zip(&tables).map(program).collect(),
        window: chip.window_ticks,
    };
    Ok((program, tables))
}

fn layer_program(codes: Codes, input: &FineTable, recurrent: Option<&FineTable>) -> LayerProgram {
    let recurrences = recurrent.map_or(&[][..], |r| &r.codes);
    LayerProgram {
        codes,
        levels: input.levels.clone(),
        recurrent_levels: recurrent.map_or(Vec::new(), |r| r.levels.clone()),
        weights: [&input.codes[..], recurrences].concat(),
    }
}
