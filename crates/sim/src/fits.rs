//! Whether a layer's program stays within what the datapath's words hold. Beyond them RTL and integer model part: a register
//! of 20 bits resets a state of 12, and sums of levels leave the adders.

use crate::{LayerProgram, SimError};
use bruno_chip::DeviceRegister;
use bruno_device::{Chip, Layer, RegisterId};

/// # Errors
/// The first value that a state or an adder cannot hold.
pub(crate) fn check(program: &LayerProgram, layer: &Layer, chip: &Chip) -> Result<(), SimError> {
    let mismatch = |what: &str, found: String, expected: String| SimError::Mismatch {
        what: format!("{what} of `{}`", layer.name),
        found,
        expected,
    };
    if program.codes.rounding != chip.rounding {
        let [found, expected] = [program.codes.rounding, chip.rounding].map(|r| format!("{r:?}"));
        return Err(mismatch("rounding", found, expected));
    }
    frozen_card(program, layer)?;
    for state in &layer.model.states {
        let (low, high) = state.range();
        for register in &state.takes {
            let value = program.codes.value(*register);
            if !(low..=high).contains(&i64::from(value)) {
                let name = format!("`{}`", layer.model.register(*register).name);
                return Err(mismatch(&name, value.to_string(), format!("{low}..{high}")));
            }
        }
    }
    own_registers(program, layer)?;
    match chip.beyond_adders(layer, &program.levels, &program.recurrent_levels) {
        None => Ok(()),
        Some(problem) => Err(mismatch("sum of levels", problem.value, problem.allowed)),
    }
}

/// A chip whose registers and levels are constants takes a program of these alone.
fn frozen_card(program: &LayerProgram, layer: &Layer) -> Result<(), SimError> {
    if !layer.frozen {
        return Ok(());
    }
    let mismatch = |what: String, found: String, expected: String| SimError::Mismatch {
        what: format!(
            "{what} of `{}`, whose card is frozen (train with \"card\": \"programmable\", freeze the chip.json that this \
             leaves),",
            layer.name
        ),
        found,
        expected,
    };
    let seed = RegisterId::from(DeviceRegister::Seed);
    for register in layer.model.registers.iter().filter(|r| **r != seed) {
        let (found, card) = (program.codes.value(*register), layer.codes.value(*register));
        if found != card {
            let name = layer.model.register(*register).name;
            return Err(mismatch(
                format!("register `{name}`"),
                found.to_string(),
                card.to_string(),
            ));
        }
    }
    let tables = [
        (&program.levels, &layer.levels),
        (&program.recurrent_levels, &layer.recurrent_levels),
    ];
    let Some((found, card)) = tables.into_iter().find(|(found, card)| found != card) else {
        return Ok(());
    };
    let pairs = found.iter().zip(card);
    let first = pairs.take_while(|(found, card)| found == card).count();
    let text = |table: &[i32]| table.get(first).map_or("none".into(), i32::to_string);
    let what = format!("level {first}");
    Err(mismatch(what, text(found), text(card)))
}

