//! Alembic with the loop over schemas in its `env.py`: a process a worker, each with its share of the schemas.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use super::{ALEMBIC, Candidate, History, Migrate};
use crate::Failure;
use crate::place::Place;
use crate::workload::Files;

/// Alembic, as the interpreter at this path has it.
pub(crate) struct Alembic(pub(crate) PathBuf);

/// A Python environment of our own that has Alembic.
pub(crate) struct Python(TempDir);

impl Python {
    /// Makes one, and has `pip` fetch Alembic.
    pub(crate) fn install() -> Result<Self, Failure> {
        let python = Python(tempfile::tempdir()?);
        succeed(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(python.0.path()),
        )?;
        let install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "alembic",
            "psycopg[binary]",
        ];
        succeed(Command::new(python.program()).args(install))?;
        Ok(python)
    }

    /// The interpreter.
    pub(crate) fn program(&self) -> PathBuf {
        self.0.path().join("bin/python")
    }
}

impl Candidate for Alembic {
    fn name(&self) -> &'static str {
        ALEMBIC
    }

    fn history(&self) -> History {
        History {
            table: "alembic_version",
            version: "version_num",
            only_newest: true,
        }
    }

    fn works_in_this_process(&self) -> bool {
        false
    }

    fn prepare(&self, place: &Place, files: &Files, workers: usize) -> Result<Migrate, Failure> {
        let scripts = scripts(files)?;
        let mut processes = Vec::new();
        for worker in 0..workers.min(place.schemas.len()) {
            let share: Vec<&String> = place.schemas.iter().skip(worker).step_by(workers).collect();
            processes.push(self.ready(scripts.path(), &place.url(), &share)?);
        }
        Ok(Box::new(move || {
            for process in &mut processes {
                tell(process, "go")?;
            }
            for process in &mut processes {
                let status = process.wait()?;
                if !status.success() {
                    return Err(format!("a worker ended with {status}").into());
                }
            }
            // Needed to the end.
            drop(scripts);
            Ok(())
        }))
    }
}

impl Alembic {
    /// A process that has loaded everything and waits for a line.
    fn ready(&self, scripts: &Path, url: &str, schemas: &[&String]) -> Result<Child, Failure> {
        let mut process = Command::new(&self.0)
            .args(["-c", include_str!("../../alembic/upgrade.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let told = json!({ "scripts": scripts, "url": url, "schemas": schemas });
        tell(&mut process, &told.to_string())?;
        let mut answer = String::new();
        if let Some(stdout) = &mut process.stdout {
            BufReader::new(stdout).read_line(&mut answer)?;
        }
        if answer.trim_end() == "ready" {
            Ok(process)
        } else {
            Err("a worker is not ready".into())
        }
    }
}

/// Alembic's directory: `env.py`, and a revision for each of `files`.
fn scripts(files: &Files) -> Result<TempDir, Failure> {
    let directory = tempfile::tempdir()?;
    let versions = directory.path().join("versions");
    fs::create_dir(&versions)?;
    fs::write(
        directory.path().join("env.py"),
        include_str!("../../alembic/env.py"),
    )?;
    let mut before = "None".to_owned();
    for (version, name) in &files.names {
        // JSON's strings are Python's.
        let sql = json!(fs::read_to_string(files.migrations().join(name))?);
        let revision = format!(
            "from alembic import op\n\nrevision = \"{version}\"\ndown_revision = {before}\n\n\n\
             def upgrade():\n    op.execute({sql})\n"
        );
        fs::write(versions.join(format!("{version}.py")), revision)?;
        before = format!("\"{version}\"");
    }
    Ok(directory)
}

fn tell(process: &mut Child, line: &str) -> Result<(), Failure> {
    if let Some(stdin) = &mut process.stdin {
        stdin.write_all(format!("{line}\n").as_bytes())?;
    }
    Ok(())
}

fn succeed(command: &mut Command) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run {program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.trim_end().lines().next_back().unwrap_or_default();
    Err(format!("{program} ended with {}: {last}", output.status).into())
}
