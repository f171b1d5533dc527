//! What belongs to the database or to the server, and to no schema.

use migrations_common::catalog::{Facts, compare, read_database_wide, read_server_wide};

use super::{Specimen, words};

#[test]
fn each_change_of_the_database_is_seen_and_said() {
    let mut specimen = Specimen::new();
    specimen.run(
        "create function ext.watch() returns event_trigger language plpgsql as $$ begin end $$; \
         create function ext.number(mood) returns int language sql immutable as $$ select 1 $$; \
         create publication news for table member (id, email) where (id > 0), letter with (publish = 'insert'); \
         create publication whole for tables in schema shop; \
         create event trigger watch on ddl_command_end when tag in ('DROP TABLE', 'CREATE TABLE') execute function ext.watch(); \
         create user mapping for specimen_reader server specimen_server options (user 'me', password 'secret'); \
         create cast (mood as int) with function ext.number(mood) as assignment; \
         create subscription feed connection 'dbname=nowhere' publication news with (connect = false, slot_name = none, enabled = false); \
         alter default privileges grant select on tables to specimen_reader",
    );
    let mut wrong = Vec::new();
    let before = read_database_wide(&mut specimen.client).expect("read");
    for (sql, expected) in CHANGES {
        specimen.run(&format!("begin; {sql}"));
        let after = read_database_wide(&mut specimen.client).expect("read");
        specimen.run("rollback");
        let said = words(&compare(&before, &after));
        if said != *expected {
            wrong.push(format!("{sql}\n{said:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const CHANGES: &[(&str, &[&str])] = &[
    ("create schema more", &["schema more is not expected"]),
    (
        "drop schema ext cascade",
        &[
            "cast shop.mood as integer is missing",
            "event trigger watch is missing",
            "extension btree_gist is missing",
            "extension pg_trgm is missing",
            "schema ext is missing",
        ],
    ),
    (
        "alter schema shop owner to specimen_owner",
        &["schema shop belongs to specimen_owner, expected postgres"],
    ),
    (
        "grant usage on schema shop to specimen_reader",
        &["schema shop grants USAGE to specimen_reader, which is not expected"],
    ),
    (
        "comment on schema shop is 'a shop'",
        &["schema shop has comment 'a shop', expected 'what there can be'"],
    ),
    (
        "create extension hstore schema ext",
        &["extension hstore is not expected"],
    ),
    ("drop extension pg_trgm", &["extension pg_trgm is missing"]),
    (
        "alter extension pg_trgm set schema public",
        &["extension pg_trgm: schema is public, expected ext"],
    ),
    (
        "drop cast (mood as int)",
        &["cast shop.mood as integer is missing"],
    ),
    (
        "drop cast (mood as int); create cast (mood as int) with function ext.number(mood) as implicit",
        &["cast shop.mood as integer: context is implicit, expected assignment"],
    ),
    (
        "drop cast (mood as int); create cast (mood as int) with inout",
        &[
            "cast shop.mood as integer: context is explicit, expected assignment; function is none, expected ext.number(shop.mood); method is inout, expected function",
        ],
    ),
    (
        "comment on cast (mood as int) is 'by place'",
        &["cast shop.mood as integer has comment 'by place', expected none"],
    ),
    (
        "alter event trigger watch disable",
        &["event trigger watch is disabled, expected enabled"],
    ),
    (
        "drop event trigger watch; create event trigger watch on ddl_command_end when tag in ('DROP TABLE') execute function ext.watch()",
        &["event trigger watch: tags lack CREATE TABLE"],
    ),
    (
        "create publication every for all tables",
        &["publication every is not expected"],
    ),
    (
        "alter publication news drop table letter",
        &["publication news: tables lack shop.letter"],
    ),
    (
        "alter publication news set table member (id) where (id > 1), letter",
        &[
            "publication news: tables are shop.member (id) where (id > 1), expected shop.member (id, email) where (id > 0)",
        ],
    ),
    (
        "alter publication whole add tables in schema ext",
        &["publication whole: schemas have ext, which is not expected"],
    ),
    (
        "alter publication news set (publish = 'insert, update')",
        &["publication news: update is on, expected off"],
    ),
    (
        "alter publication news set (publish_via_partition_root = true)",
        &["publication news: viaroot is on, expected off"],
    ),
    (
        "alter subscription feed set publication others with (refresh = false)",
        &["subscription feed: publications are others, expected news"],
    ),
    (
        "create foreign data wrapper other options (debug 'true')",
        &["foreign data wrapper other is not expected"],
    ),
    (
        "alter foreign data wrapper specimen_wrapper options (add debug 'true')",
        &["foreign data wrapper specimen_wrapper: options are debug=true, expected none"],
    ),
    (
        "alter server specimen_server options (add host 'here')",
        &["foreign server specimen_server: options are host=here, expected none"],
    ),
    (
        "alter server specimen_server version '2'",
        &["foreign server specimen_server: version is 2, expected none"],
    ),
    (
        "grant usage on foreign server specimen_server to specimen_reader",
        &["foreign server specimen_server grants USAGE to specimen_reader, which is not expected"],
    ),
    (
        "create user mapping for public server specimen_server",
        &["user mapping PUBLIC at specimen_server is not expected"],
    ),
    (
        "alter user mapping for specimen_reader server specimen_server options (drop user)",
        &["user mapping specimen_reader at specimen_server: options lack user"],
    ),
    (
        "revoke usage on language plpgsql from public",
        &["language plpgsql does not grant USAGE to PUBLIC"],
    ),
    (
        "create access method heap2 type table handler heap_tableam_handler",
        &["access method heap2 is not expected"],
    ),
    (
        "create transform for bytea language plpgsql (from sql with function pg_catalog.textlike_support(internal))",
        &["transform bytea in plpgsql is not expected"],
    ),
    (
        "alter default privileges grant insert on tables to specimen_reader",
        &[
            "default privileges for tables of postgres grant INSERT to specimen_reader, which is not expected",
        ],
    ),
    (
        "alter default privileges grant usage on schemas to specimen_reader",
        &["default privileges for schemas of postgres are not expected"],
    ),
    (
        "alter default privileges for role specimen_owner revoke execute on functions from public",
        &["default privileges for functions of specimen_owner are not expected"],
    ),
    (
        "do $$ begin execute format('grant create on database %I to specimen_reader', current_database()); end $$",
        &["the database grants CREATE to specimen_reader, which is not expected"],
    ),
    (
        "do $$ begin execute format('comment on database %I is ''all''', current_database()); end $$",
        &["the database has comment 'all', expected none"],
    ),
    (
        "do $$ begin execute format('alter database %I set work_mem = ''9MB''', current_database()); end $$",
        &["setting of all roles is not expected"],
    ),
    (
        "do $$ begin execute format('alter role specimen_reader in database %I set work_mem = ''9MB''', current_database()); end $$",
        &["setting specimen_reader is not expected"],
    ),
];

#[test]
fn a_user_mapping_gives_no_secret_away() {
    let mut specimen = Specimen::new();
    specimen.run(
        "create user mapping for specimen_reader server specimen_server options (user 'me', password 'hush-hush')",
    );
    let facts = read_database_wide(&mut specimen.client).expect("read");
    assert!(format!("{facts:?}").contains("password"));
    assert!(!format!("{facts:?}").contains("hush"));
}

/// Roles are the whole server's: other tests make some meanwhile.
#[test]
fn changes_of_the_server_are_seen() {
    let mut specimen = Specimen::new();
    let before = read_server_wide(&mut specimen.client).expect("read");
    specimen.run(
        "begin; create role seen_clerk login; create role seen_chief createrole; grant seen_chief to seen_clerk; \
         alter role seen_clerk set work_mem = '9MB'; grant set on parameter log_min_messages to seen_clerk; \
         comment on role seen_chief is 'the first'",
    );
    let after = read_server_wide(&mut specimen.client).expect("read");
    specimen.run("rollback");
    let own = |facts: &Facts| -> Facts {
        let own = facts
            .iter()
            .filter(|fact| fact.key.contains("seen") || fact.kind == "parameter");
        own.cloned().collect()
    };
    assert_eq!(
        words(&compare(&own(&before), &own(&after))),
        [
            "membership seen_clerk in seen_chief is not expected",
            "parameter log_min_messages is not expected",
            "role seen_chief is not expected",
            "role seen_clerk is not expected",
            "setting seen_clerk is not expected",
        ]
    );
}
