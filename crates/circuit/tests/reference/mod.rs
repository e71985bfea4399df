//! Reference data of others: tables in the folder that BRUNO_REFERENCE_DATA names (relative to the project's root).
//! Without the variable a test is skipped; with it a missing file is a failure.

#![allow(dead_code)] // each test binary reads its own part

use bruno_circuit::Waveform;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Path of a reference file, if the folder is given.
pub fn path(folder: &str, name: &str) -> Option<PathBuf> {
    let Some(dir) = std::env::var_os("BRUNO_REFERENCE_DATA") else {
        eprintln!("skipped: BRUNO_REFERENCE_DATA is not set");
        return None;
    };
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    Some(root.join(dir).join(folder).join(name))
}

/// A CSV table with a header (which may begin with `# `).
pub struct Table(HashMap<String, Vec<f64>>);

impl Table {
    pub fn read(folder: &str, name: &str) -> Option<Self> {
        let path = path(folder, name)?;
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut lines = text.lines();
        let header: Vec<&str> = lines
            .next()
            .unwrap()
            .trim_start_matches("# ")
            .split(',')
            .collect();
        let mut columns = vec![Vec::new(); header.len()];
        for line in lines {
            for (column, field) in columns.iter_mut().zip(line.split(',')) {
                column.push(field.trim().parse().unwrap());
            }
        }
        Some(Self(
            header.iter().map(|h| h.to_string()).zip(columns).collect(),
        ))
    }

    pub fn column(&self, name: &str) -> Vec<f64> {
        self.0[name].clone()
    }

    /// A column as a function of time, straight between its rows.
    pub fn waveform(&self, name: &str) -> Waveform {
        let points: Vec<(f64, f64)> = self.0["t_s"]
            .iter()
            .copied()
            .zip(self.column(name))
            .collect();
        Waveform::linear(&points).unwrap()
    }
}
