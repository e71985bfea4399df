//! Valid input files of every command: those that a user writes from `inputs/`, those that bruno writes by running it.

use crate::archive::{Array, archive};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Files by their name within a folder.
#[derive(Debug, Clone)]
pub struct Inputs(BTreeMap<String, Vec<u8>>);

/// What a user writes.
const WRITTEN: &[(&str, &str)] = &[
    ("chip.json", include_str!("../../inputs/chip.json")),
    ("options.json", include_str!("../../inputs/options.json")),
    ("files.json", include_str!("../../inputs/files.json")),
    ("tune.json", include_str!("../../inputs/tune.json")),
    ("songs.json", include_str!("../../inputs/songs.json")),
    ("reckon/train.dat", include_str!("../../inputs/events.dat")),
    ("reckon/test.dat", include_str!("../../inputs/events.dat")),
    ("card.json", include_str!("../../inputs/card.json")),
    ("card.scs", include_str!("../../inputs/card.scs")),
    ("card.l", include_str!("../../inputs/card.l")),
    ("card.sim", include_str!("../../inputs/card.sim")),
    ("loop.csv", include_str!("../../inputs/loop.csv")),
    ("membrane.csv", include_str!("../../inputs/membrane.csv")),
    ("current.csv", include_str!("../../inputs/current.csv")),
    ("ticks.csv", include_str!("../../inputs/ticks.csv")),
    ("pulses.csv", include_str!("../../inputs/pulses.csv")),
    ("codes.csv", include_str!("../../inputs/codes.csv")),
];

/// Chips of the other kinds of data: what stands in place of `"kind":"events"` and its channels, and the outputs.
const KINDS: &[(&str, &str, u32)] = &[
    ("npz.json", r#""kind":"npz","channels":4"#, 2),
    (
        "counts.json",
        r#""kind":"npz","channels":4,"bin_us":1000"#,
        2,
    ),
    (
        "reckon.json",
        r#""kind":"reckon","channels":4,"classes":2,"train":"train.dat","test":"test.dat","valid":1"#,
        2,
    ),
    (
        "jsb.json",
        r#""kind":"jsb","frame_ms":40,"spikes":20,"spacing_ms":2"#,
        88,
    ),
];

/// Commands that write what other commands read.
const WRITERS: &[&[&str]] = &[
    &[
        "train",
        "chip.json",
        "--data",
        "data",
        "--simulator",
        "integer",
        "--out",
        "run",
    ],
    &[
        "montecarlo",
        "chip.json",
        "--run",
        "run",
        "--chips",
        "2",
        "--data",
        "data",
        "--simulator",
        "integer",
        "--out",
        "run/montecarlo",
    ],
    &[
        "tune",
        "chip.json",
        "--trials",
        "2",
        "--data",
        "data",
        "--simulator",
        "integer",
        "--out",
        "study",
    ],
];

impl Inputs {
    /// Makes all of them.
    ///
    /// # Errors
    /// A command that fails on valid inputs, with what it printed.
    pub fn make(bruno: &Path) -> Result<Self, String> {
        let mut inputs = Self::written();
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        inputs.copy(folder.path()).map_err(|e| e.to_string())?;
        for arguments in WRITERS {
            let output = Command::new(bruno)
                .args(*arguments)
                .current_dir(folder.path())
                .output();
            let output = output.map_err(|e| format!("{}: {e}", bruno.display()))?;
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr);
                return Err(format!(
                    "`bruno {}` fails on valid inputs\n{said}",
                    arguments.join(" ")
                ));
            }
        }
        for name in ["run", "run/montecarlo", "study"] {
            inputs
                .collect(folder.path(), name)
                .map_err(|e| e.to_string())?;
        }
        Ok(inputs)
    }

    /// Those that no command writes.
    pub fn written() -> Self {
        let text = |(name, text): &(&str, &str)| (name.to_string(), text.as_bytes().to_vec());
        let mut files: BTreeMap<String, Vec<u8>> = WRITTEN.iter().map(text).collect();
        let chip = include_str!("../../inputs/chip.json");
        for (name, kind, outputs) in KINDS {
            let (inputs, outputs) = match *name {
                "jsb.json" => (88, *outputs),
                _ => (4, *outputs),
            };
            let chip = chip.replace(r#""kind":"events","channels":4"#, kind);
            let chip = chip.replace(r#""inputs":4"#, &format!(r#""inputs":{inputs}"#));
            let chip = chip.replace(r#""outputs":2"#, &format!(r#""outputs":{outputs}"#));
            files.insert(name.to_string(), chip.into_bytes());
        }
        files.extend(events());
        files.insert("set.npz".into(), listed());
        files.insert("counts.npz".into(), counted());
        files.insert(
            "net.nir".into(),
            include_bytes!("../../inputs/net.nir").to_vec(),
        );
        Self(files)
    }

    /// The content of a file; empty where there is none.
    pub fn get(&self, name: &str) -> &[u8] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Writes all of them into a folder, which is made.
    pub fn copy(&self, folder: &Path) -> std::io::Result<()> {
        for (name, bytes) in &self.0 {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
            std::fs::write(path, bytes)?;
        }
        Ok(())
    }

    /// Takes the files of a folder that a command filled.
    fn collect(&mut self, root: &Path, name: &str) -> std::io::Result<()> {
        for entry in std::fs::read_dir(root.join(name))? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                let name = format!("{name}/{}", entry.file_name().to_string_lossy());
                self.0.insert(name, std::fs::read(entry.path())?);
            }
        }
        Ok(())
    }
}

/// Samples of two classes; one half of the channels spikes in each.
fn events() -> impl Iterator<Item = (String, Vec<u8>)> {
    let mut labels = "file,label,split,duration_us\n".to_string();
    let mut files = Vec::new();
    for index in 0..8u32 {
        let (split, class) = (
            ["train", "train", "valid", "test"][index as usize / 2],
            ["low", "high"][index as usize % 2],
        );
        labels += &format!("{index}.csv,{class},{split},8000\n");
        let row = |k: u32| {
            format!(
                "{},{}\n",
                500 + 1500 * k + (137 * index) % 900,
                2 * (index % 2) + k % 2
            )
        };
        let rows: String = (0..4).map(row).collect();
        files.push((
            format!("data/{index}.csv"),
            format!("t_us,channel\n{rows}").into_bytes(),
        ));
    }
    files.push(("data/labels.csv".into(), labels.into_bytes()));
    files.into_iter()
}

/// Four samples of two events each.
pub fn listed() -> Vec<u8> {
    archive(&[
        ("label", Array::of(&[0, 1, 0, 1])),
        ("split", Array::of(&[0, 0, 1, 2])),
        ("offset", Array::of(&[0, 2, 4, 6, 8])),
        ("t_us", Array::of(&[5, 3000, 700, 4000, 5, 3000, 700, 4000])),
        ("channel", Array::of(&[0, 1, 2, 3, 0, 1, 2, 3])),
        ("duration_us", Array::of(&[5000; 4])),
    ])
}

/// Four samples of three bins of four channels.
pub fn counted() -> Vec<u8> {
    let counts = (0..48).map(|k| i64::from(k % 5 == 0)).collect();
    archive(&[
        ("label", Array::of(&[0, 1, 0, 1])),
        ("split", Array::of(&[0, 0, 1, 2])),
        (
            "counts",
            Array {
                shape: vec![4, 3, 4],
                values: counts,
            },
        ),
    ])
}
