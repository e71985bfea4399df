//! One process, as bruno runs without MPI.

use super::Ranks;

/// The only rank. Nothing is copied and nothing is waited for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Alone;

impl Ranks for Alone {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn on_node(&self) -> (usize, usize) {
        (0, 1)
    }

    fn broadcast(&self, own: Vec<u8>) -> Vec<u8> {
        own
    }

    fn gather(&self, own: Vec<u8>) -> Vec<Vec<u8>> {
        vec![own]
    }

    fn exchange(&self, to: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        to
    }

    fn wait_for_end(&self) -> ! {
        // Only a rank beside a failed one waits, and there is none.
        std::process::exit(1)
    }
}
