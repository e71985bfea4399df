//! Models with the sanitisers of g++, whose run-time libraries come with it: AddressSanitizer finds accesses outside of
//! arrays and of freed memory, UndefinedBehaviorSanitizer finds overflows, shifts and conversions that C++ leaves open.
//! [docs/verification.md](../../../docs/verification.md) says how to use them.

use crate::names;

/// Environment variable: models are built with sanitisers where it is not empty.
const SWITCH: &str = "BRUNO_SANITIZE";

/// Compilers to choose from, the first that is there.
pub(crate) fn compilers() -> &'static [&'static str] {
    if wanted() {
        &[names::SANITISING_COMPILER]
    } else {
        &names::COMPILERS
    }
}

/// Options of every translation.
pub(crate) fn options() -> &'static [&'static str] {
    if wanted() { &names::SANITISERS } else { &[] }
}

/// Whether models are built with sanitisers.
pub(crate) fn wanted() -> bool {
    std::env::var_os(SWITCH).is_some_and(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::SWITCH;
    use crate::library::tests::{answers_to_bad_arguments, small_chip};
    use crate::{Flavour, Lockstep, VerilatedModel, build::build, names};
    use bruno_sim::{Forward, IntegerModel, stimuli};
    use std::path::Path;
    use std::process::Command;

    /// Runs [`under_sanitisers`] in a process into which their run-time library is loaded first.
    #[test]
    fn driver_and_models_are_clean() {
        let mut compiler = Command::new(names::SANITISING_COMPILER);
        let library = compiler
            .arg("-print-file-name=libasan.so")
            .output()
            .unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sanitisers::tests::under_sanitisers"])
            .args(["--ignored", "--nocapture"])
            .env(SWITCH, "1")
            .env(
                "LD_PRELOAD",
                String::from_utf8_lossy(&library.stdout).trim(),
            )
            // What Rust's test harness never frees is no fault of the driver.
            .env("ASAN_OPTIONS", "detect_leaks=0")
            .output()
            .unwrap();
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(output.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{said}");
        assert!(!said.contains("runtime error"), "{said}");
    }

    #[test]
    #[ignore = "the process that `driver_and_models_are_clean` starts"]
    fn under_sanitisers() {
        let chip = small_chip();
        let design = bruno_hdl::generate(&chip).unwrap();
        let built = build(&chip, &design, Flavour::Fast).unwrap();
        let object = std::fs::read(built.path).unwrap();
        for mark in ["__asan_report_load", "__ubsan_handle"] {
            let there = object.windows(mark.len()).any(|w| w == mark.as_bytes());
            assert!(there, "the model has no {mark}");
        }
        let mut both = Lockstep::new(&chip, &design).unwrap();
        let mut integer = IntegerModel::new(&chip);
        let mut fast = VerilatedModel::new(&chip, &design, Flavour::Fast, Path::new("")).unwrap();
        for case in [stimuli::random(&chip, 300, 1), stimuli::corners(&chip)].concat() {
            both.load(&case.program).unwrap();
            assert!(both.run(&case.stimulus, |_| {}).unwrap().is_none());
            integer.load(&case.program).unwrap();
            fast.load(&case.program).unwrap();
            let expected = integer.run(&case.stimulus).unwrap();
            assert!(fast.run(&case.stimulus).unwrap() == expected);
        }
        answers_to_bad_arguments();
    }
}
