//! Function calls, and those whose arguments name objects.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::effect::{Action, Attribute, Certainty, Need, Object, Part};
use crate::name::Name;
use crate::query::expression::plain;
use crate::query::{Scope, Uses, expression, is_builtin, literal_path};
use crate::reader::{Reader, normal};
use crate::search_path;

/// Gathers what a call uses.
pub(super) fn call(uses: &mut Uses<'_>, scope: &Scope<'_>, node: &SyntaxNode) {
    let call = ast::CallExpr::cast(node.clone());
    let path = call.as_ref().and_then(routine_name);
    for part in node.children() {
        let is_name = path.is_some() && ast::Expr::can_cast(part.kind());
        if !is_name {
            expression(uses, scope, &part);
        }
    }
    let (Some(call), Some(path)) = (call, path) else {
        return;
    };
    let Some(shown) = call.expr() else {
        return;
    };
    let arguments = arguments(&call);
    let own = matches!(&*path, [_] | [_, _])
        && (path.len() == 1 || path.first().is_some_and(|schema| schema == "pg_catalog"));
    let function = path.last().map_or("", String::as_str).to_owned();
    if own && special(uses, &function, &arguments, node) {
        return;
    }
    if let Some(why) = danger(&function) {
        uses.unknown(node, why);
    }
    routine(uses, path, shown.syntax());
}

/// The parts of the called function's name; `None` for what has a syntax of its own, such as `extract`.
pub(crate) fn routine_name(call: &ast::CallExpr) -> Option<Vec<String>> {
    plain(call.expr()?.syntax())
}

/// A string that a `reg…` type makes a reference.
pub(super) fn reference(uses: &mut Uses<'_>, ty: &str, literal: &ast::Literal) {
    let Some(path) = literal_path(literal) else {
        return;
    };
    let name = uses.reader.resolve(path);
    let object = match ty {
        "regclass" => Object::Relation(name),
        "regtype" if is_builtin(&name.name) => return,
        "regtype" => Object::Type(name),
        "regproc" => Object::Routine(name),
        "regprocedure" => Object::Routine(without_arguments(name)),
        "regnamespace" => Object::Schema(name.name),
        "regrole" => {
            let kind = "role".to_owned();
            let schemas = Vec::new();
            let name = Name { schemas, ..name };
            Object::Other { kind, name }
        }
        "regcollation" | "regconfig" | "regdictionary" => {
            let kind = match ty {
                "regcollation" => "collation",
                "regconfig" => "text search configuration",
                _ => "text search dictionary",
            };
            Object::Other {
                kind: kind.to_owned(),
                name,
            }
        }
        _ => return,
    };
    uses.need(object, Need::Existence, literal.syntax());
}

fn without_arguments(mut name: Name) -> Name {
    if let Some(at) = name.name.find('(') {
        name.name.truncate(at);
    }
    name
}

fn arguments(call: &ast::CallExpr) -> Vec<SyntaxNode> {
    let list = call.arg_list();
    let args = list.iter().flat_map(ast::ArgList::args);
    args.filter_map(|arg| arg.syntax().first_child()).collect()
}

/// The literal of `'x'`, `'x'::text`, `'x'::regclass`.
fn literal(node: &SyntaxNode) -> Option<ast::Literal> {
    match node.kind() {
        SyntaxKind::LITERAL => {
            ast::Literal::cast(node.clone()).filter(|literal| literal.string_value().is_some())
        }
        SyntaxKind::CAST_EXPR | SyntaxKind::PAREN_EXPR => {
            node.children().find_map(|child| literal(&child))
        }
        _ => None,
    }
}

