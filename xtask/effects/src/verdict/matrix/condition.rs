//! What rows of the table ask of a pair, beyond the kinds of its objects and deeds.

use super::{Action, Attribute, Columns, Effect, Need, Object, Part, RowChange};
use crate::definition;
use crate::statement::signature;

/// `Create`, taken apart.
struct Made<'e> {
    definition: &'e str,
    tolerant: bool,
    replace: bool,
    unnamed: bool,
}

fn made(effect: &Effect) -> Option<Made<'_>> {
    match &effect.action {
        Action::Create {
            definition,
            tolerant,
            replace,
            unnamed,
        } => Some(Made {
            definition,
            tolerant: *tolerant,
            replace: *replace,
            unnamed: *unnamed,
        }),
        _ => None,
    }
}

fn both_made(one: &Effect, other: &Effect, hold: impl Fn(&Made<'_>, &Made<'_>) -> bool) -> bool {
    made(one)
        .zip(made(other))
        .is_some_and(|(a, b)| hold(&a, &b))
}

pub(super) fn alike(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| a.definition == b.definition)
}

pub(super) fn alike_and_tolerant(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| {
        a.tolerant && b.tolerant && a.definition == b.definition
    })
}

pub(super) fn alike_and_second_tolerant(one: &Effect, other: &Effect) -> bool {
    // Their texts differ in IF NOT EXISTS itself.
    let bare = |definition: &str| definition.replace("if not exists ", "");
    both_made(one, other, |a, b| {
        !a.tolerant && b.tolerant && bare(a.definition) == bare(b.definition)
    })
}

pub(super) fn alike_and_replaced(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| {
        a.replace && b.replace && a.definition == b.definition
    })
}

pub(super) fn alike_and_unnamed(one: &Effect, other: &Effect) -> bool {
    both_unnamed(one, other) && alike(one, other)
}

pub(super) fn both_unnamed(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| a.unnamed && b.unnamed)
}

pub(super) fn first_unnamed(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| a.unnamed && !b.unnamed)
}

pub(super) fn other_arguments(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| {
        let signatures = signature(a.definition).zip(signature(b.definition));
        signatures.is_some_and(|(a, b)| a != b)
    })
}

pub(super) fn replaced(one: &Effect, _: &Effect) -> bool {
    made(one).is_some_and(|made| made.replace)
}

pub(super) fn replaced_and_existence(one: &Effect, other: &Effect) -> bool {
    replaced(one, other) && needs(other, &[Need::Existence])
}

pub(super) fn replaced_and_kept(one: &Effect, other: &Effect) -> bool {
    replaced(one, other) && sets_what_is_kept(other)
}

pub(super) fn replaced_and_kept_set(one: &Effect, _: &Effect) -> bool {
    sets_what_is_kept(one)
}

fn sets_what_is_kept(effect: &Effect) -> bool {
    matches!(
        set(effect),
        Some((
            Attribute::Comment | Attribute::Privilege { .. } | Attribute::Owner,
            _
        ))
    )
}

pub(super) fn both_tolerant(one: &Effect, other: &Effect) -> bool {
    drops_tolerantly(one) && drops_tolerantly(other)
}

pub(super) fn second_tolerant(one: &Effect, other: &Effect) -> bool {
    !drops_tolerantly(one) && drops_tolerantly(other)
}

fn drops_tolerantly(effect: &Effect) -> bool {
    matches!(effect.action, Action::Drop { tolerant: true, .. })
}

fn needs(effect: &Effect, among: &[Need]) -> bool {
    matches!(&effect.action, Action::Need(need) if among.contains(need))
}

/// A need that ends with the statement: a column or a constraint that a query or a data change names.
pub(super) fn passing_need(_: &Effect, other: &Effect) -> bool {
    needs(other, &[Need::Existence, Need::Default])
        && matches!(
            other.object,
            Object::Part(_, Part::Column(_) | Part::Constraint(_))
        )
}

