//! Triggers, rules and policies.

use super::{Change, check};

#[test]
fn each_change_is_seen_and_said() {
    check(CHANGES);
}

const CHANGES: &[Change] = &[
    (
        "drop trigger member_touch on member",
        &["trigger member.member_touch is missing"],
    ),
    (
        "drop trigger visit_touch on visit; create trigger visit_touch after delete on visit for each row execute function touch()",
        &[
            "trigger visit.visit_touch is AFTER DELETE ON visit FOR EACH ROW EXECUTE FUNCTION touch(), expected AFTER INSERT ON visit FOR EACH ROW EXECUTE FUNCTION touch()",
        ],
    ),
    (
        "alter table member disable trigger member_touch",
        &["trigger member.member_touch is disabled, expected enabled"],
    ),
    (
        "alter table letter enable trigger letter_checked",
        &["trigger letter.letter_checked is enabled, expected enabled always"],
    ),
    (
        "alter table visit_2026 disable trigger visit_touch",
        &["disabled trigger visit_2026.visit_touch is not expected"],
    ),
    (
        "comment on trigger member_touch on member is null",
        &["trigger member.member_touch has no comment, expected 'keeps the time'"],
    ),
    (
        "alter table letter disable rule letter_kept",
        &["rule letter.letter_kept is disabled, expected enabled"],
    ),
    (
        "create or replace rule letter_kept as on delete to letter where old.id > 0 do instead nothing",
        &["rule letter.letter_kept: definition differs"],
    ),
    (
        "drop rule letter_kept on letter",
        &["rule letter.letter_kept is missing"],
    ),
    (
        "alter policy letter_mine on letter to public",
        &["policy letter.letter_mine: roles are PUBLIC, expected specimen_reader"],
    ),
    (
        "alter policy letter_mine on letter using (true)",
        &["policy letter.letter_mine: using is true, expected (author = CURRENT_USER)"],
    ),
    (
        "alter policy letter_write on letter with check (id > 1)",
        &["policy letter.letter_write: check is (id > 1), expected (id > 0)"],
    ),
    (
        "drop policy letter_mine on letter; create policy letter_mine on letter as restrictive for update to specimen_reader using (author = current_user)",
        &[
            "policy letter.letter_mine: command is update, expected select; has no comment, expected 'own ones'; is restrictive, expected not restrictive",
        ],
    ),
    (
        "comment on policy letter_mine on letter is null",
        &["policy letter.letter_mine has no comment, expected 'own ones'"],
    ),
];
