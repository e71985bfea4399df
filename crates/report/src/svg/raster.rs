//! Spikes of a layer: a stroke each, neurons above one another.

use super::frame::{Frame, plain};
use super::{Axis, Figure, at};
use maud::html;

/// Spikes `(tick, neuron)` of a layer of so many neurons in a sample of so many ms; ticks are of 1 us.
pub(crate) fn raster(
    title: &str,
    spikes: &[(u32, u32)],
    neurons: usize,
    length_ms: f64,
) -> Option<Figure> {
    let last = neurons.checked_sub(1)? as f64;
    // Rows of few neurons are as high as those of many are close.
    let height = (60.0 + 6.0 * neurons as f64).clamp(110.0, 320.0);
    let axes = (Axis::new("t (ms)"), Axis::whole("neuron"));
    let edges = [-0.5, last + 0.5];
    let times = [0.0, length_ms];
    let frame = Frame::new(
        (&axes.0, &axes.1),
        times.into_iter(),
        edges.into_iter(),
        height,
    )?;
    let row = (frame.y.place(0.0) - frame.y.place(1.0)).abs();
    let stroke = (0.8 * row).clamp(1.0, 12.0);
    let inside = |(tick, neuron): &&(u32, u32)| {
        (*neuron as usize) < neurons && f64::from(*tick) * 1e-3 <= length_ms
    };
    let mut d = String::new();
    for (tick, neuron) in spikes.iter().filter(inside) {
        let x = frame.x.place(f64::from(*tick) * 1e-3);
        let y = frame.y.place(f64::from(*neuron)) - 0.5 * stroke;
        d += &format!("M{} {}v{}", at(x), at(y), at(stroke));
    }
    let field = html! { g.c0 { path.spikes d=(d) {} } };
    let data = serde_json::json!({ "tick_us": 1, "spikes": spikes });
    Some(plain(title, frame.svg(title, &field), data))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strokes(spikes: &[(u32, u32)]) -> usize {
        let figure = raster("spikes", spikes, 4, 16.0).unwrap();
        let text = figure.svg.into_string();
        let path = text.split(r#"class="spikes" d=""#).nth(1).unwrap();
        path.split('"').next().unwrap().matches('M').count()
    }

    #[test]
    fn a_stroke_a_spike() {
        assert_eq!(strokes(&[(10, 0), (15_000, 3)]), 2);
    }
    #[test]
    fn spikes_that_no_chip_has() {
        assert_eq!(strokes(&[(u32::MAX, 0), (5, u32::MAX)]), 0);
    }
    #[test]
    fn a_layer_without_neurons() {
        assert!(raster("spikes", &[], 0, 1.0).is_none());
    }
}
