//! Histories that go to and fro between plain refinery, of either width, and us.

use migrations_common::app::App;

use crate::support::{TestDatabase, app, applied, migrate};

const TABLE: &str = "shop_core_schema_history";

const FILES: [(&str, &str); 4] = [
    ("V1__größe.sql", "create table a (id int); -- é\r\n"),
    ("V2__b.sql", "create table b ();\n"),
    ("V3__c.sql", "create table c ();\n"),
    ("V4__d.sql", "create table d ();\n"),
];

#[derive(Clone, Copy, Debug)]
enum Width {
    Int4,
    Int8,
}

impl Width {
    fn config(self) -> &'static str {
        match self {
            Width::Int4 => "history_version = \"int4\"",
            Width::Int8 => "history_version = \"int8\"",
        }
    }

    /// Runs plain refinery of this width; the versions that it applied.
    fn run(self, files: &[(&str, &str)], place: &TestDatabase) -> Vec<i64> {
        let stem = |file: &str| file.trim_end_matches(".sql").to_owned();
        let client = &mut place.client();
        match self {
            Width::Int8 => {
                let migrations: Vec<_> = files
                    .iter()
                    .map(|(file, text)| {
                        refinery::Migration::unapplied(&stem(file), text).expect("named")
                    })
                    .collect();
                let mut runner = refinery::Runner::new(&migrations);
                runner.set_migration_table_name(TABLE);
                let report = runner.run(client).expect("refinery runs");
                report
                    .applied_migrations()
                    .iter()
                    .map(refinery::Migration::version)
                    .collect()
            }
            Width::Int4 => {
                let migrations: Vec<_> = files
                    .iter()
                    .map(|(file, text)| {
                        refinery_int4::Migration::unapplied(&stem(file), text).expect("named")
                    })
                    .collect();
                let mut runner = refinery_int4::Runner::new(&migrations);
                runner.set_migration_table_name(TABLE);
                let report = runner.run(client).expect("refinery runs");
                report
                    .applied_migrations()
                    .iter()
                    .map(|m| i64::from(m.version()))
                    .collect()
            }
        }
    }
}

fn shop(config: &str, files: &[(&str, &str)]) -> App {
    app("shop", config, files)
}

#[test]
fn we_go_on_where_refinery_was() {
    for width in [Width::Int8, Width::Int4] {
        let place = TestDatabase::new();
        assert_eq!(width.run(&FILES[..2], &place), [1, 2]);
        // What our config says of the width decides only about tables that we make.
        for config in ["", Width::Int4.config()] {
            let report = migrate(&shop(config, &FILES[..2]), &place);
            assert_eq!(
                (applied(&report), report.exit_code()),
                (vec![], 0),
                "{width:?}: {report:#?}"
            );
        }
        assert_eq!(
            applied(&migrate(&shop("", &FILES[..3]), &place)),
            [3],
            "{width:?}"
        );
        assert_eq!(width.run(&FILES, &place), [4], "{width:?}");
        assert_eq!(
            applied(&migrate(&shop("", &FILES), &place)),
            [0_i64; 0],
            "{width:?}"
        );
    }
}

#[test]
fn refinery_goes_on_where_we_were() {
    for width in [Width::Int8, Width::Int4] {
        let place = TestDatabase::new();
        // Times are written in UTC, wherever the server stands.
        place.run(&format!(
            "alter database {} set timezone = 'Asia/Kathmandu'",
            place.name
        ));
        let report = migrate(&shop(width.config(), &FILES[..2]), &place);
        assert_eq!(applied(&report), [1, 2], "{width:?}: {report:#?}");
        assert_eq!(
            place.value(&format!(
                "select count(*) from {TABLE} where applied_on ~ '^[0-9-]{{10}}T[0-9:]{{8}}[.][0-9]{{6}}Z$' \
                 and applied_on::timestamptz between now() - interval '1 hour' and now()"
            )),
            "2"
        );
        assert_eq!(width.run(&FILES[..2], &place), [0_i64; 0], "{width:?}");
        assert_eq!(width.run(&FILES[..3], &place), [3], "{width:?}");
        assert_eq!(
            applied(&migrate(&shop("", &FILES), &place)),
            [4],
            "{width:?}"
        );
        assert_eq!(place.history("shop"), "1,2,3,4");
    }
}

/// A history that was widened by hand holds checksums of both widths.
#[test]
fn a_widened_history_is_one_of_both_widths() {
    let place = TestDatabase::new();
    Width::Int4.run(&FILES[..2], &place);
    place.run(&format!(
        "alter table {TABLE} alter column version type int8"
    ));
    assert_eq!(applied(&migrate(&shop("", &FILES[..3]), &place)), [3]);
    assert_eq!(
        applied(&migrate(&shop("", &FILES[..3]), &place)),
        [0_i64; 0]
    );
}

/// V2 does not run here; V3 asks what is there by then.
const SKIPPING: [(&str, &str); 4] = [
    ("V1__a.sql", "create table a (id int)"),
    (
        "V2__b.sql",
        "-- migration: only-if select exists (select from a) -- no row\ncreate table b ()",
    ),
    (
        "V3__c.sql",
        "-- migration: only-if select to_regclass('b') is null;\ncreate table c ()",
    ),
    (
        "V4__d.sql",
        "-- migration: only-if select false\n-- migration: no-transaction\nvacuum nothing",
    ),
];

const LATER: (&str, &str) = ("V5__e.sql", "create table e ()");

#[test]
fn what_did_not_run_is_recorded_in_a_column_of_our_table() {
    for width in [Width::Int8, Width::Int4] {
        let place = TestDatabase::new();
        let report = migrate(&shop(width.config(), &SKIPPING), &place);
        assert_eq!(applied(&report), [1, 2, 3, 4], "{report:#?}");
        assert!(!place.has("b") && place.has("c"));
        let outcomes =
            format!("select string_agg(coalesce(outcome, '-'), ',' order by version) from {TABLE}");
        assert_eq!(place.value(&outcomes), "-,skipped,-,skipped");
        assert!(!place.has(&format!("{TABLE}_outcome")));
        let files = [&SKIPPING[..], &[LATER]].concat();
        assert_eq!(width.run(&files, &place), [5], "{width:?}");
        assert_eq!(applied(&migrate(&shop("", &files), &place)), [0_i64; 0]);
    }
}

#[test]
fn what_did_not_run_is_recorded_beside_a_table_that_we_took_over() {
    for width in [Width::Int8, Width::Int4] {
        let place = TestDatabase::new();
        width.run(&SKIPPING[..1], &place);
        let report = migrate(&shop("", &SKIPPING), &place);
        assert_eq!(applied(&report), [2, 3, 4], "{report:#?}");
        assert_eq!(
            place.value(&format!(
                "select string_agg(version || outcome, ',' order by version) from {TABLE}_outcome"
            )),
            "2skipped,4skipped"
        );
        let files = [&SKIPPING[..], &[LATER]].concat();
        assert_eq!(width.run(&files, &place), [5], "{width:?}");
        assert_eq!(applied(&migrate(&shop("", &files), &place)), [0_i64; 0]);
    }
}
