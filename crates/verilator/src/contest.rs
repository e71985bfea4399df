//! The fastest of several builds of a model: what the compiler makes of the loop over neurons differs by some percent with
//! options whose effect depends on the chip, so they are compared on the machine that the model is for.

use crate::VerilatedModel;
use bruno_device::Chip;
use bruno_sim::SimError;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Neuron-ticks of a lap: some milliseconds.
const LAP: usize = 1 << 21;
/// Laps of each build, in turn; the shortest counts, for other work on the machine only adds to them.
const LAPS: usize = 7;

/// Places of the builds in the order of the time that they need for the same ticks, the fastest first; as they were given
/// where they are equal. `begins` is told before a build is run.
pub(crate) fn by_speed(
    chip: &Chip,
    builds: &[PathBuf],
    begins: &mut dyn FnMut(usize),
) -> Result<Vec<usize>, SimError> {
    let mut order: Vec<usize> = (0..builds.len()).collect();
    if builds.len() < 2 {
        return Ok(order);
    }
    let mut models = Vec::new();
    for (at, build) in builds.iter().enumerate() {
        begins(at);
        models.push(VerilatedModel::open(chip, build, Path::new(""))?);
    }
    let neurons: usize = chip.layers.iter().map(|l| l.neurons).sum();
    let ticks = (LAP / neurons.max(1)).max(1) as u32;
    let mut best = vec![Duration::MAX; builds.len()];
    for _ in 0..LAPS {
        for (at, (model, best)) in models.iter_mut().zip(&mut best).enumerate() {
            begins(at);
            *best = lap(model, ticks)?.min(*best);
        }
    }
    order.sort_by_key(|at| best[*at]);
    Ok(order)
}

/// Time of ticks from the reset of the states on, without spikes.
pub(crate) fn lap(model: &mut VerilatedModel, ticks: u32) -> Result<Duration, SimError> {
    model.clear()?;
    let start = Instant::now();
    model.ticks(0, ticks, &[])?;
    Ok(start.elapsed())
}

#[cfg(test)]
mod tests {
    use super::{Path, VerilatedModel};
    use crate::Flavour;
    use crate::build::Source;
    use crate::cache::Cache;
    use crate::compile::Build;
    use crate::rewrites::Rewrites;
    use crate::toolchain::Tools;
    use bruno_chip::Description;
    use bruno_device::Chip;
    use bruno_sim::{Forward, IntegerModel, stimuli};

    const FEW: &str = r#""inputs":4"#;
    const FELIF: &str =
        r#""kind":"felif","device":{"area_um2":0.5,"t_ref_ms":0.1,"c_series_F_m2":0.27}"#;

    /// Whichever build is kept, it does what the integer model does.
    fn check(chip: &str, layer: &str) {
        let text = format!(
            r#"{{"name":"contest",{chip},"window_ticks":300,"recorder":"mean","layers":[
                {{"name":"hidden","neurons":32,"recurrent":true,"synapse":{{"range_pA":900}},{layer}}}],
                "readout":{{"outputs":2,"synapse":{{"range_pA":100}}}}}}"#
        );
        let description = Description::parse("contest", &text).unwrap();
        let chip = Chip::resolve("contest", &description).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let cases = [
            stimuli::random(&chip, 3_000, 7),
            stimuli::lively(&chip, 3_000, 7),
            stimuli::corners(&chip),
        ];
        for build in builds(&chip, dir.path()) {
            let mut model = VerilatedModel::open(&chip, &build.path, Path::new("")).unwrap();
            for case in cases.iter().flatten() {
                let mut integer = IntegerModel::new(&chip);
                integer.load(&case.program).unwrap();
                model.load(&case.program).unwrap();
                let expected = integer.run(&case.stimulus).unwrap();
                let found = model.run(&case.stimulus).unwrap();
                assert!(found == expected, "{} differs", build.choice);
            }
        }
    }

    fn builds(chip: &Chip, dir: &Path) -> Vec<Build> {
        let mut tools = Tools::find().unwrap();
        tools.machine.fit(chip);
        let cache = Cache::of_user().unwrap();
        let design = bruno_hdl::generate(chip).unwrap();
        let source = Source {
            chip,
            design: &design,
            flavour: Flavour::Fast,
            rewrites: Rewrites {
                on: true,
                fault: None,
            },
        };
        let builds = tools.builds(&source, tools.ways(&source), &cache, dir);
        let builds = builds.unwrap();
        // None was left out.
        assert_eq!(builds.len(), tools.machine.choices(chip).len());
        builds
    }

    #[test]
    fn felif() {
        check(FEW, FELIF);
    }

    #[test]
    fn short_words() {
        check(
            r#""inputs":4,"formats":{"v_bits":14,"p_bits":15,"i_bits":18}"#,
            FELIF,
        );
    }

    #[test]
    fn lif() {
        check(FEW, r#""kind":"lif""#);
    }

    #[test]
    fn channels_of_many_words() {
        check(r#""inputs":256"#, r#""kind":"lif""#);
    }

    #[test]
    fn currents_chosen_by_bits() {
        check(r#""inputs":140"#, r#""kind":"lif""#);
    }
}
