//! Row security policies.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::{Attribute, Need, Object};
use crate::query;
use crate::reader::{Reader, normal};
use crate::statement::{define, needs, object};

/// CREATE POLICY.
pub(super) fn create(reader: &mut Reader, create: &ast::CreatePolicy) {
    let statement = create.syntax();
    let Some((made, name)) = object::first(reader, statement) else {
        return reader.unknown(statement, "the policy has no name or no table");
    };
    define::create_as(reader, made.clone(), &name, statement);
    clauses(reader, &made, statement);
}

/// ALTER POLICY.
pub(super) fn alter(reader: &mut Reader, alter: &ast::AlterPolicy) {
    define::alter(reader, alter.syntax(), |reader, policy, clause| {
        if clause.kind() != Kind::ALTER_POLICY_TO {
            return false;
        }
        define::set(reader, policy, Attribute::Policy, normal(clause), clause);
        clauses(reader, policy, clause);
        true
    });
}

fn clauses(reader: &mut Reader, policy: &Object, node: &SyntaxNode) {
    let Some(relation) = policy.relation() else {
        return;
    };
    for clause in node.children() {
        match clause.kind() {
            Kind::USING_EXPR_CLAUSE | Kind::WITH_CHECK_EXPR_CLAUSE => {
                query::columns_in(reader, relation, &clause, Need::Type);
            }
            Kind::POLICY_ROLES => needs::below(reader, &clause),
            _ => {}
        }
    }
}
