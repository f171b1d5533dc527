//! A command that is run for its output: to its end, or killed when its time is over.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::wait;

/// Bytes that are kept of stdout, and of stderr. What comes after them is read and thrown away.
pub const MOST: usize = 16 << 20;

/// When a command has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With its own process. What it started may live on and hold its output open; that is waited for a second.
    OfProcess,
    /// With its process and its output: nobody is left who could write more.
    OfOutput,
}

/// What a command left that ended.
#[derive(Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote, as many bytes as were to be kept; nothing if its output had not ended.
    pub stdout: Vec<u8>,
    /// The same.
    pub stderr: Vec<u8>,
}

/// Why there is no [`Output`].
#[derive(Debug)]
pub enum Unfinished {
    /// It did not start.
    CannotRun(io::Error),
    /// Its time was over.
    TimeOver,
    /// The caller did not want to wait any longer.
    Stopped,
}

/// Runs `command` to its `end`, with nothing to read on stdin, in a process group of its own.
///
/// `stop` is asked again and again while it runs. A command that has not ended after `limit`, or that is stopped, is
/// killed together with everything that it started.
///
/// # Errors
/// [`Unfinished`].
pub fn output(
    command: &mut Command,
    limit: Duration,
    end: End,
    stop: impl Fn() -> bool,
) -> Result<Output, Unfinished> {
    let (mut child, mut pipes) = start(command.stdin(Stdio::null()), MOST, |_| Ok(()))?;
    let ended = wait::until(limit, || {
        if stop() {
            return Some(Err(Unfinished::Stopped));
        }
        let status = child.try_wait().ok().flatten()?;
        (end == End::OfProcess || pipes.are_closed()).then_some(Ok(status))
    });
    match ended.unwrap_or(Err(Unfinished::TimeOver)) {
        Ok(status) => {
            wait::until(Duration::from_secs(1), || pipes.are_closed().then_some(()));
            Ok(pipes.output(status))
        }
        Err(unfinished) => {
            kill_group(&mut child);
            Err(unfinished)
        }
    }
}

/// Runs `command` until it and its output have ended, with `input` on stdin, in a process group of its own.
///
/// `most` bytes are kept of stdout, and of stderr. A command that has not ended after `limit` is killed together with
/// everything that it started. The end is noticed at once, for a caller with many short questions.
///
/// # Errors
/// [`Unfinished`], but for `Stopped`.
pub fn answer(
    command: &mut Command,
    input: Vec<u8>,
    most: usize,
    limit: Duration,
) -> Result<Output, Unfinished> {
    let feed = |stdin| feed(stdin, input);
    let (mut child, mut pipes) = start(command.stdin(Stdio::piped()), most, feed)?;
    let begun = Instant::now();
    let left = || limit.saturating_sub(begun.elapsed());
    let is_closed = pipes.stdout.close(left()) && pipes.stderr.close(left());
    let status = is_closed
        .then(|| wait::until(left(), || child.try_wait().ok().flatten()))
        .flatten();
    match status {
        Some(status) => Ok(pipes.output(status)),
        None => {
            kill_group(&mut child);
            Err(Unfinished::TimeOver)
        }
    }
}

fn start(
    command: &mut Command,
    most: usize,
    feed: impl FnOnce(Option<ChildStdin>) -> io::Result<()>,
) -> Result<(Child, Pipes), Unfinished> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(Unfinished::CannotRun)?;
    let feeding = feed(child.stdin.take());
    match feeding.and_then(|()| Pipes::of(&mut child, most)) {
        Ok(pipes) => Ok((child, pipes)),
        Err(error) => {
            kill_group(&mut child);
            Err(Unfinished::CannotRun(error))
        }
    }
}

/// The lines of `text` that are not blank, or the first and the last of many: some programs say the reason first, some last.
pub fn excerpt(text: &str) -> String {
    const PART: usize = 6;
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    match (
        lines.get(..PART),
        lines.get(lines.len().saturating_sub(PART)..),
    ) {
        (Some(first), Some(last)) if lines.len() > 2 * PART => {
            [first, &["…"], last].concat().join("\n")
        }
        _ => lines.join("\n"),
    }
}

fn kill_group(child: &mut Child) {
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    let _ = wait::until(Duration::from_secs(5), || child.try_wait().ok().flatten());
}

/// Writes `input` beside the reading, since a command may answer before it has read everything.
fn feed(stdin: Option<ChildStdin>, input: Vec<u8>) -> io::Result<()> {
    thread::Builder::new().spawn(move || {
        // A command that ends without reading all of it has decided so.
        let _ = stdin.map(|mut stdin| stdin.write_all(&input));
    })?;
    Ok(())
}

struct Pipes {
    stdout: Pipe,
    stderr: Pipe,
}

impl Pipes {
    fn of(child: &mut Child, most: usize) -> io::Result<Self> {
        Ok(Pipes {
            stdout: Pipe::read(child.stdout.take(), most)?,
            stderr: Pipe::read(child.stderr.take(), most)?,
        })
    }

    fn are_closed(&mut self) -> bool {
        self.stdout.is_closed() & self.stderr.is_closed()
    }

    fn output(self, status: ExitStatus) -> Output {
        Output {
            status,
            stdout: self.stdout.bytes.unwrap_or_default(),
            stderr: self.stderr.bytes.unwrap_or_default(),
        }
    }
}

