//! The leaky membrane that all kinds have: `dV/dt = (I - g V)/C`.

use crate::Felif;
use bruno_chip::DeviceCard;

const PA: f64 = 1e-12;

/// A membrane on a card.
#[derive(Debug, Clone)]
pub(crate) struct Membrane {
    capacitance_f: f64,
    leak_s: f64,
    area_um2: f64,
    v_th: f64,
    pub v_reset: f64,
}

impl Membrane {
    pub fn new(card: &DeviceCard) -> Self {
        let model = Felif::new(card);
        Self {
            capacitance_f: model.capacitance_f,
            leak_s: model.leak_s,
            area_um2: card.area_um2,
            v_th: card.v_th_v,
            v_reset: card.v_reset_v,
        }
    }

    /// Current and leak, V/s.
    #[inline(always)]
    pub fn charging(&self, v: f64, i_pa: f64) -> f64 {
        (i_pa * PA - self.leak_s * v) / self.capacitance_f
    }

    /// What the leak takes, 1/s.
    #[inline(always)]
    pub fn leak(&self) -> f64 {
        self.leak_s / self.capacitance_f
    }

    /// By the current, V/(s pA).
    pub fn gain(&self) -> f64 {
        PA / self.capacitance_f
    }

    /// By the area, V/(s um2).
    #[inline(always)]
    pub fn by_area(&self, v: f64, i_pa: f64) -> f64 {
        -self.charging(v, i_pa) / self.area_um2
    }

    /// By the leak, V/(s pS).
    #[inline(always)]
    pub fn by_leak(&self, v: f64) -> f64 {
        -v / self.capacitance_f * PA
    }

    /// Energy of a spike that also switches charge worth a voltage, J.
    pub fn spike_j(&self, switched_v: f64) -> f64 {
        self.capacitance_f * (self.v_th - self.v_reset + switched_v) * self.v_th
    }
}
