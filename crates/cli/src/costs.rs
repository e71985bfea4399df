//! What a chip costs beside its loss, in words.

use bruno_chip::LayerDescription;
use bruno_device::{Chip, NeuronCosts};
use bruno_model::Costs;
use bruno_train::{EpochReport, Evaluation, Footprint, Periphery};

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
        left_out(&Periphery::of(score)),
        format!(
            "area                          {:.1} um2: capacitors {:.1}, neurons {:.1}, RRAM {:.1}",
            area.total_um2(),
            area.capacitors_um2,
            area.neurons_um2,
            area.cells_um2
        ),
    ];
    lines.extend(chip.description.layers.iter().filter_map(unsaid));
    lines
}

/// What the proxy leaves out, from little to much that may be assumed.
fn left_out(periphery: &Periphery) -> String {
    let range = |[least, most]: [f64; 2]| format!("{least:.4}..{most:.4}");
    format!(
        "  which leaves out            {} nJ a sample: reads {}, word lines {}, clock {}",
        range(periphery.total()),
        range(periphery.reads),
        range(periphery.word_lines),
        range(periphery.clock)
    )
}

/// What the sums leave out because the neuron file of a layer has no such line under `costs`.
fn unsaid(layer: &LayerDescription) -> Option<String> {
    let costs = NeuronCosts::of(layer)?;
    let Costs { spike, power, area } = costs.declared();
    let lines = [
        (spike, "spikes"),
        (power, "power between them"),
        (area, "area"),
    ];
    let absent: Vec<&str> = lines
        .iter()
        .filter(|(line, _)| line.is_none())
        .map(|(_, what)| *what)
        .collect();
    (!absent.is_empty()).then(|| {
        format!(
            "                              without {} of `{}`: its neuron file says nothing of them",
            absent.join(", "),
            layer.name
        )
    })
}
