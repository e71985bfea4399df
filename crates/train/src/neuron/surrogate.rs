//! The surrogate of a spike's derivative by the membrane.

use crate::config::TrainConfig;
use bruno_chip::DeviceCard;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Shape h(u) of the surrogate, of area 1, `u = (V - V_th)/w`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// `0.5/(1+|u|)^2`: reaches far, so that silent neurons learn.
    #[default]
    FastSigmoid,
    /// `0.5` where `|u| < 1`.
    Boxcar,
    /// `1-|u|` where `|u| < 1`.
    Triangle,
    /// `1/(pi (1+u^2))`.
    Arctan,
    /// Derivative of the logistic function.
    Sigmoid,
    /// `0.5 exp(-|u|)`.
    Exponential,
}

impl Shape {
    /// h(u).
    #[inline(always)]
    pub fn at(self, u: f64) -> f64 {
        let far = u.abs();
        match self {
            Self::FastSigmoid => 0.5 / (1.0 + far).powi(2),
            Self::Boxcar => 0.5 * f64::from(far < 1.0),
            Self::Triangle => (1.0 - far).max(0.0),
            Self::Arctan => 1.0 / (std::f64::consts::PI * (1.0 + u * u)),
            Self::Sigmoid => {
                let e = (-far).exp();
                e / (1.0 + e).powi(2)
            }
            Self::Exponential => 0.5 * (-far).exp(),
        }
    }
}

/// The surrogate of one layer: a tick's `ds/dV = dt/tau_s * h((V - V_th)/w)/w`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Surrogate {
    shape: Shape,
    v_th: f64,
    width: f64,
    tau_s: f64,
}

impl Surrogate {
    /// That of the settings at a card's threshold.
    pub fn new(card: &DeviceCard, config: &TrainConfig) -> Self {
        Self {
            shape: config.surrogate,
            v_th: card.v_th_v,
            width: config.surrogate_width_v,
            tau_s: config.surrogate_tau_ms * 1e-3,
        }
    }

    /// Of a threshold that moves, with a width in the unit of its state: see [`Self::slope_at`].
    pub fn with_width(config: &TrainConfig, width: f64) -> Self {
        Self {
            shape: config.surrogate,
            v_th: 0.0,
            width,
            tau_s: config.surrogate_tau_ms * 1e-3,
        }
    }

    /// [`Self::slope`] by the distance above the threshold.
    pub fn slope_at(&self, distance: f64, seconds: f64) -> f64 {
        self.scaled(self.shape.at(distance / self.width), seconds)
    }

    /// Makes of each membrane its [`Self::slope`] over a time of its own.
    #[inline(always)]
    pub fn slopes(&self, membranes: &mut [f64], seconds: &[f64]) {
        let pairs = membranes.iter_mut().zip(seconds);
        match self.shape {
            // A loop with one shape is one of vectors.
            Shape::FastSigmoid => {
                let shape = Self {
                    shape: Shape::FastSigmoid,
                    ..*self
                };
                pairs.for_each(|(v, seconds)| *v = shape.slope(*v, *seconds));
            }
            _ => pairs.for_each(|(v, seconds)| *v = self.slope(*v, *seconds)),
        }
    }

    /// `ds/dV` over `seconds` at a membrane, 1/V.
    #[inline(always)]
    pub fn slope(&self, v: f64, seconds: f64) -> f64 {
        self.scaled(self.shape.at((v - self.v_th) / self.width), seconds)
    }

    /// The same from h(u) itself.
    #[inline(always)]
    pub fn scaled(&self, h: f64, seconds: f64) -> f64 {
        seconds / self.tau_s * h / self.width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every shape has area 1 and is even.
    fn check(shape: Shape, tolerance: f64) {
        let step = 1e-3;
        let half: f64 = (0..4_000_000)
            .map(|k| shape.at((f64::from(k) + 0.5) * step) * step)
            .sum();
        assert!((2.0 * half - 1.0).abs() < tolerance, "{shape:?}: {half}");
        assert_eq!(shape.at(0.7), shape.at(-0.7));
    }

    #[test]
    fn fast_sigmoid() {
        check(Shape::FastSigmoid, 1e-3);
    }
    #[test]
    fn boxcar() {
        check(Shape::Boxcar, 1e-6);
    }
    #[test]
    fn triangle() {
        check(Shape::Triangle, 1e-6);
    }
    #[test]
    fn arctan() {
        check(Shape::Arctan, 1e-3);
    }
    #[test]
    fn sigmoid() {
        check(Shape::Sigmoid, 1e-6);
    }
    #[test]
    fn exponential() {
        check(Shape::Exponential, 1e-6);
    }
}
