//! Extended statistics.

use squawk_syntax::ast::{self, AstNode};

use super::default_name::{Among, addition, choose};
use super::{removal, rename};
use crate::effect::{Action, Attribute, Need, Object};
use crate::name::Name;
use crate::query;
use crate::reader::{Reader, normal, text};

/// `CREATE STATISTICS`.
pub(super) fn create(reader: &mut Reader, create: &ast::CreateStatistics) {
    let Some(table) = create.from_table().and_then(|from| from.table_name_ref()) else {
        return reader.unknown(create.syntax(), "it does not say which table");
    };
    let relation = reader.name(table.syntax());
    let on = create.statistics_on_clause();
    let exprs = || on.iter().flat_map(ast::StatisticsOnClause::exprs);
    let given = create.statistics();
    let name = match &given {
        Some(given) => reader.new_name(given.syntax()),
        None => {
            let names: Vec<String> = exprs().map(|expr| column(&expr)).collect();
            let middle = addition(&names);
            let name = choose(reader, &relation, Some(&middle), "stat", Among::Relations);
            Reader::beside(&relation, name)
        }
    };
    let action = Action::Create {
        definition: normal(create.syntax()),
        tolerant: create.if_not_exists().is_some(),
        replace: false,
        unnamed: given.is_none(),
    };
    let shown = given.as_ref().map_or(create.syntax(), |name| name.syntax());
    // Whoever copies the table's definition copies them too.
    let made = Action::Set {
        attribute: Attribute::Option(format!("statistics {}", name.name)),
        value: "made".to_owned(),
    };
    reader.emit(object(name), action, shown);
    reader.emit(Object::Relation(relation.clone()), made, table.syntax());
    if let Some(on) = &on {
        query::columns_in(reader, &relation, on.syntax(), Need::Operators);
    }
}

/// `ALTER STATISTICS`.
pub(super) fn alter(reader: &mut Reader, alter: &ast::AlterStatistics) {
    let (Some(path), Some(action)) = (alter.statistics_ref(), alter.action()) else {
        return reader.unknown(alter.syntax(), "it does not say which, or what changes");
    };
    let name = reader.name(path.syntax());
    let old = (object(name.clone()), path.syntax());
    match &action {
        ast::AlterStatisticsAction::OwnerTo(owner) => {
            let value = owner.role_ref().map(|role| normal(role.syntax()));
            let action = Action::Set {
                attribute: Attribute::Owner,
                value: value.unwrap_or_default(),
            };
            reader.emit(old.0, action, owner.syntax());
        }
        ast::AlterStatisticsAction::SetSchema(set) => {
            let Some(schema) = set.schema_ref() else {
                return reader.unknown(set.syntax(), "it does not say which schema");
            };
            let to = text(Some(schema.clone())).unwrap_or_default();
            let new = object(Name::qualified(to.as_str(), name.name.as_str()));
            let names = (&*name.to_string(), &*to);
            rename::shift(reader, old, (new, schema.syntax()), names);
            reader.need(Object::Schema(to), Need::Existence, schema.syntax());
        }
        ast::AlterStatisticsAction::SetStatistics(set) => {
            let action = Action::Set {
                attribute: Attribute::Statistics,
                value: normal(set.syntax()),
            };
            reader.emit(old.0, action, set.syntax());
        }
        ast::AlterStatisticsAction::StatisticsRenameTo(it) => {
            let Some(new) = it.statistics() else {
                return reader.unknown(it.syntax(), "it does not say the new name");
            };
            let to = reader.new_name(new.syntax()).name;
            let created = object(Reader::beside(&name, to.as_str()));
            rename::rename(reader, old, (created, new.syntax()), (&name.name, &to));
        }
    }
}

/// `DROP STATISTICS`.
pub(super) fn drop(reader: &mut Reader, drop: &ast::DropStatistics) {
    let behavior = drop.drop_behavior();
    for path in drop.statistics_refs() {
        let name = reader.name(path.syntax());
        let action = removal::action(drop.if_exists().is_some(), behavior.as_ref());
        reader.emit(object(name), action, path.syntax());
    }
    removal::others(reader, behavior.as_ref());
}

/// What stands for a column in a generated name (`ChooseExtendedStatisticNameAddition`).
fn column(expr: &ast::Expr) -> String {
    match expr {
        ast::Expr::NameRef(name) => name.text(),
        _ => "expr".to_owned(),
    }
}

fn object(name: Name) -> Object {
    Object::Other {
        kind: "statistics".to_owned(),
        name,
    }
}
