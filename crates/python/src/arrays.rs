//! Arrays from and to NumPy.

use crate::failure::{Fault, exception, mismatch};
use numpy::ndarray::{ArrayD, IxDyn};
use numpy::{Element, PyArray, PyArrayDyn, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;

/// Copies an array out of NumPy, whatever its strides; its shape must be this one.
pub fn taken<T: Element + Clone>(
    py: Python<'_>,
    name: &str,
    array: &PyReadonlyArrayDyn<'_, T>,
    shape: &[usize],
) -> PyResult<Vec<T>> {
    if array.shape() != shape {
        let failure = mismatch(
            format!("the shape of `{name}`"),
            format!("{:?}", array.shape()),
            format!("{shape:?}"),
        );
        return Err(exception(py, &failure));
    }
    Ok(array.as_array().iter().cloned().collect())
}

/// Rows of samples in one array: those of a shorter sample end with zeros, each has `length` values.
pub fn padded<'a, T: Copy + Default + 'a>(
    samples: impl Iterator<Item = &'a [T]>,
    length: usize,
) -> Vec<T> {
    let zeros = std::iter::repeat(T::default());
    let sample = |own: &'a [T]| own.iter().copied().chain(zeros.clone()).take(length);
    samples.flat_map(sample).collect()
}

/// Hands values to NumPy in this shape.
pub fn given<T: Element>(
    py: Python<'_>,
    shape: &[usize],
    values: Vec<T>,
) -> PyResult<Py<PyArrayDyn<T>>> {
    let array = ArrayD::from_shape_vec(IxDyn(shape), values)
        .map_err(|_| mismatch("a result's length", "another", format!("{shape:?}")));
    let array = array.map_err(|failure: Fault| exception(py, &failure))?;
    Ok(PyArray::from_owned_array(py, array).unbind())
}
