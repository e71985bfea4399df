//! Work spread over processes: the shards of a job array, which never meet until their results are merged, and the ranks of
//! an MPI job, which compute one result together. Neither changes a bit of it.
//!
//! Nothing here knows a chip.

#![deny(clippy::print_stdout, clippy::print_stderr)]
// Shards of strangers are merged here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod parts;
mod ranks;
mod shard;

pub use parts::{order_parts, whole_from_parts};
pub use ranks::{
    Alone, Ranks, collect_in_order, first_of_node, from_first, on_threads, sum_in_order,
};
pub use shard::Shard;
