//! Which registers a layer has.

use bruno_chip::DeviceRegister;

/// A register of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RegisterId {
    /// One of the table that all chips share.
    Card(DeviceRegister),
    /// One that the program of a neuron file declares, by its place there.
    Own(u16),
}

impl From<DeviceRegister> for RegisterId {
    fn from(register: DeviceRegister) -> Self {
        Self::Card(register)
    }
}
