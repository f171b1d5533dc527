//! The working tree and the base.

use std::fs;

use super::support::{Repository, base};
use crate::new_migrations::{Request, apps_at, shared_models, shared_models_at};

#[test]
fn committed_staged_and_untracked_migrations_are_new_and_ignored_ones_are_not() {
    let repository = Repository::new();
    repository.branch_with("work", "main", "app1", "V2__committed");
    repository.migration("app1", "V3__staged");
    repository.git(&["add", "--all"]);
    repository.migration("app1", "V4__untracked");
    repository.migration("app1", "V90__ignored");
    repository.check(
        &base("main"),
        &["here app1/core V2__committed V3__staged V4__untracked"],
    );
}

#[test]
fn what_is_staged_alone_is_new_only_as_long_as_the_file_is_there() {
    let repository = Repository::new();
    repository.migration("app2", "V2__staged");
    repository.git(&["add", "--all"]);
    repository.check(&base("main"), &["here app2/core V2__staged"]);
    fs::remove_file(
        repository
            .workspace
            .join("apps/app2/migrations/core/V2__staged.sql"),
    )
    .unwrap();
    repository.check(&base("main"), &[]);
}

#[test]
fn a_clean_base_has_nothing_new() {
    let repository = Repository::new();
    let found = repository.check(&base("main"), &[]);
    let base = found.base.unwrap();
    assert_eq!(
        (base.name.as_str(), base.merge_base),
        ("main", Some(base.tip))
    );
}

#[test]
fn without_a_remote_everything_counts() {
    let repository = Repository::new();
    let all = ["here app1/core V1__first", "here app2/core V1__first"];
    assert_eq!(repository.check(&Request::default(), &all).base, None);
}

#[test]
fn the_default_base_is_the_remotes_default_branch() {
    let origin = Repository::new();
    origin.git(&["branch", "--move", "trunk"]);
    let clone = origin.clone(&[]);
    clone.migration("app1", "V2__mine");
    let found = clone.check(&Request::default(), &["here app1/core V2__mine"]);
    assert_eq!(found.base.unwrap().name, "origin/trunk");

    clone.git(&["remote", "set-head", "origin", "--delete"]);
    clone.git(&["update-ref", "refs/remotes/origin/master", "HEAD"]);
    let found = clone.check(&Request::default(), &["here app1/core V2__mine"]);
    assert_eq!(found.base.unwrap().name, "origin/master");

    clone.git(&["update-ref", "-d", "refs/remotes/origin/master"]);
    clone.git(&["update-ref", "-d", "refs/remotes/origin/trunk"]);
    let (new, warnings) = clone.warned(&Request::default());
    assert_eq!(new.len(), 2);
    assert_eq!(
        warnings,
        [
            "no-base: the remote's default branch is not known here, so every migration counts as new"
        ]
    );
}

#[test]
fn a_single_remote_of_another_name_has_the_default_base_too() {
    let origin = Repository::new();
    let clone = origin.clone(&["--origin", "upstream"]);
    let found = clone.check(&Request::default(), &[]);
    assert_eq!(found.base.unwrap().name, "upstream/main");
}

#[test]
fn what_landed_since_the_branch_was_cut_is_new_on_the_base() {
    let repository = Repository::new();
    repository.branch_with("work", "main", "app1", "V2__mine");
    repository.checkout("main");
    repository.migration("app2", "V2__landed");
    repository.commit("landed");
    repository.checkout("work");
    let found = repository.check(
        &base("main"),
        &["here app1/core V2__mine", "base app2/core V2__landed"],
    );
    assert_eq!(
        found.series[1].series.migrations.len(),
        2,
        "the series is whole"
    );
}

#[test]
fn two_migrations_of_one_version_are_new_on_both_sides() {
    let repository = Repository::new();
    repository.branch_with("work", "main", "app1", "V2__mine");
    repository.checkout("main");
    repository.migration("app1", "V2__theirs");
    repository.commit("landed");
    repository.checkout("work");
    repository.check(
        &base("main"),
        &["here app1/core V2__mine", "base app1/core V2__theirs"],
    );
}

#[test]
fn the_same_migration_on_both_sides_is_one_change() {
    let repository = Repository::new();
    repository.branch_with("work", "main", "app1", "V2__same");
    repository.checkout("main");
    repository.write(
        "apps/app1/migrations/core/V2__same.sql",
        "create table v2__same ();\r\n",
    );
    repository.commit("landed with other line ends");
    repository.checkout("work");
    repository.check(&base("main"), &["here app1/core V2__same"]);
}

#[test]
fn a_moved_app_has_nothing_new() {
    let repository = Repository::new();
    repository.branch("work", "main");
    repository.git(&["mv", "apps/app1", "apps/storefront"]);
    repository.check(&base("main"), &[]);
    repository.write("apps/storefront/migrations/core/V2__mine.sql", "select 1;");
    repository.check(&base("main"), &["here app1/core V2__mine"]);

    repository.commit("moved");
    repository.checkout("main");
    repository.migration("app1", "V3__landed");
    repository.commit("landed at the old place");
    repository.checkout("work");
    repository.check(
        &base("main"),
        &["here app1/core V2__mine", "base app1/core V3__landed"],
    );
}

#[test]
fn migrations_that_moved_with_their_config_are_not_new() {
    let repository = Repository::new();
    repository.branch("work", "main");
    repository.git(&["mv", "apps/app1/migrations/core", "apps/app1/sql"]);
    repository.write(
        "apps/app1/migrations.toml",
        "[databases.core]\npath = \"./sql\"\n",
    );
    repository.check(&base("main"), &[]);
    repository.commit("moved");
    repository.checkout("main");
    repository.check(&base("work"), &[]);
}

