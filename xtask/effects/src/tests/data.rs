//! INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY and their kin.

use super::check;

#[test]
fn an_insert_writes_its_columns() {
    check(
        r#"insert into users (name, "Kind") values ('a', default), (lower('B'), 'x')"#,
        &[
            "insert Kind, name in rows of users  <- users",
            "need existence of users.name  <- name",
            r#"need existence of users.Kind  <- "Kind""#,
            "need default of users.Kind  <- default",
            "call function lower  <- lower",
        ],
    );
    check(
        "insert into stage.users values (1, default)",
        &[
            "need columns of stage.users  <- stage.users",
            "insert all columns in rows of stage.users  <- stage.users",
        ],
    );
    check(
        "insert into users default values returning id, *",
        &[
            "insert no columns in rows of users  <- users",
            "need existence of users.id  <- id",
            "read all columns in rows of users  <- id",
            "need columns of users  <- *",
        ],
    );
    check(
        "insert into users as u (tags[1], address.zip) values (1, 2)",
        &[
            "insert address, tags in rows of users  <- users",
            "need existence of users.tags  <- tags",
            "read address, tags in rows of users  <- tags",
            "need existence of users.address  <- address",
        ],
    );
    check(
        "insert into users (id) select id from people where active",
        &[
            "insert id in rows of users  <- users",
            "need existence of users.id  <- id",
            "need existence of people.id  <- id",
            "read active, id in rows of people  <- people",
            "need existence of people.active  <- active",
        ],
    );
    check(
        "insert into users overriding system value table people",
        &[
            "need columns of users  <- users",
            "insert all columns in rows of users  <- users",
            "read all columns in rows of people  <- people",
            "need columns of people  <- people",
        ],
    );
}

#[test]
fn on_conflict_needs_a_key() {
    check(
        "insert into users (id, email) values (1, 'x') on conflict (lower(email)) where active do update set email = excluded.email, n = users.n + 1 where users.n < excluded.id",
        &[
            "insert email, id in rows of users  <- users",
            "update email, n in rows of users  <- users",
            "need existence of users.id  <- id",
            "need existence of users.email  <- email",
            "need key of users  <- (lower(email)) where active",
            "call function lower  <- lower",
            "read active, email, id, n in rows of users  <- email",
            "need existence of users.active  <- active",
            "need existence of users.n  <- n",
        ],
    );
    check(
        "insert into users (id) values (1) on conflict on constraint users_pkey do nothing",
        &[
            "insert id in rows of users  <- users",
            "need existence of users.id  <- id",
            "need existence of constraint users_pkey of users  <- users_pkey",
        ],
    );
    check(
        "insert into users (id) values (1) on conflict do nothing",
        &[
            "insert id in rows of users  <- users",
            "need existence of users.id  <- id",
            "need key of users  <- on conflict do nothing",
        ],
    );
}

#[test]
fn an_update_writes_what_it_sets_and_reads_the_rest() {
    check(
        "update only stage.users as u set name = lower(u.name), (a, b) = (select x, y from t where t.id = u.id), (c, d) = (1, default), e = default from orders o where o.user_id = u.id returning u.id, old.name, new.name",
        &[
            "update a, b, c, d, e, name in rows of stage.users  <- stage.users",
            "need existence of stage.users.name  <- name",
            "call function lower  <- lower",
            "read id, name in rows of stage.users  <- name",
            "need existence of stage.users.a  <- a",
            "need existence of stage.users.b  <- b",
            "need existence of t.x  <- x",
            "need existence of stage.users.x (conditional)  <- x",
            "read x, y in rows of stage.users (conditional)  <- x",
            "need existence of orders.x (conditional)  <- x",
            "read x, y in rows of orders (conditional)  <- x",
            "need existence of t.y  <- y",
            "need existence of stage.users.y (conditional)  <- y",
            "need existence of orders.y (conditional)  <- y",
            "read id, x, y in rows of t  <- t",
            "need existence of t.id  <- id",
            "need existence of stage.users.id  <- id",
            "need existence of stage.users.c  <- c",
            "need existence of stage.users.d  <- d",
            "need default of stage.users.d  <- default",
            "need existence of stage.users.e  <- e",
            "need default of stage.users.e  <- default",
            "read user_id in rows of orders  <- orders",
            "need existence of orders.user_id  <- user_id",
        ],
    );
    check(
        "update users set tags[1] = 'x' where current of cur",
        &[
            "update tags in rows of users  <- users",
            "need existence of users.tags  <- tags",
            "read tags in rows of users  <- tags",
        ],
    );
    check(
        "update users set n = 1",
        &[
            "update n in rows of users  <- users",
            "need existence of users.n  <- n",
        ],
    );
}

