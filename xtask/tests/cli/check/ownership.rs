//! Who may change what.

use super::repository::{Repository, USERS, found};

const ADD: &str = "alter table users add column phone text;";

#[test]
fn co_owners_may_change_a_shared_table_and_others_may_not() {
    let repository = Repository::new();
    repository.migration("app2", "V2__phone", ADD);
    assert_eq!(repository.found(&[]), ["error not-owner users"]);
    repository.model("users", "-- owner: app1\n-- co-owners: app2, app3\n", USERS);
    assert_eq!(repository.found(&[]), [""; 0]);
}

#[test]
fn reading_a_shared_table_and_referring_to_it_is_free() {
    let repository = Repository::new();
    let view = "create view names as select name from users;
        create table notes (user_id bigint references users (id));
        insert into orders (id) select id from users;";
    repository.migration("app2", "V2__names", view);
    assert_eq!(repository.found(&[]), [""; 0]);
}

#[test]
fn who_owns_a_table_is_what_its_file_says_now() {
    let repository = Repository::new();
    repository.migration("app2", "V2__phone", ADD);
    repository.model("users", "-- owner: app2\n", USERS);
    assert_eq!(repository.found(&[]), [""; 0]);
    repository.migration(
        "app1",
        "V2__email",
        "alter table users add column email text;",
    );
    let found = repository.found(&[]);
    assert!(
        found.contains(&"error not-owner users".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_table_that_another_app_made_is_private_to_it() {
    let repository = Repository::new();
    for (name, text, deed) in [
        (
            "V2__column",
            "alter table orders add column note text;",
            "adds `orders.note`",
        ),
        (
            "V2__row",
            "insert into orders (id) values (1);",
            "adds rows to `orders`",
        ),
        (
            "V2__key",
            "create table notes (order_id bigint references orders (id));",
            "uses `orders`",
        ),
        (
            "V2__view",
            "create view totals as select total from orders;",
            "uses `orders.total`",
        ),
        (
            "V2__read",
            "insert into users (id) select id from orders;",
            "uses `orders.id`",
        ),
    ] {
        repository.migration("app1", name, text);
        let run = repository.check_on_main(&[]).expect(3);
        for piece in [
            format!("error[foreign-private-table]: app1 {deed}, and `orders` is private to app2\n"),
            format!(" --> apps/app1/migrations/core/{name}.sql:1:"),
            "help: if both need it, define it in shared-models/core/orders.sql, under the line\n        -- owner: app2\n".to_owned(),
            " · 1 error\n".to_owned(),
        ] {
            assert!(run.stdout.contains(&piece), "no `{piece}` in:\n{}", run.stdout);
        }
        std::fs::remove_file(repository.path(&format!("apps/app1/migrations/core/{name}.sql")))
            .expect("removed");
    }
    // Once both say who owns it, it is free to refer to.
    repository.model(
        "orders",
        "-- owner: app2\n",
        "create table orders (id bigint primary key, total int);\n",
    );
    repository.migration(
        "app1",
        "V2__view",
        "create view totals as select total from orders;",
    );
    assert_eq!(repository.found(&[]), [""; 0]);
}

#[test]
fn what_a_statement_leads_to_elsewhere_is_not_its_apps_doing() {
    let repository = Repository::new();
    let refers =
        "alter table orders add column user_id bigint references users (id) on delete cascade;";
    repository.migration("app2", "V2__user", refers);
    repository.commit("orders refer to users");
    let of = |text: &str| {
        repository.migration("app1", "V2__own", text);
        found(&repository.check(&["--base", "work", "--format", "json"]))
    };
    assert_eq!(of("update users set name = upper(name);"), [""; 0]);
    assert_eq!(of("delete from users;"), [""; 0]);
    assert_eq!(
        of("delete from orders;"),
        ["error foreign-private-table orders"]
    );
}

#[test]
fn an_index_and_a_sequence_belong_to_their_table() {
    let repository = Repository::new();
    let more =
        "create table notes (id bigserial primary key);\ncreate index notes_idx on notes (id);";
    repository.migration("app2", "V2__notes", more);
    repository.commit("notes");
    let of = |text: &str| {
        repository.migration("app1", "V2__own", text);
        found(&repository.check(&["--base", "work", "--format", "json"]))
    };
    assert_eq!(
        of("drop index notes_idx;"),
        ["error foreign-private-table notes"]
    );
    assert_eq!(
        of("create index on notes (id);"),
        ["error foreign-private-table notes"]
    );
    assert_eq!(
        of("alter table notes add unique (id);"),
        ["error foreign-private-table notes"]
    );
    assert_eq!(
        of("select nextval('notes_id_seq');"),
        ["error foreign-private-table notes_id_seq"]
    );
}

#[test]
fn a_private_table_stays_with_its_app_when_it_is_renamed() {
    let repository = Repository::new();
    repository.migration(
        "app2",
        "V2__rename",
        "alter table orders rename to purchases;",
    );
    repository.commit("purchases");
    repository.branch("more", "work");
    repository.migration(
        "app1",
        "V2__note",
        "alter table purchases add column note text;",
    );
    let run = repository.check(&["--base", "work", "--format", "json"]);
    assert_eq!(found(&run), ["error foreign-private-table purchases"]);
}

#[test]
fn a_private_database_of_an_app_is_nobody_elses() {
    let repository = Repository::new();
    repository.app("app3", "[databases.core]\n");
    repository.migration("app3", "V1__users", USERS);
    repository.migration("app3", "V2__phone", ADD);
    assert_eq!(repository.found(&[]), [""; 0]);
}

#[test]
fn a_table_that_no_migration_makes_is_told() {
    let repository = Repository::new();
    repository.migration(
        "app1",
        "V2__x",
        "alter table elsewhere add column x int;\nupdate elsewhere set x = 1;",
    );
    let run = repository.check_on_main(&[]).expect(0);
    assert_eq!(
        run.stdout,
        "\
warning[unknown-table]: app1 touches `elsewhere`, which no app's migrations make
 --> apps/app1/migrations/core/V2__x.sql:1:34
  |
1 | alter table elsewhere add column x int;
  |                                  ^ adds `elsewhere.x`
  = nobody can tell who else changes a table that was made outside of migrations
  help: make it in a migration (`create table if not exists`), or correct the name

1 new migration in 1 app · 1 warning
"
    );
    // What is not there needs no maker.
    repository.migration(
        "app1",
        "V2__x",
        "drop table if exists elsewhere;\nselect relname from pg_class;\n\
         create extension if not exists citext;\nalter table users add column mail citext;",
    );
    assert_eq!(repository.found(&[]), [""; 0]);
}

#[test]
fn a_table_that_two_apps_make_is_shared_in_fact() {
    let repository = Repository::new();
    let events = "create table if not exists events (id bigint);";
    repository.migration("app1", "V2__events", events);
    repository.commit("events");
    repository.migration("app2", "V2__events", events);
    repository.migration(
        "app2",
        "V3__at",
        "alter table events add column at timestamptz;",
    );
    let run = repository.check(&["--base", "work"]).expect(3);
    assert!(
        run.stdout
            .contains("= migrations of app1 and of app2 make it: it is shared in fact"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("-- owner: app1\n"), "{}", run.stdout);
}

#[test]
fn a_shared_table_needs_an_owner_who_is_there() {
    let repository = Repository::new();
    repository.model("users", "", USERS);
    let run = repository.check_on_main(&[]).expect(3);
    assert!(
        run.stdout
            .starts_with("error[no-owner]: shared-models/core/users.sql has no owner\n"),
        "{}",
        run.stdout
    );
    repository.model("users", "-- owner: ap1\n", USERS);
    let run = repository.check_on_main(&[]).expect(3);
    let piece = "no app `ap1`; did you mean `app1`?";
    assert!(run.stdout.contains(piece), "{}", run.stdout);
}
