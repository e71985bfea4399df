//! The report as a table.

use crate::{Report, Timing};
use std::fmt::{Display, Formatter, Result};

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let width = self
            .modules
            .iter()
            .map(|m| m.name.len())
            .max()
            .unwrap_or(0)
            .max(8);
        let area = |a: Option<f64>| a.map_or("-".into(), |a| format!("{a:.0}"));
        writeln!(
            f,
            "{:<width$} {:>5} {:>9} {:>11} {:>10} {:>11}",
            "module", "times", "cells", "area um2", "flip-flops", "memory bits"
        )?;
        for m in &self.modules {
            writeln!(
                f,
                "{:<width$} {:>5} {:>9} {:>11} {:>10} {:>11}",
                m.name,
                m.instances,
                m.cells,
                area(m.area_um2),
                m.flip_flops,
                m.memory_bits
            )?;
        }
        writeln!(
            f,
            "{:<width$} {:>5} {:>9} {:>11} {:>10} {:>11}",
            "total",
            "",
            self.cells,
            area(self.area_um2),
            self.flip_flops,
            self.memory_bits
        )?;
        writeln!(
            f,
            "cells are without memories, a row's are without the modules inside it"
        )?;
        for l in self.layers.iter().filter(|l| l.cells > 0) {
            let um2 = l
                .area_um2_per_neuron
                .map_or(String::new(), |a| format!(", {a:.0} um2"));
            writeln!(
                f,
                "layer {}: {:.0} cells{um2} a neuron ({} neurons), {} memory bits",
                l.layer, l.cells_per_neuron, l.neurons, l.memory_bits
            )?;
        }
        for m in &self.memories {
            writeln!(
                f,
                "memory {}.{}: {} words of {} bits, {} read and {} write ports",
                m.module, m.name, m.words, m.width, m.read_ports, m.write_ports
            )?;
        }
        if let Some(p) = &self.placement {
            for r in &p.resources {
                let percent = 100.0 * r.used as f64 / r.available as f64;
                writeln!(
                    f,
                    "{}: {} {} of {} ({percent:.0} %)",
                    p.device.name(),
                    r.name,
                    r.used,
                    r.available
                )?;
            }
        }
        match &self.timing {
            Timing::Measured(p) => writeln!(
                f,
                "longest path {:.2} ns ({:.1} MHz) before layout, {} -> {}; worst slack to the {} ns of the SDC: {:.2} ns",
                p.longest_path_ns, p.fmax_mhz, p.from, p.to, p.period_ns, p.worst_slack_ns
            )?,
            Timing::Placed {
                fmax_mhz,
                longest_path_ns,
            } => writeln!(
                f,
                "longest path {longest_path_ns:.2} ns ({fmax_mhz:.1} MHz) after routing"
            )?,
            Timing::NotMeasured { reason } => writeln!(f, "timing: not measured: {reason}")?,
        }
        if let Some(power) = &self.power {
            writeln!(f, "{power}")?;
        }
        write!(f, "script, netlists and logs: {}", self.files)
    }
}
