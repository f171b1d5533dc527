//! git as a process: the only room that starts it. It reads objects and names, and runs nothing that a repository names.

mod objects;
mod refs;
mod trees;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use migrations_common::Problem;
use migrations_common::child::{self, Output, Unfinished};

pub(crate) use refs::{NamedRef, is_glob};
pub(crate) use trees::Blob;

/// The repository that a directory lies in. All paths that it takes and gives are relative to that directory.
#[derive(Debug)]
pub(crate) struct Git {
    directory: PathBuf,
    /// Whether the history is cut off somewhere.
    pub(crate) is_shallow: bool,
}

/// The code of the problem that there is no git.
pub(crate) const NO_GIT: &str = "no-git";

/// The longest that one call may take; a partial clone may have to fetch objects.
const LIMIT: Duration = Duration::from_mins(1);

/// Bytes that are kept of an answer; the list of a repository's files has some hundred bytes a file.
const MOST: usize = 1 << 30;

/// Settings of a repository or a user that would run a program.
const RUN_NOTHING: [&str; 6] = [
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.pager=cat",
];

/// What git hands to its hooks, and what else would lead it to another repository or make it read names otherwise
/// (`git rev-parse --local-env-vars`; the settings among these are left, they are the caller's).
const NOT_INHERITED: [&str; 17] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

impl Git {
    /// The repository of `directory`; none where it lies in no working tree.
    ///
    /// # Errors
    /// [`NO_GIT`], or why git does not want to look at this repository.
    pub(crate) fn open(directory: &Path) -> Result<Option<Git>, Problem> {
        let mut git = Git {
            directory: directory.to_owned(),
            is_shallow: false,
        };
        let question = [
            "rev-parse",
            "--is-inside-work-tree",
            "--is-shallow-repository",
        ];
        let output = git.output(&question, Vec::new())?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            // Not "not a git repository: <path>", which is a .git file that leads nowhere.
            let is_nowhere = said.contains("not a git repository (or any");
            return if is_nowhere {
                Ok(None)
            } else {
                Err(unsuccessful(&question, &output))
            };
        }
        let answer = String::from_utf8_lossy(&output.stdout);
        let mut lines = answer.lines();
        if lines.next() != Some("true") {
            return Ok(None);
        }
        git.is_shallow = lines.next() == Some("true");
        Ok(Some(git))
    }

    /// What git answers to `arguments`, with `input` on stdin.
    fn ask(&self, arguments: &[&str], input: Vec<u8>) -> Result<Vec<u8>, Problem> {
        let output = self.output(arguments, input)?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(unsuccessful(arguments, &output))
        }
    }

    /// The same, where exit status 1 means no.
    fn ask_whether(&self, arguments: &[&str], input: Vec<u8>) -> Result<Option<Vec<u8>>, Problem> {
        let output = self.output(arguments, input)?;
        match output.status.code() {
            Some(0) => Ok(Some(output.stdout)),
            Some(1) => Ok(None),
            _ => Err(unsuccessful(arguments, &output)),
        }
    }

    fn output(&self, arguments: &[&str], input: Vec<u8>) -> Result<Output, Problem> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.directory);
        command.arg("--no-pager").args(RUN_NOTHING).args(arguments);
        for name in NOT_INHERITED {
            command.env_remove(name);
        }
        command
            .env("LC_ALL", "C")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "")
            .env("SSH_ASKPASS", "")
            .env("GIT_PROTOCOL_FROM_USER", "0");
        let output = child::answer(&mut command, input, MOST, LIMIT)
            .map_err(|unfinished| unanswered(arguments, &unfinished))?;
        if output.stdout.len() >= MOST {
            let message = format!("{} wrote {} MiB or more", shown(arguments), MOST >> 20);
            return Err(Problem::failed("git", message));
        }
        Ok(output)
    }
}

fn unanswered(arguments: &[&str], unfinished: &Unfinished) -> Problem {
    let command = shown(arguments);
    match unfinished {
        Unfinished::CannotRun(error) if error.kind() == io::ErrorKind::NotFound => {
            Problem::config(NO_GIT, "there is no git on PATH")
                .help("install git: what is new is a question to the repository")
        }
        Unfinished::CannotRun(error) => {
            Problem::config("git", format!("{command} could not be run: {error}"))
        }
        Unfinished::TimeOver | Unfinished::Stopped => Problem::failed(
            "git",
            format!("{command} was not done after {} s", LIMIT.as_secs()),
        )
        .help(
            "in a partial clone, fetch first what it has to read: git fetch --refetch --no-filter",
        ),
    }
}

fn unsuccessful(arguments: &[&str], output: &Output) -> Problem {
    let said = String::from_utf8_lossy(&output.stderr);
    let message = format!("{} ended with {}", shown(arguments), output.status);
    let problem = Problem::config("git", message);
    match child::excerpt(&said) {
        said if said.is_empty() => problem,
        said => problem.note(format!("it said: {said}")),
    }
}

/// What a person would look up; the rest of the arguments says nothing.
fn shown(arguments: &[&str]) -> String {
    format!("git {}", arguments.first().copied().unwrap_or_default())
}
