//! Two tracks in one database: the global one, and that of the tenants, a schema each.

use std::sync::Arc;

use migrations_common::config::Text;
use migrations_common::event::How;
use migrations_common::fleet::{self, Later, MigrateRequest, Policy, State};
use migrations_common::plan::Request;
use migrations_common::problem::{Kind, Place};
use migrations_common::report::{Outcome, Report};
use migrations_common::target::Target;
use migrations_common::tenants::{Origin, Unit};

use crate::support::tenancy::{app, ends, make_schemas, targets, targets_with};
use crate::support::{Recorder, TestDatabase};

/// Global files with higher versions than the tenants', which need them.
const BOTH: [(&str, &str); 4] = [
    (
        "global/V7__plans.sql",
        "create table plans (code text primary key); insert into plans values ('free')",
    ),
    (
        "global/V8__users.sql",
        "create table users (id int primary key)",
    ),
    (
        "tenant/V1__members.sql",
        "create table members (id int primary key, user_id int references users, plan text references plans)",
    ),
    (
        "tenant/V2__notes.sql",
        "create table notes (id int, member int references members)",
    ),
];

/// Tenants' files find the global tables after their own.
const PATH: &str = "search_path = [\"public\"]";

fn migrate(targets: &[Arc<Target>]) -> Report {
    Recorder::new().migrate(targets)
}

/// The history in `schema` of the app `app3`: `1,2:skipped`, or `none` without a table.
fn history(place: &TestDatabase, schema: &str) -> String {
    let table = format!("\"{schema}\".app3_core_schema_history");
    if place.value(&format!("select to_regclass('{table}') is null")) == "true" {
        return "none".to_owned();
    }
    place.value(&format!(
        "select coalesce(string_agg(version || coalesce(':' || outcome, ''), ',' order by version), '') from {table}"
    ))
}

#[test]
fn the_global_track_is_first_and_each_schema_has_a_history_of_the_same_name() {
    let place = TestDatabase::new();
    let tenants = ["acme", "o'hara & \"söhne\""];
    make_schemas(&place, &tenants);
    let app = app("app3", PATH, &BOTH);
    let mut targets = targets(&app, &place, &tenants);
    // The order of the request does not matter.
    targets.reverse();
    let report = migrate(&targets);
    assert_eq!(report.exit_code(), 0, "{report:#?}");
    assert_eq!(
        ends(&report),
        [
            "o'hara & \"söhne\" applied 1 2",
            "acme applied 1 2",
            "public applied 7 8"
        ]
    );
    assert_eq!(history(&place, "public"), "7,8");
    assert_eq!(history(&place, "acme"), "1,2");
    assert_eq!(
        place.value(
            "select string_agg(schemaname, '|' order by schemaname) from pg_tables where tablename = 'app3_core_schema_history'"
        ),
        "acme|o'hara & \"söhne\"|public"
    );
    // The tenants' tables are in their schemas, and refer to those in public.
    assert_eq!(
        place.value(
            "select string_agg(one, ',' order by one) from (select conrelid::regclass || ' ' || confrelid::regclass as one \
             from pg_constraint where contype = 'f' and connamespace = 'acme'::regnamespace) as c"
        ),
        "acme.members plans,acme.members users,acme.notes acme.members"
    );
    assert_eq!(ends(&migrate(&targets)).len(), 3);
    assert!(
        migrate(&targets)
            .targets
            .iter()
            .all(|one| one.outcome == Outcome::AtHead)
    );
}

#[test]
fn where_the_global_track_fails_no_tenant_is_reached() {
    let place = TestDatabase::new();
    make_schemas(&place, &["acme", "beta"]);
    let files = [
        BOTH[0],
        (
            "global/V8__users.sql",
            "create table users (id int primary key, x nosuchtype)",
        ),
        BOTH[2],
    ];
    let app = app("app3", PATH, &files);
    let report = migrate(&targets(&app, &place, &["acme", "beta"]));
    assert_eq!(
        ends(&report),
        [
            "public failed: migration-failed",
            "acme not_reached",
            "beta not_reached"
        ]
    );
    assert_eq!(history(&place, "acme"), "none");
}

