//! What a chip costs beside its loss, in words.

use bruno_device::Chip;
use bruno_train::{EpochReport, Evaluation, Footprint};

/// Energy, area and latency of an epoch in one line.
pub fn line(report: &EpochReport) -> String {
    let latency = report.latency.as_ref();
    let latency = latency.map_or(String::new(), |l| {
        format!(", decided after {:.0} ms", l.mean_ms)
    });
    format!(
        "{:.4} nJ a sample, {:.1} um2{latency}",
        report.train.energy_nj(),
        report.area.total_um2()
    )
}

/// Energy and area by cause, a line each.
pub fn lines(found: &Evaluation, area: &Footprint, chip: &Chip) -> Vec<String> {
    let of_files: Vec<&str> = chip
        .layers
        .iter()
        .filter(|l| l.model.program.is_some())
        .map(|l| l.name.as_str())
        .collect();
    let score = &found.score;
    let nj = |joule: f64| 1e9 * joule / score.samples.max(1) as f64;
    let mut lines = vec![
        format!(
            "energy (proxy)                {:.4} nJ a sample: synapses {:.4}, spikes {:.4}, leak {:.4}",
            score.energy_nj(),
            nj(score.energy.synapses_j),
            nj(score.energy.spikes_j),
            nj(score.energy.leak_j)
        ),
        format!(
            "area                          {:.1} um2: capacitors {:.1}, neurons {:.1}, RRAM {:.1}",
            area.total_um2(),
            area.capacitors_um2,
            area.neurons_um2,
            area.cells_um2
        ),
    ];
    if !of_files.is_empty() {
        lines.push(format!(
            "                              without spikes, leak and capacitors of `{}`: a neuron file says nothing of them",
            of_files.join("`, `")
        ));
    }
    lines
}
