//! What a file must not do: refused before anything runs where it can be seen, by the server where it cannot.

use std::sync::Arc;

use migrations_common::batch::{Batch, Refused};
use migrations_common::history::History;
use migrations_common::placeholder::{Rendered, Values};
use migrations_common::plan::{Request, plan};
use migrations_common::session::Session;

use crate::support::{Recorder, TestDatabase, app, findings, migrate, problem, target};

/// Where and why `text` is refused, before anything runs.
fn check_refused(text: &str, expected: &[&str]) {
    let place = TestDatabase::new();
    let report = migrate(
        &app(
            "shop",
            "",
            &[("V1__a.sql", "create table a ()"), ("V2__b.sql", text)],
        ),
        &place,
    );
    assert_eq!(findings(&report.targets[0].problems), expected, "{text}");
    assert_eq!(place.history("shop"), "none");
}

#[test]
fn commands_that_end_the_transaction_are_refused_all_at_once() {
    check_refused(
        "create table b ();\nBEGIN;\nselect 1; commit work;\nend;\n/* a */ rollback;\nabort;\n\
         prepare transaction 'x';\nstart transaction;\ncommit and chain;\nrollback prepared 'x'",
        &[
            "2:1 transaction-control",
            "3:11 transaction-control",
            "4:1 transaction-control",
            "5:9 transaction-control",
            "6:1 transaction-control",
            "7:1 transaction-control",
            "8:1 transaction-control",
            "9:1 transaction-control",
            "10:1 transaction-control",
        ],
    );
    check_refused(
        "-- migration: no-transaction\nvacuum; commit",
        &["2:9 transaction-control"],
    );
}

#[test]
fn commands_that_run_in_no_transaction_are_told_from_those_that_do() {
    check_refused(
        "create index concurrently i on a (id);\nvacuum;\nreindex index i;\nalter system set work_mem = '1MB'",
        &[
            "1:1 needs-no-transaction",
            "2:1 needs-no-transaction",
            "4:1 needs-no-transaction",
        ],
    );
}

#[test]
fn data_that_only_a_client_could_send_is_refused() {
    check_refused(
        "copy a from '/a.csv';\ncopy a (b, c) from STDIN with (format csv)",
        &["2:1 copy-with-client"],
    );
    check_refused(
        "COPY (select 1) TO stdout;\ncommit",
        &["1:1 copy-with-client", "2:1 transaction-control"],
    );
    check_refused(
        "-- migration: no-transaction\n-- migration: idempotent\ncopy a from stdin",
        &["3:1 copy-with-client"],
    );
}

/// What follows `COPY … FROM stdin;` in a dump is data: nothing that is said about it would be true.
#[test]
fn the_data_of_a_dump_is_not_taken_for_statements() {
    check_refused(
        "create table b (t text);\nCOPY public.b (t) FROM stdin;\nit's\ncommit;\n\\.\n",
        &["2:1 copy-with-client"],
    );
    check_refused(
        "copy a from stdin;\nx;\ncommit;\n\\.\n",
        &["1:1 copy-with-client"],
    );
}

#[test]
fn what_does_not_end_is_shown_where_it_begins() {
    check_refused("select 1;\nselect 'it;\n", &["2:8 syntax"]);
    check_refused(
        "commit;\nselect $$ it;\n",
        &["1:1 transaction-control", "2:8 syntax"],
    );
    check_refused("select 1; /* a", &["1:11 syntax"]);
}

/// Where the server refuses `text`: SQLSTATE, line and column.
fn check_failed(text: &str, sqlstate: &str, at: (usize, usize)) {
    let place = TestDatabase::new();
    let files = [("V1__a.sql", "create table a ()"), ("V2__b.sql", text)];
    let report = migrate(&app("shop", "", &files), &place);
    let problem = problem(&report);
    assert_eq!(problem.sqlstate.as_deref(), Some(sqlstate), "{problem:#?}");
    assert_eq!(problem.places[0].line_column(), at, "{problem:#?}");
    assert_eq!(place.history("shop"), "1");
    assert!(!place.has("b"));
}

#[test]
fn a_commit_out_of_sight_is_refused_by_the_server() {
    check_failed(
        "create table b ();\ncreate procedure p() language plpgsql as $$begin commit; end$$;\ncall p();",
        "2D000",
        (3, 1),
    );
    check_failed(
        "create table b ();\ndo $$begin commit; end$$",
        "2D000",
        (2, 1),
    );
    check_failed(
        "create table b ();\ndo $$begin execute 'commit'; end$$",
        "0A000",
        (2, 1),
    );
}

#[test]
fn commands_of_psql_are_syntax_errors_at_their_place() {
    check_failed("create table b ();\n\\set x 1\n", "42601", (2, 1));
    check_failed("create table b ();\n  \\i other.sql", "42601", (2, 3));
}

#[test]
fn an_error_at_the_end_of_a_file_belongs_to_it() {
    let place = TestDatabase::new();
    for text in [
        "select 1;\nselect 1 +",
        "select 1;\nselect 1 +\n-- end\n\n",
        "select 1;\nselect 1 +;\n",
    ] {
        let files = [("V1__a.sql", "create table a ()"), ("V2__b.sql", text)];
        let report = migrate(&app("shop", "transaction = \"target\"", &files), &place);
        let problem = problem(&report);
        assert_eq!(problem.migration.as_deref(), Some("V2__b"), "{problem:#?}");
        assert_eq!(problem.places[0].line_column(), (2, 11), "{problem:#?}");
    }
}

/// The last line of defence: were the end of the transaction hidden from the lexer and legal for the server, the
/// record would still not be written in another transaction.
#[test]
fn a_file_that_left_its_transaction_is_not_recorded() {
    for (text, left) in [
        ("commit; begin", true),
        ("commit; begin; reset all", true),
        ("reset all", false),
    ] {
        check_left(text, 1, left);
        check_left(text, 2, left);
    }
}

/// Runs a unit of as many files, the first of which is `text`.
fn check_left(text: &str, files: usize, left: bool) {
    let place = TestDatabase::new();
    let all = [("V1__a.sql", "select 1"), ("V2__b.sql", "select 2")];
    let shop = app("shop", "", &all[..files]);
    let target = target(&shop, &place);
    let mut pending = plan(
        &shop.series[0],
        &History::default(),
        Request::default(),
        &Values::new(),
    )
    .expect("nothing wrong")
    .pending;
    pending[0].rendered = Rendered::verbatim(text);
    pending[0].statements = Vec::new();
    let files: Vec<_> = pending.iter().collect();
    let record = "create table recorded ();";
    let batch = Batch::whole(&target, &History::default(), &[], &files, record);
    let context = Recorder::new().context;
    let mut session = Session::open(
        &target.parameters,
        "shop",
        &context.observer,
        &context.interrupt,
    )
    .expect("connects");
    let result = session.run(&Arc::clone(&target), &files, &batch.sql);
    assert_eq!(result.is_err(), left, "{text}");
    if let Err((error, _)) = result {
        assert_eq!(
            Refused::of(&error),
            Some(Refused::LeftTransaction),
            "{text}: {error:?}"
        );
    }
    assert_eq!(place.has("recorded"), !left, "{text}");
}
