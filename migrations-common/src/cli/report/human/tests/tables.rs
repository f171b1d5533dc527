//! Status, history, plans and apps.

use insta::assert_snapshot;

use super::*;
use crate::fleet::TargetStatus;
use crate::history::SKIPPED;

fn standing(targets: &[TargetStatus]) -> Status {
    Status {
        targets: targets.to_vec(),
        ..Status::default()
    }
}

fn stands(target: &Arc<Target>, state: State, number: usize) -> TargetStatus {
    let migrations = &target.series.migrations;
    let unreachable = state == State::Unreachable;
    let current = number.checked_sub(1).map(|last| migrations[last].version);
    TargetStatus {
        target: Arc::clone(target),
        state,
        current: current.filter(|_| !unreachable),
        head: migrations.last().map(|last| last.version),
        pending: migrations.iter().skip(number).map(Arc::clone).collect(),
        problems: Vec::new(),
    }
}

#[test]
fn status_is_a_line_a_database() {
    let names = ["core", "analytics", "events", "billing", "search", "files"];
    let [core, analytics, events, billing, search, files] = names.map(|name| target("app1", name));
    let mut edited = stands(&events, State::Diverged, 4);
    edited.problems = vec![Problem::verification("edited-migration", "V1 was edited")];
    let mut lost = stands(&billing, State::Unreachable, 0);
    lost.problems = vec![Problem::new(Kind::Connect, "cannot-connect", "no server")];
    let mut warned = stands(&core, State::AtHead, 4);
    warned.problems = vec![Problem::verification("line-ends", "other line ends")];
    let mut newer = stands(&search, State::Ahead, 4);
    newer.current = Some(9);
    let statuses = [
        warned,
        stands(&analytics, State::Pending, 2),
        edited,
        lost,
        newer,
        stands(&files, State::Pending, 0),
    ];
    assert_snapshot!(shown(|human| human.status(&standing(&statuses))), @r"
      app1 core        V4 · at head
      app1 analytics   V2 · 2 pending: V3 users_name_idx, V4 beta
      app1 events      V4 · diverged
      app1 billing     unreachable
      app1 search      V9 · ahead, the newest known here is V4
      app1 files       empty · 4 pending: V1 create_users, V2 größe, V3 users_name_idx, V4 beta
    2>warning[line-ends]: other line ends
    2>error[edited-migration]: V1 was edited
    2>
    2>error[cannot-connect]: no server
    ");
}

#[test]
fn status_counts_where_there_are_many() {
    let files: Vec<(String, &str)> = (1..=6)
        .map(|n| (format!("V{n}__m{n}.sql"), "select 1"))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), *text))
        .collect();
    let tenants = app("app3", "workspaces", "", &files);
    let mut statuses = vec![stands(&target_of(&tenants, "acme"), State::Pending, 5)];
    statuses
        .extend((0..990).map(|n| stands(&target_of(&tenants, &format!("t{n}")), State::AtHead, 6)));
    statuses.extend((0..9).map(|n| {
        let tenant = target_of(&tenants, &format!("u{n}"));
        let lost = Problem::new(Kind::Connect, "cannot-connect", "no server");
        TargetStatus {
            problems: vec![lost],
            ..stands(&tenant, State::Unreachable, 0)
        }
    }));
    let single = app("app1", "core", "", &files);
    statuses.push(stands(&target_of(&single, "public"), State::Pending, 1));
    assert_snapshot!(shown(|human| human.status(&standing(&statuses))), @r"
      app3 workspaces   1000 targets   990 at V6 · 9 unreachable · 1 at V5, 1 pending (acme)
      app1 core                        V1 · 5 pending: V2 m2 to V6 m6
    2>error[cannot-connect]: no server
    ");
}

