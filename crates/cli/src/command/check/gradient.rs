//! What `bruno check` says of the gradient of a chip's training: how far from exact backpropagation audits of other chips
//! let it expect (docs/method.md).

use bruno_device::{Chip, Felif, Finding, LayerKind};
use bruno_train::{Bias, BiasGroup, Expected, GradientKind, Regime, Span, TrainConfig};

/// Least cosine, at the lower end of its interval, that nobody need look at.
const GOOD: f64 = 0.9;
/// Least cosine, where half of the audits are better, below which a gradient points elsewhere.
const POOR: f64 = 0.8;
/// Shares of the window that are looked at for a remedy.
const SHORTER: [f64; 4] = [0.5, 0.25, 0.1, 0.05];

/// The layer whose window is the longest share of a time constant.
struct Fastest<'a> {
    layer: &'a str,
    /// The shortest time constant, ms, and whose it is.
    tau_ms: f64,
    whose: &'static str,
    windows: f64,
    lif: bool,
}

/// What is expected of the gradient in training; nothing of one that is exact, and of chips that the table does not know.
pub(super) fn findings(chip: &Chip, training: &TrainConfig) -> Vec<Finding> {
    let Some(fastest) = fastest(chip) else {
        return Vec::new();
    };
    let mut groups = vec![(BiasGroup::Weights, "weights")];
    if !training.device.is_empty() {
        groups.push((BiasGroup::Devices, "device parameters"));
    }
    let of = |(group, what)| finding(chip, training, &fastest, group, what);
    groups.into_iter().filter_map(of).collect()
}

fn fastest(chip: &Chip) -> Option<Fastest<'_>> {
    let window_ms = 1e-3 * f64::from(chip.window_ticks);
    let of = |(layer, raw): (&'_ bruno_device::Layer, &bruno_chip::LayerDescription)| {
        let model = Felif::new(&raw.device);
        let synapse = 1e3 * layer.tau_syn_s();
        let membrane = 1e3 * model.capacitance_f / model.leak_s.max(1e-18);
        let (tau_ms, whose) = match synapse < membrane {
            true => (synapse, "synapse"),
            false => (membrane, "membrane"),
        };
        (layer.kind, tau_ms, whose)
    };
    let hidden = chip.layers.iter().zip(&chip.description.layers);
    let known = hidden.filter(|(layer, _)| layer.kind != LayerKind::File);
    let all = known.map(|(layer, raw)| {
        let (kind, tau_ms, whose) = of((layer, raw));
        Fastest {
            layer: &layer.name,
            tau_ms,
            whose,
            windows: window_ms / tau_ms,
            lif: kind == LayerKind::Lif,
        }
    });
    all.max_by(|a, b| a.windows.total_cmp(&b.windows))
}

fn finding(
    chip: &Chip,
    training: &TrainConfig,
    fastest: &Fastest<'_>,
    group: BiasGroup,
    what: &str,
) -> Option<Finding> {
    let bias = Bias::of(training.gradient, group)?;
    let window_ms = 1e-3 * f64::from(chip.window_ticks);
    let at = |rate_hz: f64| Regime {
        windows: fastest.windows,
        spikes: 1e-3 * rate_hz * window_ms,
        lif: fastest.lif,
    };
    let (low, high) = training.rate_hz;
    let middle = (low.max(1.0) * high).sqrt();
    let [expected, busy] = [middle, high].map(|rate| bias.expect(&at(rate)));
    let beyond = match expected.within {
        true => "",
        false => "; no audit has a window this long",
    };
    let text = format!(
        "gradient `{}`: the window is {:.2} of the shortest time constant ({:.3} ms, the {} of `{}`); audits of other chips let \
         expect of {what} {}, at {middle:.0} Hz (the middle of `training.rate_Hz`); at {high} Hz a cosine of {}{beyond}",
        training.gradient.name(),
        fastest.windows,
        fastest.tau_ms,
        fastest.whose,
        fastest.layer,
        told(&expected),
        span(&busy.cosine)
    );
    let Span {
        low, middle: half, ..
    } = expected.cosine;
    if low >= GOOD {
        return Some(Finding::fine(text));
    }
    let remedy = remedy(chip, &bias, &at(middle), training.gradient, group);
    Some(match half < POOR {
        true => Finding::act(text, &remedy),
        false => Finding::look(text, &remedy),
    })
}

/// A cosine and a norm in words.
fn told(expected: &Expected) -> String {
    format!(
        "a cosine of {} to exact backpropagation and a norm that is off by a factor of {:.2} (up to {:.2})",
        span(&expected.cosine),
        expected.factor.middle,
        expected.factor.high
    )
}

fn span(cosine: &Span) -> String {
    format!(
        "{:.3} ({:.3} .. {:.3})",
        cosine.middle, cosine.low, cosine.high
    )
}

/// The longest shorter window and the dearer gradient that are good enough.
fn remedy(
    chip: &Chip,
    bias: &Bias,
    regime: &Regime,
    kind: GradientKind,
    group: BiasGroup,
) -> String {
    let mut remedies = Vec::new();
    if let Some(share) = bias.longest(regime, &SHORTER, GOOD) {
        let ticks = (share * f64::from(chip.window_ticks)).floor();
        remedies.push(format!("`window_ticks` {ticks} expects {GOOD} at least"));
    }
    let exact =
        Bias::of(GradientKind::Transition, group).filter(|_| kind != GradientKind::Transition);
    if let Some(exact) = exact {
        let expected = exact.expect(regime).cosine;
        remedies.push(format!(
            "`gradient` `transition` expects {}",
            span(&expected)
        ));
    }
    remedies.push("`bruno audit` measures it".into());
    remedies.join("; ")
}
