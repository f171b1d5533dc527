//! Effects in words: `create index users_name_idx of users`, `need operators of users.name`.

use std::fmt;

use crate::effect::{Action, Attribute, Certainty, Columns, Effect, Need, Object, Part, RowChange};

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.action, self.object)?;
        match self.certainty {
            Certainty::Certain => Ok(()),
            Certainty::Conditional => f.write_str(" (conditional)"),
            Certainty::Late => f.write_str(" (late)"),
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Object::Relation(name) => write!(f, "{name}"),
            Object::Part(relation, part) => match part {
                Part::Column(name) => write!(f, "{relation}.{name}"),
                Part::Constraint(name) => write!(f, "constraint {name} of {relation}"),
                Part::Index(name) => write!(f, "index {name} of {relation}"),
                Part::Trigger(name) => write!(f, "trigger {name} of {relation}"),
                Part::Policy(name) => write!(f, "policy {name} of {relation}"),
                Part::Rule(name) => write!(f, "rule {name} of {relation}"),
                Part::Rows => write!(f, "rows of {relation}"),
            },
            Object::Type(name) => write!(f, "type {name}"),
            Object::Routine(name) => write!(f, "function {name}"),
            Object::Schema(name) => write!(f, "schema {name}"),
            Object::Other { kind, name } => write!(f, "{kind} {name}"),
            Object::Anything => f.write_str("anything"),
        }
    }
}

impl Object {
    /// For a sentence, with its names in backquotes: ``index `users_name_idx` of `users` ``.
    pub fn quoted(&self) -> String {
        match self {
            Object::Part(relation, part) => match part {
                Part::Column(_) => format!("`{self}`"),
                Part::Constraint(name) => format!("constraint `{name}` of `{relation}`"),
                Part::Index(name) => format!("index `{name}` of `{relation}`"),
                Part::Trigger(name) => format!("trigger `{name}` of `{relation}`"),
                Part::Policy(name) => format!("policy `{name}` of `{relation}`"),
                Part::Rule(name) => format!("rule `{name}` of `{relation}`"),
                Part::Rows => format!("rows of `{relation}`"),
            },
            Object::Relation(name) => format!("`{name}`"),
            Object::Type(name) => format!("type `{name}`"),
            Object::Routine(name) => format!("function `{name}`"),
            Object::Schema(name) => format!("schema `{name}`"),
            Object::Other { kind, name } => format!("{kind} `{name}`"),
            Object::Anything => "what nobody can tell".to_owned(),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Create {
                tolerant, replace, ..
            } => f.write_str(match (tolerant, replace) {
                (true, _) => "create if missing",
                (_, true) => "create or replace",
                _ => "create",
            }),
            Action::Drop { tolerant, cascade } => f.write_str(match (tolerant, cascade) {
                (false, false) => "drop",
                (true, false) => "drop if there",
                (false, true) => "drop cascade",
                (true, true) => "drop if there cascade",
            }),
            Action::Rename { to } => write!(f, "rename to {to}:"),
            Action::Move { to } => write!(f, "move to {to}:"),
            Action::Set { attribute, value } => write!(f, "set {attribute} = {value}:"),
            Action::Need(need) => write!(f, "need {need}"),
            Action::Read { columns } => write!(f, "read {columns} in"),
            Action::Write { change, columns } => write!(f, "{change} {columns} in"),
            Action::Call => f.write_str("call"),
            Action::Unknown { why } => write!(f, "unknown, {why}:"),
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Need::Existence => "existence of",
            Need::Type => "type of",
            Need::Operators => "operators of",
            Need::Columns => "columns of",
            Need::Definition => "definition of",
            Need::Key => "key of",
            Need::PrimaryKey => "primary key of",
            Need::Default => "default of",
        })
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Attribute::Type => "type",
            Attribute::Default => "default",
            Attribute::Nullability => "nullability",
            Attribute::Identity => "identity",
            Attribute::Generated => "generation expression",
            Attribute::Statistics => "statistics target",
            Attribute::Storage => "storage",
            Attribute::Compression => "compression",
            Attribute::Comment => "comment",
            Attribute::Option(name) => return write!(f, "option {name}"),
            Attribute::Privilege { grantee, privilege } => {
                return write!(f, "privilege {privilege} of {grantee}");
            }
            Attribute::Owner => "owner",
            Attribute::RowSecurity => "row level security",
            Attribute::ForceRowSecurity => "forced row level security",
            Attribute::Persistence => "persistence",
            Attribute::ReplicaIdentity => "replica identity",
            Attribute::Cluster => "clustering",
            Attribute::Tablespace => "tablespace",
            Attribute::AccessMethod => "access method",
            Attribute::Parent(parent) => return write!(f, "parent {parent}"),
            Attribute::Validated => "validation",
            Attribute::Deferrability => "deferrability",
            Attribute::Enabled => "firing",
            Attribute::Labels => "labels",
            Attribute::Position => "position",
            Attribute::OwnedBy => "owning column",
            Attribute::Policy => "policy",
            Attribute::Members => "members",
        })
    }
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Columns::All => f.write_str("all columns"),
            Columns::Some(names) if names.is_empty() => f.write_str("no columns"),
            Columns::Some(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                f.write_str(&names.join(", "))
            }
        }
    }
}

impl fmt::Display for RowChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RowChange::Insert => "insert",
            RowChange::Update => "update",
            RowChange::Delete => "delete",
            RowChange::Truncate => "truncate",
        })
    }
}
