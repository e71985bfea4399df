//! Commands that are killed, or that the machine refuses a call, in the midst of their files: the next run ends with the
//! same bytes as one that nothing happened to, and nothing else is left in its folder.

mod support;

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;
use support::faults::{self, Fault};
use support::task::Task;
use support::{bruno, check};

/// A command whose results go into a folder of a task.
struct Case {
    name: &'static str,
    task: Task,
    command: fn(&Task, &str) -> Command,
}

impl Case {
    fn new(name: &'static str) -> Self {
        let settings = r#""keep":"best","#;
        let (task, command): (Task, fn(&Task, &str) -> Command) = match name {
            "train" => (Task::new(settings), |task, out| {
                task.train(out, &["--checkpoint-every", "1", "--threads", "2"])
            }),
            "sweep" => (Task::new(""), |task, out| {
                let axis = "objectives.energy.weight=0,9";
                task.train(out, &["--threads", "1", "--sweep", axis])
            }),
            "montecarlo" => (with_spreads(), |task, out| {
                let out = task.path(out).display().to_string();
                let arguments = ["--chips", "3", "--threads", "1", "--out", &out];
                task.run("montecarlo", &task.path("run"), &arguments)
            }),
            "shard" => (with_spreads(), |task, out| {
                let out = task.path(out).display().to_string();
                let chips = ["--chips", "3", "--shard", "1/2"];
                let arguments = [&chips[..], &["--threads", "1", "--out", &out]].concat();
                task.run("montecarlo", &task.path("run"), &arguments)
            }),
            "tune" => (Task::new(""), |task, out| {
                let out = task.path(out).display().to_string();
                let arguments = ["--trials", "4", "--threads", "1", "--out", &out];
                task.run("tune", &task.path("chip.json"), &arguments)
            }),
            "generate" => (Task::new(""), |task, out| {
                let chip = task.path("chip.json").display().to_string();
                let out = task.path(out).display().to_string();
                bruno(&[
                    "generate",
                    &chip,
                    "--testbench",
                    "--ticks",
                    "5",
                    "--out",
                    &out,
                ])
            }),
            other => panic!("there is no case {other}"),
        };
        Self {
            name,
            task,
            command,
        }
    }

    fn command(&self, out: &str) -> Command {
        (self.command)(&self.task, out)
    }

    /// Runs the command to its end and compares what it leaves with a run that nothing happened to.
    fn ends_well(&self, out: &str, after: &str) {
        check(self.command(out), 0, "");
        let after = format!("{}, {after}", self.name);
        faults::assert_same(&self.task.path("whole"), &self.task.path(out), &after);
    }

    /// Every place at which the command can be struck.
    fn places(&self) -> Vec<Fault> {
        check(self.command("whole"), 0, "");
        faults::places(&self.command("counted"))
    }

    /// Is killed at any places, at most so many times in one folder, then runs to its end.
    fn kills(&self, places: &[Fault], most: usize, rng: &mut ChaCha8Rng) -> usize {
        let mut killed = Vec::new();
        for _ in 0..most {
            let at = faults::any(places, rng);
            if faults::kill(&self.command("killed"), &at) {
                killed.push(at.to_string());
            }
        }
        self.ends_well("killed", &format!("kills at {}", killed.join(", ")));
        std::fs::remove_dir_all(self.task.path("killed")).unwrap();
        killed.len()
    }

    /// Has one call refused, then runs to its end; whether it ended well with the refusal.
    fn refuses(&self, at: &Fault, error: &str) -> bool {
        let ended_well = faults::refuse(&self.command("refused"), at, error);
        self.ends_well("refused", &format!("{error} from {at}"));
        std::fs::remove_dir_all(self.task.path("refused")).unwrap();
        ended_well
    }
}

