//! Schemas, extensions, roles, databases, publications: what lies above tables.

use super::check;

#[test]
fn what_lies_above_tables() {
    check(
        "create schema if not exists stage authorization app1",
        &[
            "create if missing schema stage  <- stage",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "create schema authorization app1 create sequence numbers create type mood as enum ('sad')",
        &[
            "create schema app1  <- app1",
            "create app1.numbers  <- numbers",
            "create type app1.mood  <- mood",
        ],
    );
    check(
        "alter schema stage rename to shop",
        &[
            "rename to shop: schema stage  <- shop",
            "create schema shop  <- shop",
        ],
    );
    check(
        "alter schema stage owner to app1",
        &[
            "set owner = app1: schema stage  <- app1",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "drop schema if exists stage cascade",
        &[
            "drop if there cascade schema stage  <- stage",
            "unknown, CASCADE drops whatever depends on it: anything  <- cascade",
        ],
    );
    check(
        "create extension if not exists \"uuid-ossp\" with schema stage version '1.1'",
        &[
            "create if missing extension uuid-ossp  <- \"uuid-ossp\"",
            "need existence of schema stage  <- stage",
        ],
    );
    check(
        "create extension postgis",
        &[
            "create extension postgis  <- postgis",
            "unknown, the extension's script is not read: anything  <- create extension postgis",
        ],
    );
    check(
        "create extension cube cascade",
        &[
            "create extension cube  <- cube",
            "unknown, CASCADE installs the extensions that this one needs: anything  <- cascade",
        ],
    );
    check(
        "alter extension pgcrypto update to '1.4'",
        &[
            "set option version = to '1.4': extension pgcrypto  <- update to '1.4'",
            "unknown, the extension's update script is not read: anything  <- update to '1.4'",
        ],
    );
    check(
        "alter extension pgcrypto set schema stage",
        &[
            "move to stage: extension pgcrypto  <- stage",
            "need existence of schema stage  <- stage",
        ],
    );
    check(
        "alter extension pgcrypto add function label(mood)",
        &[
            "set members = add function label ( mood ): extension pgcrypto  <- add function label(mood)",
            "need existence of function label  <- label",
        ],
    );
    check(
        "drop extension pgcrypto",
        &["drop extension pgcrypto  <- pgcrypto"],
    );
    check(
        "create role app1 with login nosuperuser in role readers admin app2 password 'x'",
        &[
            "create role app1  <- app1",
            "need existence of role readers  <- readers",
            "need existence of role app2  <- app2",
            "set privilege membership of app1 = granted: role readers  <- readers",
            "set privilege membership of app2 = granted: role app1  <- app2",
        ],
    );
    check("create user app1", &["create role app1  <- app1"]);
    check(
        "create group app1 user app2",
        &[
            "create role app1  <- app1",
            "need existence of role app2  <- app2",
            "set privilege membership of app2 = granted: role app1  <- app2",
        ],
    );
    check(
        "alter role app1 nologin connection limit 3 password 'y'",
        &[
            "set option login = nologin: role app1  <- nologin",
            "set option connection limit = connection limit 3: role app1  <- connection limit 3",
            "set option password = another: role app1  <- password 'y'",
        ],
    );
    check(
        "alter role app1 in database shop set search_path = stage",
        &[
            "need existence of database shop  <- shop",
            "set option setting search_path = stage: role app1  <- search_path",
            "unknown, names are found elsewhere in sessions that begin later: anything  <- search_path",
        ],
    );
    check("alter role app1", &["need existence of role app1  <- app1"]);
    check(
        "alter role app1 rename to app2",
        &[
            "rename to app2: role app1  <- app2",
            "create role app2  <- app2",
        ],
    );
    check(
        "alter role all set work_mem = '1MB'",
        &["unknown, it changes every role: anything  <- alter role all set work_mem = '1MB'"],
    );
    check(
        "alter user app1 reset all",
        &["unknown, which settings it resets depends on which there are: anything  <- reset all"],
    );
    check(
        "alter group readers drop user app1",
        &[
            "set privilege membership of app1 = revoked: role readers  <- app1",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "drop role if exists app1, app2",
        &[
            "drop if there role app1  <- app1",
            "drop if there role app2  <- app2",
        ],
    );
    check(
        "create database shop with owner app1 template plain",
        &[
            "create database shop  <- shop",
            "need existence of role app1  <- app1",
            "need existence of database plain  <- plain",
        ],
    );
    check(
        "alter database shop set timezone to 'UTC'",
        &["set option setting timezone = 'UTC': database shop  <- timezone"],
    );
    check(
        "alter database shop with connection limit 3",
        &["set option connection = connection limit 3: database shop  <- connection limit 3"],
    );
    check(
        "alter database shop set tablespace fast",
        &[
            "set tablespace = fast: database shop  <- set tablespace fast",
            "need existence of tablespace fast  <- fast",
        ],
    );
    check(
        "drop database if exists shop",
        &["drop if there database shop  <- shop"],
    );
    check(
        "create tablespace fast owner app1 location '/fast'",
        &[
            "create tablespace fast  <- fast",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "alter tablespace fast set (random_page_cost = 1)",
        &[
            "set option random_page_cost = random_page_cost = 1: tablespace fast  <- random_page_cost = 1",
        ],
    );
    check(
        "alter system set work_mem = '1MB'",
        &["set option setting work_mem = '1MB': system settings  <- work_mem"],
    );
    check(
        "alter system reset all",
        &["unknown, which settings it resets depends on which there are: anything  <- reset all"],
    );
    check(
        "reassign owned by app1 to app2",
        &[
            "unknown, what a role owns is not in the text: anything  <- reassign owned by app1 to app2",
        ],
    );
    check(
        "drop owned by app1",
        &["unknown, what a role owns is not in the text: anything  <- drop owned by app1"],
    );
    check(
        "create publication feed for table users (id, name) where (age > 3), only stage.orders",
        &[
            "create publication feed  <- feed",
            "set members = add table users ( id , name ) where ( age > 3 ): publication feed  <- users",
            "set option publication feed = joined: users  <- users",
            "need existence of users.id  <- id",
            "need existence of users.name  <- name",
            "need type of users.age  <- age",
            "set members = add only stage . orders: publication feed  <- stage.orders",
            "set option publication feed = joined: stage.orders  <- stage.orders",
        ],
    );
    check(
        "create publication feed for all tables",
        &[
            "create publication feed  <- feed",
            "set members = for all tables: publication feed  <- for all tables",
            "unknown, updates of a table without a replica identity fail once it is published: anything  <- for all tables",
        ],
    );
    check(
        "alter publication feed drop table users",
        &[
            "set members = drop table users: publication feed  <- users",
            "set option publication feed = left: users  <- users",
        ],
    );
    check(
        "alter publication feed set tables in schema stage",
        &[
            "set members = set tables in schema stage: publication feed  <- tables in schema stage",
            "need existence of schema stage  <- stage",
            "unknown, updates of a table without a replica identity fail once it is published: anything  <- tables in schema stage",
        ],
    );
    check(
        "alter publication feed set (publish = 'insert')",
        &["set option publish = publish = 'insert': publication feed  <- publish = 'insert'"],
    );
    check(
        "alter publication feed owner to app1",
        &[
            "set owner = app1: publication feed  <- app1",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "create subscription feed connection 'host=far' publication feed",
        &[
            "create subscription feed  <- feed",
            "unknown, rows come from another server: anything  <- create subscription feed connection 'host=far' publication feed",
        ],
    );
    check(
        "alter subscription feed disable",
        &["unknown, rows come from another server: anything  <- disable"],
    );
    check(
        "alter subscription feed owner to app1",
        &[
            "set owner = app1: subscription feed  <- app1",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "drop subscription feed",
        &["drop subscription feed  <- feed"],
    );
}

#[test]
fn elements_of_a_schema_lie_in_it() {
    check(
        "create schema stage create table users (id bigint); create table users (id bigint) ; create view v as select 1",
        &[
            "create schema stage  <- stage",
            "create stage.users  <- users",
            "create users  <- users",
            "create v  <- v",
        ],
    );
    check(
        "create schema stage create table users (id bigint) create sequence public.numbers; drop table users",
        &[
            "create schema stage  <- stage",
            "create stage.users  <- users",
            "create numbers  <- public.numbers",
            "drop users  <- users",
        ],
    );
}

#[test]
fn a_path_that_is_set_holds_for_what_follows() {
    check(
        "set schema 'stage'; create type mood as enum ('sad'); discard all; drop type mood",
        &["create type stage.mood  <- mood", "drop type mood  <- mood"],
    );
    check(
        "create temp sequence numbers; alter sequence numbers restart; drop sequence numbers; drop sequence numbers",
        &["drop numbers  <- numbers"],
    );
}
