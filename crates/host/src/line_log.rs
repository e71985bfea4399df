//! Text files that grow by whole lines: to add one costs what it is long, however many there are.

use crate::replace_file;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Longest line that is read, bytes.
const LONGEST: u64 = 64 << 20;

/// A log: a file of lines that begins with those that are wanted and grows from there.
///
/// A process that was killed may have left half a line at the end, or lines that are no longer wanted. They are cut off
/// before the first line is added, and until then the file stays as it was found.
///
/// ```
/// # let dir = tempfile::tempdir().unwrap();
/// let path = dir.path().join("log");
/// std::fs::write(&path, "one\ntwo\nthr")?;
/// let mut log = bruno_host::LineLog::read(&path, |line| Ok(line != b"two"))?;
/// log.append("2")?;
/// assert_eq!(std::fs::read_to_string(&path)?, "one\n2\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct LineLog {
    path: PathBuf,
    /// Bytes of the lines that are wanted.
    end: u64,
    is_new: bool,
    /// Open for appending once a line was added.
    file: Option<File>,
}

impl LineLog {
    /// Reads the whole lines of a file, without their ends, up to the first that `is_wanted` refuses; a file that is not
    /// there has none.
    ///
    /// # Errors
    /// Those of the file system and of `is_wanted`; something that is no regular file, a link included; a line of more than
    /// 64 MiB.
    pub fn read(
        path: &Path,
        mut is_wanted: impl FnMut(&[u8]) -> io::Result<bool>,
    ) -> io::Result<Self> {
        let mut log = Self {
            path: path.into(),
            end: 0,
            is_new: !is_there(path)?,
            file: None,
        };
        if log.is_new {
            return Ok(log);
        }
        let mut reader = BufReader::new(File::open(path)?);
        let mut line = Vec::new();
        while next_line(&mut reader, &mut line)? && is_wanted(&line)? {
            log.end += line.len() as u64 + 1;
        }
        Ok(log)
    }

    /// Starts a log with the lines of a text: all of them are there, or after a crash whatever was there before.
    ///
    /// # Errors
    /// Those of [`replace_file`].
    pub fn start(path: &Path, text: &str) -> io::Result<Self> {
        replace_file(path, |file| file.write_all(text.as_bytes()))?;
        Ok(Self {
            path: path.into(),
            end: text.len() as u64,
            is_new: false,
            file: None,
        })
    }

    /// Whether there was no file to read.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a line; directories on the way to the file are made.
    ///
    /// # Errors
    /// Those of the file system; the log is then as it was.
    pub fn append(&mut self, line: &str) -> io::Result<()> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.open()?,
        };
        let line = format!("{line}\n");
        let written = file.write_all(line.as_bytes());
        match &written {
            Ok(()) => self.end += line.len() as u64,
            // The next line would continue the half of this one.
            Err(_) => file.set_len(self.end)?,
        }
        self.file = Some(file);
        written
    }

    /// What was added is on disk afterwards, also after a crash of the machine.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn sync(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), File::sync_data)
    }

    fn open(&self) -> io::Result<File> {
        is_there(&self.path)?;
        let folder = self.path.parent().filter(|d| !d.as_os_str().is_empty());
        std::fs::create_dir_all(folder.unwrap_or(Path::new(".")))?;
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
            .open(&self.path)?;
        file.set_len(self.end)?;
        Ok(file)
    }
}

/// Whether there is a file; an error where there is something else.
fn is_there(path: &Path) -> io::Result<bool> {
    match std::fs::symlink_metadata(path) {
        Ok(about) if about.is_file() => Ok(true),
        Ok(_) => Err(io::Error::other("it is no regular file")),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

/// Reads a line that has its end; whether there was one.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    reader.by_ref().take(LONGEST + 1).read_until(b'\n', line)?;
    if line.pop_if(|last| *last == b'\n').is_some() {
        return Ok(true);
    }
    match line.len() as u64 > LONGEST {
        true => Err(io::Error::other(format!(
            "it has a line of more than {LONGEST} bytes"
        ))),
        false => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of which the lines up to the first `x` are wanted, with two lines more.
    fn check(before: &str, after: &str) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/log");
        if !before.is_empty() {
            std::fs::create_dir(dir.path().join("new")).unwrap();
            std::fs::write(&path, before).unwrap();
        }
        let mut log = LineLog::read(&path, |line| Ok(line != b"x")).unwrap();
        let unchanged = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(unchanged, before, "before a line is added");
        log.append("y").unwrap();
        log.append("z").unwrap();
        log.sync().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
    }

    #[test]
    fn no_file() {
        check("", "y\nz\n");
    }
    #[test]
    fn whole_lines() {
        check("a\nb\n", "a\nb\ny\nz\n");
    }
    #[test]
    fn half_a_line() {
        check("a\nb", "a\ny\nz\n");
    }
    #[test]
    fn half_a_line_alone() {
        check("a", "y\nz\n");
    }
    #[test]
    fn lines_that_are_no_longer_wanted() {
        check("a\nx\nb\nc", "a\ny\nz\n");
    }
    #[test]
    fn zeros_of_a_machine_that_crashed() {
        check("a\n\0\0\0\0", "a\ny\nz\n");
    }

    #[test]
    fn a_start_replaces_what_was_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        std::fs::write(&path, "a longer line than the new one\n").unwrap();
        let mut log = LineLog::start(&path, "a\n").unwrap();
        log.append("b").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a\nb\n");
    }

    #[test]
    fn what_is_no_regular_file() {
        let dir = tempfile::tempdir().unwrap();
        let (other, link) = (dir.path().join("other"), dir.path().join("link"));
        std::fs::write(&other, "precious\n").unwrap();
        std::os::unix::fs::symlink(&other, &link).unwrap();
        for path in [&link, dir.path(), Path::new("/dev/zero")] {
            let refused = LineLog::read(path, |_| Ok(true)).unwrap_err();
            assert_eq!(refused.to_string(), "it is no regular file");
        }
        let mut log = LineLog::read(&dir.path().join("new"), |_| Ok(true)).unwrap();
        std::fs::rename(&link, log.path()).unwrap();
        log.append("overwritten").unwrap_err();
        assert_eq!(std::fs::read_to_string(&other).unwrap(), "precious\n");
    }
}
