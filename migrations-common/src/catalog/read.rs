//! Reads facts from a server.

use postgres::{GenericClient, SimpleQueryMessage, SimpleQueryRow};
use serde_json::Value;

use super::facts::{Fact, Facts};
use crate::connect::{ServerError, problem_of};
use crate::sql::quote;

/// What the server prints depends on these. The time zone is in partition bounds, the currency in defaults of type money.
const SETTINGS: [(&str, &str); 9] = [
    ("search_path", ""),
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("TimeZone", "UTC"),
    ("extra_float_digits", "1"),
    ("bytea_output", "hex"),
    ("quote_all_identifiers", "off"),
    ("lc_monetary", "C"),
    ("jit", "off"),
];

/// Reads the facts of `schema`, a name as it is in the catalog, unquoted. Without such a schema there are none.
///
/// The schema's own name is in no fact, so that two tenants with equal schemas have equal facts; unless a function's
/// body or a literal holds it, or an object has the name of one in `pg_catalog` and can only be told apart by it. Objects of extensions are left out, extensions themselves are
/// [database-wide](read_database_wide). What is data is left out: rows, where a sequence stands, whether a materialized
/// view was refreshed.
///
/// Reads by simple queries, in the caller's transaction if one is open, and sees what it did; the session's settings
/// are afterwards as they were. Tried on PostgreSQL 15.18, 16.14, 17.10 and 18.4.
///
/// # Errors
/// The server refused, `42501` where the role may not use the schema; the caller's transaction is then aborted if the
/// server says so.
pub fn read(client: &mut impl GenericClient, schema: &str) -> Result<Facts, ServerError> {
    let wanted = quote::literal(schema);
    let query = format!("with wanted(schema) as (values ({wanted}::text)) {SNAPSHOT}");
    let rows = rows(client, &query)?;
    let usable = |row: &SimpleQueryRow| !matches!(row.try_get(3), Ok(Some("f")));
    if !rows.iter().all(usable) {
        return Err(ServerError {
            sqlstate: Some("42501".to_owned()),
            message: format!("permission denied for schema {}", quote::identifier(schema)),
            schema: Some(schema.to_owned()),
            ..ServerError::default()
        });
    }
    rows.iter().map(fact).collect()
}

/// Reads what belongs to the database and to no schema of it.
///
/// # Errors
/// The server refused.
pub fn read_database_wide(client: &mut impl GenericClient) -> Result<Facts, ServerError> {
    rows(client, DATABASE_WIDE)?.iter().map(fact).collect()
}

/// Reads what belongs to the server, all databases alike: roles, their memberships, settings and tablespaces.
///
/// Apart from the others since anybody on the server may change it meanwhile.
///
/// # Errors
/// The server refused.
pub fn read_server_wide(client: &mut impl GenericClient) -> Result<Facts, ServerError> {
    rows(client, SERVER_WIDE)?.iter().map(fact).collect()
}

const SNAPSHOT: &str = include_str!("snapshot.sql");
const DATABASE_WIDE: &str = include_str!("database_wide.sql");
const SERVER_WIDE: &str = include_str!("server_wide.sql");

/// The rows of `query` under the pinned settings.
///
/// Several statements in one message are one transaction, and a caller's open one stays: either way a local setting
/// holds for the query. In a caller's transaction it would hold on, so the old ones are set again. When the query
/// fails, the transaction's end, or that of a savepoint, does that.
fn rows(client: &mut impl GenericClient, query: &str) -> Result<Vec<SimpleQueryRow>, ServerError> {
    let before: Vec<String> = SETTINGS
        .iter()
        .map(|(name, _)| format!("pg_catalog.current_setting('{name}')"))
        .collect();
    let before = simple_query(client, &format!("select {}", before.join(", ")))?;
    let pinned = SETTINGS
        .map(|(name, value)| set_local(name, value))
        .join(", ");
    let rows = simple_query(client, &format!("select {pinned}; {query}"))?;
    let before = before.first().map_or_else(Vec::new, |row| {
        (0..row.len())
            .zip(SETTINGS)
            .filter_map(|(index, (name, _))| Some(set_local(name, row.try_get(index).ok()??)))
            .collect()
    });
    if !before.is_empty() {
        simple_query(client, &format!("select {}", before.join(", ")))?;
    }
    // The first row is that of the settings.
    Ok(rows.into_iter().skip(1).collect())
}

fn set_local(name: &str, value: &str) -> String {
    format!(
        "pg_catalog.set_config('{name}', {}, true)",
        quote::literal(value)
    )
}

fn simple_query(
    client: &mut impl GenericClient,
    query: &str,
) -> Result<Vec<SimpleQueryRow>, ServerError> {
    let messages = client
        .simple_query(query)
        .map_err(|error| problem_of(&error))?;
    let row = |message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    };
    Ok(messages.into_iter().filter_map(row).collect())
}

/// A row of kind, key and attributes.
fn fact(row: &SimpleQueryRow) -> Result<Fact, ServerError> {
    let text = |index: usize| row.try_get(index).map_err(|error| problem_of(&error));
    fact_of(text(0)?, text(1)?, text(2)?)
}

fn fact_of(
    kind: Option<&str>,
    key: Option<&str>,
    attributes: Option<&str>,
) -> Result<Fact, ServerError> {
    let (Some(kind), Some(key), Some(attributes)) = (kind, key, attributes) else {
        return Err(strange("it has no value"));
    };
    let attributes = match serde_json::from_str(attributes) {
        Ok(Value::Object(attributes)) => attributes.into_iter().collect(),
        Ok(_) => return Err(strange("its attributes are no object")),
        Err(error) => return Err(strange(&error.to_string())),
    };
    Ok(Fact {
        kind: kind.to_owned(),
        key: key.to_owned(),
        attributes,
    })
}

fn strange(what: &str) -> ServerError {
    ServerError {
        message: format!("the server's answer is no fact: {what}"),
        ..ServerError::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_answer_is_an_error() {
        for (kind, key, attributes) in [
            (None, Some("a"), Some("{}")),
            (Some("table"), None, Some("{}")),
            (Some("table"), Some("a"), None),
            (Some("table"), Some("a"), Some("[]")),
            (Some("table"), Some("a"), Some("{")),
            (Some("table"), Some("a"), Some("")),
        ] {
            let error = fact_of(kind, key, attributes).unwrap_err();
            assert!(
                error.message.starts_with("the server's answer is no fact"),
                "{error:?}"
            );
        }
        assert!(fact_of(Some("table"), Some("a"), Some("{}")).is_ok());
    }
}
