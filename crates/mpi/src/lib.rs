//! Ranks of an MPI job. Without the feature `mpi` nothing is here, and no MPI library is needed.

#![cfg(feature = "mpi")]
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod job;

pub use job::{Mpi, Session};
