//! Sequences.

use super::check;

#[test]
fn sequences() {
    check(
        "create sequence if not exists numbers as bigint start 5 owned by users.id",
        &[
            "create if missing numbers  <- numbers",
            "set owning column = users.id: numbers  <- users.id",
            "need existence of users.id  <- users.id",
        ],
    );
    check("create temporary sequence passing", &[]);
    check(
        "create sequence numbers owned by none",
        &[
            "create numbers  <- numbers",
            "set owning column = none: numbers  <- owned by none",
        ],
    );
    check(
        "alter sequence numbers restart",
        &["set position = restart: numbers  <- restart"],
    );
    check(
        "alter sequence if exists stage.numbers increment by 2 minvalue 1 no maxvalue cache 3 cycle",
        &[
            "set option increment = increment by 2: stage.numbers  <- increment by 2",
            "set option minvalue = minvalue 1: stage.numbers  <- minvalue 1",
            "set option maxvalue = no maxvalue: stage.numbers  <- no maxvalue",
            "set option cache = cache 3: stage.numbers  <- cache 3",
            "set option cycle = cycle: stage.numbers  <- cycle",
        ],
    );
    check(
        "alter sequence numbers as smallint start with 2",
        &[
            "set option as = as smallint: numbers  <- as smallint",
            "set option start = start with 2: numbers  <- start with 2",
        ],
    );
    check(
        "alter sequence numbers owned by stage.users.id",
        &[
            "set owning column = stage.users.id: numbers  <- stage.users.id",
            "need existence of stage.users.id  <- stage.users.id",
        ],
    );
    check(
        "alter sequence numbers set unlogged",
        &["set persistence = unlogged: numbers  <- set unlogged"],
    );
    check(
        "alter sequence numbers rename to counts",
        &[
            "rename to counts: numbers  <- counts",
            "create counts  <- counts",
        ],
    );
    check(
        "alter sequence numbers set schema stage",
        &[
            "move to stage: numbers  <- stage",
            "create stage.numbers  <- stage",
            "need existence of schema stage  <- stage",
        ],
    );
    check(
        "alter sequence numbers owner to current_user",
        &["set owner = current_user: numbers  <- current_user"],
    );
    check(
        "drop sequence if exists numbers, stage.\"Numbers\"",
        &[
            "drop if there numbers  <- numbers",
            "drop if there stage.Numbers  <- stage.\"Numbers\"",
        ],
    );
}
