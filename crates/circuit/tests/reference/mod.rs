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

/// The current source of a membrane trace in `heracles/`: pulses with ramps of 1 us and a top of `top_s`. Its samples,
/// 10 us or more apart, do not say where in an interval an edge lies; the charge that the trace's states gain in the first
/// two intervals of a pulse (D = c_fe V_fe + 2 p_s p of the default card, 1 um2, and the leak) does: one number a pulse.
pub fn pulses(table: &Table, top_s: f64, leak_s: f64) -> Waveform {
    const RAMP_S: f64 = 1e-6;
    let [t, i, v, p, v_fe] = ["t_s", "i_A", "v_V", "p", "v_fe_V"].map(|name| table.column(name));
    let peak = i.iter().copied().fold(0.0, f64::max);
    let c_fe = 8.854_187_812_8e-12 * 70.0 / 9.8e-9;
    let charge = |k: usize| 1e-12 * (c_fe * v_fe[k] + 2.0 * 0.27 * p[k]);
    let mut points = vec![(0.0, 0.0)];
    let mut row = 1;
    while row + 1 < t.len() {
        if i[row] <= 1e-6 * peak || t[row] <= points[points.len() - 1].0 + RAMP_S {
            row += 1;
            continue;
        }
        let leaked = |k: usize| leak_s * 0.5 * (v[k] + v[k - 1]) * (t[k] - t[k - 1]);
        let gained = charge(row + 1) - charge(row - 1) + leaked(row) + leaked(row + 1);
        let begin_s = t[row + 1] - 0.5 * RAMP_S - gained / peak;
        let top = begin_s + RAMP_S;
        let edges = [
            (begin_s, 0.0),
            (top, peak),
            (top + top_s, peak),
            (top + top_s + RAMP_S, 0.0),
        ];
        points.extend(edges);
        row += 1;
    }
    Waveform::linear(&points).unwrap()
}