#[test]
fn a_delete_writes_and_reads_what_it_asks() {
    check(
        "delete from users using orders where orders.user_id = users.id returning users.*",
        &[
            "delete all columns in rows of users  <- users",
            "read user_id in rows of orders  <- orders",
            "need existence of orders.user_id  <- user_id",
            "need existence of users.id  <- id",
            "read all columns in rows of users  <- id",
            "need columns of users  <- users.*",
        ],
    );
    check(
        "delete from users",
        &["delete all columns in rows of users  <- users"],
    );
}

#[test]
fn a_merge_does_all_it_may_do() {
    check(
        "merge into stock t using (select id, n from delivered) s on s.id = t.id when matched and t.n + s.n = 0 then delete when matched then update set n = t.n + s.n, seen = default when not matched then insert (id, n) values (s.id, s.n)",
        &[
            "delete all columns in rows of stock  <- stock",
            "update n, seen in rows of stock  <- stock",
            "insert id, n in rows of stock  <- stock",
            "need existence of delivered.id  <- id",
            "need existence of delivered.n  <- n",
            "read id, n in rows of delivered  <- delivered",
            "need existence of stock.id  <- id",
            "read id, n in rows of stock  <- id",
            "need existence of stock.n  <- n",
            "need existence of stock.seen  <- seen",
            "need default of stock.seen  <- default",
        ],
    );
    check(
        "merge into a using b on a.id = b.id when not matched then insert values (b.id, default) when not matched by source then do nothing",
        &[
            "need columns of a  <- a",
            "insert all columns in rows of a  <- a",
            "read id in rows of b  <- b",
            "need existence of a.id  <- id",
            "read id in rows of a  <- id",
            "need existence of b.id  <- id",
        ],
    );
}

#[test]
fn truncate_empties() {
    check(
        "truncate table only users, stage.orders restart identity cascade",
        &[
            "truncate all columns in rows of users  <- users",
            "set position = restart: users  <- users",
            "truncate all columns in rows of stage.orders  <- stage.orders",
            "set position = restart: stage.orders  <- stage.orders",
            "unknown, CASCADE empties whatever refers to the table: anything  <- cascade",
        ],
    );
    check(
        "truncate users continue identity restrict",
        &["truncate all columns in rows of users  <- users"],
    );
}

#[test]
fn copy_reads_or_writes() {
    check(
        "copy users (id, name) from stdin with (format csv)",
        &[
            "need existence of users.id  <- id",
            "need existence of users.name  <- name",
            "insert id, name in rows of users  <- users",
        ],
    );
    check(
        "copy users from '/tmp/x' where active",
        &[
            "need columns of users  <- users",
            "insert all columns in rows of users  <- users",
            "need existence of users.active  <- active",
            "read active in rows of users  <- active",
        ],
    );
    check(
        "copy users to stdout",
        &[
            "need columns of users  <- users",
            "read all columns in rows of users  <- users",
        ],
    );
    check(
        "copy (select id from users) to program 'gzip'",
        &[
            "need existence of users.id  <- id",
            "read id in rows of users  <- users",
            "unknown, the server runs a program: anything  <- program 'gzip'",
        ],
    );
}

#[test]
fn explain_runs_only_when_it_analyzes() {
    check("explain delete from users", &[]);
    check(
        "explain analyze delete from users",
        &["delete all columns in rows of users  <- users"],
    );
    check("explain (verbose, analyze false) delete from users", &[]);
    check(
        "explain (analyze) insert into users (id) values (1)",
        &[
            "insert id in rows of users  <- users",
            "need existence of users.id  <- id",
        ],
    );
}

#[test]
fn what_runs_elsewhere_is_unknown_or_uncertain() {
    check(
        "prepare p as delete from users",
        &["delete all columns in rows of users (conditional)  <- users"],
    );
    check(
        "execute p(1)",
        &["unknown, the statement was prepared elsewhere: anything  <- execute p(1)"],
    );
    check(
        "call archive(1, (select max(id) from users))",
        &[
            "call function archive  <- archive",
            "call function max  <- max",
            "need existence of users.id  <- id",
            "read id in rows of users  <- users",
        ],
    );
    check(
        "declare c cursor with hold for select id from users",
        &[
            "need existence of users.id  <- id",
            "read id in rows of users  <- users",
        ],
    );
    check("fetch all from c", &[]);
    check(
        "lock table users, only stage.orders in exclusive mode",
        &[
            "need existence of users  <- users",
            "need existence of stage.orders  <- stage.orders",
        ],
    );
}
