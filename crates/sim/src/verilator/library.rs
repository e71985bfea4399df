//! The loaded model: the only unsafe code of bruno, one function a symbol of the driver.

use super::{Flavour, build, model_header};
use crate::forward::longest_record;
use crate::stimuli::Reader;
use crate::{Forward, LayerTrace, Program, SimError, Spike, Stimulus, Trace};
use bruno_chip::{RECURRENT_LEVELS, Section, address, code_index};
use bruno_device::{Chip, LayerKind};
use bruno_hdl::Design;
use libloading::{Library, Symbol};
use std::ffi::{CString, c_char, c_void};
use std::path::Path;

type Handle = *mut c_void;

/// A Verilated chip.
pub struct VerilatedModel {
    chip: Chip,
    window: u32,
    handle: Handle,
    library: Library,
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
        let path = build(chip, design, flavour)?;
        // SAFETY: the object was built by us from the driver; loading it runs only C++ static initialisers.
        let library = unsafe { Library::new(&path) }.map_err(|e| load_error(&path, &e))?;
        let vcd = CString::new(vcd.display().to_string()).unwrap_or_default();
        // SAFETY: the signature is that of sim/driver.cpp; the path outlives the call.
        let handle = unsafe {
            let new: Symbol<unsafe extern "C" fn(*const c_char) -> Handle> = library
                .get(b"bruno_new")
                .map_err(|e| load_error(&path, &e))?;
            new(vcd.as_ptr())
        };
        let mut model = Self {
            chip: chip.clone(),
            window: chip.window_ticks,
            handle,
            library,
        };
        model.load(&Program::silent(chip))?;
        Ok(model)
    }

    /// Calls a function of the driver by name.
    ///
    /// # Safety
    /// `F` must be the function's type in sim/driver.cpp.
    unsafe fn symbol<F>(&self, name: &str) -> Result<Symbol<'_, F>, SimError> {
        // SAFETY: passed on to the caller.
        unsafe { self.library.get(name.as_bytes()) }.map_err(|e| load_error(Path::new(name), &e))
    }

    /// Writes one word over the configuration bus.
    pub fn write(&mut self, address: u32, data: u32) -> Result<(), SimError> {
        // SAFETY: signature as in sim/driver.cpp, the handle is live.
        unsafe {
            let write = self.symbol::<unsafe extern "C" fn(Handle, u32, u32)>("bruno_write")?;
            write(self.handle, address, data);
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
        self.write(address(Section::Global, 2), 1)?;
        // SAFETY: signature as in sim/driver.cpp, the handle is live.
        unsafe {
            let settle = self.symbol::<unsafe extern "C" fn(Handle)>("bruno_settle")?;
            settle(self.handle);
        }
        Ok(())
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
        unsafe {
            let run = self.symbol::<Run>("bruno_run")?;
            Ok(run(self.handle, start, ticks, flat.as_ptr(), events.len()))
        }
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

    /// Recorder words of one bank since the last clear.
    fn records(&self, bank: u32) -> Result<&[u32], SimError> {
        let mut count = 0usize;
        type Records = unsafe extern "C" fn(Handle, u32, *mut usize) -> *const u32;
        // SAFETY: signature as in sim/driver.cpp; the words stay where they are until the model runs again, for which it
        // must be borrowed mutably.
        unsafe {
            let records = self.symbol::<Records>("bruno_records")?;
            let words = records(self.handle, bank, &raw mut count);
            Ok(words_at(words, count))
        }
    }

    /// `(tick, neuron over all hidden layers)` pairs since the last clear.
    fn spike_pairs(&self) -> Result<Vec<u32>, SimError> {
        let mut count = 0usize;
        type Spikes = unsafe extern "C" fn(Handle, *mut usize) -> *const u32;
        // SAFETY: signature as in sim/driver.cpp; the pairs are copied before the model runs again.
        unsafe {
            let spikes = self.symbol::<Spikes>("bruno_spikes")?;
            let words = spikes(self.handle, &raw mut count);
            Ok(words_at(words, 2 * count).to_vec())
        }
    }

    /// State `state` (of v, p, i, refr) of every neuron of a bank, raw bits; empty where the bank has no such state.
    pub fn probe(&self, bank: u32, state: u32, neurons: usize) -> Result<Vec<u32>, SimError> {
        let mut words = vec![0; neurons];
        type Probe = unsafe extern "C" fn(Handle, u32, u32, *mut u32) -> u32;
        // SAFETY: signature as in sim/driver.cpp (probe builds only, else the symbol is missing and this is an error);
        // the driver writes one word a neuron of the bank, for which `words` has room.
        let count = unsafe {
            let probe = self.symbol::<Probe>("bruno_probe")?;
            probe(self.handle, bank, state, words.as_mut_ptr())
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
        // A folded bank takes up to one more cycle a neuron to read its record.
        self.drain(2 * longest_record(&self.chip) + 8)?;
        self.trace()
    }

    fn trace(&mut self) -> Result<Trace, SimError> {
        let mut layers = vec![LayerTrace::default(); self.chip.layers.len()];
        let mut banks = Vec::new();
        for (bank, (layer, _)) in model_header::instances(&self.chip).into_iter().enumerate() {
            banks.push((layer, self.records(bank as u32)?));
        }
        for (index, layer) in self.chip.layers.iter().enumerate() {
            let own = banks.iter().filter(|b| b.0 == index);
            let own: Vec<&[u32]> = own.map(|b| b.1).collect();
            let words = layer.record_words(self.chip.recorder).len();
            layers[index].records = interleave(&own, &layer.banks, words);
        }
        self.share_spikes(&mut layers)?;
        Ok(Trace {
            layers,
            saturations: self.read(address(Section::Global, 4))?,
            overrun: self.read(address(Section::Global, 5))? != 0,
        })
    }

    fn share_spikes(&self, layers: &mut [LayerTrace]) -> Result<(), SimError> {
        for pair in self.spike_pairs()?.chunks_exact(2) {
            let mut neuron = pair[1];
            for (trace, layer) in layers.iter_mut().zip(&self.chip.layers) {
                if layer.kind == LayerKind::Readout {
                    break;
                }
                if (neuron as usize) < layer.neurons {
                    trace.spikes.push(Spike {
                        tick: pair[0],
                        neuron,
                    });
                    break;
                }
                neuron -= layer.neurons as u32;
            }
        }
        Ok(())
    }
}

/// Records `[window][neuron][word]` of a layer from those of its banks.
fn interleave(banks: &[&[u32]], sizes: &[usize], words: usize) -> Vec<i32> {
    let windows = match (banks.first(), sizes.first()) {
        (Some(bank), Some(size)) => bank.len() / (size * words),
        _ => 0,
    };
    let mut all = Vec::with_capacity(banks.iter().map(|b| b.len()).sum());
    for window in 0..windows {
        for (bank, size) in banks.iter().zip(sizes) {
            let record = size * words;
            let part = bank
                .get(window * record..(window + 1) * record)
                .unwrap_or(&[]);
            all.extend(part.iter().map(|w| *w as i32));
        }
    }
    all
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
        remedy: "remove the file from bruno's cache and try again".into(),
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

impl Forward for VerilatedModel {
    fn load(&mut self, program: &Program) -> Result<(), SimError> {
        program.check(&self.chip)?;
        program.check_window(&self.chip)?;
        self.write(address(Section::Global, 1), program.window)?;
        self.window = program.window;
        for (index, layer) in program.layers.iter().enumerate() {
            for (at, register) in bruno_hdl::registers(&self.chip.layers[index]) {
                let value = layer.codes.register(register.name).unwrap_or(0);
                self.write(address(Section::Device(index), at), value as u32)?;
            }
            for (code, level) in (0..).zip(&layer.levels) {
                self.write(address(Section::Levels(index), code), *level as u32)?;
            }
            for (code, level) in (RECURRENT_LEVELS..).zip(&layer.recurrent_levels) {
                self.write(address(Section::Levels(index), code), *level as u32)?;
            }
            let neurons = self.chip.layers[index].neurons;
            for (at, code) in layer.weights.iter().enumerate() {
                let place = code_index(at / neurons, at % neurons, neurons);
                self.write(address(Section::Codes(index), place), u32::from(*code))?;
            }
        }
        Ok(())
    }

    fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, SimError> {
        stimulus.check(&self.chip, self.window)?;
        self.clear()?;
        self.ticks(0, stimulus.windows * self.window, &stimulus.events)?;
        self.take_trace()
    }
}
