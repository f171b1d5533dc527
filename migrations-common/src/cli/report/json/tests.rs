use std::time::Duration;

use super::super::fixtures::{
    app, applied, ended, failure, history as recorded, plan_after, report as run, target, target_of,
};
use super::*;
use crate::event::{Event, How};
use crate::fleet::TargetStatus;
use crate::history::SKIPPED;
use crate::lock::Holder;
use crate::problem::{Kind, Place};
use crate::report::Outcome;

/// What `write` writes, which is one line.
fn shown(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Value {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("there is room");
    let text = String::from_utf8(bytes).expect("UTF-8");
    assert_eq!(text.lines().count(), 1);
    serde_json::from_str(&text).expect("JSON")
}

fn text(value: &str) -> Value {
    value.into()
}

/// A series without targets.
fn unknown() -> Unresolved {
    let problem = Problem::failed("global-first", "who the tenants are is not known yet");
    Unresolved {
        series: Arc::clone(&target("app3", "workspaces").series),
        problem,
    }
}

#[test]
fn a_run_tells_of_each_target() {
    let (core, analytics) = (target("app1", "core"), target("app1", "analytics"));
    let targets = vec![
        ended(&core, Outcome::Applied, Some(1), vec![]),
        ended(
            &analytics,
            Outcome::Failed,
            Some(1),
            vec![failure(&analytics, 2).help("a\nb").help("c")],
        ),
    ];
    let expected = json!({
        "schema_version": 1,
        "elapsed_ms": 940,
        "unresolved": [{
            "app": "app3", "database": "workspaces", "track": null,
            "error": {
                "code": "global-first",
                "sqlstate": null,
                "message": "who the tenants are is not known yet",
                "migration": null,
                "path": null,
                "line": null,
                "column": null,
                "help": null,
            },
        }],
        "targets": [
            {
                "app": "app1", "database": "core", "track": null, "target": "public", "schema": "public",
                "outcome": "applied",
                "applied": [{ "version": 1, "name": "create_users", "how": "in_transaction", "elapsed_ms": 12 }],
                "error": null,
            },
            {
                "app": "app1", "database": "analytics", "track": null, "target": "public", "schema": "public",
                "outcome": "failed",
                "applied": [],
                "error": {
                    "code": "migration-failed",
                    "sqlstate": "42P01",
                    "message": "no such table",
                    "migration": "V2__größe",
                    "path": "apps/app1/migrations/analytics/V2__größe.sql",
                    "line": 1,
                    "column": 1,
                    "help": "a\nb\nc",
                },
            },
        ],
    });
    let end = Report {
        unresolved: vec![unknown()],
        ..run(targets)
    };
    assert_eq!(shown(|out| report(out, &end)), expected);
}

#[test]
fn status_tells_what_is_pending_and_what_stops() {
    let core = target("app1", "core");
    let lost = Problem::new(Kind::Connect, "cannot-connect", "no server");
    let warning = Problem::verification("line-ends", "other line ends");
    let one = |state, current, problem| TargetStatus {
        target: Arc::clone(&core),
        state,
        current,
        head: Some(4),
        pending: vec![Arc::clone(&core.series.migrations[3])],
        problems: vec![problem],
    };
    let statuses = [
        one(State::Pending, Some(3), warning),
        one(State::Unreachable, None, lost),
    ];
    let all = Status {
        targets: statuses.to_vec(),
        unresolved: vec![unknown()],
    };
    let shown = shown(|out| status(out, &all));
    let expected = json!({
        "app": "app1", "database": "core", "track": null, "target": "public", "schema": "public",
        "environment": "dev",
        "state": "pending",
        "current": 3,
        "head": 4,
        "pending": [{ "version": 4, "name": "beta" }],
        "error": null,
    });
    assert_eq!(shown["schema_version"], 1);
    assert_eq!(shown["unresolved"][0]["error"]["code"], "global-first");
    assert_eq!(shown["targets"][0], expected);
    assert_eq!(shown["targets"][1]["state"], "unreachable");
    assert_eq!(shown["targets"][1]["current"], Value::Null);
    assert_eq!(shown["targets"][1]["error"]["code"], "cannot-connect");
    assert_eq!(shown["targets"][1]["error"]["path"], Value::Null);
}

#[test]
fn history_tells_how_rows_relate_to_files() {
    let core = target("app1", "core");
    let mut rows = recorded(&core, 3);
    rows.rows[1].outcome = Some(SKIPPED.to_owned());
    rows.rows[2].checksum = u64::MAX;
    let checksum = rows.rows[0].checksum.to_string();
    let lost = Problem::new(Kind::Connect, "cannot-connect", "no server");
    let histories = [(Arc::clone(&core), Ok(rows)), (core, Err(lost))];
    let shown = shown(|out| history(out, &histories));
    let first = &shown["targets"][0];
    let keys: Vec<&String> = first.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        [
            "app",
            "database",
            "environment",
            "error",
            "history",
            "schema",
            "target",
            "track"
        ]
    );
    let row = json!({
        "version": 1,
        "name": "create_users",
        "applied_on": "2026-01-02T03:04:05.678901Z",
        "checksum": checksum,
        "state": "applied",
        "outcome": null,
    });
    assert_eq!(first["history"][0], row);
    assert_eq!(first["history"][1]["state"], "skipped");
    assert_eq!(first["history"][1]["outcome"], "skipped");
    assert_eq!(first["history"][2]["state"], "edited");
    assert_eq!(
        first["history"][2]["checksum"],
        text("18446744073709551615")
    );
    assert_eq!(shown["targets"][1]["history"], json!([]));
    assert_eq!(shown["targets"][1]["error"]["message"], "no server");
}

