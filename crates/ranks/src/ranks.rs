//! Processes that compute one result together.

mod alone;
mod collect;
mod sum;
mod threads;

pub use alone::Alone;
pub use collect::{collect_in_order, first_of_node, from_first};
pub use sum::sum_in_order;
pub use threads::on_threads;

use crate::Shard;

/// The ranks that compute one result, as one of them sees them. Every rank runs the same program; what is not spread over
/// them each computes for itself. The calls that move data are made by all ranks in the same order; each returns once all
/// have called.
pub trait Ranks: Sync {
    /// The number of this one, from 0.
    fn rank(&self) -> usize;

    /// How many there are.
    fn size(&self) -> usize;

    /// The number of this one among those of its machine, from 0, and how many they are.
    fn on_node(&self) -> (usize, usize);

    /// The bytes of the first rank, on every rank.
    fn broadcast(&self, own: Vec<u8>) -> Vec<u8>;

    /// The bytes of every rank, by rank, on every rank.
    fn gather(&self, own: Vec<u8>) -> Vec<Vec<u8>>;

    /// Sends each rank its bytes; what every rank sent to this one, by rank.
    fn exchange(&self, to: Vec<Vec<u8>>) -> Vec<Vec<u8>>;

    /// Waits until the end of all ranks, which one that failed brings about.
    fn wait_for_end(&self) -> !;

    /// Whether this rank writes the results.
    fn is_first(&self) -> bool {
        self.rank() == 0
    }

    /// The items that are this rank's.
    fn share(&self) -> Shard {
        Shard::of_rank(self.rank(), self.size())
    }
}
