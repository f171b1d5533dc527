//! Bodies of routines, and DO blocks.

use super::check;
use crate::effect::Action;
use crate::{Surroundings, read};

#[test]
fn a_block_runs_now() {
    check(
        "do $$ begin delete from users where name = 'a'; perform archive(3); end $$",
        &[
            "delete all columns in rows of users  <- users",
            "need existence of users.name  <- name",
            "read name in rows of users  <- name",
            "call function archive  <- archive",
        ],
    );
    check(
        "DO LANGUAGE plpgsql 'begin update users set name = ''x'' where id = 1; end'",
        &[
            "update name in rows of users  <- users",
            "need existence of users.name  <- name",
            "need existence of users.id  <- id",
            "read id in rows of users  <- id",
        ],
    );
    check(
        "do language plpython3u $$ x $$",
        &[
            "unknown, the block is written in a language that is not read: anything  <- do language plpython3u $$ x $$",
        ],
    );
}

#[test]
fn branches_loops_and_handlers_may_not_run() {
    check(
        r"do $$
declare n int;
begin
  if exists (select 1 from users) then delete from a; elsif n > (select max(id) from b) then delete from c; else delete from d; end if;
  case n when 1 then delete from e; else delete from f; end case;
  for r in select id from g loop update g set x = r.id; end loop;
  for i in 1 .. (select count(*) from h) loop insert into i (a) values (i); end loop;
  while n < (select max(id) from j) loop delete from k; end loop;
  loop delete from l; exit; end loop;
  foreach n in array (select array_agg(id) from m) loop delete from o; end loop;
  begin delete from p; exception when unique_violation then delete from q; end;
  delete from always;
end $$",
        &[
            "read no columns in rows of users  <- users",
            "delete all columns in rows of a (conditional)  <- a",
            "call function max (conditional)  <- max",
            "need existence of b.id (conditional)  <- id",
            "read id in rows of b (conditional)  <- b",
            "delete all columns in rows of c (conditional)  <- c",
            "delete all columns in rows of d (conditional)  <- d",
            "delete all columns in rows of e (conditional)  <- e",
            "delete all columns in rows of f (conditional)  <- f",
            "need existence of g.id  <- id",
            "read id in rows of g  <- g",
            "update x in rows of g (conditional)  <- g",
            "need existence of g.x (conditional)  <- x",
            "call function count  <- count",
            "read no columns in rows of h  <- h",
            "insert a in rows of i (conditional)  <- i",
            "need existence of i.a (conditional)  <- a",
            "call function max  <- max",
            "need existence of j.id  <- id",
            "read id in rows of j  <- j",
            "delete all columns in rows of k (conditional)  <- k",
            "delete all columns in rows of l (conditional)  <- l",
            "call function array_agg  <- array_agg",
            "need existence of m.id  <- id",
            "read id in rows of m  <- m",
            "delete all columns in rows of o (conditional)  <- o",
            "delete all columns in rows of p (conditional)  <- p",
            "delete all columns in rows of q (conditional)  <- q",
            "delete all columns in rows of always  <- always",
        ],
    );
}

#[test]
fn what_follows_an_end_may_not_run() {
    check(
        "do $$ begin if random() > 1 then return; end if; delete from users; end $$",
        &[
            "call function random  <- random",
            "delete all columns in rows of users (conditional)  <- users",
        ],
    );
    check(
        "do $$ begin raise notice '%', (select max(id) from users); delete from users; end $$",
        &[
            "call function max  <- max",
            "need existence of users.id  <- id",
            "read id in rows of users  <- users",
            "delete all columns in rows of users  <- users",
        ],
    );
    check(
        "do $$ begin raise exception 'no'; delete from users; end $$",
        &["delete all columns in rows of users (conditional)  <- users"],
    );
    check(
        "do $$ begin loop exit; end loop; delete from users; end $$",
        &["delete all columns in rows of users  <- users"],
    );
    check(
        "do $$ <<outer>> begin loop exit outer; end loop; delete from users; end $$",
        &["delete all columns in rows of users (conditional)  <- users"],
    );
}

