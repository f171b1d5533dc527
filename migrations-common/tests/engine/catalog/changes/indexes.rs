//! Indexes.

use super::{Change, check};

#[test]
fn each_change_is_seen_and_said() {
    check(CHANGES);
}

const CHANGES: &[Change] = &[
    (
        "create index member_share_idx on member (share)",
        &["index member_share_idx is not expected"],
    ),
    (
        "drop index member_tags_idx",
        &["index member_tags_idx is missing"],
    ),
    (
        "drop index member_code_idx; create unique index member_code_idx on member ((code + 1), mood)",
        &["index member_code_idx is unique, expected not unique"],
    ),
    (
        "drop index member_code_idx; create index member_code_idx on member ((code + 2), mood)",
        &["index member_code_idx is btree ((code + 2), mood), expected btree ((code + 1), mood)"],
    ),
    (
        "drop index member_code_idx; create index member_code_idx on letter (id)",
        &[
            "index member_code_idx is btree (id), expected btree ((code + 1), mood); is on letter, expected member",
        ],
    ),
    (
        "alter index member_tags_idx set (fastupdate = on)",
        &[
            "index member_tags_idx is gin (tags) WITH (fastupdate='on'), expected gin (tags) WITH (fastupdate=off)",
        ],
    ),
    (
        "alter index member_code_idx alter column 1 set statistics 50",
        &["index member_code_idx: statistics targets are column 1: 50, expected none"],
    ),
    (
        "create index visit_note_idx on only visit (note)",
        &["index visit_note_idx is not expected"],
    ),
    (
        "create index visit_note_idx on visit (note)",
        &["index visit_note_idx is not expected"],
    ),
    (
        "drop index visit_member_idx",
        &["index visit_member_idx is missing"],
    ),
    (
        "update pg_index set indisvalid = false where indexrelid = 'member_tags_idx'::regclass",
        &["index member_tags_idx is invalid, expected valid"],
    ),
    (
        "alter index visit_2026_pkey rename to visit_2026_key",
        &[
            "index visit_2026_key is not expected",
            "index visit_2026_pkey is missing",
        ],
    ),
    (
        "comment on index member_last_idx is null",
        &["index member_last_idx has no comment, expected 'for the list'"],
    ),
    (
        "alter index member_tags_idx depends on extension pg_trgm",
        &["index member_tags_idx depends on extension pg_trgm, expected none"],
    ),
    (
        "cluster member using member_pkey",
        &["index member_pkey is clustered, expected not clustered"],
    ),
    (
        "drop index member_last_idx; create index member_last_idx on member (lower(last)) where last is not null",
        &[
            "index member_last_idx has no comment, expected 'for the list'; is btree (lower(last)) WHERE last IS NOT NULL, expected btree (lower(last) text_pattern_ops DESC NULLS LAST) INCLUDE (first) WHERE last IS NOT NULL",
        ],
    ),
    (
        "alter table member drop constraint member_email_key, add constraint member_email_key unique nulls not distinct (email)",
        &[
            "constraint member.member_email_key has no comment, expected 'one each'; is UNIQUE NULLS NOT DISTINCT (email), expected UNIQUE (email)",
            "index member_email_key is btree (email) NULLS NOT DISTINCT, expected btree (email)",
        ],
    ),
];
