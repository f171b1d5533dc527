//! Views, materialized views, and tables made from a query.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::effect::{Action, Columns, Need, Object, RowChange};
use crate::name::Name;
use crate::query::{self, Output, Scope, Usage, Uses};
use crate::reader::{Reader, TEMPORARY, normal, segments};

pub(super) fn create(reader: &mut Reader, create: &ast::CreateView) {
    let Some(path) = create.view().and_then(|view| view.path()) else {
        return reader.unknown(create.syntax(), "the view has no name");
    };
    let Some(query) = create.query() else {
        return reader.unknown(create.syntax(), "the view has no query");
    };
    let mut scope = Scope::default();
    if create.recursive_token().is_some() {
        let own = segments(path.syntax()).pop().unwrap_or_default();
        scope.with.push((own, Output::open()));
    }
    // The query does not see the view yet.
    let uses = reader.gather(|reader| {
        let mut uses = Uses::new(reader, Usage::VIEW);
        query::query(&mut uses, &scope, query.syntax());
        uses.finish();
    });
    let name = made(reader, path.syntax(), create.persistence().as_ref());
    let action = Action::Create {
        definition: normal(create.syntax()),
        tolerant: false,
        replace: create.or_replace().is_some(),
        unnamed: false,
    };
    reader.emit(Object::Relation(name), action, path.syntax());
    reader.append(uses);
}

pub(super) fn create_materialized(reader: &mut Reader, create: &ast::CreateMaterializedView) {
    let Some(path) = create.view().and_then(|view| view.path()) else {
        return reader.unknown(create.syntax(), "the view has no name");
    };
    let name = reader.new_name(path.syntax());
    let tolerant = create.if_not_exists().is_some();
    relation(reader, &name, create.syntax(), tolerant, path.syntax());
    let usage = match create.data_option() {
        Some(ast::DataOption::WithNoData(_)) => Usage::VIEW,
        _ => Usage::FILLED_VIEW,
    };
    match create.query() {
        Some(query) => query::statement(reader, query.syntax(), usage),
        None => reader.unknown(create.syntax(), "the view has no query"),
    }
}

pub(super) fn create_table(reader: &mut Reader, create: &ast::CreateTableAs) {
    let Some(path) = create.table_name().and_then(|table| table.path()) else {
        return reader.unknown(create.syntax(), "the table has no name");
    };
    let query = create.query();
    let select = query
        .as_ref()
        .and_then(ast::CreateTableAsQuery::select_variant);
    // The query does not see the table yet.
    let uses = reader.gather(|reader| match select {
        Some(select) => query::statement(reader, select.syntax(), Usage::FILLED_VIEW),
        None => reader.unknown(create.syntax(), "the table's query was prepared elsewhere"),
    });
    let name = made(reader, path.syntax(), create.persistence().as_ref());
    let tolerant = create.if_not_exists().is_some();
    relation(reader, &name, create.syntax(), tolerant, path.syntax());
    reader.append(uses);
}

pub(super) fn select_into(reader: &mut Reader, select: &ast::SelectInto) {
    let into = select.into_clause();
    let path = into.as_ref().and_then(|into| into.table_name()?.path());
    let Some(path) = path else {
        return reader.unknown(select.syntax(), "the table has no name");
    };
    let uses = reader.gather(|reader| {
        query::statement(reader, select.syntax(), Usage::FILLED_VIEW);
    });
    let persistence = into.and_then(|into| into.persistence());
    let name = made(reader, path.syntax(), persistence.as_ref());
    relation(reader, &name, select.syntax(), false, path.syntax());
    reader.append(uses);
}

pub(super) fn refresh(reader: &mut Reader, refresh: &ast::Refresh) {
    let Some(path) = refresh.view_ref().and_then(|view| view.path_ref()) else {
        return reader.unknown(refresh.syntax(), "the view has no name");
    };
    let name = reader.name(path.syntax());
    let action = Action::Write {
        change: RowChange::Truncate,
        columns: Columns::All,
    };
    reader.emit(Object::rows(&name), action, path.syntax());
    if refresh.concurrently_token().is_some() {
        reader.need(Object::Relation(name), Need::Key, path.syntax());
    }
    if !matches!(refresh.data_option(), Some(ast::DataOption::WithNoData(_))) {
        reader.unknown(
            path.syntax(),
            "the view's query reads whatever it was defined to",
        );
    }
}

/// DROP VIEW and DROP MATERIALIZED VIEW.
pub(super) fn drop(reader: &mut Reader, drop: &SyntaxNode) {
    let tolerant = drop
        .children()
        .any(|part| part.kind() == SyntaxKind::IF_EXISTS);
    let cascade = drop
        .children()
        .find(|part| part.kind() == SyntaxKind::CASCADE);
    for view in drop.children().filter_map(ast::ViewRef::cast) {
        let name = reader.name(view.syntax());
        let action = Action::Drop {
            tolerant,
            cascade: cascade.is_some(),
        };
        reader.emit(Object::Relation(name), action, view.syntax());
    }
    if let Some(cascade) = cascade {
        reader.unknown(&cascade, "CASCADE drops whatever depends on it");
    }
}

/// The name of a relation that is made; a temporary one hides others of its name from here on.
fn made(reader: &mut Reader, path: &SyntaxNode, persistence: Option<&ast::Persistence>) -> Name {
    match persistence {
        Some(ast::Persistence::Temp(_)) => reader.new_temporary(path),
        _ => {
            let name = reader.new_name(path);
            match &*name.schemas {
                [only] if only == TEMPORARY => reader.new_temporary(path),
                _ => name,
            }
        }
    }
}

fn relation(
    reader: &mut Reader,
    name: &Name,
    statement: &SyntaxNode,
    tolerant: bool,
    shown: &SyntaxNode,
) {
    let action = Action::Create {
        definition: normal(statement),
        tolerant,
        replace: false,
        unnamed: false,
    };
    reader.emit(Object::Relation(name.clone()), action, shown);
}
