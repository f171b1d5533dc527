use super::check;

#[test]
fn a_column_is_added_with_its_constraints() {
    check("alter table t add column a int", &["create t.a  <- a"]);
    check(
        "alter table only stage.t add if not exists \"A\" text not null default 'x'",
        &["create if missing stage.t.A  <- \"A\""],
    );
    check(
        "alter table t add a bigserial primary key, add b int unique check (b > c) references o (id)",
        &[
            "create t.a  <- a",
            "create t_a_seq  <- a",
            "create constraint t_pkey of t  <- primary key",
            "create t_pkey  <- primary key",
            "read a in rows of t  <- primary key",
            "create t.b  <- b",
            "create constraint t_b_key of t  <- unique",
            "create t_b_key  <- unique",
            "read b in rows of t  <- unique",
            "create constraint t_check of t  <- check (b > c)",
            "need operators of t.c  <- c",
            "read b, c in rows of t  <- check (b > c)",
            "create constraint t_b_fkey of t  <- references o (id)",
            "read b in rows of t  <- references o (id)",
            "need key of o  <- o",
            "need operators of o.id  <- id",
            "read id in rows of o  <- o",
        ],
    );
    check(
        "alter table t add a int references o not valid",
        &[
            "create t.a  <- a",
            "create constraint t_a_fkey of t  <- references o not valid",
            "need key of o  <- o",
            "need primary key of o  <- o",
            "read all columns in rows of o  <- o",
        ],
    );
    check(
        "alter table t add a int generated always as (b + c) stored, add d int generated always as identity, add e mood default f('x') collate \"C\"",
        &[
            "create t.a  <- a",
            "need type of t.b  <- b",
            "need type of t.c  <- c",
            "create t.d  <- d",
            "create t_d_seq  <- d",
            "create t.e  <- e",
            "need existence of type mood  <- mood",
            "need columns of mood  <- mood",
            "need existence of collation C  <- \"C\"",
            "need existence of function f  <- f",
        ],
    );
    check("alter foreign table t add a int", &["create t.a  <- a"]);
}

