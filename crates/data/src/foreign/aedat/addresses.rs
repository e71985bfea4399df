//! AEDAT 2.0: pairs of address and time (us), 32 bits each, most significant byte first.

use super::{Camera, DataError, Film, Input, PixelEvent, left_out};
use std::io::BufRead;

/// Where the bits of an address are: shift and width of x, of y, and the bit of the polarity.
struct Layout {
    x: (u32, u32),
    y: (u32, u32),
    polarity: u32,
    /// A one here is no event of a pixel (a sample of the inertial unit, of a frame).
    other: Option<u32>,
}

/// The DVS128 packs into 15 bits, later cameras (DAVIS) into 32.
const DVS128: Layout = Layout {
    x: (1, 7),
    y: (8, 7),
    polarity: 0,
    other: Some(15),
};
const DAVIS: Layout = Layout {
    x: (12, 10),
    y: (22, 9),
    polarity: 11,
    other: Some(31),
};

pub(super) fn film<R: BufRead>(input: &mut Input<'_, R>, how: &Camera) -> Result<Film, DataError> {
    let header = input.header(None)?;
    let size = input.size(&header, how)?;
    let layout = match size {
        (128, 128) if !header.to_uppercase().contains("DAVIS") => DVS128,
        _ => DAVIS,
    };
    let mut events = Vec::new();
    let mut others = 0;
    let mut clock = Clock::default();
    while let Some([a, b, c, d, rest @ ..]) = input.bytes::<8>("an event")? {
        let address = u32::from_be_bytes([a, b, c, d]);
        let t_us = clock.at(u32::from_be_bytes(rest));
        if layout.other.is_some_and(|bit| address >> bit & 1 == 1) {
            others += 1;
            continue;
        }
        let field = |(shift, bits): (u32, u32)| address >> shift & ((1 << bits) - 1);
        events.push(PixelEvent {
            t_us,
            x: field(layout.x),
            y: field(layout.y),
            on: address >> layout.polarity & 1 == 1,
        });
        input.fits(&events)?;
    }
    Ok(Film {
        kind: "AEDAT 2.0",
        size,
        events,
        notes: Vec::from_iter(left_out(others, "entries that are no events of pixels")),
    })
}

/// Times of 32 bits that wrap after 71 minutes.
#[derive(Default)]
struct Clock {
    last: u32,
    wraps: i64,
}

impl Clock {
    fn at(&mut self, time: u32) -> i64 {
        // Events may be slightly out of order; half of the range back is a wrap.
        if time < self.last && self.last - time > 1 << 31 {
            self.wraps += 1;
        }
        self.last = time;
        (self.wraps << 32) + i64::from(time)
    }
}

#[test]
fn a_clock_that_wraps() {
    let mut clock = Clock::default();
    let times = [5, u32::MAX - 1, 3].map(|t| clock.at(t));
    assert_eq!(times[2] - times[1], 5);
}
