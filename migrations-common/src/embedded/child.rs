//! Programs that are run to their end, and child processes that are waited for.

use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use crate::child::{End, Unfinished, excerpt, output};
use crate::wait;

/// Runs `command` to its end and returns what it wrote to stdout.
///
/// The error is half a sentence to put behind the command's name: `could not be run: …`,
/// `ended with exit status: 1: <what it wrote>`. A command that is still running after `limit` is killed
/// together with everything that it started.
pub(super) fn run(command: &mut Command, limit: Duration) -> Result<String, String> {
    // A grandchild may hold the pipe open after the command has ended; its output is not waited for.
    let output =
        output(command, limit, End::OfProcess, || false).map_err(
            |unfinished| match unfinished {
                Unfinished::CannotRun(error) => format!("could not be run: {error}"),
                Unfinished::TimeOver | Unfinished::Stopped => {
                    format!("was still running after {} s", limit.as_secs())
                }
            },
        )?;
    let stdout = text(&output.stdout);
    let status = output.status;
    if status.success() {
        return Ok(stdout);
    }
    let said = format!("{}\n{stdout}", text(&output.stderr));
    Err(match excerpt(&said) {
        lines if lines.is_empty() => format!("ended with {status}"),
        lines => format!("ended with {status}: {lines}"),
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
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
    fn a_command_that_does_not_end() {
        let reason = run(&mut shell("sleep 600"), Duration::from_secs(1)).unwrap_err();
        assert_eq!(reason, "was still running after 1 s");
    }

    #[test]
    fn last_lines_skips_blank_ones() {
        assert_eq!(last_lines("a\n\nb\nc\n\n", 2), "b\nc");
        assert_eq!(last_lines("", 2), "");
    }
}
