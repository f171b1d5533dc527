//! What migrating costs, against refinery and against the least that any tool could do.
//!
//! ```text
//! cargo bench -p migrations-common -- [--targets N] [--rounds N] [--url URL] [--json [FILE]]
//! cargo bench -p migrations-common -- fleet [--targets N,...] [--at-head N,...] [--workers N] [--delay-ms N]
//!                                           [--rounds N] [--url URL] [--json [FILE]]
//! ```
//!
//! The first measures one worker on one target and on many (100). The second measures fleets with 4 workers: `--targets`
//! (100,1000) go through every phase; `--at-head` (10000) are made at the head by SQL and do the no-op alone; and the
//! first of `--targets` again with a network in between that delays everything by `--delay-ms` (2) each way, 0 for
//! none. What is counted there, statements and round trips, is what passes through that network. Alembic takes part in
//! fleets where `python3` is found and `pip` can install it.
//!
//! A target is a schema with its own history table. The candidates run in turn, each in a database of its own that
//! was made for the round, in an order that rotates from round to round; single runs can differ twofold, so the
//! medians count. Every run is a process of its own. Files are loaded before the clock starts; connecting is part of
//! the run.
//!
//! The server is a throw-away one without fsync; `--url` names another, where the disk counts too, but the server's
//! processor time and the network cannot be measured.

mod arguments;
mod bench;
mod candidate;
mod figures;
mod phase;
mod place;
mod proxy;
mod server_cpu;
mod suite;
mod table;
mod turn;
mod workload;

use arguments::{Arguments, Json};
use bench::Bench;
use figures::Figures;

/// Any error: a benchmark that fails has nothing to report.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    if std::env::args().nth(1).as_deref() == Some(turn::WORD) {
        return turn::of_this_process();
    }
    let Arguments {
        suite,
        rounds,
        url,
        json,
    } = Arguments::of_process()?;
    let bench = Bench::new(suite, url.as_deref())?;
    let mut figures = Figures::default();
    for round in 0..rounds {
        bench.round(round, &mut figures)?;
    }
    let names = bench.candidates();
    let head = bench.head(rounds)?;
    match json {
        None => print(&table::human(&figures, &names, &head)),
        Some(Json::Printed) => print(&table::json(&figures, &names, &head)?),
        Some(Json::Written(file)) => {
            std::fs::write(file, table::json(&figures, &names, &head)? + "\n")?;
            print(&table::human(&figures, &names, &head));
        }
    }
    Ok(())
}

#[expect(
    clippy::disallowed_macros,
    reason = "a benchmark is a program: this is its one output"
)]
fn print(text: &str) {
    println!("{text}");
}
