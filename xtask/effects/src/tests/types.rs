//! Types and domains.

use super::check;

#[test]
fn types_and_domains() {
    check(
        "create type mood as enum ('sad', 'ok')",
        &["create type mood  <- mood"],
    );
    check(
        "create type Stage.\"Mood\" as enum ()",
        &["create type stage.Mood  <- Stage.\"Mood\""],
    );
    check(
        "create type address as (street text, mood stage.mood, zip varchar(5) collate \"de\")",
        &[
            "create type address  <- address",
            "create address  <- address",
            "need existence of type stage.mood  <- stage.mood",
            "need existence of collation de  <- \"de\"",
        ],
    );
    check(
        "create type span as range (subtype = float8, subtype_diff = stage.float8mi)",
        &[
            "create type span  <- span",
            "create type span_multirange  <- span",
            "create function span  <- span",
            "create function span_multirange  <- span",
            "need existence of function stage.float8mi  <- stage.float8mi",
        ],
    );
    check(
        "create type floatrange as range (subtype = mine, multirange_type_name = stage.floats)",
        &[
            "create type floatrange  <- floatrange",
            "create type stage.floats  <- stage.floats",
            "create function floatrange  <- floatrange",
            "create function stage.floats  <- stage.floats",
            "need existence of type mine  <- mine",
        ],
    );
    check(
        "create type box3 (input = box3_in, output = box3_out, internallength = 16)",
        &[
            "create type box3  <- box3",
            "need existence of function box3_in  <- box3_in",
            "need existence of function box3_out  <- box3_out",
        ],
    );
    check("create type shell", &["create type shell  <- shell"]);
    check(
        "alter type mood add value if not exists 'fine' after 'ok'",
        &["set labels = add if not exists 'fine' after 'ok': type mood  <- 'fine'"],
    );
    check(
        "ALTER  TYPE Mood ADD /* here */ VALUE 'glad'",
        &["set labels = add 'glad': type mood  <- 'glad'"],
    );
    check(
        "alter type mood rename value 'ok' to 'okay'",
        &["set labels = rename 'ok' to 'okay': type mood  <- 'ok'"],
    );
    check(
        "alter type mood rename to feeling",
        &[
            "rename to feeling: type mood  <- feeling",
            "create type feeling  <- feeling",
        ],
    );
    check(
        "alter type stage.mood set schema public",
        &[
            "move to public: type stage.mood  <- public",
            "create type mood  <- public",
            "need existence of schema public  <- public",
        ],
    );
    check(
        "alter type mood owner to app1",
        &[
            "set owner = app1: type mood  <- app1",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "alter type address add attribute country mood, drop attribute if exists zip cascade, alter attribute street type text",
        &[
            "need existence of type address  <- country",
            "create address.country  <- country",
            "need existence of type mood  <- mood",
            "need existence of type address  <- zip",
            "drop if there cascade address.zip  <- zip",
            "unknown, CASCADE changes the tables of this type too: anything  <- cascade",
            "need existence of type address  <- street",
            "set type = text: address.street  <- street",
        ],
    );
    check(
        "alter type address rename attribute street to road",
        &[
            "need existence of type address  <- street",
            "rename to road: address.street  <- road",
            "create address.road  <- road",
        ],
    );
    check(
        "alter type box3 set (receive = box3_recv)",
        &["set option receive = receive = box3_recv: type box3  <- receive = box3_recv"],
    );
    check(
        "drop type if exists mood, stage.address cascade",
        &[
            "drop if there cascade type mood  <- mood",
            "drop if there cascade type stage.address  <- stage.address",
            "unknown, CASCADE drops whatever depends on it: anything  <- cascade",
        ],
    );
    check(
        "create domain email as text collate \"C\" default nobody() constraint looks check (value like '%@%')",
        &[
            "create type email  <- email",
            "need type of function nobody  <- nobody",
        ],
    );
    check(
        "alter domain email set default nobody()",
        &[
            "set default = nobody ( ): type email  <- set default nobody()",
            "need type of function nobody  <- nobody",
        ],
    );
    check(
        "alter domain email drop default",
        &["set default = none: type email  <- drop default"],
    );
    check(
        "alter domain email set not null",
        &[
            "set nullability = not null: type email  <- set not null",
            "unknown, the rows of every column of the domain are checked: anything  <- set not null",
        ],
    );
    check(
        "alter domain email drop not null",
        &["set nullability = null: type email  <- drop not null"],
    );
    check(
        "alter domain email add constraint short check (length(value) < 99) not valid",
        &[
            "create domain constraint email.short  <- short",
            "set option constraint short = add constraint short check ( length ( value ) < 99 ) not valid: type email  <- add constraint short check (length(value) < 99) not valid",
        ],
    );
    check(
        "alter domain email add check (ok(value))",
        &[
            "create domain constraint email.email_check  <- check (ok(value))",
            "set option constraint email_check = add check ( ok ( value ) ): type email  <- add check (ok(value))",
            "need type of function ok  <- ok",
            "unknown, the rows of every column of the domain are checked: anything  <- check (ok(value))",
        ],
    );
    check(
        "alter domain email drop constraint if exists short",
        &[
            "drop if there domain constraint email.short  <- short",
            "set option constraint short = drop constraint if exists short: type email  <- drop constraint if exists short",
        ],
    );
    check(
        "alter domain email rename constraint short to brief",
        &[
            "need existence of type email  <- short",
            "rename to email.brief: domain constraint email.short  <- brief",
            "create domain constraint email.brief  <- brief",
        ],
    );
    check(
        "alter domain email validate constraint short",
        &[
            "need existence of type email  <- short",
            "set validation = validated: domain constraint email.short  <- short",
            "unknown, the rows of every column of the domain are checked: anything  <- validate constraint short",
        ],
    );
    check(
        "alter domain email rename to mail",
        &[
            "rename to mail: type email  <- mail",
            "create type mail  <- mail",
        ],
    );
    check(
        "alter domain email set schema stage",
        &[
            "move to stage: type email  <- stage",
            "create type stage.email  <- stage",
            "need existence of schema stage  <- stage",
        ],
    );
    check("drop domain email", &["drop type email  <- email"]);
}
