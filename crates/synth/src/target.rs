//! What a design is mapped to.

use crate::SynthError;
use std::path::Path;

/// A cell library, an FPGA family, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// OSU standard cells, 0.18 um, 1.8 V, typical corner.
    Osu018,
    /// OSU standard cells, 0.35 um, 3.3 V, typical corner.
    Osu035,
    /// Lattice iCE40.
    Ice40,
    /// Lattice ECP5.
    Ecp5,
    /// Gowin GW1N and GW2A.
    Gowin,
    /// The simple gates of Yosys: counts without a technology.
    Generic,
}

/// A standard-cell library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Library {
    /// Areas (um2), delays (ns), loads (pF).
    pub liberty: &'static str,
    /// Verilog models of the cells.
    pub models: &'static str,
    /// The Debian package that brings both.
    pub package: &'static str,
}

const OSU018: Library = Library {
    liberty: "/usr/share/qflow/tech/osu018/osu018_stdcells.lib",
    models: "/usr/share/qflow/tech/osu018/osu018_stdcells.v",
    package: "qflow-tech-osu018",
};

const OSU035: Library = Library {
    liberty: "/usr/share/qflow/tech/osu035/osu035_stdcells.lib",
    models: "/usr/share/qflow/tech/osu035/osu035_stdcells.v",
    package: "qflow-tech-osu035",
};

impl Target {
    /// The target's standard cells; an error where they are not installed.
    pub fn library(self) -> Result<Option<Library>, SynthError> {
        let library = match self {
            Self::Osu018 => OSU018,
            Self::Osu035 => OSU035,
            Self::Ice40 | Self::Ecp5 | Self::Gowin | Self::Generic => return Ok(None),
        };
        if Path::new(library.liberty).is_file() {
            return Ok(Some(library));
        }
        Err(SynthError::Missing {
            what: library.liberty.into(),
            install: format!("Debian 12: apt-get install {}", library.package),
        })
    }

    /// Whether it is an FPGA, which is placed and routed.
    pub fn is_fpga(self) -> bool {
        matches!(self, Self::Ice40 | Self::Ecp5 | Self::Gowin)
    }
}
