//! A workspace in a repository of its own, and what is new there as lines of text.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::git::Git;
use crate::new_migrations::{NewMigrations, Origin, Request, find};
use crate::workspace::Workspace;
use migrations_common::Problems;

/// A repository, or a clone of one; its workspace may lie below.
pub(super) struct Repository {
    _directory: TempDir,
    /// Where its working tree is.
    pub(super) root: PathBuf,
    /// Where its workspace is.
    pub(super) workspace: PathBuf,
}

impl Repository {
    /// The workspace with `app1` and `app2`, each with a V1, committed on `main` of a repository without a remote.
    pub(super) fn new() -> Self {
        Self::below("")
    }

    /// The same, with the workspace in a directory of the repository.
    pub(super) fn below(below: &str) -> Self {
        let repository = Self::empty(below);
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository.commit("the workspace");
        repository
    }

    /// The same workspace in no repository.
    pub(super) fn empty(below: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("repository");
        let workspace = root.join(below);
        let repository = Repository {
            _directory: directory,
            root,
            workspace,
        };
        repository.write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"apps/*\"]\n",
        );
        repository.write(".gitignore", "target/\n*.draft.sql\nV9*\n");
        for app in ["app1", "app2"] {
            repository.app(&format!("apps/{app}"), app);
            repository.migration(app, "V1__first");
        }
        repository
    }

    /// A clone of `self`, with `arguments` for `git clone`.
    pub(super) fn clone(&self, arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("clone");
        let from = format!("file://{}", self.root.display());
        let to = root.display().to_string();
        let all = [&["clone", "--quiet"], arguments, &["--", &from, &to]].concat();
        git(directory.path(), &all);
        let workspace = root.join(self.workspace.strip_prefix(&self.root).unwrap());
        Repository {
            _directory: directory,
            root,
            workspace,
        }
    }

    /// A workspace elsewhere in the same temporary life as `self`.
    pub(super) fn at(root: &Path) -> Self {
        Repository {
            _directory: tempfile::tempdir().unwrap(),
            root: root.to_owned(),
            workspace: root.to_owned(),
        }
    }

    pub(super) fn git(&self, arguments: &[&str]) -> String {
        git(&self.root, arguments)
    }

    /// Writes a file of the workspace.
    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.workspace.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Makes the app `name` in the directory `path`.
    pub(super) fn app(&self, path: &str, name: &str) {
        self.write(
            &format!("{path}/Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        );
        self.write(&format!("{path}/src/lib.rs"), "");
        self.write(&format!("{path}/migrations.toml"), "[databases.core]\n");
        fs::create_dir_all(self.workspace.join(path).join("migrations/core")).unwrap();
    }

    /// Writes a migration of `apps/<app>`; its text says its name.
    pub(super) fn migration(&self, app: &str, name: &str) {
        self.write(
            &format!("apps/{app}/migrations/core/{name}.sql"),
            &format!("create table {} ();\n", name.to_lowercase()),
        );
    }

    /// Commits everything that is not ignored.
    pub(super) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
    }

    /// A new branch `name` at `from`, checked out.
    pub(super) fn branch(&self, name: &str, from: &str) {
        self.git(&["checkout", "--quiet", "--no-track", "-b", name, from]);
    }

    pub(super) fn checkout(&self, what: &str) {
        self.git(&["checkout", "--quiet", what]);
    }

    /// One commit on a new branch `branch` at `from`: one migration.
    pub(super) fn branch_with(&self, branch: &str, from: &str, app: &str, migration: &str) {
        self.branch(branch, from);
        self.migration(app, migration);
        self.commit(migration);
    }

    pub(super) fn workspace(&self) -> Workspace {
        Workspace::discover(Some(&self.workspace.join("Cargo.toml"))).unwrap()
    }

    pub(super) fn open(&self) -> Git {
        Git::open(&self.workspace).unwrap().unwrap()
    }

    pub(super) fn find(&self, request: &Request) -> Result<NewMigrations, Problems> {
        find(&self.workspace(), request)
    }

    /// Asserts what is new, each as `<origin> <series> <migrations>`, and that nothing is to be warned of.
    #[track_caller]
    pub(super) fn check(&self, request: &Request, expected: &[&str]) -> NewMigrations {
        let found = self.find(request).unwrap();
        assert_eq!(lines(&found), expected);
        let warnings: Vec<&str> = found
            .warnings
            .iter()
            .map(|one| one.message.as_str())
            .collect();
        assert_eq!(warnings, [""; 0]);
        found
    }

    /// What is new and the warnings, each as `code: message`.
    pub(super) fn warned(&self, request: &Request) -> (Vec<String>, Vec<String>) {
        let found = self.find(request).unwrap();
        let warnings = found.warnings.iter();
        let warnings = warnings.map(|one| format!("{}: {}", one.code, one.message));
        (lines(&found), warnings.collect())
    }

    /// What is wrong, each as `code: message` with its helps, one a line.
    pub(super) fn refused(&self, request: &Request) -> String {
        let problems = self.find(request).unwrap_err().0;
        let lines = problems.iter().flat_map(|one| {
            let helps = one.helps.iter().map(|help| format!("help: {help}"));
            std::iter::once(format!("{}: {}", one.code, one.message)).chain(helps)
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

pub(super) fn base(name: &str) -> Request {
    Request {
        base: Some(name.to_owned()),
        ..Request::default()
    }
}

pub(super) fn against(base: &str, refs: &[&str]) -> Request {
    Request {
        base: Some(base.to_owned()),
        against: refs.iter().map(|name| (*name).to_owned()).collect(),
        against_untrusted: Vec::new(),
    }
}

fn lines(found: &NewMigrations) -> Vec<String> {
    let line = |one: &crate::new_migrations::NewSeries| {
        let origin = match one.origin {
            Origin::Here => "here".to_owned(),
            Origin::Base => "base".to_owned(),
            Origin::Ref(index) => found.refs[index].name.clone(),
        };
        for migration in &one.new {
            assert!(!migration.source.text.is_empty(), "the text is loaded");
        }
        let labels: Vec<String> = one.new.iter().map(|migration| migration.label()).collect();
        format!("{origin} {} {}", one.series.label(), labels.join(" "))
    };
    found.series.iter().map(line).collect()
}

/// git without what the machine or the person has configured.
fn git(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    let output = command
        .args([
            "-c",
            "user.name=Somebody",
            "-c",
            "user.email=somebody@example.org",
        ])
        .args([
            "-c",
            "commit.gpgSign=false",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
