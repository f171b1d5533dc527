//! What a run costs the server: processor time of all its processes, those that ended included.

use std::collections::HashMap;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// A unit of the times in `/proc/*/stat`, in seconds: it is the same on all of Linux's machines that matter here
/// (`USER_HZ`, `include/asm-generic/param.h`).
const TICK: f64 = 0.01;

/// A postmaster and its processes at one moment.
pub(crate) struct Reading {
    postmaster: u32,
    processes: usize,
    ticks: u64,
}

/// Reads what the processes of `postmaster` have used so far; `None` where there is no `/proc`.
pub(crate) fn now(postmaster: u32) -> Option<Reading> {
    let mut reading = Reading {
        postmaster,
        processes: 0,
        ticks: 0,
    };
    for (pid, stat) in all() {
        if pid == postmaster {
            // Of a child that ended, its parent keeps the times.
            reading.ticks += stat.own + stat.ended_children;
        } else if stat.parent == postmaster {
            reading.processes += 1;
            reading.ticks += stat.own;
        }
    }
    (reading.ticks > 0).then_some(reading)
}

impl Reading {
    /// Seconds that the server's processes used since, once those that came since are gone.
    pub(crate) fn spent_since(&self) -> Option<f64> {
        const PATIENCE: Duration = Duration::from_secs(5);
        let begun = Instant::now();
        loop {
            let after = now(self.postmaster)?;
            if after.processes <= self.processes || begun.elapsed() > PATIENCE {
                let ticks = u32::try_from(after.ticks.checked_sub(self.ticks)?).ok()?;
                return Some(f64::from(ticks) * TICK);
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// What proc(5) says of a process; times in ticks.
struct Stat {
    parent: u32,
    own: u64,
    ended_children: u64,
}

fn all() -> HashMap<u32, Stat> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            Some((
                pid,
                parse(&fs::read_to_string(entry.path().join("stat")).ok()?)?,
            ))
        })
        .collect()
}

/// The fields after the name, which may hold anything: state, ppid, ..., and from the twelfth on utime, stime, cutime,
/// cstime.
fn parse(stat: &str) -> Option<Stat> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(1);
    let parent = fields.next()?.parse().ok()?;
    let mut times = fields.skip(9).map_while(|field| field.parse::<u64>().ok());
    Some(Stat {
        parent,
        own: times.next()? + times.next()?,
        ended_children: times.next()? + times.next()?,
    })
}
