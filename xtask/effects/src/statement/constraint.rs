//! Constraints: of a new table, of a new column, and added to what exists.

use std::collections::BTreeSet;

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::default_name::{Among, addition, choose, index_columns};
use super::{column, index, rename};
use crate::effect::{Action, Attribute, Columns, Effect, Need, Object, Part};
use crate::name::Name;
use crate::query;
use crate::reader::{Reader, normal, text};

/// Where a constraint stands.
pub(super) struct Place<'a> {
    /// The table.
    pub(super) relation: &'a Name,
    /// The column, if the constraint is written at one.
    pub(super) column: Option<&'a ast::ColumnName>,
    /// What is made along with it.
    pub(super) made: Made,
    /// `IF NOT EXISTS` of the table or the column.
    pub(super) tolerant: bool,
}

/// What a constraint is made along with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// The whole table: only names and what lies elsewhere count.
    Table,
    /// The column.
    Column,
    /// Nothing: it is added to columns and rows that are there.
    Alone,
}

/// A column that a constraint names, and where.
struct Named {
    name: String,
    node: SyntaxNode,
}

/// Emits what `constraint` does.
pub(super) fn effects(reader: &mut Reader, place: &Place<'_>, constraint: &ast::Constraint) {
    match constraint {
        ast::Constraint::CheckConstraint(check) => self::check(reader, place, constraint, check),
        ast::Constraint::DefaultConstraint(default) => {
            if let Some(expr) = default.expr() {
                elsewhere(reader, place, expr.syntax(), Need::Existence);
            }
        }
        ast::Constraint::ExcludeConstraint(exclude) => {
            self::exclude(reader, place, constraint, exclude);
        }
        ast::Constraint::ForeignKeyConstraint(key) => {
            let refs = |list: Option<ast::ForeignKeyColumnList>| {
                let mut columns = Vec::new();
                if let Some(list) = list {
                    columns.extend(named(list.column_name_refs()));
                    columns.extend(named(
                        (list.period_column()).and_then(|column| column.name()),
                    ));
                }
                columns
            };
            let own = refs(key.from_columns());
            let theirs = refs(key.to_columns());
            foreign_key(reader, place, constraint, own, key.table_name_ref(), theirs);
        }
        ast::Constraint::GeneratedConstraint(generated) => match generated.generated_as() {
            Some(ast::GeneratedAs::GeneratedIdentity(identity)) => {
                if let Some(column) = place.column {
                    let options = identity.sequence_option_list();
                    let made = (normal(identity.syntax()), place.tolerant);
                    let column = (&*column.text(), column.syntax());
                    column::sequence(reader, place.relation, column, options, made);
                }
            }
            Some(ast::GeneratedAs::GeneratedStored(stored)) => {
                if let Some(expr) = stored.expr() {
                    elsewhere(reader, place, expr.syntax(), Need::Type);
                }
            }
            None => reader.unknown(generated.syntax(), "it does not say how it is generated"),
        },
        ast::Constraint::NotNullConstraint(not_null) => {
            self::not_null(reader, place, constraint, not_null);
        }
        ast::Constraint::NullConstraint(_) => {}
        ast::Constraint::PrimaryKeyConstraint(key) => {
            let parameters = key.index_parameters();
            unique(
                reader,
                place,
                constraint,
                key.using_index(),
                parameters.as_ref(),
                true,
            );
        }
        ast::Constraint::ReferencesConstraint(key) => {
            let own = place.column.map(inline).into_iter().collect();
            let theirs = named(key.column());
            foreign_key(reader, place, constraint, own, key.table(), theirs);
        }
        ast::Constraint::UniqueConstraint(key) => {
            let parameters = key.index_parameters();
            unique(
                reader,
                place,
                constraint,
                key.using_index(),
                parameters.as_ref(),
                false,
            );
        }
    }
}

