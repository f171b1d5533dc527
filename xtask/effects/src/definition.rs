//! What a normalised definition says: a column's, an index's, a constraint's, a function's.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SourceFile, SyntaxNode};

use crate::{nesting, read};

/// Whether a column of this definition takes no NULL.
pub(crate) fn is_not_null(column: &str) -> bool {
    of_column(column, |column| {
        is_serial(column)
            || constraints(column.syntax()).any(|constraint| match constraint {
                ast::Constraint::NotNullConstraint(_)
                | ast::Constraint::PrimaryKeyConstraint(_) => true,
                ast::Constraint::GeneratedConstraint(generated) => is_identity(&generated),
                _ => false,
            })
    })
}

/// Whether a row that says nothing of the column gets a value there: a default that is not NULL, a generated one, the next of a sequence.
pub(crate) fn has_default(column: &str) -> bool {
    of_column(column, |column| {
        is_serial(column)
            || constraints(column.syntax()).any(|constraint| match constraint {
                ast::Constraint::GeneratedConstraint(_) => true,
                ast::Constraint::DefaultConstraint(default) => !is_null(default.expr()),
                _ => false,
            })
    })
}

/// Whether the column has a default that is the same for every row and at every time: made of literals alone.
pub(crate) fn has_constant_default(column: &str) -> bool {
    of_column(column, |column| {
        !is_serial(column)
            && constraints(column.syntax()).any(|constraint| match constraint {
                ast::Constraint::DefaultConstraint(default) => default
                    .expr()
                    .is_some_and(|expr| is_constant(expr.syntax())),
                _ => false,
            })
    })
}

/// Whether a constraint is for rows from now on alone.
pub(crate) fn is_not_valid(constraint: &str) -> bool {
    parsed(constraint, |node| {
        constraints(node).any(|constraint| constraint.is_not_valid())
    })
}

/// Whether an index or a constraint of this definition, or one at a column of it, forbids equal rows.
pub(crate) fn is_key(definition: &str) -> bool {
    parsed(definition, |node| {
        (node.descendants().filter_map(ast::CreateIndex::cast))
            .any(|it| it.unique_token().is_some())
            || constraints(node).any(|constraint| {
                matches!(
                    constraint,
                    ast::Constraint::UniqueConstraint(_)
                        | ast::Constraint::PrimaryKeyConstraint(_)
                        | ast::Constraint::ExcludeConstraint(_)
                )
            })
    })
}

/// Whether a constraint of this definition, or one at a column of it, is the primary key.
pub(crate) fn is_primary_key(definition: &str) -> bool {
    parsed(definition, |node| {
        constraints(node).any(|it| matches!(it, ast::Constraint::PrimaryKeyConstraint(_)))
    })
}

/// Whether an index computes something: an expression or a condition.
pub(crate) fn computes(index: &str) -> bool {
    parse(index, |node| {
        let Some(create) = node.descendants().find_map(ast::CreateIndex::cast) else {
            return false;
        };
        let items = (create.partition_item_list())
            .into_iter()
            .flat_map(|list| list.partition_items());
        create.where_clause().is_some()
            || items.filter_map(|item| item.expr()).any(|expr| match expr {
                ast::Expr::Collate(collate) => {
                    !matches!(collate.expr(), Some(ast::Expr::NameRef(_)))
                }
                expr => !matches!(expr, ast::Expr::NameRef(_)),
            })
    })
}

fn of_column(definition: &str, holds: impl Fn(&ast::Column) -> bool + Send + Sync) -> bool {
    parse(&format!("create table t (c {definition})"), |node| {
        (node.descendants().find_map(ast::Column::cast)).is_some_and(|column| holds(&column))
    })
}

/// A statement, a table's constraint, or what stands behind a column's name: its first word tells which.
fn parsed(definition: &str, holds: impl Fn(&SyntaxNode) -> bool + Send + Sync) -> bool {
    let word = definition.split(' ').next().unwrap_or_default();
    let text = match word {
        "create" => definition.to_owned(),
        "check" | "constraint" | "exclude" | "foreign" | "not" | "primary" | "references"
        | "unique" => {
            // Column or table, its constraints read alike.
            format!("create table t (c int, {definition})")
        }
        _ => format!("create table t (c {definition})"),
    };
    parse(&text, holds)
}

/// Whether this holds of `text`.
fn parse(text: &str, holds: impl Fn(&SyntaxNode) -> bool + Send + Sync) -> bool {
    nesting::too_deep(text).is_empty()
        && read::with_stack(|| holds(SourceFile::parse(text).tree().syntax()))
}

fn constraints(node: &SyntaxNode) -> impl Iterator<Item = ast::Constraint> {
    node.descendants().filter_map(ast::Constraint::cast)
}

fn is_serial(column: &ast::Column) -> bool {
    column
        .ty()
        .is_some_and(|ty| crate::statement::is_serial(&ty))
}

fn is_identity(generated: &ast::GeneratedConstraint) -> bool {
    matches!(
        generated.generated_as(),
        Some(ast::GeneratedAs::GeneratedIdentity(_))
    )
}

