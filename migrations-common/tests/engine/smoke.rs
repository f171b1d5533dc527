use crate::support::{TestDatabase, app, applied, migrate, problem};

#[test]
fn applies_what_is_pending_and_records_it() {
    let place = TestDatabase::new();
    let files = [
        ("V1__a.sql", "create table a (id int)"),
        ("V2__b.sql", "create table b (); -- end"),
    ];
    let shop = app("shop", "", &files);
    let report = migrate(&shop, &place);
    assert_eq!(applied(&report), [1, 2], "{report:#?}");
    assert_eq!(report.exit_code(), 0);
    assert_eq!(
        place.value(
            "select string_agg(version || name, ',' order by version) from shop_core_schema_history"
        ),
        "1a,2b"
    );
    let again = migrate(&shop, &place);
    assert_eq!(applied(&again), [0_i64; 0]);
}

#[test]
fn an_error_points_at_its_place() {
    let place = TestDatabase::new();
    let files = [
        ("V1__a.sql", "create table a (id int);"),
        (
            "V2__b.sql",
            "-- é why\ncreate table b (id int);\nselect emial\nfrom a;\ncreate table c ();",
        ),
    ];
    let report = migrate(&app("shop", "", &files), &place);
    let problem = problem(&report);
    assert_eq!(
        problem.message, "column \"emial\" does not exist",
        "{problem:#?}"
    );
    assert_eq!(problem.places[0].line_column(), (3, 8), "{problem:#?}");
    assert_eq!(applied(&report), [1]);
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn an_error_without_a_position_points_at_its_statement() {
    let place = TestDatabase::new();
    let files = [(
        "V1__a.sql",
        "create table a (id int primary key);\ninsert into a values (1);\n\ninsert into a\n  values (1);\ncreate table c ();",
    )];
    let report = migrate(&app("shop", "", &files), &place);
    let problem = problem(&report);
    assert_eq!(problem.sqlstate.as_deref(), Some("23505"));
    assert_eq!(problem.places[0].line_column(), (4, 1), "{problem:#?}");
}
