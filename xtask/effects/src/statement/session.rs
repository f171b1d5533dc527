//! What a statement says about its session: settings, roles, prepared transactions.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use crate::effect::{Need, Object};
use crate::reader::{Reader, normal, segments};
use crate::statement::{define, needs, object};

/// SET of a setting other than `search_path`.
pub(super) fn set(reader: &mut Reader, set: &ast::Set) {
    let config = match set.set_target() {
        Some(ast::SetTarget::SetConfig(config)) => config,
        Some(ast::SetTarget::SetXmlOption(_)) => return,
        _ => return reader.unknown(set.syntax(), CHANGES),
    };
    let name = config.syntax().first_child().map(|name| segments(&name));
    let name = name.unwrap_or_default().join(".");
    let value = define::child(config.syntax(), Kind::TO_CONFIG_VALUE);
    let value = value.map(|value| normal(&value)).unwrap_or_default();
    let value = (value.trim_start_matches("to "))
        .trim_start_matches("= ")
        .trim_matches('\'');
    if !harmless(&name) && !usual(&name, value) {
        reader.unknown(set.syntax(), CHANGES);
    }
}

/// DISCARD ALL: the session is as it was at its beginning.
pub(super) fn discard(reader: &mut Reader, discard: &ast::Discard) {
    if let Some(ast::DiscardTarget::DiscardAll(_)) = discard.discard_target() {
        reader.search_path = reader.first_search_path.clone();
    }
}

/// SET ROLE and SET SESSION AUTHORIZATION. What follows belongs to the role, which must be there. With LOCAL that ends with the
/// transaction; otherwise it lasts until a RESET, which may stand in no file.
pub(super) fn set_role(reader: &mut Reader, statement: &SyntaxNode) {
    needs::below(reader, statement);
    if let Some(literal) = statement.children().find_map(ast::Literal::cast)
        && let Some(role) = literal.string_value()
    {
        let role = Object::other("role", object::global(role));
        reader.need(role, Need::Existence, literal.syntax());
    }
    if !define::has(statement, Kind::LOCAL_SCOPE) {
        reader.unknown(
            statement,
            "later statements of the session run as another role",
        );
    }
}

/// SET CONSTRAINTS: by name it needs constraints of tables that it does not name.
pub(super) fn set_constraints(reader: &mut Reader, set: &ast::SetConstraints) {
    if define::has(set.syntax(), Kind::CONSTRAINT_NAME_REF) {
        reader.unknown(set.syntax(), "the constraint's table is not in the text");
    }
}

/// ANALYZE and VACUUM change nothing that anybody compares, but fail without their tables and columns.
pub(super) fn maintain(reader: &mut Reader, tables: Option<ast::TableAndColumnsList>) {
    let Some(tables) = tables else { return };
    needs::tables(reader, tables.syntax());
}

/// REPACK: as VACUUM FULL, or as CLUSTER with USING INDEX.
pub(super) fn repack(reader: &mut Reader, repack: &ast::Repack) {
    maintain(reader, repack.table_and_columns_list());
    if let Some(index) = repack.using_index() {
        needs::below(reader, index.syntax());
    }
}

/// PREPARE TRANSACTION and the end of a prepared one: what that does stands elsewhere.
pub(super) fn prepared(reader: &mut Reader, statement: &SyntaxNode) {
    reader.unknown(
        statement,
        "what a prepared transaction does takes effect at another time",
    );
}

/// LOAD: a library may change what any statement does.
pub(super) fn load(reader: &mut Reader, load: &ast::Load) {
    reader.unknown(load.syntax(), "a library may change what statements do");
}

const CHANGES: &str = "the setting may change what later statements do";

/// Settings of time limits, resources, plans and messages: whatever their value, statements do the same.
fn harmless(name: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "auto_explain.",
        "debug_",
        "enable_",
        "geqo",
        "jit",
        "log_",
        "max_parallel_",
        "parallel_",
        "tcp_",
        "track_",
        "vacuum_",
    ];
    const NAMES: &[&str] = &[
        "application_name",
        "backend_flush_after",
        "check_function_bodies",
        "client_min_messages",
        "commit_delay",
        "commit_siblings",
        "constraint_exclusion",
        "cpu_index_tuple_cost",
        "cpu_operator_cost",
        "cpu_tuple_cost",
        "cursor_tuple_fraction",
        "deadlock_timeout",
        "default_statistics_target",
        "effective_cache_size",
        "effective_io_concurrency",
        "exit_on_error",
        "from_collapse_limit",
        "gin_fuzzy_search_limit",
        "hash_mem_multiplier",
        "idle_in_transaction_session_timeout",
        "idle_session_timeout",
        "join_collapse_limit",
        "lock_timeout",
        "logical_decoding_work_mem",
        "maintenance_io_concurrency",
        "maintenance_work_mem",
        "max_stack_depth",
        "min_parallel_index_scan_size",
        "min_parallel_table_scan_size",
        "plan_cache_mode",
        "random_page_cost",
        "recursive_worktable_factor",
        "seq_page_cost",
        "statement_timeout",
        "synchronous_commit",
        "temp_buffers",
        "temp_tablespaces",
        "transaction_timeout",
        "wal_compression",
        "wal_skip_threshold",
        "work_mem",
    ];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// What `pg_dump` sets at the top of a script, to values that are the default anyway.
fn usual(name: &str, value: &str) -> bool {
    matches!(
        (name, value.to_lowercase().as_str()),
        ("client_encoding", "utf8" | "utf-8")
            | ("default_table_access_method", "heap" | "\"heap\"")
            | (
                "default_tablespace" | "default_with_oids",
                "" | "false" | "off"
            )
            | ("escape_string_warning", _)
            | ("row_security", "off")
            | ("standard_conforming_strings", "on" | "true" | "1")
            | ("xmloption", "content")
    )
}
