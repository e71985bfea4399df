//! The loaded model: the only unsafe code of bruno, one function a symbol of the driver. What it does as a simulator like any
//! other stands in [`forward`].

#![allow(unsafe_code)]

mod forward;

use crate::build::{Cached, Flavour, build};
use crate::built::Built;
use crate::collector::Collector;
use crate::{model_header, names};
use bruno_chip::{Section, address};
use bruno_device::Chip;
use bruno_hdl::Design;
use bruno_sim::stimuli::Reader;
use bruno_sim::{Counters, Forward, Program, SimError, Trace, longest_record};
use libloading::{Library, Symbol};
use std::ffi::{CStr, CString, c_char, c_void};
use std::path::Path;

type Handle = *mut c_void;

/// A Verilated chip.
pub struct VerilatedModel {
    chip: Chip,
    window: u32,
    collector: Collector,
    /// What the chip holds, where nothing but [`Forward::load`] wrote to it.
    loaded: Option<Program>,
    handle: Handle,
    library: Library,
    built: Option<Built>,
}

// SAFETY: a model has no thread of its own and no state outside its handle; it is used by one owner at a time.
unsafe impl Send for VerilatedModel {}

impl VerilatedModel {
    /// Builds (or finds in the cache) and starts the model of a chip; `vcd` names the wave file of a trace build.
    pub fn new(
        chip: &Chip,
        design: &Design,
        flavour: Flavour,
        vcd: &Path,
    ) -> Result<Self, SimError> {
        Self::load_cached(chip, &build(chip, design, flavour)?, vcd)
    }

    /// Starts a model of the cache.
    pub(crate) fn load_cached(chip: &Chip, cached: &Cached, vcd: &Path) -> Result<Self, SimError> {
        let library = open_library(&cached.path)?;
        check_identity(&library, cached)?;
        let mut model = Self::start(chip, library, vcd)?;
        model.built = Built::read(&cached.path);
        model.load(&Program::silent(chip))?;
        Ok(model)
    }

    /// Starts a built model as it is after power-up: its weights are undefined.
    pub(crate) fn open(chip: &Chip, path: &Path, vcd: &Path) -> Result<Self, SimError> {
        Self::start(chip, open_library(path)?, vcd)
    }

    fn start(chip: &Chip, library: Library, vcd: &Path) -> Result<Self, SimError> {
        let vcd = CString::new(vcd.display().to_string()).unwrap_or_default();
        // SAFETY: the signature is that of sim/driver.cpp; the path outlives the call.
        let handle = unsafe {
            let new =
                symbol_of::<unsafe extern "C" fn(*const c_char) -> Handle>(&library, "bruno_new")?;
            new(vcd.as_ptr())
        };
        if handle.is_null() {
            return Err(SimError::Tool {
                command: "start the model".into(),
                output: "there is no memory for it, or no file for its waves".into(),
                remedy: "close other programs, or take a smaller chip".into(),
            });
        }
        Ok(Self {
            built: None,
            chip: chip.clone(),
            window: chip.window_ticks,
            collector: Collector::new(chip),
            loaded: None,
            handle,
            library,
        })
    }

    /// How a model for speed came about.
    pub fn built(&self) -> Option<&Built> {
        self.built.as_ref()
    }

