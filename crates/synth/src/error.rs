//! Every way a synthesis can fail.

/// A failed synthesis.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// A tool or a library is not there.
    #[error("{what} is missing ({install})")]
    Missing {
        /// Program or file.
        what: String,
        /// What brings it.
        install: String,
    },
    /// A device of another family.
    #[error("--device {device} is none of --target {target}; allowed: {allowed}")]
    Device {
        /// What was asked for.
        device: String,
        /// The target.
        target: String,
        /// Its devices.
        allowed: String,
    },
    /// Energies of a target that has none.
    #[error("--power needs a cell library with energies: --target osu018 or osu035")]
    Energies,
    /// A netlist does something else than the chip.
    #[error(
        "the netlist differs from the integer model, so its energy says nothing; report it: {difference}"
    )]
    Netlist {
        /// Where.
        difference: String,
    },
    /// A tool failed: its command line and everything it printed.
    #[error("`{command}` failed\n{output}\nits log: {log}")]
    Tool {
        /// The command as it was run.
        command: String,
        /// Its whole output.
        output: String,
        /// Where the output was kept.
        log: String,
    },
    /// A tool took longer than it was given.
    #[error(
        "`{command}` took longer than {seconds} s; give it more with --timeout, or take a smaller chip; its log: {log}"
    )]
    TimedOut {
        /// The command as it was run.
        command: String,
        /// What it was given.
        seconds: u64,
        /// Where its output was kept.
        log: String,
    },
    /// A tool printed something that this version of bruno does not understand.
    #[error("{log}: {what} is not in it; the tool's version may be one that bruno does not know")]
    Unreadable {
        /// The tool's log or report.
        log: String,
        /// What was looked for.
        what: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}
