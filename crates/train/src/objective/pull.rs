//! What the objectives of energy and area ask of a sample's backward pass.

use crate::objective::energy::{Activity, Energy, EnergyModel};
use crate::objective::footprint::Footprint;
use crate::{DeviceParameter, DeviceTraining, Parameters, TrainConfig};
use bruno_chip::LayerDescription;
use bruno_device::{Chip, NeuronCosts};

/// What the objectives of energy and area ask of one sample's backward pass.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pull {
    /// By each neuron's spike count, by layer.
    pub by_spikes: Vec<Vec<f32>>,
    /// By the membrane of each window, 1/V, by layer: `[window][neuron]`.
    pub by_membrane: Vec<Vec<f32>>,
    /// By the parameters themselves.
    pub direct: Vec<f32>,
}

impl Pull {
    /// None where no objective pulls.
    pub fn of(
        chip: &Chip,
        parameters: &Parameters,
        config: &TrainConfig,
        activity: &Activity,
        energy: &Energy,
    ) -> Option<Self> {
        let objectives = &config.objectives;
        let asked = objectives.energy.as_ref();
        let by_energy = asked.map_or(0.0, |o| {
            slope(o.weight, energy.total_j(), o.target_nj.map(|nj| nj * 1e-9))
        });
        let area = Footprint::of(&chip.description, objectives).total_um2();
        let asked = objectives.area.as_ref();
        let by_area = asked.map_or(0.0, |o| slope(o.weight, area, o.target_um2));
        if by_energy == 0.0 && by_area == 0.0 {
            return None;
        }
        let model = EnergyModel::new(chip, parameters, objectives.supply_v);
        let slopes = model.slopes(activity, by_energy);
        let narrow = |rows: Vec<Vec<f64>>| -> Vec<Vec<f32>> {
            let row = |row: Vec<f64>| row.into_iter().map(|x| x as f32).collect();
            rows.into_iter().map(row).collect()
        };
        let mut direct = slopes.direct;
        for (raw, own) in chip.description.layers.iter().zip(&parameters.layers) {
            let device = own.device.iter().zip(parameters.device()).enumerate();
            for (k, (place, device)) in device {
                let um2 = area_by(device, raw);
                if let Some(place) = place {
                    let slope = f64::from(parameters.device_slope(k, *place));
                    direct[*place] += by_area * raw.neurons as f64 * um2 * slope;
                }
            }
        }
        Some(Self {
            by_spikes: narrow(slopes.by_spikes),
            by_membrane: narrow(slopes.by_membrane),
            direct: direct.into_iter().map(|x| x as f32).collect(),
        })
    }
}

/// Area of a neuron by a parameter in training, um2 a unit of it.
pub(crate) fn area_by(device: &DeviceTraining, layer: &LayerDescription) -> f64 {
    let parameter = device.of(layer);
    match (
        NeuronCosts::of(layer),
        parameter.as_ref().and_then(|p| p.of_file()),
    ) {
        (Some(costs), Some(own)) => costs.area_um2_by(own),
        (None, None) => f64::from(device.parameter == DeviceParameter::Area.name()),
        _ => 0.0,
    }
}

/// Derivative of `weight ln(x / target)` above the target, of `weight ln x` without one.
fn slope(weight: f64, x: f64, target: Option<f64>) -> f64 {
    if x > target.unwrap_or(0.0) {
        weight / x
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_pulls_below_a_target() {
        assert_eq!(slope(0.5, 4.0, None), 0.125);
        assert_eq!(slope(0.5, 4.0, Some(3.0)), 0.125);
        assert_eq!(slope(0.5, 4.0, Some(4.0)), 0.0);
        assert_eq!(slope(0.5, 0.0, None), 0.0);
    }
}
