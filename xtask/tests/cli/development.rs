//! `dev`: the embedded server of a workspace, from nothing to reset.

use std::process::{Command, Stdio};

use crate::support::{Run, Workspace};

struct Stopped<'w>(&'w Workspace);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        let _ = self.0.command(&["postgres", "stop"]).output();
    }
}

fn run(workspace: &Workspace, arguments: &[&str]) -> Run {
    Run::of(&workspace.command(arguments).output().expect("runs"))
}

#[test]
fn from_nothing_to_a_migrated_database_and_back() {
    let workspace = Workspace::new()
        .app("shop", "", &[("V1__a.sql", "create table a (id int);")])
        .app(
            "billing",
            "",
            &[(
                "V1__b.sql",
                "-- migration: requires shop/core/V1\ncreate table b (id int);",
            )],
        );
    let _stopped = Stopped(&workspace);
    let status = run(&workspace, &["postgres", "status"]).expect(0);
    assert!(status.stdout.contains("no data"), "{}", status.stdout);

    // Two at once, on a server that neither finds: one is started, and both use it.
    let start = |app: &str| {
        let mut command = workspace.command(&["migrate", app]);
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts")
    };
    let (first, second) = (start("shop"), start("shop"));
    let (first, second) = (Run::end(first).expect(0), Run::end(second).expect(0));
    let both = first.stdout + &first.stderr + &second.stdout + &second.stderr;
    assert!(both.contains("Embedded PostgreSQL"), "{both}");

    run(&workspace, &["migrate", "billing"]).expect(0);
    assert!(
        run(&workspace, &["status"])
            .expect(0)
            .stdout
            .contains("billing core")
    );
    assert!(
        run(&workspace, &["postgres", "status"])
            .expect(0)
            .stdout
            .contains("runs with pid")
    );
    let table = run(
        &workspace,
        &[
            "postgres",
            "psql",
            "billing",
            "--",
            "-XAtc",
            "select to_regclass('b')",
        ],
    )
    .expect(0);
    assert_eq!(table.stdout.trim(), "b", "apps meet in the shared database");
    run(&workspace, &["postgres", "psql", "shpo"])
        .expect(2)
        .says(&["did you mean `shop`?"]);

    assert!(
        run(&workspace, &["postgres", "stop"])
            .expect(0)
            .stdout
            .contains("stopped")
    );
    let again = run(&workspace, &["migrate", "shop"]).expect(0);
    assert!(
        again.stdout.contains("already at head"),
        "data survives a stop: {}",
        again.stdout
    );
    run(&workspace, &["postgres", "reset"]).expect(0);
    let anew = run(&workspace, &["migrate", "shop"]).expect(0);
    assert!(anew.stdout.contains("V1"), "{}", anew.stdout);
}

#[test]
fn without_any_postgresql_the_error_names_what_was_tried() {
    let workspace = Workspace::new().app("shop", "", &[("V1__a.sql", "create table a ();")]);
    // cargo is needed to discover; nothing else is there, not even a directory that packagers use.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = workspace.command(&["migrate", "shop"]);
    command.env_clear().env("CARGO", cargo).env("PATH", "");
    let output = hide_installations(&command).output().expect("runs");
    let run = Run::of(&output).expect(2);
    for tried in [
        "PG_BIN",
        "pg_config",
        "PATH",
        "/usr/lib/postgresql",
        "npm",
        "pip",
        "apt-get install postgresql",
    ] {
        assert!(
            run.stderr.contains(tried),
            "no `{tried}` in:\n{}",
            run.stderr
        );
    }
}

/// The same command in a mount namespace in which the usual places hold no PostgreSQL.
fn hide_installations(command: &Command) -> Command {
    let script = "for d in /usr/lib/postgresql /usr/pgsql-* /usr/local/pgsql; do \
                  [ ! -d \"$d\" ] || /bin/mount -t tmpfs none \"$d\" || exit 99; done; exec \"$@\"";
    let mut hidden = Command::new("/usr/bin/unshare");
    if !rustix::process::geteuid().is_root() {
        hidden.arg("--map-root-user");
    }
    hidden
        .args(["--mount", "/bin/sh", "-c", script, "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    hidden.env_clear();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            hidden.env(name, value);
        }
    }
    if let Some(directory) = command.get_current_dir() {
        hidden.current_dir(directory);
    }
    hidden
}