#[test]
fn the_global_track_may_be_elsewhere() {
    let place = TestDatabase::new();
    make_schemas(&place, &["hub", "acme"]);
    let app = app("app3", "schema = \"hub\"\nsearch_path = [\"hub\"]", &BOTH);
    let report = migrate(&targets(&app, &place, &["acme"]));
    assert_eq!(report.exit_code(), 0, "{report:#?}");
    assert_eq!(
        (history(&place, "hub"), history(&place, "acme")),
        ("7,8".to_owned(), "1,2".to_owned())
    );
    assert_eq!(history(&place, "public"), "none");
    assert!(place.has("hub.users") && !place.has("public.users"));
}

#[test]
fn a_tenants_own_table_comes_before_the_global_one() {
    let place = TestDatabase::new();
    make_schemas(&place, &["acme"]);
    let files = [
        (
            "global/V1__a.sql",
            "create table settings (who text default 'all')",
        ),
        (
            "tenant/V1__a.sql",
            "create table settings (who text default 'tenant')",
        ),
        ("tenant/V2__b.sql", "insert into settings default values"),
    ];
    let report = migrate(&targets(&app("app3", PATH, &files), &place, &["acme"]));
    assert_eq!(report.exit_code(), 0, "{report:#?}");
    assert_eq!(place.value("select count(*) from public.settings"), "0");
    assert_eq!(place.value("select who from acme.settings"), "tenant");
}

#[test]
fn a_migration_beside_the_tracks_keeps_everything_from_running() {
    let place = TestDatabase::new();
    make_schemas(&place, &["acme"]);
    let files = [BOTH[0], BOTH[2], ("V9__stray.sql", "select 1")];
    let report = migrate(&targets(&app("app3", PATH, &files), &place, &["acme"]));
    assert_eq!(
        ends(&report),
        ["public not_reached", "acme failed: no-track"]
    );
    assert_eq!(report.exit_code(), 1);
    assert_eq!(history(&place, "public"), "none");
}

#[test]
fn a_tenant_without_a_schema_is_named_and_the_others_go_on() {
    let place = TestDatabase::new();
    make_schemas(&place, &["acme", "zeta"]);
    let app = app("app3", PATH, &BOTH);
    let targets = targets_with(&app, &place, &["acme", "actme", "zeta"], |target| {
        target.origin = target.tenant.as_deref().map(|name| Origin {
            unit: Unit::Row,
            number: name.len(),
            of: "the query".into(),
        });
    });
    let report = migrate(&targets);
    assert_eq!(
        ends(&report),
        [
            "public applied 7 8",
            "acme applied 1 2",
            "actme failed: missing-schema",
            "zeta applied 1 2"
        ]
    );
    assert_eq!(report.exit_code(), 6);
    let problem = &report.targets[2].problems[0];
    assert_eq!(
        problem.message,
        "row 5 of the query names `actme`, and there is no such schema"
    );
    assert_eq!(
        place.value("select count(*) from pg_namespace where nspname = 'actme'"),
        "0"
    );
    let status = fleet::status(&targets, &[], &Recorder::new().context);
    let stand: Vec<State> = status.targets.iter().map(|one| one.state).collect();
    assert_eq!(
        stand,
        [State::AtHead, State::AtHead, State::Diverged, State::AtHead]
    );
    assert_eq!(status.targets[2].problems[0].code, "missing-schema");
}

