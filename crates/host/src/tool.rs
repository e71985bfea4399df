//! External tools: each run is a process group that ends in time and never outlives bruno.
//!
//! The first process of the group is a guardian, a shell that waits for the end of a pipe whose other end only bruno
//! holds. The kernel closes that end when bruno ends, however it ends, and the guardian kills the group. To end a group
//! on time bruno closes the pipe itself, so there is one way for all cases. A tool in a group of its own does not see
//! Ctrl-C; bruno does, and ends.

use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Runs a tool to its end, at most for `limit`, with nothing to read. What the tool prints on both streams is kept in
/// the order in which it came; `listen` is told each line when it comes. Whatever the tool started in its process group
/// has been killed when this returns.
///
/// # Errors
/// The tool could not be started: [`io::ErrorKind::NotFound`] where there is no such program. A tool that ran is no
/// error here, whatever it said: see [`Ended::outcome`].
pub fn run_tool(
    command: &mut Command,
    limit: Duration,
    listen: &mut dyn FnMut(&str),
) -> io::Result<Ended> {
    Started::new(command, Stdio::null())?.end(limit, listen)
}

/// A tool that prepares its work and waits on its standard input for the rest. It is killed where it is dropped instead.
pub struct WaitingTool {
    started: Started,
    input: PipeWriter,
}

impl WaitingTool {
    /// Starts it.
    ///
    /// # Errors
    /// As of [`run_tool`].
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let (reader, input) = io::pipe()?;
        let started = Started::new(command, reader.into())?;
        Ok(Self { started, input })
    }

    /// Gives it all that it is to read, which a pipe holds at once (64 KiB), and lets it run to its end as
    /// [`run_tool`] does; the limit counts from here.
    ///
    /// # Errors
    /// Its end could not be waited for.
    pub fn give(
        mut self,
        input: &[u8],
        limit: Duration,
        listen: &mut dyn FnMut(&str),
    ) -> io::Result<Ended> {
        // It fails where the tool has ended, and how it ended is told below.
        let _ = self.input.write_all(input);
        drop(self.input);
        self.started.end(limit, listen)
    }
}

/// A tool that runs in a group of its own.
struct Started {
    command: String,
    group: Group,
    child: Child,
    output: PipeReader,
}

impl Started {
    fn new(command: &mut Command, input: Stdio) -> io::Result<Self> {
        let group = Group::new()?;
        let (output, writer) = io::pipe()?;
        command
            .stdin(input)
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .process_group(group.id());
        let child = command.spawn()?;
        // The command's own ends of the pipes: the output would never end, and what reads would not be missed.
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null());
        Ok(Self {
            command: command_line(command),
            group,
            child,
            output,
        })
    }

    fn end(self, limit: Duration, listen: &mut dyn FnMut(&str)) -> io::Result<Ended> {
        let mut run = Run::watch(self.child, self.output, listen);
        run.until(limit, |run| run.status.is_some());
        let in_time = run.status.take().transpose()?;
        drop(self.group);
        run.until(LAST_WORDS, |run| run.closed);
        Ok(Ended {
            command: self.command,
            output: String::from_utf8_lossy(&run.output).into_owned(),
            outcome: match in_time {
                None => Outcome::TimedOut,
                Some(status) if status.success() => Outcome::Success,
                Some(_) => Outcome::Failure,
            },
        })
    }
}

/// After the end of a group its output is complete, unless a process left the group and still holds the stream: then no
/// longer than this is waited for it.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How a tool ended, and what it printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Ended {
    /// The command as it was run.
    pub command: String,
    /// Everything it printed.
    pub output: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of the run of a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Success,
    /// Another exit code, or a signal.
    Failure,
    /// The tool was killed when its time was up.
    TimedOut,
}

/// The program and its arguments in one line.
pub fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words.map(|w| w.to_string_lossy().into_owned()).collect();
    words.join(" ")
}

/// A process group that is killed when this is dropped or when bruno ends.
struct Group {
    guardian: Child,
    /// Held by nobody else: no program that bruno starts inherits it.
    hold: Option<PipeWriter>,
}

impl Group {
    const GUARDIAN: &str = "read -r end; kill -KILL 0";

    fn new() -> io::Result<Self> {
        let (reader, hold) = io::pipe()?;
        let guardian = Command::new("/bin/sh")
            .args(["-c", Self::GUARDIAN, "bruno-guardian"])
            .env_clear()
            .stdin(reader)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(Self {
            guardian,
            hold: Some(hold),
        })
    }

    fn id(&self) -> i32 {
        self.guardian.id().cast_signed()
    }
}

impl Drop for Group {
    /// The guardian kills itself with the others: once it is gone, all of them have the signal.
    fn drop(&mut self) {
        self.hold = None;
        // It fails only where the guardian has been waited for, which nobody else does.
        let _ = self.guardian.wait();
    }
}

/// What is told about a tool that runs.
enum Event {
    Line(Vec<u8>),
    Closed,
    Ended(io::Result<ExitStatus>),
}

/// A tool that runs, seen from bruno.
struct Run<'a> {
    events: Receiver<Event>,
    listen: &'a mut dyn FnMut(&str),
    output: Vec<u8>,
    closed: bool,
    status: Option<io::Result<ExitStatus>>,
}

impl<'a> Run<'a> {
    /// Two threads wait for the output and for the end of the tool; both end with the group.
    fn watch(mut child: Child, reader: PipeReader, listen: &'a mut dyn FnMut(&str)) -> Self {
        let (sender, events) = sync_channel(64);
        let end = sender.clone();
        // A run that is over listens to nobody: then there is nobody to tell.
        std::thread::spawn(move || end.send(Event::Ended(child.wait())));
        std::thread::spawn(move || tell_lines(reader, &sender));
        Self {
            events,
            listen,
            output: Vec::new(),
            closed: false,
            status: None,
        }
    }

    /// Takes note of what happens until `done`, at most for `limit`.
    fn until(&mut self, limit: Duration, done: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !done(self) {
            let Some(left) = limit.checked_sub(start.elapsed()) else {
                return;
            };
            match self.events.recv_timeout(left) {
                Ok(event) => self.note(event),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Line(line) => {
                (self.listen)(String::from_utf8_lossy(&line).trim_end_matches('\n'));
                self.output.extend(line);
            }
            Event::Closed => self.closed = true,
            Event::Ended(status) => self.status = Some(status),
        }
    }
}

/// Tells each line with its end; a last line need not have one.
fn tell_lines(reader: PipeReader, events: &SyncSender<Event>) {
    let mut reader = BufReader::new(reader);
    loop {
        let mut line = Vec::new();
        let event = match reader.read_until(b'\n', &mut line) {
            Ok(n) if n > 0 => Event::Line(line),
            _ => Event::Closed,
        };
        let last = matches!(event, Event::Closed);
        if events.send(event).is_err() || last {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
