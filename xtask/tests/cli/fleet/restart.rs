//! The server taken away in the middle of a run: restarted, stopped for good, or its sessions ended one by one.

use serde_json::Value;

use super::server::OwnServer;
use super::{Fleet, applied, document, follow, named, tenants};
use crate::support::Run;

const TENANTS: usize = 60;

/// Every tenant at V1, and V2 pending.
fn behind(fleet: &Fleet) {
    fleet.steps(1);
    fleet.migrate(&[]).expect(0);
    fleet.step(2, "");
}

/// How many events of `run` are called `name`.
fn count(run: &Run, name: &str) -> usize {
    let events = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    events.filter(|event| event["event"] == name).count()
}

#[test]
fn a_restarted_server_is_waited_for() {
    for mode in ["fast", "immediate"] {
        let server = OwnServer::start();
        let fleet = Fleet::at(&server.database("fleet"), "lock_timeout = \"5min\"\n");
        fleet.tenants(TENANTS);
        behind(&fleet);
        // The run does not end before the restart, which ends this transaction too.
        let _held = fleet.hold(&["t040"]);
        let mut runner = fleet.start(&[]);
        fleet.wait_for_waiting(1);
        let mut lines = String::new();
        assert!(follow(&mut runner, |event| {
            lines = event.to_string();
            event["event"] == "ended"
        }));
        server.restart(mode);
        let run = Run::end(runner).expect(0);
        assert!(
            count(&run, "pausing") > 0,
            "{mode}: the run tells that it waits"
        );
        let report = document(&run);
        assert_eq!(tenants(&report).len(), TENANTS, "{mode}");
        fleet.expect_all_at(TENANTS, 2);
        let again = fleet.migrate(&[]).expect(0).json();
        assert_eq!(named(&again, "at_head").len(), TENANTS, "{mode}");
    }
}

#[test]
fn a_server_that_stays_away_is_given_up() {
    let server = OwnServer::start();
    let fleet = Fleet::at(&server.database("fleet"), "lock_timeout = \"5min\"\n");
    fleet.tenants(TENANTS);
    behind(&fleet);
    let _held = fleet.hold(&["t020"]);
    let runner = fleet.start(&["--jobs", "1", "--lock-wait", "2s"]);
    fleet.wait_for_waiting(1);
    server.stop();
    let run = Run::end(runner).expect(6);
    let report = document(&run);
    let done = named(&report, "applied");
    assert_eq!(done.len(), 20, "those before it");
    let failed = named(&report, "failed");
    assert_eq!(failed.len(), TENANTS - done.len());
    for name in &failed {
        let error = &tenants(&report)[name]["error"];
        let code = error["code"].as_str().expect("a code");
        assert!(
            ["unreachable", "connection-lost"].contains(&code),
            "{name}: {error}"
        );
    }
    // As many pauses as fit into the time that it waits for the server, not for each tenant.
    let pauses = count(&run, "pausing");
    assert!((1..20).contains(&pauses), "{pauses}");

    server.start_with("work_mem=4MB");
    let again = fleet.migrate(&[]).expect(0).json();
    assert_eq!(named(&again, "applied"), failed);
    fleet.expect_all_at(TENANTS, 2);
}

#[test]
fn sessions_that_are_ended_are_opened_anew() {
    let fleet = Fleet::of(TENANTS, "lock_timeout = \"5min\"\n");
    behind(&fleet);
    let held = fleet.hold(&["t005", "t015", "t025"]);
    let runner = fleet.start(&["--jobs", "4"]);
    fleet.wait_for_waiting(3);
    fleet.run(END_SESSIONS);
    fleet.wait_for_waiting(3);
    drop(held);
    let report = document(&Run::end(runner).expect(0));
    assert_eq!(named(&report, "applied").len(), TENANTS);
    fleet.expect_all_at(TENANTS, 2);
    assert!(
        tenants(&report)
            .values()
            .all(|target| applied(target) == [2])
    );
}

/// Ends the sessions of runners in this database that wait for a lock.
const END_SESSIONS: &str = "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() \
     and application_name like 'migrations %' and wait_event_type = 'Lock'";

#[test]
fn a_tenant_whose_session_is_always_ended_fails_alone() {
    let fleet = Fleet::of(TENANTS, "lock_timeout = \"5min\"\n");
    behind(&fleet);
    let held = fleet.hold(&["t005"]);
    let mut runner = fleet.start(&["--jobs", "4"]);
    let mut ended = 0;
    while runner.try_wait().expect("known").is_none() {
        ended += fleet
            .workspace
            .client()
            .query(END_SESSIONS, &[])
            .expect("answers")
            .len();
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let report = document(&Run::end(runner).expect(6));
    assert!(
        (2..10).contains(&ended),
        "tried again, but not for ever: {ended}"
    );
    assert_eq!(named(&report, "failed"), ["t005"]);
    let error = &tenants(&report)["t005"]["error"];
    assert_eq!(error["code"], "connection-lost");
    // The driver may be told of the end before it has read the server's reason.
    let message = error["message"].as_str().expect("text");
    let reasons = [
        "terminating connection due to administrator command",
        "connection closed",
    ];
    assert!(reasons.contains(&message), "{message}");
    assert_eq!(named(&report, "applied").len(), TENANTS - 1);
    drop(held);
    let again = fleet.migrate(&[]).expect(0).json();
    assert_eq!(named(&again, "applied"), ["t005"]);
    fleet.expect_all_at(TENANTS, 2);
}
