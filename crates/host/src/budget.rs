//! How much a file may make bruno take: a few bytes can declare any size.

/// The most bytes that one thing whose size a file declares may take in memory, and the most bytes of a file that is read
/// whole. The largest chips are below it: 1024 inputs onto 4096 recurrent neurons take 0.3 GB in training, and a
/// checkpoint of them 0.8 GB on disk.
pub const BUDGET_BYTES: u64 = 2 << 30;

/// The most bytes of a pipe or device, which does not say its size.
pub(crate) const STREAM_BYTES: u64 = 64 << 20;
