//! Everything that training changes, and the chip that it makes: latent weights, level tables, device parameters, programs.

pub mod in_force;
pub mod level_table;
pub mod parameters;
pub mod projection;
pub mod quantise;
pub mod trained_program;
pub mod virtual_program;
pub mod weight_statistics;