#[test]
fn a_constraint_is_added() {
    check(
        "alter table t add check (a > 0)",
        &[
            "create constraint t_a_check of t  <- check (a > 0)",
            "need operators of t.a  <- a",
            "read a in rows of t  <- check (a > 0)",
        ],
    );
    check(
        "alter table t add check (a > b), add check (a > b), add constraint c check (a is not null) not valid",
        &[
            "create constraint t_check of t  <- check (a > b)",
            "need operators of t.a  <- a",
            "need operators of t.b  <- b",
            "read a, b in rows of t  <- check (a > b)",
            "create constraint t_check1 of t  <- check (a > b)",
            "need operators of t.a  <- a",
            "need operators of t.b  <- b",
            "read a, b in rows of t  <- check (a > b)",
            "create constraint c of t  <- c",
            "need operators of t.a  <- a",
        ],
    );
    check(
        "alter table t add primary key (a, b)",
        &[
            "create constraint t_pkey of t  <- primary key (a, b)",
            "create t_pkey  <- primary key (a, b)",
            "need operators of t.a  <- a",
            "need operators of t.b  <- b",
            "set nullability = not null: t.a  <- a",
            "set nullability = not null: t.b  <- b",
            "read a, b in rows of t  <- primary key (a, b)",
        ],
    );
    check(
        "alter table t add constraint k unique nulls not distinct (a) include (b)",
        &[
            "create constraint k of t  <- k",
            "create k  <- k",
            "need operators of t.a  <- a",
            "need operators of t.b  <- b",
            "read a in rows of t  <- k",
        ],
    );
    check(
        "alter table t add unique (a) , add unique (a)",
        &[
            "create constraint t_a_key of t  <- unique (a)",
            "create t_a_key  <- unique (a)",
            "need operators of t.a  <- a",
            "read a in rows of t  <- unique (a)",
            "create constraint t_a_key1 of t  <- unique (a)",
            "create t_a_key1  <- unique (a)",
            "need operators of t.a  <- a",
            "read a in rows of t  <- unique (a)",
        ],
    );
    check(
        "alter table t add constraint k unique using index i",
        &[
            "create constraint k of t  <- k",
            "rename to k: i  <- i",
            "create k  <- k",
        ],
    );
    check(
        "alter table t add unique using index i",
        &[
            "create constraint i of t  <- unique using index i",
            "need existence of i  <- i",
        ],
    );
    check(
        "alter table t add primary key using index i",
        &[
            "create constraint i of t  <- primary key using index i",
            "need existence of i  <- i",
            "unknown, the columns of the index become NOT NULL, and the text does not name them: anything  <- i",
        ],
    );
    check(
        "alter table t add exclude using gist (during with &&, lower(room) with =) where (not done)",
        &[
            "create constraint t_during_lower_excl of t  <- exclude using gist (during with &&, lower(room) with =) where (not done)",
            "create t_during_lower_excl  <- exclude using gist (during with &&, lower(room) with =) where (not done)",
            "need operators of t.during  <- during",
            "need operators of t.room  <- room",
            "need operators of t.done  <- done",
            "read done, during, room in rows of t  <- exclude using gist (during with &&, lower(room) with =) where (not done)",
        ],
    );
    check(
        "alter table t add foreign key (a) references o",
        &[
            "create constraint t_a_fkey of t  <- foreign key (a) references o",
            "need operators of t.a  <- a",
            "read a in rows of t  <- foreign key (a) references o",
            "need key of o  <- o",
            "need primary key of o  <- o",
            "read all columns in rows of o  <- o",
        ],
    );
    check(
        "alter table t add constraint f foreign key (a, b) references stage.o (c, d) not valid",
        &[
            "create constraint f of t  <- f",
            "need operators of t.a  <- a",
            "need operators of t.b  <- b",
            "need key of stage.o  <- stage.o",
            "need operators of stage.o.c  <- c",
            "need operators of stage.o.d  <- d",
            "read c, d in rows of stage.o  <- stage.o",
        ],
    );
    check(
        "alter table t add foreign key (parent) references t (id)",
        &[
            "create constraint t_parent_fkey of t  <- foreign key (parent) references t (id)",
            "need operators of t.parent  <- parent",
            "read parent in rows of t  <- foreign key (parent) references t (id)",
            "need key of t  <- t",
            "need operators of t.id  <- id",
            "read id in rows of t  <- t",
        ],
    );
    check(
        "alter table t add constraint n not null a",
        &[
            "create constraint n of t  <- n",
            "set nullability = not null: t.a  <- a",
            "read a in rows of t  <- n",
        ],
    );
}

#[test]
fn constraints_change_and_go() {
    check(
        "alter table t drop constraint c",
        &["drop constraint c of t  <- c"],
    );
    check(
        "alter table t drop constraint if exists \"C\" cascade",
        &[
            "drop if there cascade constraint C of t  <- \"C\"",
            "unknown, CASCADE drops whatever depends on it: anything  <- cascade",
        ],
    );
    check(
        "alter table t rename constraint a to B",
        &[
            "rename to b: constraint a of t  <- a",
            "create constraint b of t  <- B",
        ],
    );
    check(
        "alter table t alter constraint c deferrable initially deferred",
        &["set deferrability = deferrable initially deferred: constraint c of t  <- c"],
    );
    check(
        "alter table t validate constraint c",
        &[
            "set validation = validated: constraint c of t  <- c",
            "read all columns in rows of t  <- c",
        ],
    );
}

