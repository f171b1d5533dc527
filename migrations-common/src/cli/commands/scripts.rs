//! `migrate --sql`: a file for psql for each target, or with `--template` for each track.

use std::fs;
use std::path::{Path, PathBuf};

use crate::app::{App, Series};
use crate::cli::reporter::Written;
use crate::cli::targets::{self, Asked, Scripts};
use crate::offline;
use crate::plan::Request;
use crate::problem::{Problem, Problems};
use crate::target::Scope;

/// What was written, and what is worth a word.
pub(super) struct Outcome {
    pub(super) written: Vec<Written>,
    pub(super) warnings: Vec<Problem>,
}

/// Writes the scripts of `apps` into `directory`. All of them are made before the first is written, and made again in their
/// turn: those of ten thousand tenants together are hundreds of megabytes.
pub(super) fn write(
    asked: Asked<'_>,
    apps: &[&App],
    template: bool,
    request: Request,
    directory: &Path,
) -> Result<Outcome, Problems> {
    let (all, warnings) = targets::scripts(asked, apps, template)?;
    let known = asked.runtime.series();
    let script = |scope: &Scope| offline::script(scope, request, &known).map_err(Problems);
    let mut problems = Problems::default();
    for scripts in &all {
        // What is wrong with a file is wrong with it for each tenant.
        let mut scripts = scripts.scopes.iter().map(script);
        problems.take(scripts.try_for_each(|script| script.map(drop)));
    }
    problems.or_ok(())?;
    fs::create_dir_all(directory).map_err(|error| unwritable(directory, &error))?;
    let mut written = Vec::new();
    for scripts in &all {
        let mut files = Vec::new();
        for scope in &scripts.scopes {
            let path = path(directory, scripts, scope);
            fs::write(&path, script(scope)?).map_err(|error| unwritable(&path, &error))?;
            files.push(path.display().to_string());
        }
        written.push(Written {
            of: series_name(&scripts.series),
            into: directory.display().to_string(),
            files,
        });
    }
    Ok(Outcome { written, warnings })
}

/// `app1.core.sql`, `app3.workspaces.global.sql`, `app3.workspaces.tenant.acme.sql`.
fn path(directory: &Path, scripts: &Scripts, scope: &Scope) -> PathBuf {
    let series = &scripts.series;
    let mut parts = vec![series.app.clone(), series.config.name.clone()];
    parts.extend(series.track.map(|track| track.word().to_owned()));
    if !scripts.is_template {
        parts.extend(scope.tenant.as_deref().map(file_name));
    }
    directory.join(format!("{}.sql", parts.join(".")))
}

/// `app3 workspaces (tenant)`.
fn series_name(series: &Series) -> String {
    let track = series.track.map(|track| format!(" ({})", track.word()));
    let track = track.unwrap_or_default();
    format!("{} {}{track}", series.app, series.config.name)
}

/// `name` as a part of a file's name: no two names have the same, also where a file system does not tell upper from lower
/// case, or two forms of a letter.
fn file_name(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(byte).collect()
}

fn unwritable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::failed(
        "unwritable",
        format!("cannot write {}: {error}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_file_name_of_its_own() {
        for (name, expected) in [
            ("acme", "acme"),
            ("acme-2_x.y", "acme-2_x.y"),
            ("Acme", "%41cme"),
            ("o'hara & söhne", "o%27hara%20%26%20s%C3%B6hne"),
            ("../x", "..%2Fx"),
            ("100%", "100%25"),
            ("%41cme", "%2541cme"),
        ] {
            assert_eq!(file_name(name), expected);
        }
    }
}
