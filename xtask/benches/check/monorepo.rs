//! The monorepo that is checked: apps, migrations, shared tables, a base and a branch.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::sql;

/// The crate that does nothing, to see what cargo needs for itself.
pub(crate) const EMPTY: &str = "empty";

/// How many migrations the branch has, and how many apps they are in.
const NEW: usize = 10;
const NEW_APPS: usize = 3;

/// What was written.
pub(crate) struct Monorepo {
    /// Its root.
    pub(crate) directory: PathBuf,
    /// How many migrations there are.
    pub(crate) files: usize,
    /// How long they are together.
    pub(crate) bytes: u64,
}

impl Monorepo {
    /// Writes `apps` apps with `migrations` migrations each, the same ones every time.
    pub(crate) fn at(directory: &Path, apps: usize, migrations: usize) -> Result<Self, Failure> {
        let mut monorepo = Monorepo {
            directory: directory.to_owned(),
            files: 0,
            bytes: 0,
        };
        monorepo.workspace(apps)?;
        for app in 0..apps {
            for version in 1..=migrations {
                monorepo.migration(app, version, &sql::migration(app, version))?;
            }
        }
        monorepo.git(&["init", "--quiet", "--initial-branch=main"])?;
        monorepo.git(&["add", "--all"])?;
        monorepo.commit("base")?;
        monorepo.git(&["checkout", "--quiet", "-b", "work"])?;
        for new in 0..NEW {
            let version = migrations + 1 + new / NEW_APPS;
            monorepo.migration(new % NEW_APPS, version, &sql::new(new % NEW_APPS, new))?;
        }
        monorepo.git(&["add", "--all"])?;
        monorepo.commit("work")?;
        Ok(monorepo)
    }

    fn workspace(&self, apps: usize) -> Result<(), Failure> {
        self.write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"apps/*\", \"empty\"]\n",
        )?;
        self.write(".gitignore", "/target\n")?;
        self.package(EMPTY, EMPTY)?;
        self.write(&format!("{EMPTY}/src/main.rs"), "fn main() {}\n")?;
        for app in 0..apps {
            let path = app_path(app);
            self.package(&path, &sql::app_name(app))?;
            self.write(&format!("{path}/src/lib.rs"), "")?;
            self.write(
                &format!("{path}/migrations.toml"),
                "[databases.core]\nshared = \"core\"\n",
            )?;
        }
        for (table, text) in sql::shared_tables() {
            self.write(&format!("shared-models/core/{table}.sql"), &text)?;
        }
        Ok(())
    }

    fn package(&self, path: &str, name: &str) -> Result<(), Failure> {
        let manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        self.write(&format!("{path}/Cargo.toml"), &manifest)
    }

    fn migration(&mut self, app: usize, version: usize, text: &str) -> Result<(), Failure> {
        self.files += 1;
        self.bytes += u64::try_from(text.len())?;
        let path = format!(
            "{}/migrations/core/V{version}__{}.sql",
            app_path(app),
            sql::name(version)
        );
        self.write(&path, text)
    }

    fn write(&self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.directory.join(path);
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        Ok(fs::write(path, text)?)
    }

    fn commit(&self, message: &str) -> Result<(), Failure> {
        let who = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"];
        let commit = ["commit", "--quiet", "--message", message];
        self.git(&[who.as_slice(), &commit].concat())
    }

    fn git(&self, arguments: &[&str]) -> Result<(), Failure> {
        let status = Command::new("git")
            .arg("-C")
            .arg(&self.directory)
            .args(arguments)
            .status()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("git {arguments:?} ended with {status}").into())
        }
    }
}

fn app_path(app: usize) -> String {
    format!("apps/{}", sql::app_name(app))
}
