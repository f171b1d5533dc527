//! What a file does to its session: it must not move the history row, nor reach the next file, the next app or the next run.

use std::sync::Arc;

use migrations_common::app::App;

use crate::support::{Recorder, TestDatabase, app, applied, migrate, problem, target, target_at};

/// Statements that change the session for longer than a file, `$role` being a role without rights.
const LASTING: [&str; 17] = [
    "select set_config('search_path', '', false)",
    "set search_path = elsewhere, pg_catalog",
    "set local search_path = elsewhere",
    "set role $role",
    "set local role $role",
    "set session authorization $role",
    "reset all",
    "set client_min_messages = error",
    "set standard_conforming_strings = off",
    "set local lock_timeout = '1ms'",
    "set lock_timeout = '1ms'; set statement_timeout = '7s'",
    "set default_transaction_read_only = on",
    "set session characteristics as transaction isolation level serializable, read only",
    "set client_encoding = latin1",
    "set timezone = 'Asia/Kathmandu'; set datestyle = 'German'; set intervalstyle = 'sql_standard'",
    "set row_security = off; set check_function_bodies = off; set session_replication_role = replica",
    "set application_name = 'other'; set escape_string_warning = off; set plpgsql.extra_errors = 'all'",
];

#[test]
fn settings_end_with_the_file() {
    let place = TestDatabase::new();
    place.run("create schema elsewhere; grant all on schema elsewhere to public");
    let role = place.role();
    let look = |name: &str| {
        format!(
            "create table {name} as select name, setting from pg_settings union all \
             values ('current_user', current_user::text), ('session_user', session_user::text)"
        )
    };
    let at = |app: &App| {
        Arc::new(target_at(
            app,
            &format!("{}?application_name=tests", place.url()),
        ))
    };
    let alone = app("alone", "", &[("V1__a.sql", &look("public.seen"))]);
    assert_eq!(applied(&Recorder::new().migrate(&[at(&alone)])), [1]);
    for (index, lasting) in LASTING.iter().enumerate() {
        for granularity in ["migration", "target"] {
            let (file, next) = (
                format!("seen_{granularity}_{index}"),
                format!("next_{granularity}_{index}"),
            );
            let config = format!("transaction = \"{granularity}\"");
            let lasting = lasting.replace("$role", &role);
            let files = [("V1__a.sql", lasting.as_str()), ("V2__b.sql", &look(&file))];
            let shop = app(&format!("shop_{granularity}_{index}"), &config, &files);
            let other = app(
                &format!("next_{granularity}_{index}"),
                "",
                &[("V1__a.sql", &look(&next))],
            );
            // One run, so that both apps share a connection.
            let report = Recorder::new().migrate(&[at(&shop), at(&other)]);
            assert_eq!(report.exit_code(), 0, "{lasting}: {report:#?}");
            assert_eq!(place.history(&shop.name), "1,2", "{lasting}");
            for table in [file, next] {
                assert_eq!(
                    place.value(&format!(
                        "select coalesce(string_agg(name || ' ' || setting, ', '), '') from \
                         (select * from public.{table} except select * from seen) x"
                    )),
                    "",
                    "{lasting}, {granularity}: {table}"
                );
            }
        }
    }
}

#[test]
fn a_missing_schema_does_not_let_tables_land_in_the_next_one() {
    for (config, file) in [
        ("", "create table a ()"),
        ("search_path = [\"public\"]\n", "create table a ()"),
        (
            "search_path = [\"public\"]\n",
            "-- migration: no-transaction\ncreate table if not exists a ()",
        ),
        (
            "search_path = [\"public\"]\n",
            "-- migration: only-if select true\ncreate table a ()",
        ),
    ] {
        let place = TestDatabase::new();
        let shop = app(
            "shop",
            &format!("schema = \"app\"\n{config}"),
            &[("V1__a.sql", file)],
        );
        let report = migrate(&shop, &place);
        assert_eq!(problem(&report).code, "no-schema", "{report:#?}");
        assert_eq!(
            place.value("select count(*) from pg_tables where schemaname = 'public'"),
            "0"
        );
        place.run("create schema app");
        assert_eq!(applied(&migrate(&shop, &place)), [1]);
        assert!(place.has("app.a") && place.has("app.shop_core_schema_history"));
    }
}

#[test]
fn a_schema_that_is_closed_to_the_role_counts_as_missing() {
    let place = TestDatabase::new();
    let role = place.role();
    place.run("create schema app; grant create on schema public to public");
    for file in [
        "create table a ()",
        "-- migration: no-transaction\ncreate table if not exists a ()",
    ] {
        let shop = app(
            "shop",
            "schema = \"app\"\nsearch_path = [\"public\"]",
            &[("V1__a.sql", file)],
        );
        let target = target_at(&shop, &place.url_as(&role)).into();
        let report = Recorder::new().migrate(&[target]);
        assert_eq!(problem(&report).code, "no-schema", "{report:#?}");
        assert_eq!(
            place.value("select count(*) from pg_tables where schemaname = 'public'"),
            "0"
        );
    }
}

