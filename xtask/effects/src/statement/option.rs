//! Options in brackets: `(fillfactor = 70, toast.autovacuum_enabled)`, `options (add host 'a')`.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use crate::effect::{Action, Attribute, Object};
use crate::reader::{Reader, normal};

/// `SET (name = value, …)`.
pub(super) fn set(reader: &mut Reader, object: &Object, list: Option<ast::AttributeList>) {
    for option in list.into_iter().flat_map(|list| list.attribute_options()) {
        let value = (option.attribute_value()).map(|value| normal(value.syntax()));
        let value = value.unwrap_or_else(|| "true".to_owned());
        emit(reader, object, name(&option), value, option.syntax());
    }
}

/// `RESET (name, …)`.
pub(super) fn reset(reader: &mut Reader, object: &Object, list: Option<ast::AttributeList>) {
    for option in list.into_iter().flat_map(|list| list.attribute_options()) {
        emit(
            reader,
            object,
            name(&option),
            "none".to_owned(),
            option.syntax(),
        );
    }
}

/// `OPTIONS (ADD name 'value', SET …, DROP …)` of a foreign table or column.
pub(super) fn foreign(reader: &mut Reader, object: &Object, list: Option<ast::AlterOptionList>) {
    for option in list.into_iter().flat_map(|list| list.alter_options()) {
        let (name, value) = match &option {
            ast::AlterOption::AddForeignOption(add) => (
                add.foreign_option_name(),
                add.literal()
                    .map(|value| format!("add {}", normal(value.syntax()))),
            ),
            ast::AlterOption::SetForeignOption(set) => (
                set.foreign_option_name(),
                set.literal().map(|value| normal(value.syntax())),
            ),
            ast::AlterOption::DropForeignOption(drop) => {
                (drop.foreign_option_name(), Some("none".to_owned()))
            }
        };
        let name = name.map(|name| normal(name.syntax())).unwrap_or_default();
        let value = value.unwrap_or_default();
        emit(reader, object, name, value, option.syntax());
    }
}

fn emit(reader: &mut Reader, object: &Object, name: String, value: String, node: &SyntaxNode) {
    let attribute = Attribute::Option(name);
    reader.emit(object.clone(), Action::Set { attribute, value }, node);
}

fn name(option: &ast::AttributeOption) -> String {
    let name = (option.name())
        .map(|name| normal(name.syntax()))
        .unwrap_or_default();
    match option.namespace() {
        Some(namespace) => format!("{}.{name}", normal(namespace.syntax())),
        None => name,
    }
}
