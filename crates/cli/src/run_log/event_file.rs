//! Event files of TensorBoard: records framed as in TFRecord (length, checksum, data, checksum), each a protocol buffer
//! `tensorflow.Event` (tensorflow/core/util/event.proto), of which scalars need few fields.

use super::failed;
use crate::failure::Failure;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The event file of one start of a run, made at the first scalar; its time is in its name.
pub struct EventFile {
    dir: PathBuf,
    /// Steps before this start: what older files say of later ones is void.
    start: usize,
    file: Option<(PathBuf, BufWriter<File>)>,
}

const PREFIX: &str = "events.out.tfevents.";

impl EventFile {
    /// The events of a run that starts after `start` steps; a fresh run removes the event files of the one before.
    pub fn new(dir: &Path, start: usize) -> Result<Self, Failure> {
        if start == 0 && dir.is_dir() {
            for entry in std::fs::read_dir(dir).map_err(|e| failed(dir, e))? {
                let path = entry.map_err(|e| failed(dir, e))?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if name.starts_with(PREFIX) {
                    std::fs::remove_file(&path).map_err(|e| failed(&path, e))?;
                }
            }
        }
        Ok(Self {
            dir: dir.into(),
            start,
            file: None,
        })
    }

    /// Scalars of one step, by tag.
    pub fn scalars(&mut self, step: usize, scalars: &[(String, f64)]) -> Result<(), Failure> {
        let (path, mut file) = match self.file.take() {
            Some(open) => open,
            None => self.open()?,
        };
        let written = write_record(&mut file, &event(now(), step, Content::Scalars(scalars)));
        written.map_err(|e| failed(&path, e))?;
        self.file = Some((path, file));
        Ok(())
    }

    /// What was written is on disk afterwards.
    pub fn flush(&mut self) -> Result<(), Failure> {
        match &mut self.file {
            Some((path, file)) => file.flush().map_err(|e| failed(path, e)),
            None => Ok(()),
        }
    }

    fn open(&self) -> Result<(PathBuf, BufWriter<File>), Failure> {
        std::fs::create_dir_all(&self.dir).map_err(|e| failed(&self.dir, e))?;
        let name = format!("{PREFIX}{:.6}.bruno", now());
        let path = self.dir.join(name);
        let mut file = BufWriter::new(File::create(&path).map_err(|e| failed(&path, e))?);
        let head = [
            event(now(), 0, Content::Version),
            event(now(), self.start + 1, Content::Start),
        ];
        for record in &head {
            write_record(&mut file, record).map_err(|e| failed(&path, e))?;
        }
        Ok((path, file))
    }
}

/// Seconds since 1970.
fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0.0, |d| d.as_secs_f64())
}

enum Content<'a> {
    /// `file_version`: the first record of every file.
    Version,
    /// `session_log` START: readers drop what they have of this step and later ones.
    Start,
    /// `summary` with simple values.
    Scalars(&'a [(String, f64)]),
}

/// An `Event`: `double wall_time = 1`, `int64 step = 2`, `string file_version = 3`, `Summary summary = 5`,
/// `SessionLog session_log = 7`.
fn event(wall_time: f64, step: usize, content: Content<'_>) -> Vec<u8> {
    let mut bytes = vec![tag(1, 1)];
    bytes.extend(wall_time.to_le_bytes());
    bytes.push(tag(2, 0));
    varint(&mut bytes, step as u64);
    match content {
        Content::Version => nested(&mut bytes, 3, b"brain.Event:2"),
        // `SessionLog`: `SessionStatus status = 1`, START is 1.
        Content::Start => nested(&mut bytes, 7, &[tag(1, 0), 1]),
        Content::Scalars(scalars) => {
            let mut summary = Vec::new();
            for (name, value) in scalars {
                // `Summary.Value`: `string tag = 1`, `float simple_value = 2`.
                let mut one = Vec::new();
                nested(&mut one, 1, name.as_bytes());
                one.push(tag(2, 5));
                one.extend((*value as f32).to_le_bytes());
                nested(&mut summary, 1, &one);
            }
            nested(&mut bytes, 5, &summary);
        }
    }
    bytes
}

/// Key of a field: its number and how it is encoded (0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes).
fn tag(field: u8, encoding: u8) -> u8 {
    field << 3 | encoding
}

fn nested(bytes: &mut Vec<u8>, field: u8, content: &[u8]) {
    bytes.push(tag(field, 2));
    varint(bytes, content.len() as u64);
    bytes.extend(content);
}

fn varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn write_record(file: &mut impl Write, data: &[u8]) -> io::Result<()> {
    let length = (data.len() as u64).to_le_bytes();
    file.write_all(&length)?;
    file.write_all(&masked_checksum(&length).to_le_bytes())?;
    file.write_all(data)?;
    file.write_all(&masked_checksum(data).to_le_bytes())
}

/// CRC-32C, turned and offset so that data which holds checksums is safe.
fn masked_checksum(data: &[u8]) -> u32 {
    let crc = crc32c::crc32c(data);
    crc.rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records of a file, whose checksums must be right.
    fn records(mut bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        while !bytes.is_empty() {
            let (length, rest) = bytes.split_at(8);
            let size = u64::from_le_bytes(length.try_into().unwrap()) as usize;
            let (data, after) = rest[4..].split_at(size);
            assert_eq!(rest[..4], masked_checksum(length).to_le_bytes());
            assert_eq!(after[..4], masked_checksum(data).to_le_bytes());
            all.push(data.to_vec());
            bytes = &after[4..];
        }
        all
    }

    #[test]
    fn a_file_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = EventFile::new(dir.path(), 7).unwrap();
        file.scalars(300, &[("loss".into(), 1.5)]).unwrap();
        file.flush().unwrap();
        let path = std::fs::read_dir(dir.path()).unwrap().next().unwrap();
        let records = records(&std::fs::read(path.unwrap().path()).unwrap());
        let after_time = |k: usize| &records[k][9..];
        assert_eq!(after_time(0), b"\x10\x00\x1a\x0dbrain.Event:2");
        assert_eq!(after_time(1), b"\x10\x08\x3a\x02\x08\x01");
        // Step 300 in seven-bit groups; a summary of one value, 1.5.
        let loss = b"\x10\xac\x02\x2a\x0d\x0a\x0b\x0a\x04loss\x15\x00\x00\xc0\x3f";
        assert_eq!(after_time(2), loss);
    }

    #[test]
    fn checksums_are_crc_32c() {
        // CRC-32C of 32 zeros is 0x8a9136aa (RFC 3720, B.4).
        let expected = 0x8a91_36aa_u32.rotate_right(15).wrapping_add(0xa282_ead8);
        assert_eq!(masked_checksum(&[0; 32]), expected);
    }

    #[test]
    fn a_fresh_run_removes_old_events_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        std::fs::write(path("events.out.tfevents.1.bruno"), "").unwrap();
        std::fs::write(path("notes.txt"), "").unwrap();
        EventFile::new(dir.path(), 3).unwrap();
        assert!(path("events.out.tfevents.1.bruno").exists());
        EventFile::new(dir.path(), 0).unwrap();
        assert!(!path("events.out.tfevents.1.bruno").exists() && path("notes.txt").exists());
    }
}