/// Whether `function` is one of PostgreSQL's that is read on its own; it has been, then.
fn special(
    uses: &mut Uses<'_>,
    function: &str,
    arguments: &[SyntaxNode],
    node: &SyntaxNode,
) -> bool {
    let first = arguments.first();
    let named = first.and_then(literal);
    match function {
        // Syntax that looks like a function.
        "coalesce" | "greatest" | "least" | "nullif" | "grouping" | "xmlconcat" => true,
        "nextval" | "setval" | "currval" => {
            position(uses, function, arguments, node);
            true
        }
        "pg_get_serial_sequence" => {
            if let Some((column, shown)) = serial(uses.reader, arguments) {
                uses.need(column, Need::Existence, &shown);
            } else {
                uses.unknown(
                    node,
                    "the name of the sequence's table is built when it runs",
                );
            }
            true
        }
        "set_config" => {
            configure(uses, arguments, node);
            true
        }
        "to_regclass" | "to_regtype" | "to_regproc" | "to_regprocedure" | "to_regnamespace"
        | "to_regrole" => {
            if let Some(named) = named {
                let ty = function.trim_start_matches("to_");
                uses.less_certain(Certainty::Conditional, |uses| reference(uses, ty, &named));
            }
            true
        }
        _ => false,
    }
}

/// nextval, setval, currval.
fn position(uses: &mut Uses<'_>, function: &str, arguments: &[SyntaxNode], node: &SyntaxNode) {
    let Some(first) = arguments.first() else {
        return;
    };
    let value = match (function, arguments) {
        ("setval", [_, to @ ..]) => {
            let to: Vec<String> = to.iter().map(normal).collect();
            format!("setval {}", to.join(" , "))
        }
        _ => function.to_owned(),
    };
    let mut sequences = Vec::new();
    if let Some(path) = literal(first).as_ref().and_then(literal_path) {
        sequences.push(Object::Relation(uses.reader.resolve(path)));
    } else if let Some(inner) = ast::CallExpr::cast(first.clone())
        && routine_name(&inner)
            .and_then(|mut path| path.pop())
            .as_deref()
            == Some("pg_get_serial_sequence")
        && let Some((column, _)) = serial(uses.reader, &self::arguments(&inner))
    {
        // By its usual name, and by its column, in case it has another.
        sequences.extend(usual_sequence(&column));
        sequences.push(column);
    } else {
        return uses.unknown(node, "the sequence's name is built when it runs");
    }
    for sequence in sequences {
        let runs = uses.usage.runs.filter(|_| function != "currval");
        match runs {
            Some(runs) => uses.less_certain(runs, |uses| {
                let attribute = Attribute::Position;
                let value = value.clone();
                uses.add(sequence, Action::Set { attribute, value }, first);
            }),
            None => uses.need(sequence, Need::Existence, first),
        }
    }
}

fn usual_sequence(column: &Object) -> Option<Object> {
    match column {
        Object::Part(table, Part::Column(column)) => {
            let name = format!("{}_{column}_seq", table.name);
            Some(Object::Relation(Reader::beside(table, name)))
        }
        _ => None,
    }
}

/// The column of `pg_get_serial_sequence('users', 'id')`: the table's name is folded, the column's is not.
fn serial(reader: &Reader, arguments: &[SyntaxNode]) -> Option<(Object, SyntaxNode)> {
    let [table, column] = arguments else {
        return None;
    };
    let table = reader.resolve(literal(table).as_ref().and_then(literal_path)?);
    let name = literal(column)?.string_value()?;
    Some((Object::column(&table, name), column.clone()))
}

fn configure(uses: &mut Uses<'_>, arguments: &[SyntaxNode], node: &SyntaxNode) {
    let text = |at: usize| {
        let argument = arguments.get(at).and_then(literal);
        argument.and_then(|literal| literal.string_value())
    };
    match (text(0), text(1)) {
        (Some(name), _) if !search_path::is_named(&name) => {}
        (Some(_), Some(value)) => search_path::set_text(uses.reader, &value, node),
        _ => uses.unknown(node, "the search path is built when it runs"),
    }
}

