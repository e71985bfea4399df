//! What a device looks like: P-V loops, switching kinetics, f-I curve, membrane and occupation under a stimulus.

mod loops;
mod membrane;
mod rate;
mod switching;

pub use loops::loops;
pub use membrane::membrane;
pub use rate::rate;
pub use switching::switching;

/// `count` values from `low` to `high` with equal ratios; both positive.
fn decades(low: f64, high: f64, count: usize) -> Vec<f64> {
    let step = (high / low).ln() / (count.max(2) - 1) as f64;
    (0..count).map(|k| low * (step * k as f64).exp()).collect()
}
