//! One run of one candidate, in a process of its own, so that the memory that it takes is its own too.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use migrations_common::Environment;
use migrations_common::connect::Parameters;
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::candidate;
use crate::place::Place;
use crate::workload::Files;

/// The first argument of a process that is here to take a turn.
pub(crate) const WORD: &str = "take-a-turn";

/// What that process is told, on its standard input: a URL may hold a password.
#[derive(Serialize, Deserialize)]
pub(crate) struct Turn {
    /// Whose turn.
    pub(crate) candidate: String,
    /// The way to the database.
    pub(crate) url: String,
    /// How many targets.
    pub(crate) targets: usize,
    /// The directory of the files.
    pub(crate) app: PathBuf,
    /// Targets to migrate at once.
    pub(crate) workers: usize,
    /// The interpreter that has Alembic.
    pub(crate) python: Option<PathBuf>,
}

/// What it answers, on its standard output.
#[derive(Serialize, Deserialize)]
pub(crate) struct Took {
    /// From before the connection is opened.
    pub(crate) seconds: f64,
    /// The most memory that the process had, in bytes; `None` where the work is done by others, or unknown.
    pub(crate) peak: Option<f64>,
}

impl Turn {
    /// Has a process take the turn.
    pub(crate) fn take(&self) -> Result<Took, Failure> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(WORD)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = process.stdin.take() {
            stdin.write_all(&serde_json::to_vec(self)?)?;
        }
        let output = process.wait_with_output()?;
        if !output.status.success() {
            return Err("it failed, as said above".into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn take_here(&self) -> Result<Took, Failure> {
        let parameters = Parameters::from_url(&self.url, &Environment::of_process())?;
        let place = Place::of(parameters, self.targets);
        let candidate = candidate::named(&self.candidate, self.python.as_deref())?;
        let migrate = candidate.prepare(&place, &Files::of(&self.app)?, self.workers)?;
        let begun = Instant::now();
        migrate()?;
        Ok(Took {
            seconds: begun.elapsed().as_secs_f64(),
            peak: peak().filter(|_| candidate.works_in_this_process()),
        })
    }
}

/// Takes the turn that this process was started for.
pub(crate) fn of_this_process() -> Result<(), Failure> {
    let mut told = String::new();
    std::io::stdin().read_to_string(&mut told)?;
    let took = serde_json::from_str::<Turn>(&told)?.take_here()?;
    Ok(std::io::stdout().write_all(&serde_json::to_vec(&took)?)?)
}

/// The most memory that this process ever had, in bytes: `VmHWM` of proc(5).
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}
