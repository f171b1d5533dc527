//! What rows of the table ask of a pair, beyond the kinds of its objects and deeds.

mod action;
mod attribute;
mod labels;
mod made;
mod need;
mod part;
mod reach;
mod rows;
mod set;

pub(super) use attribute::{
    deferrability, firing, index_choice, owner, parent, parent_and_structure, parent_of_needed,
    persistence, recomputed, replaced_and_kept_set, row_security, validation,
};
pub(super) use labels::{labels, labels_alike, one_label, renamed_labels};
pub(super) use made::{
    alike, alike_and_replaced, alike_and_second_tolerant, alike_and_tolerant, alike_and_unnamed,
    both_primary, both_tolerant, both_unnamed, first_unnamed, other_arguments, replaced,
    replaced_and_existence, replaced_and_kept, second_tolerant,
};
pub(super) use need::{
    copied_attribute, fixed_type, followed_type, key_changes, key_deferrability, needed_default,
    needed_key, needs_columns, needs_columns_and_type, needs_definition, needs_primary_key,
    needs_primary_key_of_type, passing_need,
};
pub(super) use part::{
    checks_rows_there, computed_default, computed_index, existing_structure, not_a_column,
    not_null_without_default, policy_about_rows,
};
pub(super) use reach::{extension, owner_of_schema, privilege_of_all, privileges, role_granted};
pub(super) use rows::{
    apart_from_update, inserts_by_default, key_of_emptied, may_leave_null, may_write_null,
    truncated_by_both, updates_apart, uses_column, uses_retyped, writes_retyped,
};
pub(super) use set::{
    both_next, bounds, entangled, members, members_apart, one_next, same_attribute,
    same_privilege_revoked, same_value, same_value_twice,
};
