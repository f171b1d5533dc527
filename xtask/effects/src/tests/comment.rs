//! Comments and security labels.

use super::check;

#[test]
fn comments_and_labels() {
    check(
        "comment on table users is 'People'",
        &["set comment = 'People': users  <- users"],
    );
    check(
        "comment on column stage.users.\"Name\" is 'It''s'",
        &["set comment = 'It's': stage.users.Name  <- stage.users.\"Name\""],
    );
    check(
        "comment on column users.name is null",
        &["set comment = none: users.name  <- users.name"],
    );
    check(
        "comment on view seen is ''",
        &["set comment = none: seen  <- seen"],
    );
    check(
        "comment on index users_name_idx is 'x'",
        &["set comment = 'x': users_name_idx  <- users_name_idx"],
    );
    check(
        "comment on sequence numbers is 'x'",
        &["set comment = 'x': numbers  <- numbers"],
    );
    check(
        "comment on constraint positive on users is 'x'",
        &["set comment = 'x': constraint positive of users  <- positive"],
    );
    check(
        "comment on constraint looks on domain email is 'x'",
        &["set comment = 'x': domain constraint email.looks  <- looks"],
    );
    check(
        "comment on trigger touch on users is 'x'",
        &["set comment = 'x': trigger touch of users  <- touch"],
    );
    check(
        "comment on policy own on users is 'x'",
        &["set comment = 'x': policy own of users  <- own"],
    );
    check(
        "comment on rule keep on users is 'x'",
        &["set comment = 'x': rule keep of users  <- keep"],
    );
    check(
        "comment on type mood is 'x'",
        &["set comment = 'x': type mood  <- mood"],
    );
    check(
        "comment on domain email is 'x'",
        &["set comment = 'x': type email  <- email"],
    );
    check(
        "comment on function label(mood) is 'x'",
        &["set comment = 'x': function label  <- label"],
    );
    check(
        "comment on procedure tidy() is 'x'",
        &["set comment = 'x': function tidy  <- tidy"],
    );
    check(
        "comment on aggregate longest(text) is 'x'",
        &["set comment = 'x': function longest  <- longest"],
    );
    check(
        "comment on cast (integer as stage.mood) is 'x'",
        &["set comment = 'x': cast (int4 as mood)  <- (integer as stage.mood)"],
    );
    check(
        "comment on operator stage.=== (integer, none) is 'x'",
        &["set comment = 'x': operator stage.===  <- stage.==="],
    );
    check(
        "comment on operator class ops using btree is 'x'",
        &["set comment = 'x': operator class ops  <- ops"],
    );
    check(
        "comment on text search configuration german is 'x'",
        &["set comment = 'x': text search configuration german  <- german"],
    );
    check(
        "comment on extension pgcrypto is 'x'",
        &["set comment = 'x': extension pgcrypto  <- pgcrypto"],
    );
    check(
        "comment on schema stage is 'x'",
        &["set comment = 'x': schema stage  <- stage"],
    );
    check(
        "comment on role app1 is 'x'",
        &["set comment = 'x': role app1  <- app1"],
    );
    check(
        "comment on database shop is 'x'",
        &["set comment = 'x': database shop  <- shop"],
    );
    check(
        "comment on language plperl is 'x'",
        &["set comment = 'x': language plperl  <- plperl"],
    );
    check(
        "comment on transform for hstore language plperl is 'x'",
        &["set comment = 'x': transform for hstore language plperl  <- plperl"],
    );
    check(
        "comment on large object 12 is 'x'",
        &["set comment = 'x': large object 12  <- 12"],
    );
    check(
        "comment on collation german is 'x'",
        &["set comment = 'x': collation german  <- german"],
    );
    check(
        "comment on event trigger guard is 'x'",
        &["set comment = 'x': event trigger guard  <- guard"],
    );
    check(
        "comment on foreign table far is 'x'",
        &["set comment = 'x': far  <- far"],
    );
    check(
        "comment on materialized view totals is 'x'",
        &["set comment = 'x': totals  <- totals"],
    );
    check(
        "comment on publication feed is 'x'",
        &["set comment = 'x': publication feed  <- feed"],
    );
    check(
        "comment on server far is 'x'",
        &["set comment = 'x': server far  <- far"],
    );
    check(
        "comment on statistics pairs is 'x'",
        &["set comment = 'x': statistics pairs  <- pairs"],
    );
    check(
        "security label for selinux on column users.name is 'secret'",
        &["set option security label of selinux = 'secret': users.name  <- users.name"],
    );
    check(
        "security label on table users is null",
        &["set option security label = none: users  <- users"],
    );
}
