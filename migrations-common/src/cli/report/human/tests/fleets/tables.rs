//! Status, history, plans and apps of many targets.

use insta::assert_snapshot;

use super::*;

#[test]
fn tenants_that_nobody_can_name_yet_are_no_error() {
    let app = fleet("app3", "two tracks");
    let global = target_of(&app, "public");
    let status = |code| Status {
        targets: vec![stands(&global, State::Pending, None)],
        unresolved: vec![not_known(&app, code)],
    };
    assert_snapshot!(shown(|human| human.status(&status("global-first"))), @r"
      app3 workspaces (global)   empty · 1 pending: V1 tenants
      app3 workspaces            tenants not known yet: global first
    2>note[global-first]: the query of tenants reads what is not there yet
    2>  help: cargo xtask migrate app3
    ");
    assert_snapshot!(shown(|human| human.status(&status("tenant-query"))), @r"
      app3 workspaces (global)   empty · 1 pending: V1 tenants
      app3 workspaces            tenants not known
    2>error[tenant-query]: the query of tenants reads what is not there yet
    2>  help: cargo xtask migrate app3
    ");
    let mut end = report(vec![ended(&global, Outcome::Applied, Some(1), vec![])]);
    end.unresolved = vec![not_known(&app, "tenant-query")];
    assert_snapshot!(end_of(&end), @r"
    2>error[tenant-query]: the query of tenants reads what is not there yet
    2>  help: cargo xtask migrate app3
         Stopped 1 applied in 940 ms
                 app3 workspaces (global)   V1
                 app3 workspaces            tenants not known
    ");
}

#[test]
fn status_of_a_fleet_is_a_line() {
    let app = fleet("app3", "two tracks");
    let mut targets = vec![stands(&target_of(&app, "public"), State::AtHead, Some(1))];
    targets.extend(
        tenants(&app, 999)
            .iter()
            .map(|one| stands(one, State::AtHead, Some(3))),
    );
    targets.push(stands(&tenant(&app, "acme_gmbh"), State::Pending, Some(2)));
    let mut status = Status {
        targets,
        ..Status::default()
    };
    assert_snapshot!(shown(|human| human.status(&status)), @r"
    app3 workspaces (global)                  V1 · at head
    app3 workspaces            1000 tenants   999 at V3 · 1 at V2, 1 pending (acme_gmbh)
    ");
    status.targets.retain(|one| one.state == State::AtHead);
    assert_snapshot!(shown(|human| human.status(&status)), @r"
    app3 workspaces (global)                 V1 · at head
    app3 workspaces            999 tenants   all at V3
    ");
}

#[test]
fn every_state_has_its_words_and_lines_end_where_the_terminal_does() {
    let app = fleet("app3", "schema-per-tenant");
    let groups = [
        (State::AtHead, Some(3), 700),
        (State::Pending, Some(2), 5),
        (State::Pending, None, 3),
        (State::Ahead, Some(9), 2),
        (State::Diverged, Some(3), 20),
        (State::Unreachable, None, 4),
        (State::Pending, Some(1), 1),
    ];
    let mut targets = Vec::new();
    for (group, (state, current, number)) in groups.into_iter().enumerate() {
        for n in 0..number {
            let target = tenant(&app, &format!("tenant_{group}_{n}"));
            let mut one = stands(&target, state, current);
            if state == State::Diverged {
                let migration = &target.series.migrations[0];
                one.problems = vec![
                    Problem::verification("edited-migration", "V1__members was edited")
                        .at(migration.source.place(0..0))
                        .note(format!("applied as V1__members on day {n}")),
                ];
            }
            if state == State::Unreachable {
                let message = format!("cannot connect to postgres://app@host{n}/app: refused");
                one.problems = vec![Problem::new(Kind::Connect, "unreachable", message)];
            }
            targets.push(one);
        }
    }
    let status = Status {
        targets,
        ..Status::default()
    };
    let at = |width| written(width, false, |human| human.status(&status));
    assert_snapshot!(at(60), @r"
      app3 workspaces   735 tenants   700 at V3 ·
                                      20 at V3, diverged ·
                                      5 at V2, 1 pending (tenant_1_0,
                                      tenant_1_1, tenant_1_2,
                                      tenant_1_3, tenant_1_4) ·
                                      4 unreachable (tenant_5_0,
                                      tenant_5_1, tenant_5_2,
                                      tenant_5_3) ·
                                      3 empty, 3 pending (tenant_2_0,
                                      tenant_2_1, tenant_2_2) ·
                                      2 at V9, ahead (tenant_3_0,
                                      tenant_3_1) ·
                                      1 at V1, 2 pending (tenant_6_0)
    2>error[edited-migration]: V1__members was edited
    2> --> apps/app3/migrations/workspaces/V1__members.sql:1:1
    2>  |
    2>1 | create table members ();
    2>  | ^
    2>  = applied as V1__members on day 0
    2>  = 20 tenants of app3 workspaces:
    2>    tenant_4_0   applied as V1__members on day 0
    2>    tenant_4_1   applied as V1__members on day 1
    2>    tenant_4_2   applied as V1__members on day 2
    2>    tenant_4_3   applied as V1__members on day 3
    2>    tenant_4_4   applied as V1__members on day 4
    2>    tenant_4_5   applied as V1__members on day 5
    2>    tenant_4_6   applied as V1__members on day 6
    2>    tenant_4_7   applied as V1__members on day 7
    2>    tenant_4_8   applied as V1__members on day 8
    2>    tenant_4_9   applied as V1__members on day 9
    2>    and 10 more
    2>
    2>error[unreachable]: cannot connect to postgres://app@host0/app: refused
    2>  = 4 tenants of app3 workspaces:
    2>    tenant_5_0   cannot connect to postgres://app@host0/a…
    2>    tenant_5_1   cannot connect to postgres://app@host1/a…
    2>    tenant_5_2   cannot connect to postgres://app@host2/a…
    2>    tenant_5_3   cannot connect to postgres://app@host3/a…
    ");
    assert_snapshot!(at(80), @r"
      app3 workspaces   735 tenants   700 at V3 · 20 at V3, diverged ·
                                      5 at V2, 1 pending (tenant_1_0, tenant_1_1,
                                      tenant_1_2, tenant_1_3, tenant_1_4) ·
                                      4 unreachable (tenant_5_0, tenant_5_1,
                                      tenant_5_2, tenant_5_3) ·
                                      3 empty, 3 pending (tenant_2_0, tenant_2_1,
                                      tenant_2_2) · 2 at V9, ahead (tenant_3_0,
                                      tenant_3_1) · 1 at V1, 2 pending (tenant_6_0)
    2>error[edited-migration]: V1__members was edited
    2> --> apps/app3/migrations/workspaces/V1__members.sql:1:1
    2>  |
    2>1 | create table members ();
    2>  | ^
    2>  = applied as V1__members on day 0
    2>  = 20 tenants of app3 workspaces:
    2>    tenant_4_0   applied as V1__members on day 0
    2>    tenant_4_1   applied as V1__members on day 1
    2>    tenant_4_2   applied as V1__members on day 2
    2>    tenant_4_3   applied as V1__members on day 3
    2>    tenant_4_4   applied as V1__members on day 4
    2>    tenant_4_5   applied as V1__members on day 5
    2>    tenant_4_6   applied as V1__members on day 6
    2>    tenant_4_7   applied as V1__members on day 7
    2>    tenant_4_8   applied as V1__members on day 8
    2>    tenant_4_9   applied as V1__members on day 9
    2>    and 10 more
    2>
    2>error[unreachable]: cannot connect to postgres://app@host0/app: refused
    2>  = 4 tenants of app3 workspaces:
    2>    tenant_5_0   cannot connect to postgres://app@host0/app: refused
    2>    tenant_5_1   cannot connect to postgres://app@host1/app: refused
    2>    tenant_5_2   cannot connect to postgres://app@host2/app: refused
    2>    tenant_5_3   cannot connect to postgres://app@host3/app: refused
    ");
    assert_snapshot!(at(120), @r"
      app3 workspaces   735 tenants   700 at V3 · 20 at V3, diverged · 5 at V2, 1 pending (tenant_1_0, tenant_1_1,
                                      tenant_1_2, tenant_1_3, tenant_1_4) · 4 unreachable (tenant_5_0, tenant_5_1,
                                      tenant_5_2, tenant_5_3) · 3 empty, 3 pending (tenant_2_0, tenant_2_1, tenant_2_2) ·
                                      2 at V9, ahead (tenant_3_0, tenant_3_1) · 1 at V1, 2 pending (tenant_6_0)
    2>error[edited-migration]: V1__members was edited
    2> --> apps/app3/migrations/workspaces/V1__members.sql:1:1
    2>  |
    2>1 | create table members ();
    2>  | ^
    2>  = applied as V1__members on day 0
    2>  = 20 tenants of app3 workspaces:
    2>    tenant_4_0   applied as V1__members on day 0
    2>    tenant_4_1   applied as V1__members on day 1
    2>    tenant_4_2   applied as V1__members on day 2
    2>    tenant_4_3   applied as V1__members on day 3
    2>    tenant_4_4   applied as V1__members on day 4
    2>    tenant_4_5   applied as V1__members on day 5
    2>    tenant_4_6   applied as V1__members on day 6
    2>    tenant_4_7   applied as V1__members on day 7
    2>    tenant_4_8   applied as V1__members on day 8
    2>    tenant_4_9   applied as V1__members on day 9
    2>    and 10 more
    2>
    2>error[unreachable]: cannot connect to postgres://app@host0/app: refused
    2>  = 4 tenants of app3 workspaces:
    2>    tenant_5_0   cannot connect to postgres://app@host0/app: refused
    2>    tenant_5_1   cannot connect to postgres://app@host1/app: refused
    2>    tenant_5_2   cannot connect to postgres://app@host2/app: refused
    2>    tenant_5_3   cannot connect to postgres://app@host3/app: refused
    ");
}

#[test]
fn plans_of_a_fleet_stand_together() {
    let app = fleet("app3", "two tracks");
    let mut plans: Vec<(Arc<Target>, Arc<Plan>)> = tenants(&app, 990)
        .into_iter()
        .map(|target| {
            let plan = plan_after(&target, 2);
            (target, plan)
        })
        .collect();
    for (name, number) in [("acme", 1), ("initech", 1), ("hooli", 0), ("late", 3)] {
        let target = tenant(&app, name);
        let plan = plan_after(&target, number);
        plans.push((target, plan));
    }
    let global = target_of(&app, "public");
    let of_global = plan_after(&global, 0);
    plans.insert(0, (global, of_global));
    assert_snapshot!(shown(|human| human.plans(&plans, &report(vec![]))), @r"
       app3 workspaces (global)   1 pending of 1, in 1 transaction; now empty
            V1 tenants
       app3 workspaces  990 tenants: 1 pending of 3, in 1 transaction each; now at V2
            V3 unique_emails
            2 tenants (acme, initech): at V1, 2 pending: V2 emails to V3 unique_emails
            1 tenant (hooli): empty, 3 pending: V1 members to V3 unique_emails
            1 tenant (late): at V3, nothing would run
    Dry run nothing was changed
    ");
    let at_80 = written(80, false, |human| {
        human.plans(&plans[991..], &report(vec![]));
    });
    assert_snapshot!(at_80, @r"
       app3 workspaces  2 tenants (acme, initech): 2 pending of 3, in 1 transaction each; now at V1
            one transaction
              V2 emails
              V3 unique_emails
            1 tenant (hooli): empty, 3 pending: V1 members to V3 unique_emails
            1 tenant (late): at V3, nothing would run
    Dry run nothing was changed
    ");
    let mut early = report(vec![]);
    early.unresolved = vec![not_known(&app, "global-first")];
    assert_snapshot!(shown(|human| human.plans(&plans[..1], &early)), @r"
            app3 workspaces (global)   1 pending of 1, in 1 transaction; now empty
                 V1 tenants
            app3 workspaces  tenants not known yet: global first
         Dry run nothing was changed
    2>note[global-first]: the query of tenants reads what is not there yet
    2>  help: cargo xtask migrate app3
    ");
}

#[test]
fn history_of_a_fleet_is_a_table_of_versions() {
    let app = fleet("app3", "schema-per-tenant");
    let mut histories: Vec<_> = tenants(&app, 1_000)
        .into_iter()
        .enumerate()
        .map(|(n, target)| {
            let number = if n % 400 == 7 { 1 } else { 2 };
            let mut found = history(&target, number);
            for row in &mut found.rows {
                row.applied_on = format!("2026-01-{:02}T03:04:05.678901Z", 2 + n % 20);
            }
            (target, Ok(found))
        })
        .collect();
    let pilot = tenant(&app, "pilot");
    let mut found = history(&pilot, 3);
    found.rows[0].checksum ^= 1;
    found.rows[1].outcome = Some("skipped".to_owned());
    histories.push((pilot, Ok(found)));
    histories.extend((0..6).map(|n| {
        let lost = Problem::new(Kind::Connect, "cannot-connect", "no server");
        (tenant(&app, &format!("x{n}")), Err(lost))
    }));
    let at = |width| written(width, false, |human| human.history(&histories));
    assert_snapshot!(at(80), @r"
    app3 workspaces   1007 tenants · 6 cannot be read
      version  name           on           applied on                                      state
      V1       members        all 1001     2026-01-02 03:04:05 to 2026-01-21 03:04:05 UTC  applied ·
                 1 edited: pilot
      V2       emails         998 of 1001  2026-01-02 03:04:05 to 2026-01-21 03:04:05 UTC  applied ·
                 1 skipped: pilot · not on t7, t407, t807
      V3       unique_emails  1 of 1001    2026-01-02 03:04:05 UTC                         applied ·
                 only on pilot
    2>error[cannot-connect]: no server
    2>  = 6 tenants of app3 workspaces: x0, x1, x2, x3, x4, x5
    ");
    assert_snapshot!(at(120), @r"
    app3 workspaces   1007 tenants · 6 cannot be read
      version  name           on           applied on                                      state
      V1       members        all 1001     2026-01-02 03:04:05 to 2026-01-21 03:04:05 UTC  applied · 1 edited: pilot
      V2       emails         998 of 1001  2026-01-02 03:04:05 to 2026-01-21 03:04:05 UTC  applied · 1 skipped: pilot ·
                                                                                           not on t7, t407, t807
      V3       unique_emails  1 of 1001    2026-01-02 03:04:05 UTC                         applied · only on pilot
    2>error[cannot-connect]: no server
    2>  = 6 tenants of app3 workspaces: x0, x1, x2, x3, x4, x5
    ");
    let few = &histories[998..1_001];
    assert_snapshot!(shown(|human| human.history(few)), @r#"
    app3 workspaces (t998)   "t998"."app3_workspaces_schema_history"
      version  name     applied on               state
      V1       members  2026-01-20 03:04:05 UTC  applied
      V2       emails   2026-01-20 03:04:05 UTC  applied

    app3 workspaces (t999)   "t999"."app3_workspaces_schema_history"
      version  name     applied on               state
      V1       members  2026-01-21 03:04:05 UTC  applied
      V2       emails   2026-01-21 03:04:05 UTC  applied

    app3 workspaces (pilot)   "pilot"."app3_workspaces_schema_history"
      version  name           applied on               state
      V1       members        2026-01-02 03:04:05 UTC  edited
      V2       emails         2026-01-02 03:04:05 UTC  skipped
      V3       unique_emails  2026-01-02 03:04:05 UTC  applied
    "#);
}

#[test]
fn apps_say_where_their_tenants_come_from() {
    let of = |name: &str, layout: &str, tenants: &str| {
        let config = format!("layout = \"{layout}\"\n{tenants}");
        app(name, "workspaces", &config, &[("V1__a.sql", "select 1")])
    };
    let schemas = "schema-per-tenant";
    let apps = [
        fleet("app3", "two tracks"),
        of("a", schemas, "tenants = { query = \"select 1\" }"),
        of(
            "b",
            schemas,
            "tenants = { query = \"select 1\", on = \"workspaces\" }",
        ),
        of(
            "c",
            "database-per-tenant",
            "tenants = [{ name = \"acme\", url = \"${URL}\" }]",
        ),
        of("d", schemas, "tenants = { pattern = \"tenant_%\" }"),
        of("e", schemas, "tenants = { file = \"tenants.txt\" }"),
        of(
            "f",
            schemas,
            "tenants = { command = [\"list-tenants\", \"--all\"] }",
        ),
        of("g", "sharded", "tenants = { function = \"shards\" }"),
        of("h", "sharded", ""),
    ];
    assert_snapshot!(shown(|human| human.apps(&apps, &[])), @r"
    app3   apps/app3
      workspaces/global   schema-per-tenant · V1 (1 migration) · history in public.app3_workspaces_schema_history
      workspaces/tenant   schema-per-tenant · tenants as the environment says · V1 to V3 (3 migrations) · history in each tenant's app3_workspaces_schema_history
    a   apps/a
      workspaces/tenant   schema-per-tenant · tenants from a query · V1 (1 migration) · history in each tenant's a_workspaces_schema_history
    b   apps/b
      workspaces/tenant   schema-per-tenant · tenants from a query on workspaces · V1 (1 migration) · history in each tenant's b_workspaces_schema_history
    c   apps/c
      workspaces          database-per-tenant · 1 tenant listed · V1 (1 migration) · history in public.c_workspaces_schema_history
    d   apps/d
      workspaces/tenant   schema-per-tenant · tenants like tenant_% · V1 (1 migration) · history in each tenant's d_workspaces_schema_history
    e   apps/e
      workspaces/tenant   schema-per-tenant · tenants from tenants.txt · V1 (1 migration) · history in each tenant's e_workspaces_schema_history
    f   apps/f
      workspaces/tenant   schema-per-tenant · tenants from the command list-tenants · V1 (1 migration) · history in each tenant's f_workspaces_schema_history
    g   apps/g
      workspaces          sharded · shards from the function shards · V1 (1 migration) · history in public.g_workspaces_schema_history
    h   apps/h
      workspaces          sharded · shards as the environment says · V1 (1 migration) · history in public.h_workspaces_schema_history
    ");
}
