//! What a chip is loaded with, as arrays.

use crate::arrays::{given, taken};
use crate::failure::{exception, mismatch};
use bruno_device::Chip;
use bruno_sim::{LayerProgram, Program};
use numpy::{PyArrayDyn, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;

/// A layer's program: name, registers (JSON), level table, recurrent level table, weight codes `[channel, neuron]`.
#[derive(IntoPyObject)]
pub struct Layer {
    name: String,
    registers: String,
    levels: Py<PyArrayDyn<i32>>,
    recurrent_levels: Py<PyArrayDyn<i32>>,
    weights: Py<PyArrayDyn<u8>>,
}

/// The same as Python gives it.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct GivenLayer<'py> {
    registers: String,
    levels: PyReadonlyArrayDyn<'py, i32>,
    recurrent_levels: PyReadonlyArrayDyn<'py, i32>,
    weights: PyReadonlyArrayDyn<'py, u8>,
}

/// A program that fits a chip, as arrays.
pub fn to_python(py: Python<'_>, chip: &Chip, program: &Program) -> PyResult<Vec<Layer>> {
    let layers = chip.layers.iter().zip(&program.layers);
    let layers = layers.map(|(layer, program)| {
        Ok(Layer {
            name: layer.name.clone(),
            registers: serde_json::to_string(&program.codes).unwrap_or_default(),
            levels: given(py, &[program.levels.len()], program.levels.clone())?,
            recurrent_levels: given(
                py,
                &[program.recurrent_levels.len()],
                program.recurrent_levels.clone(),
            )?,
            weights: given(
                py,
                &[layer.fan_in(), layer.neurons],
                program.weights.clone(),
            )?,
        })
    });
    layers.collect()
}

/// A program from arrays, of these shapes for the chip and otherwise unchecked.
pub fn of_python(py: Python<'_>, chip: &Chip, layers: &[GivenLayer<'_>]) -> PyResult<Program> {
    if layers.len() != chip.layers.len() {
        let failure = mismatch("the number of layers", layers.len(), chip.layers.len());
        return Err(exception(py, &failure));
    }
    let layers = chip.layers.iter().zip(layers).map(|(layer, given)| {
        let name = &layer.name;
        let codes = serde_json::from_str(&given.registers).map_err(|e| {
            let allowed = "the names and whole numbers of `chip.program`";
            exception(py, &mismatch(format!("registers of `{name}`"), e, allowed))
        })?;
        let table = |what: &str, array: &PyReadonlyArrayDyn<'_, i32>| {
            taken(py, &format!("{name}.{what}"), array, &[array.len()])
        };
        let shape = [layer.fan_in(), layer.neurons];
        Ok(LayerProgram {
            codes,
            levels: table("levels", &given.levels)?,
            recurrent_levels: table("recurrent_levels", &given.recurrent_levels)?,
            weights: taken(py, &format!("{name}.weights"), &given.weights, &shape)?,
        })
    });
    Ok(Program {
        layers: layers.collect::<PyResult<_>>()?,
        window: chip.window_ticks,
    })
}