fn set(effect: &Effect) -> Option<(&Attribute, &str)> {
    match &effect.action {
        Action::Set { attribute, value } => Some((attribute, value)),
        _ => None,
    }
}

fn both_set(
    one: &Effect,
    other: &Effect,
    hold: impl Fn((&Attribute, &str), (&Attribute, &str)) -> bool,
) -> bool {
    set(one).zip(set(other)).is_some_and(|(a, b)| hold(a, b))
}

pub(super) fn same_attribute(one: &Effect, other: &Effect) -> bool {
    both_set(one, other, |(a, _), (b, _)| a == b)
}

pub(super) fn same_value(one: &Effect, other: &Effect) -> bool {
    both_set(one, other, |a, b| a == b)
}

/// What cannot be done twice.
pub(super) fn same_value_twice(one: &Effect, other: &Effect) -> bool {
    let member = |value: &str| value.starts_with("add ") || value.starts_with("drop ");
    same_value(one, other)
        && (matches!(set(one), Some((Attribute::Members, value)) if member(value))
            || matches!(
                set(one),
                Some((
                    Attribute::Identity | Attribute::Parent(_) | Attribute::Generated,
                    _
                ))
            ))
}

pub(super) fn labels(one: &Effect, other: &Effect) -> bool {
    same_attribute(one, other) && is_set(one, &Attribute::Labels)
}

pub(super) fn labels_alike(one: &Effect, other: &Effect) -> bool {
    labels(one, other)
        && same_value(one, other)
        && set(one).is_some_and(|(_, value)| value.contains("if not exists"))
}

/// One label gets twice what it can get once: it is added, or renamed.
pub(super) fn one_label(one: &Effect, other: &Effect) -> bool {
    let changed = |effect| {
        let (_, value) = set(effect)?;
        let mut words = value.splitn(3, '\'');
        let change = words.next()?.trim_end();
        (matches!(change, "add" | "rename"))
            .then_some((change.to_owned(), words.next()?.to_owned()))
    };
    labels(one, other)
        && changed(one)
            .zip(changed(other))
            .is_some_and(|(a, b)| a == b)
}

/// One takes a number, the other says which is next.
pub(super) fn one_next(one: &Effect, other: &Effect) -> bool {
    let next = |value: &str| value == "nextval";
    both_set(one, other, |(a, value), (b, others)| {
        a == b && *a == Attribute::Position && next(value) != next(others)
    })
}

/// Both say which rows go to which partition.
pub(super) fn bounds(one: &Effect, other: &Effect) -> bool {
    same_attribute(one, other) && is_set(one, &Attribute::Option("partitions".to_owned()))
}

pub(super) fn both_next(one: &Effect, other: &Effect) -> bool {
    let next = |effect| matches!(set(effect), Some((Attribute::Position, "nextval")));
    next(one) && next(other)
}

pub(super) fn members(one: &Effect, other: &Effect) -> bool {
    same_attribute(one, other) && is_set(one, &Attribute::Members)
}

pub(super) fn members_apart(one: &Effect, other: &Effect) -> bool {
    members(one, other)
        && !same_value(one, other)
        && both_set(one, other, |(_, a), (_, b)| {
            a.starts_with("add ") && b.starts_with("add ")
        })
}

/// Different attributes of one object that depend on each other.
pub(super) fn entangled(one: &Effect, other: &Effect) -> bool {
    use Attribute as A;
    both_set(one, other, |(a, _), (b, _)| {
        sequence_bounds(a, b)
            || matches!(
                (a, b),
                (
                    A::Type,
                    A::Default
                        | A::Generated
                        | A::Identity
                        | A::Storage
                        | A::Compression
                        | A::Statistics
                        | A::Option(_)
                ) | (A::Identity, A::Nullability | A::Default)
                    | (A::Generated, A::Default | A::Identity)
                    | (A::Owner, A::Privilege { .. })
                    | (
                        A::Parent(_),
                        A::Parent(_)
                            | A::Persistence
                            | A::AccessMethod
                            | A::Tablespace
                            | A::Option(_)
                            | A::ReplicaIdentity
                    )
                    | (A::Position, A::Option(_))
                    | (A::Validated, A::Deferrability)
            )
    })
}

