//! Eight migrators at once on one fresh database: each migration is applied once, and all of them end well.

use crate::support::{Run, Workspace};

const ROUNDS: usize = 20;
const RUNNERS: usize = 8;

#[test]
fn eight_migrators_at_once_apply_each_migration_once() {
    let mut workspace = Workspace::new().app(
        "shop",
        "",
        &[
            ("V1__log.sql", "create table log (version int);\ninsert into log values (1);"),
            ("V2__two.sql", "insert into log values (2);"),
            ("V3__index.sql", "-- migration: no-transaction\ncreate index concurrently log_version_idx on log (version);"),
            ("V4__four.sql", "insert into log values (4);"),
        ],
    );
    for round in 0..ROUNDS {
        workspace.database =
            migrations_common::testing::TestDatabase::create().expect("a database");
        workspace.url = workspace.database.url();
        workspace.set("CORE_URL", &workspace.database.url());
        let runners: Vec<_> = (0..RUNNERS)
            .map(|_| workspace.start(&["migrate", "shop", "--format", "json"]))
            .collect();
        let runs: Vec<Run> = runners
            .into_iter()
            .map(|child| Run::end(child).expect(0))
            .collect();
        let applied: usize = runs
            .iter()
            .map(|run| {
                run.json()["targets"][0]["applied"]
                    .as_array()
                    .map_or(0, Vec::len)
            })
            .sum();
        assert_eq!(
            applied, 4,
            "round {round}: what the runners say they applied adds up"
        );
        assert_eq!(
            workspace.value("select string_agg(version::text, ',' order by version) from log"),
            "1,2,4"
        );
        assert_eq!(workspace.recorded("shop"), "1,2,3,4");
    }
}
