//! Types and argument lists in one spelling: what tells overloaded routines apart.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SourceFile, SyntaxKind as Kind, SyntaxNode};

use crate::reader::{normal, segments};

/// The input arguments' types of the routine that `definition` makes: `(int4,text)`.
///
/// None if it makes no routine, or if a type is another's (`users.id%type`). Schemas are left out, so that two signatures are
/// different only if the routines are.
pub fn signature(definition: &str) -> Option<String> {
    let file = SourceFile::parse(definition);
    let statement = file.tree().stmts().next()?;
    let list = match &statement {
        ast::Stmt::CreateFunction(create) => create.param_list(),
        ast::Stmt::CreateProcedure(create) => create.param_list(),
        ast::Stmt::CreateAggregate(create) => create.param_list(),
        _ => None,
    };
    let types: Option<Vec<String>> = (list?.all_params())
        .filter(|param| !has_kind(param.syntax(), Kind::PARAM_OUT))
        .map(|param| type_name(param.func_type()?.syntax()))
        .collect();
    Some(format!("({})", types?.join(",")))
}

/// A type's name without schema and modifiers, as `pg_type` spells it: `int4`, `varchar[]`. None for `users.id%type`.
pub(super) fn type_name(node: &SyntaxNode) -> Option<String> {
    let name = match node.kind() {
        Kind::ARRAY_TYPE => {
            let element = node.children().find_map(ast::Type::cast)?;
            return Some(format!("{}[]", type_name(element.syntax())?));
        }
        Kind::PATH_TYPE => {
            let path = node
                .children()
                .find(|child| child.kind() == Kind::PATH_REF)?;
            let name = segments(&path).pop()?;
            // A quoted name is a type of that very name.
            if path.text().to_string().ends_with('"') {
                return Some(name);
            }
            match (name.as_str(), modifier(node)) {
                ("float", Some(..=24)) => "float4".to_owned(),
                _ => internal(&name).to_owned(),
            }
        }
        Kind::BIT_TYPE => "bit".to_owned(),
        Kind::BIT_VARYING_TYPE => "varbit".to_owned(),
        Kind::CHARACTER_TYPE => "bpchar".to_owned(),
        Kind::VARCHAR_TYPE => "varchar".to_owned(),
        Kind::DOUBLE_TYPE => "float8".to_owned(),
        Kind::INTERVAL_TYPE => "interval".to_owned(),
        Kind::TIME_TYPE => zoned("time", node),
        Kind::TIMESTAMP_TYPE => zoned("timestamp", node),
        _ => return None,
    };
    Some(name)
}

fn internal(name: &str) -> &str {
    match name {
        "bigint" => "int8",
        "boolean" => "bool",
        "dec" | "decimal" => "numeric",
        "float" => "float8",
        "int" | "integer" => "int4",
        "nchar" | "char" => "bpchar",
        "real" => "float4",
        "smallint" => "int2",
        name => name,
    }
}

fn modifier(node: &SyntaxNode) -> Option<u32> {
    let list = node
        .children()
        .find(|child| child.kind() == Kind::ARG_LIST)?;
    normal(&list).trim_matches(['(', ')', ' ']).parse().ok()
}

fn zoned(name: &str, node: &SyntaxNode) -> String {
    if has_kind(node, Kind::WITH_TIMEZONE) {
        format!("{name}tz")
    } else {
        name.to_owned()
    }
}

fn has_kind(node: &SyntaxNode, kind: Kind) -> bool {
    node.children().any(|child| child.kind() == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_input_types_tell_routines_apart() {
        for (definition, expected) in [
            ("create function f ( ) returns int", Some("()")),
            (
                "create function f ( a integer , b out text , inout c stage.mood [ ] default null )",
                Some("(int4,mood[])"),
            ),
            (
                "create or replace function f ( int , variadic character varying ( 5 ) [ ] )",
                Some("(int4,varchar[])"),
            ),
            (
                "create procedure p ( timestamp with time zone , double precision , \"char\" , char )",
                Some("(timestamptz,float8,char,bpchar)"),
            ),
            (
                "create aggregate a ( numeric ( 10 , 2 ) , float ( 3 ) order by real ) ( sfunc = f )",
                Some("(numeric,float4,float4)"),
            ),
            ("create function f ( a users.id%type )", None),
            ("renamed from f", None),
            ("create table t ( a int )", None),
        ] {
            assert_eq!(signature(definition).as_deref(), expected, "{definition}");
        }
    }
}