#[test]
fn history_is_a_table() {
    let core = target("app1", "core");
    let mut rows = history(&core, 4);
    rows.rows[1].checksum ^= 1;
    rows.rows[2].checksum = {
        let migration = &core.series.migrations[2];
        let windows = migration.source.text.replace('\n', "\r\n");
        let label = migration.label();
        let file = refinery::Migration::unapplied(&label, &windows).expect("a valid name");
        file.checksum()
    };
    rows.rows[3].outcome = Some(SKIPPED.to_owned());
    rows.rows.push(crate::history::Applied {
        version: 12,
        name: "of_another_branch".to_owned(),
        applied_on: "2026-01-02T03:04:05+02:00".to_owned(),
        checksum: 1,
        outcome: None,
    });
    let lost = Problem::new(Kind::Connect, "cannot-connect", "no server");
    let histories = [
        (Arc::clone(&core), Ok(rows)),
        (target("app2", "core"), Ok(History::default())),
        (target("app4", "core"), Err(lost)),
    ];
    assert_snapshot!(shown(|human| human.history(&histories)), @r#"
    app1 core   "public"."app1_core_schema_history"
      version  name               applied on                 state
      V1       create_users       2026-01-02 03:04:05 UTC    applied
      V2       größe              2026-01-02 03:04:05 UTC    edited
      V3       users_name_idx     2026-01-02 03:04:05 UTC    other line ends
      V4       beta               2026-01-02 03:04:05 UTC    skipped
      V12      of_another_branch  2026-01-02 03:04:05+02:00  file missing

    app2 core   nothing is applied ("public"."app2_core_schema_history")

    app4 core   cannot be read
    2>error[cannot-connect]: no server
    "#);
}

#[test]
fn plans_show_units() {
    let each = target("app1", "core");
    let files = [
        ("V1__a.sql", "select 1;"),
        ("V2__b.sql", "select 1;"),
        ("V3__c.sql", "-- migration: no-transaction\nvacuum;"),
        ("V10__d.sql", "select 1;"),
    ];
    let shared = target_of(
        &app("app2", "core", "transaction = \"target\"", &files),
        "public",
    );
    let at_head = target("app3", "core");
    let failed = target("app4", "core");
    let plans = vec![
        (Arc::clone(&each), plan_after(&each, 1)),
        (Arc::clone(&shared), plan_after(&shared, 0)),
        (Arc::clone(&at_head), plan_after(&at_head, 4)),
        (Arc::clone(&failed), Arc::default()),
    ];
    let edited = Problem::verification("edited-migration", "V1 was edited");
    let end = report(vec![ended(&failed, Outcome::Failed, None, vec![edited])]);
    assert_snapshot!(shown(|human| human.plans(&plans, &end)), @r"
            app1 core          3 pending of 4, in 2 transactions; now at V1
                 V2 größe
                 V3 users_name_idx   concurrently
                 V4 beta             only if select exists (select from flags)
            app2 core          4 pending of 4, in 2 transactions; now empty
                 one transaction
                   V1 a
                   V2 b
                 without transaction
                   V3 c
                 one transaction
                   V10 d
            app3 core        at V4, nothing would run
         Dry run nothing was changed
    2>error[edited-migration]: V1 was edited
    ");
}

#[test]
fn apps_show_what_was_discovered() {
    let one = app(
        "app1",
        "core",
        "shared = \"core\"",
        &[("V1__a.sql", "select 1"), ("V7__b.sql", "select 1")],
    );
    let two = app("app2", "analytics", "", &[("misnamed.sql", "select 1")]);
    let warning = Problem::config("no-config", "apps/x has migrations and no migrations.toml");
    assert_snapshot!(shown(|human| human.apps(&[one, two], &[warning])), @r"
    app1   apps/app1
      core        single · V1 to V7 (2 migrations) · shared as core · history in public.app1_core_schema_history
    app2   apps/app2
      analytics   single · no migrations · history in public.app2_analytics_schema_history · 1 problem
    2>error[no-config]: apps/x has migrations and no migrations.toml
    2>
    2>error[misnamed-migration]: `misnamed.sql` is no migration's name: it does not start with V (or U)
    2> --> apps/app2/migrations/analytics/misnamed.sql
    2>  help: name it V<version>__<name>.sql, with letters, digits and `_` in the name
    ");
}