fn is_null(expr: Option<ast::Expr>) -> bool {
    match expr {
        Some(ast::Expr::Literal(literal)) => literal
            .syntax()
            .text()
            .to_string()
            .eq_ignore_ascii_case("null"),
        Some(ast::Expr::ParenExpr(paren)) => is_null(paren.expr()),
        Some(ast::Expr::CastExpr(cast)) => is_null(cast.expr()),
        _ => false,
    }
}

/// Whether an expression is made of literals, and of operators and casts that are the same at every time.
fn is_constant(expr: &SyntaxNode) -> bool {
    expr.descendants()
        .filter_map(ast::Expr::cast)
        .all(|expr| match expr {
            ast::Expr::Literal(literal) => !is_clock(&literal),
            ast::Expr::ArrayExpr(_)
            | ast::Expr::BinExpr(_)
            | ast::Expr::CastExpr(_)
            | ast::Expr::Collate(_)
            | ast::Expr::ParenExpr(_)
            | ast::Expr::PrefixExpr(_) => true,
            _ => false,
        })
}

/// Words that a cast to a date or a time reads as the time of the statement.
fn is_clock(literal: &ast::Literal) -> bool {
    let text = literal.string_value().unwrap_or_default().to_lowercase();
    ["now", "today", "tomorrow", "yesterday"]
        .iter()
        .any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, Surroundings, read as read_file};

    /// The definition that reading `sql` gives to the first thing that it makes.
    fn definition(sql: &str) -> String {
        let search_path = vec!["public".to_owned()];
        let placeholders = false;
        let script = read_file(
            sql,
            &Surroundings {
                search_path,
                placeholders,
            },
        );
        let made = script
            .effects
            .into_iter()
            .find_map(|effect| match effect.action {
                Action::Create { definition, .. } => Some(definition),
                _ => None,
            });
        made.unwrap_or_default()
    }

    #[test]
    fn a_definition_is_canonical_and_can_be_read_again() {
        let add = "alter table t ADD Column if not exists \"C\" numeric (10,2)DEFAULT  '1'::Numeric -- a\n NOT NULL check(\"C\">=1)";
        let text = "numeric ( 10 , 2 ) default '1' :: numeric not null check ( \"C\" >= 1 )";
        assert_eq!(definition(add), text);
        assert!(is_not_null(text) && has_default(text) && has_constant_default(text));
        let index = "CREATE UNIQUE INDEX i ON t ((a->>'b')) WHERE a!=b";
        let text = "create unique index i on t ( ( a ->> 'b' ) ) where a != b";
        assert_eq!(definition(index), text);
        assert!(is_key(text));
    }

    #[test]
    fn a_column_that_takes_no_null() {
        for definition in [
            "text not null",
            "text constraint n not null",
            "int primary key",
            "bigserial",
            "int generated always as identity",
            "numeric ( 10 , 2 ) default 0 not null",
        ] {
            assert!(is_not_null(definition), "{definition}");
        }
        for definition in [
            "text",
            "text null",
            "text default 'not null'",
            "text check ( \"not null\" is not null )",
            "int generated always as ( 1 ) stored",
            "\"not null\"",
            "?",
        ] {
            assert!(!is_not_null(definition), "{definition}");
        }
    }

    #[test]
    fn a_column_with_a_default() {
        for (definition, has, constant) in [
            ("text", false, false),
            ("text default null", false, true),
            ("text default ( null :: text )", false, true),
            ("text default 'a'", true, true),
            ("int default - 1 not null", true, true),
            ("int [ ] default array [ 1 , 2 ] :: int [ ]", true, true),
            ("interval default '1 day' :: interval * 2", true, true),
            ("timestamptz default now ( )", true, false),
            ("timestamptz default current_timestamp", true, false),
            ("timestamptz default 'now'", true, false),
            ("uuid default gen_random_uuid ( )", true, false),
            ("serial", true, false),
            ("int generated by default as identity", true, false),
            ("int generated always as ( a + 1 ) stored", true, false),
            ("text check ( a = 'default 1' )", false, false),
        ] {
            assert_eq!(has_default(definition), has, "{definition}");
            assert_eq!(has_constant_default(definition), constant, "{definition}");
        }
    }

    #[test]
    fn a_constraint_for_rows_from_now_on() {
        assert!(is_not_valid("check ( a > 0 ) not valid"));
        assert!(is_not_valid(
            "constraint f foreign key ( a ) references b not valid"
        ));
        assert!(!is_not_valid("check ( a = 'not valid' )"));
    }

    #[test]
    fn what_forbids_equal_rows() {
        for (definition, unique, primary) in [
            ("create unique index i on t ( a )", true, false),
            ("create index i on t ( a ) where b = 'unique'", false, false),
            ("create index \"unique\" on t ( a )", false, false),
            ("constraint c unique ( a )", true, false),
            ("unique using index i", true, false),
            ("exclude using gist ( a with && )", true, false),
            ("unique", true, false),
            ("text unique", true, false),
            ("bigint primary key", true, true),
            ("primary key ( a , b )", true, true),
            ("check ( unique_name = 'primary key' )", false, false),
            ("foreign key ( a ) references b", false, false),
        ] {
            assert_eq!(is_key(definition), unique, "{definition}");
            assert_eq!(is_primary_key(definition), primary, "{definition}");
        }
    }
}
