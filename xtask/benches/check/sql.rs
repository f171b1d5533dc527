//! The texts of the monorepo's migrations: what apps do in their lives, on tables of their own and on shared ones.

/// Shared tables; the first ones are used most.
const SHARED: [&str; 16] = [
    "users",
    "accounts",
    "orders",
    "invoices",
    "addresses",
    "payments",
    "products",
    "prices",
    "shipments",
    "warehouses",
    "suppliers",
    "contracts",
    "regions",
    "currencies",
    "tax_rates",
    "documents",
];

/// What private tables are about.
const NOUNS: [&str; 12] = [
    "batch", "ticket", "note", "session", "report", "device", "message", "import", "rule",
    "budget", "visit", "label",
];

/// One in so many migrations has to do with a shared table.
const SHARED_EVERY: usize = 12;

pub(crate) fn app_name(app: usize) -> String {
    format!("app{app:03}")
}

/// The part of a migration's file name after `__`.
pub(crate) fn name(version: usize) -> String {
    format!("{}_{version}", pick(&NOUNS, version * 7))
}

/// The files of `shared-models/core`: names and texts.
pub(crate) fn shared_tables() -> impl Iterator<Item = (&'static str, String)> {
    (SHARED.iter().enumerate()).map(|(index, table)| {
        let owner = app_name(index % 3);
        let text = format!("-- owner: {owner}\n\n{}", shared_table(table));
        (*table, text)
    })
}

/// The migration `version` of `app`. Versions 1 to 6 of the first three apps make what they own of the shared tables.
pub(crate) fn migration(app: usize, version: usize) -> String {
    let owned = (version - 1) * 3 + app;
    if app < 3
        && let Some(table) = SHARED.get(owned)
    {
        return shared_table(table);
    }
    let seed = app.wrapping_mul(31).wrapping_add(version.wrapping_mul(17));
    let own = format!("{}_{}", app_name(app), pick(&NOUNS, version / 20));
    let generation = version / 20 / NOUNS.len();
    let own = format!("{own}_{generation}");
    if version.is_multiple_of(20) || version == 1 {
        return table(&own, seed);
    }
    if seed.is_multiple_of(SHARED_EVERY) {
        return refers(&own, version, popular(seed / SHARED_EVERY));
    }
    match seed % 7 {
        0 | 1 => column(&own, version),
        2 => index(&own, version),
        3 => backfill(&own, version),
        4 => function(&own, version),
        5 => rows(&own, version),
        _ => view(&own, version),
    }
}

/// A migration of the branch.
pub(crate) fn new(app: usize, number: usize) -> String {
    let own = format!("{}_branch_{number}", app_name(app));
    match number % 5 {
        0 => format!("alter table users add column seen_by_{number} timestamptz;\n"),
        1 => table(&own, number),
        2 => {
            format!("update orders set state = 'paid' where state = 'open' and total > {number};\n")
        }
        3 => format!(
            "create table {own} (\n    id bigint primary key,\n    user_id bigint not null references users (id)\n);\n"
        ),
        _ => format!("create index users_branch_{number} on users (email, created_at);\n"),
    }
}

/// The first shared table is met as often as all others of the second half.
fn popular(seed: usize) -> &'static str {
    let spread = seed % (SHARED.len() * 2);
    pick(&SHARED, spread.saturating_sub(SHARED.len()))
}

fn shared_table(table: &str) -> String {
    format!(
        "create table {table} (\n    id         bigint generated always as identity primary key,\n    \
         email      text not null,\n    state      text not null default 'open',\n    \
         total      numeric(12, 2) not null default 0,\n    created_at timestamptz not null default now(),\n    \
         updated_at timestamptz not null default now()\n);\n\ncomment on table {table} is 'Shared by many apps.';\n"
    )
}

fn table(own: &str, seed: usize) -> String {
    format!(
        "-- A table of our own.\ncreate table {own} (\n    id          bigint generated always as identity primary key,\n    \
         title       text not null,\n    state       text not null default 'new',\n    \
         amount      numeric(12, 2) not null default {seed},\n    payload     jsonb not null default '{{}}',\n    \
         created_at  timestamptz not null default now(),\n    updated_at  timestamptz,\n    \
         constraint {own}_amount_check check (amount >= 0)\n);\n\n\
         create index {own}_state on {own} (state, created_at);\n\
         comment on table {own} is 'What the app keeps for itself; nobody else reads it.';\n\
         comment on column {own}.payload is 'As it came from outside.';\n"
    )
}

