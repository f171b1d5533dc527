//! One tenant that fails, and what that means for the others.

use super::{Fleet, named, tenants};

const TENANTS: usize = 20;

/// `t000` … `t019` at V1, and V2 pending, which fails on `conflicts`: there the table that it makes is there already.
fn planted(conflicts: &[&str]) -> Fleet {
    let fleet = Fleet::of(TENANTS, "");
    fleet.steps(1);
    fleet.migrate(&[]).expect(0);
    fleet.step(2, "create table orders (id int);");
    for tenant in conflicts {
        fleet.run(&format!("create table {tenant}.orders (planted text)"));
    }
    fleet
}

fn name(number: usize) -> String {
    format!("t{number:03}")
}

fn names(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    numbers.into_iter().map(name).collect()
}

/// Fails unless the tenants at V2 are exactly `done`, and all others at V1.
#[track_caller]
fn expect_done(fleet: &Fleet, done: &[String]) {
    let standings = fleet.whole();
    for (tenant, at) in &standings {
        let head = if done.contains(tenant) { "1,2" } else { "1" };
        assert_eq!(at, head, "{tenant}");
    }
    assert_eq!(standings.len(), TENANTS);
}

#[test]
fn a_conflict_is_named_with_its_cause_and_the_others_are_done() {
    let fleet = planted(&["t007"]);
    let run = fleet.migrate(&[]).expect(6);
    let report = run.json();
    let others = names((0..TENANTS).filter(|number| *number != 7));
    assert_eq!(named(&report, "applied"), others);
    assert_eq!(named(&report, "failed"), ["t007"]);
    let error = &tenants(&report)["t007"]["error"];
    assert_eq!(error["sqlstate"], "42P07");
    assert_eq!(error["message"], "relation \"orders\" already exists");
    assert_eq!(error["migration"], "V2__step");
    assert_eq!(
        error["path"],
        "services/fleet/migrations/core/tenant/V2__step.sql"
    );
    assert_eq!(error["line"], 1);
    expect_done(&fleet, &others);

    // For people too: who, and why.
    fleet
        .workspace
        .run(&["migrate", "fleet"])
        .expect(6)
        .says(&["t007", "relation \"orders\" already exists"]);

    fleet.run("drop table t007.orders");
    let report = fleet.migrate(&[]).expect(0).json();
    assert_eq!(named(&report, "applied"), ["t007"]);
    fleet.expect_all_at(TENANTS, 2);
}

#[test]
fn none_is_reached_after_a_conflict_where_the_run_stops() {
    let fleet = planted(&["t007"]);
    let report = fleet
        .migrate(&["--on-error", "stop", "--jobs", "1"])
        .expect(6)
        .json();
    assert_eq!(named(&report, "applied"), names(0..7));
    assert_eq!(named(&report, "failed"), ["t007"]);
    assert_eq!(named(&report, "not_reached"), names(8..TENANTS));
    assert_eq!(tenants(&report).len(), TENANTS);
    expect_done(&fleet, &names(0..7));
}

#[test]
fn a_canary_that_fails_keeps_the_rest_from_being_reached() {
    for canary in [["--canary", "2"], ["--canary", "t001"]] {
        let fleet = planted(&["t001"]);
        let report = fleet.migrate(&canary).json();
        let before = if canary[1] == "2" {
            names([0])
        } else {
            Vec::new()
        };
        assert_eq!(named(&report, "applied"), before, "{canary:?}");
        assert_eq!(named(&report, "failed"), ["t001"], "{canary:?}");
        let rest =
            names((0..TENANTS).filter(|number| *number != 1 && !before.contains(&name(*number))));
        assert_eq!(named(&report, "not_reached"), rest, "{canary:?}");
        expect_done(&fleet, &before);
    }
}

#[test]
fn canaries_that_succeed_let_the_rest_go() {
    let fleet = planted(&["t007"]);
    let runner = fleet.start(&["--canary", "t01*", "--jobs", "4"]);
    let run = crate::support::Run::end(runner).expect(6);
    let ended: Vec<String> = run
        .stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|event| event["event"] == "ended")
        .map(|event| event["target"].as_str().expect("a name").to_owned())
        .collect();
    assert_eq!(ended.len(), TENANTS);
    assert!(
        ended[..10].iter().all(|name| name.starts_with("t01")),
        "{ended:?}"
    );
    assert_eq!(named(&super::document(&run), "failed"), ["t007"]);
}

#[test]
fn more_failures_than_allowed_end_the_run() {
    // One of twenty is 5 %.
    for (most, allowed) in [("2", 2), ("5%", 1), ("0", 0)] {
        let conflicts = ["t002", "t004", "t006", "t008"];
        let fleet = planted(&conflicts);
        let report = fleet
            .migrate(&["--max-failures", most, "--jobs", "1"])
            .expect(6)
            .json();
        let failed = &conflicts[..=allowed];
        assert_eq!(named(&report, "failed"), failed, "{most}");
        let last = 2 * (allowed + 1);
        assert_eq!(
            named(&report, "not_reached"),
            names(last + 1..TENANTS),
            "{most}"
        );
        let done = names((0..last).filter(|number| !failed.contains(&name(*number).as_str())));
        assert_eq!(named(&report, "applied"), done, "{most}");
        expect_done(&fleet, &done);

        let fleet = planted(&conflicts[..allowed]);
        let report = fleet
            .migrate(&["--max-failures", most])
            .expect(if allowed == 0 { 0 } else { 6 })
            .json();
        assert_eq!(named(&report, "failed"), &conflicts[..allowed], "{most}");
        assert_eq!(named(&report, "not_reached"), [""; 0], "{most}");
    }
}