#[test]
fn a_schema_that_is_made_on_demand_is_made_with_its_registration() {
    let place = TestDatabase::new();
    let files = [
        (
            "global/V1__tenants.sql",
            "create table tenants (name text primary key check (name <> 'bad'))",
        ),
        ("tenant/V1__a.sql", "create table a (id int)"),
    ];
    let config = format!(
        "{PATH}\nregister = \"insert into public.tenants values (${{tenant:literal}}) on conflict do nothing\""
    );
    let app = app("app3", &config, &files);
    let tenants = ["o'hara", "bad", "acme"];
    let targets = targets_with(&app, &place, &tenants, |target| {
        target.made_on_demand = true;
    });
    let report = migrate(&targets);
    assert_eq!(
        ends(&report),
        [
            "public applied 1",
            "o'hara applied 1",
            "bad failed: tenant-schema",
            "acme applied 1"
        ]
    );
    assert_eq!(
        place.value("select string_agg(name, ',' order by name) from tenants"),
        "acme,o'hara"
    );
    assert_eq!(
        place.value("select count(*) from pg_namespace where nspname = 'bad'"),
        "0",
        "both or neither"
    );
    let problem = &report.targets[2].problems[0];
    assert_eq!(problem.sqlstate.as_deref(), Some("23514"));
    assert_eq!(problem.places[0].line_column(), (5, 12), "{problem:#?}");
    // A schema that is there is not registered again.
    place.run("delete from tenants");
    assert_eq!(migrate(&targets).exit_code(), 6);
    assert_eq!(place.value("select count(*) from tenants"), "0");
}

/// What applies to some tenants only, between what applies to all.
const SOME: [(&str, &str); 5] = [
    (
        "global/V1__flags.sql",
        "create table flags (tenant text, flag text)",
    ),
    ("tenant/V1__a.sql", "create table a (id int)"),
    (
        "tenant/V2__beta.sql",
        "-- migration: only-if select exists (select from flags where tenant = ${schema:literal} and flag = 'beta')\n\
         create table beta (id int)",
    ),
    ("tenant/V3__c.sql", "create table c (id int)"),
    ("tenant/V3__c.down.sql", "drop table c"),
];

#[test]
fn what_does_not_apply_to_a_tenant_is_recorded_and_later_commands_know() {
    let place = TestDatabase::new();
    make_schemas(&place, &["acme", "beta"]);
    let app = app("app3", PATH, &SOME);
    let all = targets(&app, &place, &["acme", "beta"]);
    assert_eq!(migrate(&all[..1]).exit_code(), 0);
    place.run("insert into flags values ('acme', 'beta')");
    let report = migrate(&all);
    assert_eq!(
        ends(&report),
        ["public at_head", "acme applied 1 2 3", "beta applied 1 2 3"]
    );
    let how = |index: usize| report.targets[index].applied[1].how;
    assert_eq!((how(1), how(2)), (How::InTransaction, How::Skipped));
    assert_eq!(history(&place, "acme"), "1,2,3");
    assert_eq!(history(&place, "beta"), "1,2:skipped,3");
    assert!(place.has("acme.beta") && !place.has("beta.beta"));

    let context = Recorder::new().context;
    let status = fleet::status(&all, &[], &context);
    assert!(
        status
            .targets
            .iter()
            .all(|one| one.state == State::AtHead && one.pending.is_empty())
    );
    let histories = fleet::histories(&all, &context);
    let outcomes = |index: usize| -> Vec<Option<String>> {
        let history = histories[index].1.as_ref().expect("read");
        history.rows.iter().map(|row| row.outcome.clone()).collect()
    };
    assert_eq!(outcomes(1), [None, None, None]);
    assert_eq!(outcomes(2), [None, Some("skipped".to_owned()), None]);

    // Later the answer would be another one: what is recorded stays.
    place.run("insert into flags values ('beta', 'beta')");
    assert!(
        migrate(&all)
            .targets
            .iter()
            .all(|one| one.outcome == Outcome::AtHead)
    );
    assert!(!place.has("beta.beta"));
}