/// A sequence must start within its bounds, and those within its type.
fn sequence_bounds(a: &Attribute, b: &Attribute) -> bool {
    let bound = |attribute: &Attribute| {
        matches!(attribute, Attribute::Option(name)
            if ["as", "increment", "maxvalue", "minvalue", "start"].contains(&name.as_str()))
    };
    bound(a) && bound(b)
}

fn is_set(effect: &Effect, attribute: &Attribute) -> bool {
    set(effect).is_some_and(|(set, _)| set == attribute)
}

fn sets_one_of(effect: &Effect, hold: impl Fn(&Attribute) -> bool) -> bool {
    set(effect).is_some_and(|(attribute, _)| hold(attribute))
}

pub(super) fn fixed_type(one: &Effect, other: &Effect) -> bool {
    is_set(one, &Attribute::Type) && needs(other, &[Need::Type])
}

pub(super) fn followed_type(one: &Effect, other: &Effect) -> bool {
    is_set(one, &Attribute::Type) && needs(other, &[Need::Operators])
}

pub(super) fn copied_attribute(one: &Effect, other: &Effect) -> bool {
    set(one).is_some() && needs(other, &[Need::Definition])
}

pub(super) fn needed_default(one: &Effect, other: &Effect) -> bool {
    needs(other, &[Need::Default])
        && sets_one_of(one, |attribute| {
            matches!(
                attribute,
                Attribute::Default | Attribute::Identity | Attribute::Generated
            )
        })
}

pub(super) fn needed_key(one: &Effect, other: &Effect) -> bool {
    needs(other, &[Need::Key])
        && sets_one_of(one, |attribute| {
            matches!(
                attribute,
                Attribute::Persistence | Attribute::Parent(_) | Attribute::Deferrability
            )
        })
}

pub(super) fn renamed_labels(one: &Effect, _: &Effect) -> bool {
    matches!(set(one), Some((Attribute::Labels, value)) if value.starts_with("rename"))
}

pub(super) fn owner(one: &Effect, _: &Effect) -> bool {
    is_set(one, &Attribute::Owner)
}

pub(super) fn owner_of_schema(one: &Effect, other: &Effect) -> bool {
    owner(one, other)
}

pub(super) fn parent(one: &Effect, _: &Effect) -> bool {
    sets_one_of(one, |attribute| matches!(attribute, Attribute::Parent(_)))
}

pub(super) fn parent_of_needed(one: &Effect, other: &Effect) -> bool {
    parent(one, other) && !needs(other, &[Need::Existence])
}

pub(super) fn parent_and_structure(one: &Effect, other: &Effect) -> bool {
    parent(one, other) && !sets_what_is_kept(other)
}

pub(super) fn persistence(one: &Effect, _: &Effect) -> bool {
    is_set(one, &Attribute::Persistence)
}

pub(super) fn row_security(one: &Effect, _: &Effect) -> bool {
    sets_one_of(one, |attribute| {
        matches!(
            attribute,
            Attribute::RowSecurity | Attribute::ForceRowSecurity
        )
    })
}

pub(super) fn same_privilege_revoked(one: &Effect, other: &Effect) -> bool {
    both_set(one, other, |(a, value), (b, other)| {
        a == b
            && matches!(a, Attribute::Privilege { .. })
            && (value.contains("revoked") || other.contains("revoked"))
    })
}

pub(super) fn index_choice(one: &Effect, _: &Effect) -> bool {
    sets_one_of(one, |attribute| {
        matches!(attribute, Attribute::Cluster | Attribute::ReplicaIdentity)
    })
}