fn check(
    reader: &mut Reader,
    place: &Place<'_>,
    constraint: &ast::Constraint,
    check: &ast::CheckConstraint,
) {
    let Some(expr) = check.expr() else {
        return reader.unknown(check.syntax(), "it does not say what it checks");
    };
    let needs = reader.gather(|reader| {
        query::columns_in(reader, place.relation, expr.syntax(), Need::Operators);
    });
    let columns = columns_among(&needs, place.relation);
    let name = given_name(constraint).unwrap_or_else(|| {
        // One column lends its name, whether the constraint is written at a column or not (AddRelationNewConstraints).
        let mut names = columns.iter();
        let only = names.next().filter(|_| names.next().is_none());
        let only = only.map(String::as_str);
        choose(reader, place.relation, only, "check", Among::Constraints)
    });
    create(reader, place, constraint, &name);
    append_elsewhere(reader, place, needs);
    read_rows(reader, place, constraint, columns);
}

fn exclude(
    reader: &mut Reader,
    place: &Place<'_>,
    constraint: &ast::Constraint,
    exclude: &ast::ExcludeConstraint,
) {
    let items = || {
        (exclude.constraint_exclusion_list())
            .into_iter()
            .flat_map(|list| list.constraint_exclusions())
    };
    let included = (exclude.constraint_include_clause())
        .and_then(|include| include.column_ref_list())
        .map(|list| named(list.column_name_refs()))
        .unwrap_or_default();
    let mut names: Vec<String> = items()
        .filter_map(|item| item.expr())
        .map(|expr| index::column_name(&expr))
        .collect();
    names.extend(included.iter().map(|column| column.name.clone()));
    let name = given_name(constraint).unwrap_or_else(|| {
        let middle = addition(&index_columns(names));
        choose(reader, place.relation, Some(&middle), "excl", Among::Both)
    });
    let needs = reader.gather(|reader| {
        for expr in items().filter_map(|item| item.expr()) {
            query::columns_in(reader, place.relation, expr.syntax(), Need::Operators);
        }
        if let Some(condition) = exclude.where_condition_clause() {
            query::columns_in(reader, place.relation, condition.syntax(), Need::Operators);
        }
        need_columns(reader, place.relation, &included);
    });
    let columns = columns_among(&needs, place.relation);
    create(reader, place, constraint, &name);
    create_index(reader, place, constraint, &name);
    append_elsewhere(reader, place, needs);
    read_rows(reader, place, constraint, columns);
}

fn foreign_key(
    reader: &mut Reader,
    place: &Place<'_>,
    constraint: &ast::Constraint,
    own: Vec<Named>,
    referenced: Option<ast::TableNameRef>,
    theirs: Vec<Named>,
) {
    let Some(referenced) = referenced else {
        return reader.unknown(
            constraint.syntax(),
            "it does not say which table it refers to",
        );
    };
    let other = reader.name(referenced.syntax());
    let itself = other.may_be(place.relation);
    let name = given_name(constraint).unwrap_or_else(|| {
        let names: Vec<&str> = own.iter().map(|column| column.name.as_str()).collect();
        let middle = addition(&names);
        choose(
            reader,
            place.relation,
            Some(&middle),
            "fkey",
            Among::Constraints,
        )
    });
    create(reader, place, constraint, &name);
    if place.made == Made::Alone {
        need_columns(reader, place.relation, &own);
    }
    let columns = own.into_iter().map(|column| column.name).collect();
    read_rows(reader, place, constraint, columns);
    if place.made == Made::Table && itself {
        return;
    }
    reader.need(
        Object::Relation(other.clone()),
        Need::Key,
        referenced.syntax(),
    );
    need_columns(reader, &other, &theirs);
    if theirs.is_empty() {
        reader.need(
            Object::Relation(other.clone()),
            Need::PrimaryKey,
            referenced.syntax(),
        );
    }
    // Even one that is not valid yet keeps rows that are referred to.
    if place.made != Made::Table {
        let columns = if theirs.is_empty() {
            Columns::All
        } else {
            Columns::Some(theirs.into_iter().map(|column| column.name).collect())
        };
        reader.emit(
            Object::rows(&other),
            Action::Read { columns },
            referenced.syntax(),
        );
    }
}

