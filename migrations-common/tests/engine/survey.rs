//! Surveys: many history tables at once, equal ones as one value.

use std::sync::Arc;
use std::thread::{self, ScopedJoinHandle};

use migrations_common::Problem;
use migrations_common::config::VersionWidth;
use migrations_common::history::{self, Form, History, HistoryTable, Known, Outcomes, Seen};
use postgres::{Client, NoTls};

use crate::support::TestDatabase;

fn tenants(count: usize) -> Vec<HistoryTable> {
    (0..count).map(tenant).collect()
}

fn tenant(index: usize) -> HistoryTable {
    HistoryTable {
        schema: format!("t{index}"),
        name: "h".to_owned(),
    }
}

/// A schema and a history of three versions for each of `tables`.
fn make(place: &TestDatabase, tables: &[HistoryTable]) {
    let make = |table: &HistoryTable| {
        let create = history::create(table, VersionWidth::Int8);
        let insert = format!(
            "insert into {} select v, 'm' || v, '2026-01-01T00:00:00Z', v * 7 from generate_series(1, 3) v;",
            table.sql()
        );
        format!("create schema {}; {create} {insert}", table.schema)
    };
    let sql: Vec<String> = tables.iter().map(make).collect();
    place.run(&sql.concat());
}

fn survey(
    client: &mut Client,
    tables: &[HistoryTable],
    known: &Known,
) -> Vec<Result<Seen, Problem>> {
    history::survey(client, tables, known).expect("the connection holds")
}

fn seen(result: &Result<Seen, Problem>) -> &Seen {
    result.as_ref().expect("a history")
}

/// A history without its times, which a survey takes from another table.
fn timeless(history: &History) -> History {
    let mut history = history.clone();
    for row in &mut history.rows {
        row.applied_on.clear();
    }
    history
}

/// What makes some tables of the fleet below differ from all the others.
const CHANGES: &[(usize, &str)] = &[
    (2, "drop schema t2 cascade"),
    (3, "drop table t3.h"),
    (5, "revoke all on t5.h from public, {role}"),
    (7, "revoke all on schema t7 from {role}"),
    (11, "update t11.h set checksum = 'abc' where version = 2"),
    (13, "update t13.h set checksum = 'abc' where version = 2"),
    (17, "alter table t17.h alter version type int4"),
    (19, "alter table t19.h drop outcome"),
    (
        23,
        "alter table t23.h drop outcome; create table t23.h_outcome (version int8 primary key, outcome varchar(255) not null); \
         insert into t23.h_outcome values (2, 'skipped')",
    ),
    (29, "update t29.h set outcome = 'skipped' where version = 2"),
    (31, "update t31.h set outcome = '' where version = 2"),
    (37, "update t37.h set checksum = 15 where version = 2"),
    (41, "update t41.h set name = 'M2' where version = 2"),
    (43, "delete from t43.h where version = 3"),
    (47, "update t47.h set version = 4 where version = 3"),
    (
        53,
        "drop table t53.h; create view t53.h as select 1 as version",
    ),
    (59, "alter table t59.h drop checksum"),
    (61, "update t61.h set applied_on = null where version = 1"),
    (
        67,
        "update t67.h set applied_on = 'yesterday' where version = 1",
    ),
    (71, "insert into t71.h values (9)"),
    (
        73,
        "alter table t73.h drop constraint h_pkey; insert into t73.h select * from t73.h where version = 2",
    ),
    (79, "delete from t79.h"),
    // These record the same as most.
    (
        83,
        "update t83.h set applied_on = '2026-02-02T12:00:00.123456+02:00'",
    ),
    (89, "update t89.h set name = name where version = 1"),
];

/// Longer than one round trip, and than one transaction in it.
const FLEET: usize = 700;

#[test]
fn a_survey_sees_what_a_reader_of_all_rows_sees() {
    let place = TestDatabase::new();
    let role = place.role();
    let tables = tenants(FLEET);
    make(&place, &tables);
    place.run(&format!(
        "do $$declare s text; begin for s in select nspname from pg_namespace where nspname ~ '^t[0-9]+$' loop \
           execute format('grant usage on schema %I to {role}; grant select on %I.h to {role}', s, s); \
         end loop; end$$"
    ));
    for (_, change) in CHANGES {
        place.run(&change.replace("{role}", &role));
    }
    place.run(&format!("grant select on t23.h_outcome, t53.h to {role}"));

    let mut client = Client::connect(&place.url_as(&role), NoTls).expect("connects");
    let read = history::read(&mut client, &tables).expect("the connection holds");
    let found = survey(&mut client, &tables, &Known::default());
    assert_eq!((read.len(), found.len()), (FLEET, FLEET));
    for (index, (read, found)) in read.iter().zip(&found).enumerate() {
        match (read, found) {
            (Ok(read), Ok(found)) => {
                assert_eq!(timeless(read), timeless(&found.history), "t{index}");
                assert_eq!(found.schema_exists, index != 2, "t{index}");
            }
            (Err(read), Err(found)) => assert_eq!(
                (read.code, &read.message, &read.sqlstate),
                (found.code, &found.message, &found.sqlstate)
            ),
            _ => panic!("t{index}: {read:#?} {found:#?}"),
        }
    }

    let failed = |code| -> Vec<usize> {
        let is_it = |seen: &Result<Seen, Problem>| seen.as_ref().is_err_and(|p| p.code == code);
        let indexed = found.iter().enumerate();
        indexed
            .filter(|(_, seen)| is_it(seen))
            .map(|(index, _)| index)
            .collect()
    };
    assert_eq!(failed("unreadable-history"), [5, 7]);
    assert_eq!(
        failed("malformed-history"),
        [11, 13, 53, 59, 61, 67, 71, 73]
    );
    let form = |index: usize| seen(&found[index]).history.form;
    let int8 = |outcomes| {
        Some(Form {
            width: VersionWidth::Int8,
            outcomes,
        })
    };
    assert_eq!((form(2), form(3)), (None, None));
    assert_eq!(
        form(17),
        Some(Form {
            width: VersionWidth::Int4,
            outcomes: Outcomes::Column
        })
    );
    assert_eq!(form(19), int8(Outcomes::NoTableYet));
    assert_eq!(form(23), int8(Outcomes::Table));
    for index in [23, 29] {
        let row = &seen(&found[index]).history.rows[1];
        assert_eq!(row.outcome.as_deref(), Some("skipped"), "t{index}");
    }

    let most = &seen(&found[0]).history;
    let differs =
        |index: &usize| !(83..=89).contains(index) && CHANGES.iter().any(|(i, _)| i == index);
    for (index, found) in found.iter().enumerate() {
        if let Ok(found) = found {
            let shared = Arc::ptr_eq(&found.history, most);
            assert_eq!(shared, !differs(&index), "t{index}");
        }
    }
    assert!(Arc::ptr_eq(
        &seen(&found[2]).history,
        &seen(&found[3]).history
    ));
}