#[test]
fn variables_are_no_columns() {
    check(
        r"do $$
<<top>>
declare
  total constant int := (select count(*) from users);
  person users%rowtype;
  mail users.email%type;
  kind stage.mood not null default 'sad';
  other alias for total;
  cur cursor (least int) for select id from orders where id > least and user_id = total;
begin
  person.name := lower(mail);
  person := (select u from users u where u.id = total);
  update users set name = person.name where id = top.total and email = mail and age = kind;
  open cur(total);
  fetch cur into total;
  declare age int; begin delete from users where age = 1; end;
  delete from users where age = 2;
end $$",
        &[
            "call function count  <- count",
            "read no columns in rows of users  <- users",
            "need columns of users  <- users",
            "need existence of users.email  <- users.email",
            "need existence of type stage.mood  <- stage.mood",
            "need existence of orders.id (conditional)  <- id",
            "read id, user_id in rows of orders (conditional)  <- orders",
            "need existence of orders.user_id (conditional)  <- user_id",
            "call function lower  <- lower",
            "need columns of users  <- u",
            "read all columns in rows of users  <- users",
            "need existence of users.id  <- id",
            "update name in rows of users  <- users",
            "need existence of users.name  <- name",
            "need existence of users.id  <- id",
            "read age, email, id in rows of users  <- id",
            "need existence of users.email  <- email",
            "need existence of users.age  <- age",
            "delete all columns in rows of users  <- users",
            "delete all columns in rows of users  <- users",
            "need existence of users.age  <- age",
            "read age in rows of users  <- age",
        ],
    );
    check(
        "do $$ begin for i in 1 .. (select max(i) from t) loop delete from u where i = 1 and j = 2; end loop; for r in execute 'select r from v' loop delete from w where id = r.id; end loop; end $$",
        &[
            "call function max  <- max",
            "need existence of t.i  <- i",
            "read i in rows of t  <- t",
            "delete all columns in rows of u (conditional)  <- u",
            "need existence of u.j (conditional)  <- j",
            "read j in rows of u (conditional)  <- j",
            "need existence of v.r  <- r",
            "read r in rows of v  <- v",
            "delete all columns in rows of w (conditional)  <- w",
            "need existence of w.id (conditional)  <- id",
            "read id in rows of w (conditional)  <- id",
        ],
    );
    check(
        r"do $$ #variable_conflict use_column
declare name text; begin delete from users where name = 'a'; end $$",
        &[
            "delete all columns in rows of users  <- users",
            "need existence of users.name (conditional)  <- name",
            "read name in rows of users (conditional)  <- name",
        ],
    );
}

#[test]
fn into_is_read_around() {
    check(
        r"do $$
declare n int; r record;
begin
  select count(*) into n from users;
  select into strict n, r.a[1] id, name from people where age = n;
  select id from users into n;
  insert into users (name) values ('into x') returning id into strict n;
  update users set a = 1 where b = 2 returning c into r.x;
  delete from users using orders o returning o.id into n;
  with x as (select 1 as a) select a into n from x;
  select (select 1 into n);
end $$",
        &[
            "unknown, the parser does not know this syntax: anything  <- select 1 into n",
            "call function count  <- count",
            "read no columns in rows of users  <- users",
            "need existence of people.id  <- id",
            "need existence of people.name  <- name",
            "read age, id, name in rows of people  <- people",
            "need existence of people.age  <- age",
            "need existence of users.id  <- id",
            "read id in rows of users  <- users",
            "insert name in rows of users  <- users",
            "need existence of users.name  <- name",
            "need existence of users.id  <- id",
            "read id in rows of users  <- id",
            "update a in rows of users  <- users",
            "need existence of users.a  <- a",
            "need existence of users.b  <- b",
            "read b, c in rows of users  <- b",
            "need existence of users.c  <- c",
            "delete all columns in rows of users  <- users",
            "read id in rows of orders  <- orders",
            "need existence of orders.id  <- id",
        ],
    );
}

