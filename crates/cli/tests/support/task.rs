//! A task of seconds: four neurons that tell two classes of events apart.

use super::bruno;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const CHIP: &str = r#"{"name":"tiny","inputs":4,
    "layers":[{"name":"hidden","kind":"felif","neurons":4,"recurrent":true,"synapse":{"bits":3,"range_pA":900},
               "recurrent_synapse":{"bits":3,"range_pA":30},"device":{"t_ref_ms":1}}],
    "readout":{"outputs":2,"synapse":{"range_pA":100}},
    "training":{"data":{"kind":"events","channels":4},"epochs":3,"batch":4,"learning_rate":0.1,
                "init":{"readout_std":0.4},"device":[{"parameter":"area","bounds":[3,5]}]}}"#;

/// A chip, its data, what runs it, and a place for results.
pub struct Task {
    dir: tempfile::TempDir,
    simulator: &'static str,
}

impl Task {
    /// The chip, whose `training` begins with `settings`, and samples in which one half of the channels spikes.
    pub fn new(settings: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let chip = CHIP.replace("\"epochs\":3", &format!("{settings}\"epochs\":3"));
        std::fs::write(dir.path().join("chip.json"), chip).unwrap();
        let data = dir.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let mut labels = "file,label,split,duration_us\n".to_string();
        for index in 0..16 {
            let split = ["train", "train", "valid", "test"][index / 4];
            let class = ["low", "high"][index % 2];
            writeln!(labels, "{index}.csv,{class},{split},16000").unwrap();
            let mut events = "t_us,channel\n".to_string();
            for k in 0..6 {
                let t_us = 500 + k * 2_000 + (index * 137) % 900;
                writeln!(events, "{t_us},{}", 2 * (index % 2) + k % 2).unwrap();
            }
            std::fs::write(data.join(format!("{index}.csv")), events).unwrap();
        }
        std::fs::write(data.join("labels.csv"), labels).unwrap();
        Self {
            dir,
            simulator: "integer",
        }
    }

    /// The same through the Verilated RTL.
    pub fn through_rtl(mut self) -> Self {
        self.simulator = "rtl";
        self
    }

    /// Writes something else into the chip.
    pub fn change(&self, from: &str, to: &str) {
        let path = self.path("chip.json");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "`{from}` is not in the chip");
        std::fs::write(&path, text.replace(from, to)).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn run(&self, command: &str, file: &Path, arguments: &[&str]) -> Command {
        let mut process = bruno(&[command, &file.display().to_string()]);
        process.arg("--data").arg(self.path("data"));
        process.args(["--simulator", self.simulator]);
        process.args(arguments);
        process
    }

    /// `bruno train` into the directory `out`.
    pub fn train(&self, out: &str, arguments: &[&str]) -> Command {
        let mut process = self.run("train", &self.path("chip.json"), arguments);
        process.arg("--out").arg(self.path(out));
        process
    }
}
