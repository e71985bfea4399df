//! Every foreign name in one place: Verilator's files and options, the driver's symbols.
//!
//! Assumptions: Verilator 5.006 or later; `verilator --getenv VERILATOR_ROOT` prints where `include/` is; a model of
//! class `Vchip` comes as `Vchip*.cpp` beside `Vchip.h` and, with state access, `Vchip___024root.h`.

/// Oldest Verilator that was tried.
pub(crate) const OLDEST_VERILATOR: (u32, u32) = (5, 6);
/// Class of every model (`--prefix`), so that nothing in C++ depends on a chip's name.
pub(crate) const CLASS: &str = "Vchip";
/// Class that holds the state of a model, and its header.
pub(crate) const ROOT: &str = "Vchip___024root";
/// File name of the declaration of [`ROOT`].
pub(crate) const ROOT_HEADER: &str = "Vchip___024root.h";
/// Whether a C++ file holds what is evaluated every tick: its name without the extension ends with its number, as in
/// `Vchip___024root__DepSet_h99e6f01f__0` (5.006) and `Vchip___024root__0` (2025); what runs once ends with `__Slow`.
pub(crate) fn is_evaluation(stem: &str) -> bool {
    let number = stem.rsplit_once("__").map_or("", |(_, number)| number);
    stem.starts_with(CLASS) && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}
/// A name of such a file.
#[cfg(test)]
pub(crate) const EVALUATION: &str = "Vchip___024root__0";
/// Function of a [`ROOT`] that evaluates it.
pub(crate) const EVAL: &str = "Vchip___024root___eval";
/// Function of a [`ROOT`] that [`EVAL`] calls for the clocks that rose.
pub(crate) const EDGE: &str = "Vchip___024root___eval_nba";
/// Member of [`ROOT`]: level of the clock at the last evaluation (the driver does without where it has another name).
pub(crate) const CLOCK_BEFORE: &str = "__Vtrigrprev__TOP__clk_i";
/// Type of an array.
pub(crate) const ARRAY_TYPE: &str = "VlUnpacked";
/// What an array of words looks like in the header of a class, and the same where a cache line begins.
pub(crate) const ARRAY: &str = " VlUnpacked<IData";
/// See [`ARRAY`].
pub(crate) const ARRAY_AT_LINE: &str = " alignas(64) VlUnpacked<IData";
/// Verilator's own sources that a model links.
pub(crate) const RUNTIME: [&str; 2] = ["verilated.cpp", "verilated_threads.cpp"];
/// The same for waves.
pub(crate) const TRACE_RUNTIME: &str = "verilated_vcd_c.cpp";
/// The same for coverage.
pub(crate) const COVERAGE_RUNTIME: &str = "verilated_cov.cpp";
/// Options of a coverage build. Verilator 5.006 splits a block and moves the counters of its branches away from the
/// assignments that decide them (they then count nothing), so it must not split.
pub(crate) const COVERAGE: [&str; 4] = [
    "--coverage-line",
    "--coverage-toggle",
    "-fno-reorder",
    "-fno-split",
];
/// The driver, compiled into every model.
pub(crate) const DRIVER: &str = include_str!("../sim/driver.cpp");
/// Included before every generated source.
pub(crate) const SIGNED_WORDS: &str = include_str!("../sim/signed_words.h");
/// File name of [`SIGNED_WORDS`].
pub(crate) const SIGNED_WORDS_HEADER: &str = "signed_words.h";
/// What the generated sources of models for speed begin with.
pub(crate) const SPIKE_SEARCH: &str = include_str!("../sim/spike_search.h");
/// File name of [`identity_source`].
pub(crate) const IDENTITY_SOURCE: &str = "bruno_identity.cpp";
/// Function of a model that answers what it was made from.
pub(crate) const IDENTITY: &str = "bruno_identity";

/// The C++ of [`IDENTITY`].
pub(crate) fn identity_source(identity: &str) -> String {
    format!("extern \"C\" const char* {IDENTITY}() {{ return \"{identity}\"; }}\n")
}

/// Generated header that the driver includes.
pub(crate) const HEADER: &str = "bruno_model.h";

/// Between the names of an instance and of what it holds, in the class of the instance that it is inlined in.
pub(crate) const WITHIN: &str = "__DOT__";
/// Before the name of a member in a class of its own for a module.
pub(crate) const PRIVATE: &str = "__PVT__";
/// Before the name of an array of a bank: inlined, and in a class of banks.
pub(crate) const BANK_PREFIXES: [&str; 2] = [WITHIN, PRIVATE];
/// The instance of a `generate` loop: `g_lane[3].u_lane`, before what it holds.
pub(crate) fn generated(name: &str, index: usize, instance: &str) -> String {
    format!("{name}__BRA__{index}__KET__{WITHIN}{instance}{WITHIN}")
}
/// Before the name of a member of the class, in a function that evaluates it.
pub(crate) const MEMBERS: &str = "vlSelf->";
/// The name of a reference to the same, in functions that Verilator wrote from 2024 on.
pub(crate) const REFERENCE: &str = "vlSelfRef";
/// Its declaration in every such function.
pub(crate) const REFERENCE_DECLARED: &str = "auto& vlSelfRef = std::ref(*vlSelf).get();";
/// Before the name of a member, through the reference.
pub(crate) const REFERENCE_MEMBERS: &str = "vlSelfRef.";
/// Begins a hexadecimal constant.
pub(crate) const HEXADECIMAL: &str = "0x";
/// Begins a branch.
pub(crate) const BRANCH: &str = "if (";
/// In a condition that Verilator itself says not to expect.
pub(crate) const UNLIKELY: &str = "VL_UNLIKELY";
/// The condition of a branch that is seldom taken, for the compiler.
pub(crate) fn seldom(condition: &str) -> String {
    format!("(__builtin_expect(!!{condition}, 0))")
}
/// Last letters of the types of words by size, before `Data`: 8, 16, 32 bits.
pub(crate) const SIZES: [char; 3] = ['C', 'S', 'I'];
/// Ends the type of a word; its bits and the name follow.
pub(crate) const TYPE_COMMENT: &str = "Data/*";
/// A word of 32 bits.
pub(crate) const WORD_COMMENT: &str = "IData/*";
/// A model with one clock: member of [`ROOT`] that says whether it rose.
pub(crate) const ONE_TRIGGER: &str = "VlTriggerVec<1> __VnbaTriggered;";
/// Member of a model in which a path leads from an input to an output.
pub(crate) const INPUT_PATHS: &str = "__VicoTriggered";

