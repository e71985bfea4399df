//! Which registers a layer has: the table of `bruno-chip`, as far as its kind needs it.

use bruno_chip::{DEVICE_REGISTERS, Register};
use bruno_device::LayerKind;

/// Registers that a layer of this kind has.
pub fn registers(kind: LayerKind) -> impl Iterator<Item = (u32, &'static Register)> {
    let last = match kind {
        LayerKind::Felif => "keep_p",
        LayerKind::Lif => "t_ref",
        LayerKind::Readout => "i_dec_s",
    };
    let count = 1 + DEVICE_REGISTERS
        .iter()
        .position(|r| r.name == last)
        .unwrap_or(0);
    (0..).zip(DEVICE_REGISTERS.iter().take(count))
}
