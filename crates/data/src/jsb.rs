//! Bach chorales: predict the next quarter note (Boulanger-Lewandowski et al. 2012, the JSON of the czhuang repository).

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use crate::dataset::LONGEST_US;
use crate::source::{fits, open, text};
use crate::{DataError, Dataset, Event, Sample, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::Path;

/// Lowest and highest key of a piano, MIDI pitch.
const LOWEST: i64 = 21;
const HIGHEST: i64 = 108;
const KEYS: usize = (HIGHEST - LOWEST + 1) as usize;

/// How frames become spikes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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

/// Longest file, bytes; the published one has 0.4 MB.
const MOST_BYTES: u64 = 32_000_000;
const REMEDY: &str = "give the path of jsb-chorales-quarter.json";

/// Frames of MIDI pitches.
type Song = Vec<Vec<i64>>;

/// Reads the set: 88 channels and outputs, k is the key of MIDI pitch 21 + k. A song of F frames, silent ones included,
/// is a sample of F-1 frames with the F-1 following ones as targets. Fails on a file that is no such JSON, a pitch off
/// the piano (naming song, frame and pitch), a song of less than 2 frames, or settings that do not fit a frame.
pub fn jsb(path: &Path, config: &JsbConfig) -> Result<Dataset, DataError> {
    config.check()?;
    jsb_from(&path.display().to_string(), open(path, REMEDY)?, config)
}

/// Reads the set from a source, which errors name `file`.
///
/// # Errors
/// Those of [`jsb`].
pub fn jsb_from(file: &str, source: impl Read, config: &JsbConfig) -> Result<Dataset, DataError> {
    config.check()?;
    let text = text(file, source, MOST_BYTES, REMEDY)?;
    let songs: File = serde_json::from_str(&text).map_err(|e| {
        let allowed = "an object with `train`, `valid`, `test`: songs of frames of MIDI pitches";
        let place = format!("{file}:{}", e.line());
        DataError::value(
            place,
            "the JSON",
            &e,
            allowed,
            "use the file of the repository czhuang/JSB-Chorales-dataset",
        )
    })?;
    let split = |name: &str, songs: &[Song]| -> Result<Vec<Sample>, DataError> {
        let one =
            |(index, song): (usize, &Song)| sample(file, &format!("{name}[{index}]"), song, config);
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
        merged: 0,
    })
}

impl JsbConfig {
    /// Checks what no file has to be opened for.
    ///
    /// # Errors
    /// A setting out of its range, or spikes that do not fit a frame.
    pub fn check(&self) -> Result<(), DataError> {
        if !(1..=1000).contains(&self.frame_ms) {
            let remedy = "the default is 20";
            return Err(DataError::setting(
                "training.data.frame_ms",
                self.frame_ms,
                "1..1000 ms",
                remedy,
            ));
        }
        if self.spacing_ms == 0 {
            // A channel spikes at most once in a tick.
            let remedy = "the default is 3";
            return Err(DataError::setting(
                "training.data.spacing_ms",
                0,
                "at least 1 ms",
                remedy,
            ));
        }
        let last = self
            .spikes
            .saturating_sub(1)
            .saturating_mul(self.spacing_ms);
        if self.spikes == 0 || last >= self.frame_ms {
            let allowed = format!(
                "1..{}, so that all fall into the frame of {} ms",
                (self.frame_ms - 1) / self.spacing_ms + 1,
                self.frame_ms
            );
            let remedy = "lower `spikes` or `spacing_ms`, or raise `frame_ms`";
            return Err(DataError::setting(
                "training.data.spikes",
                self.spikes,
                allowed,
                remedy,
            ));
        }
        Ok(())
    }
}

fn sample(file: &str, name: &str, song: &Song, config: &JsbConfig) -> Result<Sample, DataError> {
    let frame_us = config.frame_ms * 1000;
    let most = (LONGEST_US / frame_us) as usize;
    if !(2..=most).contains(&song.len()) {
        let (found, allowed) = (
            format!("{} frames long", song.len()),
            format!("2..{most} frames"),
        );
        let remedy = "a frame is predicted from those before it: remove or split the song";
        return Err(DataError::value(file, name, found, allowed, remedy));
    }
    let read = |(index, frame): (usize, &Vec<i64>)| keys(file, name, index, frame);
    let mut frames = song
        .iter()
        .enumerate()
        .map(read)
        .collect::<Result<Vec<_>, _>>()?;
    let next = frames.split_off(1);
    // The last frame is only ever predicted.
    let predicted_only = next.len().saturating_sub(1);
    frames.extend(next.iter().take(predicted_only).cloned());
    let heard = frames;
    let sounding: usize = heard.iter().map(Vec::len).sum();
    fits(file, sounding * config.spikes as usize)?;
    Ok(Sample {
        events: spikes(&heard, config),
        duration_us: heard.len() as u32 * frame_us,
        target: Target::Frames { frame_us, next },
    })
}

