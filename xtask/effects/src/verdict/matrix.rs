//! The table of verdicts: which two effects commute, and why the others do not.
//!
//! Rows are tried from the top; the first that is about a pair decides. What no row names is unknown, never clean.

use super::Verdict::{self, Commutes, Contradictory, Order, Unknown};
use super::position::Position::{self, Beside, Contains, Holds, Related, Same};
use crate::effect::{Action, Effect, Object, Part};

mod condition;

use condition as is;

/// One line of the table.
pub(super) struct Row {
    /// How the two objects lie to each other; `one` is the outer one.
    pub(super) position: Position,
    one: What,
    other: What,
    /// What else must hold.
    when: fn(&Effect, &Effect) -> bool,
    /// What `when` is called.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the table as a document shows it")
    )]
    condition: &'static str,
    pub(super) verdict: Verdict,
    /// Who should come first: `one` (true) or `other`.
    pub(super) first: Option<bool>,
    /// A sentence; `{one}` and `{other}` are the sides, `{object}` and `{part}` their objects.
    pub(super) why: &'static str,
}

/// A deed done to a kind of object.
#[derive(Clone, Copy, Debug)]
struct What {
    on: Kind,
    does: Deed,
}

/// Kinds of objects that rows tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Any,
    Column,
    Constraint,
    Index,
    Trigger,
    Rule,
    Policy,
    Rows,
    /// A part that is not the rows.
    Structure,
    Relation,
    Type,
    Routine,
}

/// Kinds of actions that rows tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Any,
    Create,
    Drop,
    /// A new name or another schema.
    Rename,
    Set,
    Need,
    Read,
    Write,
    Call,
    /// Reads, writes, or a call.
    Use,
    /// Create, drop or rename.
    Being,
    /// Create, drop, rename or set.
    Change,
}

impl Row {
    pub(super) fn is_about(&self, one: &Effect, other: &Effect) -> bool {
        self.one.covers(one) && self.other.covers(other) && (self.when)(one, other)
    }
}

impl What {
    fn covers(self, effect: &Effect) -> bool {
        self.on.covers(&effect.object) && self.does.covers(&effect.action)
    }
}

impl Kind {
    fn covers(self, object: &Object) -> bool {
        match (self, object) {
            (Kind::Any, _)
            | (Kind::Relation, Object::Relation(_))
            | (Kind::Type, Object::Type(_))
            | (Kind::Routine, Object::Routine(_)) => true,
            (kind, Object::Part(_, part)) => match part {
                Part::Column(_) => matches!(kind, Kind::Column | Kind::Structure),
                Part::Constraint(_) => matches!(kind, Kind::Constraint | Kind::Structure),
                Part::Index(_) => matches!(kind, Kind::Index | Kind::Structure),
                Part::Trigger(_) => matches!(kind, Kind::Trigger | Kind::Structure),
                Part::Rule(_) => matches!(kind, Kind::Rule | Kind::Structure),
                Part::Policy(_) => matches!(kind, Kind::Policy | Kind::Structure),
                Part::Rows => kind == Kind::Rows,
            },
            _ => false,
        }
    }
}

impl Deed {
    fn covers(self, action: &Action) -> bool {
        match action {
            _ if self == Deed::Any => true,
            Action::Create { .. } => matches!(self, Deed::Create | Deed::Being | Deed::Change),
            Action::Drop { .. } => matches!(self, Deed::Drop | Deed::Being | Deed::Change),
            Action::Rename { .. } | Action::Move { .. } => {
                matches!(self, Deed::Rename | Deed::Being | Deed::Change)
            }
            Action::Set { .. } => matches!(self, Deed::Set | Deed::Change),
            Action::Need(_) => self == Deed::Need,
            Action::Read { .. } => matches!(self, Deed::Read | Deed::Use),
            Action::Write { .. } => matches!(self, Deed::Write | Deed::Use),
            Action::Call => matches!(self, Deed::Call | Deed::Use),
            Action::Unknown { .. } => false,
        }
    }
}

/// `row!(position: Kind Deed, Kind Deed [if condition] => Verdict [first one|other], "why")`.
macro_rules! row {
    ($position:ident: $on:ident $does:ident, $other_on:ident $other_does:ident
        $(if $when:expr)? => $verdict:ident $(first $first:ident)?, $why:literal) => {
        Row {
            position: $position,
            one: What { on: Kind::$on, does: Deed::$does },
            other: What { on: Kind::$other_on, does: Deed::$other_does },
            when: row!(@when $($when)?),
            condition: concat!($(stringify!($when))?),
            verdict: $verdict,
            first: row!(@first $($first)?),
            why: $why,
        }
    };
    (@when) => { |_, _| true };
    (@when $when:expr) => { $when };
    (@first) => { None };
    (@first one) => { Some(true) };
    (@first other) => { Some(false) };
}

