//! Runs whose faster model is being built in the background: the build fails, the run is interrupted or ends before. The
//! numbers are those of any other run, and neither processes nor files of the build are left.

mod support;

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use support::task::Task;
use support::{bruno, check};

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(120);

/// A run through the RTL with a cache of its own, and a compiler that fails or never ends once a file says so.
struct Bed {
    task: Task,
}

impl Bed {
    /// A run long enough for the background, of so many epochs.
    fn new(epochs: usize) -> Self {
        let task = Task::new("").through_rtl();
        task.change("\"epochs\":3", &format!("\"epochs\":{epochs}"));
        let bed = Self { task };
        let path = std::env::var_os("PATH").unwrap();
        let mut places = std::env::split_paths(&path).map(|p| p.join("clang++"));
        let real = places.find(|p| p.is_file()).unwrap();
        let here = bed.compiler();
        std::fs::create_dir(&here).unwrap();
        // What it is asked of itself it always answers; and it compiles the delivered text, a module a neuron, whose check
        // runs beside.
        let script = format!(
            "#!/bin/sh\nls \"$TMPDIR\" | grep -q _neuron && exec {1} \"$@\"\ncase \" $* \" in *\" -o \"*)\n\
             [ -e {0}/fail ] && {{ echo broken; exit 1; }}\n\
             [ -e {0}/hang ] && {{ touch {0}/hangs; sleep 600; }};;\nesac\nexec {1} \"$@\"\n",
            here.display(),
            real.display()
        );
        let program = here.join("clang++");
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        bed
    }

    fn compiler(&self) -> PathBuf {
        self.task.path("compiler")
    }

    fn train(&self, out: &str) -> Command {
        let mut command = self.task.train(out, &["--threads", "2"]);
        let path = std::env::var("PATH").unwrap();
        command
            .env("PATH", format!("{}:{path}", self.compiler().display()))
            .env("BRUNO_CACHE", self.task.path("cache"));
        command
    }

    /// What lies in the cache beside models.
    fn leftovers(&self) -> Vec<PathBuf> {
        let listed = std::fs::read_dir(self.task.path("cache")).unwrap();
        let paths = listed.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.is_dir()).collect()
    }

    /// Starts a run, and says `what` to the compiler once it trains in its first model.
    fn started(&self, out: &str, what: &str) -> Child {
        let child = self.train(out).stderr(Stdio::piped()).spawn().unwrap();
        let metrics = self.task.path(out).join("metrics.jsonl");
        until("an epoch", || metrics.is_file());
        std::fs::write(self.compiler().join(what), "").unwrap();
        child
    }

    /// Whether a process of this bed runs: its compiler is in the path of all.
    fn is_busy(&self) -> bool {
        let here = self.compiler().display().to_string();
        let listed = std::fs::read_dir("/proc").unwrap().flatten();
        let mut words = listed.map(|p| std::fs::read(p.path().join("environ")).unwrap_or_default());
        words.any(|words| String::from_utf8_lossy(&words).contains(&here))
    }

    /// The run has the numbers of one in the integer model.
    fn same(&self, out: &str) {
        let chip = self.task.path("chip.json").display().to_string();
        let [data, whole] =
            ["data", "whole"].map(|name| self.task.path(name).display().to_string());
        let train = [
            "train",
            &chip,
            "--data",
            &data,
            "--simulator",
            "integer",
            "--out",
            &whole,
        ];
        check(bruno(&train), 0, "results:");
        for file in [
            "checkpoint.json",
            "metrics.jsonl",
            "steps.jsonl",
            "test.json",
        ] {
            let read = |out: &Path| std::fs::read(out.join(file)).unwrap();
            assert!(
                read(&self.task.path(out)) == read(Path::new(&whole)),
                "{file}"
            );
        }
    }
}

fn until(what: &str, is_there: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_there() {
        assert!(start.elapsed() < PATIENCE, "{what} does not come");
        sleep(Duration::from_millis(5));
    }
}

/// How a process ended, and what it told.
fn ended(mut child: Child) -> (ExitStatus, String) {
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let told: Vec<String> = lines.map_while(Result::ok).collect();
    (child.wait().unwrap(), told.join("\n"))
}

#[test]
fn a_build_that_fails() {
    let bed = Bed::new(600);
    let (status, told) = ended(bed.started("run", "fail"));
    assert!(status.success(), "{told}");
    let said = "note: samples go on in the model that is there";
    assert_eq!(told.matches(said).count(), 1, "{told}");
    assert_eq!(bed.leftovers(), [""; 0].map(PathBuf::from));
    bed.same("run");
}

#[test]
fn a_run_that_is_interrupted_and_one_that_ends_before_its_build() {
    let bed = Bed::new(1200);
    let child = bed.started("run", "hang");
    let hangs = bed.compiler().join("hangs");
    until("a build in the background", || hangs.is_file());
    let id = child.id().to_string();
    check(kill(&id), 0, "");
    let (status, told) = ended(child);
    assert_eq!(status.code(), None, "{told}");
    until("the end of the compiler", || !bed.is_busy());
    std::fs::remove_file(&hangs).unwrap();
    let (status, told) = ended(bed.started("run", "hang"));
    assert!(status.success() && told.contains("continuing"), "{told}");
    // On a very fast machine what is left of the run may end before a build is worth its time.
    until("the end of the compiler", || !bed.is_busy());
    assert_eq!(bed.leftovers(), [""; 0].map(PathBuf::from));
    bed.same("run");
}

/// As Ctrl-C.
fn kill(id: &str) -> Command {
    let mut command = Command::new("kill");
    command.args(["-INT", id]);
    command
}
