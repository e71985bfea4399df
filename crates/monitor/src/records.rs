//! Records as a file: a line of JSON a sample, the words of each layer as its recorder sent them.

use crate::MonitorError;
use bruno_device::Chip;
use bruno_host::read_text;
use bruno_sim::{LayerTrace, Trace};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// A sample.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// By layer: `[window][neuron][word]`, 32 bits each, with or without a sign.
    layers: BTreeMap<String, Vec<i64>>,
}

/// A sample's line.
pub fn line(chip: &Chip, trace: &Trace) -> String {
    let layers = chip.layers.iter().zip(&trace.layers);
    let layers: serde_json::Map<String, serde_json::Value> = layers
        .map(|(layer, trace)| (layer.name.clone(), trace.records.clone().into()))
        .collect();
    serde_json::json!({ "layers": layers }).to_string()
}

/// The samples of a file, each given to `each`: the records of every layer, without spikes.
///
/// # Errors
/// A file that cannot be read, or whose lines are no records of this chip, by line.
pub fn read(
    path: &Path,
    chip: &Chip,
    mut each: impl FnMut(&[LayerTrace]),
) -> Result<(), MonitorError> {
    let failed = |what: String| MonitorError::Records {
        path: path.display().to_string(),
        what,
    };
    let text = read_text(path).map_err(|e| failed(format!("cannot be read: {e}")))?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let mut count = 0;
    for (k, line) in lines {
        let layers =
            sample(line, chip).map_err(|what| failed(format!("line {}: {what}", k + 1)))?;
        each(&layers);
        count += 1;
    }
    match count {
        0 => Err(failed(
            "has no sample; allowed: a line a sample; `bruno record` writes such a file".into(),
        )),
        _ => Ok(()),
    }
}

fn sample(line: &str, chip: &Chip) -> Result<Vec<LayerTrace>, String> {
    let mut own: Line = serde_json::from_str(line).map_err(|e| {
        format!("is no record ({e}); allowed: {{\"layers\": {{NAME: [words]}}}}; docs/monitoring.md has an example")
    })?;
    let mut windows = None;
    let mut layers = Vec::with_capacity(chip.layers.len());
    for layer in &chip.layers {
        let name = &layer.name;
        let words = own.layers.remove(name).ok_or_else(|| {
            format!("`layers.{name}` is absent; allowed: the words of every layer of the run's chip; give its records")
        })?;
        let window = layer.neurons * layer.model.words.len();
        let found = words.len() / window;
        let expected = *windows.get_or_insert(found);
        if !words.len().is_multiple_of(window) || found != expected || found == 0 {
            let allowed = match windows {
                Some(windows) if windows > 0 && words.len().is_multiple_of(window) => {
                    format!(
                        "{}, {windows} windows as the layers before",
                        windows * window
                    )
                }
                _ => format!(
                    "a multiple of {window}: {} neurons of {} words a window",
                    layer.neurons,
                    layer.model.words.len()
                ),
            };
            return Err(format!(
                "`layers.{name}` has {} words; allowed: {allowed}; give whole windows of the run's recorder level",
                words.len()
            ));
        }
        let records = words.into_iter().enumerate().map(|(at, word)| {
            // Sums without a sign keep their 32 bits.
            let signed = i32::try_from(word).or_else(|_| u32::try_from(word).map(|w| w as i32));
            signed.map_err(|_| format!("`layers.{name}[{at}]` is {word}; allowed: -2^31..2^32-1, a word; give the recorder's words"))
        });
        layers.push(LayerTrace {
            records: records.collect::<Result<_, _>>()?,
            spikes: Vec::new(),
        });
    }
    match own.layers.keys().next() {
        None => Ok(layers),
        Some(other) => {
            let names: Vec<&str> = chip.layers.iter().map(|l| l.name.as_str()).collect();
            Err(format!(
                "`layers.{other}` is no layer of the run's chip; allowed: {}; give its records",
                names.join(", ")
            ))
        }
    }
}