/// What holds of a pair that no row is about.
pub(super) const OTHERWISE: Row = row!(Same: Any Any, Any Any => Unknown, "nobody has worked out what {one} and {other} do to {object} together");

/// The table.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    // The same object: its name.
    row!(Same: Routine Create, Any Create if is::other_arguments => Commutes, "the functions take different arguments"),
    row!(Same: Any Create, Any Create if is::alike_and_tolerant => Commutes, "both make {object} alike, and only if it is not there"),
    row!(Same: Any Create, Any Create if is::alike_and_replaced => Commutes, "both replace {object} by the same"),
    row!(Same: Any Create, Any Create if is::alike_and_unnamed => Commutes, "PostgreSQL names what both make: {object}, and numbers the second, which is the same"),
    row!(Same: Any Create, Any Create if is::both_unnamed => Order, "PostgreSQL names what both make: {object}, and numbers the second"),
    row!(Same: Any Create, Any Create if is::first_unnamed => Order first other, "{other} makes {object}, a name that PostgreSQL would choose for what {one} makes"),
    row!(Same: Any Create, Any Create if is::alike_and_second_tolerant => Order first one, "both make {object} alike, and only {other} minds that it may be there"),
    row!(Same: Any Create, Any Create if is::alike => Contradictory, "both make {object}, alike: the second fails"),
    row!(Same: Any Create, Any Create => Contradictory, "both make {object}, with different definitions"),
    row!(Same: Any Create, Any Drop => Order, "{one} makes {object}, and {other} drops it"),
    row!(Same: Any Create, Any Rename => Order, "{one} makes {object}, and {other} takes that name away"),
    row!(Same: Any Drop, Any Drop if is::both_tolerant => Commutes, "both drop {object} if it is there"),
    row!(Same: Any Drop, Any Drop if is::second_tolerant => Order first one, "both drop {object}, and only {other} minds that it may be gone"),
    row!(Same: Any Drop, Any Drop => Contradictory, "both drop {object}: the second fails"),
    row!(Same: Any Drop, Any Rename => Contradictory, "{one} drops {object}, and {other} renames it"),
    row!(Same: Any Rename, Any Rename => Contradictory, "both rename {object}"),

    // The same object: its name, and who changes or uses what bears it.
    row!(Same: Any Create, Any Set if is::replaced_and_kept => Commutes, "replacing {object} keeps this"),
    row!(Same: Routine Create, Any Need if is::replaced => Commutes, "{object} is replaced in its place"),
    row!(Same: Relation Create, Any Need if is::replaced_and_existence => Commutes, "{object} is replaced in its place"),
    row!(Same: Any Create, Any Any => Order first one, "{one} makes {object}, and {other} uses it"),
    row!(Same: Any Drop, Any Set => Contradictory, "{one} drops {object}, and {other} changes it"),
    row!(Same: Any Drop, Any Need if is::passing_need => Order first other, "{one} drops {object}, and {other} uses it"),
    row!(Same: Any Drop, Any Need => Contradictory, "{one} drops {object}, and {other} builds on it"),
    row!(Same: Any Drop, Any Use => Order first other, "{one} drops {object}, and {other} uses it"),
    row!(Same: Any Rename, Any Any => Order first other, "{one} renames {object}, and {other} uses its old name"),

    // The same object: its attributes.
    row!(Same: Any Set, Any Set if is::labels_alike => Commutes, "both add the same label if it is not there"),
    row!(Same: Any Set, Any Set if is::one_label => Contradictory, "both add or rename one label of {object}: the second fails"),
    row!(Same: Any Set, Any Set if is::labels => Order, "both change the labels of {object}, and their order counts"),
    row!(Same: Any Set, Any Set if is::both_next => Unknown, "both take values of {object}"),
    row!(Same: Any Set, Any Set if is::one_next => Order, "one takes a value of {object}, and the other changes where it stands"),
    row!(Same: Any Set, Any Set if is::bounds => Unknown, "both change the partitions of {object}, and whose rows are whose depends on the type's order"),
    row!(Same: Any Set, Any Set if is::same_value_twice => Contradictory, "both do the same to the {attribute} of {object}: the second fails"),
    row!(Same: Any Set, Any Set if is::same_value => Commutes, "both give {object} the same {attribute}"),
    row!(Same: Any Set, Any Set if is::members_apart => Commutes, "they add different members to {object}"),
    row!(Same: Any Set, Any Set if is::members => Unknown, "both change what {object} consists of"),
    row!(Same: Any Set, Any Set if is::same_attribute => Contradictory, "both change the {attribute} of {object}, to different values"),
    row!(Same: Any Set, Any Set if is::entangled => Order, "both change {object}, and one change depends on the other"),
    row!(Same: Any Set, Any Set => Commutes, "they change different attributes of {object}"),
    row!(Same: Any Set, Any Need if is::fixed_type => Order first one, "{one} changes the type of {object}, which it cannot while something is built on it, as {other} does"),
    row!(Same: Any Set, Any Need if is::followed_type => Unknown, "{one} changes the type of {object}, and {other} needs that the new one has the operators"),
    row!(Same: Any Set, Any Need if is::copied_attribute => Unknown, "{one} changes {object}, and {other} copies it"),
    row!(Same: Any Set, Any Need if is::needed_default => Order, "{one} changes the default of {object}, and {other} uses it"),
    row!(Same: Any Set, Any Need if is::needed_key => Order, "{one} changes {object}, and {other} needs a key that fits"),
    row!(Same: Any Set, Any Need if is::renamed_labels => Unknown, "{one} renames a label of {object}, and {other} may name it"),
    row!(Same: Any Set, Any Need if is::owner => Order first other, "{one} gives {object} to another owner, and {other} needs rights on it"),
    row!(Same: Any Set, Any Need if is::parent_of_needed => Unknown, "{one} changes what {object} inherits, and {other} needs its columns"),
    row!(Same: Any Set, Any Need => Commutes, "{other} does not depend on what {one} changes"),
    row!(Same: Any Set, Any Call if is::replaced_and_kept_set => Commutes, "what {object} does stays the same"),
    row!(Same: Any Set, Any Call => Order, "{one} changes how {object} runs, and {other} runs it"),
    row!(Same: Any Need, Any Need => Commutes, "both only use {object}"),
    row!(Same: Any Need, Any Use => Commutes, "both only use {object}"),
    row!(Same: Any Call, Any Call => Commutes, "both only run {object}"),

    // The same rows.
    row!(Same: Rows Read, Any Read => Commutes, "both only read"),
    row!(Same: Rows Read, Any Write if is::apart_from_update => Commutes, "{other} changes columns that {one} does not read"),
    row!(Same: Rows Read, Any Write => Order, "{one} reads {object}, and {other} changes them"),
    row!(Same: Rows Write, Any Write if is::updates_apart => Commutes, "they change different columns"),
    row!(Same: Rows Write, Any Write if is::truncated_by_both => Commutes, "both empty the table"),
    row!(Same: Rows Write, Any Write => Unknown, "both change {object}"),

    // A relation, and a part of it.
    row!(Holds: Relation Create, Any Any => Order first one, "{one} makes {object}, and {other} uses it"),
    row!(Holds: Relation Drop, Any Use => Order first other, "{one} drops {object}, and {other} uses its rows"),
    row!(Holds: Relation Drop, Column Need if is::passing_need => Order first other, "{one} drops {object}, and {other} uses it"),
    row!(Holds: Relation Drop, Any Any => Contradictory, "{one} drops {object}, and {other} changes it or builds on it"),
    row!(Holds: Relation Rename, Any Any => Order first other, "{one} renames {object}, and {other} uses its old name"),
    row!(Holds: Relation Set, Any Any if is::owner => Order first other, "{one} gives {object} to another owner, and {other} needs rights on it"),
    row!(Holds: Relation Set, Constraint Create if is::persistence => Order, "{one} changes whether {object} is logged, which foreign keys depend on, and {other} adds a constraint"),
    row!(Holds: Relation Set, Rows Any if is::row_security => Unknown, "{one} changes row level security of {object}, and {other} sees other rows by it"),
    row!(Holds: Relation Set, Structure Set if is::same_privilege_revoked => Order, "revoking a privilege of a table revokes it of its columns"),
    row!(Holds: Relation Set, Structure Change if is::parent_and_structure => Order, "{one} changes what {object} inherits, and {other} its structure"),
    row!(Holds: Relation Set, Structure Need if is::parent => Unknown, "{one} changes what {object} inherits, and {other} builds on it"),
    row!(Holds: Relation Set, Rows Any if is::parent => Unknown, "{one} changes whose rows belong to {object}, and {other} uses them"),
    row!(Holds: Relation Set, Index Being if is::index_choice => Order, "{one} chooses an index of {object}, and {other} changes which there are"),
    row!(Holds: Relation Set, Constraint Being if is::index_choice => Order, "{one} chooses an index of {object}, and {other} changes which there are"),
    row!(Holds: Relation Set, Any Any => Commutes, "{other} does not depend on what {one} changes"),
    row!(Holds: Relation Need, Structure Need => Commutes, "both only use {object}"),
    row!(Holds: Relation Need, Rows Write if is::key_of_emptied => Order first other, "{other} empties {object}, which it cannot while something refers to it, as {one} may make it"),
    row!(Holds: Relation Need, Rows Any => Commutes, "{one} needs the table, not its rows"),
    row!(Holds: Relation Need, Column Being if is::needs_columns => Order, "{other} changes which columns {object} has, and {one} takes all of them"),
    row!(Holds: Relation Need, Column Set if is::needs_columns_and_type => Order, "{other} changes {part}, and {one} takes all columns"),
    row!(Holds: Relation Need, Structure Change if is::needs_definition => Order, "{other} changes {object}, and {one} copies its definition"),
    row!(Holds: Relation Need, Constraint Drop if is::key_changes => Order first one, "{other} drops {part}, perhaps the key of {object} that {one} needs"),
    row!(Holds: Relation Need, Constraint Being if is::key_changes => Order first other, "{other} changes the keys of {object}, and {one} needs one"),
    row!(Holds: Relation Need, Constraint Set if is::key_deferrability => Order, "{one} needs a key that is not deferrable"),
    row!(Holds: Relation Need, Index Drop if is::key_changes => Order first one, "{other} drops {part}, perhaps the key of {object} that {one} needs"),
    row!(Holds: Relation Need, Index Being if is::key_changes => Order first other, "{other} changes the unique indexes of {object}, and {one} needs one"),
    row!(Holds: Relation Need, Column Drop if is::needs_primary_key => Unknown, "{other} drops {part}, and {one} needs the primary key of {object}"),
    row!(Holds: Relation Need, Column Set if is::needs_primary_key_of_type => Unknown, "{other} changes the type of {part}, and {one} needs the primary key of {object}"),
    row!(Holds: Relation Need, Structure Any => Commutes, "{one} does not depend on what {other} changes"),

    // Rows, and what decides about them.
    row!(Beside: Rows Use, Column Create if is::not_null_without_default => Order, "{other} adds {part}, which no row may leave out, and {one} uses rows"),
    row!(Beside: Rows Write, Column Create if is::computed_default => Unknown, "{other} computes {part} for each row, and {one} changes rows"),
    row!(Beside: Rows Use, Column Create => Commutes, "{one} does not name {part}"),
    row!(Beside: Rows Use, Column Drop if is::uses_column => Order first one, "{other} drops {part}, and {one} uses it"),
    row!(Beside: Rows Use, Column Rename if is::uses_column => Order first one, "{other} renames {part}, and {one} uses its old name"),
    row!(Beside: Rows Use, Column Drop => Commutes, "{one} does not use {part}"),
    row!(Beside: Rows Use, Column Rename => Commutes, "{one} does not use {part}"),
    row!(Beside: Rows Read, Column Set if is::uses_retyped => Order, "{other} changes the type of {part}, and {one} reads it"),
    row!(Beside: Rows Write, Column Set if is::writes_retyped => Order, "{other} changes the type of {part}, and {one} changes it or its rows"),
    row!(Beside: Rows Write, Column Set if is::inserts_by_default => Order, "{other} changes what {part} is if nobody says, and {one} adds rows"),
    row!(Beside: Rows Write, Column Set if is::may_leave_null => Order first one, "{other} lets {part} be null no longer, and {one} changes rows"),
    row!(Beside: Rows Write, Column Set if is::may_write_null => Order first other, "{other} lets {part} be null, and {one} writes it"),
    row!(Beside: Rows Write, Column Set if is::recomputed => Order, "{other} changes how {part} is computed, and {one} changes rows"),
    row!(Beside: Rows Use, Column Any => Commutes, "{one} does not depend on what {other} changes"),
    row!(Beside: Rows Write, Constraint Create if is::checks_rows_there => Commutes, "the rows that {other} checks are read, which is judged by itself"),
    row!(Beside: Rows Write, Constraint Create => Order first one, "{other} adds {part}, and what {one} writes must pass it"),
    row!(Beside: Rows Write, Constraint Drop => Order first other, "{other} drops {part}, and what {one} writes must pass it until then"),
    row!(Beside: Rows Write, Constraint Set if is::validation => Order first one, "{other} validates {part}, and {one} changes rows"),
    row!(Beside: Rows Write, Constraint Set if is::deferrability => Unknown, "{other} changes when {part} is checked, and {one} changes rows"),
    row!(Beside: Rows Use, Constraint Any => Commutes, "{one} does not depend on what {other} does to {part}"),
    row!(Beside: Rows Write, Index Create if is::computed_index => Order first one, "{other} makes {part}, and what {one} writes must fit it"),
    row!(Beside: Rows Write, Index Drop => Unknown, "{other} drops {part}, which may be unique, and {one} changes rows"),
    row!(Beside: Rows Use, Index Any => Commutes, "an index changes no rows"),
    row!(Beside: Rows Write, Trigger Being => Order, "{other} changes which triggers fire when {one} changes rows"),
    row!(Beside: Rows Write, Trigger Set if is::firing => Order, "{other} changes which triggers fire when {one} changes rows"),
    row!(Beside: Rows Use, Trigger Any => Commutes, "{one} does not depend on what {other} does to {part}"),
    row!(Beside: Rows Use, Rule Being => Order, "{other} changes the rules by which {one} runs"),
    row!(Beside: Rows Use, Rule Set if is::firing => Order, "{other} changes the rules by which {one} runs"),
    row!(Beside: Rows Use, Rule Any => Commutes, "{one} does not depend on what {other} does to {part}"),
    row!(Beside: Rows Use, Policy Change if is::policy_about_rows => Unknown, "{other} changes which rows {one} may see"),
    row!(Beside: Rows Use, Policy Any => Commutes, "{one} does not depend on what {other} does to {part}"),

    // Two parts of one table.
    row!(Beside: Constraint Create, Constraint Create if is::both_primary => Contradictory, "both add a primary key: a table has one"),
    row!(Beside: Column Drop, Structure Being if is::existing_structure => Unknown, "{one} drops {object}, and with it what is built on it: perhaps {part}"),
    row!(Beside: Column Drop, Structure Set if is::not_a_column => Unknown, "{one} drops {object}, and with it what is built on it: perhaps {part}"),
    row!(Beside: Structure Any, Structure Any => Commutes, "they change different parts of the table"),

    // A schema, and what lies in it.
    row!(Contains: Any Create, Any Any => Order first one, "{one} makes {object}, and {other} uses it"),
    row!(Contains: Any Drop, Any Any => Contradictory, "{one} drops {object}, and {other} uses it"),
    row!(Contains: Any Rename, Any Any => Order first other, "{one} renames {object}, and {other} uses its old name"),
    row!(Contains: Any Set, Any Being if is::privilege_of_all => Order, "{one} sets privileges of all that is in {object}, and {other} changes what there is"),
    row!(Contains: Any Set, Any Set if is::privileges => Order, "both set privileges of what is in {object}"),
    row!(Contains: Any Set, Any Create if is::owner_of_schema => Order, "{one} gives {object} to another owner, and {other} makes something in it"),
    row!(Contains: Any Set, Any Any => Commutes, "{other} does not depend on what {one} changes"),
    row!(Contains: Any Need, Any Any => Commutes, "{one} only uses {object}"),

    // Kinds that meet.
    row!(Related: Relation Create, Type Create => Contradictory, "both make {object}: a table's row type bears its name"),
    row!(Related: Relation Create, Type Drop => Order first other, "{one} makes {object}, and {other} drops a type of that name if there is one, which must not be a table's"),
    row!(Related: Relation Drop, Type Create => Order first one, "{one} drops {object} if there is one, and {other} makes a type of that name, which is no table"),
    row!(Related: Relation Any, Type Any => Commutes, "they are different things of one name"),
    row!(Related: Any Being, Any Set if is::role_granted => Order, "{one} makes, drops or renames {object}, and {other} sets its privileges"),
    row!(Related: Any Being, Any Need if is::extension => Unknown, "{one} changes {object}, which may provide what {other} uses"),
    row!(Related: Any Being, Any Call if is::extension => Unknown, "{one} changes {object}, which may provide what {other} uses"),
    row!(Related: Any Any, Any Any => Commutes, "they have nothing to do with each other"),
];

#[cfg(test)]
mod document;