/// The registers of a neuron file's program hold what its proofs assume.
fn own_registers(program: &LayerProgram, layer: &Layer) -> Result<(), SimError> {
    let own = &program.codes.own;
    let needed = layer
        .model
        .program
        .as_ref()
        .map_or(0, |p| p.registers_count());
    if own.len() != needed {
        return Err(SimError::Mismatch {
            what: format!("registers of the neurons of `{}`", layer.name),
            found: own.len().to_string(),
            expected: needed.to_string(),
        });
    }
    let rounding = program.codes.rounding;
    let misfit = layer
        .model
        .program
        .as_ref()
        .and_then(|p| p.misfit(own, rounding));
    match misfit {
        None => Ok(()),
        Some((name, value, (low, high))) => Err(SimError::Mismatch {
            what: format!("register `{name}` of `{}`", layer.name),
            found: value.to_string(),
            expected: format!("{low}..{high}"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use crate::{LayerProgram, Program};
    use bruno_chip::{Description, Rounding};
    use bruno_device::Chip;

    /// What is said of a program of short words that was changed.
    fn check(change: impl Fn(&mut LayerProgram), expected: &str) {
        let text = r#"{"name":"t","inputs":300,"formats":{"v_bits":12,"p_bits":12,"i_bits":24},
            "layers":[{"name":"h","kind":"felif","neurons":1,"synapse":{"range_pA":300}}],
            "readout":{"outputs":1,"synapse":{"range_pA":1}}}"#;
        let chip = Chip::resolve("t", &Description::parse("t", text).unwrap()).unwrap();
        let mut program = Program::silent(&chip);
        program.check(&chip).unwrap();
        change(&mut program.layers[0]);
        let error = program.check(&chip).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    /// What is said of a program that was changed, of a chip whose card is frozen.
    fn check_frozen(change: impl Fn(&mut LayerProgram), expected: &str) {
        let text = r#"{"name":"t","inputs":3,"card":"frozen",
            "layers":[{"name":"h","kind":"felif","neurons":1,"synapse":{"range_pA":300}}],
            "readout":{"outputs":1,"synapse":{"range_pA":1}}}"#;
        let chip = Chip::resolve("t", &Description::parse("t", text).unwrap()).unwrap();
        let mut program = Program::silent(&chip);
        program.layers[0].weights.fill(3);
        program.check(&chip).unwrap();
        change(&mut program.layers[0]);
        let error = program.check(&chip).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn a_register_of_a_frozen_card() {
        check_frozen(
            |p| p.codes.v_th += 1,
            "register `v_th` of `h`, whose card is frozen",
        );
    }
    #[test]
    fn a_level_of_a_frozen_card() {
        check_frozen(|p| p.levels[1] += 1, "level 1 of `h`, whose card is frozen");
    }

    /// What is said of a program whose registers of a neuron file were changed, each by its name.
    fn check_file(registers: &[(&str, i32)], expected: &str) {
        let text = r#"{"name":"t","inputs":2,
            "layers":[{"name":"h","model":"lif_subtractive","neurons":1,"synapse":{"range_pA":300}}],
            "readout":{"outputs":1,"synapse":{"range_pA":1}}}"#;
        let chip = Chip::resolve("t", &Description::parse("t", text).unwrap()).unwrap();
        let model = chip.layers[0].model.program.clone().unwrap();
        let mut program = Program::silent(&chip);
        program.check(&chip).unwrap();
        for (name, value) in registers {
            program.layers[0].codes.own[model.place(name).unwrap()] = *value;
        }
        let error = program.check(&chip).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn a_shift_beyond_its_range() {
        check_file(&[("V_by_V_s", 31)], "register `V_by_V_s` of `h`");
    }
    #[test]
    fn a_half_of_another_shift() {
        check_file(&[("V_by_V_h", 3)], "register `V_by_V_h` of `h` is 3");
    }
    /// At the smallest shift a mantissa of all bits is above every card's coefficient.
    #[test]
    fn a_coefficient_beyond_the_bounds() {
        let registers = [("V_by_V_m", 2047), ("V_by_V_s", 1), ("V_by_V_h", 1)];
        check_file(&registers, "register `V_by_V_m` of `h` is 2047");
    }

    #[test]
    fn a_reset_beyond_the_membrane() {
        let expected = "`v_reset` of `h` is 2048; the chip takes -2048..2047";
        check(|p| p.codes.v_reset = 2048, expected);
    }
    #[test]
    fn a_floor_below_the_membrane() {
        check(|p| p.codes.v_floor = -2049, "`v_floor` of `h` is -2049");
    }
    #[test]
    fn an_occupation_beyond_its_word() {
        check(
            |p| p.codes.p_reset = 4096,
            "`p_reset` of `h` is 4096; the chip takes 0..4095",
        );
    }
    #[test]
    fn levels_beyond_the_adders() {
        check(
            |p| p.levels.fill(8_000_000),
            "sum of levels of `h` is 2400000000 LSB when every channel spikes",
        );
    }
    #[test]
    fn another_rounding() {
        check(
            |p| p.codes.rounding = Rounding::Stochastic,
            "rounding of `h` is Stochastic; the chip takes Nearest",
        );
    }
}
