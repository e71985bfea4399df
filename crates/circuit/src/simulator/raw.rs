//! SPICE raw files: a header in text, then numbers in text or as little-endian doubles.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use super::SimulatorError;
use super::tool::Ended;
use crate::netlist::Testbench;
use crate::{Sample, Trace};
use bruno_device::Felif;
use std::path::Path;

/// The first plot of a raw file, by columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Raw {
    /// Names of the columns as the simulator wrote them.
    pub names: Vec<String>,
    /// Values, one column after the other.
    pub columns: Vec<Vec<f64>>,
    file: String,
    /// The program that wrote it.
    by: Ended,
}

/// Voltage of the latch above which a spike holds the membrane.
const SPIKE_V: f64 = 0.8;

impl Raw {
    /// Reads the file that a program wrote.
    pub(super) fn load(path: &Path, by: Ended) -> Result<Self, SimulatorError> {
        let bytes = std::fs::read(path).map_err(|e| SimulatorError::file(path, e))?;
        let file = path.display().to_string();
        let parsed = raw_columns(&bytes);
        let (names, columns) = parsed.map_err(|what| SimulatorError::Unreadable {
            file: file.clone(),
            what,
        })?;
        Ok(Self {
            names,
            columns,
            file,
            by,
        })
    }

    /// The error of a result that ends at a time, s, before it should.
    pub(crate) fn incomplete(&self, reached_s: f64) -> SimulatorError {
        match self.by.failed() {
            SimulatorError::Tool { command, output } => SimulatorError::Tool {
                command,
                output: format!("{output}\nits result ends at {reached_s} s"),
            },
            other => other,
        }
    }

    /// A column by its node, whether it is called `v(m)` (ngspice) or `m` (VACASK).
    ///
    /// # Errors
    /// No such column.
    pub fn column(&self, node: &str) -> Result<&[f64], SimulatorError> {
        let in_brackets = format!("v({node})");
        let is_it = |name: &String| *name == node || *name == in_brackets;
        let place = self.names.iter().position(is_it);
        place
            .and_then(|k| self.columns.get(k))
            .map(Vec::as_slice)
            .ok_or_else(|| SimulatorError::Unreadable {
                file: self.file.clone(),
                what: format!("no column of `{node}`"),
            })
    }

    /// The states of a testbench's neuron at the times that the simulator chose; a spike stands where its latch trips.
    pub(super) fn trace(&self, testbench: &Testbench) -> Result<Trace, SimulatorError> {
        let (t, v, p, latch) = (
            self.column("time")?,
            self.column("m")?,
            self.column("occ")?,
            self.column("spk")?,
        );
        let current = testbench.stimulus.waveform()?;
        let card = &testbench.neuron.card;
        let felif = Felif::new(card);
        let mut trace = Trace::default();
        let mut before = f64::INFINITY;
        for (((&t_s, &v_v), &p), &latch) in t.iter().zip(v).zip(p).zip(latch) {
            // Steps can be too short for the clock's digits.
            let is_late = trace.t_s.last().is_none_or(|&last| t_s > last);
            if is_late {
                if before < SPIKE_V && latch >= SPIKE_V {
                    trace.spikes_s.push(t_s);
                }
                let drive = current.at(t_s);
                trace.push(Sample {
                    t_s,
                    drive,
                    v_v,
                    p,
                    v_fe_v: felif.eta * v_v - felif.delta_v * (p - card.p_ref),
                    i_a: drive - felif.leak_s * v_v,
                });
            }
            before = latch;
        }
        Ok(trace)
    }
}

/// Names, and values, one column after the other.
pub type Columns = (Vec<String>, Vec<Vec<f64>>);

