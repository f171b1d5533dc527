//! `EXECUTE`: the statement is a text, which can be read where it is constant.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode};

use super::DEEPEST;
use crate::query::{self, Usage, routine_name};
use crate::read::{UNKNOWN_SYNTAX, errors};
use crate::reader::Reader;
use crate::statement;

/// Each byte may be nested in the one before; so many of them fit the stack, also in a debug build.
const LONGEST: usize = 32 << 10;

/// Reads the statements in the text that the expression `built` gives.
pub(super) fn execute(reader: &mut Reader, built: &SyntaxNode) {
    let targets = built.descendants().find_map(ast::TargetList::cast);
    let expression = (targets.iter().flat_map(ast::TargetList::targets).next())
        .and_then(|target| target.expr())
        .map(|expression| expression.syntax().clone());
    let text = expression.as_ref().and_then(constant);
    let (Some(expression), Some(text)) = (expression, text) else {
        reader.unknown(built, "the statement is built when it runs");
        return query::statement(reader, built, Usage::RUN);
    };
    if reader.depth >= DEEPEST || text.len() > LONGEST {
        return reader.unknown(built, "it is nested too deeply");
    }
    // The text sees no variables; `using` gives it `$1`.
    let variables = std::mem::take(&mut reader.variables);
    let file = SourceFile::parse(&text);
    let whole = expression.text_range();
    let exact = ast::Literal::cast(expression).and_then(|literal| literal.decoded_value());
    reader.within_body(
        move |range| {
            exact
                .as_ref()
                .map_or(whole, |exact| exact.source_range(range))
        },
        |reader| {
            for stmt in file.tree().stmts() {
                statement::effects(reader, &stmt);
            }
            for error in errors(&file) {
                reader.unread(error.range(), UNKNOWN_SYNTAX);
            }
        },
    );
    reader.variables = variables;
}

/// The text that an expression gives, if it always gives the same: literals, `||`, `format` and the quoting functions.
fn constant(node: &SyntaxNode) -> Option<String> {
    match node.kind() {
        SyntaxKind::LITERAL => ast::Literal::cast(node.clone())?.string_value(),
        SyntaxKind::PAREN_EXPR => constant(&node.first_child()?),
        SyntaxKind::BIN_EXPR => {
            let parts = ast::BinExpr::cast(node.clone())?;
            let concatenates = match parts.op()? {
                ast::BinOp::CustomOp(op) => op.syntax().text() == "||",
                _ => false,
            };
            let (left, right) = (parts.lhs()?, parts.rhs()?);
            let both = || Some(constant(left.syntax())? + &constant(right.syntax())?);
            concatenates.then(both).flatten()
        }
        SyntaxKind::CALL_EXPR => {
            let call = ast::CallExpr::cast(node.clone())?;
            let name = routine_name(&call)?;
            let arguments: Vec<String> = (call.arg_list()?.args())
                .map(|argument| constant(&argument.syntax().first_child()?))
                .collect::<Option<_>>()?;
            match (name.last()?.as_str(), &*arguments) {
                ("format", [template, values @ ..]) => format(template, values),
                ("quote_ident", [name]) => Some(quoted(name, '"')),
                ("quote_literal", [text]) => Some(quoted(text, '\'')),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `format('…', …)` with `%I`, `%L`, `%s` and `%%`; positions and widths are not read.
fn format(template: &str, values: &[String]) -> Option<String> {
    let mut text = String::new();
    let mut values = values.iter();
    let mut chars = template.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        match chars.next()? {
            '%' => text.push('%'),
            'I' => text.push_str(&quoted(values.next()?, '"')),
            'L' => text.push_str(&quoted(values.next()?, '\'')),
            's' => text.push_str(values.next()?),
            _ => return None,
        }
    }
    Some(text)
}

fn quoted(text: &str, quote: char) -> String {
    let doubled = text.replace(quote, &format!("{quote}{quote}"));
    match quote {
        '\'' if text.contains('\\') => format!("E'{}'", doubled.replace('\\', "\\\\")),
        _ => format!("{quote}{doubled}{quote}"),
    }
}
