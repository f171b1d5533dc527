//! Tables.

use super::{Change, check};

#[test]
fn each_change_is_seen_and_said() {
    check(CHANGES);
}

const CHANGES: &[Change] = &[
    (
        "create table extra (id int primary key, n text)",
        &["table extra is not expected"],
    ),
    ("drop table cache", &["table cache is missing"]),
    (
        "alter table cache set logged",
        &["table cache is permanent, expected unlogged"],
    ),
    (
        "alter table member rename to person",
        &[
            "constraint visit.visit_member_fk is FOREIGN KEY (member_id) REFERENCES person(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, expected FOREIGN KEY (member_id) REFERENCES member(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "materialized view mood_count: definition differs",
            "table member is missing",
            "table person is not expected",
            "view member_visits: definition differs",
        ],
    ),
    (
        "alter table member owner to specimen_owner",
        &["table member belongs to specimen_owner, expected the schema's owner"],
    ),
    (
        "alter table member set (fillfactor = 70)",
        &["table member: options are fillfactor=70, expected fillfactor=85"],
    ),
    (
        "alter table member set (toast.autovacuum_enabled = true)",
        &[
            "table member: toast options are autovacuum_enabled=true, expected autovacuum_enabled=false",
        ],
    ),
    (
        "alter table letter disable row level security",
        &["table letter: row security is off, expected on"],
    ),
    (
        "alter table member rename column tags to labels",
        &[
            "column member.labels is not expected",
            "column member.tags is missing",
            "index member_tags_idx is gin (labels) WITH (fastupdate=off), expected gin (tags) WITH (fastupdate=off)",
        ],
    ),
    (
        "alter table member drop column price; alter table member add column price money default 12",
        &["column member.changed_at is at position 11, expected 12"],
    ),
    (
        "alter table member add column a int, add column b int; alter table member drop column code",
        &[
            "column member.a is not expected",
            "column member.b is not expected",
            "column member.code is missing",
            "index member_code_idx is missing",
        ],
    ),
    (
        "alter table letter force row level security",
        &["table letter: force row security is on, expected off"],
    ),
    (
        "alter table cache replica identity default",
        &["table cache: replica identity is default, expected full"],
    ),
    (
        "alter table member replica identity using index member_email_key",
        &[
            "index member_email_key: replica identity is on, expected off",
            "table member: replica identity is an index, expected default",
        ],
    ),
    (
        "alter table cat no inherit animal",
        &["table cat inherits from nothing, expected animal"],
    ),
    (
        "alter table visit detach partition visit_2026",
        &[
            "constraint visit_2026.visit_2026_pkey is not expected",
            "constraint visit_2026.visit_member_fk is not expected",
            "table visit_2026 inherits from nothing, expected visit; partition bound is none, expected FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00')",
        ],
    ),
    (
        "alter table visit detach partition visit_rest; alter table visit attach partition visit_rest for values from ('2030-01-01 00:00+00') to ('2031-01-01 00:00+00')",
        &[
            "table visit_rest: partition bound is FOR VALUES FROM ('2030-01-01 00:00:00+00') TO ('2031-01-01 00:00:00+00'), expected DEFAULT",
        ],
    ),
    (
        "alter table point_of_interest not of",
        &["table point_of_interest: of type is none, expected coordinates"],
    ),
    (
        "alter table member cluster on member_pkey",
        &["index member_pkey is clustered, expected not clustered"],
    ),
    (
        "comment on table member is 'who stays'",
        &["table member has comment 'who stays', expected 'who comes'"],
    ),
    (
        "comment on table member is null",
        &["table member has no comment, expected 'who comes'"],
    ),
    (
        "grant insert on member to specimen_reader",
        &["table member grants INSERT to specimen_reader, which is not expected"],
    ),
    (
        "grant select on member to specimen_reader with grant option",
        &[
            "table member does not grant SELECT to specimen_reader; grants SELECT with grant option to specimen_reader, which is not expected",
        ],
    ),
    (
        "revoke select on member from specimen_reader",
        &["table member does not grant SELECT to specimen_reader"],
    ),
    (
        "drop table cache; create view cache as select 1 as key",
        &["table cache is missing", "view cache is not expected"],
    ),
    (
        "create access method heap2 type table handler heap_tableam_handler; drop table cache; create unlogged table cache (key text primary key, value bytea) using heap2; alter table cache replica identity full",
        &[
            "table cache: access method is heap2, expected default; grants SELECT to specimen_reader, which is not expected",
        ],
    ),
    (
        "alter foreign table remote_letter options (set table_name 'post')",
        &[
            "foreign table remote_letter: foreign options are table_name=post, expected table_name=letter",
        ],
    ),
    (
        "create server other_server foreign data wrapper specimen_wrapper; drop foreign table remote_letter; create foreign table remote_letter (id int options (column_name 'ID'), body text) server other_server options (table_name 'letter')",
        &[
            "foreign table remote_letter grants SELECT to specimen_reader, which is not expected; server is other_server, expected specimen_server",
        ],
    ),
];
