//! The rows of all tables, to be compared, whatever their order.

use std::collections::BTreeMap;
use std::fmt;

use postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use crate::connect::{ServerError, problem_of};
use crate::sql::quote;

/// A table or a sequence whose content depends on the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentDifference {
    /// `public.users`, quoted where it has to be.
    pub name: String,
    /// Its columns, in the order of the values in a row.
    pub columns: Vec<String>,
    /// Some rows that only the first order leaves.
    pub a_then_b: Vec<String>,
    /// Some rows that only the second order leaves.
    pub b_then_a: Vec<String>,
}

/// What all tables and sequences of a database hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    tables: BTreeMap<String, Table>,
    /// Where each sequence stands.
    sequences: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Table {
    /// Quoted, sorted by name: column positions depend on the order of two additions.
    columns: Vec<String>,
    rows: u64,
    digest: String,
}

/// Rows that are shown of a table, and rows that are looked through for them.
const EXAMPLES: usize = 3;
const LOOKED_THROUGH: usize = 10_000;

/// Relations that are asked for in one query.
const CHUNK: usize = 50;

/// What is read means the same whatever a migration set for its database. All rows come as text by their types' output
/// functions, which are the server's own: a cast could be a migration's.
const SETTINGS: &str = "set search_path = pg_catalog; set timezone = 'UTC'; set datestyle = 'ISO, YMD'; \
    set intervalstyle = 'postgres'; set bytea_output = 'hex'; set extra_float_digits = 1; set row_security = on";

/// Ordinary tables, partitions among them, materialized views that hold something, and sequences.
const RELATIONS: &str = "select format('%I.%I', n.nspname, c.relname), c.relkind, \
    coalesce((select string_agg(quote_ident(a.attname), ',' order by a.attname collate \"C\") from pg_attribute a \
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '') \
    from pg_class c join pg_namespace n on n.oid = c.relnamespace \
    where (c.relkind in ('r', 'S') or c.relkind = 'm' and c.relispopulated) and c.relpersistence <> 't' \
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1";

impl Content {
    /// Reads all that the role of `client` may read.
    pub(crate) fn read(client: &mut Client) -> Result<Content, ServerError> {
        let mut content = Content::default();
        let mut columns = BTreeMap::new();
        let mut queries = Vec::new();
        let settings = format!("{SETTINGS}; {RELATIONS}");
        for row in rows(client, &settings)? {
            let [name, kind, of] = [0, 1, 2].map(|number| column(&row, number));
            queries.push(if kind == "S" {
                position_of(&name)
            } else {
                digest(&name, &of)
            });
            columns.insert(name, of);
        }
        for chunk in queries.chunks(CHUNK) {
            for row in rows(client, &chunk.join(" union all "))? {
                let [name, kind, first, second] = [0, 1, 2, 3].map(|number| column(&row, number));
                if kind == "S" {
                    content.sequences.insert(name, position(&first, &second));
                    continue;
                }
                let of = columns.get(&name).cloned().unwrap_or_default();
                let table = Table {
                    columns: quoted_names(&of),
                    rows: first.parse().unwrap_or_default(),
                    digest: second,
                };
                content.tables.insert(name, table);
            }
        }
        Ok(content)
    }

    pub(crate) fn tables(&self) -> usize {
        self.tables.len()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.tables
            .values()
            .fold(0, |sum, table| sum.saturating_add(table.rows))
    }

    /// Rows of a table; none if there is no such table.
    pub(crate) fn rows_of(&self, table: &str) -> u64 {
        self.tables.get(table).map_or(0, |table| table.rows)
    }