#[test]
fn plans_tell_what_would_run() {
    let core = target("app1", "core");
    let plan = plan_after(&core, 1);
    let shown = shown(|out| plans(out, &[(core, plan)], &run(vec![])));
    let expected = json!({
        "schema_version": 1,
        "plans": [{
            "app": "app1", "database": "core", "track": null, "target": "public",
            "migrations": [
                { "version": 2, "name": "größe", "transactional": true },
                { "version": 3, "name": "users_name_idx", "transactional": false },
                { "version": 4, "name": "beta", "transactional": true },
            ],
            "error": null,
        }],
        "unresolved": [],
    });
    assert_eq!(shown, expected);
}

#[test]
fn a_plan_that_cannot_be_made_tells_why() {
    let core = target("app1", "core");
    let edited = Problem::verification("edited-migration", "V1 was edited");
    let end = run(vec![ended(&core, Outcome::Failed, None, vec![edited])]);
    for plans_made in [vec![(core, Arc::default())], vec![]] {
        let shown = shown(|out| plans(out, &plans_made, &end));
        assert_eq!(shown["plans"][0]["error"]["code"], "edited-migration");
        assert_eq!(shown["plans"][0]["migrations"], json!([]));
        assert_eq!(shown["plans"][1], Value::Null);
    }
}

#[test]
fn apps_tell_their_databases_and_migrations() {
    let files = [(
        "V7__b.sql",
        "-- migration: no-transaction\n-- migration: requires app2/core/V3\n-- migration: idempotent\nvacuum",
    )];
    let one = app("app1", "core", "shared = \"main\"", &files);
    let two = app("app2", "analytics", "", &[("misnamed.sql", "select 1")]);
    let config = Problem::config("no-config", "no migrations.toml").at(Place::file("apps/x"));
    let shown = shown(|out| apps(out, &[one, two], &[config]));
    let expected = json!({
        "name": "app1",
        "path": "apps/app1",
        "databases": [{
            "name": "core",
            "layout": "single",
            "shared": "main",
            "history_table": "app1_core_schema_history",
            "migrations": [{
                "version": 7,
                "name": "b",
                "track": null,
                "path": "apps/app1/migrations/core/V7__b.sql",
                "transactional": false,
                "requires": ["app2/core/V3"],
            }],
        }],
    });
    assert_eq!(shown["schema_version"], 1);
    assert_eq!(shown["apps"][0], expected);
    assert_eq!(shown["apps"][1]["databases"][0]["shared"], Value::Null);
    assert_eq!(shown["problems"][0]["path"], "apps/x");
    assert_eq!(shown["problems"][0]["line"], Value::Null);
    assert_eq!(shown["problems"][1]["code"], "misnamed-migration");
}

