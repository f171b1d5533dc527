//! Workspaces made from a few lines, and the program run on them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use migrations_common::testing::TestDatabase;
use postgres::{Client, NoTls};
use tempfile::TempDir;

/// A cargo workspace in a temporary directory, and a database that its `core` databases live in.
pub(crate) struct Workspace {
    pub(crate) directory: TempDir,
    pub(crate) database: TestDatabase,
    /// Where [`Workspace::client`] leads.
    pub(crate) url: String,
    variables: BTreeMap<String, String>,
}

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workspace {
    /// A workspace without members. `CORE_URL` leads to a database of its own.
    pub(crate) fn new() -> Self {
        let database = TestDatabase::create().expect("a server");
        let directory = tempfile::tempdir().expect("made");
        let variables = BTreeMap::from([("CORE_URL".to_owned(), database.url())]);
        let workspace = Workspace {
            directory,
            url: database.url(),
            database,
            variables,
        };
        workspace.write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"services/*\"]\n",
        );
        std::fs::create_dir_all(workspace.path("services")).expect("made");
        workspace
    }

    /// Adds an app with the database `core`, which lives where `CORE_URL` says in the environment `test`.
    pub(crate) fn app(self, name: &str, config: &str, files: &[(&str, &str)]) -> Self {
        let config = format!(
            "[databases.core]\nshared = \"core\"\n{config}\n[environments.test]\ncore = {{ url = \"${{CORE_URL}}\" }}\n"
        );
        self.member(name);
        self.write(&format!("services/{name}/migrations.toml"), &config);
        std::fs::create_dir_all(self.path(&format!("services/{name}/migrations/core")))
            .expect("made");
        for (file, text) in files {
            self.migration(name, file, text);
        }
        self
    }

    /// Adds a crate that is no app.
    pub(crate) fn member(&self, name: &str) {
        let manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        self.write(&format!("services/{name}/Cargo.toml"), &manifest);
        self.write(&format!("services/{name}/src/lib.rs"), "");
    }

    pub(crate) fn migration(&self, app: &str, file: &str, text: &str) {
        self.write(&format!("services/{app}/migrations/core/{file}"), text);
    }

    pub(crate) fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().expect("below the workspace")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.directory.path().join(file)
    }

    /// Sets a variable for the runs that follow.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// The program on this workspace, not started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = xtask();
        command
            .arg("--manifest-path")
            .arg(self.path("Cargo.toml"))
            .args(arguments)
            .envs(&self.variables);
        command.current_dir(self.directory.path());
        command
    }

    /// Runs the program in the environment `test`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(
            &self
                .command(arguments)
                .args(["--env", "test"])
                .output()
                .expect("runs"),
        )
    }

    /// Starts the program in the environment `test`, its output kept for [`Run::end`].
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command
            .args(["--env", "test"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("starts")
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(&self.url, NoTls).expect("connects")
    }

    /// The one value that `query` gives, as text.
    pub(crate) fn value(&self, query: &str) -> String {
        let row = self
            .client()
            .query_one(&format!("select ({query})::text"), &[])
            .expect("answers");
        row.get::<_, Option<String>>(0)
            .unwrap_or_else(|| "NULL".to_owned())
    }

    /// Waits until `condition` holds.
    #[track_caller]
    pub(crate) fn wait_until(&self, condition: &str) {
        for _ in 0..2400 {
            if self.value(&format!("select {condition}")) == "true" {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        panic!("never: {condition}");
    }

    /// `1,2,3`: what the history of `app` records.
    pub(crate) fn recorded(&self, app: &str) -> String {
        self.value(&format!(
            "select string_agg(version::text, ',' order by version) from {app}_core_schema_history"
        ))
    }
}

impl Run {
    pub(crate) fn of(output: &Output) -> Self {
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout.clone()).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr.clone()).expect("UTF-8"),
        }
    }

    /// What a process that was started came to.
    pub(crate) fn end(child: Child) -> Self {
        Run::of(&child.wait_with_output().expect("ends"))
    }

    /// The document on stdout; fails if anything else is there.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {self:?}"))
    }

    /// Fails unless the run ended with `code`.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Fails unless stderr has each of `pieces`.
    #[track_caller]
    pub(crate) fn says(self, pieces: &[&str]) -> Self {
        for piece in pieces {
            assert!(
                self.stderr.contains(piece),
                "no `{piece}` in:\n{}",
                self.stderr
            );
        }
        self
    }
}

/// The built program, without variables that would change where it looks.
pub(crate) fn xtask() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") || name == "CARGO_TARGET_DIR" {
            command.env_remove(name);
        }
    }
    command.env("NO_COLOR", "1");
    command
}

/// This repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("below the workspace")
}