fn routine(uses: &mut Uses<'_>, path: Vec<String>, node: &SyntaxNode) {
    let own = path.len() == 1 && path.last().is_some_and(|name| is_everyday(name));
    let name = uses.reader.resolve(path);
    let object = Object::Routine(name);
    if uses.usage.keeps() && !own {
        let need = match uses.usage.need {
            Need::Type => Need::Type,
            _ => Need::Existence,
        };
        uses.need(object.clone(), need, node);
    }
    if let Some(runs) = uses.usage.runs {
        uses.less_certain(runs, |uses| uses.add(object, Action::Call, node));
    }
}

/// Functions whose effects are not those of any migration, and cannot be read from their names.
fn danger(function: &str) -> Option<&'static str> {
    let text = "it runs a statement that is built when it runs";
    let outside = "it reaches outside of the database";
    match function {
        "query_to_xml"
        | "query_to_xmlschema"
        | "query_to_xml_and_xmlschema"
        | "cursor_to_xml"
        | "table_to_xml"
        | "table_to_xmlschema"
        | "table_to_xml_and_xmlschema"
        | "schema_to_xml"
        | "schema_to_xmlschema"
        | "schema_to_xml_and_xmlschema"
        | "database_to_xml"
        | "database_to_xmlschema"
        | "database_to_xml_and_xmlschema"
        | "ts_stat"
        | "ts_rewrite"
        | "crosstab"
        | "connectby"
        | "exec"
        | "execute" => Some(text),
        "pg_terminate_backend"
        | "pg_cancel_backend"
        | "pg_reload_conf"
        | "pg_rotate_logfile"
        | "pg_promote"
        | "pg_file_write"
        | "pg_stat_file" => Some(outside),
        "create_hypertable"
        | "create_distributed_table"
        | "create_reference_table"
        | "create_parent"
        | "run_maintenance"
        | "addgeometrycolumn"
        | "dropgeometrycolumn"
        | "updategeometrysrid"
        | "schedule"
        | "unschedule" => Some("it belongs to an extension, and changes tables"),
        _ if function.starts_with("dblink") || function.starts_with("pg_ls_") => Some(outside),
        _ if function.starts_with("pg_read_") => Some(outside),
        _ if function.starts_with("lo_") || function == "loread" || function == "lowrite" => {
            Some("large objects are not read")
        }
        _ if function.starts_with("pg_create_") || function.starts_with("pg_drop_") => {
            Some(outside)
        }
        _ => None,
    }
}

/// Built-in functions that stand in indexes, checks and defaults every day. `pg_catalog` comes first in every search path, so they
/// need nothing that a migration makes.
fn is_everyday(function: &str) -> bool {
    const EVERYDAY: &[&str] = &[
        "abs",
        "age",
        "array_length",
        "array_position",
        "array_to_string",
        "btrim",
        "cardinality",
        "ceil",
        "char_length",
        "clock_timestamp",
        "concat",
        "concat_ws",
        "count",
        "current_setting",
        "date_part",
        "date_trunc",
        "floor",
        "format",
        "gen_random_uuid",
        "hashtext",
        "jsonb_array_length",
        "jsonb_build_object",
        "jsonb_typeof",
        "left",
        "length",
        "lower",
        "ltrim",
        "make_interval",
        "max",
        "md5",
        "min",
        "mod",
        "now",
        "num_nonnulls",
        "num_nulls",
        "octet_length",
        "position",
        "random",
        "regexp_replace",
        "replace",
        "right",
        "round",
        "rtrim",
        "setweight",
        "sha256",
        "split_part",
        "starts_with",
        "statement_timestamp",
        "strpos",
        "substr",
        "substring",
        "sum",
        "timezone",
        "to_char",
        "to_date",
        "to_timestamp",
        "to_tsvector",
        "transaction_timestamp",
        "trim",
        "trunc",
        "upper",
        "uuidv7",
    ];
    EVERYDAY.contains(&function)
}
