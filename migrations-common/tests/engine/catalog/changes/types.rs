//! Types.

use super::{Change, check};

#[test]
fn each_change_is_seen_and_said() {
    check(CHANGES);
}

const CHANGES: &[Change] = &[
    (
        "alter type mood add value 'proud'",
        &["enum mood has the label 'proud', which is not expected"],
    ),
    (
        "alter type mood add value 'proud' before 'happy'",
        &["enum mood has the label 'proud', which is not expected"],
    ),
    (
        "alter type mood rename value 'sad' to 'low'",
        &["enum mood lacks the label 'sad'; has the label 'low', which is not expected"],
    ),
    (
        "alter type mood rename value 'calm' to 'x'; alter type mood rename value 'sad' to 'calm'; alter type mood rename value 'x' to 'sad'",
        &[
            "column member.mood has default 'sad'::mood, expected 'calm'::mood",
            "enum mood has its labels in the order 'sad', 'happy', 'calm', expected 'calm', 'happy', 'sad'",
        ],
    ),
    (
        "grant usage on type mood to public",
        &["enum mood grants USAGE to PUBLIC, which is not expected"],
    ),
    (
        "alter type coordinates add attribute height real cascade",
        &[
            "attribute coordinates.height is not expected",
            "column point_of_interest.height is not expected",
        ],
    ),
    (
        "alter domain percent set default 1",
        &["domain percent has default 1, expected 0"],
    ),
    (
        "alter domain label drop not null",
        &["domain label is nullable, expected not null"],
    ),
    (
        "drop type span; create type span as range (subtype = timestamp, multirange_type_name = spans)",
        &["range span: multirange is spans, expected span_multirange"],
    ),
    (
        "drop type span; create type span as range (subtype = timestamptz)",
        &[
            "range span: operator class is timestamptz_ops, expected timestamp_ops; is timestamp with time zone, expected timestamp without time zone",
        ],
    ),
    (
        "alter type coordinates owner to specimen_owner",
        &["type coordinates belongs to specimen_owner, expected the schema's owner"],
    ),
    (
        "comment on type mood is 'feeling'",
        &["enum mood has comment 'feeling', expected 'how one feels'"],
    ),
    (
        "create type nothing",
        &["shell type nothing is not expected"],
    ),
    (
        "comment on type member is 'a row of it'",
        &["comment or privilege of row type member is not expected"],
    ),
    ("drop domain label", &["domain label is missing"]),
    (
        r#"drop domain label; create domain label as varchar(10) collate "C" not null"#,
        &["domain label is character varying(10), expected text"],
    ),
    (
        r#"drop domain label; create domain label as text collate "POSIX" not null"#,
        &[r#"domain label: collation is "POSIX", expected "C""#],
    ),
    (
        r#"drop type span; create type span as range (subtype = text, collation = "C")"#,
        &[
            r#"range span: collation is "C", expected default; operator class is text_ops, expected timestamp_ops; is text, expected timestamp without time zone"#,
        ],
    ),
    (
        "drop type span; create type span as range (subtype = float8, subtype_diff = float8mi)",
        &[
            "range span: difference is float8mi, expected none; operator class is float8_ops, expected timestamp_ops; is double precision, expected timestamp without time zone",
        ],
    ),
    (
        "comment on type span_multirange is 'many'",
        &["comment of multirange type span_multirange is not expected"],
    ),
    (
        "create type name2; create function name2_in(cstring) returns name2 language internal immutable strict as 'textin'; create function name2_out(name2) returns cstring language internal immutable strict as 'textout'; create type name2 (input = name2_in, output = name2_out)",
        &[
            "function name2_in(cstring) is not expected",
            "function name2_out(name2) is not expected",
            "base type name2 is not expected",
        ],
    ),
    (
        "alter table member drop column place; drop table point_of_interest; alter type coordinates alter attribute lat type real",
        &[
            "attribute coordinates.lat is real, expected double precision",
            "column member.place is missing",
            "table point_of_interest is missing",
        ],
    ),
    (
        "alter type coordinates rename attribute lat to latitude cascade",
        &[
            "attribute coordinates.lat is missing",
            "attribute coordinates.latitude is not expected",
            "column point_of_interest.lat is missing",
            "column point_of_interest.latitude is not expected",
        ],
    ),
];
