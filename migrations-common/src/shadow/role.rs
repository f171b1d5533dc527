//! Who runs what is tried: a role that owns its databases and can do nothing else.

use super::Limits;
use super::admin::Admin;
use super::lease::{Lease, PREFIX};
use crate::connect::ServerError;
use crate::problem::Problem;
use crate::sql::quote;

/// Space on disk for sorting and the like; a role cannot raise it for itself.
const TEMPORARY_FILES: &str = "1GB";

/// Makes the role that runs migrations and the one that reads content.
///
/// Reading has a role of its own, as tables may hide rows from their owner by FORCE ROW LEVEL SECURITY. It is no
/// superuser either: a query on a table can run functions that the table's owner put into its indexes.
pub(super) fn create(admin: &mut Admin, lease: &Lease, limits: Limits) -> Result<(), Problem> {
    let (role, reader) = (
        quote::identifier(&lease.role()),
        quote::identifier(&lease.reader()),
    );
    let without = "login nosuperuser nocreatedb nocreaterole noreplication";
    admin.run(&format!(
        "create role {role} {without} nobypassrls; \
         create role {reader} {without} bypassrls; \
         grant pg_read_all_data to {reader}; \
         alter role {reader} set statement_timeout = {}; \
         alter role {reader} set default_transaction_read_only = on; \
         {}",
        limits.statement.as_millis(),
        settings(lease, limits)
    ))
}

/// Statements that give the role that runs migrations its settings, and no others.
pub(super) fn settings(lease: &Lease, limits: Limits) -> String {
    let role = quote::identifier(&lease.role());
    format!(
        "alter role {role} reset all; \
         alter role {role} set statement_timeout = {}; \
         alter role {role} set lock_timeout = {}; \
         alter role {role} set temp_file_limit = '{TEMPORARY_FILES}'",
        limits.statement.as_millis(),
        limits.lock.as_millis(),
    )
}

/// Makes the role `name`, which can do nothing, unless it is there; true if it is there now.
///
/// The shadow's role may act as one that was made so: a migration gives tables to it, or runs `SET ROLE`. It never gets
/// the rights of a role that was on the server before.
pub(super) fn ensure(admin: &mut Admin, lease: &Lease, name: &str) -> Result<bool, Problem> {
    if is_reserved(name) {
        return Ok(false);
    }
    let (role, comment) = (quote::identifier(name), quote::literal(lease.comment()));
    let created = admin.run(&format!(
        "create role {role} nologin; comment on role {role} is {comment}"
    ));
    match created {
        Ok(()) => {}
        Err(problem) if matches!(problem.sqlstate.as_deref(), Some("42710" | "23505")) => {}
        Err(problem) => return Err(problem),
    }
    let ours = admin.holds(&format!(
        "coalesce((select starts_with(shobj_description(oid, 'pg_authid'), '{PREFIX}') \
         from pg_roles where rolname = {}), false)",
        quote::literal(name)
    ))?;
    if ours {
        admin.run(&format!(
            "grant {role} to {}",
            quote::identifier(&lease.role())
        ))?;
    }
    Ok(true)
}

/// The role that a statement names and the server lacks. The server's messages are English: the embedded one runs with
/// `lc_messages = C`.
pub(crate) fn missing_role(error: &ServerError) -> Option<String> {
    role_named(error.sqlstate.as_deref(), &error.message)
}

/// The same from the parts of a problem.
pub(super) fn role_named(sqlstate: Option<&str>, message: &str) -> Option<String> {
    named(sqlstate, "42704", message, "role")
}

/// The schema that a statement names and the database lacks.
pub(super) fn schema_named(sqlstate: Option<&str>, message: &str) -> Option<String> {
    named(sqlstate, "3F000", message, "schema")
}

fn named(sqlstate: Option<&str>, code: &str, message: &str, kind: &str) -> Option<String> {
    let name = message
        .strip_prefix(kind)?
        .strip_prefix(" \"")?
        .strip_suffix("\" does not exist")?;
    (sqlstate == Some(code)).then(|| name.to_owned())
}

/// Names that no role may have, or that must not be made by a migration's wish.
fn is_reserved(name: &str) -> bool {
    name.is_empty()
        || name.starts_with("pg_")
        || name.starts_with(PREFIX)
        || matches!(name, "public" | "none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_read_from_the_servers_words() {
        let missing = |message| role_named(Some("42704"), message);
        assert_eq!(
            missing("role \"app_ro\" does not exist").as_deref(),
            Some("app_ro")
        );
        assert_eq!(
            missing("role \"a\"b\" does not exist").as_deref(),
            Some("a\"b")
        );
        assert_eq!(missing("type \"app_ro\" does not exist"), None);
        assert_eq!(role_named(None, "role \"app_ro\" does not exist"), None);
        assert_eq!(
            schema_named(Some("3F000"), "schema \"stage\" does not exist").as_deref(),
            Some("stage")
        );
    }

    #[test]
    fn some_names_are_never_made() {
        for name in [
            "",
            "pg_monitor",
            "public",
            "none",
            "migrations_shadow_1_2_3",
        ] {
            assert!(is_reserved(name), "{name}");
        }
        assert!(!is_reserved("app_ro"));
    }
}