#[test]
fn a_temporary_table_shadows_no_real_one() {
    let place = TestDatabase::new();
    let files = [
        (
            "V1__a.sql",
            "create table users (id int); create temporary table users (id int); insert into users values (1)",
        ),
        (
            "V2__b.sql",
            "-- migration: no-transaction\n-- migration: idempotent\n\
                       create temporary table users (id int); insert into users values (2)",
        ),
    ];
    assert_eq!(applied(&migrate(&app("shop", "", &files), &place)), [1, 2]);
    assert_eq!(place.value("select sum(id) from users"), "3");
}

#[test]
fn what_a_file_keeps_for_itself_is_gone_after_it() {
    let scratch = "create temporary table scratch (id int); prepare p as select 1; \
                   declare c cursor with hold for select 1; listen l; \
                   create table if not exists heard as select pg_listening_channels(); \
                   insert into heard select pg_listening_channels()";
    for config in ["", "transaction = \"target\""] {
        let place = TestDatabase::new();
        let files = [("V1__a.sql", scratch), ("V2__b.sql", scratch)];
        let (shop, other) = (app("shop", config, &files), app("other", config, &files));
        let report = Recorder::new().migrate(&[target(&shop, &place), target(&other, &place)]);
        assert_eq!(report.exit_code(), 0, "{report:#?}");
        assert_eq!(place.value("select count(*) from heard"), "0");
    }
}

#[test]
fn the_end_of_a_file_hides_nothing_that_follows() {
    let place = TestDatabase::new();
    let files = [
        ("V1__a.sql", "create table a ()"),
        ("V2__b.sql", "create table b (); -- no line end"),
        (
            "V3__c.sql",
            "create table c () -- no semicolon, no line end",
        ),
        ("V4__d.sql", "create table d () /* the end */"),
        ("V5__e.sql", "-- nothing to do"),
        ("V6__f.sql", "create table f ();;;"),
        ("V7__g.sql", "-- é\r\ncreate table g (\r\n);\r\n-- end\r\n"),
        ("V8__h.sql", "\u{feff}create table h ();"),
        (
            "V9__i.sql",
            "\u{feff}-- migration: placeholders\nselect ${name:literal}",
        ),
        (
            "V10__j.sql",
            "\u{feff}-- migration: no-transaction\nvacuum a",
        ),
        ("V11__k.sql", "\u{feff}"),
        (
            "V12__l.sql",
            "create function f() returns int begin atomic select 1; end -- end",
        ),
    ];
    for config in ["", "transaction = \"target\""] {
        let place = if config.is_empty() {
            &place
        } else {
            &TestDatabase::new()
        };
        let shop = app("shop", config, &files[..10]);
        let mut target = target_at(&shop, &place.url());
        target
            .scope
            .values
            .insert("name".to_owned(), "x".to_owned());
        let report = Recorder::new().migrate(&[target.into()]);
        assert_eq!(report.exit_code(), 0, "{report:#?}");
        assert_eq!(place.history("shop"), "1,2,3,4,5,6,7,8,9,10");
        assert!(
            ["a", "b", "c", "d", "f", "g", "h"]
                .iter()
                .all(|table| place.has(table))
        );
    }
    let empty = migrate(&app("empty", "", &[files[10]]), &place);
    assert_eq!(problem(&empty).code, "empty-migration");
    assert_eq!(
        applied(&migrate(&app("routine", "", &[files[11]]), &place)),
        [12]
    );
}

#[test]
fn a_place_after_a_byte_order_mark_is_right() {
    let place = TestDatabase::new();
    let report = migrate(
        &app(
            "shop",
            "",
            &[("V1__a.sql", "\u{feff}select 1;\nselect oops")],
        ),
        &place,
    );
    assert_eq!(
        problem(&report).places[0].line_column(),
        (2, 8),
        "{report:#?}"
    );
    let control = migrate(&app("shop", "", &[("V1__a.sql", "\u{feff}commit")]), &place);
    assert_eq!(problem(&control).code, "transaction-control");
}

/// Then the server would not read a backslash as the splitter does.
#[test]
fn a_database_without_standard_strings_is_read_as_the_files_are() {
    let place = TestDatabase::new();
    place.run(&format!(
        "alter database {} set standard_conforming_strings = off",
        place.name
    ));
    let files = [
        (
            "V1__a.sql",
            r"create table t as select 'a\' as a; insert into t values ('; commit; --')",
        ),
        (
            "V2__b.sql",
            "-- migration: no-transaction\n-- migration: idempotent\ninsert into t values ('\\')",
        ),
        // The first file's RESET ALL took the setting back.
        ("V3__c.sql", r"insert into t values ('b\')"),
    ];
    let report = migrate(&app("shop", "", &files), &place);
    assert_eq!(applied(&report), [1, 2, 3], "{report:#?}");
    assert_eq!(
        place.value("select string_agg(a, ' ' order by a) from t"),
        r"; commit; -- \ a\ b\"
    );
}
