//! Tenants' scripts, one each or one for all, give what the online run gives.

use std::path::{Path, PathBuf};

use migrations_common::testing::TestDatabase;
use postgres::{Client, NoTls};

use super::{dump, histories, identifier, psql, psql_refuses};
use crate::support::{Run, repository, xtask};

/// The first and the last are in the pilot of time tracking, which the last migration of the tenants asks for.
const TENANTS: [&str; 5] = [
    "acme",
    r#"a"b'; drop schema public cascade; --"#,
    r"back\slash $$ %1$s :schema",
    "Größe 東京",
    "o'hara & söhne",
];

fn app3(arguments: &[&str], url: &str) {
    let output = xtask()
        .args(["migrate", "app3", "--env", "staging"])
        .args(arguments)
        .env("WORKSPACES_URL", url)
        .env("WORKSPACES_DIRECT_URL", url)
        .current_dir(repository())
        .output();
    Run::of(&output.expect("runs")).expect(0);
}

fn client(place: &TestDatabase) -> Client {
    Client::connect(&place.url(), NoTls).expect("connects")
}

/// What signing up does.
fn sign_up(place: &TestDatabase) {
    let mut client = client(place);
    for tenant in TENANTS {
        client
            .batch_execute(&format!("create schema {}", identifier(tenant)))
            .expect("made");
        client
            .execute(
                "insert into tenants (schema_name, display_name) values ($1, $1)",
                &[&tenant],
            )
            .expect("registered");
    }
}

fn tables() -> Vec<String> {
    let schemas = ["public"].into_iter().chain(TENANTS);
    let table = |schema| format!("{}.app3_workspaces_schema_history", identifier(schema));
    schemas.map(table).collect()
}

/// The files of `directory`, sorted.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("written");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("read").path()).collect();
    files.sort();
    files
}

/// app3's database after `migrate` brought its tenants to head, once the global track is there.
fn online() -> TestDatabase {
    let place = TestDatabase::create().expect("made");
    app3(&["--track", "global"], &place.url());
    sign_up(&place);
    app3(&[], &place.url());
    place
}

/// The same made by `apply`, one tenant of it half by the online run.
fn offline(global: &Path, apply: impl Fn(&TestDatabase)) -> TestDatabase {
    let place = TestDatabase::create().expect("made");
    psql(&place, global, &[]);
    sign_up(&place);
    for (tenant, version) in [("acme", "V2"), ("o'hara & söhne", "V6")] {
        app3(
            &["--track", "tenant", "--tenant", tenant, "--to", version],
            &place.url(),
        );
    }
    for _ in 0..2 {
        psql(&place, global, &[]);
        apply(&place);
    }
    place
}

/// A tenant's schema in a database where the newest migration of the global track is missing.
fn without_global() -> TestDatabase {
    let place = TestDatabase::create().expect("made");
    app3(&["--track", "global", "--to", "V5"], &place.url());
    sign_up(&place);
    place
}

#[test]
fn a_file_for_each_tenant_and_one_for_all_of_them_do_what_the_run_does() {
    let directory = tempfile::tempdir().expect("made");
    let (each, all) = (directory.path().join("each"), directory.path().join("all"));
    let named: Vec<&str> = TENANTS.into_iter().flat_map(|t| ["--tenant", t]).collect();
    let nowhere = "postgres://nobody@127.0.0.1:1/nothing";
    app3(
        &[&["--sql", each.to_str().expect("UTF-8")], named.as_slice()].concat(),
        nowhere,
    );
    app3(
        &["--sql", all.to_str().expect("UTF-8"), "--template"],
        nowhere,
    );
    let each = files(&each);
    let [global, tenants @ ..] = each.as_slice() else {
        panic!("{each:?}");
    };
    assert_eq!(tenants.len(), TENANTS.len());
    let all = files(&all);
    let [same_global, template] = all.as_slice() else {
        panic!("{all:?}");
    };
    let read = |path: &Path| std::fs::read(path).expect("written");
    assert_eq!(read(global), read(same_global));

    let online = online();
    let (recorded, schema) = (histories(&online, &tables()), dump(&online));
    assert_eq!(recorded.len(), 5 * 10 + 6);
    let skipped = recorded.iter().filter(|row| row.ends_with("skipped"));
    assert_eq!(skipped.count(), 3);

    let by_each = offline(global, |place| {
        for script in tenants {
            psql(place, script, &[]);
        }
    });
    assert_eq!(histories(&by_each, &tables()), recorded);
    assert_eq!(dump(&by_each), schema);

    let by_template = offline(global, |place| {
        for tenant in TENANTS {
            psql(place, template, &[&format!("schema={tenant}")]);
        }
    });
    assert_eq!(histories(&by_template, &tables()), recorded);
    assert_eq!(dump(&by_template), schema);

    let said = psql_refuses(&without_global(), template, &["schema=acme"]);
    let expected = "app3/workspaces/global/V6 is not applied here";
    assert!(said.contains(expected), "{said}");

    // What psql did is what a run would have done.
    app3(&[], &by_template.url());
    assert_eq!(histories(&by_template, &tables()), recorded);
}
