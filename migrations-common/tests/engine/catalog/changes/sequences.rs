//! Sequences.

use super::{Change, check};

#[test]
fn each_change_is_seen_and_said() {
    check(CHANGES);
}

const CHANGES: &[Change] = &[
    (
        "alter sequence ticket_number increment 3",
        &["sequence ticket_number: increment is 3, expected 2"],
    ),
    (
        "alter sequence ticket_number as bigint maxvalue 6000",
        &["sequence ticket_number: maximum is 6000, expected 5000; is bigint, expected integer"],
    ),
    (
        "alter sequence ticket_number cycle",
        &["sequence ticket_number: cycle is on, expected off"],
    ),
    (
        "alter sequence ticket_number owned by member.code",
        &["sequence ticket_number is owned by member.code, expected none"],
    ),
    (
        "alter sequence visit_id_seq owned by none",
        &["sequence visit_id_seq is owned by none, expected visit.id"],
    ),
    (
        "alter sequence ticket_number cache 4 start 20",
        &["sequence ticket_number: cache is 4, expected 3; start is 20, expected 10"],
    ),
    (
        "drop sequence scratch_number; create sequence scratch_number",
        &["sequence scratch_number is permanent, expected unlogged"],
    ),
    (
        "revoke usage on sequence ticket_number from specimen_reader",
        &["sequence ticket_number does not grant USAGE to specimen_reader"],
    ),
    (
        "alter sequence ticket_number minvalue 8",
        &["sequence ticket_number: minimum is 8, expected 10"],
    ),
];
