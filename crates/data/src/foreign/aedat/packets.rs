//! AEDAT 3.1: packets of events of one kind, least significant byte first; those of pixels are read.

use super::{Camera, DataError, Film, Input, PixelEvent, left_out};
use std::io::{BufRead, Read};

/// Kind of the packets of pixels.
const POLARITY: i16 = 1;
const EVENT_BYTES: i32 = 8;

pub(super) fn film<R: BufRead>(input: &mut Input<'_, R>, how: &Camera) -> Result<Film, DataError> {
    let header = input.header(Some("#!END-HEADER"))?;
    let size = input.size(&header, how)?;
    let (mut events, mut invalid, mut other) = (Vec::new(), 0, 0);
    while let Some(bytes) = input.bytes::<28>("the head of a packet")? {
        let packet = Packet::of(&bytes);
        let (Ok(count), 1..) = (u64::try_from(packet.count), packet.event_bytes) else {
            return Err(input.bad("a packet", format!("{packet:?}")));
        };
        if packet.kind != POLARITY {
            let length = count * packet.event_bytes as u64;
            let skipped =
                std::io::copy(&mut (&mut input.source).take(length), &mut std::io::sink());
            if skipped.map_err(|e| input.failed(e))? != length {
                return Err(input.bad("a packet", "cut off"));
            }
            other += packet.count as usize;
            continue;
        }
        if packet.event_bytes != EVENT_BYTES {
            return Err(input.bad("the bytes of an event", packet.event_bytes));
        }
        for _ in 0..count {
            let Some([a, b, c, d, rest @ ..]) = input.bytes::<8>("an event")? else {
                return Err(input.bad("a packet", "cut off"));
            };
            let data = u32::from_le_bytes([a, b, c, d]);
            if data & 1 == 0 {
                invalid += 1;
                continue;
            }
            events.push(PixelEvent {
                t_us: (i64::from(packet.overflows) << 31) + i64::from(i32::from_le_bytes(rest)),
                x: data >> 17,
                y: data >> 2 & 0x7FFF,
                on: data >> 1 & 1 == 1,
            });
            input.fits(&events)?;
        }
    }
    let notes = [
        left_out(invalid, "events that are marked as invalid"),
        left_out(other, "events of other kinds (frames, inertial unit, ...)"),
    ];
    Ok(Film {
        kind: "AEDAT 3.1",
        size,
        events,
        notes: notes.into_iter().flatten().collect(),
    })
}

/// What the head of a packet says.
#[derive(Debug)]
struct Packet {
    kind: i16,
    event_bytes: i32,
    /// How often the clock of 31 bits has wrapped.
    overflows: i32,
    count: i32,
}

impl Packet {
    /// The words of a head: kind and source (16 bits each), bytes of an event, offset of its time, overflows, capacity,
    /// number of events, of valid ones.
    fn of(bytes: &[u8; 28]) -> Self {
        let word = |k: usize| {
            let mut word = [0; 4];
            word.iter_mut()
                .zip(bytes.iter().skip(4 * k))
                .for_each(|(to, from)| *to = *from);
            i32::from_le_bytes(word)
        };
        Self {
            kind: word(0) as i16,
            event_bytes: word(1),
            overflows: word(3),
            count: word(5),
        }
    }
}