fn with_spreads() -> Task {
    let task = Task::new("");
    let spread = r#""neurons":4,"variability":"illustrative","#;
    task.change(r#""neurons":4,"#, spread);
    check(task.train("run", &[]), 0, "results:");
    task
}

/// Few kills and refusals, at places that follow from the seed.
fn struck(name: &'static str, seed: u64) {
    let case = Case::new(name);
    let places = case.places();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    assert!(case.kills(&places, 3, &mut rng) > 0, "nothing was killed");
    // A call that syncs is never one of a message.
    let syncs: Vec<Fault> = places
        .into_iter()
        .filter(|p| p.call.ends_with("sync"))
        .collect();
    let at = faults::any(&syncs, &mut rng);
    assert!(!case.refuses(&at, "ENOSPC"), "{at} was not missed");
}

#[test]
fn training() {
    struck("train", 1);
}
#[test]
fn a_sweep() {
    struck("sweep", 2);
}
#[test]
fn virtual_chips() {
    struck("montecarlo", 3);
}
#[test]
fn a_shard_of_virtual_chips() {
    struck("shard", 6);
}
#[test]
fn a_search() {
    struck("tune", 4);
}
#[test]
fn generation() {
    struck("generate", 5);
}

/// Files may not grow beyond some kilobytes, as on a full disk: an error names the file, half of nothing is left, and with
/// room the run goes on.
#[test]
fn no_room() {
    for blocks in ["1", "4", "8"] {
        let case = Case::new("train");
        check(case.command("whole"), 0, "");
        let limited = limited(&case.command("out"), blocks);
        let output = check(limited, 2, "File too large (os error 27)");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let out = case.task.path("out").display().to_string();
        assert!(text.contains(&format!("bruno: {out}/")), "{text}");
        let half = |name: &String| name.contains(".part");
        assert!(!faults::tree(&case.task.path("out")).keys().any(half));
        case.ends_well("out", &format!("a limit of {blocks} blocks"));
    }
}

/// The command with a limit on the length of its files, in blocks of 512 bytes.
fn limited(command: &Command, blocks: &str) -> Command {
    let mut limited = Command::new("/bin/sh");
    // The signal would kill it; ignored, the call fails.
    let script = "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"";
    limited.args(["-c", script, blocks]);
    limited.arg(command.get_program()).args(command.get_args());
    limited
}

/// Kills of a command that waits for tools, at any time of its run; how many struck. Whatever it prints, and leaves in these
/// files, is the same in the end.
fn killed_in_time(
    kills: usize,
    command: impl Fn() -> Command,
    files: &[PathBuf],
    start_anew: impl Fn(),
) -> usize {
    let results = || {
        let printed = check(command(), 0, "").stdout;
        let left: Vec<Vec<u8>> = files.iter().map(|f| std::fs::read(f).unwrap()).collect();
        (printed, left)
    };
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let start = Instant::now();
    let whole = results();
    let length = start.elapsed();
    let mut struck = 0;
    for _ in 0..kills {
        start_anew();
        let mut process = quiet(command()).spawn().unwrap();
        std::thread::sleep(length.mul_f64(rng.random_range(0.02..0.9)));
        struck += usize::from(process.try_wait().unwrap().is_none());
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(results() == whole, "after a kill");
    }
    struck
}

fn quiet(mut command: Command) -> Command {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Kills in numbers that no test has the time for: `scripts/kills` runs the tests of this module, and docs/reliability.md
/// says what they found.
mod campaign {
    use super::*;

    /// A share of the kills over all commands, per cent.
    fn kills(share: usize) -> usize {
        let all = std::env::var("BRUNO_KILLS").map_or(300, |n| n.parse::<usize>().unwrap());
        (all * share).div_ceil(100)
    }

    /// Kills at any places, and as many calls refused.
    fn struck(name: &'static str) {
        let case = Case::new(name);
        let mut places = case.places();
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        let most = kills(18);
        let mut killed = 0;
        while killed < most {
            killed += case.kills(&places, 2.min(most - killed), &mut rng);
        }
        println!("{name}: {killed} kills at any of {} places", places.len());
        places.shuffle(&mut rng);
        let errors = ["ENOSPC", "EIO", "EDQUOT"].iter().cycle();
        let refusals: Vec<_> = places.iter().zip(errors).take(most).collect();
        let ended_well = { refusals.iter() }.filter(|(at, error)| case.refuses(at, error));
        let (ended_well, all) = (ended_well.count(), refusals.len());
        println!("{name}: {all} calls refused, {ended_well} of which did not matter");
    }

    #[test]
    #[ignore = "takes minutes"]
    fn train() {
        struck("train");
    }
    #[test]
    #[ignore = "takes minutes"]
    fn sweep() {
        struck("sweep");
    }
    #[test]
    #[ignore = "takes minutes"]
    fn montecarlo() {
        struck("montecarlo");
    }
    #[test]
    #[ignore = "takes minutes"]
    fn tune() {
        struck("tune");
    }
    #[test]
    #[ignore = "takes minutes"]
    fn generate() {
        struck("generate");
    }

    #[test]
    #[ignore = "takes minutes"]
    fn synth() {
        let task = Task::new("");
        // Yosys takes seconds for this chip, and minutes for the task's.
        let one = r#"{"name":"one","inputs":4,
            "layers":[{"name":"hidden","kind":"lif","neurons":1,"synapse":{"bits":3,"range_pA":900}}],
            "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
        std::fs::write(task.path("chip.json"), one).unwrap();
        let [chip, out] = ["chip.json", "out"].map(|name| task.path(name).display().to_string());
        let command = || {
            bruno(&[
                "synth", &chip, "--out", &out, "--target", "generic", "--json",
            ])
        };
        let files = ["report.json", "netlist.v"].map(|name| task.path("out").join(name));
        let struck = killed_in_time(kills(5), command, &files, || ());
        println!("synth: {struck} kills at any time");
    }

    #[test]
    #[ignore = "takes minutes"]
    fn cache() {
        let task = Task::new("");
        check(task.train("run", &[]), 0, "results:");
        let task = task.through_rtl();
        let cache = task.path("cache");
        let command = || {
            let mut command = task.run("eval", &task.path("run/checkpoint.json"), &["--json"]);
            command.env("BRUNO_CACHE", &cache);
            command
        };
        let clear = || std::fs::remove_dir_all(&cache).unwrap();
        let struck = killed_in_time(kills(5), command, &[], clear);
        println!("cache: {struck} kills at any time of a cold start");
    }

    #[test]
    #[ignore = "takes minutes"]
    fn two_at_once() {
        let [in_use, in_turn] = started_at_once(12);
        println!(
            "two at once: {in_use} times the folder was in use, {in_turn} times the first had ended"
        );
    }
}

/// Two runs with other settings start into one folder at the same moment: one is refused, and the files are the other's.
/// How often it was refused for the folder, and for the settings of a run that had ended by then.
fn started_at_once(tries: usize) -> [usize; 2] {
    let task = Task::new("");
    let other = task.path("other.json");
    let text = std::fs::read_to_string(task.path("chip.json")).unwrap();
    std::fs::write(&other, text.replace("\"batch\":4", "\"batch\":2")).unwrap();
    let command = |which: usize, out: &str| {
        let mut command = match which {
            0 => task.run("train", &task.path("chip.json"), &[]),
            _ => task.run("train", &other, &[]),
        };
        command.arg("--out").arg(task.path(out));
        command
    };
    let wholes = ["first", "second"];
    (0..2).for_each(|which| drop(check(command(which, wholes[which]), 0, "")));
    let mut found = [0; 2];
    for _ in 0..tries {
        let start = |which: usize| {
            let mut command = command(which, "both");
            command.stdout(Stdio::null()).stderr(Stdio::piped());
            command.spawn().unwrap()
        };
        let ended = [start(0), start(1)].map(|p| p.wait_with_output().unwrap());
        let codes = [0, 1].map(|which: usize| ended[which].status.code());
        let winner = codes.iter().position(|code| *code == Some(0)).unwrap();
        assert_eq!(codes[1 - winner], Some(2));
        let text = String::from_utf8_lossy(&ended[1 - winner].stderr).into_owned();
        let is_in_use = text.contains("is in use by process");
        assert!(
            is_in_use || text.contains("was made with other settings"),
            "{text}"
        );
        found[usize::from(!is_in_use)] += 1;
        faults::assert_same(
            &task.path(wholes[winner]),
            &task.path("both"),
            "two at once",
        );
        std::fs::remove_dir_all(task.path("both")).unwrap();
    }
    found
}
