//! From a description to a running model, in a process of its own with a cache of its own.

use super::forward;
use crate::failure::Failure;
use crate::running::soonest_model;
use serde::Serialize;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Sizes of the layer, neurons.
pub const SIZES: [usize; 2] = [128, 1024];

/// One measurement.
#[derive(Serialize)]
pub struct Row {
    pub neurons: usize,
    /// Everything is generated, verilated and compiled, s.
    pub cold_s: f64,
    /// The check of the model in that, s.
    pub check_s: f64,
    /// The model lies in the cache, s.
    pub warm_s: f64,
}

/// Starts the model of a layer as training does, and prints the time of its check when it was built, s.
pub fn model(neurons: usize) -> Result<(), Failure> {
    let chip = forward::layer(neurons, 24)?;
    let design = bruno_hdl::generate(&chip)?;
    let model = soonest_model(&chip, &design)?;
    say!("{}", model.built().map_or(0.0, |built| built.check_s))
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
        let output = own.stderr(Stdio::inherit()).output().map_err(failed)?;
        let check = String::from_utf8_lossy(&output.stdout).trim().parse();
        match (output.status.success(), check) {
            (true, Ok(check_s)) => Ok((start.elapsed().as_secs_f64(), check_s)),
            _ => Err(failed(std::io::Error::other("it failed; see above"))),
        }
    };
    let ((cold_s, check_s), (warm_s, _)) = (seconds()?, seconds()?);
    Ok(Row {
        neurons,
        cold_s,
        check_s,
        warm_s,
    })
}
