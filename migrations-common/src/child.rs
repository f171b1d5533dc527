//! A command that is run for its output: to its end, or killed when its time is over.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::wait;

/// Bytes that are kept of stdout, and of stderr. What comes after them is read and thrown away.
pub(crate) const MOST: usize = 16 << 20;

/// When a command has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// With its own process. What it started may live on and hold its output open; that is waited for a second.
    OfProcess,
    /// With its process and its output: nobody is left who could write more.
    OfOutput,
}

/// What a command left that ended.
#[derive(Debug)]
pub(crate) struct Output {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// What it wrote, [`MOST`] bytes at most; nothing if its output had not ended.
    pub(crate) stdout: Vec<u8>,
    /// The same.
    pub(crate) stderr: Vec<u8>,
}

/// Why there is no [`Output`].
#[derive(Debug)]
pub(crate) enum Unfinished {
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
pub(crate) fn output(
    command: &mut Command,
    limit: Duration,
    end: End,
    stop: impl Fn() -> bool,
) -> Result<Output, Unfinished> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(Unfinished::CannotRun)?;
    let mut pipes = match Pipes::of(&mut child) {
        Ok(pipes) => pipes,
        Err(error) => {
            kill_group(&mut child);
            return Err(Unfinished::CannotRun(error));
        }
    };
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
            Ok(Output {
                status,
                stdout: pipes.stdout.bytes.unwrap_or_default(),
                stderr: pipes.stderr.bytes.unwrap_or_default(),
            })
        }
        Err(unfinished) => {
            kill_group(&mut child);
            Err(unfinished)
        }
    }
}

/// The lines of `text` that are not blank, or the first and the last of many: some programs say the reason first, some last.
pub(crate) fn excerpt(text: &str) -> String {
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

struct Pipes {
    stdout: Pipe,
    stderr: Pipe,
}

impl Pipes {
    fn of(child: &mut Child) -> io::Result<Self> {
        Ok(Pipes {
            stdout: Pipe::read(child.stdout.take())?,
            stderr: Pipe::read(child.stderr.take())?,
        })
    }

    fn are_closed(&mut self) -> bool {
        self.stdout.is_closed() & self.stderr.is_closed()
    }
}

/// A pipe that a thread reads to its end.
struct Pipe {
    receiver: Receiver<Vec<u8>>,
    bytes: Option<Vec<u8>>,
}

impl Pipe {
    fn read(pipe: Option<impl Read + Send + 'static>) -> io::Result<Pipe> {
        let (sender, receiver) = channel();
        thread::Builder::new().spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut pipe) = pipe {
                let most = u64::try_from(MOST).unwrap_or(u64::MAX);
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
        let begun = std::time::Instant::now();
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