#[test]
fn columns_change() {
    check(
        "alter table t alter a type text",
        &["set type = text: t.a  <- a", "read a in rows of t  <- a"],
    );
    check(
        "alter table t alter column a set data type mood collate \"C\" using b::text::mood",
        &[
            "set type = mood collate \"C\" using b :: text :: mood: t.a  <- a",
            "need existence of type mood  <- mood",
            "need columns of mood  <- mood",
            "need existence of collation C  <- \"C\"",
            "need existence of t.b  <- b",
            "need existence of type mood  <- mood",
            "read b in rows of t  <- b::text::mood",
            "update a in rows of t  <- b::text::mood",
        ],
    );
    check(
        "alter table t alter a set default f(1), alter b drop default",
        &[
            "set default = f ( 1 ): t.a  <- a",
            "need existence of function f  <- f",
            "set default = none: t.b  <- b",
        ],
    );
    check(
        "alter table t alter a set not null, alter b drop not null",
        &[
            "set nullability = not null: t.a  <- a",
            "read a in rows of t  <- a",
            "set nullability = null: t.b  <- b",
        ],
    );
    check(
        "alter table t alter a add generated always as identity, alter b drop identity if exists",
        &[
            "set identity = add always: t.a  <- a",
            "create t_a_seq  <- a",
            "set identity = drop: t.b  <- b",
            "drop if there t_b_seq  <- drop identity if exists",
        ],
    );
    check(
        "alter table t alter a set generated by default set increment 2 restart with 7",
        &[
            "set position = restart with 7: t.a  <- restart with 7",
            "set position = restart with 7: t_a_seq  <- restart with 7",
            "set identity = set generated by default set increment 2 restart with 7: t.a  <- a",
            "set identity = set generated by default set increment 2 restart with 7: t_a_seq  <- set generated by default set increment 2 restart with 7",
        ],
    );
    check(
        "alter table t alter a restart",
        &[
            "set position = restart: t.a  <- restart",
            "set position = restart: t_a_seq  <- restart",
        ],
    );
    check(
        "alter table t alter a set expression as (b * 2), alter c drop expression",
        &[
            "set generation expression = b * 2: t.a  <- a",
            "need type of t.b  <- b",
            "read b in rows of t  <- b * 2",
            "update a in rows of t  <- b * 2",
            "set generation expression = none: t.c  <- c",
        ],
    );
    check(
        "alter table t alter a set statistics 100, alter a set (n_distinct = 5, n_distinct_inherited), alter a reset (n_distinct), alter a set storage external, alter a set compression lz4",
        &[
            "set statistics target = 100: t.a  <- a",
            "set option n_distinct = 5: t.a  <- n_distinct = 5",
            "set option n_distinct_inherited = true: t.a  <- n_distinct_inherited",
            "set option n_distinct = none: t.a  <- n_distinct",
            "set storage = external: t.a  <- a",
            "set compression = lz4: t.a  <- a",
        ],
    );
    check(
        "alter foreign table t alter a options (add x '1', set y '2', drop z)",
        &[
            "set option x = add '1': t.a  <- add x '1'",
            "set option y = '2': t.a  <- set y '2'",
            "set option z = none: t.a  <- drop z",
        ],
    );
}

#[test]
fn columns_go_and_are_renamed() {
    check("alter table t drop column a", &["drop t.a  <- a"]);
    check(
        "alter table t drop if exists \"A\" cascade, drop b restrict",
        &[
            "drop if there cascade t.A  <- \"A\"",
            "unknown, CASCADE drops whatever depends on it: anything  <- cascade",
            "drop t.b  <- b",
        ],
    );
    check(
        "alter table t rename column a to b",
        &["rename to b: t.a  <- a", "create t.b  <- b"],
    );
    check(
        "alter table if exists stage.t rename \"A\" to B",
        &["rename to b: stage.t.A  <- \"A\"", "create stage.t.b  <- B"],
    );
}

#[test]
fn a_table_is_renamed_and_moved() {
    check(
        "alter table a rename to b",
        &["rename to b: a  <- a", "create b  <- b"],
    );
    check(
        "alter table stage.a rename to \"B\"",
        &[
            "rename to B: stage.a  <- stage.a",
            "create stage.B  <- \"B\"",
        ],
    );
    check(
        "alter table a set schema stage",
        &[
            "move to stage: a  <- a",
            "create stage.a  <- stage",
            "need existence of schema stage  <- stage",
        ],
    );
}