#[test]
fn a_rollback_takes_back_what_ran_and_forgets_what_did_not() {
    let place = TestDatabase::new();
    make_schemas(&place, &["acme", "beta"]);
    let app = app("app3", PATH, &SOME);
    let all = targets(&app, &place, &["acme", "beta"]);
    migrate(&all[..1]);
    place.run("insert into flags values ('acme', 'beta')");
    assert_eq!(migrate(&all).exit_code(), 0);

    // V2 has no down file. Where it was skipped, none is needed.
    let context = Recorder::new().context;
    let policy = Policy::default();
    let tenants = &all[1..];
    let report = fleet::roll_back(tenants, &[], 1, &policy, &context);
    assert_eq!(
        ends(&report),
        ["acme failed: missing-down-file", "beta applied 3 2"]
    );
    assert_eq!(history(&place, "acme"), "1,2,3");
    assert_eq!(history(&place, "beta"), "1");
    assert!(place.has("acme.c") && !place.has("beta.c"));
    // The question is asked anew.
    place.run("insert into flags values ('beta', 'beta')");
    assert_eq!(migrate(&all).exit_code(), 0);
    assert_eq!(history(&place, "beta"), "1,2,3");
    assert!(place.has("beta.beta"));
}

#[test]
fn a_baseline_and_a_repair_are_of_one_track() {
    let place = TestDatabase::new();
    make_schemas(&place, &["acme", "beta"]);
    let both = app("app3", PATH, &BOTH);
    let all = targets(&both, &place, &["acme", "beta"]);
    let context = Recorder::new().context;
    let policy = Policy::default();
    let report = fleet::baseline(&all[1..], 1, &policy, &context);
    assert_eq!(ends(&report), ["acme applied 1", "beta applied 1"]);
    assert_eq!(
        (history(&place, "public"), history(&place, "acme")),
        ("none".to_owned(), "1".to_owned())
    );
    assert!(!place.has("acme.members"));

    let mut edited = BOTH;
    edited[2].1 = "create table members (id int primary key)";
    let edited = app("app3", PATH, &edited);
    let all = targets(&edited, &place, &["acme", "beta"]);
    let refused = migrate(&all);
    assert_eq!(refused.targets[1].problems[0].code, "edited-migration");
    let report = fleet::repair(&all[1..], 1, &policy, &context);
    assert_eq!(ends(&report), ["acme applied 1", "beta applied 1"]);
    make_members(&place);
    assert_eq!(migrate(&all).exit_code(), 0);
    assert_eq!(history(&place, "beta"), "1,2");
}

/// What the baseline says is there.
fn make_members(place: &TestDatabase) {
    place.run("create table acme.members (id int primary key); create table beta.members (id int primary key)");
}

#[test]
fn a_skipped_migration_that_was_edited_stays_skipped_when_it_is_repaired() {
    let place = TestDatabase::new();
    make_schemas(&place, &["acme"]);
    let all = targets(&app("app3", PATH, &SOME), &place, &["acme"]);
    assert_eq!(migrate(&all).exit_code(), 0);
    let mut edited = SOME;
    edited[2].1 = "-- migration: only-if select false\ncreate table beta (id int, more text)";
    let all = targets(&app("app3", PATH, &edited), &place, &["acme"]);
    assert_eq!(
        migrate(&all).targets[1].problems[0].code,
        "edited-migration"
    );
    let context = Recorder::new().context;
    let report = fleet::repair(&all[1..], 2, &Policy::default(), &context);
    assert_eq!(report.exit_code(), 0, "{report:#?}");
    assert_eq!(history(&place, "acme"), "1,2:skipped,3");
    assert_eq!(migrate(&all).exit_code(), 0);
}

#[test]
fn a_version_is_that_of_its_track() {
    let place = TestDatabase::new();
    make_schemas(&place, &["acme"]);
    let all = targets(&app("app3", PATH, &BOTH), &place, &["acme"]);
    let up_to = |version| MigrateRequest {
        plan: Request {
            up_to: Some(version),
            ..Request::default()
        },
        ..MigrateRequest::default()
    };
    let context = Recorder::new().context;
    let report = fleet::migrate(&all[..1], &[], &up_to(8), &context);
    assert_eq!(ends(&report), ["public applied 7 8"]);
    let report = fleet::migrate(&all[1..], &[], &up_to(1), &context);
    assert_eq!(ends(&report), ["acme applied 1"]);
    // V8 is none of the tenants'.
    let report = fleet::migrate(&all[1..], &[], &up_to(8), &context);
    assert_eq!(ends(&report), ["acme failed: unknown-version"]);
}

