//! How runs end.

use insta::assert_snapshot;

use super::*;

#[test]
fn nothing_to_do_is_one_line() {
    let (one, two) = (target("app1", "core"), target("app2", "core"));
    let at = |target, current| ended(target, Outcome::AtHead, current, vec![]);
    let end = |targets| shown(|human| human.report(&report(targets), None));
    assert_snapshot!(end(vec![at(&one, Some(4))]), @"    Finished 1 target already at head: core V4");
    assert_snapshot!(end(vec![at(&one, Some(4)), at(&two, Some(4))]), @"    Finished 2 targets already at head: app1 core V4, app2 core V4");
    assert_snapshot!(end(vec![at(&one, Some(3))]), @"    Finished 1 target, nothing to do: core V3");
    assert_snapshot!(end(vec![]), @"    Finished nothing to do: there are no targets");
}

#[test]
fn many_targets_are_counted() {
    let app = app("app3", "workspaces", "", &[("V1__a.sql", "select 1")]);
    let tenants = (0..20).map(|n| target_of(&app, &format!("t{n}")));
    let ends = tenants.map(|one| ended(&one, Outcome::Applied, Some(1), vec![]));
    assert_snapshot!(shown(|human| human.report(&report(ends.collect()), None)), @"    Finished 20 targets at head: app3 workspaces V1 (20) in 940 ms");
}

#[test]
fn ahead_is_said() {
    let core = target("app1", "core");
    let end = report(vec![ended(&core, Outcome::Ahead, Some(9), vec![])]);
    assert_snapshot!(shown(|human| human.report(&end, None)), @r"
       Ahead app1 core holds V9; the newest known here is V4
    Finished 1 target, nothing to do: core V9
    ");
}

#[test]
fn a_failure_alone_says_all_itself() {
    let core = target("app1", "core");
    let end = report(vec![ended(
        &core,
        Outcome::Failed,
        Some(1),
        vec![failure(&core, 2)],
    )]);
    assert_snapshot!(shown(|human| human.report(&end, None)), @r"
    2>error[migration-failed]: no such table
    2> --> apps/app1/migrations/core/V2__größe.sql:1:1
    2>  |
    2>1 | alter table users add größe int;
    2>  | ^^^^^ PostgreSQL 42P01
    2>  = app1 core (public): nothing of it remains
    2>  help: fix the file and run `cargo xtask migrate app1` again
    ");
}

#[test]
fn a_failure_among_others_is_followed_by_what_became_of_them() {
    let targets = ["a", "b", "c", "d"].map(|name| target("app1", name));
    let busy = Problem::new(Kind::Busy, "busy", "app1 c (public) is locked by pid 7");
    let [a, b, c, d] = &targets;
    let end = report(vec![
        ended(a, Outcome::Applied, Some(4), vec![]),
        ended(b, Outcome::Failed, Some(1), vec![failure(b, 2)]),
        ended(c, Outcome::Busy, Some(3), vec![busy]),
        ended(d, Outcome::NotReached, None, vec![]),
    ]);
    assert_snapshot!(shown(|human| human.report(&end, None)), @r"
    2>error[migration-failed]: no such table
    2> --> apps/app1/migrations/b/V2__größe.sql:1:1
    2>  |
    2>1 | alter table users add größe int;
    2>  | ^^^^^ PostgreSQL 42P01
    2>  = app1 b (public): nothing of it remains
    2>  help: fix the file and run `cargo xtask migrate app1` again
    2>
    2>error[busy]: app1 c (public) is locked by pid 7
         Stopped 1 applied, 1 failed, 1 busy, 1 not reached in 940 ms
          failed app1 b               stands at V1
            busy app1 c               stands at V3
     not reached app1 d               nothing is applied yet
    ");
}

#[test]
fn one_problem_of_many_targets_is_said_once() {
    let app = app("app3", "workspaces", "", &[("V1__a.sql", "select 1")]);
    let lost = Problem::new(
        Kind::Connect,
        "cannot-connect",
        "no server at localhost:5432",
    );
    let tenants = (0..12).map(|n| target_of(&app, &format!("t{n}")));
    let ends = tenants.map(|one| ended(&one, Outcome::Failed, None, vec![lost.clone()]));
    assert_snapshot!(shown(|human| human.report(&report(ends.collect()), None)), @r"
    2>error[cannot-connect]: no server at localhost:5432
         Stopped 12 failed in 940 ms
          failed app3 workspaces (t0)
          failed app3 workspaces (t1)
          failed app3 workspaces (t2)
          failed app3 workspaces (t3)
          failed app3 workspaces (t4)
          failed app3 workspaces (t5)
          failed app3 workspaces (t6)
          failed app3 workspaces (t7)
                 and 4 more
    ");
}

#[test]
fn an_interrupted_run_says_how_to_go_on() {
    let (core, analytics) = (target("app1", "core"), target("app1", "analytics"));
    let problem = Problem::new(Kind::Interrupted, "interrupted", "interrupted by a signal")
        .note("app1 core (public): V2 was rolled back, nothing of it remains; core stands at V1");
    let mut end = report(vec![
        ended(&core, Outcome::Failed, Some(1), vec![problem]),
        ended(&analytics, Outcome::NotReached, Some(2), vec![]),
    ]);
    end.interrupted = Some(Signal::Interrupt);
    assert_snapshot!(shown(|human| human.report(&end, None)), @r"
    2>error[interrupted]: interrupted by a signal
    2>  = app1 core (public): V2 was rolled back, nothing of it remains; core stands at V1
    2>  help: to go on, run `cargo xtask migrate app1` again
     Interrupted 1 interrupted, 1 not reached in 940 ms
     interrupted app1 core            stands at V1
     not reached app1 analytics       stands at V2
    ");
}

#[test]
fn the_next_step_suits_what_failed() {
    let core = target("app1", "core");
    let help = |sqlstate: &str| {
        let mut problem = failure(&core, 2);
        problem.sqlstate = Some(sqlstate.to_owned());
        outcome::next_step(&problem, "x").expect("a way out")
    };
    assert_eq!(help("42P01"), "fix the file and run `x` again");
    assert_eq!(help("55P03"), "when the others are done, run `x` again");
    assert_eq!(help("53100"), "run `x` again");
}
