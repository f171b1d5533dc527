//! Views.

use super::{Change, check};

#[test]
fn each_change_is_seen_and_said() {
    check(CHANGES);
}

const CHANGES: &[Change] = &[
    (
        "create or replace view open_letter as select id, body from letter where id > 1 with cascaded check option",
        &["view open_letter: definition differs"],
    ),
    (
        "alter view member_visits set (security_barrier = false)",
        &["view member_visits: options are security_barrier=false, expected security_barrier=true"],
    ),
    (
        "drop materialized view mood_count",
        &["materialized view mood_count is missing"],
    ),
    (
        "drop view member_visits",
        &["view member_visits is missing"],
    ),
];
