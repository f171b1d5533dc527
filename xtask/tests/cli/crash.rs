//! The runner killed with SIGKILL at any moment: all of a unit and its rows, or nothing; the next run finishes.

use std::time::Duration;

use crate::support::{Run, Workspace};

/// `V1` … `V12`, each with a row that tells how often it ran, and slow enough to be hit in the middle.
fn slow(workspace: Workspace) -> Workspace {
    workspace.migration(
        "shop",
        "V1__log.sql",
        "create table log (version int);\ninsert into log values (1);",
    );
    for version in 2..=12 {
        let text = format!(
            "insert into log values ({version});\nselect pg_sleep(0.02);\ncreate table t{version} (id int);"
        );
        workspace.migration("shop", &format!("V{version}__step.sql"), &text);
    }
    workspace
}

fn is_whole(workspace: &Workspace) {
    let log = "select coalesce(string_agg(version::text, ',' order by version), '') from log";
    let recorded = workspace.value("select to_regclass('shop_core_schema_history')");
    if recorded == "NULL" {
        assert_eq!(
            workspace.value("select to_regclass('log')"),
            "NULL",
            "V1 is there and not recorded"
        );
        return;
    }
    assert_eq!(
        workspace.value(log),
        workspace.recorded("shop"),
        "what ran is what is recorded"
    );
}

#[test]
fn a_killed_runner_leaves_whole_units() {
    for granularity in ["migration", "target"] {
        for round in 0..10_u64 {
            let workspace = slow(Workspace::new().app(
                "shop",
                &format!("transaction = \"{granularity}\""),
                &[],
            ));
            let mut runner = workspace.start(&["migrate", "shop"]);
            std::thread::sleep(Duration::from_millis(40 + round * 37));
            runner.kill().expect("killed");
            Run::end(runner);
            // The server may go on with the unit that it has, and commit it.
            workspace.wait_until(
                "not exists (select from pg_stat_activity where datname = current_database() \
                 and application_name like 'migrations %')",
            );
            is_whole(&workspace);
            workspace.run(&["migrate", "shop"]).expect(0);
            assert_eq!(workspace.recorded("shop"), "1,2,3,4,5,6,7,8,9,10,11,12");
            is_whole(&workspace);
        }
    }
}

#[test]
fn a_runner_killed_in_a_no_transaction_file_is_repaired_by_the_next() {
    let workspace = Workspace::new().app(
        "shop",
        "",
        &[
            ("V1__t.sql", "create table t (id int);\ninsert into t select generate_series(1, 1000);"),
            (
                "V2__i.sql",
                "-- migration: no-transaction\ncreate index concurrently i1 on t (id);\ncreate unique index concurrently i2 on t (id);",
            ),
        ],
    );
    workspace.run(&["migrate", "shop", "--to", "1"]).expect(0);
    // The second build waits for this transaction, and there the runner is killed.
    let mut other = workspace.client();
    other
        .batch_execute("begin; insert into t values (0)")
        .expect("open");
    let mut runner = workspace.start(&["migrate", "shop"]);
    workspace.wait_until("exists (select from pg_stat_progress_create_index)");
    runner.kill().expect("killed");
    Run::end(runner);
    assert_eq!(workspace.recorded("shop"), "1");
    other.batch_execute("rollback").expect("ended");
    workspace.run(&["migrate", "shop"]).expect(0);
    assert_eq!(workspace.recorded("shop"), "1,2");
    let valid = "select string_agg(c.relname, ',' order by c.relname) from pg_index i join pg_class c on c.oid = i.indexrelid \
                 where i.indisvalid and i.indrelid = 't'::regclass";
    assert_eq!(workspace.value(valid), "i1,i2");
}
