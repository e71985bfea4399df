//! What the figures were measured on.

use crate::failure::Failure;
use serde::Serialize;

/// Machine and tools.
#[derive(Serialize)]
pub struct About {
    pub processor: String,
    pub cores: usize,
    /// Load of the machine before the measurement, running processes (mean of a minute).
    pub load: f64,
    pub compiler: String,
    pub verilator: String,
    /// Of the machine that models are compiled for.
    pub vector_bits: u32,
}

pub fn this_machine() -> Result<About, Failure> {
    let tools = bruno_verilator::ToolVersions::find()?;
    let file = |path| std::fs::read_to_string(path).unwrap_or_default();
    let named = file("/proc/cpuinfo");
    let named = named.lines().find_map(|l| l.strip_prefix("model name"));
    let load = file("/proc/loadavg");
    Ok(About {
        processor: named.map_or("unknown".into(), |n| {
            n.trim_start_matches([' ', '\t', ':']).into()
        }),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        load: load
            .split(' ')
            .next()
            .and_then(|l| l.parse().ok())
            .unwrap_or(0.0),
        compiler: tools.compiler,
        verilator: tools.verilator,
        vector_bits: tools.vector_bits,
    })
}
