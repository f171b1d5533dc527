//! `ALTER TABLE`, and what other relations share with it.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::constraint::{self, Made, Place};
use super::{access, alter_column, column, option, partition, removal, rename, table};
use crate::effect::{Action, Attribute, Columns, Need, Object, Part};
use crate::name::Name;
use crate::reader::{Reader, normal, text};

/// `ALTER TABLE`.
pub(super) fn table(reader: &mut Reader, alter: &ast::AlterTable) {
    if let Some(all) = alter.all_in_tablespace() {
        return all_in_tablespace(reader, &all);
    }
    on(
        reader,
        alter.syntax(),
        alter.table_relation_name(),
        alter.actions(),
    );
}

/// `ALTER FOREIGN TABLE`.
pub(super) fn foreign(reader: &mut Reader, alter: &ast::AlterForeignTable) {
    on(
        reader,
        alter.syntax(),
        alter.table_relation_name(),
        alter.actions(),
    );
}

/// `ALTER … ALL IN TABLESPACE a SET TABLESPACE b`.
pub(super) fn all_in_tablespace(reader: &mut Reader, all: &ast::AllInTablespace) {
    reader.unknown(all.syntax(), "it moves whatever lies in the tablespace");
}

/// One relation as its statement names it.
pub(super) struct Altered<'a> {
    /// Its name.
    pub(super) name: &'a Name,
    /// Its name in the text.
    pub(super) node: &'a SyntaxNode,
}

/// Emits what `action` does to a relation.
pub(super) fn action(reader: &mut Reader, altered: &Altered<'_>, action: &ast::AlterTableAction) {
    let name = altered.name;
    match action {
        ast::AlterTableAction::AddColumn(add) => column::add(reader, name, add),
        ast::AlterTableAction::AddConstraint(add) => altered.add_constraint(reader, add),
        ast::AlterTableAction::AlterColumn(alter) => alter_column::effects(reader, name, alter),
        ast::AlterTableAction::AlterConstraint(alter) => altered.alter_constraint(reader, alter),
        ast::AlterTableAction::AlterOptionList(list) => {
            option::foreign(reader, &altered.object(), Some(list.clone()));
        }
        ast::AlterTableAction::AttachPartition(attach) => partition::attach(reader, name, attach),
        ast::AlterTableAction::ClusterOn(cluster) => {
            altered.set_index(reader, Attribute::Cluster, cluster.index_ref());
        }
        ast::AlterTableAction::DetachPartition(detach) => partition::detach(reader, name, detach),
        ast::AlterTableAction::DisableRls(it) => {
            altered.set(reader, Attribute::RowSecurity, "disable", it.syntax());
        }
        ast::AlterTableAction::DisableRule(it) => altered.rule(reader, it.rule_ref(), "disable"),
        ast::AlterTableAction::DisableTrigger(it) => {
            altered.triggers(reader, it.trigger_target(), "disable", it.syntax());
        }
        ast::AlterTableAction::DropColumn(drop) => altered.drop_column(reader, drop),
        ast::AlterTableAction::DropConstraint(drop) => altered.drop_constraint(reader, drop),
        ast::AlterTableAction::EnableAlwaysRule(it) => {
            altered.rule(reader, it.rule_ref(), "enable always");
        }
        ast::AlterTableAction::EnableAlwaysTrigger(it) => {
            altered.trigger(reader, it.trigger_ref(), "enable always");
        }
        ast::AlterTableAction::EnableReplicaRule(it) => {
            altered.rule(reader, it.rule_ref(), "enable replica");
        }
        ast::AlterTableAction::EnableReplicaTrigger(it) => {
            altered.trigger(reader, it.trigger_ref(), "enable replica");
        }
        ast::AlterTableAction::EnableRls(it) => {
            altered.set(reader, Attribute::RowSecurity, "enable", it.syntax());
        }
        ast::AlterTableAction::EnableRule(it) => altered.rule(reader, it.rule_ref(), "enable"),
        ast::AlterTableAction::EnableTrigger(it) => {
            altered.triggers(reader, it.trigger_target(), "enable", it.syntax());
        }
        ast::AlterTableAction::ForceRls(it) => {
            altered.set(reader, Attribute::ForceRowSecurity, "force", it.syntax());
        }
        ast::AlterTableAction::InheritTable(it) => match it.table_name_ref() {
            Some(parent) => partition::inherit(reader, name, parent.syntax()),
            None => reader.unknown(it.syntax(), "it does not say which table"),
        },
        ast::AlterTableAction::MergePartitions(merge) => partition::merge(reader, name, merge),
        ast::AlterTableAction::NoForceRls(it) => {
            altered.set(reader, Attribute::ForceRowSecurity, "no force", it.syntax());
        }
        ast::AlterTableAction::NoInheritTable(it) => match it.table_name_ref() {
            Some(parent) => partition::no_inherit(reader, name, parent.syntax()),
            None => reader.unknown(it.syntax(), "it does not say which table"),
        },
        ast::AlterTableAction::NotOf(it) => {
            altered.set(
                reader,
                Attribute::Option("of".to_owned()),
                "none",
                it.syntax(),
            );
        }
        ast::AlterTableAction::OfType(of) => {
            let value = normal(of.syntax());
            altered.set(
                reader,
                Attribute::Option("of".to_owned()),
                value,
                of.syntax(),
            );
            table::of_type(reader, of);
        }
        ast::AlterTableAction::OwnerTo(owner) => altered.owner(reader, owner),
        ast::AlterTableAction::RenameColumn(it) => altered.rename_column(reader, it),
        ast::AlterTableAction::RenameConstraint(it) => altered.rename_constraint(reader, it),
        ast::AlterTableAction::ReplicaIdentity(it) => altered.replica_identity(reader, it),
        ast::AlterTableAction::ResetOptions(reset) => {
            option::reset(reader, &altered.object(), reset.attribute_list());
        }
        ast::AlterTableAction::SetAccessMethod(set) => altered.access_method(reader, set),
        ast::AlterTableAction::SetLogged(it) => {
            altered.set(reader, Attribute::Persistence, "logged", it.syntax());
        }
        ast::AlterTableAction::SetOptions(set) => {
            option::set(reader, &altered.object(), set.attribute_list());
        }
        ast::AlterTableAction::SetSchema(set) => altered.set_schema(reader, set),
        ast::AlterTableAction::SetTablespace(set) => altered.tablespace(reader, set),
        ast::AlterTableAction::SetUnlogged(it) => {
            altered.set(reader, Attribute::Persistence, "unlogged", it.syntax());
        }
        ast::AlterTableAction::SetWithoutCluster(it) => {
            altered.set(reader, Attribute::Cluster, "none", it.syntax());
        }
        // PostgreSQL takes it and does nothing: no table has OIDs any more.
        ast::AlterTableAction::SetWithoutOids(_) => {}
        ast::AlterTableAction::SplitPartition(split) => partition::split(reader, name, split),
        ast::AlterTableAction::TableRenameTo(it) => {
            altered.rename(
                reader,
                it.table_name().map(|name| name.syntax().clone()),
                it.syntax(),
            );
        }
        ast::AlterTableAction::ValidateConstraint(it) => altered.validate(reader, it),
        ast::AlterTableAction::OptionItemList(list) => {
            reader.unknown(
                list.syntax(),
                "no rule says what these options do to a table",
            );
        }
    }
}