pub(super) fn needs_columns(one: &Effect, _: &Effect) -> bool {
    needs(one, &[Need::Columns, Need::Definition, Need::Type])
}

pub(super) fn needs_columns_and_type(one: &Effect, other: &Effect) -> bool {
    needs_columns(one, other) && is_set(other, &Attribute::Type)
}

pub(super) fn needs_definition(one: &Effect, other: &Effect) -> bool {
    needs(one, &[Need::Definition])
        && !matches!(
            other.object,
            Object::Part(_, Part::Policy(_) | Part::Rule(_))
        )
        && !sets_one_of(other, |attribute| {
            matches!(attribute, Attribute::Privilege { .. })
        })
}

pub(super) fn needs_key(one: &Effect, _: &Effect) -> bool {
    needs(one, &[Need::Key])
}

pub(super) fn key_of_emptied(one: &Effect, rows: &Effect) -> bool {
    needs_key(one, rows) && change(rows) == Some(RowChange::Truncate)
}

pub(super) fn needs_primary_key(one: &Effect, _: &Effect) -> bool {
    needs(one, &[Need::PrimaryKey])
}

pub(super) fn needs_primary_key_of_type(one: &Effect, other: &Effect) -> bool {
    needs_primary_key(one, other) && is_set(other, &Attribute::Type)
}

pub(super) fn key_deferrability(one: &Effect, other: &Effect) -> bool {
    needs_key(one, other) && is_set(other, &Attribute::Deferrability)
}

/// A constraint or an index that is, or may be, a key, comes or goes.
pub(super) fn key_changes(one: &Effect, other: &Effect) -> bool {
    needs_key(one, other)
        && match &other.action {
            Action::Create { definition, .. } => definition::is_key(definition),
            Action::Drop { .. } => true,
            _ => false,
        }
}

pub(super) fn not_null_without_default(_: &Effect, column: &Effect) -> bool {
    made(column).is_some_and(|made| {
        definition::is_not_null(made.definition) && !definition::has_default(made.definition)
    })
}

pub(super) fn computed_default(_: &Effect, column: &Effect) -> bool {
    made(column).is_some_and(|made| {
        definition::has_default(made.definition)
            && !definition::has_constant_default(made.definition)
    })
}

fn columns(effect: &Effect) -> Option<&Columns> {
    match &effect.action {
        Action::Read { columns } | Action::Write { columns, .. } => Some(columns),
        _ => None,
    }
}

fn change(effect: &Effect) -> Option<RowChange> {
    match effect.action {
        Action::Write { change, .. } => Some(change),
        _ => None,
    }
}

fn name_of(column: &Effect) -> &str {
    match &column.object {
        Object::Part(_, Part::Column(name)) => name,
        _ => "",
    }
}

pub(super) fn uses_column(rows: &Effect, column: &Effect) -> bool {
    columns(rows).is_some_and(|columns| columns.contain(name_of(column)))
}

pub(super) fn uses_retyped(rows: &Effect, column: &Effect) -> bool {
    is_set(column, &Attribute::Type) && uses_column(rows, column)
}

/// An update of other columns leaves the conversion alone; new and lost rows may not.
pub(super) fn writes_retyped(rows: &Effect, column: &Effect) -> bool {
    is_set(column, &Attribute::Type)
        && (uses_column(rows, column) || change(rows) != Some(RowChange::Update))
}

pub(super) fn inserts_by_default(rows: &Effect, column: &Effect) -> bool {
    change(rows) == Some(RowChange::Insert)
        && sets_one_of(column, |attribute| {
            matches!(
                attribute,
                Attribute::Default | Attribute::Identity | Attribute::Generated
            )
        })
        && !matches!(columns(rows), Some(Columns::Some(names)) if names.contains(name_of(column)))
}