fn not_null(
    reader: &mut Reader,
    place: &Place<'_>,
    constraint: &ast::Constraint,
    not_null: &ast::NotNullConstraint,
) {
    // At a new column, its definition says it all; in a new table, the table's does.
    let Some(column) = named(not_null.column_name_ref()).pop() else {
        return;
    };
    let name = given_name(constraint).unwrap_or_else(|| {
        choose(
            reader,
            place.relation,
            Some(&column.name),
            "not_null",
            Among::Constraints,
        )
    });
    create(reader, place, constraint, &name);
    if place.made == Made::Table {
        return;
    }
    set_not_null(reader, place.relation, &column);
    read_rows(reader, place, constraint, BTreeSet::from([column.name]));
}

/// A unique constraint or the primary key.
fn unique(
    reader: &mut Reader,
    place: &Place<'_>,
    constraint: &ast::Constraint,
    using: Option<ast::UsingIndexName>,
    parameters: Option<&ast::IndexParameters>,
    primary: bool,
) {
    if let Some(using) = using {
        return using_index(reader, place, constraint, &using, primary);
    }
    let mut columns: Vec<Named> = parameters
        .and_then(ast::IndexParameters::column_list)
        .map(|list| named(list.column_name_refs()))
        .unwrap_or_default();
    columns.extend(place.column.map(inline));
    let included = parameters
        .and_then(ast::IndexParameters::constraint_include_clause)
        .and_then(|include| include.column_ref_list())
        .map(|list| named(list.column_name_refs()))
        .unwrap_or_default();
    let name = given_name(constraint).unwrap_or_else(|| {
        if primary {
            return choose(reader, place.relation, None, "pkey", Among::Both);
        }
        let all = columns.iter().chain(&included);
        let middle = addition(&index_columns(all.map(|column| column.name.clone())));
        choose(reader, place.relation, Some(&middle), "key", Among::Both)
    });
    create(reader, place, constraint, &name);
    create_index(reader, place, constraint, &name);
    if place.made == Made::Table {
        return;
    }
    if place.made == Made::Alone {
        need_columns(reader, place.relation, &columns);
        need_columns(reader, place.relation, &included);
        if primary {
            for column in &columns {
                set_not_null(reader, place.relation, column);
            }
        }
    }
    let columns = columns.into_iter().map(|column| column.name).collect();
    read_rows(reader, place, constraint, columns);
}

/// A unique index becomes a constraint, and takes its name.
fn using_index(
    reader: &mut Reader,
    place: &Place<'_>,
    constraint: &ast::Constraint,
    using: &ast::UsingIndexName,
    primary: bool,
) {
    let Some(index) = using.index_ref() else {
        return reader.unknown(using.syntax(), "it does not say which index");
    };
    let old = Reader::beside(place.relation, reader.name(index.syntax()).name);
    let name = given_name(constraint).unwrap_or_else(|| old.name.clone());
    create(reader, place, constraint, &name);
    if name == old.name {
        reader.need(Object::Relation(old), Need::Existence, index.syntax());
    } else {
        let to = name.clone();
        reader.emit(
            Object::Relation(old.clone()),
            Action::Rename { to },
            index.syntax(),
        );
        let action = rename::created(&old.name);
        let new = Reader::beside(place.relation, name);
        reader.emit(Object::Relation(new), action, shown(constraint).as_ref());
    }
    if primary {
        let why = "the columns of the index become NOT NULL, and the text does not name them";
        reader.unknown(index.syntax(), why);
    }
}

/// The constraint itself, unless its table's definition holds it.
fn create(reader: &mut Reader, place: &Place<'_>, constraint: &ast::Constraint, name: &str) {
    if place.made == Made::Table {
        return reader.has_constraint(Reader::beside(place.relation, name));
    }
    let object = Object::Part(place.relation.clone(), Part::Constraint(name.to_owned()));
    reader.emit(
        object,
        creation(place, constraint),
        shown(constraint).as_ref(),
    );
}

