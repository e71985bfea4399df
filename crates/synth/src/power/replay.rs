//! The commands of `testbenches/replay.v` played to a netlist, as that testbench does it.

use super::simulate::{Activity, Simulator};
use std::fmt::Write;

/// A run of a chip.
pub(crate) struct Run {
    /// What happened during the ticks.
    pub activity: Activity,
    pub ticks: u64,
    /// Spikes that entered.
    pub input_events: u64,
    /// The neurons of each tick in which some spiked, of all layers.
    pub spikes: Vec<Vec<u8>>,
    /// What the testbench prints.
    pub printed: String,
}

/// Most cycles that the chip may keep the testbench waiting.
const PATIENCE: u32 = 1 << 20;

struct Bench<'a> {
    chip: Simulator<'a>,
    spikes: Vec<Vec<u8>>,
    printed: String,
}

/// Plays; what the netlist does not do, or what is no command, is the error.
pub(crate) fn play(chip: Simulator<'_>, commands: &str) -> Result<Run, String> {
    let mut bench = Bench {
        chip,
        spikes: Vec::new(),
        printed: String::new(),
    };
    bench.reset();
    let (mut ticks, mut input_events) = (0, 0);
    for line in commands.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let mistake = || format!("command `{line}`");
        let hexadecimal = |word: &str| u64::from_str_radix(word, 16).map_err(|_| mistake());
        let count = |word: &str| word.parse::<u64>().map_err(|_| mistake());
        match words.as_slice() {
            ["w", address, data] => bench.write(hexadecimal(address)?, hexadecimal(data)?)?,
            ["t", times] => bench.ticks(count(times)?, &[], &mut ticks)?,
            ["s", channels] => {
                let channels = bits(channels).ok_or_else(mistake)?;
                input_events += channels.iter().map(|b| u64::from(*b)).sum::<u64>();
                bench.ticks(1, &channels, &mut ticks)?;
            }
            ["i", times] => (0..count(times)?).for_each(|_| bench.cycle()),
            _ => return Err(mistake()),
        }
    }
    bench.printed += "end\n";
    Ok(Run {
        activity: bench.chip.activity(),
        ticks,
        input_events,
        spikes: bench.spikes,
        printed: bench.printed,
    })
}

impl Bench<'_> {
    fn reset(&mut self) {
        self.chip.set_all("rec_ready_i");
        self.chip.set("rst_i", 1);
        (0..3).for_each(|_| self.chip.clock());
        self.chip.set("rst_i", 0);
        self.chip.clock();
    }

    /// One cycle; what the chip offers behind its edge is printed.
    fn cycle(&mut self) {
        self.chip.clock();
        if self.chip.is_high("event_valid_o") {
            let tick = number(&self.chip.bits("event_tick_o"));
            let spikes = self.chip.bits("event_spikes_o");
            let _ = writeln!(self.printed, "event {tick} {}", digits(&spikes));
            self.spikes.push(spikes);
        }
        if self.chip.any("rec_valid_o") {
            self.words();
        }
    }

    fn words(&mut self) {
        let words = self.chip.bits("rec_data_o");
        for (bank, valid) in self.chip.bits("rec_valid_o").into_iter().enumerate() {
            if valid == 1 {
                let word = digits(&words[32 * bank..32 * (bank + 1)]);
                let _ = writeln!(self.printed, "word {bank} {word}");
            }
        }
    }

    fn until(&mut self, port: &str) -> Result<(), String> {
        for _ in 0..PATIENCE {
            if self.chip.is_high(port) {
                return Ok(());
            }
            self.cycle();
        }
        Err(format!("a chip that raises {port}"))
    }

    fn write(&mut self, address: u64, data: u64) -> Result<(), String> {
        self.chip.set("cfg_valid_i", 1);
        self.chip.set("cfg_write_i", 1);
        self.chip.set("cfg_addr_i", address);
        self.chip.set("cfg_wdata_i", data);
        self.until("cfg_ready_o")?;
        self.cycle();
        self.chip.set("cfg_valid_i", 0);
        Ok(())
    }

    /// Ticks, each from its offer until the chip can take the next. They alone are counted.
    fn ticks(&mut self, count: u64, channels: &[u8], before: &mut u64) -> Result<(), String> {
        self.chip.counts = true;
        self.chip.set_bits("spike_i", channels);
        for _ in 0..count {
            self.chip.set("tick_i", 1);
            self.until("tick_ready_o")?;
            self.cycle();
            self.chip.set("tick_i", 0);
            self.until("tick_ready_o")?;
        }
        self.chip.set("spike_i", 0);
        self.chip.counts = false;
        *before += count;
        Ok(())
    }
}

fn number(bits: &[u8]) -> u64 {
    bits.iter()
        .rev()
        .fold(0, |sum, bit| 2 * sum + u64::from(*bit))
}

/// The bits of hexadecimal digits, lowest first.
fn bits(digits: &str) -> Option<Vec<u8>> {
    let values = digits.chars().rev().map(|c| c.to_digit(16));
    let values: Vec<u32> = values.collect::<Option<_>>()?;
    let four = |value: u32| (0..4).map(move |bit| (value >> bit & 1) as u8);
    Some(values.into_iter().flat_map(four).collect())
}

/// Hexadecimal, as many digits as the bits take.
fn digits(bits: &[u8]) -> String {
    let digits = bits.chunks(4).rev();
    digits.map(|four| format!("{:x}", number(four))).collect()
}
