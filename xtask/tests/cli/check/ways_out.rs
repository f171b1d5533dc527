//! Every line that a finding offers settles it when it is pasted into the file that the finding names.

use std::path::Path;

use serde_json::Value;

use super::repository::{Repository, USERS};

/// A line that a finding offers, and the file that it goes into.
struct Offer {
    line: String,
    file: String,
}

/// What the findings of `code` offer.
fn offers(repository: &Repository, code: &str) -> Vec<Offer> {
    let document = repository.check_on_main(&["--format", "json"]).json();
    let findings = document["findings"].as_array().expect("a list").clone();
    let of_code = findings.iter().filter(|one| one["code"] == code);
    of_code.flat_map(offers_of).collect()
}

fn offers_of(finding: &Value) -> Vec<Offer> {
    let help: Vec<&str> = finding["help"].as_str().expect("help").lines().collect();
    let is_offer = |pair: &&[&str]| pair[1].starts_with("-- ");
    (help.windows(2).filter(is_offer))
        .map(|pair| Offer {
            line: pair[1].to_owned(),
            file: file_named_in(pair[0], finding),
        })
        .collect()
}

/// A file of `shared-models` is named by its path, a migration by its name.
fn file_named_in(sentence: &str, finding: &Value) -> String {
    let mut words = sentence.split([' ', ':', ',']);
    let is_file = |word: &&str| Path::new(word).extension().is_some_and(|end| end == "sql");
    let named = words.find(is_file).expect("a file");
    if named.contains('/') {
        return named.to_owned();
    }
    let places = finding["locations"].as_array().expect("a list").iter();
    let paths = places.filter_map(|place| place["path"].as_str());
    let mut found = paths.filter(|path| path.ends_with(&format!("/{named}")));
    found.next().expect("a file that is shown").to_owned()
}

/// Pastes each offer for `code` alone, and expects that nothing is left to settle.
#[track_caller]
fn each_settles(repository: &Repository, code: &str, expected: &[&str]) {
    let offers = offers(repository, code);
    let lines: Vec<&str> = offers.iter().map(|offer| offer.line.as_str()).collect();
    assert_eq!(lines, expected);
    for offer in offers {
        let before = repository.read(&offer.file);
        repository.write(&offer.file, &format!("{}\n{before}", offer.line));
        let run = repository.check_on_main(&[]);
        assert_eq!(run.code, 0, "{} in {}: {run:?}", offer.line, offer.file);
        repository.write(&offer.file, &before);
        repository.check_on_main(&[]).expect(3);
    }
}

/// A repository where both apps may change `users`.
fn with_two_owners() -> Repository {
    let repository = Repository::new();
    repository.model("users", "-- owner: app1\n-- co-owners: app2\n", USERS);
    repository
}

#[test]
fn of_an_order_that_puts_the_other_app_first() {
    let repository = with_two_owners();
    let rename = "alter table users rename column name to full_name;";
    repository.migration("app1", "V16__rename", rename);
    let index = "create index users_name_idx on users (name);";
    repository.migration("app2", "V9__index", index);
    let requires = "-- migration: requires app2/core/V9";
    let agreed = "-- agreed: app1/core/V16, app2/core/V9 because …";
    each_settles(&repository, "shared-table-conflict", &[requires, agreed]);
}

#[test]
fn of_an_order_that_puts_this_app_first() {
    let repository = with_two_owners();
    let add = "alter table users add column phone text;";
    repository.migration("app1", "V16__phone", add);
    let index = "create index users_phone_idx on users (phone);";
    repository.migration("app2", "V9__index", index);
    let requires = "-- migration: requires app1/core/V16";
    let agreed = "-- agreed: app1/core/V16, app2/core/V9 because …";
    each_settles(&repository, "shared-table-conflict", &[requires, agreed]);
}

#[test]
fn of_two_changes_that_commute() {
    let repository = with_two_owners();
    let phone = "alter table users add column phone text;";
    repository.migration("app1", "V16__phone", phone);
    let email = "alter table users add column email text;";
    repository.migration("app2", "V9__email", email);
    each_settles(
        &repository,
        "shared-table-conflict",
        &[
            "-- migration: requires app2/core/V9",
            "-- migration: requires app1/core/V16",
            "-- agreed: app1/core/V16, app2/core/V9 because …",
        ],
    );
}

