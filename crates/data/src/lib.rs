//! Data sets as events with microsecond times: built-in Braille reading and delayed match-to-sample, Bach chorales, address events of ReckOn,
//! anyone's CSV files or NumPy archive; files of other tools on their way into such an archive.
//!
//! This crate knows nothing of chips.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod alphabet;
mod baseline;
mod braille;
mod dataset;
mod decision;
mod error;
mod events;
mod fingerprint;
mod foreign;
mod jsb;
mod notes;
mod npz;
mod reckon;
mod same;
mod source;

pub use baseline::{Yardstick, YardstickCost, ridge_accuracy};
pub use braille::{BrailleConfig, Letters, braille};
pub use dataset::{Dataset, Event, Sample, Target};
pub use decision::first_largest;
pub use error::DataError;
pub use events::{EventsConfig, Label, event_rows, events, labels};
pub use fingerprint::Fingerprint;
pub use foreign::{
    Camera, Conversion, Inspection, Recording, Recordings, TimeUnit, inspect, recordings,
    recordings_in, write_npz,
};
pub use jsb::{JsbConfig, jsb, jsb_from};
pub use npz::{NpzConfig, npz, npz_from};
pub use reckon::{ReckonConfig, reckon, reckon_samples};
pub use same::{SameConfig, same};
