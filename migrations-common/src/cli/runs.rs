//! Run files: what became of each target of a run, kept when its lines have left the screen.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::report::json::{self, Run};
use crate::problem::{Kind, Problem};
use crate::report::Report;

/// Files that are kept; older ones go.
const KEPT: usize = 100;

/// Runs of one second that get a name.
const MOST_OF_A_SECOND: u32 = 1_000;

const EXTENSION: &str = ".json";

/// Writes `report` as `<directory>/2026-11-22T15-04-05Z.json` and returns the path: the document of `--format json`,
/// with `command`, `started` and `exit_code`.
///
/// `command` is what was typed, word by word, without a secret. A reader never finds half a file. Of all run files
/// in `directory` the newest hundred stay; nothing else is touched.
///
/// # Errors
/// `unwritable-run-file`: a warning, for the run itself is over.
pub fn write(
    directory: &Path,
    command: &[String],
    started: SystemTime,
    report: &Report,
) -> Result<PathBuf, Problem> {
    let unwritable = |error: io::Error| {
        Problem::new(
            Kind::Failed,
            "unwritable-run-file",
            format!("cannot write a run file in {}: {error}", directory.display()),
        )
        .help("make room there, or make it writable; the run itself is over, and its report is complete")
    };
    let started = moment(started);
    let words = started.format(&Rfc3339).unwrap_or_default();
    let run = Run {
        command,
        started: &words,
    };
    fs::create_dir_all(directory).map_err(unwritable)?;
    let draft = Draft::of(directory, &stamp(started)).map_err(unwritable)?;
    let path = draft
        .finish(|out| json::run_file(out, &run, report))
        .map_err(unwritable)?;
    forget_old(directory);
    Ok(path)
}

/// A file under a temporary name. Who made it is the only one to take the final name.
struct Draft {
    temporary: PathBuf,
    path: PathBuf,
    file: File,
}

impl Draft {
    /// One for the first free name of `stamp`, `stamp-2` and so on.
    fn of(directory: &Path, stamp: &str) -> io::Result<Self> {
        for number in 1..=MOST_OF_A_SECOND {
            let name = match number {
                1 => format!("{stamp}{EXTENSION}"),
                _ => format!("{stamp}-{number}{EXTENSION}"),
            };
            let path = directory.join(&name);
            let temporary = directory.join(format!("{name}.part"));
            if path.try_exists()? {
                continue;
            }
            let file = match OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&temporary)
            {
                Ok(file) => file,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            };
            let draft = Draft {
                temporary,
                path,
                file,
            };
            // Another run may have finished its file since the first look.
            if draft.path.try_exists()? {
                draft.discard();
                continue;
            }
            return Ok(draft);
        }
        Err(io::Error::new(
            ErrorKind::AlreadyExists,
            format!("{MOST_OF_A_SECOND} runs began at {stamp}"),
        ))
    }

    fn finish(self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<PathBuf> {
        let mut out = BufWriter::new(&self.file);
        let written = write(&mut out).and_then(|()| out.flush());
        drop(out);
        match written.and_then(|()| fs::rename(&self.temporary, &self.path)) {
            Ok(()) => Ok(self.path),
            Err(error) => {
                self.discard();
                Err(error)
            }
        }
    }

    fn discard(&self) {
        let _ = fs::remove_file(&self.temporary);
    }
}

