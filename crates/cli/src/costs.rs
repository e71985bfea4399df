//! What a chip costs beside its loss, in words.

use bruno_train::{Footprint, Score};

/// Energy, area and latency in one line.
pub fn line(score: &Score, area: &Footprint) -> String {
    let latency = score.costs.mean_latency_ms();
    let latency = latency.map_or(String::new(), |ms| format!(", decided after {ms:.0} ms"));
    format!(
        "{:.4} nJ a sample, {:.1} um2{latency}",
        score.energy_nj(),
        area.total_um2()
    )
}

/// The same by cause, a line each.
pub fn lines(score: &Score, area: &Footprint) -> Vec<String> {
    let energy = &score.costs.energy;
    let nj = |joule: f64| 1e9 * joule / score.samples.max(1) as f64;
    let mut lines = vec![
        format!(
            "energy (proxy)                {:.4} nJ a sample: synapses {:.4}, spikes {:.4}, leak {:.4}",
            score.energy_nj(),
            nj(energy.synapses_j),
            nj(energy.spikes_j),
            nj(energy.leak_j)
        ),
        format!(
            "area                          {:.1} um2: capacitors {:.1}, neurons {:.1}, RRAM {:.1}",
            area.total_um2(),
            area.capacitors_um2,
            area.neurons_um2,
            area.cells_um2
        ),
    ];
    if let Some(ms) = score.costs.mean_latency_ms() {
        let decided = score.costs.decided;
        lines.push(format!(
            "latency                       {ms:.0} ms, mean of {decided} right decisions"
        ));
    }
    lines
}
