//! What queries read.

use super::check;

#[test]
fn a_query_reads_the_columns_it_names() {
    check(
        "select u.name from stage.users u where u.active order by u.id",
        &[
            "need existence of stage.users.name  <- name",
            "read active, id, name in rows of stage.users  <- stage.users",
            "need existence of stage.users.active  <- active",
            "need existence of stage.users.id  <- id",
        ],
    );
    check(
        r#"select 1 from only "Users""#,
        &[r#"read no columns in rows of Users  <- "Users""#],
    );
    check(
        "select Users.NAME, public.users.id from public.users /* a comment */ limit (select 1)",
        &[
            "need existence of users.name  <- NAME",
            "need existence of users.id  <- id",
            "read id, name in rows of users  <- public.users",
        ],
    );
}

#[test]
fn a_bare_column_belongs_to_every_relation_that_could_have_it() {
    check(
        "select total from users u join orders o on o.user_id = u.id",
        &[
            "need existence of users.total  <- total",
            "need existence of orders.total  <- total",
            "read id, total in rows of users  <- users",
            "read total, user_id in rows of orders  <- orders",
            "need existence of orders.user_id  <- user_id",
            "need existence of users.id  <- id",
        ],
    );
    check(
        "select total from users join (select id, sum(price) as total from orders group by id) o on o.id = users.id",
        &[
            "need existence of users.total (conditional)  <- total",
            "read total in rows of users (conditional)  <- total",
            "read id in rows of users  <- users",
            "need existence of orders.id  <- id",
            "call function sum  <- sum",
            "need existence of orders.price  <- price",
            "read id, price in rows of orders  <- orders",
            "need existence of users.id  <- id",
        ],
    );
}

#[test]
fn a_bare_column_of_a_subquery_may_belong_to_the_query_around_it() {
    check(
        "select name from users where exists (select 1 from orders where user_id = id)",
        &[
            "need existence of users.name  <- name",
            "read name in rows of users  <- users",
            "read id, user_id in rows of orders  <- orders",
            "need existence of orders.user_id  <- user_id",
            "need existence of users.user_id (conditional)  <- user_id",
            "read id, user_id in rows of users (conditional)  <- user_id",
            "need existence of orders.id  <- id",
            "need existence of users.id (conditional)  <- id",
        ],
    );
    check(
        "select name from users, lateral (select x.n from (values (1)) as x (n) where n = total) y",
        &[
            "need existence of users.name  <- name",
            "read name, total in rows of users  <- users",
            "need existence of users.total  <- total",
        ],
    );
}

#[test]
fn all_columns_are_read_by_a_star_a_row_and_a_natural_join() {
    check(
        "select * from users",
        &[
            "need columns of users  <- *",
            "read all columns in rows of users  <- users",
        ],
    );
    check(
        "select u.* from users u, orders",
        &[
            "need columns of users  <- u.*",
            "read all columns in rows of users  <- users",
            "read no columns in rows of orders  <- orders",
        ],
    );
    check(
        "select u from users u",
        &[
            "need columns of users  <- u",
            "read all columns in rows of users  <- users",
        ],
    );
    check(
        "select (u).name, (u).* from users u",
        &[
            "need existence of users.name  <- name",
            "need columns of users  <- u",
            "read all columns in rows of users  <- users",
        ],
    );
    check(
        "select * from a natural join b",
        &[
            "read all columns in rows of a  <- a",
            "need columns of a  <- natural join b",
            "need columns of b  <- natural join b",
            "read all columns in rows of b  <- b",
        ],
    );
    check(
        "table users",
        &[
            "read all columns in rows of users  <- users",
            "need columns of users  <- users",
        ],
    );
    check(
        "select count(*) from users",
        &[
            "call function count  <- count",
            "read no columns in rows of users  <- users",
        ],
    );
    check(
        "select exists (select * from users)",
        &["read no columns in rows of users  <- users"],
    );
}

#[test]
fn columns_by_position_depend_on_all_of_them() {
    check(
        "select k from users as u (k, l) where name = 'x'",
        &[
            "read all columns in rows of users  <- users",
            "need columns of users  <- users",
            "need existence of users.name  <- name",
        ],
    );
}

#[test]
fn a_with_query_hides_a_table() {
    check(
        "with users as (select id from people) select id, name from users",
        &[
            "need existence of people.id  <- id",
            "read id in rows of people  <- people",
        ],
    );
    check(
        "with a as (select id from users) select id from a union select id from a order by id",
        &[
            "need existence of users.id  <- id",
            "read id in rows of users  <- users",
        ],
    );
    check(
        "select id from (with users as (select 1 as id) select id from users) x, users",
        &[
            "need existence of users.id (conditional)  <- id",
            "read id in rows of users (conditional)  <- id",
            "read no columns in rows of users  <- users",
        ],
    );
    check(
        "with recursive t (n) as (select 1 union all select n + 1 from t join more on more.id = t.n) select n from t",
        &[
            "need existence of more.n (conditional)  <- n",
            "read n in rows of more (conditional)  <- n",
            "read id in rows of more  <- more",
            "need existence of more.id  <- id",
        ],
    );
    check(
        "with users as (select * from users) select id from users",
        &[
            "need columns of users  <- *",
            "read all columns in rows of users  <- users",
        ],
    );
}

#[test]
fn search_and_cycle_add_columns() {
    check(
        "with recursive t as (select id, parent from nodes union all select n.id, n.parent from nodes n join t on t.id = n.parent) search depth first by id set ord cycle id set looped using path select id, ord, looped, path, weight from t, extra order by ord",
        &[
            "need existence of nodes.id  <- id",
            "need existence of nodes.parent  <- parent",
            "read id, parent in rows of nodes  <- nodes",
            "need existence of extra.id (conditional)  <- id",
            "read id, looped, ord, path in rows of extra (conditional)  <- id",
            "need existence of extra.ord (conditional)  <- ord",
            "need existence of extra.looped (conditional)  <- looped",
            "need existence of extra.path (conditional)  <- path",
            "need existence of extra.weight  <- weight",
            "read weight in rows of extra  <- extra",
        ],
    );
}

#[test]
fn a_with_query_may_change_rows() {
    check(
        "with gone as (delete from users where banned returning id, email) insert into archive (id, email) select id, email from gone",
        &[
            "delete all columns in rows of users  <- users",
            "need existence of users.banned  <- banned",
            "read banned, email, id in rows of users  <- banned",
            "need existence of users.id  <- id",
            "need existence of users.email  <- email",
            "insert email, id in rows of archive  <- archive",
            "need existence of archive.id  <- id",
            "need existence of archive.email  <- email",
        ],
    );
}

#[test]
fn results_of_functions_are_not_columns_of_tables() {
    check(
        "select value from users u, jsonb_array_elements(u.tags) with ordinality where ordinality = 1",
        &[
            "need existence of users.value (conditional)  <- value",
            "read ordinality, value in rows of users (conditional)  <- value",
            "read tags in rows of users  <- users",
            "call function jsonb_array_elements  <- jsonb_array_elements",
            "need existence of users.tags  <- tags",
            "need existence of users.ordinality (conditional)  <- ordinality",
        ],
    );
    check(
        "select day from generate_series(1, 3) as day",
        &["call function generate_series  <- generate_series"],
    );
    check(
        "select a, b, q from f(3) as t (a, b), rows from (g(1), h(2)) as r (q)",
        &[
            "call function f  <- f",
            "call function g  <- g",
            "call function h  <- h",
        ],
    );
    check(
        "select id, v.name from json_table('[]', '$' columns (id int path '$.id', nested path '$.x' columns (q int))) j, (values ('x')) v (name) where q = 1",
        &[],
    );
    check(
        "select x from xmltable('/r' passing doc columns x int path '.')",
        &[],
    );
}

#[test]
fn joins_need_their_columns() {
    check(
        "select b.x from a join b using (id) left join c on c.b = b.id and b.y",
        &[
            "need existence of b.x  <- x",
            "read id in rows of a  <- a",
            "read id, x, y in rows of b  <- b",
            "need existence of a.id  <- id",
            "need existence of b.id  <- id",
            "read b in rows of c  <- c",
            "need existence of c.b  <- b",
            "need existence of b.y  <- y",
        ],
    );
    check(
        "select j.id, k.n from (a join b using (id) as j), (c cross join d) as k",
        &[
            "need existence of c.n  <- n",
            "need existence of d.n  <- n",
            "read id in rows of a  <- a",
            "read id in rows of b  <- b",
            "need existence of a.id  <- id",
            "need existence of b.id  <- id",
            "read n in rows of c  <- c",
            "read n in rows of d  <- d",
        ],
    );
}

#[test]
fn names_of_the_select_list_are_no_columns_in_order_by() {
    check(
        "select lower(name) as n from users order by n",
        &[
            "call function lower  <- lower",
            "need existence of users.name  <- name",
            "read name in rows of users  <- users",
        ],
    );
    check(
        "select lower(name) as n from users group by n",
        &[
            "call function lower  <- lower",
            "need existence of users.name  <- name",
            "read name in rows of users  <- users",
            "need existence of users.n (conditional)  <- n",
            "read n in rows of users (conditional)  <- n",
        ],
    );
    check(
        "select id from users order by lower(name), id",
        &[
            "need existence of users.id  <- id",
            "read id, name in rows of users  <- users",
            "call function lower  <- lower",
            "need existence of users.name  <- name",
        ],
    );
    check(
        "select distinct on (email) id from users",
        &[
            "need existence of users.email  <- email",
            "need existence of users.id  <- id",
            "read email, id in rows of users  <- users",
        ],
    );
}

#[test]
fn every_clause_is_read() {
    check(
        "select sum(a) filter (where b) over (partition by c order by d), rank() over w from t where e group by f having max(g) > 1 window w as (partition by h) limit (select max(i) from u) offset (select j from u)",
        &[
            "call function sum  <- sum",
            "need existence of t.a  <- a",
            "need existence of t.b  <- b",
            "need existence of t.c  <- c",
            "need existence of t.d  <- d",
            "call function rank  <- rank",
            "read a, b, c, d, e, f, g, h in rows of t  <- t",
            "need existence of t.e  <- e",
            "need existence of t.f  <- f",
            "call function max  <- max",
            "need existence of t.g  <- g",
            "need existence of t.h  <- h",
            "need existence of u.i  <- i",
            "need existence of t.i (conditional)  <- i",
            "read i, j in rows of t (conditional)  <- i",
            "read i, j in rows of u  <- u",
            "need existence of u.j  <- j",
            "need existence of t.j (conditional)  <- j",
        ],
    );
    check(
        "select x from t tablesample bernoulli (p) for update of t",
        &["need existence of t.x  <- x", "read x in rows of t  <- t"],
    );
    check(
        "values ((select max(id) from users))",
        &[
            "call function max  <- max",
            "need existence of users.id  <- id",
            "read id in rows of users  <- users",
        ],
    );
    check(
        "select case when a then b else c end, array[d], e[f], g[1:h], row(i, j), (k, l), m between n and o, p is null, not q, r at time zone s from t",
        &[
            "need existence of t.a  <- a",
            "need existence of t.b  <- b",
            "need existence of t.c  <- c",
            "need existence of t.d  <- d",
            "need existence of t.e  <- e",
            "need existence of t.f  <- f",
            "need existence of t.g  <- g",
            "need existence of t.h  <- h",
            "need existence of t.i  <- i",
            "need existence of t.j  <- j",
            "need existence of t.k  <- k",
            "need existence of t.l  <- l",
            "need existence of t.m  <- m",
            "need existence of t.n  <- n",
            "need existence of t.o  <- o",
            "need existence of t.p  <- p",
            "need existence of t.q  <- q",
            "need existence of t.r  <- r",
            "need existence of t.s  <- s",
            "read a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s in rows of t  <- t",
        ],
    );
    check(
        "select a in (select b from u), c = any (select d from v), e > all (array(select f from w)) from t",
        &[
            "need existence of t.a  <- a",
            "need existence of u.b  <- b",
            "need existence of t.b (conditional)  <- b",
            "read b, d, f in rows of t (conditional)  <- b",
            "read b in rows of u  <- u",
            "need existence of t.c  <- c",
            "need existence of v.d  <- d",
            "need existence of t.d (conditional)  <- d",
            "read d in rows of v  <- v",
            "need existence of t.e  <- e",
            "need existence of w.f  <- f",
            "need existence of t.f (conditional)  <- f",
            "read f in rows of w  <- w",
            "read a, c, e in rows of t  <- t",
        ],
    );
}

#[test]
fn set_operations_read_both_sides() {
    check(
        "select id from a union all (select id from b except select id from c) order by id",
        &[
            "need existence of a.id  <- id",
            "read id in rows of a  <- a",
            "need existence of b.id  <- id",
            "read id in rows of b  <- b",
            "need existence of c.id  <- id",
            "read id in rows of c  <- c",
        ],
    );
    check(
        "(select id from a order by name) limit 1",
        &[
            "need existence of a.id  <- id",
            "read id, name in rows of a  <- a",
            "need existence of a.name  <- name",
        ],
    );
}

#[test]
fn names_in_strings_and_casts_are_needed() {
    check(
        "select 'stage.users'::regclass, to_regclass('Orders'), 'f'::regproc, 'g(int)'::regprocedure, 'mood'::regtype, 'int'::regtype",
        &[
            "need existence of stage.users  <- 'stage.users'",
            "need existence of orders (conditional)  <- 'Orders'",
            "need existence of function f  <- 'f'",
            "need existence of function g  <- 'g(int)'",
            "need existence of type mood  <- 'mood'",
        ],
    );
    check(
        "select x::mood, cast(x as stage.mood[]), mood 'sad', x::int, x::timestamptz(3), null::pg_catalog.text from t",
        &[
            "need existence of t.x  <- x",
            "need existence of type mood  <- mood",
            "need existence of type stage.mood  <- stage.mood",
            "read x in rows of t  <- t",
        ],
    );
    check(
        r#"select nextval('users_id_seq'), setval('"Odd".seq'::regclass, 5), currval('s')"#,
        &[
            "set position = nextval: users_id_seq  <- 'users_id_seq'",
            r#"need existence of Odd.seq  <- '"Odd".seq'"#,
            r#"set position = setval 5: Odd.seq  <- '"Odd".seq'::regclass"#,
            "need existence of s  <- 's'",
        ],
    );
    check(
        "select setval(pg_get_serial_sequence('users', 'id'), max(id)) from users",
        &[
            "set position = setval max ( id ): users_id_seq  <- pg_get_serial_sequence('users', 'id')",
            "set position = setval max ( id ): users.id  <- pg_get_serial_sequence('users', 'id')",
            "need existence of users.id  <- 'id'",
            "call function max  <- max",
            "read id in rows of users  <- users",
        ],
    );
    check(
        "select nextval(x) from t",
        &[
            "unknown, the sequence's name is built when it runs: anything  <- nextval(x)",
            "need existence of t.x  <- x",
            "read x in rows of t  <- t",
        ],
    );
    check(
        r#"select x collate "de_DE" from t"#,
        &[
            "need existence of t.x  <- x",
            r#"need existence of collation de_DE  <- "de_DE""#,
            "read x in rows of t  <- t",
        ],
    );
    check(
        "select x operator(stage.+) y from t",
        &[
            "need existence of t.x  <- x",
            "need existence of operator stage.+  <- stage.+",
            "need existence of t.y  <- y",
            "read x, y in rows of t  <- t",
        ],
    );
}

#[test]
fn system_columns_and_keywords_are_no_columns() {
    check(
        "select ctid, tableoid, u.xmin, current_date, current_user, user, true from users u",
        &["read no columns in rows of users  <- users"],
    );
}

#[test]
fn a_field_of_an_unknown_type_is_unknown() {
    check(
        "select (address).zip from users",
        &[
            "unknown, the type that has this field is not known: anything  <- (address).zip",
            "need existence of users.address  <- address",
            "read address in rows of users  <- users",
        ],
    );
}

#[test]
fn calls_that_reach_further_are_unknown() {
    check(
        "select query_to_xml('select 1', true, true, '')",
        &[
            "unknown, it runs a statement that is built when it runs: anything  <- query_to_xml('select 1', true, true, '')",
            "call function query_to_xml  <- query_to_xml",
        ],
    );
    check(
        "select dblink_exec('x', 'drop table y'), lo_unlink(1), pg_terminate_backend(1)",
        &[
            "unknown, it reaches outside of the database: anything  <- dblink_exec('x', 'drop table y')",
            "call function dblink_exec  <- dblink_exec",
            "unknown, large objects are not read: anything  <- lo_unlink(1)",
            "call function lo_unlink  <- lo_unlink",
            "unknown, it reaches outside of the database: anything  <- pg_terminate_backend(1)",
            "call function pg_terminate_backend  <- pg_terminate_backend",
        ],
    );
    check(
        "select create_hypertable('m', 't'), pg_notify('a', 'b'), pg_advisory_xact_lock(1)",
        &[
            "unknown, it belongs to an extension, and changes tables: anything  <- create_hypertable('m', 't')",
            "call function create_hypertable  <- create_hypertable",
            "call function pg_notify  <- pg_notify",
            "call function pg_advisory_xact_lock  <- pg_advisory_xact_lock",
        ],
    );
}

#[test]
fn a_name_that_nothing_has_is_unknown() {
    check(
        "select x.id from users",
        &[
            "unknown, nothing in the query has this name: anything  <- id",
            "read no columns in rows of users  <- users",
        ],
    );
    check(
        "set search_path = stage, public; select public.users.id, stage.users.id, users.id from users; select app.users.id from users",
        &[
            "need existence of users.id  <- id",
            "read id in rows of users  <- users",
            "unknown, nothing in the query has this name: anything  <- id",
            "read no columns in rows of users  <- users",
        ],
    );
}

#[test]
fn an_expression_of_one_table_sees_its_rows() {
    check(
        "create policy p on stage.users using (exists (select 1 from teams t where t.id = team_id)) with check (stage.users.kind = shout(name))",
        &[
            "create policy p of stage.users  <- p",
            "need type of teams.id  <- id",
            "need type of teams.team_id  <- team_id",
            "need type of stage.users.team_id (conditional)  <- team_id",
            "need type of stage.users.kind  <- kind",
            "need type of function shout  <- shout",
            "need type of stage.users.name  <- name",
        ],
    );
    check(
        "create trigger t before update on users for each row when (old.name is distinct from new.name) execute function touch()",
        &[
            "create trigger t of users  <- t",
            "need type of users.name  <- name",
            "need existence of function touch  <- touch",
        ],
    );
    check(
        "create index i on users (shout(name), lower(email)) where kind = 'x'::mood and public.users.active",
        &[
            "create i  <- i",
            "create index i of users  <- users",
            "need existence of function shout  <- shout",
            "need operators of users.name  <- name",
            "need operators of users.email  <- email",
            "need operators of users.kind  <- kind",
            "need existence of type mood  <- mood",
            "need operators of users.active  <- active",
            "read active, email, kind, name in rows of users  <- users",
        ],
    );
    check(
        "alter table users add constraint c check (age > lower_bound) not valid",
        &[
            "create constraint c of users  <- c",
            "need operators of users.age  <- age",
            "need operators of users.lower_bound  <- lower_bound",
        ],
    );
    check(
        "create table t (n bigint default nextval('s'))",
        &["create t  <- t", "need existence of s  <- 's'"],
    );
}

#[test]
fn the_catalogs_are_read_by_anybody_and_written_by_nobody() {
    check(
        "select relname from pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace, information_schema.columns",
        &[],
    );
    check(
        "update pg_index set indisvalid = false where indexrelid = 'i'::regclass",
        &[
            "unknown, it changes PostgreSQL's catalogs: anything  <- pg_index",
            "need existence of i  <- 'i'",
        ],
    );
}

/// The WITH clause of a union belongs to both sides, and would be read twice at each level.
#[test]
fn unions_within_with_are_read_once() {
    let nested = (0..64).fold("select id from users".to_owned(), |inner, _| {
        format!("with a as ({inner} union select 1) select id from a union select 2")
    });
    check(
        &nested,
        &[
            "need existence of users.id  <- id",
            "read id in rows of users  <- users",
        ],
    );
}