#[test]
fn a_renamed_app_goes_on_with_the_history_that_it_names() {
    let repository = Repository::new();
    repository.branch("work", "main");
    repository.app("apps/app1", "storefront");
    let (new, warnings) = repository.warned(&base("main"));
    assert_eq!(new, ["here storefront/core V1__first"]);
    assert_eq!(
        warnings,
        [
            "renamed-app: storefront was called app1; by its new name its history is in \
          `storefront_core_schema_history`, so in the working tree all its migrations are new"
        ]
    );
    repository.write(
        "apps/app1/migrations.toml",
        "[databases.core]\nhistory_table = \"app1_core_schema_history\"\n",
    );
    repository.check(&base("main"), &[]);
}

#[test]
fn all_of_an_app_that_the_base_does_not_contain_is_new() {
    let repository = Repository::new();
    repository.branch("work", "main");
    repository.app("apps/app3", "app3");
    repository.migration("app3", "V1__first");
    repository.migration("app3", "V2__second");
    repository.check(&base("main"), &["here app3/core V1__first V2__second"]);
}

#[test]
fn a_deleted_app_may_go_on_on_the_base() {
    let repository = Repository::new();
    repository.branch("work", "main");
    repository.git(&["rm", "-r", "--quiet", "apps/app2"]);
    repository.commit("deleted");
    repository.check(&base("main"), &[]);
    repository.checkout("main");
    repository.migration("app2", "V2__landed");
    repository.commit("landed");
    repository.checkout("work");
    repository.check(&base("main"), &["base app2/core V2__landed"]);
}

#[test]
fn tracks_are_series_of_their_own() {
    let repository = Repository::new();
    repository.app("apps/app3", "app3");
    repository.write(
        "apps/app3/migrations.toml",
        "[databases.core]\nlayout = \"schema-per-tenant\"\n",
    );
    for track in ["global", "tenant"] {
        repository.write(
            &format!("apps/app3/migrations/core/{track}/V1__a.sql"),
            "select 1;",
        );
    }
    repository.commit("tenants");
    repository.write("apps/app3/migrations/core/global/V2__b.sql", "select 2;");
    repository.write("apps/app3/migrations/core/tenant/V3__c.sql", "select 3;");
    repository.check(
        &base("main"),
        &["here app3/core/global V2__b", "here app3/core/tenant V3__c"],
    );
}

#[test]
fn git_runs_nothing_that_the_repository_configures() {
    let repository = Repository::new();
    repository.write(".gitattributes", "*.sql filter=spy diff=spy\n");
    repository.commit("attributes");
    let ran = repository.root.join("ran");
    let spy = format!("touch {}", ran.display());
    for key in [
        "core.fsmonitor",
        "filter.spy.clean",
        "filter.spy.smudge",
        "diff.spy.textconv",
        "diff.spy.command",
        "diff.external",
        "core.pager",
    ] {
        repository.git(&["config", key, &spy]);
    }
    repository.branch_with("work", "main", "app1", "V2__mine");
    repository.migration("app1", "V3__changed");
    let _ = fs::remove_file(&ran);
    repository.check(&base("main"), &["here app1/core V2__mine V3__changed"]);
    apps_at(&repository.open(), &repository.workspace(), "work").unwrap();
    assert!(!ran.exists(), "git ran a program");
}

#[test]
fn apps_and_shared_models_as_they_stand_at_a_commit() {
    let repository = Repository::new();
    repository.write("shared-models/core/users.sql", "-- owner: app1\n");
    repository.write("shared-models/core/README.md", "");
    repository.write("shared-models/src/deep/x.sql", "");
    repository.commit("shared");
    let at = repository.git(&["rev-parse", "HEAD"]);
    repository.migration("app1", "V2__later");
    repository.write("shared-models/core/users.sql", "-- owner: app2\n");
    repository.write("shared-models/other/orders.sql", "-- owner: app2\n");
    repository.git(&["rm", "-r", "--quiet", "apps/app2"]);

    let (git, workspace) = (repository.open(), repository.workspace());
    let apps = apps_at(&git, &workspace, &at).unwrap();
    let shown: Vec<_> = apps
        .iter()
        .map(|app| (app.name.as_str(), app.series[0].migrations.len()))
        .collect();
    assert_eq!(shown, [("app1", 1), ("app2", 1)]);
    assert_eq!(
        &*apps[0].series[0].migrations[0].source.text,
        "create table v1__first ();\n"
    );

    let shown = |models: &[crate::new_migrations::SharedModel]| -> Vec<String> {
        models
            .iter()
            .map(|one| {
                format!(
                    "{} {} {}",
                    one.database,
                    one.source.path,
                    one.source.text.trim()
                )
            })
            .collect()
    };
    assert_eq!(
        shown(&shared_models(&workspace).unwrap()),
        [
            "core shared-models/core/users.sql -- owner: app2",
            "other shared-models/other/orders.sql -- owner: app2"
        ]
    );
    assert_eq!(
        shown(&shared_models_at(&git, &at).unwrap()),
        ["core shared-models/core/users.sql -- owner: app1"]
    );
    assert_eq!(
        apps_at(&git, &workspace, "--all").unwrap_err().0[0].code,
        "unknown-ref"
    );
}

#[test]
fn the_app_at_a_commit_is_the_app_on_disk() {
    let repository = Repository::new();
    repository.migration("app1", "V2__second");
    repository.commit("second");
    let workspace = repository.workspace();
    assert_eq!(
        apps_at(&repository.open(), &workspace, "HEAD").unwrap(),
        workspace.apps
    );
}