#[test]
fn a_constant_text_is_read_when_it_is_executed() {
    check(
        "do $$ begin execute 'delete from users where id = $1' using 3; end $$",
        &[
            "delete all columns in rows of users  <- users",
            "need existence of users.id  <- id",
            "read id in rows of users  <- id",
        ],
    );
    check(
        "do $$ begin execute format('alter table %I drop column %I; delete from %s where x = %L', 'Users', 'Name', 'stage.t', 'it''s'); end $$",
        &[
            "drop Users.Name  <- format('alter table %I drop column %I; delete from %s where x = %L', 'Users', 'Name', 'stage.t', 'it''s')",
            "delete all columns in rows of stage.t  <- format('alter table %I drop column %I; delete from %s where x = %L', 'Users', 'Name', 'stage.t', 'it''s')",
            "need existence of stage.t.x  <- format('alter table %I drop column %I; delete from %s where x = %L', 'Users', 'Name', 'stage.t', 'it''s')",
            "read x in rows of stage.t  <- format('alter table %I drop column %I; delete from %s where x = %L', 'Users', 'Name', 'stage.t', 'it''s')",
        ],
    );
    check(
        r"do $$ begin execute 'drop table ' || quote_ident('Users'); execute E'delete from \'x'; end $$",
        &[
            "drop Users  <- 'drop table ' || quote_ident('Users')",
            "unknown, the statement has no table: anything  <- delete from",
            "unknown, the parser does not know this syntax: anything  <- ",
            "unknown, the parser does not know this syntax: anything  <- ",
            r"unknown, the parser does not know this syntax: anything  <- \'x",
        ],
    );
    check(
        "do $$ declare t text; begin execute 'drop table ' || t; execute format('drop table %I', (select name from names)); for r in execute 'select id from users' loop delete from a; end loop; end $$",
        &[
            "unknown, the statement is built when it runs: anything  <- 'drop table ' || t",
            "unknown, the statement is built when it runs: anything  <- format('drop table %I', (select name from names))",
            "call function format  <- format",
            "need existence of names.name  <- name",
            "read name in rows of names  <- names",
            "need existence of users.id  <- id",
            "read id in rows of users  <- users",
            "delete all columns in rows of a (conditional)  <- a",
        ],
    );
    check(
        "create function f() returns setof int language plpgsql as $$ begin return query execute 'select id from users'; end $$",
        &[
            "create function f  <- f",
            "need existence of users.id (late)  <- id",
            "read id in rows of users (late)  <- users",
        ],
    );
    check(
        "do $a$ begin execute $b$ do $c$ begin delete from users where name = 'é'; end $c$ $b$; end $a$",
        &[
            "delete all columns in rows of users  <- users",
            "need existence of users.name  <- name",
            "read name in rows of users  <- name",
        ],
    );
}

#[test]
fn carets_in_escaped_bodies_are_right() {
    check(
        r"do E'begin\n  delete from users where name = \'a\\\\b\' and id = 1;\nend'",
        &[
            "delete all columns in rows of users  <- users",
            "need existence of users.name  <- name",
            "read id, name in rows of users  <- name",
            "need existence of users.id  <- id",
        ],
    );
    check(
        "do 'begin delete from users where name = ''a'' and id = 1; execute ''delete from orders where kind = ''''b'''' and id = 2''; end'",
        &[
            "delete all columns in rows of users  <- users",
            "need existence of users.name  <- name",
            "read id, name in rows of users  <- name",
            "need existence of users.id  <- id",
            "delete all columns in rows of orders  <- orders",
            "need existence of orders.kind  <- kind",
            "read id, kind in rows of orders  <- kind",
            "need existence of orders.id  <- id",
        ],
    );
}

#[test]
fn a_functions_body_happens_later() {
    check(
        r"create or replace function touch() returns trigger language plpgsql set search_path = app, pg_temp as $body$
begin
  new.updated_at := now();
  if new.email is distinct from old.email then
    insert into audit (user_id, change) select new.id, to_jsonb(new) - 'x';
  end if;
  if tg_op = 'DELETE' and found then return old; end if;
  return new;
end
$body$",
        &[
            "create or replace function touch  <- touch",
            "call function app.now (late)  <- now",
            "insert change, user_id in rows of app.audit (late)  <- audit",
            "need existence of app.audit.user_id (late)  <- user_id",
            "need existence of app.audit.change (late)  <- change",
            "call function app.to_jsonb (late)  <- to_jsonb",
        ],
    );
    check(
        "create function by_name(name text, out id int) language plpgsql as $$ begin select u.id into id from users u where u.email = by_name.name and u.name = name; end $$",
        &[
            "create function by_name  <- by_name",
            "need existence of users.id (late)  <- id",
            "read email, id, name in rows of users (late)  <- users",
            "need existence of users.email (late)  <- email",
            "need existence of users.name (late)  <- name",
        ],
    );
    check(
        "create procedure clean() language plpgsql as $$ begin truncate stage.logs; commit; call other(); end $$",
        &[
            "create function clean  <- clean",
            "truncate all columns in rows of stage.logs (late)  <- stage.logs",
            "call function other (late)  <- other",
        ],
    );
}

