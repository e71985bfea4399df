//! AEDAT, the files of event cameras: addresses (2.0), packets (3.1) and compressed packets (4.0).
//!
//! Source: iniVation, "AEDAT file formats", <https://docs.inivation.com/software/software-advanced-usage/file-formats>.

mod addresses;
mod compressed;
mod packets;

use super::Recordings;
use super::camera::{Camera, Film, PixelEvent};
use crate::DataError;
use crate::source::fits;
use std::io::{BufRead, Read};

/// Cameras that headers name, with pixels a row and rows.
const CAMERAS: [(&str, (u32, u32)); 6] = [
    ("DVS128", (128, 128)),
    ("DAVIS128", (128, 128)),
    ("DAVIS240", (240, 180)),
    ("DAVIS208", (208, 192)),
    ("DAVIS346", (346, 260)),
    ("DAVIS640", (640, 480)),
];
/// Bytes of a header, at most.
const MOST_HEADER: usize = 1 << 20;

pub(super) fn read(
    place: &str,
    source: impl BufRead,
    how: &Camera,
) -> Result<Recordings, DataError> {
    let mut input = Input { place, source };
    let first = input.line()?;
    let film = match first.trim_end() {
        "#!AER-DAT2.0" => addresses::film(&mut input, how),
        "#!AER-DAT3.1" => packets::film(&mut input, how),
        "#!AER-DAT4.0" => compressed::film(&mut input, how),
        other => Err(input.bad("the first line", format!("`{}`", other.escape_debug()))),
    };
    film?.recordings(place, how)
}

/// A source with its name.
struct Input<'a, R> {
    place: &'a str,
    source: R,
}

impl<R: BufRead> Input<'_, R> {
    fn bad(&self, what: &str, found: impl ToString) -> DataError {
        let allowed = "as AEDAT 2.0, 3.1 and 4.0 have it";
        let remedy = "give such a file, or hand its events to bruno.write_data in Python";
        DataError::value(self.place, what, found, allowed, remedy)
    }

    fn failed(&self, source: std::io::Error) -> DataError {
        DataError::read(self.place, source, "give an AEDAT file")
    }

    /// The next line, with its end; whatever is no text in it is left out.
    fn line(&mut self) -> Result<String, DataError> {
        let mut bytes = Vec::new();
        let taken = (&mut self.source)
            .take(MOST_HEADER as u64)
            .read_until(b'\n', &mut bytes);
        taken.map_err(|e| self.failed(e))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The lines from here that begin with `#`, at most to one that is `end`.
    fn header(&mut self, end: Option<&str>) -> Result<String, DataError> {
        let mut header = String::new();
        loop {
            let next = self
                .source
                .fill_buf()
                .map_err(|e| DataError::read(self.place, e, "give an AEDAT file"))?;
            if next.first() != Some(&b'#') {
                return Ok(header);
            }
            let line = self.line()?;
            let ends = end.is_some_and(|end| line.trim_end() == end);
            header.push_str(&line);
            if header.len() > MOST_HEADER {
                return Err(self.bad("the header", "longer than 1 MB"));
            }
            if ends {
                return Ok(header);
            }
        }
    }

    /// So many bytes, or none at the end of the source; an end in between is a damage.
    fn bytes<const N: usize>(&mut self, what: &str) -> Result<Option<[u8; N]>, DataError> {
        if self
            .source
            .fill_buf()
            .map_err(|e| DataError::read(self.place, e, "give an AEDAT file"))?
            .is_empty()
        {
            return Ok(None);
        }
        let mut bytes = [0; N];
        match self.source.read_exact(&mut bytes) {
            Ok(()) => Ok(Some(bytes)),
            Err(_) => Err(self.bad(what, "cut off")),
        }
    }

    /// The size of the camera: what the user says, else that of a name in the header.
    fn size(&self, header: &str, how: &Camera) -> Result<(u32, u32), DataError> {
        let named = CAMERAS
            .iter()
            .find(|(name, _)| header.to_uppercase().contains(name));
        let size = how.size.or(named.map(|(_, size)| *size));
        size.ok_or_else(|| {
            let allowed = "a camera that is known by name (DVS128, DAVIS240, ...)";
            let remedy = "say its size, as --sensor 346x260";
            DataError::value(
                self.place,
                "the camera",
                "not named in the header",
                allowed,
                remedy,
            )
        })
    }

    fn fits(&self, events: &[PixelEvent]) -> Result<(), DataError> {
        fits(self.place, events.len())
    }
}

/// A note on events that are left out.
fn left_out(count: usize, what: &str) -> Option<String> {
    (count > 0).then(|| format!("{count} {what} are left out"))
}
