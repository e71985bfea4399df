//! The quantisation report of a program, as `check`, `train` and `eval` print it.

use crate::scores::listed;
use bruno_sim::LayerQuantisation;
use bruno_train::WeightStatistics;

/// One line a projection, one more where neurons are dead.
pub fn lines(report: &[LayerQuantisation]) -> Vec<String> {
    let mut lines = Vec::new();
    for layer in report {
        for p in &layer.projections {
            let kind = if p.recurrent {
                "recurrent weights"
            } else {
                "weights"
            };
            let clipped = p
                .clipped
                .map_or(String::new(), |c| format!(", {c} clipped"));
            lines.push(format!(
                "codes of `{}`: {} {kind} use {} of {} levels, {} at its ends{clipped}; dead inputs: {}",
                layer.layer,
                p.weights,
                p.used,
                p.levels,
                p.at_ends,
                listed(&p.dead_inputs)
            ));
        }
        if !layer.dead_neurons.is_empty() {
            let dead = listed(&layer.dead_neurons);
            lines.push(format!(
                "warning: codes of `{}`: nothing excites neurons {dead} (train longer, or raise `training.init`)",
                layer.layer
            ));
        }
    }
    lines
}

/// One line a projection: what the last epoch left of the latent weights.
pub fn latent_lines(statistics: &[WeightStatistics]) -> Vec<String> {
    let line = |s: &WeightStatistics| {
        format!(
            "latent {}weights of `{}`: {:.1} % at an end of their table, {} of {} codes changed in the last epoch, {:.2} pA from \
             their level on average",
            if s.recurrent { "recurrent " } else { "" },
            s.layer,
            100.0 * s.clipped,
            s.changed,
            s.weights,
            s.distance_pa
        )
    };
    statistics.iter().map(line).collect()
}
