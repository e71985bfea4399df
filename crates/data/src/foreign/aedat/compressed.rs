//! AEDAT 4.0: packets of FlatBuffers, each compressed by itself with LZ4 or Zstandard.
//!
//! Of FlatBuffers only what is needed is read: <https://flatbuffers.dev/internals/>.

use super::{Camera, DataError, Film, Input, PixelEvent, left_out};
use std::io::{BufRead, Read};

/// Bytes of a packet before and after compression, at most.
const MOST_BYTES: u64 = 1 << 28;
/// What the buffer of a packet of pixels is called.
const EVENTS: &[u8] = b"EVTS";

pub(super) fn film<R: BufRead>(input: &mut Input<'_, R>, how: &Camera) -> Result<Film, DataError> {
    let length = input
        .bytes::<4>("the length of the header")?
        .map_or(0, u32::from_le_bytes);
    let header = input.taken(u64::from(length))?;
    let (compression, table, info) =
        about(&header).ok_or_else(|| input.bad("the header", "damaged"))?;
    // Behind the packets a table of them may follow.
    let mut place = 18 + u64::from(length);
    let mut own = Stream::default();
    while table.is_none_or(|table| place < table) {
        let Some([a, b, c, d, size @ ..]) = input.bytes::<8>("the head of a packet")? else {
            break;
        };
        let size = u32::from_le_bytes(size);
        let bytes = input.taken(u64::from(size))?;
        place += 8 + u64::from(size);
        let bytes = input.expanded(compression, &bytes)?;
        if bytes.get(8..12) == Some(EVENTS) {
            own.add(input, u32::from_le_bytes([a, b, c, d]), &bytes)?;
        }
    }
    let size = match (
        how.size,
        attribute(&info, "sizeX"),
        attribute(&info, "sizeY"),
    ) {
        (None, Some(width), Some(height)) => (width, height),
        _ => input.size("", how)?,
    };
    Ok(Film {
        kind: "AEDAT 4.0",
        size,
        events: own.events,
        notes: Vec::from_iter(left_out(own.others, "events of another camera's stream")),
    })
}

/// Events of the first stream that has any.
#[derive(Default)]
struct Stream {
    id: Option<u32>,
    events: Vec<PixelEvent>,
    others: usize,
}

impl Stream {
    fn add<R: BufRead>(
        &mut self,
        input: &Input<'_, R>,
        id: u32,
        bytes: &[u8],
    ) -> Result<(), DataError> {
        let found = events(bytes).ok_or_else(|| input.bad("a packet of events", "damaged"))?;
        if *self.id.get_or_insert(id) == id {
            self.events.extend(found);
            return input.fits(&self.events);
        }
        self.others += found.len();
        Ok(())
    }
}

impl<R: BufRead> Input<'_, R> {
    fn taken(&mut self, count: u64) -> Result<Vec<u8>, DataError> {
        if count > MOST_BYTES {
            return Err(self.bad("the length of a packet", count));
        }
        let mut bytes = Vec::new();
        let taken = (&mut self.source).take(count).read_to_end(&mut bytes);
        match taken.map_err(|e| self.failed(e))? as u64 == count {
            true => Ok(bytes),
            false => Err(self.bad("a packet", "cut off")),
        }
    }

    /// The bytes of a packet: as they are (0), LZ4 (1, 2) or Zstandard (3, 4).
    fn expanded(&self, compression: u32, bytes: &[u8]) -> Result<Vec<u8>, DataError> {
        let mut out = Vec::new();
        let expanded = match compression {
            0 => return Ok(bytes.to_vec()),
            1 | 2 => lz4_flex::frame::FrameDecoder::new(bytes)
                .take(MOST_BYTES)
                .read_to_end(&mut out)
                .map_err(|e| e.to_string()),
            3 | 4 => ruzstd::decoding::StreamingDecoder::new(bytes)
                .map_err(|e| e.to_string())
                .and_then(|mut d| {
                    (&mut d)
                        .take(MOST_BYTES)
                        .read_to_end(&mut out)
                        .map_err(|e| e.to_string())
                }),
            other => return Err(self.bad("the compression", other)),
        };
        match expanded {
            Ok(_) => Ok(out),
            Err(e) => Err(self.bad("a compressed packet", e)),
        }
    }
}

/// Of the header: compression, place of the table behind the packets, description of the streams (XML).
fn about(header: &[u8]) -> Option<(u32, Option<u64>, String)> {
    let root = Table::root(header, 0)?;
    let compression = root.field(0).map_or(Some(0), |at| word(header, at))?;
    let table = match root.field(1) {
        Some(at) => u64::from_le_bytes(header.get(at..at + 8)?.try_into().ok()?),
        None => u64::MAX,
    };
    let info = match root.field(2) {
        Some(at) => {
            let (start, length) = vector(header, at)?;
            String::from_utf8_lossy(header.get(start..start.checked_add(length)?)?).into_owned()
        }
        None => String::new(),
    };
    // A file that was not closed has -1 here.
    Some((
        compression,
        (table <= i64::MAX as u64).then_some(table),
        info,
    ))
}

/// The events of a packet: structures of time (i64), x, y (i16) and polarity (u8), 16 bytes each.
fn events(bytes: &[u8]) -> Option<Vec<PixelEvent>> {
    let Some(at) = Table::root(bytes, 4)?.field(0) else {
        return Some(Vec::new());
    };
    let (start, count) = vector(bytes, at)?;
    let all = bytes.get(start..start.checked_add(count.checked_mul(16)?)?)?;
    let event = |own: &[u8]| {
        Some(PixelEvent {
            t_us: i64::from_le_bytes(own.get(..8)?.try_into().ok()?),
            x: u32::from(u16::from_le_bytes(own.get(8..10)?.try_into().ok()?)),
            y: u32::from(u16::from_le_bytes(own.get(10..12)?.try_into().ok()?)),
            on: *own.get(12)? != 0,
        })
    };
    all.chunks_exact(16).map(event).collect()
}

/// A table of a FlatBuffer.
struct Table<'a> {
    bytes: &'a [u8],
    place: usize,
}

impl<'a> Table<'a> {
    /// The root of a buffer that begins at `start`.
    fn root(bytes: &'a [u8], start: usize) -> Option<Self> {
        let place = start.checked_add(word(bytes, start)? as usize)?;
        Some(Self { bytes, place })
    }

    /// Place of the field `k`; none where it has its default, or the table is damaged.
    fn field(&self, k: usize) -> Option<usize> {
        let back = word(self.bytes, self.place)? as i32;
        let fields = self.place.checked_add_signed(-(back as isize))?;
        let short = |at: usize| {
            let own = self.bytes.get(at..at.checked_add(2)?)?;
            Some(usize::from(u16::from_le_bytes(own.try_into().ok()?)))
        };
        let own = 4 + 2 * k;
        let offset = (own < short(fields)?).then(|| short(fields.checked_add(own)?))??;
        (offset != 0).then(|| self.place.checked_add(offset))?
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let own = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(own.try_into().ok()?))
}

/// Start and length of the vector that the word at `at` points to.
fn vector(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let place = at.checked_add(word(bytes, at)? as usize)?;
    Some((place.checked_add(4)?, word(bytes, place)? as usize))
}

/// The first attribute of this name in the description of the streams, a whole number.
fn attribute(info: &str, name: &str) -> Option<u32> {
    let (_, behind) = info.split_once(&format!("key=\"{name}\""))?;
    let (_, value) = behind.split_once('>')?;
    value.split_once('<')?.0.trim().parse().ok()
}
