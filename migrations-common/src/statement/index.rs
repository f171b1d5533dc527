//! What CREATE INDEX CONCURRENTLY finds: an index that is there and valid, a dead one, or another one of that name.

use std::ops::Range;

use super::{Standing, literal, sql};
use crate::connect::ServerError;
use crate::session::Session;
use crate::sql::quote;
use crate::sql::recognise::CreateIndex;

/// Looks how the index that `text` makes stands.
pub(super) fn look(
    session: &mut Session,
    text: &str,
    create: &CreateIndex,
) -> Result<Standing, ServerError> {
    let Some(name) = &create.name else {
        return Ok(Standing::ToDo);
    };
    let index = quote::literal(&name.name);
    let table = literal(&create.table);
    // Partitioned indexes (relkind I) are INVALID by design until each partition has its own.
    let state = session.ask(&format!(
        "select case \
           when i.indrelid <> to_regclass({table}) then 'elsewhere' \
           when exists (select from pg_stat_progress_create_index p where p.index_relid = c.oid and p.pid <> pg_backend_pid()) then 'building' \
           when i.indisvalid or c.relkind = 'I' then 'there' else 'dead' end \
         from pg_class c join pg_index i on i.indexrelid = c.oid \
         where c.relname = {index} and c.relnamespace = (select t.relnamespace from pg_class t where t.oid = to_regclass({table}))"
    ))?;
    let called = &name.name;
    Ok(match state.as_deref() {
        None => Standing::ToDo,
        Some("elsewhere") => {
            Standing::InTheWay(format!("the index \"{called}\" is there, on another table"))
        }
        Some("building") => Standing::InTheWay(format!(
            "another session is building the index \"{called}\""
        )),
        Some("dead") => Standing::Leftover {
            drop: drop(session, create, called)?,
        },
        Some(_) => match is_same(session, text, create, called) {
            Ok(true) => Standing::Done,
            Ok(false) => Standing::InTheWay(format!(
                "the index \"{called}\" is there, with another definition than the file's"
            )),
            Err(error) if error.connection_lost => return Err(error),
            Err(error) => Standing::InTheWay(format!(
                "the index \"{called}\" is there, and whether it is the file's cannot be told: {}",
                error.message
            )),
        },
    })
}

fn drop(session: &mut Session, create: &CreateIndex, index: &str) -> Result<String, ServerError> {
    let table = literal(&create.table);
    let schema = session.ask(&format!(
        "select n.nspname from pg_class t join pg_namespace n on n.oid = t.relnamespace where t.oid = to_regclass({table})"
    ))?;
    let schema = schema
        .map(|schema| quote::identifier(&schema) + ".")
        .unwrap_or_default();
    Ok(format!(
        "drop index concurrently {schema}{}",
        quote::identifier(index)
    ))
}

/// Whether the index that is there is the one that `text` makes.
///
/// PostgreSQL does the normalising: the statement is run on an empty copy of the table, and what the catalog says of
/// both indexes is compared. All of it is rolled back.
fn is_same(
    session: &mut Session,
    text: &str,
    create: &CreateIndex,
    index: &str,
) -> Result<bool, ServerError> {
    let table = sql(&create.table);
    let index = quote::literal(index);
    let copied = on_copy(text, create);
    // The operator classes, one a key column, tell the access method too.
    let facts = "select i.indisunique, to_jsonb(i) ->> 'indnullsnotdistinct', i.indclass::text, \
                 i.indcollation::text, i.indoption::text, m.reloptions, pg_get_expr(i.indpred, i.indrelid, true), \
                 array(select pg_get_indexdef(i.indexrelid, n, true) from generate_series(1, i.indnatts) n) \
                 from pg_index i join pg_class m on m.oid = i.indexrelid";
    let answer = session.ask(&format!(
        "begin; set local lock_timeout = '5s'; set local statement_timeout = '60s'; \
         create temporary table {COPY} (like {table}) on commit drop;\n{copied}\n;\
         select not exists (({facts} where i.indrelid = 'pg_temp.{COPY}'::regclass) except \
         ({facts} where m.relname = {index} and i.indrelid = to_regclass({})));\
         rollback",
        literal(&create.table)
    ))?;
    Ok(answer.as_deref() == Some("t"))
}

const COPY: &str = "migrations_empty_copy";

/// The statement for the copy: without CONCURRENTLY, IF NOT EXISTS, ONLY and the index's name.
fn on_copy(text: &str, create: &CreateIndex) -> String {
    let mut edits: Vec<(Range<usize>, &str)> = vec![(create.table.span.clone(), COPY_NAME)];
    let gone = [
        create.concurrently.clone(),
        create.if_not_exists.clone(),
        create.only.clone(),
        create.name.as_ref().map(|n| n.span.clone()),
    ];
    edits.extend(gone.into_iter().flatten().map(|span| (span, "")));
    edits.sort_by_key(|(span, _)| span.start);
    let mut out = String::new();
    let mut from = 0;
    for (span, with) in edits {
        out.push_str(text.get(from..span.start).unwrap_or(""));
        out.push_str(with);
        from = span.end;
    }
    out.push_str(text.get(from..).unwrap_or(""));
    out
}

const COPY_NAME: &str = "pg_temp.migrations_empty_copy";