/// How Verilator writes a Verilog name in C++ and in its configuration: two underscores are its own.
pub(crate) fn encoded(name: &str) -> String {
    name.replace("__", "___05F")
}

/// Verilator's configuration of a build.
pub(crate) const CONFIG: &str = "model.vlt";

/// Options of every Verilator run.
pub(crate) const OPTIONS: [&str; 7] = [
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
pub(crate) const UNROLL: (&str, usize) = ("--unroll-count", 4);
/// A `generate` loop may have so many times that number.
pub(crate) const GENERATE: usize = 16;

/// `-march` of the machine that the compiler runs on.
pub(crate) const THIS_MACHINE: &str = "native";
/// Compilers prefer vectors of half the width on some cores with AVX-512; the loop over neurons is long enough for
/// whole ones (2.4 instead of 3.4 ns on such a core).
pub(crate) const WHOLE_VECTORS: &str = "-mprefer-vector-width=512";
/// Functions end without clearing the upper halves of vector registers, and the driver clears them once a call: a model calls
/// one for every bank and tick (2 % of the time with 32 neurons, and with 32 banks).
pub(crate) const KEEP_UPPER_HALVES: &str = "-mno-vzeroupper";
/// Prints what the compiler predefines.
pub(crate) const PREDEFINED: [&str; 5] = ["-E", "-dM", "-x", "c++", "/dev/null"];
/// Where vectors have 16 registers of 8 words, clang's loop over neurons waits for its own results: two vectors at once
/// take an eighth less time.
pub(crate) const INTERLEAVED: [&str; 2] = ["-mllvm", "-force-vector-interleave=2"];
/// Constants are loaded where they are used instead of before the loop: with few registers the second means that they are
/// stored and loaded again. From 10 % faster to 7 % slower, by the chip.
pub(crate) const NO_HOISTING: [&str; 2] = ["-mllvm", "-disable-machine-licm"];
/// The same; values that registers do not hold are stored where that takes fewest instructions.
pub(crate) const FEW_SPILLS: [&str; 4] = [
    "-mllvm",
    "-disable-machine-licm",
    "-mllvm",
    "-split-spill-mode=size",
];
/// The same as the first; instructions are put in order once, for many that do not wait for each other, and not again for few
/// registers.
pub(crate) const INDEPENDENT_FIRST: [&str; 6] = [
    "-mllvm",
    "-disable-machine-licm",
    "-mllvm",
    "-pre-RA-sched=list-ilp",
    "-mllvm",
    "-enable-misched=false",
];
/// Constants are loaded before the loop, instructions are put in order for many that do not wait for each other, and then again
/// for few registers.
pub(crate) const HOISTED_INDEPENDENT_FIRST: [&str; 2] = ["-mllvm", "-pre-RA-sched=list-ilp"];
/// Translates to LLVM's language, as text.
pub(crate) const TO_LLVM: [&str; 2] = ["-S", "-emit-llvm"];
/// Translates from there to an object, once all has been done that does not depend on the processor.
pub(crate) const FROM_LLVM: [&str; 6] = [
    "-Wno-unused-command-line-argument",
    "-Xclang",
    "-disable-llvm-passes",
    "-x",
    "ir",
    "-c",
];
/// Predefined where the machine has AVX2.
pub(crate) const VECTORS: &str = "__AVX2__";
/// Predefined where the machine has AVX-512.
pub(crate) const WIDE_VECTORS: &str = "__AVX512F__";

/// C++ compilers in order of preference (clang's vector code is 1.5 times faster here).
pub(crate) const COMPILERS: [&str; 2] = ["clang++", "g++"];
/// Compiler and options of models with sanitisers; every finding ends the process.
pub(crate) const SANITISING_COMPILER: &str = "g++";
/// See [`SANITISING_COMPILER`].
pub(crate) const SANITISERS: [&str; 4] = [
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "-fno-omit-frame-pointer",
    "-g1",
];
/// What to do where none is found.
pub(crate) const INSTALL_COMPILER: &str =
    "a C++17 compiler is needed (Debian 12: apt-get install clang libgcc-12-dev, or g++)";
/// Libraries of a shared model; clang loads and then dies without libatomic.
pub(crate) const LINK: [&str; 5] = [
    "-shared",
    "-lpthread",
    "-latomic",
    "-lm",
    "-Wl,--no-undefined",
];