/// Names and values of the columns of the first plot in a raw file.
///
/// # Errors
/// What is wrong with it, in words.
pub fn raw_columns(bytes: &[u8]) -> Result<Columns, String> {
    let mut rest = bytes;
    let (mut variables, mut points) = (None, None);
    let mut names = Vec::new();
    loop {
        let line = next_line(&mut rest).ok_or("it ends within its header")?;
        let (key, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.trim();
        match key.trim() {
            "Flags" if value.split_whitespace().any(|f| f == "complex") => {
                return Err("its numbers are complex".into());
            }
            "No. Variables" => variables = value.parse::<usize>().ok(),
            "No. Points" => points = value.parse::<usize>().ok(),
            "Variables" => {
                for _ in 0..variables.ok_or("it does not say how many variables it has")? {
                    let line = next_line(&mut rest).ok_or("it ends within its variables")?;
                    names.push(
                        line.split_whitespace()
                            .nth(1)
                            .ok_or("a variable has no name")?
                            .to_lowercase(),
                    );
                }
            }
            "Binary" | "Values" => {
                let points = points.ok_or("it does not say how many points it has")?;
                let numbers = if key == "Binary" {
                    doubles(rest)
                } else {
                    words(rest, names.len())?
                };
                return columns(names, &numbers, points);
            }
            _ => {}
        }
    }
}

fn next_line(rest: &mut &[u8]) -> Option<String> {
    let end = rest.iter().position(|&b| b == b'\n')?;
    let (line, after) = rest.split_at(end);
    *rest = after.get(1..)?;
    Some(String::from_utf8_lossy(line).trim_end().to_string())
}

fn doubles(bytes: &[u8]) -> Vec<f64> {
    let (chunks, _) = bytes.as_chunks::<8>();
    chunks.iter().map(|c| f64::from_le_bytes(*c)).collect()
}

/// Numbers in text: each point starts with its index.
fn words(bytes: &[u8], variables: usize) -> Result<Vec<f64>, String> {
    let text = String::from_utf8_lossy(bytes);
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut numbers = Vec::new();
    for point in words.chunks(variables + 1) {
        for word in point.iter().skip(1) {
            numbers.push(word.parse().map_err(|_| format!("`{word}` is no number"))?);
        }
    }
    Ok(numbers)
}

fn columns(names: Vec<String>, numbers: &[f64], points: usize) -> Result<Columns, String> {
    let width = names.len();
    let needed = points
        .checked_mul(width)
        .filter(|n| *n <= numbers.len() && width > 0);
    let needed = needed
        .ok_or_else(|| format!("it has fewer numbers than its {points} points of {width} need"))?;
    let numbers = numbers.get(..needed).unwrap_or_default();
    if !numbers.iter().all(|n| n.is_finite()) {
        return Err("it holds numbers that are not finite".into());
    }
    let column = |k: usize| numbers.iter().skip(k).step_by(width).copied().collect();
    let columns = (0..width).map(column).collect();
    Ok((names, columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Title: x\nFlags: real\nNo. Variables: 2\nNo. Points: 2   \nVariables:\n\t0\ttime\ttime\n\t1\tV(m)\tvoltage\n";

    fn check(bytes: &[u8], expected: Result<[[f64; 2]; 2], &str>) {
        match (raw_columns(bytes), expected) {
            (Ok((names, columns)), Ok(expected)) => {
                assert_eq!(names, ["time", "v(m)"]);
                assert_eq!(columns, expected);
            }
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            (found, expected) => panic!("{found:?}, not {expected:?}"),
        }
    }

    fn binary(numbers: &[f64]) -> Vec<u8> {
        let mut bytes = format!("{HEAD}Binary:\n").into_bytes();
        bytes.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
        bytes
    }

    #[test]
    fn doubles() {
        check(&binary(&[0.0, 1.0, 0.5, 2.0]), Ok([[0.0, 0.5], [1.0, 2.0]]));
    }
    #[test]
    fn text() {
        let text = format!("{HEAD}Values:\n 0\t0\n\t1\n\n 1\t0.5\n\t2e0\n");
        check(text.as_bytes(), Ok([[0.0, 0.5], [1.0, 2.0]]));
    }
    #[test]
    fn too_short() {
        check(&binary(&[0.0, 1.0, 0.5]), Err("fewer numbers"));
    }
    #[test]
    fn points_without_end() {
        let text = format!("{HEAD}Values:\n").replace("Points: 2", "Points: 18446744073709551615");
        check(text.as_bytes(), Err("fewer numbers"));
    }
    #[test]
    fn what_is_not_finite() {
        check(&binary(&[0.0, 1.0, f64::NAN, 2.0]), Err("not finite"));
    }
    #[test]
    fn no_raw_file() {
        check(b"hello\n", Err("within its header"));
    }
    #[test]
    fn complex() {
        check(b"Flags: complex\n", Err("complex"));
    }
    #[test]
    fn no_number() {
        check(
            format!("{HEAD}Values:\n 0\t0\n\tx\n").as_bytes(),
            Err("`x` is no number"),
        );
    }
}
