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

mod events;
mod tables;

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
fn the_way_is_told_where_it_is_one() {
    let app = fleet("app3", "two tracks");
    let [one, two] = ["acme", "initech"].map(|name| tenant(&app, name));
    let first = |target: &Arc<Target>, version| {
        let mut end = third(target);
        let before = (version..3).map(|n| applied(target, n, How::InTransaction, 1));
        end.applied.splice(0..0, before);
        end
    };
    let head = |ends| end_of(&report(ends)).lines().next().map(str::to_owned);
    let told = |ends, expected: &str| {
        let expected = format!("    Finished {expected} in 940 ms");
        assert_eq!(head(ends), Some(expected));
    };
    told(
        vec![first(&one, 1), first(&two, 1)],
        "2 applied (empty -> V3)",
    );
    told(vec![first(&one, 2), first(&two, 3)], "2 applied (to V3)");
    let global = target_of(&app, "public");
    let of_global = ended(&global, Outcome::Applied, Some(1), vec![]);
    told(vec![of_global, first(&two, 3)], "2 applied");
    let mut back = ended(&one, Outcome::Applied, Some(1), vec![]);
    back.applied = [3, 2].map(|n| applied(&one, n, How::TakenBack, 1)).to_vec();
    told(vec![back], "1 applied (V3 -> V1)");
}
