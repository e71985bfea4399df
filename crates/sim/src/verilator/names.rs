//! Every foreign name in one place: Verilator's files and options, the driver's symbols.
//!
//! Assumptions: Verilator 5.006 or later; `verilator --getenv VERILATOR_ROOT` prints where `include/` is; a model of
//! class `Vchip` comes as `Vchip*.cpp` beside `Vchip.h` and, with state access, `Vchip___024root.h`.

/// Oldest Verilator that was tried.
pub(super) const OLDEST_VERILATOR: (u32, u32) = (5, 6);
/// Class of every model (`--prefix`), so that nothing in C++ depends on a chip's name.
pub(super) const CLASS: &str = "Vchip";
/// Verilator's own sources that a model links.
pub(super) const RUNTIME: [&str; 2] = ["verilated.cpp", "verilated_threads.cpp"];
/// The same for waves.
pub(super) const TRACE_RUNTIME: &str = "verilated_vcd_c.cpp";
/// The same for coverage.
pub(super) const COVERAGE_RUNTIME: &str = "verilated_cov.cpp";
/// Options of a coverage build. Verilator 5.006 splits a block and moves the counters of its branches away from the
/// assignments that decide them (they then count nothing), so it must not split.
pub(super) const COVERAGE: [&str; 4] = [
    "--coverage-line",
    "--coverage-toggle",
    "-fno-reorder",
    "-fno-split",
];
/// The driver, compiled into every model.
pub(super) const DRIVER: &str = include_str!("../../../../sim/driver.cpp");
/// Included before every generated source.
pub(super) const SHIFT: &str = include_str!("../../../../sim/arithmetic_shift.h");
/// File name of [`SHIFT`].
pub(super) const SHIFT_HEADER: &str = "arithmetic_shift.h";
/// Generated header that the driver includes.
pub(super) const HEADER: &str = "bruno_model.h";

/// Options of every Verilator run.
pub(super) const OPTIONS: [&str; 7] = [
    "--cc",
    "-O3",
    "--x-assign",
    "fast",
    "--x-initial",
    "fast",
    "--noassert",
];
/// Largest number of iterations that Verilator unrolls. Loops over neurons must stay loops, or the compiler has nothing
/// to vectorise; loops over channels, or every lane becomes megabytes of C++.
pub(super) const UNROLL: (&str, usize) = ("--unroll-count", 4);
/// A `generate` loop may have so many times that number.
pub(super) const GENERATE: usize = 16;

/// Options of the C++ compiler that fit the model to this machine. Compilers prefer vectors of half the width on some
/// cores with AVX-512; the loop over neurons is long enough for whole ones (2.4 instead of 3.4 ns on such a core).
pub(super) const MACHINE: &[&str] = if cfg!(target_arch = "x86_64") {
    &["-march=native", "-mprefer-vector-width=512"]
} else {
    &["-march=native"]
};

/// C++ compilers in order of preference (clang's vector code is 1.5 times faster here).
pub(super) const COMPILERS: [&str; 2] = ["clang++", "g++"];
/// Libraries of a shared model; clang loads and then dies without libatomic.
pub(super) const LINK: [&str; 5] = [
    "-shared",
    "-lpthread",
    "-latomic",
    "-lm",
    "-Wl,--no-undefined",
];