/// The index of a constraint, as a relation.
fn create_index(reader: &mut Reader, place: &Place<'_>, constraint: &ast::Constraint, name: &str) {
    let object = Object::Relation(Reader::beside(place.relation, name));
    reader.emit(
        object,
        creation(place, constraint),
        shown(constraint).as_ref(),
    );
}

fn creation(place: &Place<'_>, constraint: &ast::Constraint) -> Action {
    Action::Create {
        definition: normal(constraint.syntax()),
        tolerant: place.tolerant,
        replace: false,
        unnamed: constraint.constraint_name().is_none(),
    }
}

/// What an expression at a column needs. A new column needs nothing of a table that is new too.
fn elsewhere(reader: &mut Reader, place: &Place<'_>, node: &SyntaxNode, need: Need) {
    let needs = reader.gather(|reader| query::columns_in(reader, place.relation, node, need));
    append_elsewhere(reader, place, needs);
}

/// Emits `needs` without those that the same statement fulfils.
pub(super) fn append_elsewhere(reader: &mut Reader, place: &Place<'_>, needs: Vec<Effect>) {
    let column = (place.column).map(|column| Object::column(place.relation, column.text()));
    let table = Object::Relation(place.relation.clone());
    reader.append(needs.into_iter().filter(|effect| match place.made {
        Made::Table => {
            effect.object != table && column_of(&effect.object, place.relation).is_none()
        }
        Made::Column => Some(&effect.object) != column.as_ref(),
        Made::Alone => true,
    }));
}

/// Rows that are there are checked, unless the constraint puts that off.
fn read_rows(
    reader: &mut Reader,
    place: &Place<'_>,
    constraint: &ast::Constraint,
    columns: BTreeSet<String>,
) {
    if place.made != Made::Table && is_checked_now(constraint) {
        let columns = Columns::Some(columns);
        let object = Object::rows(place.relation);
        reader.emit(object, Action::Read { columns }, shown(constraint).as_ref());
    }
}

fn is_checked_now(constraint: &ast::Constraint) -> bool {
    !(constraint.constraint_options()).any(|option| {
        matches!(
            option,
            ast::ConstraintOption::NotValid(_) | ast::ConstraintOption::NotEnforced(_)
        )
    })
}

fn set_not_null(reader: &mut Reader, relation: &Name, column: &Named) {
    let action = Action::Set {
        attribute: Attribute::Nullability,
        value: "not null".to_owned(),
    };
    reader.emit(Object::column(relation, &column.name), action, &column.node);
}

fn need_columns(reader: &mut Reader, relation: &Name, columns: &[Named]) {
    for column in columns {
        let object = Object::column(relation, &column.name);
        reader.need(object, Need::Operators, &column.node);
    }
}

/// The columns of `relation` that effects speak of.
pub(super) fn columns_among(effects: &[Effect], relation: &Name) -> BTreeSet<String> {
    (effects.iter())
        .filter_map(|effect| column_of(&effect.object, relation))
        .map(str::to_owned)
        .collect()
}

fn column_of<'a>(object: &'a Object, relation: &Name) -> Option<&'a str> {
    match object {
        Object::Part(table, Part::Column(column)) if table == relation => Some(column),
        _ => None,
    }
}

fn given_name(constraint: &ast::Constraint) -> Option<String> {
    text(constraint.constraint_name())
}

/// The constraint's name if it has one.
fn shown(constraint: &ast::Constraint) -> std::borrow::Cow<'_, SyntaxNode> {
    match constraint.constraint_name() {
        Some(name) => std::borrow::Cow::Owned(name.syntax().clone()),
        None => std::borrow::Cow::Borrowed(constraint.syntax()),
    }
}

fn named(columns: impl IntoIterator<Item = ast::ColumnNameRef>) -> Vec<Named> {
    (columns.into_iter())
        .filter_map(|column| {
            let node = column.syntax().clone();
            text(Some(column)).map(|name| Named { name, node })
        })
        .collect()
}

fn inline(column: &ast::ColumnName) -> Named {
    Named {
        name: column.text(),
        node: column.syntax().clone(),
    }
}
