//! Bach chorales: predict the next quarter note (Boulanger-Lewandowski et al. 2012, the JSON of the czhuang repository).

use crate::{DataError, Dataset, Event, Sample, Target};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Lowest and highest key of a piano, MIDI pitch.
const LOWEST: u32 = 21;
const HIGHEST: u32 = 108;
const KEYS: usize = (HIGHEST - LOWEST + 1) as usize;

/// How frames become spikes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JsbConfig {
    /// Length of a frame (a quarter note), ms.
    pub frame_ms: u32,
    /// Spikes of a sounding key in each frame.
    pub spikes: u32,
    /// Distance of these spikes, ms.
    pub spacing_ms: u32,
}

impl Default for JsbConfig {
    fn default() -> Self {
        Self {
            frame_ms: 20,
            spikes: 3,
            spacing_ms: 3,
        }
    }
}

#[derive(Deserialize)]
struct File {
    train: Vec<Song>,
    valid: Vec<Song>,
    test: Vec<Song>,
}

/// Frames of MIDI pitches.
type Song = Vec<Vec<u32>>;

/// Reads the set; channel and output k are the key of MIDI pitch 21 + k.
pub fn jsb(path: &Path, config: &JsbConfig) -> Result<Dataset, DataError> {
    check(config)?;
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|source| DataError::Read {
        file: file.clone(),
        source,
    })?;
    let songs: File = serde_json::from_str(&text).map_err(|e| {
        let allowed = "an object with `train`, `valid`, `test`: songs of frames of MIDI pitches";
        DataError::value(&file, e.line() as u64, "the JSON", e.to_string(), allowed)
    })?;
    let split = |name: &str, songs: &[Song]| -> Result<Vec<Sample>, DataError> {
        let one = |(index, song): (usize, &Song)| {
            sample(&file, &format!("{name}[{index}]"), song, config)
        };
        songs.iter().enumerate().map(one).collect()
    };
    Ok(Dataset {
        name: "jsb".into(),
        channels: KEYS,
        outputs: KEYS,
        class_names: Vec::new(),
        train: split("train", &songs.train)?,
        valid: split("valid", &songs.valid)?,
        test: split("test", &songs.test)?,
    })
}

fn check(config: &JsbConfig) -> Result<(), DataError> {
    if !(1..=1000).contains(&config.frame_ms) {
        return Err(DataError::setting(
            "data.frame_ms",
            config.frame_ms,
            "1..1000 ms",
        ));
    }
    let last = config.spikes.saturating_sub(1) * config.spacing_ms;
    if config.spikes == 0 || last >= config.frame_ms {
        let allowed = format!("at least 1, all within the frame of {} ms", config.frame_ms);
        return Err(DataError::setting("data.spikes", config.spikes, allowed));
    }
    Ok(())
}

fn sample(file: &str, name: &str, song: &Song, config: &JsbConfig) -> Result<Sample, DataError> {
    if song.len() < 2 {
        return Err(DataError::value(
            file,
            1,
            name,
            format!("{} frames", song.len()),
            "at least 2 frames",
        ));
    }
    let mut frames = Vec::with_capacity(song.len());
    for (index, frame) in song.iter().enumerate() {
        let mut keys = Vec::new();
        for pitch in frame {
            if !(LOWEST..=HIGHEST).contains(pitch) {
                let what = format!("a pitch of {name}, frame {index}");
                return Err(DataError::value(
                    file,
                    1,
                    &what,
                    pitch,
                    format!("{LOWEST}..{HIGHEST}"),
                ));
            }
            keys.push(pitch - LOWEST);
        }
        keys.sort_unstable();
        keys.dedup();
        frames.push(keys);
    }
    let frame_us = config.frame_ms * 1000;
    let mut events = Vec::new();
    // The last frame is only ever predicted.
    for (index, keys) in (0..).zip(&frames[..frames.len() - 1]) {
        for spike in 0..config.spikes {
            let t_us = index * frame_us + spike * config.spacing_ms * 1000;
            events.extend(keys.iter().map(|channel| Event {
                t_us,
                channel: *channel,
            }));
        }
    }
    Ok(Sample {
        events,
        duration_us: (frames.len() - 1) as u32 * frame_us,
        target: Target::Frames {
            frame_us,
            next: frames.split_off(1),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path of a reference file; `None` (said on stderr) where no reference data is announced.
    fn reference(name: &str) -> Option<std::path::PathBuf> {
        let Some(dir) = std::env::var_os("BRUNO_REFERENCE_DATA") else {
            eprintln!("skipped: BRUNO_REFERENCE_DATA is not set");
            return None;
        };
        Some(
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
                .join(dir)
                .join(name),
        )
    }

    fn check_error(text: &str, expected: &str) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("songs.json");
        std::fs::write(&path, text).unwrap();
        let error = jsb(&path, &JsbConfig::default()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn the_published_split() {
        let Some(path) = reference("jsb/jsb-chorales-quarter.json") else {
            return;
        };
        let set = jsb(&path, &JsbConfig::default()).unwrap();
        assert_eq!(
            [set.train.len(), set.valid.len(), set.test.len()],
            [229, 76, 77]
        );
    }
    #[test]
    fn a_pitch_no_piano_has() {
        check_error(
            r#"{"train":[[[60],[109]]],"valid":[],"test":[]}"#,
            "train[0], frame 1 is 109; allowed: 21..108",
        );
    }
    #[test]
    fn a_song_of_one_frame() {
        check_error(
            r#"{"train":[[[60]]],"valid":[],"test":[]}"#,
            "1 frames; allowed: at least 2 frames",
        );
    }
    #[test]
    fn no_json() {
        check_error("{\n nonsense", ":2: the JSON");
    }
}
