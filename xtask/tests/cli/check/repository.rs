//! A workspace of two apps that share a table, in a repository of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Run, xtask};

/// `app1` owns `users` and `app2` has `orders`, both in the shared database `core`; committed on `main`.
pub(crate) struct Repository {
    directory: TempDir,
    /// Where the server of `--prove` and of `dev` keeps its data.
    target: Option<PathBuf>,
}

/// `users`, as `shared-models/core/users.sql` has it below its header.
pub(crate) const USERS: &str = "create table users (id bigint primary key, name text);\n";

impl Repository {
    /// With one commit, and a branch `work` checked out for what is new.
    pub(crate) fn new() -> Self {
        let repository = Self::without_git();
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository.commit("the workspace");
        repository.branch("work", "main");
        repository
    }

    /// The same files in no repository.
    pub(crate) fn without_git() -> Self {
        let repository = Repository {
            directory: tempfile::tempdir().expect("made"),
            target: None,
        };
        repository.write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"apps/*\"]\n",
        );
        repository.write(".gitignore", "target/\nCargo.lock\n");
        repository.app("app1", "[databases.core]\nshared = \"core\"\n");
        repository.app("app2", "[databases.core]\nshared = \"core\"\n");
        repository.migration("app1", "V1__users", USERS);
        repository.migration(
            "app2",
            "V1__orders",
            "create table orders (id bigint primary key, total int);\n",
        );
        repository.model("users", "-- owner: app1\n", USERS);
        repository
    }

    /// Lets the server's data lie in `directory`, where other repositories have theirs.
    pub(crate) fn with_server_in(mut self, directory: &Path) -> Self {
        self.target = Some(directory.to_owned());
        self
    }

    pub(crate) fn app(&self, name: &str, config: &str) {
        let manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        self.write(&format!("apps/{name}/Cargo.toml"), &manifest);
        self.write(&format!("apps/{name}/src/lib.rs"), "");
        self.write(&format!("apps/{name}/migrations.toml"), config);
        std::fs::create_dir_all(self.path(&format!("apps/{name}/migrations/core"))).expect("made");
    }

    pub(crate) fn migration(&self, app: &str, name: &str, text: &str) {
        self.write(&format!("apps/{app}/migrations/core/{name}.sql"), text);
    }

    /// The file of a shared table: its header, then what it defines.
    pub(crate) fn model(&self, table: &str, header: &str, definition: &str) {
        let text = format!("{header}\n{definition}");
        self.write(&format!("shared-models/core/{table}.sql"), &text);
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().expect("below the workspace")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).expect("read")
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.directory.path().join(file)
    }

    pub(crate) fn root(&self) -> &Path {
        self.directory.path()
    }

    /// Commits everything.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
    }

    /// A new branch `name` at `from`, checked out.
    pub(crate) fn branch(&self, name: &str, from: &str) {
        self.git(&["checkout", "--quiet", "--no-track", "-b", name, from]);
    }

    pub(crate) fn checkout(&self, what: &str) {
        self.git(&["checkout", "--quiet", what]);
    }

    /// A branch `name` at `from` with one commit: one migration.
    pub(crate) fn branch_with(&self, name: &str, from: &str, app: &str, file: &str, text: &str) {
        self.branch(name, from);
        self.migration(app, file, text);
        self.commit(file);
    }

    /// git without what the machine or the person has configured.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        hide_git(&mut command);
        let output = (command.current_dir(self.directory.path()))
            .args(["-c", "user.name=Somebody"])
            .args(["-c", "user.email=somebody@example.org"])
            .args(["-c", "commit.gpgSign=false"])
            .args(arguments)
            .output()
            .expect("git runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {said}");
        String::from_utf8(output.stdout)
            .expect("UTF-8")
            .trim()
            .to_owned()
    }

    /// The program, not started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = xtask();
        hide_git(&mut command);
        if let Some(target) = &self.target {
            command.env("CARGO_TARGET_DIR", target);
        }
        command.current_dir(self.directory.path()).args(arguments);
        command
    }

    /// Runs the program with the workspace itself as the target directory.
    pub(crate) fn in_own_target(&self, arguments: &[&str]) -> Run {
        let mut command = self.command(arguments);
        command.env("CARGO_TARGET_DIR", self.root());
        Run::of(&command.output().expect("runs"))
    }

    /// Runs `check` with `arguments`.
    pub(crate) fn check(&self, arguments: &[&str]) -> Run {
        let mut command = self.command(&["check"]);
        Run::of(&command.args(arguments).output().expect("runs"))
    }

    /// Runs `check --base main` with `arguments`.
    pub(crate) fn check_on_main(&self, arguments: &[&str]) -> Run {
        self.check(&[&["--base", "main"], arguments].concat())
    }

    /// The findings of `check --base main` with `arguments`, each as `severity code table verdict`.
    pub(crate) fn found(&self, arguments: &[&str]) -> Vec<String> {
        found(&self.check_on_main(&[&["--format", "json"], arguments].concat()))
    }
}

/// The findings of a run with `--format json`, each as `severity code table verdict`; what a finding has not is left out.
#[track_caller]
pub(crate) fn found(run: &Run) -> Vec<String> {
    let document = run.json();
    let findings = document["findings"].as_array().expect("a list").clone();
    let fails = findings.iter().any(|one| one["severity"] == "error");
    assert_eq!(run.code, if fails { 3 } else { 0 }, "{run:?}");
    findings.iter().map(line).collect()
}

fn line(finding: &Value) -> String {
    let words = ["severity", "code", "table", "verdict"];
    let words = words.iter().filter_map(|key| finding[key].as_str());
    words.collect::<Vec<_>>().join(" ")
}

/// What a hook of a repository sets would lead git to that repository.
fn hide_git(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null");
}