#[test]
fn of_several_migrations_on_each_side() {
    let repository = with_two_owners();
    repository.migration("app1", "V2__a", "alter table users add column a int;");
    repository.migration("app1", "V3__b", "alter table users add column b int;");
    repository.migration("app2", "V2__c", "alter table users add column c int;");
    repository.migration("app2", "V3__d", "alter table users add column d int;");
    each_settles(
        &repository,
        "shared-table-conflict",
        &[
            "-- migration: requires app2/core/V3",
            "-- migration: requires app1/core/V3",
            "-- agreed: app1/core/V2, app1/core/V3, app2/core/V2, app2/core/V3 because …",
        ],
    );
}

#[test]
fn of_two_files_of_one_name() {
    let repository = with_two_owners();
    repository.migration("app1", "V2__a", "alter table users add column a int;");
    repository.migration("app2", "V2__a", "create index on users (a);");
    let requires = "-- migration: requires app1/core/V2";
    let agreed = "-- agreed: app1/core/V2, app2/core/V2 because …";
    each_settles(&repository, "shared-table-conflict", &[requires, agreed]);
}

#[test]
fn of_what_is_required_in_part() {
    let repository = with_two_owners();
    repository.migration("app1", "V2__a", "alter table users add column a int;");
    repository.migration("app1", "V3__b", "alter table users add column b int;");
    let first = "-- migration: requires app1/core/V2\nalter table users add column c int;";
    repository.migration("app2", "V2__c", first);
    each_settles(
        &repository,
        "shared-table-conflict",
        &[
            "-- migration: requires app2/core/V2",
            "-- migration: requires app1/core/V3",
            "-- agreed: app1/core/V3, app2/core/V2 because …",
        ],
    );
}

#[test]
fn of_several_clashes_that_want_one_order() {
    let repository = with_two_owners();
    repository.migration("app1", "V2__a", "alter table users add column a int;");
    repository.migration("app1", "V3__b", "alter table users add column b int;");
    repository.migration("app2", "V2__a_idx", "create index on users (a);");
    repository.migration("app2", "V3__b_idx", "create index on users (b);");
    each_settles(
        &repository,
        "shared-table-conflict",
        &[
            "-- migration: requires app1/core/V3",
            "-- agreed: app1/core/V2, app1/core/V3, app2/core/V2, app2/core/V3 because …",
        ],
    );
}

#[test]
fn of_a_change_by_an_app_that_does_not_own_the_table() {
    let repository = Repository::new();
    let add = "alter table users add column phone text;";
    repository.migration("app2", "V2__phone", add);
    let agreed = "-- agreed: app2/core/V2 because …";
    each_settles(&repository, "not-owner", &[agreed]);
}

#[test]
fn of_several_changes_by_an_app_that_does_not_own_the_table() {
    let repository = Repository::new();
    repository.migration("app2", "V2__a", "alter table users add column a int;");
    repository.migration("app2", "V3__b", "alter table users add column b int;");
    let agreed = "-- agreed: app2/core/V2, app2/core/V3 because …";
    each_settles(&repository, "not-owner", &[agreed]);
}

#[test]
fn of_a_statement_that_cannot_be_read() {
    let repository = Repository::new();
    let dynamic = "do $$ begin execute 'drop table ' || current_user; end $$;";
    repository.migration("app1", "V2__dynamic", dynamic);
    let allow = "-- migration: allow unknown-effect because …";
    each_settles(&repository, "unknown-effect", &[allow]);
}

#[test]
fn of_a_shared_table_without_an_owner() {
    let repository = Repository::new();
    repository.model("users", "", USERS);
    let document = repository.check_on_main(&["--format", "json"]).expect(3);
    let finding = &document.json()["findings"][0];
    assert_eq!(finding["code"], "no-owner");
    assert!(
        finding["help"]
            .as_str()
            .is_some_and(|help| help.ends_with("\n-- owner: app1"))
    );
    repository.model("users", "-- owner: app1\n", USERS);
    repository.check_on_main(&[]).expect(0);
}

#[test]
fn of_what_nobody_can_tell_only_an_agreement_does() {
    let repository = with_two_owners();
    let function = "create function clear() returns void language plpgsql as $$ begin update users set name = ''; end $$;";
    repository.migration("app1", "V2__clear", function);
    let rename = "alter table users rename column name to full_name;";
    repository.migration("app2", "V2__rename", rename);
    let agreed = "-- agreed: app1/core/V2, app2/core/V2 because …";
    each_settles(&repository, "shared-table-conflict", &[agreed]);
    for (app, file, other, text) in [
        ("app1", "V2__clear", "app2", function),
        ("app2", "V2__rename", "app1", rename),
    ] {
        let requires = format!("-- migration: requires {other}/core/V2\n{text}");
        repository.migration(app, file, &requires);
        let expected = ["error shared-table-conflict users unknown"];
        assert_eq!(repository.found(&[]), expected);
        repository.migration(app, file, text);
    }
}
