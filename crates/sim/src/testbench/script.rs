//! The testbench's commands: bus transfers, ticks with and without spikes, waits.

use super::{BenchCase, rows, vector};
use crate::bus::{Transfer, global};
use crate::stimuli::Reader;
use crate::{Program, Trace};
use bruno_device::Chip;
use bruno_hdl::DesignFile;
use std::collections::HashMap;

/// Operations, numbered as in `testbenches/selfcheck.v`.
#[derive(Debug, Clone, Copy)]
enum Operation {
    Write = 1,
    Read = 2,
    RefusedWrite = 3,
    RefusedRead = 4,
    Ticks = 5,
    Spikes = 6,
    Drain = 7,
    Reader = 8,
    Case = 9,
}

/// Commands of a chip as they grow.
pub(super) struct Script<'a> {
    chip: &'a Chip,
    commands: Vec<String>,
    spikes: Vec<String>,
    /// What was written where, so that a word is written again only when it changes.
    written: HashMap<u32, u32>,
}

impl<'a> Script<'a> {
    pub(super) fn new(chip: &'a Chip) -> Self {
        Self {
            chip,
            commands: Vec::new(),
            spikes: Vec::new(),
            written: HashMap::new(),
        }
    }

    pub(super) fn commands(&self) -> usize {
        self.commands.len()
    }

    pub(super) fn spike_rows(&self) -> usize {
        self.spikes.len()
    }

    pub(super) fn files(&self) -> [DesignFile; 2] {
        let file = |name: &str, lines: &[String]| DesignFile {
            name: name.into(),
            text: rows(lines),
        };
        [
            file("commands.hex", &self.commands),
            file("spikes.hex", &self.spikes),
        ]
    }

    fn push(&mut self, operation: Operation, a: u32, b: u32) {
        let row = format!("{:02x}_{a:08x}_{b:08x}", operation as u8);
        self.commands.push(row);
    }

    /// Transfers in the background of each other.
    pub(super) fn transfers(&mut self, transfers: &[Transfer]) {
        for t in transfers {
            let operation = match (t.write, t.refused) {
                (true, false) => Operation::Write,
                (false, false) => Operation::Read,
                (true, true) => Operation::RefusedWrite,
                (false, true) => Operation::RefusedRead,
            };
            self.push(operation, t.address, t.data);
        }
        self.push(Operation::Drain, 0, 0);
    }

    /// One case from loading its program to reading the chip's counters.
    pub(super) fn case(&mut self, number: u32, bench: &BenchCase, trace: &Trace) {
        self.push(Operation::Case, number, 0);
        self.load(&bench.case.program);
        self.push(Operation::Write, global("clear"), 1);
        self.push(Operation::Drain, 0, 0);
        let reader = match bench.reader {
            Reader::Always => 0,
            Reader::Slow => 1,
            Reader::Stopped => 2,
        };
        self.push(Operation::Reader, reader, 0);
        self.stimulus(bench);
        if bench.reader == Reader::Stopped {
            self.push(Operation::Reader, 0, 0);
        }
        self.push(Operation::Drain, 0, 0);
        self.read("window", bench.case.program.window);
        self.read("tick", bench.ticks);
        self.read("saturations", trace.saturations);
        self.read("overrun", u32::from(trace.overrun));
    }

    fn load(&mut self, program: &Program) {
        for word in program.words(self.chip) {
            let new = self.write(word.address, word.data);
            if new && word.is_register() {
                self.push(Operation::Read, word.address, word.data);
            }
        }
    }

    /// Writes a word that is not there yet; whether it was written.
    fn write(&mut self, place: u32, value: u32) -> bool {
        let new = self.written.insert(place, value) != Some(value);
        if new {
            self.push(Operation::Write, place, value);
        }
        new
    }

    fn read(&mut self, name: &str, value: u32) {
        self.push(Operation::Read, global(name), value);
    }

    fn stimulus(&mut self, bench: &BenchCase) {
        let mut now = 0;
        for group in bench.case.stimulus.events.chunk_by(|a, b| a.0 == b.0) {
            let tick = group[0].0;
            self.silence(tick - now);
            let channels = group.iter().map(|e| e.1 as usize);
            self.push(Operation::Spikes, self.spikes.len() as u32, 0);
            self.spikes.push(vector(channels, self.chip.inputs));
            now = tick + 1;
        }
        self.silence(bench.ticks - now);
    }

    fn silence(&mut self, ticks: u32) {
        if ticks > 0 {
            self.push(Operation::Ticks, ticks, 0);
        }
    }
}
