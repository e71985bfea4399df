//! Ranks that are threads of one process: what is spread over ranks can be tested without MPI.

use super::Ranks;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

/// A rank, with a channel to and from each other one.
struct Thread {
    rank: usize,
    to: Vec<Sender<Vec<u8>>>,
    from: Vec<Mutex<Receiver<Vec<u8>>>>,
}

/// Runs the work on so many ranks; what each gives, by rank.
///
/// # Panics
/// As the work does.
pub fn on_threads<T: Send>(size: usize, work: impl Fn(&dyn Ranks) -> T + Sync) -> Vec<T> {
    let mut ranks: Vec<Thread> = (0..size)
        .map(|rank| Thread {
            rank,
            to: Vec::new(),
            from: Vec::new(),
        })
        .collect();
    for from in 0..size {
        for to in 0..size {
            let (sender, receiver) = channel();
            if let Some(rank) = ranks.get_mut(from) {
                rank.to.push(sender);
            }
            if let Some(rank) = ranks.get_mut(to) {
                rank.from.push(Mutex::new(receiver));
            }
        }
    }
    let work = &work;
    std::thread::scope(|scope| {
        let spawn = |rank| scope.spawn(move || work(&rank));
        let running: Vec<_> = ranks.into_iter().map(spawn).collect();
        let join = |handle: std::thread::ScopedJoinHandle<'_, T>| {
            handle
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        running.into_iter().map(join).collect()
    })
}

impl Ranks for Thread {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.to.len()
    }

    fn on_node(&self) -> (usize, usize) {
        (self.rank, self.size())
    }

    fn broadcast(&self, own: Vec<u8>) -> Vec<u8> {
        let all = self.gather(own);
        all.into_iter().next().unwrap_or_default()
    }

    fn gather(&self, own: Vec<u8>) -> Vec<Vec<u8>> {
        self.exchange(vec![own; self.size()])
    }

    fn exchange(&self, to: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        for (channel, bytes) in self.to.iter().zip(to) {
            if channel.send(bytes).is_err() {
                self.wait_for_end();
            }
        }
        let received = |channel: &Mutex<Receiver<Vec<u8>>>| {
            let channel = channel.lock().unwrap_or_else(PoisonError::into_inner);
            channel.recv().unwrap_or_else(|_| self.wait_for_end())
        };
        self.from.iter().map(received).collect()
    }

    fn wait_for_end(&self) -> ! {
        // A thread cannot be ended by another: it ends itself, without a word.
        std::panic::resume_unwind(Box::new("another rank failed"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{collect_in_order, from_first, sum_in_order};
    use super::*;
    use proptest::prelude::*;

    /// A row whose sum depends on the order of its terms.
    fn row(item: usize, width: usize) -> Vec<f32> {
        let number =
            |k: usize| ((7 * item + 3 * k) as f32).sin() * 10f32.powi((item * 5 % 9) as i32);
        (0..width).map(number).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn a_sum_is_that_of_one_rank(size in 1usize..6, count in 0usize..13, width in 0usize..40) {
            let sum = |ranks: &dyn Ranks| {
                let own: Vec<_> = ranks.share().items(count).map(|k| row(k, width)).collect();
                sum_in_order(ranks, &own, count, width, 1.0 / 3.0)
            };
            let bits = |sum: Vec<f32>| sum.into_iter().map(f32::to_bits).collect::<Vec<_>>();
            let one = bits(sum(&super::super::Alone));
            for found in on_threads(size, sum) {
                prop_assert_eq!(&bits(found), &one);
            }
        }

        #[test]
        fn values_come_in_the_order_of_their_items(size in 1usize..6, count in 0usize..13) {
            let found = on_threads(size, |ranks| {
                let own = ranks.share().items(count).map(Ok::<usize, ()>);
                collect_in_order(ranks, own.collect(), count)
            });
            for found in found {
                prop_assert_eq!(found, Ok((0..count).collect::<Vec<_>>()));
            }
        }
    }

    #[test]
    fn what_the_first_rank_makes() {
        let found = on_threads(3, |ranks| from_first(ranks, || Ok::<_, ()>(ranks.rank())));
        assert_eq!(found, [Ok(0); 3]);
    }

    /// Items that fail: only the rank of the lowest one hears of it.
    #[test]
    fn the_lowest_item_that_fails() {
        let ended = on_threads(3, |ranks| {
            let one = |item: usize| if item >= 4 { Err(item) } else { Ok(item) };
            let own = ranks.share().items(9).map(one).collect();
            let collect = || collect_in_order(ranks, own, 9);
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(collect)).ok()
        });
        assert_eq!(ended, [None, Some(Err(4)), None]);
    }
}
