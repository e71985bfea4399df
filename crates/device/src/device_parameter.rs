//! The fields of a card that training may change.

use bruno_chip::DeviceCard;

/// A field of a card that training may change, shared by the neurons of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceParameter {
    /// Area of the FeCap, um2.
    Area,
    /// Leak conductance, pS.
    Leak,
    /// Threshold, V.
    Threshold,
    /// Switching barrier, eV.
    Barrier,
    /// Field distance of the barrier, nm.
    FieldDistance,
    /// Refractory time, ms; in force in whole ticks.
    Refractory,
}

impl DeviceParameter {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::Area,
        Self::Leak,
        Self::Threshold,
        Self::Barrier,
        Self::FieldDistance,
        Self::Refractory,
    ];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }

    /// Name in descriptions.
    pub fn name(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Leak => "leak",
            Self::Threshold => "threshold",
            Self::Barrier => "barrier",
            Self::FieldDistance => "field_distance",
            Self::Refractory => "refractory",
        }
    }

    /// Unit of its field.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Area => "um2",
            Self::Leak => "pS",
            Self::Threshold => "V",
            Self::Barrier => "eV",
            Self::FieldDistance => "nm",
            Self::Refractory => "ms",
        }
    }

    /// Its value on a card.
    pub fn of(self, card: &DeviceCard) -> f64 {
        match self {
            Self::Area => card.area_um2,
            Self::Leak => card.g_leak_ps,
            Self::Threshold => card.v_th_v,
            Self::Barrier => card.w_b_ev,
            Self::FieldDistance => card.d_e_nm,
            Self::Refractory => card.t_ref_ms,
        }
    }

    /// Writes it on a card.
    pub fn set(self, card: &mut DeviceCard, value: f64) {
        match self {
            Self::Area => card.area_um2 = value,
            Self::Leak => card.g_leak_ps = value,
            Self::Threshold => card.v_th_v = value,
            Self::Barrier => card.w_b_ev = value,
            Self::FieldDistance => card.d_e_nm = value,
            Self::Refractory => card.t_ref_ms = value,
        }
    }
}
