//! Statistics and privileges.

use super::{Change, check};

#[test]
fn each_change_is_seen_and_said() {
    check(CHANGES);
}

const CHANGES: &[Change] = &[
    (
        "alter statistics member_names set statistics 10",
        &["statistics member_names: target is 10, expected default"],
    ),
    (
        "drop statistics member_names; create statistics member_names (mcv) on first, last, email from member",
        &[
            "statistics member_names has no comment, expected 'they go together'; definition is email, first, last, expected first, last; kinds are m, expected d, f",
        ],
    ),
    (
        "alter default privileges in schema shop grant insert on tables to specimen_reader",
        &[
            "default privileges for tables of <owner> grant INSERT to specimen_reader, which is not expected",
        ],
    ),
    (
        "alter default privileges in schema shop grant execute on functions to specimen_reader",
        &["default privileges for functions of <owner> are not expected"],
    ),
    (
        "grant create on schema shop to specimen_reader",
        &["the schema grants CREATE to specimen_reader, which is not expected"],
    ),
    (
        "comment on schema shop is null",
        &["the schema has no comment, expected 'what there can be'"],
    ),
];
