use std::io::Write;
use std::time::Duration;

use insta::assert_snapshot;

use super::super::fixtures::{
    app, applied, ended, failure, history, plan_after, report, target, target_of,
};
use super::*;
use crate::event::How;
use crate::lock::Holder;
use crate::problem::{Kind, Place};
use crate::report::{Outcome, Signal};

/// Both streams as they would stand below each other on a terminal, lines of stderr marked.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<String>>);

struct Pen(Paper, &'static str);

impl Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = std::str::from_utf8(bytes).expect("whole characters");
        let plain = anstream::adapter::strip_str(text).to_string();
        let mut paper = self.0.0.lock().expect("whole");
        for line in plain.split_inclusive('\n') {
            paper.push_str(self.1);
            paper.push_str(line);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a reporter writes while `tell` uses it.
fn written(width: usize, verbose: bool, tell: impl FnOnce(&Human)) -> String {
    let paper = Paper::default();
    let streams = Streams {
        results: Box::new(Pen(paper.clone(), "")),
        notes: Box::new(Pen(paper.clone(), "2>")),
        width,
        live: false,
    };
    let invocation = Invocation {
        program: "cargo xtask".to_owned(),
        command: "migrate".to_owned(),
        names_apps: true,
        apps: vec!["app1".to_owned()],
        ..Invocation::default()
    };
    tell(&Human::new(streams, invocation, verbose));
    paper.0.lock().expect("whole").clone()
}

fn shown(tell: impl FnOnce(&Human)) -> String {
    written(100, false, tell)
}

fn done(human: &Human, target: &Arc<Target>, version: i64, how: How, millis: u64) {
    human.event(&Event::Done {
        target: Arc::clone(target),
        applied: applied(target, version, how, millis),
    });
}

#[test]
fn a_run_tells_what_it_does_and_where_targets_stand() {
    let core = target("app1", "core");
    let analytics = target("app1", "analytics");
    let text = shown(|human| {
        human.tell("Embedded", "PostgreSQL 15.18 in target/postgres");
        for target in [&core, &analytics] {
            human.event(&Event::Planned {
                target: Arc::clone(target),
                pending: 4,
                known: 4,
            });
            done(human, target, 1, How::InTransaction, 12);
            done(human, target, 2, How::InTransaction, 7);
            done(human, target, 3, How::WithoutTransaction, 1_440);
            done(human, target, 4, How::Skipped, 0);
        }
        let ends = [&core, &analytics].map(|one| ended(one, Outcome::Applied, Some(4), vec![]));
        human.report(&report(ends.to_vec()), None);
        human.hint("psql: cargo xtask postgres psql core");
    });
    assert_snapshot!(text, @r"
    2>    Embedded PostgreSQL 15.18 in target/postgres
            app1 core          4 pending of 4
                 V1 create_users       12 ms
                 V2 größe               7 ms
                 V3 users_name_idx     1.4 s   concurrently
                 V4 beta                       skipped: its only-if said no
            app1 analytics     4 pending of 4
                 V1 create_users       12 ms
                 V2 größe               7 ms
                 V3 users_name_idx     1.4 s   concurrently
                 V4 beta                       skipped: its only-if said no
        Finished 2 targets at head: core V4, analytics V4 in 940 ms
    2>             psql: cargo xtask postgres psql core
    ");
}

#[test]
fn every_way_of_recording_has_its_words() {
    let (core, acme) = (target("app1", "core"), target("app1", "core"));
    let text = shown(|human| {
        done(human, &core, 2, How::TakenBack, 5);
        done(human, &core, 1, How::Baselined, 0);
        done(human, &acme, 1, How::Repaired, 0);
        let end = report(vec![ended(&core, Outcome::Applied, Some(1), vec![])]);
        human.report(&end, None);
    });
    assert_snapshot!(text, @r"
        app1 core
             V2 größe               5 ms   taken back
             V1 create_users               recorded, not run
        app1 core
             V1 create_users               record rewritten
    Finished 1 target: core V1 in 940 ms
    ");
}

#[test]
fn waiting_and_warnings_go_to_stderr() {
    let core = target("app1", "core");
    let holder = Holder {
        pid: 4711,
        application_name: "migrations app1".to_owned(),
        seconds: Some(12),
    };
    let notice = |severity: &str, message: &str| Event::Notice {
        target: Arc::clone(&core),
        severity: severity.to_owned(),
        message: message.to_owned(),
    };
    let events = [
        Event::Waiting {
            target: Arc::clone(&core),
            holder: Some(holder),
        },
        Event::Waiting {
            target: Arc::clone(&core),
            holder: None,
        },
        Event::Retrying {
            target: Arc::clone(&core),
            migration: Arc::clone(&core.series.migrations[1]),
            cause: "canceling statement due to lock timeout".to_owned(),
            pause: Duration::from_millis(400),
        },
        notice("NOTICE", "table does not exist, skipping"),
        notice("WARNING", "there is no transaction\nin progress"),
        notice("NOTE", "already done: create index"),
        Event::Warning(
            Problem::verification("line-ends", "V1__a has other line ends")
                .at(Place::file("V1__a.sql")),
        ),
    ];
    let tell = |human: &Human| events.iter().for_each(|event| human.event(event));
    let quiet = written(100, false, tell);
    assert_snapshot!(quiet, @r"
    2>     Waiting app1 core is locked by pid 4711 (migrations app1), for 12 s
    2>     Waiting app1 core is locked by another session
    2>    Retrying app1 core V2 in 400 ms: canceling statement due to lock timeout
    2>     WARNING app1 core: there is no transaction
    2>             in progress
    2>        NOTE app1 core: already done: create index
    2>warning[line-ends]: V1__a has other line ends
    2> --> V1__a.sql
    ");
    let verbose = written(100, true, tell);
    assert!(verbose.contains("NOTICE app1 core: table does not exist, skipping"));
    assert_eq!(verbose.lines().count(), quiet.lines().count() + 1);
}

#[test]
fn threads_do_not_tear_lines() {
    let targets = ["core", "analytics"].map(|name| target("app1", name));
    let text = shown(|human| {
        std::thread::scope(|scope| {
            for target in &targets {
                scope.spawn(move || {
                    for _ in 0..50 {
                        done(human, target, 1, How::InTransaction, 1);
                    }
                });
            }
        });
    });
    let mut under = "";
    let mut migrations = 0;
    for line in text.lines() {
        match line.trim_start() {
            "app1 core" | "app1 analytics" => under = line,
            rest => {
                assert!(
                    rest.starts_with("V1 create_users") && !under.is_empty(),
                    "{line:?}"
                );
                migrations += 1;
            }
        }
    }
    assert_eq!(migrations, 100);
}

mod fleets;
mod outcomes;
mod tables;
