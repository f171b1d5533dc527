//! The migrations that every candidate runs: a usual history of twenty files, and one more.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::Failure;

/// Two directories of an app that has the same history: as it was, and with one more migration.
pub(crate) struct Workload {
    _directory: TempDir,
    /// The history.
    pub(crate) head: Files,
    /// The same and one more.
    pub(crate) next: Files,
}

/// An app's directory.
pub(crate) struct Files {
    /// Where its `migrations.toml` is.
    pub(crate) app: PathBuf,
    /// Versions and names of its files, in order.
    pub(crate) names: Vec<(i64, String)>,
}

const CONFIG: &str = "[databases.core]\nlayout = \"schema-per-tenant\"\n";

/// What takes the one more back, in SQL.
pub(crate) const TAKES_NEWEST_BACK: &str = "alter table orders drop column channel";

impl Workload {
    /// Copies the files from beside this benchmark.
    pub(crate) fn load() -> Result<Self, Failure> {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches");
        let (old, new) = (benches.join("workload"), benches.join("one-more"));
        let directory = tempfile::tempdir()?;
        Ok(Workload {
            head: Files::copy(&[&old], &directory.path().join("head"))?,
            next: Files::copy(&[&old, &new], &directory.path().join("next"))?,
            _directory: directory,
        })
    }
}

impl Files {
    /// The files that are in the directory of `app`.
    pub(crate) fn of(app: &Path) -> Result<Self, Failure> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(migrations(app))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let version = name
                .strip_prefix('V')
                .and_then(|rest| rest.split_once("__"))
                .ok_or_else(|| format!("{name} is no migration"))?;
            names.push((version.0.parse()?, name));
        }
        names.sort();
        Ok(Files {
            app: app.to_owned(),
            names,
        })
    }

    fn copy(from: &[&Path], app: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(migrations(app))?;
        std::fs::write(app.join("migrations.toml"), CONFIG)?;
        for directory in from {
            for entry in std::fs::read_dir(directory)? {
                let name = entry?.file_name();
                std::fs::copy(directory.join(&name), migrations(app).join(&name))?;
            }
        }
        Files::of(app)
    }

    /// The directory of the SQL files.
    pub(crate) fn migrations(&self) -> PathBuf {
        migrations(&self.app)
    }

    /// How many migrations there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The version of the newest.
    pub(crate) fn newest(&self) -> i64 {
        self.names.last().map_or(0, |(version, _)| *version)
    }
}

fn migrations(app: &Path) -> PathBuf {
    app.join("migrations/core")
}