    /// Calls a function of the driver by name.
    ///
    /// # Safety
    /// `F` must be the function's type in sim/driver.cpp.
    unsafe fn symbol<F>(&self, name: &str) -> Result<Symbol<'_, F>, SimError> {
        // SAFETY: passed on to the caller.
        unsafe { symbol_of(&self.library, name) }
    }

    /// Writes one word over the configuration bus.
    pub fn write(&mut self, address: u32, data: u32) -> Result<(), SimError> {
        self.loaded = None;
        self.write_all([(address, data)])
    }

    fn write_all(&mut self, words: impl IntoIterator<Item = (u32, u32)>) -> Result<(), SimError> {
        // SAFETY: signature as in sim/driver.cpp, the handle is live.
        unsafe {
            let write = self.symbol::<unsafe extern "C" fn(Handle, u32, u32)>("bruno_write")?;
            for (address, data) in words {
                write(self.handle, address, data);
            }
        }
        Ok(())
    }

    /// Reads one word over the configuration bus.
    pub fn read(&mut self, address: u32) -> Result<u32, SimError> {
        self.ask(false, address, 0).map(|answer| answer.0)
    }

    /// One transfer over the configuration bus and its answer: the word read, and whether the chip refused (1) or did
    /// not answer at all (2).
    pub(crate) fn ask(
        &mut self,
        write: bool,
        address: u32,
        data: u32,
    ) -> Result<(u32, u32), SimError> {
        type Ask = unsafe extern "C" fn(Handle, u32, u32, u32, *mut u32) -> u32;
        if write {
            self.loaded = None;
        }
        let mut refused = 0;
        // SAFETY: signature as in sim/driver.cpp, the handle is live, `refused` outlives the call.
        let word = unsafe {
            let ask = self.symbol::<Ask>("bruno_ask")?;
            ask(
                self.handle,
                u32::from(write),
                address,
                data,
                &raw mut refused,
            )
        };
        Ok((word, refused))
    }

    /// Resets every state and forgets what was collected.
    pub fn clear(&mut self) -> Result<(), SimError> {
        self.write_all([(address(Section::Global, 2), 1)])?;
        // SAFETY: signature as in sim/driver.cpp, the handle is live.
        unsafe {
            let settle = self.symbol::<unsafe extern "C" fn(Handle)>("bruno_settle")?;
            settle(self.handle);
        }
        self.forget()?;
        self.collector.clear();
        Ok(())
    }

    /// Forgets what the driver collected.
    fn forget(&mut self) -> Result<(), SimError> {
        // SAFETY: signature as in sim/driver.cpp, the handle is live.
        unsafe {
            let forget = self.symbol::<unsafe extern "C" fn(Handle)>("bruno_forget")?;
            forget(self.handle);
        }
        Ok(())
    }

    /// Bytes of memory that hold records and spikes on their way: bounded by the windows that a run hands on at a time.
    pub fn held_bytes(&self) -> Result<usize, SimError> {
        // SAFETY: signature as in sim/driver.cpp, the handle is live.
        let driver = unsafe {
            let held = self.symbol::<unsafe extern "C" fn(Handle) -> usize>("bruno_held")?;
            held(self.handle)
        };
        Ok(driver + self.collector.held_bytes())
    }

    /// Runs ticks from `start`; `events` are those of these ticks. Returns how many were consumed.
    pub fn ticks(
        &mut self,
        start: u32,
        ticks: u32,
        events: &[(u32, u32)],
    ) -> Result<usize, SimError> {
        let flat: Vec<u32> = events.iter().flat_map(|e| [e.0, e.1]).collect();
        type Run = unsafe extern "C" fn(Handle, u32, u32, *const u32, usize) -> usize;
        // SAFETY: signature as in sim/driver.cpp; `flat` holds `events.len()` pairs and outlives the call.
        let used = unsafe {
            let run = self.symbol::<Run>("bruno_run")?;
            run(self.handle, start, ticks, flat.as_ptr(), events.len())
        };
        if used <= events.len() {
            return Ok(used);
        }
        Err(SimError::Mismatch {
            what: format!("an event of the ticks from {start} on"),
            found: "out of order or for no input".into(),
            expected: format!("events by tick, for inputs 0..{}", self.chip.inputs - 1),
        })
    }

    /// Lets the last tick finish and the recorder empty itself.
    pub fn drain(&mut self, cycles: u32) -> Result<(), SimError> {
        // SAFETY: signature as in sim/driver.cpp, the handle is live.
        unsafe {
            let drain = self.symbol::<unsafe extern "C" fn(Handle, u32)>("bruno_drain")?;
            drain(self.handle, cycles);
        }
        Ok(())
    }

    /// Switches the waves of a trace build on or off; their time runs on.
    pub fn dump(&mut self, on: bool) -> Result<(), SimError> {
        // SAFETY: signature as in sim/driver.cpp (trace builds only, else the symbol is missing and this is an error).
        unsafe {
            let dump = self.symbol::<unsafe extern "C" fn(Handle, u32)>("bruno_dump")?;
            dump(self.handle, u32::from(on));
        }
        Ok(())
    }

    /// Moves what left the chip from the driver to the collector.
    fn collect(&mut self) -> Result<(), SimError> {
        type Words = unsafe extern "C" fn(Handle, u32, *mut usize) -> *const u32;
        type Spikes = unsafe extern "C" fn(Handle, *mut usize) -> *const u32;
        let (library, collector) = (&self.library, &mut self.collector);
        let banks: usize = self.chip.layers.iter().map(|l| l.banks.len()).sum();
        let mut count = 0usize;
        // SAFETY: signatures as in sim/driver.cpp, the handle is live; words and pairs are copied before the model goes on.
        unsafe {
            let records = symbol_of::<Words>(library, "bruno_records")?;
            for bank in 0..banks {
                let words = records(self.handle, bank as u32, &raw mut count);
                collector.add_words(bank, words_at(words, count));
            }
            let spikes = symbol_of::<Spikes>(library, "bruno_spikes")?;
            let pairs = spikes(self.handle, &raw mut count);
            collector.add_spikes(words_at(pairs, 2 * count));
        }
        self.forget()
    }

    /// State `state` (of v, p, i, refr) of every neuron of a bank, raw bits; empty where the bank has no such state.
    pub fn probe(&self, bank: u32, state: u32, neurons: usize) -> Result<Vec<u32>, SimError> {
        let mut words = vec![0; neurons];
        type Probe = unsafe extern "C" fn(Handle, u32, u32, *mut u32, usize) -> u32;
        // SAFETY: signature as in sim/driver.cpp (probe builds only, else the symbol is missing and this is an error);
        // the driver writes one word a neuron of the bank, where `words` has room for them.
        let count = unsafe {
            let probe = self.symbol::<Probe>("bruno_probe")?;
            probe(self.handle, bank, state, words.as_mut_ptr(), neurons)
        };
        words.truncate(count as usize);
        Ok(words)
    }

    /// How recorder words are taken from now on.
    pub(crate) fn set_reader(&mut self, reader: Reader) -> Result<(), SimError> {
        // SAFETY: signature as in sim/driver.cpp (probe builds only, else the symbol is missing and this is an error).
        unsafe {
            let set = self.symbol::<unsafe extern "C" fn(Handle, u32)>("bruno_reader")?;
            set(self.handle, model_header::reader_number(reader));
        }
        Ok(())
    }

    /// Writes the coverage since the start, in Verilator's format.
    pub(crate) fn write_coverage(&self, path: &Path) -> Result<(), SimError> {
        let path = CString::new(path.display().to_string()).unwrap_or_default();
        // SAFETY: signature as in sim/driver.cpp (coverage builds only, else the symbol is missing and this is an
        // error); the path outlives the call.
        unsafe {
            let write =
                self.symbol::<unsafe extern "C" fn(Handle, *const c_char)>("bruno_coverage")?;
            write(self.handle, path.as_ptr());
        }
        Ok(())
    }

    /// Lets the recorder empty itself and returns what left the chip since the last clear.
    pub(crate) fn take_trace(&mut self) -> Result<Trace, SimError> {
        self.finish()?;
        let layers = self.collector.rest().to_vec();
        Ok(Trace::new(layers, self.counters()?))
    }

    /// Lets the last tick finish and the recorder send its last window, and collects that.
    fn finish(&mut self) -> Result<(), SimError> {
        // A folded bank takes up to one more cycle a neuron to read its record.
        self.drain(2 * longest_record(&self.chip) + 8)?;
        self.collect()
    }

    fn counters(&mut self) -> Result<Counters, SimError> {
        Ok(Counters {
            saturations: self.read(address(Section::Global, 4))?,
            overrun: self.read(address(Section::Global, 5))? != 0,
        })
    }
}

