//! Graphs that bruno wrote: their metadata hold the chip, so that what comes back is that chip with its codes.

use crate::error::{NirError, problem};
use crate::export::{export, weight_of_lsb};
use crate::graph::Graph;
use crate::import::Import;
use crate::levels::nearest;
use crate::loss::{Loss, short};
use crate::matrix::Matrix;
use crate::network::{Network, Projection, Readout};
use crate::reset::Reset;
use bruno_chip::{Description, Problem};
use bruno_device::Chip;
use bruno_sim::LayerProgram;
use bruno_train::TrainedProgram;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Name of the string in the graph's metadata.
pub(crate) const KEY: &str = "bruno_chip";

/// The chip of a graph. Its weights stand in the graph alone.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    dt_us: f64,
    description: Description,
    program: TrainedProgram,
}

/// What the metadata hold.
pub(crate) fn text(chip: &Chip, program: &TrainedProgram, dt_us: f64) -> String {
    let mut program = program.clone();
    program
        .layers
        .iter_mut()
        .for_each(|layer| layer.weights.clear());
    let own = Own {
        dt_us,
        description: chip.description.clone(),
        program,
    };
    serde_json::to_string(&own).unwrap_or_default()
}

/// The chip of a graph, with the weights that the graph has now.
///
/// # Errors
/// Metadata that were damaged; a graph that was changed in more than its weights.
pub(crate) fn import(file: &str, text: &str, network: &Network) -> Result<Import, NirError> {
    let field = format!("metadata.{KEY}");
    let another = |value: String| {
        let allowed = "the chip that bruno exported";
        problem(
            field.clone(),
            value,
            allowed,
            "import it as any other graph: --new-chip",
        )
    };
    let refused = |problems| NirError::refused(file, problems);
    let damaged = |e: serde_json::Error| refused(vec![another(format!("no chip ({e})"))]);
    let Own {
        dt_us,
        description,
        mut program,
    } = serde_json::from_str(text).map_err(damaged)?;
    let chip = Chip::resolve(&format!("{file}: {field}"), &description)?;
    let layers = projections(network);
    let fits = layers.len() == chip.layers.len() && layers.len() == program.layers.len();
    if !fits || network.inputs != chip.inputs {
        let found = format!(
            "a chip of {} inputs and {} layers",
            chip.inputs,
            chip.layers.len()
        );
        return Err(refused(vec![another(found)]));
    }
    let mut losses = Vec::new();
    for ((own, layer), ways) in program.layers.iter_mut().zip(&chip.layers).zip(&layers) {
        let tables = [own.levels.clone(), own.recurrent_levels.clone()];
        let unit = weight_of_lsb(&chip, layer, own);
        for ((projection, table), quantity) in ways
            .iter()
            .zip(tables)
            .zip(["weights", "recurrent weights"])
        {
            let levels: Vec<f64> = table.iter().map(|l| f64::from(*l) * unit).collect();
            let loss = take(own, &projection.weights, &levels, &layer.name, quantity);
            losses.push(loss);
        }
    }
    program
        .check(&chip)
        .map_err(|e| refused(vec![another(e)]))?;
    let again = export(file, &chip, &program, dt_us)?.graph;
    let changed = changed(network, &again, &another);
    if !changed.is_empty() {
        return Err(refused(changed));
    }
    Ok(Import {
        choices: vec![
            format!(
                "bruno wrote this graph: its chip `{}` is taken from the metadata (--new-chip makes a new one)",
                chip.name
            ),
            format!("a tick of the chip is {} us of the file", short(dt_us)),
        ],
        warnings: Vec::new(),
        description,
        program,
        losses,
    })
}

/// What leads to each layer, the readout last.
fn projections(network: &Network) -> Vec<Vec<&Projection>> {
    let readout = match &network.readout {
        Readout::Integrator(layer) => Some(&**layer),
        Readout::Spikes => None,
    };
    let all = network.layers.iter().chain(readout);
    all.map(|l| std::iter::once(&l.input).chain(&l.recurrent).collect())
        .collect()
}

/// Appends the codes of a projection, `[channel][neuron]`: the nearest of the table, whose levels may stand in any order.
fn take(
    program: &mut LayerProgram,
    weights: &Matrix,
    levels: &[f64],
    layer: &str,
    quantity: &str,
) -> Loss {
    let mut order: Vec<usize> = (0..levels.len()).collect();
    let level = |k: &usize| levels.get(*k).copied().unwrap_or_default();
    order.sort_by(|a, b| level(a).total_cmp(&level(b)));
    let sorted: Vec<f64> = order.iter().map(level).collect();
    let mut codes = vec![0; weights.values.len()];
    let mut pairs = Vec::with_capacity(codes.len());
    for (neuron, row) in weights.rows().enumerate() {
        let own = codes.iter_mut().skip(neuron).step_by(weights.height());
        for (code, wanted) in own.zip(row) {
            let code_of = order
                .get(nearest(&sorted, *wanted))
                .copied()
                .unwrap_or_default();
            *code = code_of as u8;
            pairs.push((*wanted, level(&code_of)));
        }
    }
    let used = codes.iter().collect::<BTreeSet<_>>().len();
    program.weights.extend(codes);
    Loss::weights(layer, quantity, &pairs, used, levels.len())
}

/// How far a parameter may be from that of the chip, relative: single precision.
const SAME: f64 = 1e-6;

/// Parameters of neurons that are not the chip's.
fn changed(network: &Network, own: &Graph, another: &dyn Fn(String) -> Problem) -> Vec<Problem> {
    let own = match Network::of(own) {
        Ok(own) => own,
        Err(problems) => return problems,
    };
    let nodes = |network: &Network| {
        let readout = match &network.readout {
            Readout::Integrator(layer) => vec![(layer.name.clone(), layer.node.clone())],
            Readout::Spikes => Vec::new(),
        };
        let hidden = network
            .layers
            .iter()
            .map(|l| (l.name.clone(), l.node.clone()));
        hidden.chain(readout).collect::<Vec<_>>()
    };
    let mut problems = Vec::new();
    for ((name, found), (_, expected)) in nodes(network).iter().zip(nodes(&own)) {
        if Reset::said(found) != Reset::said(&expected) {
            problems.push(another(format!("another reset of `{name}`")));
        }
        for (parameter, array) in &expected.parameters {
            let values = found.parameter(parameter).iter().zip(&array.values);
            let mut differ = values
                .filter(|(found, expected)| (*found - *expected).abs() > SAME * expected.abs());
            if let Some((found, expected)) = differ.next() {
                let what = format!(
                    "{} {found} of `{name}` where the chip has {expected}",
                    parameter
                );
                problems.push(another(what));
            }
        }
    }
    problems
}
