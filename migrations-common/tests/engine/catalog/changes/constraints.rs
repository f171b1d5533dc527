//! Constraints.

use super::{Change, check};

#[test]
fn each_change_is_seen_and_said() {
    check(CHANGES);
}

const CHANGES: &[Change] = &[
    (
        "alter table member add constraint member_code_positive check (code > 0)",
        &["constraint member.member_code_positive is not expected"],
    ),
    (
        "alter table member drop constraint member_email_shape",
        &["constraint member.member_email_shape is missing"],
    ),
    (
        "alter table member drop constraint member_email_key",
        &["constraint member.member_email_key is missing"],
    ),
    (
        "alter table member drop constraint member_email_shape, add constraint member_email_shape check (email like '_%@%')",
        &[
            "constraint member.member_email_shape is CHECK ((email ~~ '_%@%'::text)), expected CHECK ((email ~~ '%@%'::text))",
        ],
    ),
    (
        "alter table visit alter constraint visit_member_fk not deferrable",
        &[
            "constraint visit.visit_member_fk is FOREIGN KEY (member_id) REFERENCES member(id) ON DELETE CASCADE, expected FOREIGN KEY (member_id) REFERENCES member(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        ],
    ),
    (
        "alter table letter validate constraint letter_body",
        &[
            "constraint letter.letter_body is CHECK ((body IS NOT NULL)), expected CHECK ((body IS NOT NULL)) NOT VALID",
        ],
    ),
    (
        "alter table letter drop constraint letter_body, add constraint letter_body check (body is not null) no inherit",
        &[
            "constraint letter.letter_body is CHECK ((body IS NOT NULL)) NO INHERIT, expected CHECK ((body IS NOT NULL)) NOT VALID",
        ],
    ),
    (
        "alter table visit disable trigger all",
        &[
            "constraint visit.visit_member_fk is disabled, expected enabled",
            "disabled foreign key visit_2026.visit_member_fk is not expected",
            "disabled foreign key visit_rest.visit_member_fk is not expected",
            "trigger visit.visit_touch is disabled, expected enabled",
        ],
    ),
    (
        "alter table visit add column guests int not null default 1",
        &["column visit.guests is not expected"],
    ),
    (
        "alter table visit alter column note set not null",
        &["column visit.note is not null, expected nullable"],
    ),
    (
        "alter table visit drop constraint visit_note_length",
        &["constraint visit.visit_note_length is missing"],
    ),
    (
        "alter table visit_2026 disable trigger all",
        &[
            "disabled foreign key visit_2026.visit_member_fk is not expected",
            "disabled trigger visit_2026.visit_touch is not expected",
        ],
    ),
    (
        "alter table only visit disable trigger all",
        &[
            "constraint visit.visit_member_fk is disabled, expected enabled",
            "enabled trigger visit_2026.visit_touch is not expected",
            "enabled trigger visit_rest.visit_touch is not expected",
            "trigger visit.visit_touch is disabled, expected enabled",
        ],
    ),
    (
        "alter table room_booking drop constraint room_booking_apart",
        &["constraint room_booking.room_booking_apart is missing"],
    ),
    (
        "comment on constraint member_email_key on member is null",
        &["constraint member.member_email_key has no comment, expected 'one each'"],
    ),
    (
        "alter domain percent drop constraint percent_range",
        &["domain constraint percent.percent_range is missing"],
    ),
    (
        "alter domain percent add constraint percent_even check (value > 1) not valid",
        &["domain constraint percent.percent_even is not expected"],
    ),
    (
        "alter table visit_2026 add constraint visit_2026_own check (id > 0)",
        &["constraint visit_2026.visit_2026_own is not expected"],
    ),
    (
        "alter table animal add constraint animal_born check (born > '1900-01-01')",
        &["constraint animal.animal_born is not expected"],
    ),
    (
        "alter table only visit_2026 alter column note set default 'x'",
        &["column visit_2026.note has default 'x'::text, expected none"],
    ),
];
