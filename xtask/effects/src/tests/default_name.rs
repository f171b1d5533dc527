//! The names that PostgreSQL 15 gave to what the statements make, as `pg_class` and `pg_constraint` showed them.

use crate::{Action, Object, Part, Surroundings, read};

#[track_caller]
fn check(sql: &str, expected: &[&str]) {
    assert_eq!(chosen(sql), expected, "{sql}");
}

/// The names that `sql` leaves to PostgreSQL, in alphabetical order.
fn chosen(sql: &str) -> Vec<String> {
    let surroundings = Surroundings {
        search_path: vec!["public".to_owned()],
        placeholders: false,
    };
    let effects = read(sql, &surroundings).effects;
    let unnamed = effects
        .into_iter()
        .filter(|effect| matches!(effect.action, Action::Create { unnamed: true, .. }));
    let mut names: Vec<String> = unnamed
        .filter_map(|effect| match effect.object {
            Object::Relation(name) => Some(name.name),
            Object::Part(_, Part::Constraint(name)) => Some(name),
            _ => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn names_are_those_that_postgresql_chooses() {
    check(
        "create table users (id serial primary key, email text unique, a int, b int, unique (a, b))",
        &[
            "users_a_b_key",
            "users_email_key",
            "users_id_seq",
            "users_pkey",
        ],
    );
    check(
        "create table users (a int, b int); alter table users add check (a > 0), add check (a > b), add check (a > 1), add check (1 > 0)",
        &[
            "users_a_check",
            "users_a_check1",
            "users_check",
            "users_check1",
        ],
    );
    check(
        "create table users (a int, b int); alter table users add constraint users_a_check check (a > 0), add check (a > 1)",
        &["users_a_check1"],
    );
    check(
        "create table o (id int primary key, x int, unique (id, x)); create table users (a int, b int); alter table users add foreign key (a) references o, add foreign key (a, b) references o (id, x), add foreign key (a) references o",
        &[
            "o_id_x_key",
            "o_pkey",
            "users_a_b_fkey",
            "users_a_fkey",
            "users_a_fkey1",
        ],
    );
    check(
        "create table aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa (bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb int primary key, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbc int unique, x serial); create index on aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa (bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb); alter table aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa add check (bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb > 0)",
        &[
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbb_check",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbb_idx",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbb_key",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_pkey",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_x_seq",
        ],
    );
    check(
        "create table aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb (x serial, a int unique); create index on aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb (a); create index on aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb (a)",
        &[
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb_a_idx1",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbb_a_idx",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbb_a_key",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbb_x_seq",
        ],
    );
    check(
        "create table t (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbb int unique, a serial); create index on t (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbb, a)",
        &[
            "t_a_seq",
            "t_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbb_idx",
            "t_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbb_key",
        ],
    );
    check(
        "create table üüüüüüüüüüüüüüüüüüüüüüüüü (üüüüüüüüüüüüüüüüüüüüüüüüü int unique, ü serial); create index on üüüüüüüüüüüüüüüüüüüüüüüüü (üüüüüüüüüüüüüüüüüüüüüüüüü, ü)",
        &[
            "üüüüüüüüüüüüüü_üüüüüüüüüüüüüü_idx",
            "üüüüüüüüüüüüüü_üüüüüüüüüüüüüü_key",
            "üüüüüüüüüüüüüüüüüüüüüüüüü_ü_seq",
        ],
    );
    check(
        "create table t (üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüx int, b int unique, c int); create index on t (üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüx); create index on t (üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüx, b, c)",
        &[
            "t_b_key",
            "t_üüüüüüüüüüüüüüüüüüüüüüüüüüüü_idx",
            "t_üüüüüüüüüüüüüüüüüüüüüüüüüüüü_idx1",
        ],
    );
    check(
        "create table t (a text, b text, c int, d jsonb, e int[]); create index on t (lower(a)); create index on t (lower(a), lower(b)); create index on t ((a || b)); create index on t ((c + 1), (c + 2)); create index on t ((c::text)); create index on t (('x'::text)); create index on t ((d->'a')); create index on t (coalesce(a, b)); create index on t ((case when c > 1 then a else b end)); create index on t ((e[1])); create index on t (a, a); create index on t (a) include (b, c); create index on t ((a is null)); create index on t (greatest(a, b)); create index on t ((nullif(a, b))); create index on t (upper(a) desc, b); create index on t ((array[c])); create index on t (pg_catalog.lower(a)); create index on t ((a collate \"C\")); create index on t ((not (c > 1))); create index on t ((row(a,b) is null)); create index on t (substring(a from 1 for 2)); create index on t (trim(a)); create index on t ((extract(year from '2020-01-01'::date))); create index on t ((lower(a)::varchar(10))); create index on t (((case when c > 1 then lower(a) else lower(b) end)))",
        &[
            "t_a_a1_idx",
            "t_a_b_c_idx",
            "t_a_idx",
            "t_array_idx",
            "t_b_idx",
            "t_btrim_idx",
            "t_c_idx",
            "t_coalesce_idx",
            "t_e_idx",
            "t_expr_expr1_idx",
            "t_expr_idx",
            "t_expr_idx1",
            "t_expr_idx2",
            "t_expr_idx3",
            "t_expr_idx4",
            "t_extract_idx",
            "t_greatest_idx",
            "t_lower_idx",
            "t_lower_idx1",
            "t_lower_idx2",
            "t_lower_idx3",
            "t_lower_lower1_idx",
            "t_nullif_idx",
            "t_substring_idx",
            "t_text_idx",
            "t_upper_b_idx",
        ],
    );
    check(
        "create table t (a int, b int, c int4range); alter table t add unique (a) include (b), add primary key (b) include (a), add exclude (a with =), add exclude using btree (a with =, (a + b) with =), add exclude using gist (c with &&)",
        &[
            "t_a_b_key",
            "t_a_excl",
            "t_a_expr_excl",
            "t_c_excl",
            "t_pkey",
        ],
    );
    check(
        "create table t (a int); create index on t (a); create index t_a_idx1 on t (a); create index on t (a); create index on t (a)",
        &["t_a_idx", "t_a_idx2", "t_a_idx3"],
    );
    check(
        "create table t (a int); create table t_b_seq (); alter table t add b serial, add c int generated always as identity, add d int generated by default as identity (sequence name dd)",
        &["t_b_seq1", "t_c_seq"],
    );
    check(
        "create table t (a int, b int, unique (a), constraint t_a_key1 unique (b), unique (b, a), exclude (a with =))",
        &["t_a_excl", "t_a_key", "t_b_a_key"],
    );
    check(
        "create table \"T x\" (\"A-b\" int unique, \"c d\" serial); create index on \"T x\" (\"A-b\", \"c d\")",
        &["T x_A-b_c d_idx", "T x_A-b_key", "T x_c d_seq"],
    );
    check(
        "create table t (a int, c0_bbbbbbbb int,c1_bbbbbbbb int,c2_bbbbbbbb int,c3_bbbbbbbb int,c4_bbbbbbbb int,c5_bbbbbbbb int,c6_bbbbbbbb int,c7_bbbbbbbb int,c8_bbbbbbbb int); alter table t add unique (c0_bbbbbbbb,c1_bbbbbbbb,c2_bbbbbbbb,c3_bbbbbbbb,c4_bbbbbbbb,c5_bbbbbbbb,c6_bbbbbbbb,c7_bbbbbbbb,c8_bbbbbbbb); create index on t (c0_bbbbbbbb,c1_bbbbbbbb,c2_bbbbbbbb,c3_bbbbbbbb,c4_bbbbbbbb,c5_bbbbbbbb,c6_bbbbbbbb,c7_bbbbbbbb,c8_bbbbbbbb)",
        &[
            "t_c0_bbbbbbbb_c1_bbbbbbbb_c2_bbbbbbbb_c3_bbbbbbbb_c4_bbbbbb_idx",
            "t_c0_bbbbbbbb_c1_bbbbbbbb_c2_bbbbbbbb_c3_bbbbbbbb_c4_bbbbbb_key",
        ],
    );
    check(
        "create table t (a int); create index on t (a); alter table t rename to u; create table t (a int); create index on t (a); drop index t_a_idx; create index on t (a)",
        &["t_a_idx", "t_a_idx1"],
    );
    check(
        "create table t (a int, b int); alter table t add constraint t_a_key check (a > 0); alter table t add unique (a); create index on t (b); alter table t add unique (b)",
        &["t_a_key1", "t_b_idx", "t_b_key"],
    );
}
