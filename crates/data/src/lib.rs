//! Data sets as events with microsecond times: built-in Braille reading, Bach chorales, address events of ReckOn,
//! anyone's CSV files or NumPy archive.
//!
//! This crate knows nothing of chips.

mod alphabet;
mod baseline;
mod braille;
mod dataset;
mod decision;
mod error;
mod events;
mod fingerprint;
mod jsb;
mod notes;
mod npz;
mod reckon;

pub use baseline::{RidgeCost, ridge_accuracy, tuned_ridge_accuracy};
pub use braille::{BrailleConfig, Letters, braille};
pub use dataset::{Dataset, Event, Sample, Target};
pub use decision::first_largest;
pub use error::DataError;
pub use events::{EventsConfig, events};
pub use fingerprint::Fingerprint;
pub use jsb::{JsbConfig, jsb};
pub use npz::{NpzConfig, npz};
pub use reckon::{ReckonConfig, reckon};
