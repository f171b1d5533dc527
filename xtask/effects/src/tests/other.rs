//! Foreign servers, operators, text search, and what sessions set.

use super::check;

#[test]
fn rare_objects_and_sessions() {
    check(
        "create foreign data wrapper far handler far_in options (debug 'true')",
        &[
            "create foreign data wrapper far  <- far",
            "need existence of function far_in  <- far_in",
        ],
    );
    check(
        "alter foreign data wrapper far no handler validator check_far options (set debug 'no')",
        &[
            "set option handler = no handler: foreign data wrapper far  <- no handler",
            "set option validator = validator check_far: foreign data wrapper far  <- validator check_far",
            "need existence of function check_far  <- check_far",
            "set option debug = set debug 'no': foreign data wrapper far  <- set debug 'no'",
        ],
    );
    check(
        "create server if not exists here foreign data wrapper far options (host 'x')",
        &[
            "create if missing server here  <- here",
            "need existence of foreign data wrapper far  <- far",
        ],
    );
    check(
        "alter server here version '2' options (add port '1', drop host)",
        &[
            "set option version = version '2': server here  <- version '2'",
            "set option port = add port '1': server here  <- add port '1'",
            "set option host = drop host: server here  <- drop host",
        ],
    );
    check(
        "create user mapping for app1 server here",
        &[
            "create user mapping for app1 server here  <- app1",
            "need existence of role app1  <- app1",
            "need existence of server here  <- here",
        ],
    );
    check(
        "alter user mapping for app1 server here options (set name 'y')",
        &[
            "need existence of server here  <- here",
            "set option name = set name 'y': user mapping for app1 server here  <- set name 'y'",
        ],
    );
    check(
        "drop user mapping if exists for user server here",
        &[
            "drop if there user mapping for user server here  <- user",
            "need existence of server here  <- here",
        ],
    );
    check(
        "import foreign schema remote from server here into stage",
        &[
            "need existence of schema stage  <- stage",
            "unknown, which tables it makes depends on another server: anything  <- import foreign schema remote from server here into stage",
        ],
    );
    check(
        "drop server here cascade",
        &[
            "drop cascade server here  <- here",
            "unknown, CASCADE drops whatever depends on it: anything  <- cascade",
        ],
    );
    check(
        "create cast (integer as mood) with function to_mood(integer) as implicit",
        &[
            "create cast (int4 as mood)  <- (integer as mood)",
            "need existence of type mood  <- mood",
            "need existence of function to_mood  <- to_mood",
            "unknown, which expressions use it is not read: anything  <- create cast (integer as mood) with function to_mood(integer) as implicit",
        ],
    );
    check(
        "drop cast if exists (integer as mood)",
        &[
            "drop if there cast (int4 as mood)  <- (integer as mood)",
            "unknown, which expressions use it is not read: anything  <- drop cast if exists (integer as mood)",
        ],
    );
    check(
        "create collation stage.german (provider = icu, locale = 'de')",
        &["create collation stage.german  <- stage.german"],
    );
    check(
        "create collation german from stage.other",
        &[
            "create collation german  <- german",
            "need existence of collation stage.other  <- stage.other",
        ],
    );
    check(
        "alter collation german refresh version",
        &["set option version = refreshed: collation german  <- refresh version"],
    );
    check(
        "drop collation german",
        &["drop collation german  <- german"],
    );
    check(
        "create conversion mine for 'LATIN1' to 'UTF8' from latin1_to_utf8",
        &[
            "create conversion mine  <- mine",
            "need existence of function latin1_to_utf8  <- latin1_to_utf8",
        ],
    );
    check(
        "alter conversion mine set schema stage",
        &[
            "move to stage: conversion mine  <- stage",
            "create conversion stage.mine  <- stage",
            "need existence of schema stage  <- stage",
        ],
    );
    check(
        "create operator === (function = same, leftarg = mood, rightarg = mood, restrict = eqsel)",
        &[
            "create operator ===  <- ===",
            "need existence of function same  <- same",
            "need existence of type mood  <- mood",
            "need existence of function eqsel  <- eqsel",
            "unknown, which expressions use it is not read: anything  <- create operator === (function = same, leftarg = mood, rightarg = mood, restrict = eqsel)",
        ],
    );
    check(
        "alter operator === (mood, mood) owner to app1",
        &[
            "set owner = app1: operator ===  <- app1",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "drop operator if exists stage.=== (mood, mood)",
        &[
            "drop if there operator stage.===  <- stage.=== (mood, mood)",
            "unknown, which expressions use it is not read: anything  <- drop operator if exists stage.=== (mood, mood)",
        ],
    );
    check(
        "create operator class ops default for type mood using btree as operator 1 <, function 1 compare(mood, mood)",
        &[
            "create operator class ops  <- ops",
            "need existence of type mood  <- mood",
            "need existence of function compare  <- compare",
            "need existence of operator <  <- <",
            "create operator family ops  <- ops",
            "unknown, which expressions use it is not read: anything  <- create operator class ops default for type mood using btree as operator 1 <, function 1 compare(mood, mood)",
        ],
    );
    check(
        "create operator class ops for type mood using gin family stage.family as storage text",
        &[
            "create operator class ops  <- ops",
            "need existence of type mood  <- mood",
            "need existence of operator family stage.family  <- stage.family",
        ],
    );
    check(
        "alter operator class ops using btree rename to others",
        &[
            "rename to others: operator class ops  <- others",
            "create operator class others  <- others",
        ],
    );
    check(
        "alter operator family family using btree add function 2 (mood, mood) sorts(internal)",
        &[
            "set members = add function 2 ( mood , mood ) sorts ( internal ): operator family family  <- add function 2 (mood, mood) sorts(internal)",
            "need existence of type mood  <- mood",
            "need existence of function sorts  <- sorts",
            "unknown, which expressions use it is not read: anything  <- add function 2 (mood, mood) sorts(internal)",
        ],
    );
    check(
        "create operator family family using btree",
        &["create operator family family  <- family"],
    );
    check(
        "drop operator family if exists family using btree",
        &["drop if there operator family family  <- family"],
    );
    check(
        "create transform for hstore language plperl (from sql with function f(internal))",
        &[
            "create transform for hstore language plperl  <- plperl",
            "need existence of type hstore  <- hstore",
            "need existence of language plperl  <- plperl",
            "need existence of function f  <- f",
        ],
    );
    check(
        "drop transform for hstore language plperl",
        &["drop transform for hstore language plperl  <- plperl"],
    );
    check(
        "create access method mine type table handler mine_in",
        &[
            "create access method mine  <- mine",
            "need existence of function mine_in  <- mine_in",
        ],
    );
    check(
        "create language lolcode handler lol_in inline lol_do validator lol_check",
        &[
            "create language lolcode  <- lolcode",
            "need existence of function lol_in  <- lol_in",
            "need existence of function lol_do  <- lol_do",
            "need existence of function lol_check  <- lol_check",
        ],
    );
    check(
        "alter language lolcode owner to app1",
        &[
            "set owner = app1: language lolcode  <- app1",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "create text search configuration german (copy = pg_catalog.german)",
        &[
            "create text search configuration german  <- german",
            "unknown, which queries use it for text search is not read: anything  <- create text search configuration german (copy = pg_catalog.german)",
        ],
    );
    check(
        "alter text search configuration german add mapping for word with stems",
        &[
            "set members = add mapping for word with stems: text search configuration german  <- add mapping for word with stems",
            "need existence of text search dictionary stems  <- stems",
            "unknown, which queries use it for text search is not read: anything  <- alter text search configuration german add mapping for word with stems",
        ],
    );
    check(
        "alter text search dictionary stems (language = german)",
        &[
            "set option options = ( language = german ): text search dictionary stems  <- (language = german)",
            "unknown, which queries use it for text search is not read: anything  <- alter text search dictionary stems (language = german)",
        ],
    );
    check(
        "drop text search configuration german",
        &[
            "drop text search configuration german  <- german",
            "unknown, which queries use it for text search is not read: anything  <- drop text search configuration german",
        ],
    );
    check(
        "create property graph links vertex tables (users)",
        &[
            "create links  <- links",
            "need existence of users  <- users",
            "unknown, which columns a property graph uses is not read: anything  <- create property graph links vertex tables (users)",
        ],
    );
    check(
        "alter property graph links owner to app1",
        &[
            "set owner = app1: links  <- app1",
            "need existence of role app1  <- app1",
        ],
    );
    check("drop property graph links", &["drop links  <- links"]);
    check(
        "alter large object 12 owner to app1",
        &[
            "set owner = app1: large object 12  <- app1",
            "need existence of role app1  <- app1",
        ],
    );
    check("set statement_timeout = '5s'", &[]);
    check("set local lock_timeout to 1000", &[]);
    check("set standard_conforming_strings = on", &[]);
    check(
        "set standard_conforming_strings = off",
        &[
            "unknown, the setting may change what later statements do: anything  <- set standard_conforming_strings = off",
        ],
    );
    check(
        "set session_replication_role = replica",
        &[
            "unknown, the setting may change what later statements do: anything  <- set session_replication_role = replica",
        ],
    );
    check(
        "set time zone 'UTC'",
        &[
            "unknown, the setting may change what later statements do: anything  <- set time zone 'UTC'",
        ],
    );
    check("set xml option content", &[]);
    check("reset lock_timeout", &[]);
    check(
        "set role app1",
        &[
            "need existence of role app1  <- app1",
            "unknown, later statements of the session run as another role: anything  <- set role app1",
        ],
    );
    check(
        "set local role 'app1'",
        &["need existence of role app1  <- 'app1'"],
    );
    check(
        "set session authorization default",
        &[
            "unknown, later statements of the session run as another role: anything  <- set session authorization default",
        ],
    );
    check("set constraints all deferred", &[]);
    check(
        "set constraints positive immediate",
        &[
            "unknown, the constraint's table is not in the text: anything  <- set constraints positive immediate",
        ],
    );
    check(
        "load 'auto_explain'",
        &["unknown, a library may change what statements do: anything  <- load 'auto_explain'"],
    );
    check("analyze verbose", &[]);
    check(
        "analyze users (name), stage.orders",
        &[
            "need existence of users  <- users",
            "need existence of users.name  <- name",
            "need existence of stage.orders  <- stage.orders",
        ],
    );
    check(
        "vacuum (full) users",
        &["need existence of users  <- users"],
    );
    check(
        "repack users using index users_pkey",
        &[
            "need existence of users  <- users",
            "need existence of users_pkey  <- users_pkey",
        ],
    );
    check(
        "commit prepared 'x'",
        &[
            "unknown, what a prepared transaction does takes effect at another time: anything  <- commit prepared 'x'",
        ],
    );
    check(
        "prepare transaction 'x'",
        &[
            "unknown, what a prepared transaction does takes effect at another time: anything  <- prepare transaction 'x'",
        ],
    );
    check(
        "rollback prepared 'x'",
        &[
            "unknown, what a prepared transaction does takes effect at another time: anything  <- rollback prepared 'x'",
        ],
    );
    check("begin", &[]);
    check("commit", &[]);
    check("rollback to savepoint s", &[]);
    check("discard all", &[]);
    check("listen news", &[]);
}
