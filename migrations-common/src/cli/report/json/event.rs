//! An event as one line of `--events`.

use serde_json::{Map, Value, json};

use super::part::{applied, error, label, millis, target};
use crate::event::Event;
use crate::target::Target;
use crate::track::Track;

/// `{"event": …}`, with the target that it is about.
pub fn event(event: &Event) -> Value {
    match event {
        Event::Planned {
            target,
            pending,
            known,
        } => at(
            "planned",
            target,
            json!({ "pending": pending, "known": known }),
        ),
        Event::Started { target, migration } => {
            at("started", target, json!({ "migration": label(migration) }))
        }
        Event::Statement {
            target,
            migration,
            done,
            of,
        } => at(
            "statement",
            target,
            json!({ "migration": label(migration), "done": done, "of": of }),
        ),
        Event::Done {
            target,
            applied: what,
        } => at("done", target, json!({ "applied": applied(what) })),
        Event::Waiting { target, holder } => {
            let holder = holder.as_ref().map(|holder| {
                json!({
                    "pid": holder.pid,
                    "application_name": holder.application_name,
                    "seconds": holder.seconds,
                })
            });
            at("waiting", target, json!({ "holder": holder }))
        }
        Event::Retrying {
            target,
            migration,
            cause,
            pause,
        } => at(
            "retrying",
            target,
            json!({ "migration": label(migration), "cause": cause, "pause_ms": millis(*pause) }),
        ),
        Event::Notice {
            target,
            severity,
            message,
        } => at(
            "notice",
            target,
            json!({ "severity": severity, "message": message }),
        ),
        Event::Fleet {
            series,
            targets,
            jobs,
            canary,
        } => json!({
            "event": "fleet",
            "app": series.app,
            "database": series.config.name,
            "track": series.track.map(Track::word),
            "targets": targets,
            "jobs": jobs,
            "canary": canary,
        }),
        Event::Ended {
            target,
            outcome,
            applied,
            elapsed,
        } => at(
            "ended",
            target,
            json!({ "outcome": outcome.word(), "applied": applied, "elapsed_ms": millis(*elapsed) }),
        ),
        Event::Pausing {
            server,
            cause,
            pause,
        } => json!({
            "event": "pausing",
            "server": server,
            "cause": cause,
            "pause_ms": millis(*pause),
        }),
        Event::Warning(problem) => json!({ "event": "warning", "warning": error(problem) }),
    }
}

fn at(name: &str, of: &Target, rest: Value) -> Value {
    let mut entry = Map::new();
    entry.insert("event".to_owned(), name.into());
    entry.extend(target(of));
    if let Value::Object(rest) = rest {
        entry.extend(rest);
    }
    Value::Object(entry)
}