fn open_library(path: &Path) -> Result<Library, SimError> {
    // SAFETY: the object was built by us from the driver; loading it runs only C++ static initialisers.
    unsafe { Library::new(path) }.map_err(|e| load_error(path, &e))
}

/// Asks a model what it was made from: a file may have been given another's name.
fn check_identity(library: &Library, cached: &Cached) -> Result<(), SimError> {
    // SAFETY: signature as in `names::identity_source`; the text is a constant of the library.
    let answer = unsafe {
        let ask = symbol_of::<unsafe extern "C" fn() -> *const c_char>(library, names::IDENTITY)?;
        CStr::from_ptr(ask()).to_string_lossy().into_owned()
    };
    if answer == cached.identity {
        return Ok(());
    }
    Err(SimError::Tool {
        command: format!("load {}", cached.path.display()),
        output: format!("it is model {answer}, not {}", cached.identity),
        remedy: REMOVE.into(),
    })
}

/// What to do with an object that is not what its name says.
const REMOVE: &str = "remove the file from bruno's cache and try again";

/// A function of the driver by name.
///
/// # Safety
/// `F` must be the function's type in sim/driver.cpp.
unsafe fn symbol_of<'a, F>(library: &'a Library, name: &str) -> Result<Symbol<'a, F>, SimError> {
    // SAFETY: passed on to the caller.
    unsafe { library.get(name.as_bytes()) }.map_err(|e| load_error(Path::new(name), &e))
}

/// # Safety
/// `words` must point to `count` words that outlive the slice, or `count` be 0.
unsafe fn words_at<'a>(words: *const u32, count: usize) -> &'a [u32] {
    if count == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(words, count) }
}

fn load_error(path: &Path, error: &libloading::Error) -> SimError {
    SimError::Tool {
        command: format!("load {}", path.display()),
        output: error.to_string(),
        remedy: REMOVE.into(),
    }
}

impl Drop for VerilatedModel {
    fn drop(&mut self) {
        // SAFETY: signature as in sim/driver.cpp; the handle is not used again. A missing symbol only leaks.
        unsafe {
            if let Ok(free) = self.symbol::<unsafe extern "C" fn(Handle)>("bruno_free") {
                free(self.handle);
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