#[test]
fn a_table_has_attributes() {
    check(
        "alter table t owner to alice, set (fillfactor = 70, toast.autovacuum_enabled = false), reset (fillfactor)",
        &[
            "set owner = alice: t  <- alice",
            "set option fillfactor = 70: t  <- fillfactor = 70",
            "set option toast.autovacuum_enabled = false: t  <- toast.autovacuum_enabled = false",
            "set option fillfactor = none: t  <- fillfactor",
        ],
    );
    check(
        "alter table t enable row level security, force row level security",
        &[
            "set row level security = enable: t  <- enable row level security",
            "set forced row level security = force: t  <- force row level security",
        ],
    );
    check(
        "alter table t disable row level security, no force row level security",
        &[
            "set row level security = disable: t  <- disable row level security",
            "set forced row level security = no force: t  <- no force row level security",
        ],
    );
    check(
        "alter table t replica identity full, cluster on i",
        &[
            "set replica identity = full: t  <- replica identity full",
            "set clustering = i: t  <- i",
            "need existence of i  <- i",
        ],
    );
    check(
        "alter table t replica identity using index i",
        &[
            "set replica identity = i: t  <- i",
            "need existence of i  <- i",
        ],
    );
    check(
        "alter table t set without cluster, set without oids, set logged",
        &[
            "set clustering = none: t  <- set without cluster",
            "set persistence = logged: t  <- set logged",
        ],
    );
    check(
        "alter table t set unlogged, set access method heap, set tablespace fast",
        &[
            "set persistence = unlogged: t  <- set unlogged",
            "set access method = heap: t  <- set access method heap",
            "set tablespace = fast: t  <- fast",
            "need existence of tablespace fast  <- fast",
        ],
    );
    check(
        "alter table t set access method columnar",
        &[
            "set access method = columnar: t  <- set access method columnar",
            "need existence of access method columnar  <- columnar",
        ],
    );
    check(
        "alter table t of composite",
        &[
            "set option of = of composite: t  <- of composite",
            "need existence of type composite  <- composite",
            "need columns of composite  <- composite",
        ],
    );
    check(
        "alter table t not of",
        &["set option of = none: t  <- not of"],
    );
    check(
        "alter table all in tablespace a owned by b set tablespace c nowait",
        &[
            "unknown, it moves whatever lies in the tablespace: anything  <- all in tablespace a owned by b set tablespace c nowait",
        ],
    );
    check(
        "alter foreign table t options (add x '1')",
        &["set option x = add '1': t  <- add x '1'"],
    );
}

#[test]
fn triggers_and_rules_are_switched() {
    check(
        "alter table t enable trigger a, disable trigger b, enable replica trigger c, enable always trigger d",
        &[
            "set firing = enable: trigger a of t  <- a",
            "set firing = disable: trigger b of t  <- b",
            "set firing = enable replica: trigger c of t  <- c",
            "set firing = enable always: trigger d of t  <- d",
        ],
    );
    check(
        "alter table t disable trigger all",
        &["set firing = disable trigger all: t  <- disable trigger all"],
    );
    check(
        "alter table t enable trigger user",
        &["set firing = enable trigger user: t  <- enable trigger user"],
    );
    check(
        "alter table t enable rule a, disable rule b, enable always rule c, enable replica rule d",
        &[
            "set firing = enable: rule a of t  <- a",
            "set firing = disable: rule b of t  <- b",
            "set firing = enable always: rule c of t  <- c",
            "set firing = enable replica: rule d of t  <- d",
        ],
    );
}

