//! `ALTER TABLE … ALTER COLUMN` in all its forms.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::constraint::columns_among;
use super::default_name::object_name;
use super::{column, option, type_name};
use crate::effect::{Action, Attribute, Columns, Need, Object, RowChange};
use crate::name::Name;
use crate::query;
use crate::reader::{Reader, normal};

/// The column that is altered.
struct Column<'a> {
    relation: &'a Name,
    name: String,
    node: SyntaxNode,
}

/// Emits what `alter` does to a column of `relation`.
pub(super) fn effects(reader: &mut Reader, relation: &Name, alter: &ast::AlterColumn) {
    let (Some((name, node)), Some(option)) =
        (column::name(alter.column_name_ref()), alter.option())
    else {
        return reader.unknown(
            alter.syntax(),
            "it does not say which column, or what changes",
        );
    };
    let column = Column {
        relation,
        name,
        node,
    };
    match &option {
        ast::AlterColumnOption::AddGenerated(add) => {
            let when = add.generated_when().map(|when| normal(when.syntax()));
            let value = format!("add {}", when.unwrap_or_default());
            column.set(reader, Attribute::Identity, value);
            column.sequence(reader, add);
        }
        ast::AlterColumnOption::DropDefault(_) => column.set(reader, Attribute::Default, "none"),
        ast::AlterColumnOption::DropExpression(_) => {
            column.set(reader, Attribute::Generated, "none");
        }
        ast::AlterColumnOption::DropIdentity(drop) => {
            column.set(reader, Attribute::Identity, "drop");
            // The name may be another, and then nothing of this name goes.
            let action = Action::Drop {
                tolerant: true,
                cascade: false,
            };
            reader.emit(column.own_sequence(), action, drop.syntax());
        }
        ast::AlterColumnOption::DropNotNull(_) => {
            column.set(reader, Attribute::Nullability, "null");
        }
        ast::AlterColumnOption::ResetOptions(reset) => {
            option::reset(reader, &column.object(), reset.attribute_list());
        }
        ast::AlterColumnOption::Restart(restart) => column.restart(reader, restart.syntax()),
        ast::AlterColumnOption::SetCompression(set) => {
            let value = set
                .compression_method_name()
                .map(|name| normal(name.syntax()));
            column.set(reader, Attribute::Compression, value.unwrap_or_default());
        }
        ast::AlterColumnOption::SetDefault(set) => {
            let Some(expr) = set.expr() else {
                return reader.unknown(set.syntax(), "it does not say which default");
            };
            column.set(reader, Attribute::Default, normal(expr.syntax()));
            query::columns_in(reader, relation, expr.syntax(), Need::Existence);
        }
        ast::AlterColumnOption::SetExpression(set) => {
            let Some(expr) = set.expr() else {
                return reader.unknown(set.syntax(), "it does not say which expression");
            };
            column.set(reader, Attribute::Generated, normal(expr.syntax()));
            column.rewrite(reader, expr.syntax(), Need::Type);
        }
        ast::AlterColumnOption::SetGenerated(set) => column.generated(reader, set.syntax()),
        ast::AlterColumnOption::SetGeneratedOptions(set) => column.generated(reader, set.syntax()),
        ast::AlterColumnOption::SetNotNull(_) => {
            column.set(reader, Attribute::Nullability, "not null");
            let columns = Columns::Some([column.name.clone()].into());
            reader.emit(
                Object::rows(relation),
                Action::Read { columns },
                &column.node,
            );
        }
        ast::AlterColumnOption::SetOptions(set) => {
            option::set(reader, &column.object(), set.attribute_list());
        }
        ast::AlterColumnOption::SetOptionsList(set) => {
            option::foreign(reader, &column.object(), set.alter_option_list());
        }
        ast::AlterColumnOption::SetSequenceOption(set) => column.generated(reader, set.syntax()),
        ast::AlterColumnOption::SetStatistics(set) => {
            let value = set
                .expr()
                .map_or_else(|| "default".to_owned(), |expr| normal(expr.syntax()));
            column.set(reader, Attribute::Statistics, value);
        }
        ast::AlterColumnOption::SetStorage(set) => {
            let value = set.storage_mode().map(|mode| normal(mode.syntax()));
            column.set(reader, Attribute::Storage, value.unwrap_or_default());
        }
        ast::AlterColumnOption::SetType(set) => column.retype(reader, set),
        ast::AlterColumnOption::Inherit(_) | ast::AlterColumnOption::NoInherit(_) => {
            reader.unknown(option.syntax(), "a column has no such option");
        }
    }
}