/// A pipe that a thread reads to its end.
struct Pipe {
    receiver: Receiver<Vec<u8>>,
    bytes: Option<Vec<u8>>,
}

impl Pipe {
    fn read(pipe: Option<impl Read + Send + 'static>, most: usize) -> io::Result<Pipe> {
        let (sender, receiver) = channel();
        thread::Builder::new().spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut pipe) = pipe {
                let most = u64::try_from(most).unwrap_or(u64::MAX);
                let _ = pipe.by_ref().take(most).read_to_end(&mut bytes);
                // A command that cannot write any more would not end.
                let _ = io::copy(&mut pipe, &mut io::sink());
            }
            let _ = sender.send(bytes);
        })?;
        Ok(Pipe {
            receiver,
            bytes: None,
        })
    }

    /// Whether it is closed before `limit` has passed.
    fn close(&mut self, limit: Duration) -> bool {
        if self.bytes.is_none() {
            self.bytes = self.receiver.recv_timeout(limit).ok();
        }
        self.bytes.is_some()
    }

    fn is_closed(&mut self) -> bool {
        if self.bytes.is_none() {
            self.bytes = self.receiver.try_recv().ok();
        }
        self.bytes.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_outputs_and_the_status() {
        let mut command = shell("echo out; echo err >&2; exit 3");
        let output = output(&mut command, MINUTE, End::OfOutput, || false).unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(output.stdout, b"out\n");
        assert_eq!(output.stderr, b"err\n");
    }

    #[test]
    fn the_end_of_the_output_is_waited_for_where_it_matters() {
        let written = |seconds, end| {
            let mut command = shell(&format!("(sleep {seconds}; echo late) & echo early"));
            output(&mut command, MINUTE, end, || false).unwrap().stdout
        };
        assert_eq!(written(2, End::OfOutput), b"early\nlate\n");
        assert_eq!(written(30, End::OfProcess), b"");
    }

    #[test]
    fn a_command_may_answer_while_it_is_asked() {
        let input = b"question\n".repeat(100_000);
        let output = answer(&mut shell("cat"), input.clone(), 1 << 20, MINUTE).unwrap();
        assert_eq!(output.stdout, input);
        let output = answer(&mut shell("echo done"), input, 3, MINUTE).unwrap();
        assert_eq!(output.stdout, b"don");
        let over = answer(
            &mut shell("exec sleep 600"),
            Vec::new(),
            1,
            Duration::from_secs(1),
        );
        assert!(matches!(over, Err(Unfinished::TimeOver)), "{over:?}");
    }

    #[test]
    fn output_without_an_end_is_not_kept() {
        let mut command = shell(&format!("head -c {} /dev/zero", MOST + 100_000));
        let output = output(&mut command, MINUTE, End::OfOutput, || false).unwrap();
        assert!(output.status.success());
        assert_eq!(output.stdout.len(), MOST);
    }

    /// Whether everything that `script` starts is gone, once it was ended from outside. All of it holds the pipe `$1` open.
    fn is_killed(script: &str, limit: Duration, end: End, stop: impl Fn() -> bool) -> Unfinished {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let (sender, gone) = channel();
        let path = pipe.clone();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = std::fs::File::open(path).and_then(|mut pipe| pipe.read_to_end(&mut bytes));
            sender.send(read.map(|_| bytes))
        });
        let mut command = shell(script);
        command.arg("sh").arg(&pipe);
        let unfinished = output(&mut command, limit, end, stop).unwrap_err();
        let written = gone.recv_timeout(Duration::from_secs(30));
        assert_eq!(written.expect("nobody is left").unwrap(), b"begun\n");
        unfinished
    }

    #[test]
    fn a_command_is_killed_with_what_it_started() {
        let limit = Duration::from_secs(2);
        let waiting = "exec 3>\"$1\"; echo begun >&3; sleep 600 & wait";
        let over = is_killed(waiting, limit, End::OfProcess, || false);
        assert!(matches!(over, Unfinished::TimeOver), "{over:?}");

        let leaving = "exec 3>\"$1\"; echo begun >&3; sleep 600 &";
        let over = is_killed(leaving, limit, End::OfOutput, || false);
        assert!(matches!(over, Unfinished::TimeOver), "{over:?}");
    }

    #[test]
    fn a_command_that_is_stopped_is_killed() {
        let begun = Instant::now();
        let stop = || begun.elapsed() > Duration::from_secs(2);
        let waiting = "exec 3>\"$1\"; echo begun >&3; sleep 600 & wait";
        let stopped = is_killed(waiting, Duration::from_mins(5), End::OfProcess, stop);
        assert!(matches!(stopped, Unfinished::Stopped), "{stopped:?}");
    }

    #[test]
    fn a_program_that_is_not_there() {
        let missing = output(
            &mut Command::new("/nowhere/program"),
            MINUTE,
            End::OfOutput,
            || false,
        );
        assert!(
            matches!(missing, Err(Unfinished::CannotRun(_))),
            "{missing:?}"
        );
    }

    #[test]
    fn an_excerpt_has_both_ends() {
        let text = "a b c d e f g h i j k l m n o".replace(' ', "\n\n");
        assert_eq!(
            excerpt(&text).replace('\n', " "),
            "a b c d e f … j k l m n o"
        );
        assert_eq!(excerpt("a\n\nb\n"), "a\nb");
    }
}
