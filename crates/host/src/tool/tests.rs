use super::*;
use std::path::Path;

/// Runs a script of the shell, at most for `limit`.
fn script(text: &str, limit: Duration) -> Ended {
    let mut command = Command::new("sh");
    run_tool(command.args(["-c", text]), limit, &mut |_| {}).unwrap()
}

/// Output and outcome of a script that has the time it needs.
fn check(text: &str, output: &str, outcome: Outcome) {
    let ended = script(text, Duration::MAX);
    assert_eq!((ended.output.as_str(), ended.outcome), (output, outcome));
}

#[test]
fn both_streams_are_kept() {
    check("echo a; echo b >&2; echo c", "a\nb\nc\n", Outcome::Success);
}
#[test]
fn a_last_line_without_an_end() {
    check("printf 'a\\nb'", "a\nb", Outcome::Success);
}
#[test]
fn bytes_that_are_no_text() {
    check("printf '\\377\\n'", "\u{fffd}\n", Outcome::Success);
}
#[test]
fn more_than_a_pipe_holds() {
    let text = "x".repeat(99) + "\n";
    let lines = format!("i=0; while [ $i -lt 2000 ]; do echo {text}i=$((i+1)); done");
    check(&lines, &text.repeat(2000), Outcome::Success);
}
#[test]
fn an_exit_code() {
    check("echo no; exit 7", "no\n", Outcome::Failure);
}
#[test]
fn a_signal() {
    check("kill -TERM $$", "", Outcome::Failure);
}
#[test]
fn nothing_to_read() {
    check("cat; echo end", "end\n", Outcome::Success);
}

/// What a script prints that is started, waits, and is given `input`.
fn check_waiting(text: &str, input: &str, output: &str, outcome: Outcome) {
    let mut command = Command::new("sh");
    let waiting = WaitingTool::start(command.args(["-c", text])).unwrap();
    let ended = waiting.give(input.as_bytes(), Duration::MAX, &mut |_| {});
    let ended = ended.unwrap();
    assert_eq!((ended.output.as_str(), ended.outcome), (output, outcome));
}

#[test]
fn what_is_given_has_an_end() {
    check_waiting("echo start; cat", "a\nb", "start\na\nb", Outcome::Success);
}
#[test]
fn one_that_did_not_wait() {
    check_waiting("exit 3", "a", "", Outcome::Failure);
}

#[test]
fn one_that_is_given_nothing_is_killed() {
    let mut command = Command::new("sh");
    let waiting = WaitingTool::start(command.args(["-c", "read -r a; sleep 1000"])).unwrap();
    let process = format!("/proc/{}/cmdline", waiting.started.child.id());
    drop(waiting);
    // What is left of one that nobody waited for has no command line. The signal takes its time.
    while !std::fs::read_to_string(&process)
        .unwrap_or_default()
        .is_empty()
    {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn lines_are_told_when_they_come() {
    let mut told = Vec::new();
    let mut command = Command::new("sh");
    command.args(["-c", "echo a; echo; printf b"]);
    run_tool(&mut command, Duration::MAX, &mut |l| {
        told.push(l.to_string())
    })
    .unwrap();
    assert_eq!(told, ["a", "", "b"]);
}

#[test]
fn a_program_that_is_not_there() {
    let mut command = Command::new("no-such-program");
    let error = run_tool(&mut command, Duration::MAX, &mut |_| {}).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}

#[test]
fn the_command_is_told() {
    let ended = script("exit 0", Duration::MAX);
    assert_eq!(ended.command, "sh -c exit 0");
}

/// A wrapper that does not `exec`: the shell and the tool that it waits for, both of which write their number to a file.
fn wrapper(dir: &Path) -> String {
    let file = dir.join("numbers");
    format!(
        "echo $$ >> {0}; sh -c 'echo $$ >> {0}; echo begun; sleep 1000; echo never' & wait; echo never",
        file.display()
    )
}

/// Numbers of the processes of a wrapper, once both are there.
fn numbers(dir: &Path) -> Vec<String> {
    loop {
        let text = std::fs::read_to_string(dir.join("numbers")).unwrap_or_default();
        let numbers: Vec<String> = text.lines().map(str::to_string).collect();
        if numbers.len() == 2 {
            return numbers;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until processes are gone, or wait for nothing but to be counted by their parent; the test's own limit ends
/// the wait where one of them lives on.
fn wait_for_the_end(numbers: &[String]) {
    let lives = |number: &String| {
        let about = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        // `number (name) state ...`
        let state = about.rsplit(')').next().unwrap_or_default().trim_start();
        !(state.is_empty() || state.starts_with('Z') || state.starts_with('X'))
    };
    let begin = Instant::now();
    while numbers.iter().any(lives) {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "{numbers:?} live"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_wrapper_that_does_not_exec_ends_on_time() {
    let dir = tempfile::tempdir().unwrap();
    let ended = script(&wrapper(dir.path()), Duration::from_secs(1));
    assert_eq!(ended.output, "begun\n");
    assert_eq!(ended.outcome, Outcome::TimedOut);
    wait_for_the_end(&numbers(dir.path()));
}

#[test]
fn a_tool_that_prints_without_end_ends_on_time() {
    let ended = script("exec yes", Duration::from_millis(20));
    assert_eq!(ended.outcome, Outcome::TimedOut);
    assert!(ended.output.starts_with("y\ny\n"));
}

#[test]
fn what_a_tool_leaves_running_ends_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let text = wrapper(dir.path()).replace("& wait;", "& sleep 0.3;");
    let ended = script(&text, Duration::MAX);
    assert_eq!(ended.output, "begun\nnever\n");
    assert_eq!(ended.outcome, Outcome::Success);
    wait_for_the_end(&numbers(dir.path()));
}

/// Environment variable of [`a_parent_that_is_killed`]: a folder, for the process that is to be killed.
const FOLDER: &str = "BRUNO_TEST_FOLDER";

/// Kills a process that runs a tool with `signal`; no process of the tool is left.
fn check_killed(signal: &str) {
    let dir = tempfile::tempdir().unwrap();
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tool::tests::a_parent_that_is_killed"])
        .args(["--ignored", "--nocapture"])
        .env(FOLDER, dir.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let numbers = numbers(dir.path());
    let number = parent.id().to_string();
    let kill = Command::new("sh")
        .args(["-c", "kill -$0 $1", signal, &number])
        .status();
    assert!(kill.unwrap().success());
    assert!(!parent.wait().unwrap().success());
    wait_for_the_end(&numbers);
}

#[test]
#[ignore = "the process that `check_killed` starts and kills"]
fn a_parent_that_is_killed() {
    let dir = std::env::var(FOLDER).unwrap();
    script(&wrapper(Path::new(&dir)), Duration::MAX);
}
#[test]
fn a_killed_parent_leaves_no_tool() {
    check_killed("KILL");
}
#[test]
fn a_terminated_parent_leaves_no_tool() {
    check_killed("TERM");
}