impl Column<'_> {
    fn object(&self) -> Object {
        Object::column(self.relation, &self.name)
    }

    fn set(&self, reader: &mut Reader, attribute: Attribute, value: impl Into<String>) {
        let value = value.into();
        reader.emit(self.object(), Action::Set { attribute, value }, &self.node);
    }

    /// The type; USING makes new values.
    fn retype(&self, reader: &mut Reader, set: &ast::SetType) {
        let Some(ty) = set.ty() else {
            return reader.unknown(set.syntax(), "it does not say which type");
        };
        let mut value = vec![normal(ty.syntax())];
        value.extend(set.collate().map(|collate| normal(collate.syntax())));
        value.extend(set.using_expr().map(|using| normal(using.syntax())));
        self.set(reader, Attribute::Type, value.join(" "));
        type_name::need(reader, &ty);
        if let Some(collate) = set.collate() {
            column::need_collation(reader, &collate);
        }
        if let Some(expr) = set.using_expr().and_then(|using| using.expr()) {
            return self.rewrite(reader, expr.syntax(), Need::Existence);
        }
        // A value may not fit into the new type.
        let columns = Columns::Some([self.name.clone()].into());
        reader.emit(
            Object::rows(self.relation),
            Action::Read { columns },
            &self.node,
        );
    }

    /// Every row gets a new value of the column.
    fn rewrite(&self, reader: &mut Reader, expr: &SyntaxNode, need: Need) {
        let rows = Object::rows(self.relation);
        let needs = reader.gather(|reader| query::columns_in(reader, self.relation, expr, need));
        let read = columns_among(&needs, self.relation);
        reader.append(needs);
        if !read.is_empty() {
            let columns = Columns::Some(read);
            reader.emit(rows.clone(), Action::Read { columns }, expr);
        }
        let action = Action::Write {
            change: RowChange::Update,
            columns: Columns::Some([self.name.clone()].into()),
        };
        reader.emit(rows, action, expr);
    }

    /// The sequence of a column that becomes an identity column.
    fn sequence(&self, reader: &mut Reader, add: &ast::AddGenerated) {
        let made = (normal(add.syntax()), false);
        let column = (&*self.name, &self.node);
        column::sequence(
            reader,
            self.relation,
            column,
            add.sequence_option_list(),
            made,
        );
    }

    /// `SET GENERATED …`, `SET INCREMENT …`, `RESTART`, several at once.
    fn generated(&self, reader: &mut Reader, node: &SyntaxNode) {
        let restart = (node.descendants()).find(|node| {
            ast::Restart::can_cast(node.kind()) || ast::OptionRestart::can_cast(node.kind())
        });
        if let Some(restart) = restart {
            self.restart(reader, &restart);
        }
        self.set(reader, Attribute::Identity, normal(node));
        let action = Action::Set {
            attribute: Attribute::Identity,
            value: normal(node),
        };
        reader.emit(self.own_sequence(), action, node);
    }

    fn restart(&self, reader: &mut Reader, node: &SyntaxNode) {
        let action = Action::Set {
            attribute: Attribute::Position,
            value: normal(node),
        };
        reader.emit(self.object(), action.clone(), node);
        reader.emit(self.own_sequence(), action, node);
    }

    /// The sequence of an identity column, by the name it got unless it was renamed or taken.
    fn own_sequence(&self) -> Object {
        let name = object_name(&self.relation.name, Some(&self.name), "seq");
        Object::Relation(Reader::beside(self.relation, name))
    }
}