#[test]
fn connections_share_what_they_know() {
    let known = Known::default();
    let places = [TestDatabase::new(), TestDatabase::new()];
    let tables = tenants(20);
    for place in &places {
        make(place, &tables);
    }
    let found: Vec<Result<Seen, Problem>> = thread::scope(|scope| {
        let threads: Vec<_> = places
            .iter()
            .flat_map(|place| tables.chunks(10).map(move |chunk| (place, chunk)))
            .map(|(place, chunk)| {
                let known = &known;
                scope.spawn(move || survey(&mut place.client(), chunk, known))
            })
            .collect();
        let found = threads.into_iter().map(ScopedJoinHandle::join);
        found.flat_map(|found| found.expect("ends")).collect()
    });
    assert_eq!(found.len(), 40);
    for each in &found {
        assert!(Arc::ptr_eq(&seen(each).history, &seen(&found[0]).history));
    }
}

/// A policy shows `t0` without its last row to whoever takes a digest, and whole to whoever reads the rows afterwards:
/// as if a migration had been recorded between the two.
#[test]
fn a_history_that_changes_meanwhile_is_not_taken_for_another() {
    let place = TestDatabase::new();
    let role = place.role();
    let tables = tenants(3);
    make(&place, &tables);
    place.run(&format!(
        "delete from t1.h where version = 3; delete from t2.h where version = 3; \
         alter table t0.h enable row level security; \
         create policy p on t0.h using (version < 3 or current_query() like '%version::int8%'); \
         grant usage on schema t0, t1, t2 to {role}; grant select on t0.h, t1.h, t2.h to {role}"
    ));
    let mut client = Client::connect(&place.url_as(&role), NoTls).expect("connects");
    let found = survey(&mut client, &tables, &Known::default());
    let current: Vec<_> = found.iter().map(|f| seen(f).history.current()).collect();
    assert_eq!(current, [Some(3), Some(2), Some(2)]);
}

#[test]
fn a_table_that_is_locked_holds_nobody_up_for_long() {
    let place = TestDatabase::new();
    let tables = tenants(8);
    make(&place, &tables);
    let mut other = place.client();
    let mut rebuild = other.transaction().expect("begins");
    rebuild.batch_execute("lock t3.h").expect("locked");
    let found = survey(&mut place.client(), &tables, &Known::default());
    for (index, found) in found.iter().enumerate() {
        match found {
            Ok(found) => assert_eq!(found.history.current(), Some(3)),
            Err(problem) => assert_eq!((index, problem.sqlstate.as_deref()), (3, Some("55P03"))),
        }
    }
    assert!(found[3].is_err());
}

#[test]
fn names_are_looked_up_as_they_are() {
    let place = TestDatabase::new();
    let odd = |schema: &str, name: &str| HistoryTable {
        schema: schema.to_owned(),
        name: name.to_owned(),
    };
    let long = "x".repeat(63);
    let tables = [
        odd(r#"a"b'; drop schema public; --"#, r"back\slash, comma"),
        odd("Größe", &long),
        odd("$user", "h"),
        odd("a_b", "h"),
        odd("a%b", "h"),
    ];
    for table in &tables {
        let schema = migrations_common::sql::quote::identifier(&table.schema);
        place.run(&format!(
            "create schema {schema}; {} insert into {} values (5, 'm', '2026-01-01T00:00:00Z', 1)",
            history::create(table, VersionWidth::Int8),
            table.sql()
        ));
    }
    let found = survey(&mut place.client(), &tables, &Known::default());
    for found in &found {
        assert_eq!(seen(found).history.current(), Some(5));
    }
    let none = survey(&mut place.client(), &[odd("a_", "h")], &Known::default());
    assert!(!seen(&none[0]).schema_exists);
    assert!(survey(&mut place.client(), &[], &Known::default()).is_empty());
}
