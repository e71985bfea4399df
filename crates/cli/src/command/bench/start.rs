//! From a description to a running model, in a process of its own with a cache of its own.

use super::forward;
use crate::failure::Failure;
use bruno_verilator::{Flavour, VerilatedModel};
use serde::Serialize;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Sizes of the layer, neurons.
pub const SIZES: [usize; 2] = [128, 1024];

/// One measurement.
#[derive(Serialize)]
pub struct Row {
    pub neurons: usize,
    /// Everything is generated, verilated and compiled, s.
    pub cold_s: f64,
    /// The model lies in the cache, s.
    pub warm_s: f64,
}

/// Starts the model of a layer.
pub fn model(neurons: usize) -> Result<(), Failure> {
    let chip = forward::layer(neurons, 24)?;
    let design = bruno_hdl::generate(&chip)?;
    VerilatedModel::new(&chip, &design, Flavour::Fast, Path::new(""))?;
    Ok(())
}

/// Starts it twice with an empty cache.
pub fn measure(neurons: usize) -> Result<Row, Failure> {
    let failed = |source| Failure::Write {
        path: "a process that starts a model".into(),
        source,
    };
    let cache = tempfile::tempdir().map_err(failed)?;
    let seconds = || {
        let start = Instant::now();
        let mut own = Command::new(std::env::current_exe().map_err(failed)?);
        own.args(["bench", "--start", &neurons.to_string()]);
        own.env("BRUNO_CACHE", cache.path());
        let status = own.status().map_err(failed)?;
        match status.success() {
            true => Ok(start.elapsed().as_secs_f64()),
            false => Err(failed(std::io::Error::other("it failed; see above"))),
        }
    };
    Ok(Row {
        neurons,
        cold_s: seconds()?,
        warm_s: seconds()?,
    })
}
