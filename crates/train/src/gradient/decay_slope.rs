//! What the decay of a layer's synaptic current does to the current: its derivative by what a tick leaves of it, `alpha`.
//!
//! Over a window the current at its end and its mean are sums over the spikes before and in it, each times a power of alpha
//! (`traces.rs`). Their derivatives by alpha are such sums too; a clamp begins them anew (`clamped.rs`).

use crate::gradient::clamped::Clamped;
use crate::gradient::traces::{Decay, Trace};
use std::collections::BTreeMap;

/// The derivatives of a layer's currents by alpha, from its spikes and weights.
pub(crate) struct DecaySlope {
    decay: Decay,
    /// Currents at the start of each window, pA, `[window][neuron]`.
    starts: Vec<Vec<f32>>,
    /// Derivatives of a window's end and mean by alpha that come of its own spikes, `[window][neuron]`.
    own: Vec<Vec<[f32; 2]>>,
    /// The whole derivatives of clamped windows: neuron, end and mean.
    clamped: BTreeMap<usize, Vec<(usize, [f32; 2])>>,
}

/// Traces of every window with the weights of their channels, `[channel][neuron]`, pA.
pub(crate) type Projected<'a> = (&'a [Vec<Trace>], &'a [f32]);

impl DecaySlope {
    /// Of a layer of so many neurons, from the traces of its projections: by their channels' spikes, and the same traces
    /// differentiated by alpha.
    pub fn new(
        decay: Decay,
        neurons: usize,
        traces: &[Projected<'_>; 2],
        slopes: &[Projected<'_>; 2],
        clamped: &BTreeMap<usize, Vec<Clamped>>,
    ) -> Self {
        let windows = traces[0].0.len();
        let weights = traces.map(|(_, weights)| weights);
        let sum = |of: &[Projected<'_>], window: usize| -> Vec<[f32; 2]> {
            let mut sums = vec![[0.0; 2]; neurons];
            for (all, weights) in of {
                for trace in &all[window] {
                    let row = &weights[trace.channel as usize * neurons..][..neurons];
                    for (sum, w) in sums.iter_mut().zip(row) {
                        *sum = [sum[0] + w * trace.end, sum[1] + w * trace.mean];
                    }
                }
            }
            sums
        };
        let mut current = vec![0.0f32; neurons];
        let mut starts = Vec::with_capacity(windows);
        let mut by_clamped = BTreeMap::new();
        for window in 0..windows {
            starts.push(current.clone());
            let own = clamped.get(&window).map_or(&[][..], Vec::as_slice);
            let slope = |c: &Clamped| (c.neuron, c.by_alpha(&decay, current[c.neuron], weights));
            if !own.is_empty() {
                by_clamped.insert(window, own.iter().map(slope).collect());
            }
            let spikes = sum(traces, window);
            for (i, [end, _]) in current.iter_mut().zip(spikes) {
                *i = decay.over_window() * *i + end;
            }
            own.iter().for_each(|c| current[c.neuron] = c.end);
        }
        Self {
            decay,
            starts,
            own: (0..windows).map(|window| sum(slopes, window)).collect(),
            clamped: by_clamped,
        }
    }

    /// `dL/d alpha` of a window, from `dL/d` the currents at its end and of their means, by neuron.
    pub fn window(&self, window: usize, asked: &[f32], mean: &[f32]) -> f64 {
        let (left, of_start) = (
            self.decay.over_window_slope(),
            self.decay.mean_of_start_slope(),
        );
        let row = self.starts[window].iter().zip(&self.own[window]);
        let by = row
            .zip(asked.iter().zip(mean))
            .map(|((start, own), (asked, mean))| {
                asked * (left * start + own[0]) + mean * (of_start * start + own[1])
            });
        let clamped = self.clamped.get(&window).map_or(&[][..], Vec::as_slice);
        let of_clamped = clamped.iter().map(|(n, own)| {
            let free = [
                left * self.starts[window][*n],
                of_start * self.starts[window][*n],
            ];
            let [end, on_mean] = [0, 1].map(|k: usize| own[k] - free[k] - self.own[window][*n][k]);
            asked[*n] * end + mean[*n] * on_mean
        });
        by.chain(of_clamped).map(f64::from).sum()
    }
}
