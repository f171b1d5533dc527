//! Ctrl-C and `kill` in the middle: the running migration is rolled back, and the report still printed.

use std::time::{Duration, Instant};

use crate::support::{Run, Workspace};

fn check(signal: &str, exit_code: i32) {
    let workspace = Workspace::new().app(
        "shop",
        "",
        &[
            ("V1__a.sql", "create table a ();"),
            ("V2__b.sql", "create table b ();\nselect pg_sleep(60);"),
            ("V3__c.sql", "create table c ();"),
        ],
    );
    let runner = workspace.start(&["migrate", "shop", "--format", "json"]);
    let begun = Instant::now();
    while workspace
        .value("select exists (select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database())")
        != "true"
    {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never slept");
        std::thread::sleep(Duration::from_millis(20));
    }
    let kill = std::process::Command::new("kill")
        .args([signal, &runner.id().to_string()])
        .status();
    assert!(kill.expect("runs").success());
    let run = Run::end(runner).expect(exit_code);
    let report = run.json();
    assert_eq!(report["targets"][0]["outcome"], "failed");
    assert_eq!(report["targets"][0]["error"]["code"], "interrupted");
    assert_eq!(
        report["targets"][0]["applied"].as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(workspace.recorded("shop"), "1");
    assert_eq!(workspace.value("select to_regclass('b')"), "NULL");
    assert!(
        begun.elapsed() < Duration::from_secs(30),
        "it waited for the statement"
    );
}

#[test]
fn an_interrupt_ends_with_130() {
    check("-INT", 130);
}

#[test]
fn a_termination_ends_with_143() {
    check("-TERM", 143);
}