fn column(own: &str, version: usize) -> String {
    format!(
        "-- The report needs to know when it was looked at, and by whom; what is there already counts as seen.\n\
         alter table {own}\n    add column seen_{version} timestamptz,\n    \
         add column seen_by_{version} text not null default 'system';\n\n\
         alter table {own} add constraint {own}_seen_{version}_check\n    check (seen_by_{version} <> '') not valid;\n\
         alter table {own} validate constraint {own}_seen_{version}_check;\n\
         comment on column {own}.seen_{version} is 'When somebody looked at it; null if nobody did.';\n"
    )
}

fn index(own: &str, version: usize) -> String {
    format!(
        "-- The list is sorted by time within a state, and only what is open is listed.\n\
         create index {own}_open_{version} on {own} (created_at desc, id)\n    where state = 'open' and amount > {version};\n\
         create unique index {own}_title_{version} on {own} (lower(title)) where state <> 'gone';\n\n\
         drop index if exists {own}_old_{version};\n\
         alter table {own} alter column amount set statistics 500;\nanalyze {own};\n"
    )
}

fn backfill(own: &str, version: usize) -> String {
    format!(
        "-- Rows from before the state was kept; a second run finds nothing to do.\n\
         with late as (\n    select id, coalesce(updated_at, created_at) as at\n    from {own}\n    \
         where state = 'new' and created_at < now() - interval '{version} days'\n)\n\
         update {own} as target\nset state = 'old',\n    updated_at = late.at,\n    \
         payload = target.payload || jsonb_build_object('backfilled', {version})\n\
         from late\nwhere target.id = late.id;\n\n\
         delete from {own} where state = 'gone' and amount = {version};\n"
    )
}

fn function(own: &str, version: usize) -> String {
    format!(
        "create or replace function {own}_touch_{version}() returns trigger\n    language plpgsql\nas $body$\nbegin\n    \
         if new.state is distinct from old.state then\n        new.updated_at := now();\n        \
         new.payload := new.payload || jsonb_build_object('state', old.state);\n    end if;\n    \
         if new.amount < {version} then\n        \
         update {own} set title = title || ' (small)' where id = new.id;\n    end if;\n    return new;\nend;\n$body$;\n\n\
         create trigger touch_{version} before update on {own}\n    for each row execute function {own}_touch_{version}();\n"
    )
}

fn rows(own: &str, version: usize) -> String {
    let rows: Vec<String> = (0..9)
        .map(|row| {
            format!(
                "    ('row {row} of {version}', 'open', {}, '{{\"n\": {row}}}')",
                row * version
            )
        })
        .collect();
    format!(
        "insert into {own} (title, state, amount, payload)\nvalues\n{}\non conflict do nothing;\n",
        rows.join(",\n")
    )
}

fn view(own: &str, version: usize) -> String {
    format!(
        "create or replace view {own}_view_{version} as\nselect own.id, own.title, own.state, own.amount,\n    \
         own.payload ->> 'n' as number,\n    count(*) over (partition by own.state) as alike\n\
         from {own} as own\nwhere own.amount > {version} and own.state in ('open', 'new')\norder by own.created_at;\n\n\
         grant select on {own}_view_{version} to public;\n\
         comment on view {own}_view_{version} is 'For the report; it goes with the table.';\n"
    )
}

fn refers(own: &str, version: usize, shared: &str) -> String {
    format!(
        "create table {own}_of_{shared}_{version} (\n    id bigint primary key,\n    \
         {shared}_id bigint not null references {shared} (id) on delete cascade,\n    own_id bigint not null\n);\n\n\
         insert into {own}_of_{shared}_{version} (id, {shared}_id, own_id)\n\
         select row_number() over (), other.id, own.id\nfrom {shared} as other\n\
         join {own} as own on own.title = other.email\nwhere other.state = 'open';\n\n\
         create index {own}_of_{shared}_{version}_id on {own}_of_{shared}_{version} ({shared}_id);\n"
    )
}

fn pick(words: &[&'static str], number: usize) -> &'static str {
    words.get(number % words.len()).copied().unwrap_or_default()
}