/// The tenants of a registry that the global track makes.
fn registered(app: &migrations_common::app::App, place: &TestDatabase) -> Later {
    let (app, name) = (app.clone(), place.name.clone());
    let series = Arc::clone(app.series.last().expect("a track"));
    Later {
        series,
        problem: problem_of_query(),
        ask: Arc::new(move || {
            let place = TestDatabase { name: name.clone() };
            if !place.has("tenants") {
                return Err(problem_of_query().into());
            }
            let names = place.value("select coalesce(string_agg(name, ' '), '') from tenants");
            let names: Vec<&str> = names.split_whitespace().collect();
            Ok(targets(&app, &place, &names).split_off(1))
        }),
    }
}

fn problem_of_query() -> migrations_common::Problem {
    let query = Text {
        value: "select name from tenants".to_owned(),
        place: Place::file("apps/app3/migrations.toml"),
    };
    let mut problem =
        migrations_common::Problem::failed("tenants-query", "no such table").at(query.place);
    problem.sqlstate = Some("42P01".to_owned());
    problem
}

#[test]
fn tenants_of_a_registry_that_is_not_there_yet_run_after_the_global_track() {
    let place = TestDatabase::new();
    make_schemas(&place, &["acme", "beta"]);
    let files = [
        (
            "global/V1__tenants.sql",
            "create table tenants (name text); insert into tenants values ('acme'), ('beta')",
        ),
        ("tenant/V1__a.sql", "create table a (id int)"),
    ];
    let app = app("app3", PATH, &files);
    let global = targets(&app, &place, &[]);
    let request = MigrateRequest {
        later: vec![registered(&app, &place)],
        ..MigrateRequest::default()
    };
    let context = Recorder::new().context;
    let status = fleet::status(&global, &request.later, &context);
    assert_eq!(status.targets[0].state, State::Pending);
    assert_eq!(status.unresolved[0].problem.code, "global-first");
    let (plans, report) = fleet::dry_run(&global, &[], &request, &context);
    assert_eq!(plans.len(), 1);
    assert_eq!(report.unresolved[0].problem.code, "global-first");
    assert_eq!(history(&place, "public"), "none");

    let report = fleet::migrate(&global, &[], &request, &context);
    assert_eq!(
        ends(&report),
        ["public applied 1", "acme applied 1", "beta applied 1"]
    );
    assert!(report.unresolved.is_empty());
    assert_eq!(history(&place, "beta"), "1");
}

#[test]
fn a_registry_that_no_migration_makes_is_a_failure() {
    let place = TestDatabase::new();
    let files = [
        ("global/V1__other.sql", "create table other (name text)"),
        ("tenant/V1__a.sql", "create table a (id int)"),
    ];
    let app = app("app3", PATH, &files);
    let global = targets(&app, &place, &[]);
    let request = MigrateRequest {
        later: vec![registered(&app, &place)],
        ..MigrateRequest::default()
    };
    let context = Recorder::new().context;
    for ended in ["public applied 1", "public at_head"] {
        let report = fleet::migrate(&global, &[], &request, &context);
        assert_eq!(ends(&report), [ended]);
        let problem = &report.unresolved[0].problem;
        assert_eq!(
            (problem.kind, problem.code),
            (Kind::Failed, "tenants-query")
        );
        assert_eq!(report.exit_code(), 6, "{ended}");
    }
    let status = fleet::status(&global, &request.later, &context);
    assert_eq!(status.unresolved[0].problem.code, "tenants-query");
}
