//! Columns that are made: with a table, or added to one.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::constraint::{self, Made, Place};
use super::default_name::{Among, choose};
use super::type_name;
use crate::effect::{Action, Need, Object};
use crate::name::Name;
use crate::reader::{Reader, normal, text};

/// A column of a new table: what it needs and makes besides itself.
pub(super) fn of_new_table(
    reader: &mut Reader,
    relation: &Name,
    tolerant: bool,
    column: &ast::Column,
) {
    let name = column.name();
    let place = Place {
        relation,
        column: name.as_ref(),
        made: Made::Table,
        tolerant,
    };
    parts(reader, &place, column.ty().as_ref(), column.syntax());
}

/// `ADD COLUMN`.
pub(super) fn add(reader: &mut Reader, relation: &Name, add: &ast::AddColumn) {
    let Some(name) = add.column_name() else {
        return reader.unknown(add.syntax(), "the column has no name");
    };
    let tolerant = add.if_not_exists().is_some();
    let action = Action::Create {
        definition: definition(add.syntax()),
        tolerant,
        replace: false,
        unnamed: false,
    };
    reader.emit(Object::column(relation, name.text()), action, name.syntax());
    let place = Place {
        relation,
        column: Some(&name),
        made: Made::Column,
        tolerant,
    };
    parts(reader, &place, add.ty().as_ref(), add.syntax());
}

/// The sequence of a `serial` or identity column.
pub(super) fn sequence(
    reader: &mut Reader,
    relation: &Name,
    (column, node): (&str, &SyntaxNode),
    options: Option<ast::SequenceOptionList>,
    (definition, tolerant): (String, bool),
) {
    let given = (options.into_iter())
        .flat_map(|options| options.sequence_options())
        .find_map(|option| match option {
            ast::SequenceOption::OptionSequenceName(named) => named.sequence(),
            _ => None,
        });
    let name = match &given {
        Some(name) => reader.new_name(name.syntax()),
        None => {
            let name = choose(reader, relation, Some(column), "seq", Among::Relations);
            Reader::beside(relation, name)
        }
    };
    let action = Action::Create {
        definition,
        tolerant,
        replace: false,
        unnamed: given.is_none(),
    };
    let shown = given.as_ref().map_or(node, |name| name.syntax());
    reader.emit(Object::Relation(name), action, shown);
}

/// A column's type and clauses.
fn parts(reader: &mut Reader, place: &Place<'_>, ty: Option<&ast::Type>, node: &SyntaxNode) {
    match (ty, place.column) {
        (Some(ty), Some(column)) if type_name::is_serial(ty) => {
            let made = (normal(ty.syntax()), place.tolerant);
            sequence(
                reader,
                place.relation,
                (&column.text(), column.syntax()),
                None,
                made,
            );
        }
        (Some(ty), _) => type_name::need(reader, ty),
        (None, _) => {}
    }
    for collate in node.descendants().filter_map(ast::Collate::cast) {
        need_collation(reader, &collate);
    }
    for constraint in node.children().filter_map(ast::Constraint::cast) {
        constraint::effects(reader, place, &constraint);
    }
}

/// `COLLATE`.
pub(super) fn need_collation(reader: &mut Reader, collate: &ast::Collate) {
    if let Some(collation) = collate.collation_ref() {
        let name = reader.name(collation.syntax());
        let kind = "collation".to_owned();
        reader.need(
            Object::Other { kind, name },
            Need::Existence,
            collation.syntax(),
        );
    }
}

/// What stands behind the column's name: two columns of one definition are equal.
fn definition(column: &SyntaxNode) -> String {
    let behind = column
        .children()
        .skip_while(|child| child.kind() != SyntaxKind::COLUMN_NAME);
    let texts: Vec<String> = behind.skip(1).map(|child| normal(&child)).collect();
    texts.join(" ")
}

/// The column's name, as text.
pub(super) fn name(column: Option<ast::ColumnNameRef>) -> Option<(String, SyntaxNode)> {
    let column = column?;
    let node = column.syntax().clone();
    text(Some(column)).map(|name| (name, node))
}