#[test]
fn tables_become_children_and_partitions() {
    check(
        "alter table t inherit p",
        &[
            "set parent p = inherit: t  <- p",
            "need definition of p  <- p",
            "insert all columns in rows of p  <- p",
        ],
    );
    check(
        "alter table t no inherit stage.p",
        &[
            "set parent stage.p = no inherit: t  <- stage.p",
            "delete all columns in rows of stage.p  <- stage.p",
        ],
    );
    check(
        "alter table p attach partition t for values in (1)",
        &[
            "set parent p = attach for values in ( 1 ): t  <- t",
            "need definition of p  <- t",
            "set option partitions = attach for values in ( 1 ) t: p  <- t",
            "read all columns in rows of t  <- t",
            "insert all columns in rows of p  <- t",
        ],
    );
    check(
        "alter table p attach partition stage.t default",
        &[
            "set parent p = attach default: stage.t  <- stage.t",
            "need definition of p  <- stage.t",
            "set option partitions = attach default stage.t: p  <- stage.t",
            "read all columns in rows of stage.t  <- stage.t",
            "insert all columns in rows of p  <- stage.t",
        ],
    );
    check(
        "alter table p detach partition t concurrently",
        &[
            "set parent p = detach: t  <- t",
            "set option partitions = detach t: p  <- t",
            "delete all columns in rows of p  <- t",
        ],
    );
    check(
        "alter table p merge partitions (a, b) into c",
        &[
            "drop a  <- a",
            "drop b  <- b",
            "create c  <- c",
            "set parent p = merge partitions ( a , b ) into c: c  <- c",
            "set option partitions = merge partitions ( a , b ) into c: p  <- merge partitions (a, b) into c",
        ],
    );
    check(
        "alter table p split partition a into (partition b for values in (1), partition c default)",
        &[
            "drop a  <- a",
            "create b  <- b",
            "set parent p = partition b for values in ( 1 ): b  <- b",
            "create c  <- c",
            "set parent p = partition c default: c  <- c",
            "set option partitions = split partition a into ( partition b for values in ( 1 ) , partition c default ): p  <- split partition a into (partition b for values in (1), partition c default)",
        ],
    );
}

#[test]
fn views_and_indexes_share_actions() {
    check(
        "alter view v alter a set default 1",
        &["set default = 1: v.a  <- a"],
    );
    check(
        "alter view if exists v alter a drop default",
        &["set default = none: v.a  <- a"],
    );
    check(
        "alter view v owner to current_user",
        &["set owner = current_user: v  <- current_user"],
    );
    check(
        "alter view v rename a to b",
        &["rename to b: v.a  <- a", "create v.b  <- b"],
    );
    check(
        "alter view v rename to w",
        &["rename to w: v  <- v", "create w  <- w"],
    );
    check(
        "alter view v set schema stage",
        &[
            "move to stage: v  <- v",
            "create stage.v  <- stage",
            "need existence of schema stage  <- stage",
        ],
    );
    check(
        "alter view v set (security_barrier = true)",
        &["set option security_barrier = true: v  <- security_barrier = true"],
    );
    check(
        "alter view v reset (security_barrier)",
        &["set option security_barrier = none: v  <- security_barrier"],
    );
    check(
        "alter materialized view v rename to w",
        &["rename to w: v  <- v", "create w  <- w"],
    );
    check(
        "alter materialized view v rename column a to b",
        &["rename to b: v.a  <- a", "create v.b  <- b"],
    );
    check(
        "alter materialized view v set schema stage",
        &[
            "move to stage: v  <- v",
            "create stage.v  <- stage",
            "need existence of schema stage  <- stage",
        ],
    );
    check(
        "alter materialized view v cluster on i, alter a set statistics 1",
        &[
            "set clustering = i: v  <- i",
            "need existence of i  <- i",
            "set statistics target = 1: v.a  <- a",
        ],
    );
    check(
        "alter materialized view v depends on extension e",
        &[
            "set option extension e = depends: v  <- e",
            "need existence of extension e  <- e",
        ],
    );
    check(
        "alter materialized view v no depends on extension e",
        &[
            "set option extension e = independent: v  <- e",
            "need existence of extension e  <- e",
        ],
    );
    check(
        "alter materialized view all in tablespace a set tablespace b",
        &[
            "unknown, it moves whatever lies in the tablespace: anything  <- all in tablespace a set tablespace b",
        ],
    );
}
