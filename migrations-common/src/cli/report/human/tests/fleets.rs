//! Runs and states of many targets.

use insta::assert_snapshot;

use super::super::super::fixtures::{duplicate, fleet, tenant};
use super::*;
use crate::app::App;
use crate::fleet::TargetStatus;
use crate::report::{TargetReport, Unresolved};

/// `number` tenants `t0`, `t1` and so on of `app`.
fn tenants(app: &App, number: usize) -> Vec<Arc<Target>> {
    (0..number).map(|n| tenant(app, &format!("t{n}"))).collect()
}

/// A target that went from V2 to V3.
fn third(target: &Arc<Target>) -> TargetReport {
    let mut end = ended(target, Outcome::Applied, Some(3), vec![]);
    end.applied = vec![applied(target, 3, How::InTransaction, 12)];
    end
}

fn failed(target: &Arc<Target>, problem: Problem) -> TargetReport {
    ended(target, Outcome::Failed, Some(2), vec![problem])
}

fn stands(target: &Arc<Target>, state: State, current: Option<i64>) -> TargetStatus {
    let migrations = &target.series.migrations;
    let pending = migrations
        .iter()
        .filter(|migration| current.is_none_or(|current| migration.version > current));
    TargetStatus {
        target: Arc::clone(target),
        state,
        current,
        head: migrations.last().map(|last| last.version),
        pending: pending.map(Arc::clone).collect(),
        problems: Vec::new(),
    }
}

fn not_known(app: &App, code: &'static str) -> Unresolved {
    let problem = Problem::failed(code, "the query of tenants reads what is not there yet")
        .help("cargo xtask migrate app3");
    Unresolved {
        series: Arc::clone(app.series.last().expect("one")),
        problem,
    }
}

const RUN_FILE: &str = "target/migrations/runs/2026-11-22T15-04-05Z.json";

fn end_of(end: &Report) -> String {
    shown(|human| human.report(end, Some(Path::new(RUN_FILE))))
}

