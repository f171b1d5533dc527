//! What migrating costs, against refinery and against the least that any tool could do.
//!
//! `cargo bench -p migrations-common -- [--rounds N] [--targets N] [--url URL] [--json]`
//!
//! A target is a schema with its own history table. The candidates run in turn, each in a database of its own that
//! was made for the round, in an order that rotates from round to round; single runs can differ twofold, so the
//! medians count. Files are loaded before the clock starts; connecting is part of the run.
//!
//! The server is a throw-away one without fsync; `--url` names another, where the disk counts too.

mod arguments;
mod candidate;
mod figures;
mod phase;
mod place;
mod table;
mod workload;

use arguments::Arguments;
use figures::Figures;
use place::Server;
use workload::Workload;

/// Any error: a benchmark that fails has nothing to report.
type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments = Arguments::of_process()?;
    let server = Server::of(arguments.url.as_deref())?;
    let workload = Workload::load()?;
    let candidates = candidate::all();
    let mut figures = Figures::default();
    for round in 0..arguments.rounds {
        for turn in 0..candidates.len() {
            let Some(candidate) = candidates.get((round + turn) % candidates.len()) else {
                continue;
            };
            for targets in [1, arguments.targets] {
                let place = server.make_place(targets)?;
                phase::run(candidate.as_ref(), &workload, &place, &mut figures)?;
                server.remove(place)?;
            }
        }
    }
    let names: Vec<&str> = candidates.iter().map(|one| one.name()).collect();
    let head = format!(
        "PostgreSQL {}, {} migrations, rounds: {}",
        server.version()?,
        workload.head.len(),
        arguments.rounds
    );
    let text = if arguments.json {
        table::json(&figures, &names, &head)?
    } else {
        table::human(&figures, &names, &head)
    };
    print(&text);
    Ok(())
}

#[expect(
    clippy::disallowed_macros,
    reason = "a benchmark is a program: this is its one output"
)]
fn print(text: &str) {
    println!("{text}");
}
