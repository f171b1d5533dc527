//! Privileges.

use super::check;

#[test]
fn privileges() {
    check(
        "grant select (id, \"Name\"), update on users to app1",
        &[
            "set privilege select of app1 = granted: users.id  <- id",
            "set privilege select of app1 = granted: users.Name  <- \"Name\"",
            "set privilege update of app1 = granted: users  <- users",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "grant all on table stage.users to group app1, public with grant option",
        &[
            "set privilege select of app1 = granted with grant option: stage.users  <- stage.users",
            "set privilege select of public = granted with grant option: stage.users  <- stage.users",
            "set privilege insert of app1 = granted with grant option: stage.users  <- stage.users",
            "set privilege insert of public = granted with grant option: stage.users  <- stage.users",
            "set privilege update of app1 = granted with grant option: stage.users  <- stage.users",
            "set privilege update of public = granted with grant option: stage.users  <- stage.users",
            "set privilege delete of app1 = granted with grant option: stage.users  <- stage.users",
            "set privilege delete of public = granted with grant option: stage.users  <- stage.users",
            "set privilege truncate of app1 = granted with grant option: stage.users  <- stage.users",
            "set privilege truncate of public = granted with grant option: stage.users  <- stage.users",
            "set privilege references of app1 = granted with grant option: stage.users  <- stage.users",
            "set privilege references of public = granted with grant option: stage.users  <- stage.users",
            "set privilege trigger of app1 = granted with grant option: stage.users  <- stage.users",
            "set privilege trigger of public = granted with grant option: stage.users  <- stage.users",
            "set privilege maintain of app1 = granted with grant option: stage.users  <- stage.users",
            "set privilege maintain of public = granted with grant option: stage.users  <- stage.users",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "grant all (name) on users to app1",
        &[
            "set privilege select of app1 = granted: users.name  <- name",
            "set privilege insert of app1 = granted: users.name  <- name",
            "set privilege update of app1 = granted: users.name  <- name",
            "set privilege references of app1 = granted: users.name  <- name",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "grant usage, select on sequence numbers to app1",
        &[
            "set privilege usage of app1 = granted: numbers  <- numbers",
            "set privilege select of app1 = granted: numbers  <- numbers",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "grant execute on function label(mood) to app1",
        &[
            "set privilege execute of app1 = granted: function label  <- label",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "grant usage on type mood to app1",
        &[
            "set privilege usage of app1 = granted: type mood  <- mood",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "grant all on schema stage to app1",
        &[
            "set privilege create of app1 = granted: schema stage  <- stage",
            "set privilege usage of app1 = granted: schema stage  <- stage",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "grant select, insert on all tables in schema stage to app1",
        &[
            "set privilege select on all tables of app1 = granted: schema stage  <- stage",
            "set privilege insert on all tables of app1 = granted: schema stage  <- stage",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "grant connect, temp on database shop to app1",
        &[
            "set privilege connect of app1 = granted: database shop  <- shop",
            "set privilege temporary of app1 = granted: database shop  <- shop",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "grant set on parameter work_mem to app1",
        &[
            "set privilege set of app1 = granted: parameter work_mem  <- work_mem",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "grant select on large object 12 to app1",
        &[
            "set privilege select of app1 = granted: large object 12  <- 12",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "grant usage on foreign server far to app1",
        &[
            "set privilege usage of app1 = granted: server far  <- far",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "grant readers to app1, app2 with admin option",
        &[
            "set privilege membership of app1 = granted with admin option: role readers  <- readers",
            "set privilege membership of app2 = granted with admin option: role readers  <- readers",
            "need existence of role app1  <- app1",
            "need existence of role app2  <- app2",
        ],
    );
    check(
        "revoke grant option for select on users from app1 cascade",
        &[
            "set privilege select of app1 = revoked grant option: users  <- users",
            "need existence of role app1  <- app1",
            "unknown, CASCADE revokes what the grantees granted in turn: anything  <- cascade",
        ],
    );
    check(
        "revoke all on function label(mood) from public",
        &["set privilege execute of public = revoked: function label  <- label"],
    );
    check(
        "revoke readers from app1",
        &[
            "set privilege membership of app1 = revoked: role readers  <- readers",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "alter default privileges in schema stage grant select on tables to app1",
        &[
            "set privilege default select on tables of app1 = granted: schema stage  <- stage",
            "need existence of schema stage  <- stage",
            "need existence of role app1  <- app1",
        ],
    );
    check(
        "alter default privileges for role maker in schema stage revoke all on functions from public",
        &[
            "set privilege default execute on functions of maker of public = revoked: schema stage  <- stage",
            "need existence of role maker  <- maker",
            "need existence of schema stage  <- stage",
        ],
    );
    check(
        "alter default privileges grant usage on types to app1",
        &[
            "set privilege default usage on types of app1 = granted: role current_user  <- types",
            "need existence of role app1  <- app1",
            "unknown, it is about what is made later, in every schema: anything  <- grant usage on types to app1",
        ],
    );
}
