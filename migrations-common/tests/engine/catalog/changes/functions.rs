//! Functions.

use super::{Change, check};

#[test]
fn each_change_is_seen_and_said() {
    check(CHANGES);
}

const CHANGES: &[Change] = &[
    (
        "alter function levels() rename to tiers",
        &[
            "function levels() is missing",
            "function tiers() is not expected",
        ],
    ),
    (
        "alter function full_name(text, text) support generate_series_int8_support",
        &["function full_name(text, text): support is generate_series_int8_support, expected none"],
    ),
    (
        "create or replace function touch() returns trigger language plpgsql as $$ begin return new; end $$",
        &["function touch(): body differs"],
    ),
    (
        "alter function full_name(text, text) volatile",
        &["function full_name(text, text): volatility is volatile, expected immutable"],
    ),
    (
        "alter function full_name(text, text) called on null input",
        &["function full_name(text, text) is not strict, expected strict"],
    ),
    (
        "alter function guarded() security invoker",
        &["function guarded() is not security definer, expected security definer"],
    ),
    (
        "alter function guarded() reset search_path",
        &["function guarded(): settings are none, expected search_path=<own schema>, ext, pg_temp"],
    ),
    (
        "alter function guarded() set search_path = shop, pg_temp",
        &[
            "function guarded(): settings are search_path=<own schema>, pg_temp, expected search_path=<own schema>, ext, pg_temp",
        ],
    ),
    (
        "alter function levels() rows 30 cost 8",
        &["function levels(): cost is 8, expected 7; rows are 30, expected 20"],
    ),
    (
        "alter function full_name(text, text) parallel restricted",
        &["function full_name(text, text): parallel is restricted, expected safe"],
    ),
    (
        "alter function touch() leakproof",
        &["function touch() is leakproof, expected not leakproof"],
    ),
    (
        "grant execute on function guarded() to public",
        &["function guarded() grants EXECUTE to PUBLIC, which is not expected"],
    ),
    (
        "alter function same_mood(mood, text) owner to specimen_owner",
        &["function same_mood(mood, text) belongs to specimen_owner, expected the schema's owner"],
    ),
    (
        "drop function own_path(); create function own_path() returns bigint language plpgsql set work_mem = '8MB' as $$ begin return 1; end $$",
        &["function own_path(): result is bigint, expected integer"],
    ),
    (
        "create function levels(low int) returns int language sql as $$ select 1 $$",
        &["function levels(integer) is not expected"],
    ),
    (
        "drop procedure archive(int, date)",
        &["procedure archive(integer, date) is missing"],
    ),
    (
        "drop aggregate last_mood(mood); create aggregate last_mood(mood) (sfunc = keep_mood, stype = mood, initcond = 'sad')",
        &[
            "aggregate last_mood(mood) has no comment, expected 'not null'; definition is initval sad, expected initval calm",
        ],
    ),
    (
        "comment on function touch() is null",
        &["function touch() has no comment, expected 'the time'"],
    ),
    (
        "alter function guarded() depends on extension pg_trgm",
        &["function guarded() depends on extension pg_trgm, expected none"],
    ),
    (
        "create or replace function levels() returns table (name text, level int) language plpgsql stable rows 20 cost 7 as $$ begin end $$",
        &["function levels(): body differs; language is plpgsql, expected sql"],
    ),
    (
        "drop function levels(); create function levels() returns table (name text, grade int) language sql stable rows 20 cost 7 as $$ values ('low', 1) $$",
        &[
            "function levels(): result is TABLE(name text, grade integer), expected TABLE(name text, level integer)",
        ],
    ),
    (
        "create or replace procedure archive(inout moved int, before date default '2021-01-01') language plpgsql as $$ begin moved := 0; end $$",
        &[
            "procedure archive(integer, date): arguments are INOUT moved integer, IN before date DEFAULT '2021-01-01'::date, expected INOUT moved integer, IN before date DEFAULT '2020-01-01'::date",
        ],
    ),
    (
        "create function ranks(mood) returns bigint language internal window as 'window_row_number'",
        &["function ranks(mood) is not expected"],
    ),
    (
        "create or replace function guarded() returns int language sql security definer set search_path from current return 1",
        &["function guarded(): body differs"],
    ),
];
