//! Constants of nature (CODATA 2018), SI units.

/// Electric constant, F/m.
pub const EPS0: f64 = 8.854_187_812_8e-12;
/// Boltzmann constant, J/K.
pub const BOLTZMANN: f64 = 1.380_649e-23;
/// Planck constant, J s.
pub const PLANCK: f64 = 6.626_070_15e-34;
/// Elementary charge, C.
pub const CHARGE: f64 = 1.602_176_634e-19;
/// Electron mass, kg.
pub const ELECTRON_MASS: f64 = 9.109_383_701_5e-31;
