//! How far a gradient is from exact backpropagation through every microsecond, by group of parameters.

use crate::GradientKind;
use crate::config::AuditConfig;
use crate::gradient::pass::Gradient;
use crate::measure::score::Score;
use crate::weights::parameters::Parameters;
use bruno_device::Chip;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Agreement of one group of a gradient with the exact one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Cosine of the angle between both; 1 where both are zero.
    pub cosine: f64,
    /// Norm by the exact one's norm; 1 where both are zero.
    pub ratio: f64,
}

impl Agreement {
    /// Of two vectors of one length.
    pub fn of(found: &[f32], exact: &[f32]) -> Self {
        let dot = |x: &[f32], y: &[f32]| -> f64 {
            let products = x.iter().zip(y).map(|(x, y)| f64::from(*x) * f64::from(*y));
            products.sum()
        };
        let norms = [found, exact].map(|x| dot(x, x).sqrt());
        match norms {
            [0.0, 0.0] => Self {
                cosine: 1.0,
                ratio: 1.0,
            },
            [a, b] => Self {
                cosine: if a * b > 0.0 {
                    dot(found, exact) / (a * b)
                } else {
                    0.0
                },
                // Finite, so that a report can be read back.
                ratio: if b > 0.0 { a / b } else { f64::MAX },
            },
        }
    }

    /// How far it is from exact as a share of what the settings leave alone, by the worse of cosine and ratio: above 1 it is
    /// beyond.
    fn distance(&self, asked: &AuditConfig) -> f64 {
        let share = |far: f64, allowed: f64| match (far > 0.0, allowed > 0.0) {
            (false, _) => 0.0,
            (true, true) => far / allowed,
            (true, false) => f64::INFINITY,
        };
        let by_cosine = share(1.0 - self.cosine, 1.0 - asked.least_cosine);
        let by_ratio = share(self.ratio.ln().abs(), asked.largest_ratio.ln());
        by_cosine.max(by_ratio)
    }
}

/// One group of parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupAudit {
    /// Layer and what it is, e.g. `hidden: recurrent weights`.
    pub group: String,
    /// Norm of the exact gradient of the batch, in the optimiser's units.
    pub norm: f64,
    /// Agreement of each audited gradient.
    pub agreements: Vec<Agreement>,
}

/// Gradients against exact backpropagation on a batch.
///
/// Of weights the batch's mean gradient is compared, which is what an optimiser sees; a device parameter is one number a
/// layer, so the vector over the samples is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// Gradients compared, in the order of every group's agreements.
    pub kinds: Vec<GradientKind>,
    /// Groups of parameters.
    pub groups: Vec<GroupAudit>,
    /// Samples of the batch.
    pub samples: usize,
    /// Mean firing rate in it, Hz.
    #[serde(rename = "rate_Hz")]
    pub rate_hz: f64,
}

/// Slope of the mean loss by one device parameter, per logit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceSlope {
    /// Layer and parameter.
    pub group: String,
    /// By exact backpropagation with the surrogate.
    pub backpropagation: f64,
    /// By two runs of the chip on either side.
    pub finite_difference: f64,
}

/// One audit of a training run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Optimiser step before which it was made, from 0.
    pub step: usize,
    /// Gradient that was in force.
    pub gradient: GradientKind,
    /// Group that is farthest from exact.
    pub group: String,
    /// Its agreement.
    pub agreement: Agreement,
    /// Its cosine or its ratio is beyond what the settings leave alone.
    pub low: bool,
    /// Gradient in force from now on, where the settings ask for a change.
    pub switched_to: Option<GradientKind>,
}

impl Audit {
    /// From every sample's gradients, the exact one first.
    pub(crate) fn new(
        chip: &Chip,
        parameters: &Parameters,
        kinds: &[GradientKind],
        samples: &[(Vec<Gradient>, Score)],
    ) -> Self {
        let mut total = Score::default();
        samples.iter().for_each(|(_, score)| total.add(score));
        let group = |(name, place, one_number): (String, Range<usize>, bool)| {
            let vector = |kind: usize| -> Vec<f32> {
                let parts = samples.iter().map(|(g, _)| &g[kind][place.clone()]);
                if one_number {
                    return parts.flatten().copied().collect();
                }
                let mut mean = vec![0.0; place.len()];
                for part in parts {
                    let share = 1.0 / samples.len() as f32;
                    mean.iter_mut().zip(part).for_each(|(m, g)| *m += share * g);
                }
                mean
            };
            let exact = vector(0);
            let agree = |kind| Agreement::of(&vector(kind), &exact);
            GroupAudit {
                group: name,
                norm: exact
                    .iter()
                    .map(|x| f64::from(*x).powi(2))
                    .sum::<f64>()
                    .sqrt(),
                agreements: (1..=kinds.len()).map(agree).collect(),
            }
        };
        Self {
            kinds: kinds.to_vec(),
            groups: groups(chip, parameters).into_iter().map(group).collect(),
            samples: samples.len(),
            rate_hz: total.rate_hz(),
        }
    }

    /// What a training run makes of an audit of the gradient in force: its worst group; none without groups.
    pub(crate) fn line(&self, step: usize, asked: &AuditConfig) -> Option<AuditLine> {
        let (group, agreement) = self.worst(0, asked)?;
        Some(AuditLine {
            step,
            gradient: *self.kinds.first()?,
            group: group.into(),
            agreement,
            low: agreement.distance(asked) > 1.0,
            switched_to: None,
        })
    }

    /// The first of the audited gradients that is within what the settings leave alone in all groups.
    pub(crate) fn good_enough(&self, asked: &AuditConfig) -> Option<GradientKind> {
        let within = |place: &usize| {
            let worst = self.worst(*place, asked);
            worst.is_none_or(|(_, agreement)| agreement.distance(asked) <= 1.0)
        };
        let place = (0..self.kinds.len()).find(within)?;
        self.kinds.get(place).copied()
    }

    /// The group of an audited gradient that is farthest from exact.
    fn worst(&self, kind: usize, asked: &AuditConfig) -> Option<(&str, Agreement)> {
        let all = self.groups.iter();
        let all = all.filter_map(|g| Some((g.group.as_str(), *g.agreements.get(kind)?)));
        all.max_by(|a, b| a.1.distance(asked).total_cmp(&b.1.distance(asked)))
    }
}

/// Name, place and whether it is one number, of every group; weights that are the same in all gradients (the readout's)
/// are left in: they show that the comparison is sound.
pub(crate) fn groups(chip: &Chip, parameters: &Parameters) -> Vec<(String, Range<usize>, bool)> {
    let mut groups = Vec::new();
    for (index, (layer, own)) in chip.layers.iter().zip(&parameters.layers).enumerate() {
        let name = |what: &str| format!("{}: {what}", layer.name);
        groups.push((name("input weights"), own.input.place.clone(), false));
        if let Some(levels) = &own.input.trained_levels {
            groups.push((name("input levels"), levels.place.clone(), false));
        }
        if let Some(recurrent) = &own.recurrent {
            groups.push((name("recurrent weights"), recurrent.place.clone(), false));
            if let Some(levels) = &recurrent.trained_levels {
                groups.push((name("recurrent levels"), levels.place.clone(), false));
            }
        }
        for (label, place) in parameters.device_labels(index, &layer.name) {
            groups.push((label, place..place + 1, true));
        }
    }
    groups
}
