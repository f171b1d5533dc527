//! Tenants from a command.

use std::path::PathBuf;
use std::process;
use std::time::Duration;

use super::trust::Row;
use super::{Asking, Counter, Unit, interrupted, lines, mask::mask, raw};
use crate::child::{self, End, Output, Unfinished};
use crate::config::Text;
use crate::environment::Environment;
use crate::problem::{Kind, Place, Problem, Problems};

/// A command that writes tenants to stdout.
#[derive(Clone, Debug)]
pub struct Command {
    /// The program and its arguments, for no shell. `${…}` in them is replaced by the value as it is.
    pub argv: Vec<Text>,
    /// Where it runs: the app's directory.
    pub directory: PathBuf,
    /// Its whole environment. The program is looked for in the PATH of it.
    pub environment: Environment,
    /// How long it may take, with everything that it starts. Then it is killed.
    pub limit: Duration,
    /// What it writes.
    pub format: Format,
}

/// How tenants are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One a line, as in a [`File`](super::File).
    Lines,
    /// As [`to_json`](super::to_json) writes them: what the app's own `tenants` command does.
    #[cfg(feature = "cli")]
    Json,
}

impl Command {
    /// How long a command may take that lists tenants.
    pub const LIMIT: Duration = Duration::from_mins(1);

    pub(super) fn rows(&self, asking: &Asking<'_>) -> Result<Vec<Row>, Problems> {
        let argv = self.argv(asking)?;
        let stdout = self.run(&argv, asking)?;
        let text = lines::utf8(&stdout)
            .map_err(|line| self.failed(&format!("wrote a line that is not UTF-8: line {line}")))?;
        let of = format!("the output of `{}`", self.program());
        match self.format {
            Format::Lines => Ok(self.read_lines(text, &of)),
            #[cfg(feature = "cli")]
            Format::Json => super::json::rows(text, &of, self.place()).map_err(|why| {
                self.failed(&format!("wrote no list of tenants: {why}"))
                    .into()
            }),
        }
    }

    fn argv(&self, asking: &Asking<'_>) -> Result<Vec<String>, Problems> {
        let mut problems = Problems::default();
        let mut argv = Vec::new();
        for argument in &self.argv {
            match raw::render(&argument.value, asking.values) {
                Ok(argument) => argv.push(argument),
                Err(wrong) => {
                    let problem = |message| Problem::config("placeholder", message);
                    let found = wrong.into_iter().map(problem);
                    problems
                        .0
                        .extend(found.map(|p| p.at(argument.place.clone())));
                }
            }
        }
        problems.or_ok(argv)
    }

    fn run(&self, argv: &[String], asking: &Asking<'_>) -> Result<Vec<u8>, Problem> {
        let Some((program, arguments)) = argv.split_first() else {
            return Err(Problem::config("tenants-command", "the command is empty")
                .help("write it as a list: command = [\"./list-tenants\", \"--all\"]"));
        };
        let mut command = process::Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.directory)
            .env_clear()
            .envs(self.environment.variables());
        let stop = || asking.interrupt.requested().is_some();
        let output = child::output(&mut command, self.limit, End::OfOutput, stop)
            .map_err(|unfinished| self.unfinished(&unfinished))?;
        if !output.status.success() {
            return Err(self.unsuccessful(&output));
        }
        if output.stdout.len() >= child::MOST {
            return Err(self.failed(&format!("wrote {} MiB or more", child::MOST >> 20)));
        }
        Ok(output.stdout)
    }

    fn read_lines(&self, text: &str, of: &str) -> Vec<Row> {
        let counter = Counter::new(Unit::Line, of);
        let row = |line: lines::Line| Row {
            name: Ok(line.name),
            url: line.url,
            origin: counter.origin(line.number),
            place: self.place().cloned(),
        };
        lines::parse(text).lines.into_iter().map(row).collect()
    }

    fn unfinished(&self, unfinished: &Unfinished) -> Problem {
        match unfinished {
            Unfinished::Stopped => interrupted(),
            Unfinished::TimeOver => self
                .failed(&format!("was not done after {} s", self.limit.as_secs()))
                .note("it was killed, with everything that it had started")
                .help("it has ended when nobody is left who could write to its output"),
            Unfinished::CannotRun(error) => {
                let mut problem = self.failed(&format!("could not be run: {error}"));
                problem.kind = Kind::Config;
                problem
                    .note(format!(
                        "it is run in {}, without a shell",
                        self.directory.display()
                    ))
                    .help("correct the program's name, or install it")
            }
        }
    }

    /// Of what it wrote only stderr is told: there may be URLs in its output.
    fn unsuccessful(&self, output: &Output) -> Problem {
        let problem = self.failed(&format!("ended with {}", output.status));
        let said = mask(&String::from_utf8_lossy(&output.stderr));
        match child::excerpt(&said) {
            lines if lines.is_empty() => problem.note("it wrote nothing to stderr"),
            lines => problem.note(format!("it wrote to stderr:\n{lines}")),
        }
    }

    fn failed(&self, how: &str) -> Problem {
        let message = format!("the command `{}` {how}", self.program());
        let mut problem = Problem::failed("tenants-command", message);
        problem.places.extend(self.place().cloned());
        problem
    }

    /// Where the config names the program.
    fn place(&self) -> Option<&Place> {
        self.argv.first().map(|program| &program.place)
    }

    fn program(&self) -> String {
        mask(self.argv.first().map_or("", |program| &program.value))
    }
}

#[cfg(test)]
mod tests;
