//! SQL that changes a history table. Every text is one statement, or several ended by `;`.

use super::{Form, HistoryTable, Outcomes};
use crate::config::VersionWidth;
use crate::migration::{Migration, Version};
use crate::sql::quote;

/// The server's clock as refinery writes times: RFC 3339 in UTC.
const NOW: &str =
    "to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";

/// Makes the history table. It must not exist: under the lock, nobody else can have made it.
pub fn create(table: &HistoryTable, width: VersionWidth) -> String {
    let version = match width {
        VersionWidth::Int4 => "int4",
        VersionWidth::Int8 => "int8",
    };
    format!(
        "create table {} (version {version} primary key, name varchar(255), applied_on varchar(255), checksum varchar(255), outcome varchar(255));",
        table.sql()
    )
}

/// The form of a table that [`create`] made.
pub fn created_form(width: VersionWidth) -> Form {
    Form {
        width,
        outcomes: Outcomes::Column,
    }
}

/// Records `migrations`, which are never none, as applied, or with an `outcome` other than that.
pub fn insert(
    table: &HistoryTable,
    form: Form,
    migrations: &[impl AsRef<Migration>],
    outcome: Option<&str>,
) -> String {
    let rows = |row: &dyn Fn(&Migration) -> String| {
        let rows: Vec<String> = migrations
            .iter()
            .map(|migration| format!("({})", row(migration.as_ref())))
            .collect();
        rows.join(", ")
    };
    let applied = |migration: &Migration| {
        format!(
            "{}, {}, {NOW}, '{}'",
            migration.version,
            quote::literal(&migration.name),
            migration.checksum(form.width)
        )
    };
    let into = table.sql();
    let outcome = outcome.map(quote::literal);
    match (outcome, form.outcomes) {
        (None, _) => format!(
            "insert into {into} (version, name, applied_on, checksum) values {};",
            rows(&applied)
        ),
        (Some(outcome), Outcomes::Column) => format!(
            "insert into {into} (version, name, applied_on, checksum, outcome) values {};",
            rows(&|migration| format!("{}, {outcome}", applied(migration)))
        ),
        (Some(outcome), Outcomes::Table | Outcomes::NoTableYet) => {
            let beside = table.outcome_sql();
            format!(
                "create table if not exists {beside} (version int8 primary key, outcome varchar(255) not null);\n\
                 insert into {beside} values {};\n\
                 insert into {into} (version, name, applied_on, checksum) values {};",
                rows(&|migration| format!("{}, {outcome}", migration.version)),
                rows(&applied)
            )
        }
    }
}

/// Takes the record of `version` away.
pub fn delete(table: &HistoryTable, form: Form, version: Version) -> String {
    let row = format!("delete from {} where version = {version};", table.sql());
    match form.outcomes {
        Outcomes::Table => format!(
            "delete from {} where version = {version};\n{row}",
            table.outcome_sql()
        ),
        Outcomes::Column | Outcomes::NoTableYet => row,
    }
}

/// Records today's file of `migration` as the one that was applied.
pub fn update(table: &HistoryTable, form: Form, migration: &Migration) -> String {
    format!(
        "update {} set name = {}, checksum = '{}' where version = {};",
        table.sql(),
        quote::literal(&migration.name),
        migration.checksum(form.width),
        migration.version
    )
}
