//! A statement of every kind that the parser knows: none is without effects but those that are meant to be.

use std::collections::BTreeSet;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SourceFile, SyntaxKind};

use crate::{Object, Surroundings, read};

#[test]
fn every_kind_has_a_sample() {
    let kinds = (0..u16::from(SyntaxKind::__LAST)).map(SyntaxKind::from);
    let known: BTreeSet<String> = kinds
        .filter(|kind| ast::Stmt::can_cast(*kind))
        .map(|kind| format!("{kind:?}"))
        .collect();
    let sampled: BTreeSet<String> = (LOUD.iter().chain(SILENT))
        .flat_map(|sql| SourceFile::parse(sql).tree().stmts().collect::<Vec<_>>())
        .map(|stmt| format!("{:?}", stmt.syntax().kind()))
        .collect();
    assert_eq!(sampled, known);
}

#[test]
fn no_kind_is_silent_unless_it_is_meant_to_be() {
    for sql in LOUD {
        let effects = effects(sql);
        assert!(!effects.is_empty(), "{sql} has no effect");
    }
    for sql in SILENT {
        assert_eq!(effects(sql), [""; 0], "{sql}");
    }
}

#[test]
fn nothing_is_silent_that_the_parser_does_not_know() {
    for sql in ["create widget w", "alter table users frobnicate", "drop"] {
        assert!(
            effects(sql).iter().any(|effect| effect.contains("unknown")),
            "{sql}"
        );
    }
}

fn effects(sql: &str) -> Vec<String> {
    let surroundings = Surroundings {
        search_path: vec!["public".to_owned()],
        placeholders: false,
    };
    let script = read(sql, &surroundings);
    for effect in &script.effects {
        assert!(sql.get(effect.span.clone()).is_some(), "{sql}: {effect}");
        assert!(
            effect.object != Object::Anything || !effect.to_string().contains("no rule"),
            "{sql}: {effect}"
        );
    }
    script.effects.iter().map(ToString::to_string).collect()
}

/// Those that say how a session or a transaction runs, or what its client sees.
const SILENT: &[&str] = &[
    "begin",
    "checkpoint",
    "close all",
    "commit",
    "deallocate all",
    "discard all",
    "select 1;;",
    "fetch next from c",
    "listen news",
    "move next from c",
    "notify news, 'x'",
    "release savepoint s",
    "reset lock_timeout",
    "reset role",
    "reset session authorization",
    "rollback to savepoint s",
    "rollback",
    "savepoint s",
    "set statement_timeout = '5s'",
    "set transaction isolation level serializable",
    "show all",
    "unlisten *",
    "values (1)",
];

