//! Triggers, event triggers, policies and rules.

use super::check;

#[test]
fn triggers_policies_and_rules() {
    check(
        "create trigger touch before update of name, \"Mail\" on stage.users for each row when (new.age > 3 and old.name is distinct from new.name) execute function stage.touch()",
        &[
            "create trigger touch of stage.users  <- touch",
            "need type of stage.users.name  <- name",
            "need type of stage.users.Mail  <- \"Mail\"",
            "need type of stage.users.age  <- age",
            "need type of stage.users.name  <- name",
            "need existence of function stage.touch  <- stage.touch",
        ],
    );
    check(
        "create or replace trigger touch after insert on users for each statement execute procedure touch()",
        &[
            "create or replace trigger touch of users  <- touch",
            "need existence of function touch  <- touch",
        ],
    );
    check(
        "create constraint trigger agrees after insert on users from orders deferrable initially deferred for each row execute function agrees()",
        &[
            "create trigger agrees of users  <- agrees",
            "need existence of orders  <- orders",
            "need existence of function agrees  <- agrees",
        ],
    );
    check(
        "create trigger moved after update on users for each row when (old.* is distinct from new.*) execute function moved()",
        &[
            "create trigger moved of users  <- moved",
            "need columns of users  <- old.*",
            "need type of users  <- old.*",
            "need existence of function moved  <- moved",
        ],
    );
    check(
        "alter trigger touch on users rename to touched",
        &[
            "rename to touched: trigger touch of users  <- touched",
            "create trigger touched of users  <- touched",
        ],
    );
    check(
        "alter trigger touch on users no depends on extension moddatetime",
        &[
            "set option extension moddatetime = stays without it: trigger touch of users  <- moddatetime",
            "need existence of extension moddatetime  <- moddatetime",
        ],
    );
    check(
        "drop trigger if exists touch on users cascade",
        &[
            "drop if there cascade trigger touch of users  <- touch",
            "unknown, CASCADE drops whatever depends on it: anything  <- cascade",
        ],
    );
    check(
        "create event trigger guard on ddl_command_end when tag in ('CREATE TABLE') execute function guard()",
        &[
            "create event trigger guard  <- guard",
            "need existence of function guard  <- guard",
            "unknown, the function of an event trigger runs, or no longer runs, when other statements do: anything  <- create event trigger guard on ddl_command_end when tag in ('CREATE TABLE') execute function guard()",
        ],
    );
    check(
        "alter event trigger guard disable",
        &[
            "set firing = disabled: event trigger guard  <- disable",
            "unknown, the function of an event trigger runs, or no longer runs, when other statements do: anything  <- disable",
        ],
    );
    check(
        "alter event trigger guard rename to watch",
        &[
            "rename to watch: event trigger guard  <- watch",
            "create event trigger watch  <- watch",
        ],
    );
    check(
        "drop event trigger guard",
        &[
            "drop event trigger guard  <- guard",
            "unknown, the function of an event trigger runs, or no longer runs, when other statements do: anything  <- drop event trigger guard",
        ],
    );
    check(
        "create policy own on users as restrictive for select to app1, public using (owner = current_user and allowed(id)) with check (age > 1)",
        &[
            "create policy own of users  <- own",
            "need existence of role app1  <- app1",
            "need type of users.owner  <- owner",
            "need type of function allowed  <- allowed",
            "need type of users.id  <- id",
            "need type of users.age  <- age",
        ],
    );
    check(
        "alter policy own on users to app2 using (true)",
        &[
            "set policy = to app2 using ( true ): policy own of users  <- to app2 using (true)",
            "need existence of role app2  <- app2",
        ],
    );
    check(
        "alter policy own on stage.users rename to theirs",
        &[
            "rename to theirs: policy own of stage.users  <- theirs",
            "create policy theirs of stage.users  <- theirs",
        ],
    );
    check(
        "drop policy if exists own on users",
        &["drop if there policy own of users  <- own"],
    );
    check(
        "create rule keep as on delete to users where old.kept do instead nothing",
        &[
            "create rule keep of users  <- keep",
            "need type of users.kept  <- kept",
            "unknown, a rule rewrites what statements on its table do: anything  <- do instead nothing",
        ],
    );
    check(
        "alter rule keep on users rename to hold",
        &[
            "rename to hold: rule keep of users  <- hold",
            "create rule hold of users  <- hold",
        ],
    );
    check(
        "drop rule keep on users",
        &["drop rule keep of users  <- keep"],
    );
}
