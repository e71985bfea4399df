//! Ranks of an MPI job.

use bruno_ranks::Ranks;
use mpi::Threading;
use mpi::datatype::{Partition, PartitionMut};
use mpi::environment::Universe;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Root};
use std::time::Duration;

/// This process in its MPI job.
pub struct Mpi {
    rank: usize,
    size: usize,
    on_node: (usize, usize),
}

/// MPI in this process. It ends once this is dropped, when all ranks have come to that point.
pub struct Session {
    _universe: Universe,
}

impl Mpi {
    /// Joins the job; none where MPI cannot be used in this process (a second call).
    pub fn join() -> Option<(Session, Self)> {
        // Calls may come from several threads, one at a time.
        let (universe, _) = mpi::initialize_with_threading(Threading::Serialized)?;
        let world = universe.world();
        let node = world.split_shared(world.rank());
        let own = Self {
            rank: world.rank() as usize,
            size: world.size() as usize,
            on_node: (node.rank() as usize, node.size() as usize),
        };
        let session = Session {
            _universe: universe,
        };
        Some((session, own))
    }

    /// Ends all ranks at once with this exit code.
    pub fn end(code: u8) -> ! {
        SimpleCommunicator::world().abort(i32::from(code))
    }

    /// Sends every rank how many bytes it will get from this one; how many it gets from each.
    fn counts(&self, own: &[usize]) -> Vec<usize> {
        let own: Vec<u64> = own.iter().map(|n| *n as u64).collect();
        let mut all = vec![0; self.size];
        SimpleCommunicator::world().all_to_all_into(&own, &mut all);
        all.into_iter().map(|n: u64| n as usize).collect()
    }
}

/// So many bytes, in a place of their own also where they are none: an empty list of bytes has the address 1, by which Open
/// MPI means something else (`MPI_IN_PLACE`).
fn place(length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 1);
    bytes.resize(length, 0);
    bytes
}

/// MPI counts in 32 bits.
fn counts(lengths: &[usize]) -> (Vec<i32>, Vec<i32>) {
    let counts: Vec<i32> = lengths.iter().map(|n| narrow(*n)).collect();
    let starts = lengths.iter().scan(0, |sum, n| {
        let start = *sum;
        *sum += n;
        Some(narrow(start))
    });
    let starts = starts.collect();
    (counts, starts)
}

fn narrow(count: usize) -> i32 {
    let narrowed = i32::try_from(count);
    narrowed.unwrap_or_else(|_| unreachable!("a message of {count} bytes, beyond MPI's 2 GiB"))
}

/// The pieces of these lengths.
fn cut(bytes: &[u8], lengths: &[usize]) -> Vec<Vec<u8>> {
    let mut rest = bytes;
    let piece = |length: &usize| {
        let (piece, after) = rest.split_at(*length);
        rest = after;
        piece.to_vec()
    };
    lengths.iter().map(piece).collect()
}

impl Ranks for Mpi {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn on_node(&self) -> (usize, usize) {
        self.on_node
    }

    fn broadcast(&self, mut own: Vec<u8>) -> Vec<u8> {
        let first = SimpleCommunicator::world();
        let first = first.process_at_rank(0);
        let mut length = own.len() as u64;
        first.broadcast_into(&mut length);
        narrow(length as usize);
        own.reserve(length as usize + 1);
        own.resize(length as usize, 0);
        first.broadcast_into(&mut own[..]);
        own
    }

    fn gather(&self, mut own: Vec<u8>) -> Vec<Vec<u8>> {
        own.reserve(1);
        let lengths = self.counts(&vec![own.len(); self.size]);
        let (counts, starts) = counts(&lengths);
        let mut all = place(lengths.iter().sum());
        let mut parts = PartitionMut::new(&mut all[..], counts, starts);
        SimpleCommunicator::world().all_gather_varcount_into(&own[..], &mut parts);
        cut(&all, &lengths)
    }

    fn exchange(&self, to: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let sent: Vec<usize> = to.iter().map(Vec::len).collect();
        let received = self.counts(&sent);
        let mut own = place(0);
        own.reserve(sent.iter().sum());
        to.iter().for_each(|bytes| own.extend(bytes));
        let (send_counts, send_starts) = counts(&sent);
        let (counts, starts) = counts(&received);
        let mut all = place(received.iter().sum());
        SimpleCommunicator::world().all_to_all_varcount_into(
            &Partition::new(&own[..], send_counts, send_starts),
            &mut PartitionMut::new(&mut all[..], counts, starts),
        );
        cut(&all, &received)
    }

    fn wait_for_end(&self) -> ! {
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
}