/// Those that change something, or fail without it.
#[rustfmt::skip]
const LOUD: &[&str] = &[
    "set constraints positive immediate",
    "analyze users (name)",
    "alter aggregate longest(text) rename to longer",
    "alter collation german refresh version",
    "alter conversion mine set schema stage",
    "alter database shop set timezone to 'UTC'",
    "alter default privileges in schema stage grant select on tables to app1",
    "alter domain email set default nobody()",
    "alter event trigger guard disable",
    "alter extension pgcrypto update to '1.4'",
    "alter foreign data wrapper far no handler validator check_far options (set debug 'no')",
    "alter foreign table far add column name text",
    "alter function label(mood) rename to name_of",
    "alter group readers drop user app1",
    "alter index users_name_idx rename to names",
    "alter language lolcode owner to app1",
    "alter large object 12 owner to app1",
    "alter materialized view totals rename to sums",
    "alter operator === (mood, mood) owner to app1",
    "alter operator class ops using btree rename to others",
    "alter operator family family using btree add function 2 (mood, mood) sorts(internal)",
    "alter policy own on users to app2 using (true)",
    "alter procedure tidy() security definer",
    "alter property graph links owner to app1",
    "alter publication feed drop table users",
    "alter role app1 nologin connection limit 3 password 'y'",
    "alter routine tidy depends on extension pgcrypto",
    "alter rule keep on users rename to hold",
    "alter schema stage rename to shop",
    "alter sequence numbers restart",
    "alter server here version '2' options (add port '1', drop host)",
    "alter statistics pairs rename to couples",
    "alter subscription feed disable",
    "alter system set work_mem = '1MB'",
    "alter table users add column name text",
    "alter tablespace fast set (random_page_cost = 1)",
    "alter text search configuration german add mapping for word with stems",
    "alter text search dictionary stems (language = german)",
    "alter text search parser words rename to parts",
    "alter text search template forms rename to shapes",
    "alter trigger touch on users rename to touched",
    "alter type mood add value if not exists 'fine' after 'ok'",
    "alter user app1 reset all",
    "alter user mapping for app1 server here options (set name 'y')",
    "alter view seen rename to shown",
    "call tidy()",
    "cluster users using users_pkey",
    "comment on table users is 'People'",
    "commit prepared 'x'",
    "select id from users union select id from stage.users",
    "copy users (name) from stdin",
    "create access method mine type table handler mine_in",
    "create aggregate longest(text) (sfunc = longer, stype = text, finalfunc = stage.trimmed, sortop = operator(stage.>))",
    "create cast (integer as mood) with function to_mood(integer) as implicit",
    "create collation stage.german (provider = icu, locale = 'de')",
    "create conversion mine for 'LATIN1' to 'UTF8' from latin1_to_utf8",
    "create database shop with owner app1 template plain",
    "create domain email as text collate \"C\" default nobody() constraint looks check (value like '%@%')",
    "create event trigger guard on ddl_command_end when tag in ('CREATE TABLE') execute function guard()",
    "create extension if not exists \"uuid-ossp\" with schema stage version '1.1'",
    "create foreign data wrapper far handler far_in options (debug 'true')",
    "create foreign table far (name text) server here",
    "create function one() returns integer language c as 'lib', 'one'",
    "create group app1 user app2",
    "create index users_name_idx on users (name)",
    "create language lolcode handler lol_in inline lol_do validator lol_check",
    "create materialized view totals as select count(*) from users",
    "create operator === (function = same, leftarg = mood, rightarg = mood, restrict = eqsel)",
    "create operator class ops default for type mood using btree as operator 1 <, function 1 compare(mood, mood)",
    "create operator family family using btree",
    "create policy own on users as restrictive for select to app1, public using (owner = current_user and allowed(id)) with check (age > 1)",
    "create procedure tidy() language c as 'lib', 'tidy'",
    "create property graph links vertex tables (users)",
    "create publication feed for table users (id, name) where (age > 3), only stage.orders",
    "create role app1 with login nosuperuser in role readers admin app2 password 'x'",
    "create rule keep as on delete to users where old.kept do instead nothing",
    "create schema if not exists stage authorization app1",
    "create sequence if not exists numbers as bigint start 5 owned by users.id",
    "create server if not exists here foreign data wrapper far options (host 'x')",
    "create statistics pairs on name, age from users",
    "create subscription feed connection 'host=far' publication feed",
    "create table users (id bigint)",
    "create tablespace fast owner app1 location '/fast'",
    "create table copied as select id from users",
    "create text search configuration german (copy = pg_catalog.german)",
    "create text search dictionary stems (template = snowball)",
    "create text search parser words (start = s, gettoken = g, end = e, lextypes = l)",
    "create text search template forms (lexize = l)",
    "create transform for hstore language plperl (from sql with function f(internal))",
    "create trigger touch before update of name, \"Mail\" on stage.users for each row when (new.age > 3 and old.name is distinct from new.name) execute function stage.touch()",
    "create type mood as enum ('sad', 'ok')",
    "create user app1",
    "create user mapping for app1 server here",
    "create view seen as select id from users",
    "declare c cursor for select id from users",
    "delete from users where id = 1",
    "do 'begin delete from users; end'",
    "drop access method mine",
    "drop aggregate longest(text)",
    "drop cast if exists (integer as mood)",
    "drop collation german",
    "drop conversion mine",
    "drop database if exists shop",
    "drop domain email",
    "drop event trigger guard",
    "drop extension pgcrypto",
    "drop foreign data wrapper far",
    "drop foreign table far",
    "drop function if exists label(mood), stage.label(int) cascade",
    "drop group readers",
    "drop index users_name_idx",
    "drop language lolcode",
    "drop materialized view totals",
    "drop operator if exists stage.=== (mood, mood)",
    "drop operator class ops using btree",
    "drop operator family if exists family using btree",
    "drop owned by app1",
    "drop policy if exists own on users",
    "drop procedure tidy",
    "drop property graph links",
    "drop publication feed",
    "drop role if exists app1, app2",
    "drop routine tidy()",
    "drop rule keep on users",
    "drop schema if exists stage cascade",
    "drop sequence if exists numbers, stage.\"Numbers\"",
    "drop server here cascade",
    "drop statistics pairs",
    "drop subscription feed",
    "drop table users",
    "drop tablespace fast",
    "drop text search configuration german",
    "drop text search dictionary stems",
    "drop text search parser words",
    "drop text search template forms",
    "drop transform for hstore language plperl",
    "drop trigger if exists touch on users cascade",
    "drop type if exists mood, stage.address cascade",
    "drop user app1",
    "drop user mapping if exists for user server here",
    "drop view seen",
    "execute fill",
    "explain analyze delete from users",
    "grant select (id, \"Name\"), update on users to app1",
    "import foreign schema remote from server here into stage",
    "insert into users (id) values (1)",
    "load 'auto_explain'",
    "lock table users",
    "merge into users u using fresh f on u.id = f.id when matched then delete",
    "(select id from users)",
    "prepare fill as insert into users (id) values (1)",
    "prepare transaction 'x'",
    "reassign owned by app1 to app2",
    "refresh materialized view totals",
    "reindex table users",
    "repack users using index users_pkey",
    "revoke grant option for select on users from app1 cascade",
    "rollback prepared 'x'",
    "security label for selinux on column users.name is 'secret'",
    "select id from users",
    "select id into copied from users",
    "set role app1",
    "set session authorization default",
    "table users",
    "truncate users",
    "update users set name = 'x'",
    "vacuum (full) users",
];
