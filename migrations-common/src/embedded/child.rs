//! Child processes that end: by themselves, or killed when their time is over.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Signal, kill_process_group};

use super::{processes, wait};

/// Runs `command` to its end and returns what it wrote to stdout.
///
/// The error is half a sentence to put behind the command's name: `could not be run: …`,
/// `ended with exit status: 1: <what it wrote>`. A command that is still running after `limit` is killed
/// together with everything that it started.
pub(super) fn run(command: &mut Command, limit: Duration) -> Result<String, String> {
    let cannot_run = |error: io::Error| format!("could not be run: {error}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(cannot_run)?;
    let stdout = collect(child.stdout.take()).map_err(cannot_run)?;
    let stderr = collect(child.stderr.take()).map_err(cannot_run)?;
    let Some(status) = ended(&mut child, limit) else {
        kill_group(&mut child);
        return Err(format!("was still running after {} s", limit.as_secs()));
    };
    let stdout = text(&stdout);
    if status.success() {
        return Ok(stdout);
    }
    let said = format!("{}\n{stdout}", text(&stderr));
    Err(match excerpt(&said) {
        lines if lines.is_empty() => format!("ended with {status}"),
        lines => format!("ended with {status}: {lines}"),
    })
}

/// Some programs say the reason first, some last.
fn excerpt(text: &str) -> String {
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

/// The exit status of `child`, `None` when it still runs after `limit`.
pub(super) fn ended(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    wait::until(limit, || child.try_wait().ok().flatten())
}

/// The last `count` lines of `text` that are not blank.
pub(super) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines
        .get(lines.len().saturating_sub(count)..)
        .unwrap_or_default()
        .join("\n")
}

fn kill_group(child: &mut Child) {
    if let Some(group) = processes::pid(child.id()) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = ended(child, Duration::from_secs(5));
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> io::Result<Receiver<Vec<u8>>> {
    let (sender, receiver) = channel();
    thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    })?;
    Ok(receiver)
}

/// A grandchild may hold the pipe open after the command has ended; its output is not waited for.
fn text(receiver: &Receiver<Vec<u8>>) -> String {
    let bytes = receiver
        .recv_timeout(Duration::from_secs(1))
        .unwrap_or_default();
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_or_reason() {
        let minute = Duration::from_mins(1);
        assert_eq!(
            run(&mut shell("echo out; echo err >&2"), minute).unwrap(),
            "out"
        );
        assert_eq!(
            run(&mut shell("echo why >&2; exit 3"), minute).unwrap_err(),
            "ended with exit status: 3: why"
        );
        let missing = run(&mut Command::new("/nowhere/program"), minute).unwrap_err();
        assert!(missing.starts_with("could not be run: "), "{missing}");
    }

    #[test]
    fn a_command_that_does_not_end_is_killed_with_its_children() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("pid");
        let script = format!("sleep 600 & echo $! > '{}'; wait", file.display());
        let reason = run(&mut shell(&script), Duration::from_secs(1)).unwrap_err();
        assert!(reason.starts_with("was still running"), "{reason}");
        let grandchild = std::fs::read_to_string(file)
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let grandchild = processes::pid(grandchild).unwrap();
        let gone = wait::until(Duration::from_secs(30), || {
            (!processes::runs(grandchild)).then_some(())
        });
        assert!(gone.is_some());
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

    #[test]
    fn last_lines_skips_blank_ones() {
        assert_eq!(last_lines("a\n\nb\nc\n\n", 2), "b\nc");
        assert_eq!(last_lines("", 2), "");
    }
}