pub(super) fn may_leave_null(rows: &Effect, column: &Effect) -> bool {
    matches!(set(column), Some((Attribute::Nullability, "not null")))
        && (uses_column(rows, column) || change(rows) != Some(RowChange::Update))
}

pub(super) fn may_write_null(rows: &Effect, column: &Effect) -> bool {
    matches!(set(column), Some((Attribute::Nullability, value)) if value != "not null")
        && match change(rows) {
            Some(RowChange::Insert) => true,
            Some(RowChange::Update) => uses_column(rows, column),
            _ => false,
        }
}

pub(super) fn recomputed(_: &Effect, column: &Effect) -> bool {
    is_set(column, &Attribute::Generated)
}

pub(super) fn apart_from_update(read: &Effect, write: &Effect) -> bool {
    change(write) == Some(RowChange::Update)
        && (columns(read).zip(columns(write))).is_some_and(|(a, b)| !a.overlap(b))
}

pub(super) fn updates_apart(one: &Effect, other: &Effect) -> bool {
    change(one) == Some(RowChange::Update) && apart_from_update(one, other)
}

pub(super) fn truncated_by_both(one: &Effect, other: &Effect) -> bool {
    change(one) == Some(RowChange::Truncate) && change(other) == Some(RowChange::Truncate)
}

pub(super) fn validation(_: &Effect, constraint: &Effect) -> bool {
    is_set(constraint, &Attribute::Validated)
}

pub(super) fn deferrability(_: &Effect, constraint: &Effect) -> bool {
    is_set(constraint, &Attribute::Deferrability)
}

/// A constraint that rows must pass when it is made: they are read then.
pub(super) fn checks_rows_there(_: &Effect, constraint: &Effect) -> bool {
    made(constraint).is_some_and(|made| !definition::is_not_valid(made.definition))
}

/// What a unique index of columns asks of rows, it reads when it is made.
pub(super) fn computed_index(_: &Effect, index: &Effect) -> bool {
    made(index).is_some_and(|made| definition::computes(made.definition))
}

pub(super) fn firing(_: &Effect, other: &Effect) -> bool {
    is_set(other, &Attribute::Enabled)
}

pub(super) fn policy_about_rows(_: &Effect, policy: &Effect) -> bool {
    match &policy.action {
        Action::Create { .. } | Action::Drop { .. } => true,
        Action::Set { attribute, .. } => *attribute == Attribute::Policy,
        _ => false,
    }
}

pub(super) fn both_primary(one: &Effect, other: &Effect) -> bool {
    both_made(one, other, |a, b| {
        definition::is_primary_key(a.definition) && definition::is_primary_key(b.definition)
    })
}

/// Something that is there already, and may be built on a column that goes.
pub(super) fn existing_structure(one: &Effect, other: &Effect) -> bool {
    made(other).is_none() && not_a_column(one, other)
}

pub(super) fn not_a_column(_: &Effect, other: &Effect) -> bool {
    !matches!(other.object, Object::Part(_, Part::Column(_)))
}

pub(super) fn privilege_of_all(one: &Effect, _: &Effect) -> bool {
    sets_one_of(one, |attribute| match attribute {
        Attribute::Privilege { privilege, .. } => privilege.contains(' '),
        _ => false,
    })
}

pub(super) fn privileges(one: &Effect, other: &Effect) -> bool {
    privilege_of_all(one, other)
        && sets_one_of(other, |attribute| {
            matches!(attribute, Attribute::Privilege { .. })
        })
}

pub(super) fn role_granted(role: &Effect, other: &Effect) -> bool {
    let Object::Other { kind, name } = &role.object else {
        return false;
    };
    kind == "role"
        && sets_one_of(other, |attribute| match attribute {
            Attribute::Privilege { grantee, .. } => *grantee == name.name,
            Attribute::Owner => true,
            _ => false,
        })
}

pub(super) fn extension(one: &Effect, _: &Effect) -> bool {
    matches!(&one.object, Object::Other { kind, .. } if kind == "extension")
}
