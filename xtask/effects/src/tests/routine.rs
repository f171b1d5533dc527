//! Functions, procedures and aggregates.

use super::check;

#[test]
fn routines() {
    check(
        "create function one() returns integer language c as 'lib', 'one'",
        &["create function one  <- one"],
    );
    check(
        "create or replace function stage.label(m mood, n users.name%type default suffix()) returns setof stage.thing language c as 'lib', 'label'",
        &[
            "create or replace function stage.label  <- stage.label",
            "need existence of type mood  <- mood",
            "need type of users.name  <- users.name%type",
            "need existence of type stage.thing  <- stage.thing",
            "need type of function suffix  <- suffix",
        ],
    );
    check(
        "create function f(a int) returns int language sql begin atomic select id from users; end",
        &[
            "create function f  <- f",
            "need type of users.id  <- id",
            "read id in rows of users (late)  <- users",
        ],
    );
    check(
        "create procedure tidy() language c as 'lib', 'tidy'",
        &["create function tidy  <- tidy"],
    );
    check(
        "create aggregate longest(text) (sfunc = longer, stype = text, finalfunc = stage.trimmed, sortop = operator(stage.>))",
        &[
            "create function longest  <- longest",
            "need existence of function longer  <- longer",
            "need existence of function stage.trimmed  <- stage.trimmed",
            "need existence of operator stage.>  <- stage.>",
        ],
    );
    check(
        "alter function label(mood) rename to name_of",
        &[
            "rename to name_of: function label  <- name_of",
            "create function name_of  <- name_of",
        ],
    );
    check(
        "alter function stage.label set schema public",
        &[
            "move to public: function stage.label  <- public",
            "create function label  <- public",
            "need existence of schema public  <- public",
        ],
    );
    check(
        "alter function label(mood) owner to app1",
        &[
            "set owner = app1: function label  <- app1",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "alter function label strict stable cost 5 set work_mem = '1MB' reset all",
        &[
            "set option null input = strict: function label  <- strict",
            "set option volatility = stable: function label  <- stable",
            "set option cost = cost 5: function label  <- cost 5",
            "set option setting work_mem = '1MB': function label  <- work_mem",
            "unknown, which settings it resets depends on which there are: anything  <- reset all",
        ],
    );
    check(
        "alter procedure tidy() security definer",
        &["set option security = security definer: function tidy  <- security definer"],
    );
    check(
        "alter routine tidy depends on extension pgcrypto",
        &[
            "set option extension pgcrypto = goes with it: function tidy  <- pgcrypto",
            "need existence of extension pgcrypto  <- pgcrypto",
        ],
    );
    check(
        "alter aggregate longest(text) rename to longer",
        &[
            "rename to longer: function longest  <- longer",
            "create function longer  <- longer",
        ],
    );
    check(
        "drop function if exists label(mood), stage.label(int) cascade",
        &[
            "drop if there cascade function label  <- label",
            "drop if there cascade function stage.label  <- stage.label",
            "unknown, CASCADE drops whatever depends on it: anything  <- cascade",
        ],
    );
    check("drop procedure tidy", &["drop function tidy  <- tidy"]);
    check("drop routine tidy()", &["drop function tidy  <- tidy"]);
    check(
        "drop aggregate longest(text)",
        &["drop function longest  <- longest"],
    );
}