/// The keys of a frame, ascending, each once.
fn keys(file: &str, song: &str, index: usize, frame: &[i64]) -> Result<Vec<u32>, DataError> {
    let mut keys = Vec::with_capacity(frame.len());
    for pitch in frame {
        if !(LOWEST..=HIGHEST).contains(pitch) {
            let what = format!("a pitch of {song}, frame {index}");
            let allowed = format!("{LOWEST}..{HIGHEST} (MIDI pitches of a piano)");
            return Err(DataError::value(
                file,
                &what,
                pitch,
                allowed,
                "correct or remove the note",
            ));
        }
        keys.push((pitch - LOWEST) as u32);
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// Every sounding key spikes `spikes` times from the start of its frame.
fn spikes(frames: &[Vec<u32>], config: &JsbConfig) -> Vec<Event> {
    let mut events = Vec::new();
    for (index, keys) in (0..).zip(frames) {
        for spike in 0..config.spikes {
            let t_us = (index * config.frame_ms + spike * config.spacing_ms) * 1000;
            events.extend(keys.iter().map(|&channel| Event { t_us, channel }));
        }
    }
    events
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
        let keys = |s: &Sample| match &s.target {
            Target::Frames { frame_us, next } => next.len() as u32 * frame_us == s.duration_us,
            Target::Class { .. } => false,
        };
        assert!(set.train.iter().all(keys));
    }
    #[test]
    fn a_song_by_hand() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("songs.json");
        // The second frame is silent; the third is only predicted.
        std::fs::write(
            &path,
            r#"{"train":[[[64,60,60],[],[108,21]]],"valid":[],"test":[]}"#,
        )
        .unwrap();
        let song = jsb(&path, &JsbConfig::default()).unwrap().train.remove(0);
        let events: Vec<_> = song.events.iter().map(|e| (e.t_us, e.channel)).collect();
        assert_eq!(
            events,
            [
                (0, 39),
                (0, 43),
                (3000, 39),
                (3000, 43),
                (6000, 39),
                (6000, 43)
            ]
        );
        assert_eq!(song.duration_us, 40_000);
        let next = vec![vec![], vec![0, 87]];
        assert_eq!(
            song.target,
            Target::Frames {
                frame_us: 20_000,
                next
            }
        );
    }

    fn check_setting(frame_ms: u32, spikes: u32, spacing_ms: u32, expected: &str) {
        let config = JsbConfig {
            frame_ms,
            spikes,
            spacing_ms,
        };
        let error = jsb(Path::new("absent"), &config).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn no_frame() {
        check_setting(0, 3, 3, "training.data.frame_ms is 0; allowed: 1..1000 ms");
    }
    #[test]
    fn spikes_beyond_the_frame() {
        check_setting(20, 8, 3, "training.data.spikes is 8; allowed: 1..7");
    }
    #[test]
    fn so_many_spikes_that_they_overflow() {
        check_setting(
            20,
            u32::MAX,
            u32::MAX,
            "training.data.spikes is 4294967295; allowed: 1..1",
        );
    }
    #[test]
    fn no_spacing() {
        check_setting(20, 3, 0, "training.data.spacing_ms is 0");
    }
    #[test]
    fn no_file() {
        check_setting(20, 3, 3, "absent: cannot be read");
    }
    #[test]
    fn a_negative_pitch() {
        check_error(
            r#"{"train":[[[60],[-1]]],"valid":[],"test":[]}"#,
            "songs.json: a pitch of train[0], frame 1 is -1",
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
            "train[0] is 1 frames long; allowed: 2..",
        );
    }
    #[test]
    fn no_json() {
        check_error("{\n nonsense", ":2: the JSON");
    }
}