#[test]
fn sql_bodies_are_read() {
    check(
        "create function f(p_id int) returns int language sql as 'select id from users where id = p_id; delete from users where name = ''a'''",
        &[
            "create function f  <- f",
            "need existence of users.id (late)  <- id",
            "read id in rows of users (late)  <- users",
            "need existence of users.p_id (late)  <- p_id",
            "read p_id in rows of users (late)  <- p_id",
            "delete all columns in rows of users (late)  <- users",
            "need existence of users.name (late)  <- name",
            "read name in rows of users (late)  <- name",
        ],
    );
    check(
        "create function f(p_id int) returns int language sql return (select max(id) from users where shout(name) = 'x')",
        &[
            "create function f  <- f",
            "call function max (late)  <- max",
            "need type of users.id  <- id",
            "read id, name in rows of users (late)  <- users",
            "need type of function shout  <- shout",
            "call function shout (late)  <- shout",
            "need type of users.name  <- name",
        ],
    );
    check(
        "create function f(p_id int) returns int language sql begin atomic update users set seen = true where id = p_id; select u.name from users u; end",
        &[
            "create function f  <- f",
            "update seen in rows of users (late)  <- users",
            "need type of users.seen  <- seen",
            "need type of users.id  <- id",
            "read id, p_id in rows of users (late)  <- id",
            "need type of users.p_id (conditional)  <- p_id",
            "need type of users.name  <- name",
            "read name in rows of users (late)  <- users",
        ],
    );
    check(
        "create function f() returns int language sql set search_path to stage as $$ select 1 from users $$",
        &[
            "create function f  <- f",
            "read no columns in rows of stage.users (late)  <- users",
        ],
    );
}

#[test]
fn other_languages_are_unknown_when_called() {
    check(
        "create function f() returns int language plpython3u as 'x'",
        &[
            "create function f  <- f",
            "need existence of language plpython3u  <- plpython3u",
            "unknown, the body is written in plpython3u: anything (late)  <- create function f() returns int language plpython3u as 'x'",
        ],
    );
    check(
        "create function f() returns int language c as 'lib', 'f'",
        &["create function f  <- f"],
    );
}

#[test]
fn what_cannot_be_read_is_unknown() {
    check(
        "do $$ begin select frobnicate the table; delete from users; end $$",
        &[
            "unknown, the parser does not know this syntax: anything  <- ",
            "delete all columns in rows of users  <- users",
        ],
    );
    check(
        "do $$ begin selct 1; end $$",
        &[
            "unknown, the parser does not know this syntax: anything  <- ",
            "unknown, the parser does not know this syntax: anything  <- ",
        ],
    );
    check(
        "create function f() returns int language sql as $$ selct 1 $$; select 1 from users",
        &[
            "create function f  <- f",
            "unknown, the parser does not know this syntax: anything (late)  <- ",
            "unknown, the parser does not know this syntax: anything (late)  <- ",
            "read no columns in rows of users  <- users",
        ],
    );
}

/// No text makes the reader stop, however it is cut off.
#[test]
fn every_beginning_of_a_body_is_read() {
    let surroundings = Surroundings {
        search_path: vec!["public".to_owned()],
        placeholders: false,
    };
    let text = r#"do $a$ declare r users%rowtype; begin select "ä", b into strict r.x[1], n from users u join t using (id);
        for i in 1 .. 2 loop execute format('drop table %I', E'\u00e4'); end loop; exception when others then null; end $a$;
        create function f(a int) returns int language sql as E'select \'x\' from t where a = 1; delete from u';
        merge into a using b on a.id = b.id when matched then update set (x, y) = (1, default);
        with r as (insert into t (a) values (default) on conflict (b) do nothing returning *) select (r).x, r.* from r"#;
    for (at, _) in text.char_indices() {
        for cut in [text.get(..at), text.get(at..)] {
            let cut = cut.unwrap_or_default();
            for effect in read(cut, &surroundings).effects {
                assert!(cut.get(effect.span.clone()).is_some(), "{cut}: {effect}");
            }
        }
    }
}

#[test]
fn bodies_in_bodies_are_read_to_a_depth() {
    let surroundings = Surroundings {
        search_path: vec!["public".to_owned()],
        placeholders: false,
    };
    let nested = |depth: usize| {
        (0..depth).fold("delete from users".to_owned(), |inner, at| {
            format!("do $q{at}$ begin {inner}; end $q{at}$")
        })
    };
    let unknown = |sql: &str| {
        let script = read(sql, &surroundings);
        assert_eq!(script.effects.len(), 1, "{sql}");
        matches!(script.effects[0].action, Action::Unknown { .. })
    };
    assert!(!unknown(&nested(8)));
    assert!(unknown(&nested(9)));
    let brackets = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    let text = |depth| {
        format!(
            "do $$ begin execute 'delete from t limit {}'; end $$",
            brackets(depth)
        )
    };
    assert!(unknown(&text(20_000)));
}
