//! Ctrl-C in a fleet: what runs is rolled back, what is done stays, the rest is not reached.

use std::process::Command;

use super::{Fleet, document, named, tenants};
use crate::support::Run;

const TENANTS: usize = 40;
const JOBS: usize = 4;

fn names(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|number| format!("t{number:03}")).collect()
}

#[test]
fn an_interrupted_fleet_has_every_tenant_in_one_outcome() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let fleet = Fleet::of(TENANTS, "lock_timeout = \"5min\"\n");
        fleet.steps(1);
        fleet.migrate(&[]).expect(0);
        fleet.step(2, "create table orders ();");
        // Each worker comes to one of these, and stays there.
        let stuck = names(10..10 + JOBS);
        let held = fleet.hold(&stuck.iter().map(String::as_str).collect::<Vec<_>>());
        let runner = fleet.start(&["--jobs", &JOBS.to_string()]);
        fleet.wait_for_waiting(JOBS);
        let pid = runner.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.expect("runs").success());
        let report = document(&Run::end(runner).expect(code));
        assert_eq!(named(&report, "applied"), names(0..10));
        assert_eq!(named(&report, "failed"), stuck);
        assert_eq!(named(&report, "not_reached"), names(10 + JOBS..TENANTS));
        for name in &stuck {
            assert_eq!(tenants(&report)[name]["error"]["code"], "interrupted");
        }
        drop(held);
        for (name, at) in fleet.whole() {
            let done = names(0..10).contains(&name);
            assert_eq!(at, if done { "1,2" } else { "1" }, "{name}");
            let orders = format!("select to_regclass('{name}.orders') is not null");
            assert_eq!(fleet.workspace.value(&orders), done.to_string(), "{name}");
        }
        let again = fleet.migrate(&[]).expect(0).json();
        assert_eq!(named(&again, "applied"), names(10..TENANTS));
        fleet.expect_all_at(TENANTS, 2);
    }
}
