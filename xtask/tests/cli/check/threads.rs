//! What `check` says does not depend on how many threads read the files.

use super::repository::Repository;
use crate::support::Run;

/// Eight apps, each with files that name the shared table; three of them change it.
fn with_many_apps() -> Repository {
    let repository = Repository::new();
    repository.checkout("main");
    for app in 3..=8 {
        let name = format!("app{app}");
        repository.app(&name, "[databases.core]\nshared = \"core\"\n");
        for version in 1..=9 {
            let text = format!(
                "create table {name}_{version} (id bigint primary key, user_id bigint references users (id));\n\
                 create index {name}_{version}_idx on {name}_{version} (user_id);\n"
            );
            repository.migration(&name, &format!("V{version}__table"), &text);
        }
    }
    repository.commit("many apps");
    repository.branch("many", "main");
    for (app, change) in [
        (
            "app3",
            "alter table users rename column name to full_name;\n",
        ),
        ("app4", "create index users_name_idx on users (name);\n"),
        (
            "app5",
            "drop index app6_2_idx;\nalter table users alter column name type varchar(80);\n",
        ),
    ] {
        repository.migration(app, "V10__change", change);
    }
    repository
}

#[test]
fn one_thread_or_several_say_the_same() {
    let repository = with_many_apps();
    for arguments in [
        ["check", "--base", "main"].as_slice(),
        &["check"],
        &["check", "--format", "json"],
    ] {
        let run = |threads: &str| {
            let mut command = repository.command(arguments);
            command.env("RAYON_NUM_THREADS", threads);
            Run::of(&command.output().expect("runs")).expect(3)
        };
        let one = run("1");
        assert!(one.stdout.contains("app6"), "{}", one.stdout);
        assert!(one.stdout.contains("users"), "{}", one.stdout);
        for threads in ["2", "7"] {
            let several = run(threads);
            assert_eq!(several.stdout, one.stdout);
            assert_eq!(several.stderr, one.stderr);
        }
    }
}
