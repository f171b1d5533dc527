use super::check;

#[test]
fn an_index_needs_its_columns() {
    check(
        "create index concurrently if not exists \"Users_idx\" on Users (lower(name)) where active",
        &[
            "create if missing Users_idx  <- \"Users_idx\"",
            "create if missing index Users_idx of users  <- Users",
            "need operators of users.name  <- name",
            "need operators of users.active  <- active",
            "read active, name in rows of users  <- Users",
        ],
    );
    check(
        "create index on only stage.Users (email collate \"C\" text_pattern_ops desc nulls last) include (id, name)",
        &[
            "create stage.users_email_id_name_idx  <- create index on only stage.Users (email collate \"C\" text_pattern_ops desc nulls last) include (id, name)",
            "create index users_email_id_name_idx of stage.users  <- stage.Users",
            "need operators of stage.users.email  <- email",
            "need operators of stage.users.id  <- id",
            "need operators of stage.users.name  <- name",
            "need existence of collation C  <- \"C\"",
            "need existence of operator class text_pattern_ops  <- text_pattern_ops",
        ],
    );
    check(
        "create unique index u on t (a, b)",
        &[
            "create u  <- u",
            "create index u of t  <- t",
            "need operators of t.a  <- a",
            "need operators of t.b  <- b",
            "read a, b in rows of t  <- t",
        ],
    );
    check(
        "create index on t using gin ((data -> 'a') jsonb_path_ops) with (fastupdate = off) tablespace fast",
        &[
            "create t_expr_idx  <- create index on t using gin ((data -> 'a') jsonb_path_ops) with (fastupdate = off) tablespace fast",
            "create index t_expr_idx of t  <- t",
            "need operators of t.data  <- data",
            "need existence of operator class jsonb_path_ops  <- jsonb_path_ops",
            "need existence of tablespace fast  <- fast",
            "read data in rows of t  <- t",
        ],
    );
    check(
        "create index i on t using bloom (a)",
        &[
            "create i  <- i",
            "create index i of t  <- t",
            "need operators of t.a  <- a",
            "need existence of access method bloom  <- bloom",
        ],
    );
    check(
        "create index on t (a); create index on t (a); create index t_a_idx3 on t (a); create index on t (a); create index on t (a)",
        &[
            "create t_a_idx  <- create index on t (a)",
            "create index t_a_idx of t  <- t",
            "need operators of t.a  <- a",
            "create t_a_idx1  <- create index on t (a)",
            "create index t_a_idx1 of t  <- t",
            "need operators of t.a  <- a",
            "create t_a_idx3  <- t_a_idx3",
            "create index t_a_idx3 of t  <- t",
            "need operators of t.a  <- a",
            "create t_a_idx2  <- create index on t (a)",
            "create index t_a_idx2 of t  <- t",
            "need operators of t.a  <- a",
            "create t_a_idx4  <- create index on t (a)",
            "create index t_a_idx4 of t  <- t",
            "need operators of t.a  <- a",
        ],
    );
}

#[test]
fn indexes_go_and_change() {
    check("drop index i", &["drop i  <- i"]);
    check(
        "drop index concurrently if exists stage.i, \"J\" cascade",
        &[
            "drop if there cascade stage.i  <- stage.i",
            "drop if there cascade J  <- \"J\"",
            "unknown, CASCADE drops whatever depends on it: anything  <- cascade",
        ],
    );
    check(
        "alter index i rename to \"J\"",
        &["rename to J: i  <- i", "create J  <- \"J\""],
    );
    check(
        "alter index if exists stage.i set (fillfactor = 50)",
        &["set option fillfactor = 50: stage.i  <- fillfactor = 50"],
    );
    check(
        "alter index i reset (fillfactor)",
        &["set option fillfactor = none: i  <- fillfactor"],
    );
    check(
        "alter index i set tablespace fast",
        &[
            "set tablespace = fast: i  <- fast",
            "need existence of tablespace fast  <- fast",
        ],
    );
    check(
        "alter index p attach partition c",
        &[
            "set parent p = attach: c  <- c",
            "need existence of p  <- p",
        ],
    );
    check(
        "alter index i alter column 1 set statistics 100",
        &["set statistics target = set statistics 100: i.1  <- 1"],
    );
    check(
        "alter index i depends on extension e",
        &[
            "set option extension e = depends: i  <- e",
            "need existence of extension e  <- e",
        ],
    );
    check(
        "alter index i no depends on extension e",
        &[
            "set option extension e = independent: i  <- e",
            "need existence of extension e  <- e",
        ],
    );
    check(
        "alter index all in tablespace a set tablespace b",
        &[
            "unknown, it moves whatever lies in the tablespace: anything  <- all in tablespace a set tablespace b",
        ],
    );
    check("reindex index i", &["need existence of i  <- i"]);
    check(
        "reindex table concurrently stage.t",
        &["need existence of stage.t  <- stage.t"],
    );
    check("reindex schema s", &[]);
    check(
        "reindex (tablespace fast) table t",
        &[
            "need existence of t  <- t",
            "set tablespace = fast: t  <- fast",
            "need existence of tablespace fast  <- fast",
        ],
    );
    check(
        "reindex (tablespace fast) schema s",
        &["unknown, it moves every index: anything  <- reindex (tablespace fast) schema s"],
    );
    check(
        "cluster t using i",
        &["set clustering = i: t  <- i", "need existence of i  <- i"],
    );
    check(
        "cluster i on t",
        &["set clustering = i: t  <- i", "need existence of i  <- i"],
    );
    check("cluster t", &["need existence of t  <- t"]);
    check("cluster", &[]);
}

#[test]
fn extended_statistics_lie_beside_tables() {
    check(
        "create statistics s (ndistinct) on a, lower(b) from stage.t",
        &[
            "create statistics s  <- s",
            "set option statistics s = made: stage.t  <- stage.t",
            "need operators of stage.t.a  <- a",
            "need operators of stage.t.b  <- b",
        ],
    );
    check(
        "create statistics if not exists x.s on a, b from t",
        &[
            "create if missing statistics x.s  <- x.s",
            "set option statistics s = made: t  <- t",
            "need operators of t.a  <- a",
            "need operators of t.b  <- b",
        ],
    );
    check(
        "create statistics on a, (b + c) from t",
        &[
            "create statistics t_a_expr_stat  <- create statistics on a, (b + c) from t",
            "set option statistics t_a_expr_stat = made: t  <- t",
            "need operators of t.a  <- a",
            "need operators of t.b  <- b",
            "need operators of t.c  <- c",
        ],
    );
    check(
        "alter statistics s rename to r",
        &[
            "rename to r: statistics s  <- s",
            "create statistics r  <- r",
        ],
    );
    check(
        "alter statistics x.s set schema y",
        &[
            "move to y: statistics x.s  <- x.s",
            "create statistics y.s  <- y",
            "need existence of schema y  <- y",
        ],
    );
    check(
        "alter statistics s owner to alice",
        &["set owner = alice: statistics s  <- owner to alice"],
    );
    check(
        "alter statistics s set statistics 5",
        &["set statistics target = set statistics 5: statistics s  <- set statistics 5"],
    );
    check(
        "drop statistics if exists s, x.r",
        &[
            "drop if there statistics s  <- s",
            "drop if there statistics x.r  <- x.r",
        ],
    );
}