    /// Whether every sequence stands where it stood when this was read.
    pub(crate) fn has_positions(&self, client: &mut Client) -> Result<bool, ServerError> {
        let queries: Vec<String> = self
            .sequences
            .keys()
            .map(|name| position_of(name))
            .collect();
        for chunk in queries.chunks(CHUNK) {
            for row in rows(client, &chunk.join(" union all "))? {
                let [name, _, last_value, is_called] =
                    [0, 1, 2, 3].map(|number| column(&row, number));
                if self.sequences.get(&name) != Some(&position(&last_value, &is_called)) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Tables and sequences that both have and that hold something else. What only one has is a difference of the
    /// catalogs.
    pub(crate) fn differing(&self, other: &Content) -> Vec<String> {
        let tables = self.tables.iter().filter_map(|(name, table)| {
            let same = other.tables.get(name)?;
            (table.columns == same.columns && table != same).then(|| name.clone())
        });
        let sequences = self.sequences.iter().filter_map(|(name, position)| {
            let differs = other.sequences.get(name)? != position;
            differs.then(|| name.clone())
        });
        tables.chain(sequences).collect()
    }

    /// Shows how the table or sequence `name` differs.
    pub(crate) fn explain(
        &self,
        other: &Content,
        name: &str,
        clients: [&mut Client; 2],
    ) -> Result<ContentDifference, ServerError> {
        if let Some(table) = self.tables.get(name) {
            return ContentDifference::of_rows(name, &table.columns, clients);
        }
        let of = |content: &Content| content.sequences.get(name).cloned().into_iter().collect();
        Ok(ContentDifference {
            name: name.to_owned(),
            columns: Vec::new(),
            a_then_b: of(self),
            b_then_a: of(other),
        })
    }

    /// The columns of a table that hold the same in two databases where the table as a whole does not: nothing random
    /// and no time of the clock went into them. None if they only do one by one.
    pub(crate) fn stable_columns(
        &self,
        name: &str,
        [one, other]: [&mut Client; 2],
    ) -> Result<Vec<String>, ServerError> {
        let mut stable = Vec::new();
        let Some(table) = self.tables.get(name) else {
            return Ok(stable);
        };
        for column in &table.columns {
            let query = digest(name, column);
            if digested(one, &query)? == digested(other, &query)? {
                stable.push(column.clone());
            }
        }
        let query = digest(name, &stable.join(","));
        if digested(one, &query)? != digested(other, &query)? {
            stable.clear();
        }
        Ok(stable)
    }
}

impl ContentDifference {
    /// How rows differ in some columns; `None` if they do not.
    pub(crate) fn in_columns(
        name: &str,
        columns: &[String],
        [own, others]: [&mut Client; 2],
    ) -> Result<Option<Self>, ServerError> {
        let query = digest(name, &columns.join(","));
        if digested(own, &query)? == digested(others, &query)? {
            return Ok(None);
        }
        Self::of_rows(name, columns, [own, others]).map(Some)
    }

    fn of_rows(
        name: &str,
        columns: &[String],
        [own, others]: [&mut Client; 2],
    ) -> Result<Self, ServerError> {
        let mut left = some_rows(name, columns, own)?;
        let mut right = some_rows(name, columns, others)?;
        let both = left.clone();
        left.retain(|row, count| right.get(row) != Some(count));
        right.retain(|row, count| both.get(row) != Some(count));
        Ok(ContentDifference {
            name: name.to_owned(),
            columns: columns.to_vec(),
            a_then_b: examples(left),
            b_then_a: examples(right),
        })
    }
}

/// Different rows, and how many times each is there.
fn some_rows(
    name: &str,
    columns: &[String],
    client: &mut Client,
) -> Result<BTreeMap<String, String>, ServerError> {
    let columns = columns.join(",");
    let query = format!(
        "select r, count(*)::text from (select row({columns})::text as r from only {name}) x \
         group by r order by r collate \"C\" limit {LOOKED_THROUGH}"
    );
    Ok(rows(client, &query)?
        .iter()
        .map(|row| (column(row, 0), column(row, 1)))
        .collect())
}

fn digested(client: &mut Client, query: &str) -> Result<Option<String>, ServerError> {
    Ok(rows(client, query)?
        .first()
        .map(|row| column(row, 2) + &column(row, 3)))
}

/// How many rows there are, and sums of two hashes over them: they do not depend on the order of rows, and do on how
/// many times each is there.
fn digest(name: &str, columns: &str) -> String {
    format!(
        "select {}, 'r', count(*)::text, \
         coalesce(sum(hashtextextended(r, 0))::text || ' ' || sum(hashtextextended(r, 1))::text, '') \
         from (select row({columns})::text as r from only {name}) x",
        quote::literal(name)
    )
}

fn position_of(name: &str) -> String {
    format!(
        "select {}::text, 'S'::text, last_value::text, is_called::text from {name}",
        quote::literal(name)
    )
}

fn position(last_value: &str, is_called: &str) -> String {
    if is_called == "true" {
        format!("last gave {last_value}")
    } else {
        format!("will give {last_value}")
    }
}

fn examples(rows: BTreeMap<String, String>) -> Vec<String> {
    let shown = rows.into_iter().take(EXAMPLES);
    shown
        .map(|(row, count)| match count.as_str() {
            "1" => row,
            _ => format!("{row}, {count} times"),
        })
        .collect()
}

/// The names of a list that `quote_ident` quoted.
fn quoted_names(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    let mut quoted = false;
    for c in list.chars() {
        quoted ^= c == '"';
        if c == ',' && !quoted {
            names.push(std::mem::take(&mut name));
        } else {
            name.push(c);
        }
    }
    if !name.is_empty() {
        names.push(name);
    }
    names
}

fn rows(client: &mut Client, query: &str) -> Result<Vec<SimpleQueryRow>, ServerError> {
    let messages = client
        .simple_query(query)
        .map_err(|error| problem_of(&error))?;
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    Ok(rows.collect())
}

fn column(row: &SimpleQueryRow, number: usize) -> String {
    row.try_get(number)
        .ok()
        .flatten()
        .unwrap_or_default()
        .to_owned()
}

/// `public.users (email, id): (x,1) in one order, (y,1) in the other`.
impl fmt::Display for ContentDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if !self.columns.is_empty() {
            write!(f, " ({})", self.columns.join(", "))?;
        }
        let side = |rows: &[String]| match rows {
            [] => "no such row".to_owned(),
            rows => rows.join(" and "),
        };
        write!(
            f,
            ": {} in one order, {} in the other",
            side(&self.a_then_b),
            side(&self.b_then_a)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_names_is_taken_apart() {
        assert_eq!(quoted_names(""), [""; 0]);
        assert_eq!(
            quoted_names(r#"a,"b,c","d""e",f"#),
            ["a", r#""b,c""#, r#""d""e""#, "f"]
        );
    }
}
