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
    names: Vec<String>,
}

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
    fn copy(from: &[&Path], app: &Path) -> Result<Self, Failure> {
        let mut files = Files {
            app: app.to_owned(),
            names: Vec::new(),
        };
        std::fs::create_dir_all(files.migrations())?;
        std::fs::write(app.join("migrations.toml"), "[databases.core]\n")?;
        for directory in from {
            for entry in std::fs::read_dir(directory)? {
                let name = entry?.file_name().to_string_lossy().into_owned();
                std::fs::copy(directory.join(&name), files.migrations().join(&name))?;
                files.names.push(name);
            }
        }
        Ok(files)
    }

    /// The directory of the SQL files.
    pub(crate) fn migrations(&self) -> PathBuf {
        self.app.join("migrations/core")
    }

    /// How many migrations there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}