/// `time` in UTC, to the second.
fn moment(time: SystemTime) -> OffsetDateTime {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok());
    seconds
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `2026-11-22T15-04-05Z`: a colon is no part of a file's name everywhere.
fn stamp(time: OffsetDateTime) -> String {
    format!(
        "{:04}-{:02}-{:02}T{:02}-{:02}-{:02}Z",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// Removes all but the newest run files; what cannot be removed is left for the next run.
fn forget_old(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    let mut runs: Vec<((String, u32), PathBuf)> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| Some((age(entry.file_name().to_str()?)?, entry.path())))
        .collect();
    runs.sort_unstable();
    let old = runs.len().saturating_sub(KEPT);
    for (_, path) in runs.into_iter().take(old) {
        let _ = fs::remove_file(path);
    }
}

/// What sorts a run file's name by age; `None` for any other name.
fn age(name: &str) -> Option<(String, u32)> {
    let name = name.strip_suffix(EXTENSION)?;
    let (stamp, rest) = name.split_at_checked("2026-11-22T15-04-05Z".len())?;
    let fits = stamp
        .bytes()
        .zip(*b"dddd-dd-ddTdd-dd-ddZ")
        .all(|(byte, form)| match form {
            b'd' => byte.is_ascii_digit(),
            literal => byte == literal,
        });
    let number = match rest.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
        None if rest.is_empty() => 1,
        _ => return None,
    };
    fits.then(|| (stamp.to_owned(), number))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::Value;

    use super::*;

    const STARTED: u64 = 1_795_359_845;

    fn write_into(directory: &Path) -> PathBuf {
        let command = ["cargo", "xtask", "migrate"].map(str::to_owned);
        let started = UNIX_EPOCH + Duration::from_millis(STARTED * 1_000 + 900);
        write(directory, &command, started, &Report::default()).expect("writable")
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("readable");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("readable").file_name())
            .map(|name| name.into_string().expect("UTF-8"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_run_file_says_what_was_run_when_and_how_it_ended() {
        let directory = tempfile::tempdir().expect("a directory");
        let runs = directory.path().join("migrations/runs");
        let path = write_into(&runs);
        assert_eq!(path, runs.join("2026-11-22T15-04-05Z.json"));
        let document: Value =
            serde_json::from_slice(&fs::read(path).expect("there")).expect("JSON");
        let expected = serde_json::json!({
            "schema_version": 1,
            "command": ["cargo", "xtask", "migrate"],
            "started": "2026-11-22T15:04:05Z",
            "exit_code": 0,
            "targets": [],
            "unresolved": [],
            "elapsed_ms": 0,
        });
        assert_eq!(document, expected);
    }

    #[test]
    fn runs_of_one_second_have_files_of_their_own() {
        let directory = tempfile::tempdir().expect("a directory");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| write_into(directory.path()));
            }
        });
        let found = names(directory.path());
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found.contains(&"2026-11-22T15-04-05Z.json".to_owned()));
        assert!(found.iter().all(|name| age(name).is_some()), "{found:?}");
    }

    #[test]
    fn old_runs_go_and_nothing_else() {
        let directory = tempfile::tempdir().expect("a directory");
        let others = [
            "2026-01-01T00-00-00Z.json.part",
            "2026-01-01T00-00-00Z.txt",
            "2026-01-01T00-00-00Z-x.json",
            "2026-01-01T00:00:00Z.json",
            "notes.json",
        ];
        for name in others {
            fs::write(directory.path().join(name), "").expect("writable");
        }
        fs::create_dir(directory.path().join("2025-01-01T00-00-00Z.json")).expect("writable");
        for number in 2..=12 {
            let name = format!("2026-01-02T00-00-00Z-{number}.json");
            fs::write(directory.path().join(name), "").expect("writable");
        }
        for second in 0..98 {
            let name = format!("2026-02-01T00-{:02}-{:02}Z.json", second / 60, second % 60);
            fs::write(directory.path().join(name), "").expect("writable");
        }
        write_into(directory.path());
        let found = names(directory.path());
        for kept in others.into_iter().chain([
            "2025-01-01T00-00-00Z.json",
            "2026-11-22T15-04-05Z.json",
            "2026-01-02T00-00-00Z-12.json",
            "2026-02-01T00-00-00Z.json",
        ]) {
            assert!(found.iter().any(|name| name == kept), "{kept} in {found:?}");
        }
        assert!(!found.contains(&"2026-01-02T00-00-00Z-11.json".to_owned()));
        assert_eq!(found.len(), KEPT + others.len() + 1);
    }

    #[test]
    fn where_nothing_can_be_written_the_place_is_named() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("file");
        fs::write(&file, "").expect("writable");
        let problem = write(&file, &[], UNIX_EPOCH, &Report::default()).expect_err("no directory");
        assert_eq!(problem.code, "unwritable-run-file");
        assert!(problem.message.contains(&file.display().to_string()));
    }
}