#[test]
fn a_run_over_a_fleet_ends_with_a_tally() {
    let app = fleet("app3", "two tracks");
    let mut ends: Vec<TargetReport> = tenants(&app, 997).iter().map(third).collect();
    let at_head = tenant(&app, "late");
    ends.push(ended(&at_head, Outcome::AtHead, Some(3), vec![]));
    let global = target_of(&app, "public");
    ends.insert(0, ended(&global, Outcome::AtHead, Some(1), vec![]));
    assert_snapshot!(end_of(&report(ends)), @r"
    Finished 997 applied (V2 -> V3), 2 already at head in 940 ms
             app3 workspaces (global)                 V1
             app3 workspaces            998 tenants   all at V3
             all of it: target/migrations/runs/2026-11-22T15-04-05Z.json
    ");
}

#[test]
fn what_is_at_head_already_is_counted() {
    let app = fleet("app3", "schema-per-tenant");
    let ends = |number| {
        let all = tenants(&app, number);
        let ends = all
            .iter()
            .map(|target| ended(target, Outcome::AtHead, Some(3), vec![]));
        ends.collect()
    };
    assert_snapshot!(end_of(&report(ends(1_000))), @r"
    Finished 1000 already at head
             app3 workspaces   1000 tenants   all at V3
             all of it: target/migrations/runs/2026-11-22T15-04-05Z.json
    ");
    assert_snapshot!(end_of(&report(ends(1))), @r"
    Finished 1 already at head
             app3 workspaces   1 tenant   at V3 (t0)
    ");
}

#[test]
fn one_failure_is_named_with_its_cause_and_the_way_on() {
    let app = fleet("app3", "schema-per-tenant");
    let mut ends: Vec<TargetReport> = tenants(&app, 998).iter().map(third).collect();
    let acme = tenant(&app, "acme_gmbh");
    ends.push(failed(&acme, duplicate(&acme, "a@example.org")));
    assert_snapshot!(end_of(&report(ends)), @r#"
    2>error[migration-failed]: could not create unique index "members_email_key"
    2> --> apps/app3/migrations/workspaces/V3__unique_emails.sql:1:1
    2>  |
    2>1 | create unique index members_email_key on members (email);
    2>  | ^^^^^^ PostgreSQL 23505
    2>  = Key (email)=(a@example.org) is duplicated.
    2>  = app3 workspaces (acme_gmbh): V3 was rolled back, nothing of it remains; workspaces stands at V2
        Finished 998 applied (V2 -> V3), 1 failed in 940 ms
                 app3 workspaces   999 tenants   998 at V3 · 1 at V2 (acme_gmbh)
       failed 1: 23505 could not create unique index "members_email_key", in V3__unique_emails.sql
                 acme_gmbh   Key (email)=(a@example.org) is duplicated.
            help re-run what is behind: cargo xtask migrate app3 --database workspaces --tenant acme_gmbh
                 all of it: target/migrations/runs/2026-11-22T15-04-05Z.json
    "#);
}

#[test]
fn failures_of_one_cause_are_told_once() {
    let app = fleet("app3", "schema-per-tenant");
    let mut ends: Vec<TargetReport> = tenants(&app, 20).iter().map(third).collect();
    ends.extend((0..14).map(|n| {
        let target = tenant(&app, &format!("x{n}"));
        failed(&target, duplicate(&target, &format!("{n}@example.org")))
    }));
    assert_snapshot!(end_of(&report(ends)), @r#"
    2>error[migration-failed]: could not create unique index "members_email_key"
    2> --> apps/app3/migrations/workspaces/V3__unique_emails.sql:1:1
    2>  |
    2>1 | create unique index members_email_key on members (email);
    2>  | ^^^^^^ PostgreSQL 23505
    2>  = Key (email)=(0@example.org) is duplicated.
    2>  = app3 workspaces (x0): V3 was rolled back, nothing of it remains; workspaces stands at V2
    2>  = 14 tenants of app3 workspaces
        Finished 20 applied (V2 -> V3), 14 failed in 940 ms
                 app3 workspaces   34 tenants   20 at V3 · 14 at V2
      failed 14: 23505 could not create unique index "members_email_key", in V3__unique_emails.sql
                 x0   Key (email)=(0@example.org) is duplicated.
                 x1   Key (email)=(1@example.org) is duplicated.
                 x2   Key (email)=(2@example.org) is duplicated.
                 x3   Key (email)=(3@example.org) is duplicated.
                 x4   Key (email)=(4@example.org) is duplicated.
                 x5   Key (email)=(5@example.org) is duplicated.
                 x6   Key (email)=(6@example.org) is duplicated.
                 x7   Key (email)=(7@example.org) is duplicated.
                 x8   Key (email)=(8@example.org) is duplicated.
                 x9   Key (email)=(9@example.org) is duplicated.
                 and 4 more
            help re-run what is behind: cargo xtask migrate app1
                 all of it: target/migrations/runs/2026-11-22T15-04-05Z.json
    "#);
}

#[test]
fn several_causes_stand_apart_and_a_stop_says_who_was_not_reached() {
    let app = fleet("app3", "schema-per-tenant");
    let names = ["acme", "hooli", "initech", "umbrella", "vehement", "wonka"];
    let [acme, hooli, initech, umbrella, vehement, wonka] = names.map(|name| tenant(&app, name));
    let busy = |target: &Target, pid: u32| {
        let message = format!("{} is locked by pid {pid}", target.label());
        Problem::new(Kind::Busy, "busy", message)
    };
    let ends = vec![
        third(&acme),
        failed(&hooli, duplicate(&hooli, "a@example.org")),
        failed(&initech, failure(&initech, 3)),
        ended(&umbrella, Outcome::Busy, Some(2), vec![busy(&umbrella, 7)]),
        ended(&vehement, Outcome::Busy, Some(2), vec![busy(&vehement, 9)]),
        ended(&wonka, Outcome::NotReached, Some(1), vec![]),
    ];
    assert_snapshot!(end_of(&report(ends)), @r#"
    2>error[busy]: app3 workspaces (umbrella) is locked by pid 7
    2>  = 2 tenants of app3 workspaces
    2>
    2>error[migration-failed]: could not create unique index "members_email_key"
    2> --> apps/app3/migrations/workspaces/V3__unique_emails.sql:1:1
    2>  |
    2>1 | create unique index members_email_key on members (email);
    2>  | ^^^^^^ PostgreSQL 23505
    2>  = Key (email)=(a@example.org) is duplicated.
    2>  = app3 workspaces (hooli): V3 was rolled back, nothing of it remains; workspaces stands at V2
    2>
    2>error[migration-failed]: no such table
    2> --> apps/app3/migrations/workspaces/V3__unique_emails.sql:1:1
    2>  |
    2>1 | create unique index members_email_key on members (email);
    2>  | ^^^^^^ PostgreSQL 42P01
    2>  = app3 workspaces (initech): nothing of it remains
         Stopped 1 applied (V2 -> V3), 2 failed, 2 busy, 1 not reached in 940 ms
                 app3 workspaces   6 tenants   4 at V2 (hooli, initech, umbrella, vehement) ·
                                               1 at V3 (acme) · 1 at V1 (wonka)
       failed 1: 23505 could not create unique index "members_email_key", in V3__unique_emails.sql
                 hooli   Key (email)=(a@example.org) is duplicated.
       failed 1: 42P01 no such table, in V3__unique_emails.sql
                 initech
         busy 2: for example: app3 workspaces (umbrella) is locked by pid 7
                 umbrella   app3 workspaces (umbrella) is locked by pid 7
                 vehement   app3 workspaces (vehement) is locked by pid 9
            help re-run what is behind: cargo xtask migrate app3 --database workspaces --tenant hooli --tenant initech --tenant umbrella --tenant vehement --tenant wonka
                 all of it: target/migrations/runs/2026-11-22T15-04-05Z.json
    "#);
}

#[test]
fn a_server_that_cannot_be_reached_is_one_cause_of_all_on_it() {
    let app = fleet("app3", "two tracks");
    let lost = Problem::new(
        Kind::Connect,
        "cannot-connect",
        "no server at localhost:5432",
    );
    let global = target_of(&app, "public");
    let all = std::iter::once(global).chain(tenants(&app, 100));
    let ends = all.map(|one| ended(&one, Outcome::Failed, None, vec![lost.clone()]));
    assert_snapshot!(end_of(&report(ends.collect())), @r"
    2>error[cannot-connect]: no server at localhost:5432
    2>  = 1 target of app3 workspaces (global), 100 tenants of app3 workspaces
         Stopped 101 failed in 940 ms
                 app3 workspaces (global)                 unreachable
                 app3 workspaces            100 tenants   all unreachable
     failed 101: no server at localhost:5432
                 app3 workspaces (global), t0, t1, t2, t3, t4, t5, t6, t7, t8 and 91 more
            help re-run what is behind: cargo xtask migrate app1
                 all of it: target/migrations/runs/2026-11-22T15-04-05Z.json
    ");
}

#[test]
fn shards_are_said_to_be_even_or_who_is_where() {
    let app = fleet("app4", "sharded");
    let [one, two] = ["shard_0", "shard_1"].map(|name| tenant(&app, name));
    assert_snapshot!(end_of(&report(vec![third(&one), third(&two)])), @r"
    Finished 2 applied (V2 -> V3) in 940 ms
             app4 workspaces   2 shards   all at V3
    ");
    let lost = Problem::new(Kind::Connect, "cannot-connect", "no server at shard1");
    let gone = ended(&two, Outcome::Failed, None, vec![lost]);
    assert_snapshot!(end_of(&report(vec![third(&one), gone])), @r"
    2>error[cannot-connect]: no server at shard1
    2>  = app4 workspaces (shard_1)
        Finished 1 applied (V2 -> V3), 1 failed in 940 ms
                 app4 workspaces   2 shards   1 at V3 (shard_0) · 1 unreachable (shard_1)
       failed 1: no server at shard1
                 shard_1
            help re-run what is behind: cargo xtask migrate app4 --database workspaces --tenant shard_1
                 all of it: target/migrations/runs/2026-11-22T15-04-05Z.json
    ");
    let standing = |state, current| {
        let targets = vec![
            stands(&one, State::AtHead, Some(3)),
            stands(&two, state, current),
        ];
        let status = Status {
            targets,
            ..Status::default()
        };
        shown(|human| human.status(&status))
    };
    assert_snapshot!(standing(State::AtHead, Some(3)), @"  app4 workspaces   2 shards   all at V3");
    assert_snapshot!(standing(State::Pending, Some(1)), @"  app4 workspaces   2 shards   1 at V3 (shard_0) · 1 at V1, 2 pending (shard_1)");
}

#[test]
fn tenants_that_nobody_can_name_yet_are_no_error() {
    let app = fleet("app3", "two tracks");
    let global = target_of(&app, "public");
    let status = |code| Status {
        targets: vec![stands(&global, State::Pending, None)],
        unresolved: vec![not_known(&app, code)],
    };
    assert_snapshot!(shown(|human| human.status(&status("global-first"))), @r"
      app3 workspaces (global)   empty · 1 pending: V1 tenants
      app3 workspaces            tenants not known yet: global first
    2>note[global-first]: the query of tenants reads what is not there yet
    2>  help: cargo xtask migrate app3
    ");
    assert_snapshot!(shown(|human| human.status(&status("tenant-query"))), @r"
      app3 workspaces (global)   empty · 1 pending: V1 tenants
      app3 workspaces            tenants not known
    2>error[tenant-query]: the query of tenants reads what is not there yet
    2>  help: cargo xtask migrate app3
    ");
    let mut end = report(vec![ended(&global, Outcome::Applied, Some(1), vec![])]);
    end.unresolved = vec![not_known(&app, "tenant-query")];
    assert_snapshot!(end_of(&end), @r"
    2>error[tenant-query]: the query of tenants reads what is not there yet
    2>  help: cargo xtask migrate app3
         Stopped 1 applied in 940 ms
                 app3 workspaces (global)   V1
                 app3 workspaces            tenants not known
    ");
}

#[test]
fn status_of_a_fleet_is_a_line() {
    let app = fleet("app3", "two tracks");
    let mut targets = vec![stands(&target_of(&app, "public"), State::AtHead, Some(1))];
    targets.extend(
        tenants(&app, 999)
            .iter()
            .map(|one| stands(one, State::AtHead, Some(3))),
    );
    targets.push(stands(&tenant(&app, "acme_gmbh"), State::Pending, Some(2)));
    let mut status = Status {
        targets,
        ..Status::default()
    };
    assert_snapshot!(shown(|human| human.status(&status)), @r"
    app3 workspaces (global)                  V1 · at head
    app3 workspaces            1000 tenants   999 at V3 · 1 at V2, 1 pending (acme_gmbh)
    ");
    status.targets.retain(|one| one.state == State::AtHead);
    assert_snapshot!(shown(|human| human.status(&status)), @r"
    app3 workspaces (global)                 V1 · at head
    app3 workspaces            999 tenants   all at V3
    ");
}

#[test]
fn every_state_has_its_words_and_lines_end_where_the_terminal_does() {
    let app = fleet("app3", "schema-per-tenant");
    let groups = [
        (State::AtHead, Some(3), 700),
        (State::Pending, Some(2), 5),
        (State::Pending, None, 3),
        (State::Ahead, Some(9), 2),
        (State::Diverged, Some(3), 20),
        (State::Unreachable, None, 4),
        (State::Pending, Some(1), 1),
    ];
    let mut targets = Vec::new();
    for (group, (state, current, number)) in groups.into_iter().enumerate() {
        for n in 0..number {
            let target = tenant(&app, &format!("tenant_{group}_{n}"));
            let mut one = stands(&target, state, current);
            if state == State::Diverged {
                let migration = &target.series.migrations[0];
                one.problems = vec![
                    Problem::verification("edited-migration", "V1__members was edited")
                        .at(migration.source.place(0..0))
                        .note(format!("applied as V1__members on day {n}")),
                ];
            }
            if state == State::Unreachable {
                let message = format!("cannot connect to postgres://app@host{n}/app: refused");
                one.problems = vec![Problem::new(Kind::Connect, "unreachable", message)];
            }
            targets.push(one);
        }
    }
    let status = Status {
        targets,
        ..Status::default()
    };
    let at = |width| written(width, false, |human| human.status(&status));
    assert_snapshot!(at(60), @r"
      app3 workspaces   735 tenants   700 at V3 ·
                                      20 at V3, diverged ·
                                      5 at V2, 1 pending (tenant_1_0,
                                      tenant_1_1, tenant_1_2,
                                      tenant_1_3, tenant_1_4) ·
                                      4 unreachable (tenant_5_0,
                                      tenant_5_1, tenant_5_2,
                                      tenant_5_3) ·
                                      3 empty, 3 pending (tenant_2_0,
                                      tenant_2_1, tenant_2_2) ·
                                      2 at V9, ahead (tenant_3_0,
                                      tenant_3_1) ·
                                      1 at V1, 2 pending (tenant_6_0)
    2>error[edited-migration]: V1__members was edited
    2> --> apps/app3/migrations/workspaces/V1__members.sql:1:1
    2>  |
    2>1 | create table members ();
    2>  | ^
    2>  = applied as V1__members on day 0
    2>  = 20 tenants of app3 workspaces:
    2>    tenant_4_0   applied as V1__members on day 0
    2>    tenant_4_1   applied as V1__members on day 1
    2>    tenant_4_2   applied as V1__members on day 2
    2>    tenant_4_3   applied as V1__members on day 3
    2>    tenant_4_4   applied as V1__members on day 4
    2>    tenant_4_5   applied as V1__members on day 5
    2>    tenant_4_6   applied as V1__members on day 6
    2>    tenant_4_7   applied as V1__members on day 7
    2>    tenant_4_8   applied as V1__members on day 8
    2>    tenant_4_9   applied as V1__members on day 9
    2>    and 10 more
    2>
    2>error[unreachable]: cannot connect to postgres://app@host0/app: refused
    2>  = 4 tenants of app3 workspaces:
    2>    tenant_5_0   cannot connect to postgres://app@host0/a…
    2>    tenant_5_1   cannot connect to postgres://app@host1/a…
    2>    tenant_5_2   cannot connect to postgres://app@host2/a…
    2>    tenant_5_3   cannot connect to postgres://app@host3/a…
    ");
    assert_snapshot!(at(80), @r"
      app3 workspaces   735 tenants   700 at V3 · 20 at V3, diverged ·
                                      5 at V2, 1 pending (tenant_1_0, tenant_1_1,
                                      tenant_1_2, tenant_1_3, tenant_1_4) ·
                                      4 unreachable (tenant_5_0, tenant_5_1,
                                      tenant_5_2, tenant_5_3) ·
                                      3 empty, 3 pending (tenant_2_0, tenant_2_1,
                                      tenant_2_2) · 2 at V9, ahead (tenant_3_0,
                                      tenant_3_1) · 1 at V1, 2 pending (tenant_6_0)
    2>error[edited-migration]: V1__members was edited
    2> --> apps/app3/migrations/workspaces/V1__members.sql:1:1
    2>  |
    2>1 | create table members ();
    2>  | ^
    2>  = applied as V1__members on day 0
    2>  = 20 tenants of app3 workspaces:
    2>    tenant_4_0   applied as V1__members on day 0
    2>    tenant_4_1   applied as V1__members on day 1
    2>    tenant_4_2   applied as V1__members on day 2
    2>    tenant_4_3   applied as V1__members on day 3
    2>    tenant_4_4   applied as V1__members on day 4
    2>    tenant_4_5   applied as V1__members on day 5
    2>    tenant_4_6   applied as V1__members on day 6
    2>    tenant_4_7   applied as V1__members on day 7
    2>    tenant_4_8   applied as V1__members on day 8
    2>    tenant_4_9   applied as V1__members on day 9
    2>    and 10 more
    2>
    2>error[unreachable]: cannot connect to postgres://app@host0/app: refused
    2>  = 4 tenants of app3 workspaces:
    2>    tenant_5_0   cannot connect to postgres://app@host0/app: refused
    2>    tenant_5_1   cannot connect to postgres://app@host1/app: refused
    2>    tenant_5_2   cannot connect to postgres://app@host2/app: refused
    2>    tenant_5_3   cannot connect to postgres://app@host3/app: refused
    ");
    assert_snapshot!(at(120), @r"
      app3 workspaces   735 tenants   700 at V3 · 20 at V3, diverged · 5 at V2, 1 pending (tenant_1_0, tenant_1_1,
                                      tenant_1_2, tenant_1_3, tenant_1_4) · 4 unreachable (tenant_5_0, tenant_5_1,
                                      tenant_5_2, tenant_5_3) · 3 empty, 3 pending (tenant_2_0, tenant_2_1, tenant_2_2) ·
                                      2 at V9, ahead (tenant_3_0, tenant_3_1) · 1 at V1, 2 pending (tenant_6_0)
    2>error[edited-migration]: V1__members was edited
    2> --> apps/app3/migrations/workspaces/V1__members.sql:1:1
    2>  |
    2>1 | create table members ();
    2>  | ^
    2>  = applied as V1__members on day 0
    2>  = 20 tenants of app3 workspaces:
    2>    tenant_4_0   applied as V1__members on day 0
    2>    tenant_4_1   applied as V1__members on day 1
    2>    tenant_4_2   applied as V1__members on day 2
    2>    tenant_4_3   applied as V1__members on day 3
    2>    tenant_4_4   applied as V1__members on day 4
    2>    tenant_4_5   applied as V1__members on day 5
    2>    tenant_4_6   applied as V1__members on day 6
    2>    tenant_4_7   applied as V1__members on day 7
    2>    tenant_4_8   applied as V1__members on day 8
    2>    tenant_4_9   applied as V1__members on day 9
    2>    and 10 more
    2>
    2>error[unreachable]: cannot connect to postgres://app@host0/app: refused
    2>  = 4 tenants of app3 workspaces:
    2>    tenant_5_0   cannot connect to postgres://app@host0/app: refused
    2>    tenant_5_1   cannot connect to postgres://app@host1/app: refused
    2>    tenant_5_2   cannot connect to postgres://app@host2/app: refused
    2>    tenant_5_3   cannot connect to postgres://app@host3/app: refused
    ");
}

#[test]
fn ten_thousand_tenants_fit_a_screen_whatever_is_wrong_with_them() {
    let app = fleet("app3", "schema-per-tenant");
    let all = tenants(&app, 10_000);
    let own = |n: usize, target: &Arc<Target>| {
        let mut problem = duplicate(target, &format!("{n}@example.org"));
        problem.migration = Some(format!("V{}__x", n % 45));
        problem
    };
    let targets = all.iter().enumerate().map(|(n, target)| {
        let version = i64::try_from(n).expect("small");
        TargetStatus {
            problems: vec![own(n, target)],
            ..stands(target, State::Diverged, Some(version))
        }
    });
    let status = Status {
        targets: targets.collect(),
        ..Status::default()
    };
    let text = shown(|human| human.status(&status));
    assert!(text.lines().count() < 30, "{text}");
    assert_snapshot!(text, @r#"
      app3 workspaces   10000 tenants   1 at V0, diverged (t0) · 1 at V1, diverged (t1) ·
                                        1 at V2, diverged (t2) · 1 at V3, diverged (t3) ·
                                        1 at V4, diverged (t4) · 1 at V5, diverged (t5) ·
                                        and 9994 in 9994 more groups
    2>error[migration-failed]: could not create unique index "members_email_key"
    2> --> apps/app3/migrations/workspaces/V3__unique_emails.sql:1:1
    2>  |
    2>1 | create unique index members_email_key on members (email);
    2>  | ^^^^^^ PostgreSQL 23505
    2>  = Key (email)=(0@example.org) is duplicated.
    2>  = app3 workspaces (t0): V3 was rolled back, nothing of it remains; workspaces stands at V2
    2>  = 223 tenants of app3 workspaces:
    2>    t0     Key (email)=(0@example.org) is duplicated.
    2>    t45    Key (email)=(45@example.org) is duplicated.
    2>    t90    Key (email)=(90@example.org) is duplicated.
    2>    t135   Key (email)=(135@example.org) is duplicated.
    2>    t180   Key (email)=(180@example.org) is duplicated.
    2>    and 218 more
    2>    and 223: V3__unique_emails.sql: 23505 could not create unique index… (t1, t46, t91 and 220 more)
    2>    and 223: V3__unique_emails.sql: 23505 could not create unique index… (t2, t47, t92 and 220 more)
    2>    and 223: V3__unique_emails.sql: 23505 could not create unique index… (t3, t48, t93 and 220 more)
    2>    and 223: V3__unique_emails.sql: 23505 could not create unique index… (t4, t49, t94 and 220 more)
    2>    and 223: V3__unique_emails.sql: 23505 could not create unique index… (t5, t50, t95 and 220 more)
    2>    and 223: V3__unique_emails.sql: 23505 could not create unique index… (t6, t51, t96 and 220 more)
    2>    and 223: V3__unique_emails.sql: 23505 could not create unique index… (t7, t52, t97 and 220 more)
    2>    and 223: V3__unique_emails.sql: 23505 could not create unique index… (t8, t53, t98 and 220 more)
    2>             and 7993 targets in 36 more groups
    "#);
    let ends = all
        .iter()
        .enumerate()
        .map(|(n, target)| failed(target, own(n, target)));
    let text = end_of(&report(ends.collect()));
    assert!(text.lines().count() < 30, "{text}");
    assert_snapshot!(text, @r#"
    2>error[migration-failed]: could not create unique index "members_email_key"
    2> --> apps/app3/migrations/workspaces/V3__unique_emails.sql:1:1
    2>  |
    2>1 | create unique index members_email_key on members (email);
    2>  | ^^^^^^ PostgreSQL 23505
    2>  = Key (email)=(0@example.org) is duplicated.
    2>  = app3 workspaces (t0): V3 was rolled back, nothing of it remains; workspaces stands at V2
    2>  = 223 tenants of app3 workspaces
         Stopped 10000 failed in 940 ms
                 app3 workspaces   10000 tenants   all at V2
     failed 223: V3__unique_emails.sql: 23505 could not create unique index… (t0, t45, t90 and 220 more)
     failed 223: V3__unique_emails.sql: 23505 could not create unique index… (t1, t46, t91 and 220 more)
     failed 223: V3__unique_emails.sql: 23505 could not create unique index… (t2, t47, t92 and 220 more)
     failed 223: V3__unique_emails.sql: 23505 could not create unique index… (t3, t48, t93 and 220 more)
     failed 223: V3__unique_emails.sql: 23505 could not create unique index… (t4, t49, t94 and 220 more)
     failed 223: V3__unique_emails.sql: 23505 could not create unique index… (t5, t50, t95 and 220 more)
     failed 223: V3__unique_emails.sql: 23505 could not create unique index… (t6, t51, t96 and 220 more)
     failed 223: V3__unique_emails.sql: 23505 could not create unique index… (t7, t52, t97 and 220 more)
                 and 8216 targets in 37 more groups
            help re-run what is behind: cargo xtask migrate app1
                 all of it: target/migrations/runs/2026-11-22T15-04-05Z.json
    "#);
}

#[test]
fn names_of_tenants_are_only_words() {
    let app = fleet("app3", "schema-per-tenant");
    let names = ["a\u{1b}[2J", "b\nc", "d, e", "f*", "g\u{202e}h"];
    let hostile = names.map(|name| tenant(&app, name));
    let mut ends: Vec<TargetReport> = hostile
        .iter()
        .map(|target| failed(target, duplicate(target, target.name())))
        .collect();
    ends.push(third(&tenant(&app, "acme")));
    let text = end_of(&report(ends));
    assert!(
        !text.contains(|c: char| c != '\n' && c.is_control()),
        "{text:?}"
    );
    assert_snapshot!(text, @r#"
    2>error[migration-failed]: could not create unique index "members_email_key"
    2> --> apps/app3/migrations/workspaces/V3__unique_emails.sql:1:1
    2>  |
    2>1 | create unique index members_email_key on members (email);
    2>  | ^^^^^^ PostgreSQL 23505
    2>  = Key (email)=(a�[2J) is duplicated.
    2>  = app3 workspaces (a�[2J): V3 was rolled back, nothing of it remains; workspaces stands at V2
    2>  = 5 tenants of app3 workspaces
        Finished 1 applied (V2 -> V3), 5 failed in 940 ms
                 app3 workspaces   6 tenants   5 at V2 (a�[2J, "b c", "d, e", f*, g�h) · 1 at V3 (acme)
       failed 5: 23505 could not create unique index "members_email_key", in V3__unique_emails.sql
                 a�[2J    Key (email)=(a�[2J) is duplicated.
                 "b c"    Key (email)=(b c) is duplicated.
                 "d, e"   Key (email)=(d, e) is duplicated.
                 f*       Key (email)=(f*) is duplicated.
                 g�h      Key (email)=(g�h) is duplicated.
            help re-run what is behind: cargo xtask migrate app1
                 all of it: target/migrations/runs/2026-11-22T15-04-05Z.json
    "#);
}

#[test]
fn a_step_tells_of_its_targets_instead_of_their_migrations() {
    let app = fleet("app3", "schema-per-tenant");
    let some = tenants(&app, 3);
    let text = shown(|human| {
        human.event(&Event::Fleet {
            series: Arc::clone(&app.series[0]),
            targets: some.len(),
            jobs: 8,
            canary: false,
        });
        for target in &some {
            human.event(&Event::Planned {
                target: Arc::clone(target),
                pending: 2,
                known: 3,
            });
            done(human, target, 2, How::InTransaction, 12);
            done(human, target, 3, How::InTransaction, 7);
            human.event(&Event::Ended {
                target: Arc::clone(target),
                outcome: Outcome::Applied,
                applied: 2,
                elapsed: Duration::from_millis(40),
            });
        }
    });
    assert_snapshot!(text, @r"
    app3 workspaces  3 tenants, 3 at a time
         t0                     V2 to V3       40 ms
         t1                     V2 to V3       40 ms
         t2                     V2 to V3       40 ms
    ");
}

#[test]
fn what_happens_to_a_thousand_at_once_is_told_once() {
    let app = fleet("app3", "schema-per-tenant");
    let all = tenants(&app, 1_000);
    let text = shown(|human| {
        human.event(&Event::Fleet {
            series: Arc::clone(&app.series[0]),
            targets: all.len(),
            jobs: 8,
            canary: false,
        });
        std::thread::scope(|scope| {
            for some in all.chunks(250) {
                scope.spawn(move || some.iter().for_each(|target| many_events(human, target)));
            }
        });
        human.report(&report(Vec::new()), None);
    });
    // Which tenant comes first is for the threads to say.
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.split(" (t").next().unwrap_or(line).trim().to_owned())
        .collect();
    let count = |begin: &str| lines.iter().filter(|line| line.starts_with(begin)).count();
    assert_eq!(count("2>     Waiting app3 workspaces"), 1, "{text}");
    assert_eq!(count("2>    Retrying app3 workspaces"), 1, "{text}");
    assert_eq!(count("2>     Pausing postgres://"), 1, "{text}");
    assert_eq!(count("2>     WARNING app3 workspaces"), 1, "{text}");
    assert_eq!(count("2>warning[line-ends]"), 1, "{text}");
    assert_eq!(count("2>warning[odd]"), 20, "{text}");
    assert_eq!(
        count("2>             and 980 more warnings of odd"),
        1,
        "{text}"
    );
    assert!(text.lines().count() < 40, "{text}");
}

/// All that may happen to a target while it waits for others.
fn many_events(human: &Human, target: &Arc<Target>) {
    human.event(&Event::Waiting {
        target: Arc::clone(target),
        holder: None,
    });
    human.event(&Event::Retrying {
        target: Arc::clone(target),
        migration: Arc::clone(&target.series.migrations[0]),
        cause: "canceling statement due to lock timeout".to_owned(),
        pause: Duration::from_millis(400),
    });
    human.event(&Event::Pausing {
        server: "postgres://app@localhost".to_owned(),
        cause: "sorry, too many clients already".to_owned(),
        pause: Duration::from_secs(1),
    });
    human.event(&Event::Notice {
        target: Arc::clone(target),
        severity: "WARNING".to_owned(),
        message: "wal_level is insufficient".to_owned(),
    });
    human.event(&Event::Warning(Problem::verification(
        "line-ends",
        "V1__members has other line ends",
    )));
    human.event(&Event::Warning(Problem::verification(
        "odd",
        target.label(),
    )));
}

#[test]
fn plans_of_a_fleet_stand_together() {
    let app = fleet("app3", "two tracks");
    let mut plans: Vec<(Arc<Target>, Arc<Plan>)> = tenants(&app, 990)
        .into_iter()
        .map(|target| {
            let plan = plan_after(&target, 2);
            (target, plan)
        })
        .collect();
    for (name, number) in [("acme", 1), ("initech", 1), ("hooli", 0), ("late", 3)] {
        let target = tenant(&app, name);
        let plan = plan_after(&target, number);
        plans.push((target, plan));
    }
    let global = target_of(&app, "public");
    let of_global = plan_after(&global, 0);
    plans.insert(0, (global, of_global));
    assert_snapshot!(shown(|human| human.plans(&plans, &report(vec![]))), @r"
       app3 workspaces (global)   1 pending of 1, in 1 transaction; now empty
            V1 tenants
       app3 workspaces  990 tenants: 1 pending of 3, in 1 transaction each; now at V2
            V3 unique_emails
            2 tenants (acme, initech): at V1, 2 pending: V2 emails to V3 unique_emails
            1 tenant (hooli): empty, 3 pending: V1 members to V3 unique_emails
            1 tenant (late): at V3, nothing would run
    Dry run nothing was changed
    ");
    let at_80 = written(80, false, |human| {
        human.plans(&plans[991..], &report(vec![]))
    });
    assert_snapshot!(at_80, @r"
       app3 workspaces  2 tenants (acme, initech): 2 pending of 3, in 1 transaction each; now at V1
            one transaction
              V2 emails
              V3 unique_emails
            1 tenant (hooli): empty, 3 pending: V1 members to V3 unique_emails
            1 tenant (late): at V3, nothing would run
    Dry run nothing was changed
    ");
    let mut early = report(vec![]);
    early.unresolved = vec![not_known(&app, "global-first")];
    assert_snapshot!(shown(|human| human.plans(&plans[..1], &early)), @r"
            app3 workspaces (global)   1 pending of 1, in 1 transaction; now empty
                 V1 tenants
            app3 workspaces  tenants not known yet: global first
         Dry run nothing was changed
    2>note[global-first]: the query of tenants reads what is not there yet
    2>  help: cargo xtask migrate app3
    ");
}

#[test]
fn history_of_a_fleet_is_a_table_of_versions() {
    let app = fleet("app3", "schema-per-tenant");
    let mut histories: Vec<_> = tenants(&app, 1_000)
        .into_iter()
        .enumerate()
        .map(|(n, target)| {
            let number = if n % 400 == 7 { 1 } else { 2 };
            let mut found = history(&target, number);
            for row in &mut found.rows {
                row.applied_on = format!("2026-01-{:02}T03:04:05.678901Z", 2 + n % 20);
            }
            (target, Ok(found))
        })
        .collect();
    let pilot = tenant(&app, "pilot");
    let mut found = history(&pilot, 3);
    found.rows[0].checksum ^= 1;
    found.rows[1].outcome = Some("skipped".to_owned());
    histories.push((pilot, Ok(found)));
    histories.extend((0..6).map(|n| {
        let lost = Problem::new(Kind::Connect, "cannot-connect", "no server");
        (tenant(&app, &format!("x{n}")), Err(lost))
    }));
    let at = |width| written(width, false, |human| human.history(&histories));
    assert_snapshot!(at(80), @r"
    app3 workspaces   1007 tenants · 6 cannot be read
      version  name           on           applied on                                      state
      V1       members        all 1001     2026-01-02 03:04:05 to 2026-01-21 03:04:05 UTC  applied ·
                 1 edited: pilot
      V2       emails         998 of 1001  2026-01-02 03:04:05 to 2026-01-21 03:04:05 UTC  applied ·
                 1 skipped: pilot · not on t7, t407, t807
      V3       unique_emails  1 of 1001    2026-01-02 03:04:05 UTC                         applied ·
                 only on pilot
    2>error[cannot-connect]: no server
    2>  = 6 tenants of app3 workspaces:
    2>    x0, x1, x2, x3, x4, x5
    ");
    assert_snapshot!(at(120), @r"
    app3 workspaces   1007 tenants · 6 cannot be read
      version  name           on           applied on                                      state
      V1       members        all 1001     2026-01-02 03:04:05 to 2026-01-21 03:04:05 UTC  applied · 1 edited: pilot
      V2       emails         998 of 1001  2026-01-02 03:04:05 to 2026-01-21 03:04:05 UTC  applied · 1 skipped: pilot ·
                                                                                           not on t7, t407, t807
      V3       unique_emails  1 of 1001    2026-01-02 03:04:05 UTC                         applied · only on pilot
    2>error[cannot-connect]: no server
    2>  = 6 tenants of app3 workspaces:
    2>    x0, x1, x2, x3, x4, x5
    ");
    let few = &histories[998..1_001];
    assert_snapshot!(shown(|human| human.history(few)), @r#"
    app3 workspaces (t998)   "t998"."app3_workspaces_schema_history"
      version  name     applied on               state
      V1       members  2026-01-20 03:04:05 UTC  applied
      V2       emails   2026-01-20 03:04:05 UTC  applied

    app3 workspaces (t999)   "t999"."app3_workspaces_schema_history"
      version  name     applied on               state
      V1       members  2026-01-21 03:04:05 UTC  applied
      V2       emails   2026-01-21 03:04:05 UTC  applied

    app3 workspaces (pilot)   "pilot"."app3_workspaces_schema_history"
      version  name           applied on               state
      V1       members        2026-01-02 03:04:05 UTC  edited
      V2       emails         2026-01-02 03:04:05 UTC  skipped
      V3       unique_emails  2026-01-02 03:04:05 UTC  applied
    "#);
}