impl Altered<'_> {
    /// The relation.
    pub(super) fn object(&self) -> Object {
        Object::Relation(self.name.clone())
    }

    /// `OWNER TO`.
    pub(super) fn owner(&self, reader: &mut Reader, owner: &ast::OwnerTo) {
        match owner.role_ref() {
            Some(role) => {
                let value = normal(role.syntax());
                self.set(reader, Attribute::Owner, value, role.syntax());
            }
            None => reader.unknown(owner.syntax(), "it does not say which role"),
        }
    }

    /// `RENAME TO`.
    pub(super) fn rename(&self, reader: &mut Reader, new: Option<SyntaxNode>, node: &SyntaxNode) {
        let Some(new) = new else {
            return reader.unknown(node, "it does not say the new name");
        };
        let to = reader.new_name(&new).name;
        reader.rename_temporary(self.name, &to);
        let created = Object::Relation(Reader::beside(self.name, to.as_str()));
        let names = (self.name.name.as_str(), to.as_str());
        rename::rename(reader, (self.object(), self.node), (created, &new), names);
    }

    /// `RENAME COLUMN`.
    pub(super) fn rename_column(&self, reader: &mut Reader, it: &ast::RenameColumn) {
        let (Some((from, old)), Some(new)) = (column::name(it.column_name_ref()), it.column_name())
        else {
            return reader.unknown(it.syntax(), "it does not say both names");
        };
        let to = new.text();
        let column = |name: &str| Object::column(self.name, name);
        let (old, new) = ((column(&from), &old), (column(&to), new.syntax()));
        rename::rename(reader, old, new, (&from, &to));
    }

    /// `SET SCHEMA`.
    pub(super) fn set_schema(&self, reader: &mut Reader, set: &ast::SetSchema) {
        let Some(schema) = set.schema_ref() else {
            return reader.unknown(set.syntax(), "it does not say which schema");
        };
        let to = text(Some(schema.clone())).unwrap_or_default();
        let new = Object::Relation(Name::qualified(to.as_str(), self.name.name.as_str()));
        let names = (&*self.name.to_string(), &*to);
        rename::shift(
            reader,
            (self.object(), self.node),
            (new, schema.syntax()),
            names,
        );
        reader.need(Object::Schema(to), Need::Existence, schema.syntax());
    }

    /// `SET TABLESPACE`.
    pub(super) fn tablespace(&self, reader: &mut Reader, set: &ast::SetTablespace) {
        match set.tablespace_ref() {
            Some(space) => access::set_tablespace(reader, self.object(), &space),
            None => reader.unknown(set.syntax(), "it does not say which tablespace"),
        }
    }

    /// An attribute of the relation itself.
    pub(super) fn set(
        &self,
        reader: &mut Reader,
        attribute: Attribute,
        value: impl Into<String>,
        node: &SyntaxNode,
    ) {
        let value = value.into();
        reader.emit(self.object(), Action::Set { attribute, value }, node);
    }

    /// `CLUSTER ON index` and the like: the index must be there.
    pub(super) fn set_index(
        &self,
        reader: &mut Reader,
        attribute: Attribute,
        index: Option<ast::IndexRef>,
    ) {
        let Some(index) = index else {
            return reader.unknown(self.node, "it does not say which index");
        };
        let name = Reader::beside(self.name, reader.name(index.syntax()).name);
        self.set(reader, attribute, name.name.clone(), index.syntax());
        reader.need(Object::Relation(name), Need::Existence, index.syntax());
    }

    fn access_method(&self, reader: &mut Reader, set: &ast::SetAccessMethod) {
        let value = text(set.access_method_ref()).unwrap_or_else(|| "default".to_owned());
        self.set(reader, Attribute::AccessMethod, value, set.syntax());
        access::method(reader, set.access_method_ref());
    }

    fn add_constraint(&self, reader: &mut Reader, add: &ast::AddConstraint) {
        let Some(constraint) = add.constraint() else {
            return reader.unknown(add.syntax(), "it does not say which constraint");
        };
        let place = Place {
            relation: self.name,
            column: None,
            made: Made::Alone,
            tolerant: false,
        };
        constraint::effects(reader, &place, &constraint);
    }

    fn alter_constraint(&self, reader: &mut Reader, alter: &ast::AlterConstraint) {
        let Some((constraint, node)) = self.constraint(reader, alter.constraint_name_ref()) else {
            return reader.unknown(alter.syntax(), "it does not say which constraint");
        };
        let options: Vec<String> = (alter.constraint_options())
            .map(|option| normal(option.syntax()))
            .collect();
        let action = Action::Set {
            attribute: Attribute::Deferrability,
            value: options.join(" "),
        };
        reader.emit(constraint, action, &node);
        // Only when it is enforced again are rows checked.
        if (alter.constraint_options()).any(|it| matches!(it, ast::ConstraintOption::Enforced(_))) {
            self.read_all(reader, &node);
        }
    }

    fn drop_column(&self, reader: &mut Reader, drop: &ast::DropColumn) {
        let Some((name, node)) = column::name(drop.column_name_ref()) else {
            return reader.unknown(drop.syntax(), "it does not say which column");
        };
        let behavior = drop.drop_behavior();
        let action = removal::action(drop.if_exists().is_some(), behavior.as_ref());
        reader.emit(Object::column(self.name, name), action, &node);
        removal::others(reader, behavior.as_ref());
    }

    fn drop_constraint(&self, reader: &mut Reader, drop: &ast::DropConstraint) {
        let Some((constraint, node)) = self.constraint(reader, drop.constraint_name_ref()) else {
            return reader.unknown(drop.syntax(), "it does not say which constraint");
        };
        let behavior = drop.drop_behavior();
        let action = removal::action(drop.if_exists().is_some(), behavior.as_ref());
        reader.emit(constraint, action, &node);
        removal::others(reader, behavior.as_ref());
    }

    fn rename_constraint(&self, reader: &mut Reader, it: &ast::RenameConstraint) {
        let (Some((old, node)), Some(new)) = (
            self.constraint(reader, it.constraint_name_ref()),
            it.constraint_name(),
        ) else {
            return reader.unknown(it.syntax(), "it does not say both names");
        };
        let from = reader.name(&node).name;
        let to = text(Some(new.clone())).unwrap_or_default();
        let created = Object::Part(self.name.clone(), Part::Constraint(to.clone()));
        rename::rename(reader, (old, &node), (created, new.syntax()), (&from, &to));
    }

    fn replica_identity(&self, reader: &mut Reader, it: &ast::ReplicaIdentity) {
        let Some(identity) = it.replica_identity_option() else {
            return reader.unknown(it.syntax(), "it does not say which identity");
        };
        match &identity {
            ast::ReplicaIdentityOption::UsingIndexName(using) => {
                self.set_index(reader, Attribute::ReplicaIdentity, using.index_ref());
            }
            other => {
                let value = normal(other.syntax());
                self.set(reader, Attribute::ReplicaIdentity, value, it.syntax());
            }
        }
    }

    fn rule(&self, reader: &mut Reader, rule: Option<ast::RuleRef>, value: &str) {
        self.firing(
            reader,
            rule.map(|rule| (rule.syntax().clone(), text(Some(rule)))),
            Part::Rule,
            value,
        );
    }

    fn trigger(&self, reader: &mut Reader, trigger: Option<ast::TriggerRef>, value: &str) {
        let named = trigger.map(|trigger| (trigger.syntax().clone(), text(Some(trigger))));
        self.firing(reader, named, Part::Trigger, value);
    }

    /// ALL and USER mean every trigger: those are said of the table.
    fn triggers(
        &self,
        reader: &mut Reader,
        target: Option<ast::TriggerTarget>,
        value: &str,
        node: &SyntaxNode,
    ) {
        let all = match target {
            Some(ast::TriggerTarget::TriggerRef(trigger)) => {
                return self.trigger(reader, Some(trigger), value);
            }
            Some(ast::TriggerTarget::All(_)) => "all",
            Some(ast::TriggerTarget::User(_)) => "user",
            None => return reader.unknown(node, "it does not say which trigger"),
        };
        let value = format!("{value} trigger {all}");
        self.set(reader, Attribute::Enabled, value, node);
    }

    fn firing(
        &self,
        reader: &mut Reader,
        named: Option<(SyntaxNode, Option<String>)>,
        part: impl Fn(String) -> Part,
        value: &str,
    ) {
        let Some((node, Some(name))) = named else {
            return reader.unknown(self.node, "it does not say which trigger or rule");
        };
        let action = Action::Set {
            attribute: Attribute::Enabled,
            value: value.to_owned(),
        };
        reader.emit(Object::Part(self.name.clone(), part(name)), action, &node);
    }

    fn validate(&self, reader: &mut Reader, it: &ast::ValidateConstraint) {
        let Some((constraint, node)) = self.constraint(reader, it.constraint_name_ref()) else {
            return reader.unknown(it.syntax(), "it does not say which constraint");
        };
        let action = Action::Set {
            attribute: Attribute::Validated,
            value: "validated".to_owned(),
        };
        reader.emit(constraint, action, &node);
        self.read_all(reader, &node);
    }

    /// Rows are checked, by which columns the text does not say.
    fn read_all(&self, reader: &mut Reader, node: &SyntaxNode) {
        let columns = Columns::All;
        reader.emit(Object::rows(self.name), Action::Read { columns }, node);
    }

    fn constraint(
        &self,
        reader: &Reader,
        path: Option<ast::ConstraintNameRef>,
    ) -> Option<(Object, SyntaxNode)> {
        let node = path?.syntax().clone();
        let name = reader.name(&node).name;
        Some((
            Object::Part(self.name.clone(), Part::Constraint(name)),
            node,
        ))
    }
}

fn on(
    reader: &mut Reader,
    statement: &SyntaxNode,
    table: Option<ast::TableRelationName>,
    actions: impl Iterator<Item = ast::AlterTableAction>,
) {
    let Some(path) = table.and_then(|table| table.table_name_ref()) else {
        return reader.unknown(statement, "it does not say which table");
    };
    let name = reader.name(path.syntax());
    let altered = Altered {
        name: &name,
        node: path.syntax(),
    };
    for action in actions {
        self::action(reader, &altered, &action);
    }
}