#[test]
fn problems_stand_alone() {
    let place = Place::new("a.toml", "x\né y", 5..6);
    let problem = Problem::usage("unknown-app", "no app `ap1`").at(place);
    let expected = json!({
        "schema_version": 1,
        "problems": [{
            "code": "unknown-app",
            "sqlstate": null,
            "message": "no app `ap1`",
            "migration": null,
            "path": "a.toml",
            "line": 2,
            "column": 3,
            "help": null,
        }],
    });
    assert_eq!(shown(|out| problems(out, &[problem])), expected);
}

#[test]
fn every_event_is_one_line() {
    let app = app("app1", "core", "", &[("V1__a.sql", "select 1")]);
    let acme = || target_of(&app, "acme");
    let migration = || Arc::clone(&app.series[0].migrations[0]);
    let check = |happened: Event, expected: Value| {
        let shown = event(&happened);
        let of_target = json!({
            "app": "app1", "database": "core", "track": null, "target": "acme", "schema": "acme",
        });
        let mut all = of_target.as_object().expect("an object").clone();
        all.extend(expected.as_object().expect("an object").clone());
        assert_eq!(shown, Value::Object(all));
        assert_eq!(shown.to_string().lines().count(), 1);
    };
    let one = json!({ "version": 1, "name": "a" });
    check(
        Event::Planned {
            target: acme(),
            pending: 2,
            known: 3,
        },
        json!({ "event": "planned", "pending": 2, "known": 3 }),
    );
    check(
        Event::Started {
            target: acme(),
            migration: migration(),
        },
        json!({ "event": "started", "migration": one }),
    );
    check(
        Event::Statement {
            target: acme(),
            migration: migration(),
            done: 1,
            of: 3,
        },
        json!({ "event": "statement", "migration": one, "done": 1, "of": 3 }),
    );
    check(
        Event::Done {
            target: acme(),
            applied: applied(&acme(), 1, How::WithoutTransaction, 5),
        },
        json!({
            "event": "done",
            "applied": { "version": 1, "name": "a", "how": "without_transaction", "elapsed_ms": 5 },
        }),
    );
    let holder = Holder {
        pid: 7,
        application_name: "x".to_owned(),
        seconds: Some(3),
    };
    check(
        Event::Waiting {
            target: acme(),
            holder: Some(holder),
        },
        json!({ "event": "waiting", "holder": { "pid": 7, "application_name": "x", "seconds": 3 } }),
    );
    check(
        Event::Waiting {
            target: acme(),
            holder: None,
        },
        json!({ "event": "waiting", "holder": null }),
    );
    check(
        Event::Retrying {
            target: acme(),
            migration: migration(),
            cause: "lock timeout".to_owned(),
            pause: Duration::from_millis(400),
        },
        json!({ "event": "retrying", "migration": one, "cause": "lock timeout", "pause_ms": 400 }),
    );
    check(
        Event::Notice {
            target: acme(),
            severity: "NOTICE".to_owned(),
            message: "a\nb".to_owned(),
        },
        json!({ "event": "notice", "severity": "NOTICE", "message": "a\nb" }),
    );
    let warning = event(&Event::Warning(Problem::verification("line-ends", "other")));
    assert_eq!(warning["event"], "warning");
    assert_eq!(warning["warning"]["code"], "line-ends");
}
