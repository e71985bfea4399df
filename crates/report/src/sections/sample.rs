//! One sample: spikes of the hidden layers, membrane and occupation of a few neurons (`sample.json` of a run).

use super::{Found, Shown};
use crate::folder::Folder;
use crate::svg::{Axis, Chart, Figure, LOW, Mark, Series, raster};
use crate::text;
use bruno_train::{NeuronTrace, SampleTrace, TracedLayer};
use maud::html;

/// Most layers that are drawn, most neurons of a layer, most spikes of all layers: those of bruno's own files are fewer.
const MOST_LAYERS: usize = 8;
const MOST_NEURONS: usize = 4;
const MOST_SPIKES: usize = 12_000;

/// The sample of a run.
pub(super) fn found(folder: &Folder<'_>) -> Found {
    let Some(trace) = folder.json::<SampleTrace>(&["sample.json"], "bruno train")? else {
        return Ok(None);
    };
    let length = trace.length_ms.clamp(0.0, 1e9);
    let mut room = MOST_SPIKES;
    let mut figures = Vec::new();
    for layer in trace.layers.iter().take(MOST_LAYERS) {
        for neuron in layer.traces.iter().take(MOST_NEURONS) {
            let place = format!("{}, neuron {}", text::name(&layer.layer), neuron.neuron);
            let membrane = format!("Membrane of {place}");
            figures.push(state(neuron, membrane, Axis::new("V (V)"), &neuron.v_v));
            let occupation = format!("Occupation of {place}");
            figures.push(state(neuron, occupation, Axis::share("p"), &neuron.p));
        }
        figures.push(spikes(layer, length, &mut room));
    }
    let class = trace
        .class
        .as_deref()
        .map_or(String::new(), |c| format!(", class {}", text::name(c)));
    let taken = trace
        .found
        .as_deref()
        .map_or(String::new(), |c| format!(", found {}", text::name(c)));
    let body = html! {
        p { "Sample " (trace.sample) " of the test set" (class) (taken) ": what the trained chip does in it." }
        p.note {
            "Membrane and occupation are those at the ends of windows, of the most, the middle and the least active neuron of a \
             layer on the whole test set."
        }
    };
    Ok(Some(Shown::new(
        ("sample", "A sample: spikes and membranes", ""),
        body,
        figures,
    )))
}

fn spikes(layer: &TracedLayer, length_ms: f64, room: &mut usize) -> Option<Figure> {
    let kept = layer.spikes.len().min(*room);
    *room -= kept;
    let shown = match (kept as u64) < layer.spikes_in_all {
        true => format!("the first {kept} of {} spikes", layer.spikes_in_all),
        false => format!("{kept} spikes"),
    };
    let title = format!("Spikes of {}: {shown}", text::name(&layer.layer));
    raster(&title, layer.spikes.get(..kept)?, layer.neurons, length_ms)
}

/// A state of a followed neuron over time.
fn state(neuron: &NeuronTrace, title: String, axis: Axis, values: &[f32]) -> Option<Figure> {
    let at = |k: usize| (k as f64 + 1.0) * neuron.every_ms;
    let points = values.iter().enumerate();
    let points = points.map(|(k, v)| (at(k), f64::from(*v)));
    Chart {
        title,
        x: Axis::new("t (ms)"),
        y: axis,
        height: LOW,
        series: vec![Series::new("", Mark::Line, points)],
    }
    .figure()
}
