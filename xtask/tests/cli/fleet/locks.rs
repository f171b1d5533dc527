//! Somebody else holds what one tenant needs: the others do not wait for it.

use super::{Fleet, document, named, tenants};
use crate::support::Run;

const TENANTS: usize = 30;

/// Every tenant at V1, and V2 pending.
fn behind(config: &str) -> Fleet {
    let fleet = Fleet::of(TENANTS, config);
    fleet.steps(1);
    fleet.migrate(&[]).expect(0);
    fleet.step(2, "");
    fleet
}

#[test]
fn a_held_table_is_waited_for_after_all_others_are_done() {
    for jobs in ["1", "8"] {
        let fleet = behind("lock_timeout = \"100ms\"\n");
        let held = fleet.hold(&["t003"]);
        let runner = fleet.start(&["--jobs", jobs]);
        let done = |number: usize| format!("(select count(*) from t{number:03}.log) = 2");
        let others: Vec<String> = (0..TENANTS)
            .filter(|number| *number != 3)
            .map(done)
            .collect();
        fleet.workspace.wait_until(&others.join(" and "));
        drop(held);
        let report = document(&Run::end(runner).expect(0));
        assert_eq!(named(&report, "applied").len(), TENANTS);
        fleet.expect_all_at(TENANTS, 2);
    }
}

#[test]
fn a_table_that_stays_held_fails_its_tenant_with_the_cause() {
    let fleet = behind("lock_timeout = \"100ms\"\n");
    let held = fleet.hold(&["t003"]);
    let run = fleet.migrate(&["--lock-wait", "2s"]).expect(6);
    let report = run.json();
    assert_eq!(named(&report, "failed"), ["t003"]);
    assert_eq!(named(&report, "applied").len(), TENANTS - 1);
    let error = &tenants(&report)["t003"]["error"];
    assert_eq!(error["sqlstate"], "55P03");
    assert_eq!(error["migration"], "V2__step");
    run.says(&[
        "canceling statement due to lock timeout",
        "tried again for 2 s",
    ]);
    drop(held);
    let again = fleet.migrate(&[]).expect(0).json();
    assert_eq!(named(&again, "applied"), ["t003"]);
    fleet.expect_all_at(TENANTS, 2);
}

#[test]
fn a_tenant_that_another_runner_works_on_is_busy_and_its_holder_named() {
    let fleet = behind("lock_timeout = \"5min\"\n");
    let held = fleet.hold(&["t003"]);
    let other = fleet.start(&["--tenant", "t003"]);
    fleet.wait_for_waiting(1);
    let pid = fleet.workspace.value(
        "select pid from pg_stat_activity where datname = current_database() and application_name like 'migrations %'",
    );
    let run = fleet.migrate(&["--lock-wait", "2s"]).expect(6);
    let report = run.json();
    assert_eq!(named(&report, "busy"), ["t003"]);
    assert_eq!(named(&report, "applied").len(), TENANTS - 1);
    run.says(&[&format!("pid {pid}"), "migrations fleet", "waited 2 s"]);

    // Alone with it, there is nothing else to tell.
    fleet
        .migrate(&["--lock-wait", "1s", "--tenant", "t003"])
        .expect(4);
    drop(held);
    Run::end(other).expect(0);
    fleet.expect_all_at(TENANTS, 2);
}

#[test]
fn concurrent_indexes_of_many_tenants_do_not_stand_in_each_others_way() {
    let fleet = behind("");
    // With a condition, PostgreSQL lets a build wait for every other build in the database.
    fleet.migration(
        "tenant/V3__index.sql",
        "-- migration: no-transaction\ncreate index concurrently log_later on log (version) where version > 1;",
    );
    let report = fleet.migrate(&["--jobs", "8"]).expect(0).json();
    assert_eq!(named(&report, "applied").len(), TENANTS);
    let valid = "select count(*) from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname = 'log_later' and indisvalid";
    assert_eq!(fleet.workspace.value(valid), TENANTS.to_string());
}
