//! How a schema came to be does not show.

use migrations_common::catalog::{Difference, compare};

use super::{Specimen, words};

#[test]
fn what_is_dropped_and_made_again_in_another_order_is_the_same() {
    let mut specimen = Specimen::new();
    let before = specimen.facts();
    specimen.run(
        "drop index member_code_idx, member_tags_idx; drop trigger member_touch on member; drop statistics member_names; \
         drop policy letter_write on letter; drop operator ===(mood, text); revoke select on member, visit from specimen_reader; \
         alter table member reset (fillfactor, autovacuum_enabled), drop constraint member_email_shape; \
         alter table member add column gone int; alter table member drop column gone; \
         alter table letter drop constraint letter_body; drop sequence scratch_number",
    );
    specimen.run(
        "create unlogged sequence scratch_number; grant select on visit, member to specimen_reader; \
         alter table letter add constraint letter_body check (body is not null) not valid; \
         create operator === (leftarg = mood, rightarg = text, function = same_mood); \
         create policy letter_write on letter for insert with check (id > 0); \
         alter table member add constraint member_email_shape check (email like '%@%'), set (autovacuum_enabled = false, fillfactor = 85); \
         create statistics member_names (dependencies, ndistinct) on last, first from member; \
         comment on statistics member_names is 'they go together'; \
         create trigger member_touch before update of first, last on member for each row when (old.first is distinct from new.first) execute function touch(); \
         comment on trigger member_touch on member is 'keeps the time'; \
         create index member_tags_idx on member using gin (tags) with (fastupdate = off); \
         create index member_code_idx on member ((code + 1), mood)",
    );
    let after = specimen.facts();
    assert_eq!(words(&compare(&before, &after)), [""; 0]);
    assert_eq!(before, after);
}

#[test]
fn a_privilege_that_is_granted_and_revoked_leaves_nothing() {
    let mut specimen = Specimen::new();
    let before = specimen.facts();
    specimen.run(
        "grant insert on animal to specimen_reader; revoke insert on animal from specimen_reader; \
         grant update (born) on animal to specimen_reader; revoke update (born) on animal from specimen_reader; \
         revoke execute on function levels() from public; grant execute on function levels() to public; \
         grant usage on type label to specimen_reader; revoke usage on type label from specimen_reader",
    );
    assert_eq!(words(&compare(&before, &specimen.facts())), [""; 0]);
    assert_eq!(specimen.facts(), before);
}

#[test]
fn two_columns_added_in_either_order_differ_in_their_positions_alone() {
    let mut specimen = Specimen::new();
    let mut in_order = |first: &str, second: &str| {
        specimen.run(&format!("begin; alter table cache add column {first} int; alter table cache add column {second} int"));
        let facts = specimen.facts();
        specimen.run("rollback");
        facts
    };
    let (left, right) = (in_order("a", "b"), in_order("b", "a"));
    let differences = compare(&left, &right);
    assert_eq!(
        words(&differences),
        ["column cache.b is at position 3, expected 4"]
    );
    assert!(differences.iter().all(Difference::is_position_alone));
    assert_ne!(left, right);
    assert_eq!(
        left.without_column_positions(),
        right.without_column_positions()
    );
}

#[test]
fn a_column_that_is_also_otherwise_differs_in_more_than_its_position() {
    let mut specimen = Specimen::new();
    let before = specimen.facts();
    specimen.run("alter table member drop column tags; alter table member add column tags int");
    let differences = compare(&before, &specimen.facts());
    assert_eq!(
        words(&differences),
        [
            "column member.tags has no default, expected '{}'::text[]; is nullable, expected not null; \
             is at position 12, expected 10; is integer, expected text[]",
            "index member_tags_idx is missing",
        ]
    );
    assert!(!differences.iter().any(Difference::is_position_alone));
}
