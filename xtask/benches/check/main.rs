//! What `check` costs in a large monorepo, from its start to its exit, git's and cargo's own time included.
//!
//! ```text
//! cargo bench -p xtask -- [--apps N] [--migrations N] [--rounds N] [--dev] [--keep DIR]
//! ```
//!
//! It writes 200 apps with 250 migrations each, 50,000 files of 25 MB, into a temporary directory (`--keep` says where,
//! and leaves it there), commits them, and adds ten migrations in three apps on a branch; some touch shared tables. Then
//! the built program checks the branch, `--rounds` (5) times a case:
//!
//! - `base`: `check --base main`, what a pull request and a pre-commit hook run. Ten migrations are new; all 50,000 are
//!   read, and those are parsed that name what the new ones touch.
//! - `all new`: `check` where no base is known, so that all 50,000 are parsed and compared.
//! - `cargo run`: what `cargo run --quiet` adds before the program starts: an empty crate in the same workspace.
//!   `cargo xtask check` costs this line and the one above together.
//! - with `--dev`, all again with the program as `cargo run` builds it, which is what `cargo xtask` runs.
//!
//! Every run is cold: `check` keeps nothing from one run for the next. What it would save is the parsing, an eighth of the
//! time of `base`. The files are in the system's cache, as they are in every run but the first after a boot.
//!
//! The columns are seconds on the clock (least, median, most) and the most memory that the program held, without its
//! children, git and cargo, which are ended when it works. The medians count; other work on the machine shows in `most`.
//! Without `--bench`, as a part of `cargo test --all-targets`, everything is tried once on a few files.

mod arguments;
mod monorepo;
mod run;
mod sql;

use std::path::{Path, PathBuf};
use std::process::Command;

use arguments::Arguments;
use monorepo::Monorepo;
use run::{Took, run};

/// Any error: a benchmark that fails has nothing to report.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The program, as cargo built it beside this benchmark.
const PROGRAM: &str = env!("CARGO_BIN_EXE_xtask");

fn main() -> Result<(), Failure> {
    let arguments = Arguments::of_process()?;
    let temporary;
    let directory: &Path = match &arguments.keep {
        Some(directory) => directory,
        None => {
            temporary = tempfile::tempdir()?;
            temporary.path()
        }
    };
    let monorepo = Monorepo::at(directory, arguments.apps, arguments.migrations)?;
    print(&format!(
        "{} apps, {} migrations, {:.1} MB; {} processors\n{:<28}{:>9}{:>9}{:>9}{:>12}",
        arguments.apps,
        monorepo.files,
        as_f64(monorepo.bytes) / 1e6,
        std::thread::available_parallelism()?,
        "seconds",
        "least",
        "median",
        "most",
        "peak MB"
    ));
    let mut programs = vec![("", PathBuf::from(PROGRAM))];
    if arguments.dev {
        programs.push(("dev: ", dev_program()?));
    }
    for (prefix, program) in &programs {
        cases(prefix, program, &monorepo, arguments.rounds)?;
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--offline", "--package", monorepo::EMPTY]);
    cargo
        .env_remove("CARGO_TARGET_DIR")
        .current_dir(&monorepo.directory);
    run(&mut cargo)?;
    measure("cargo run", arguments.rounds, || run(&mut cargo))
}

fn cases(prefix: &str, program: &Path, monorepo: &Monorepo, rounds: usize) -> Result<(), Failure> {
    for (name, base) in [("base", Some("main")), ("all new", None)] {
        let check = || {
            let mut command = Command::new(program);
            command.arg("check").current_dir(&monorepo.directory);
            command.args(base.map(|base| format!("--base={base}")));
            command.env_remove("CARGO_TARGET_DIR");
            run(&mut command)
        };
        measure(&format!("{prefix}{name}"), rounds, check)?;
    }
    Ok(())
}

/// Prints one line of the table.
fn measure(
    name: &str,
    rounds: usize,
    mut once: impl FnMut() -> Result<Took, Failure>,
) -> Result<(), Failure> {
    let took = (0..rounds)
        .map(|_| once())
        .collect::<Result<Vec<_>, Failure>>()?;
    let mut seconds: Vec<f64> = took.iter().map(|took| took.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    let at = |index: usize| seconds.get(index).copied().unwrap_or_default();
    let peak = took.iter().filter_map(|took| took.peak).max();
    let peak = peak.map_or_else(String::new, |peak| format!("{:.0}", as_f64(peak) / 1e6));
    print(&format!(
        "{name:<28}{:>9.2}{:>9.2}{:>9.2}{peak:>12}",
        at(0),
        at(rounds / 2),
        at(rounds.saturating_sub(1))
    ));
    Ok(())
}

/// The program in the dev profile, built now.
fn dev_program() -> Result<PathBuf, Failure> {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "xtask"])
        .status()?;
    let release = Path::new(PROGRAM);
    let target = release.parent().and_then(Path::parent);
    match target.filter(|_| built.success()) {
        Some(target) => Ok(target
            .join("debug")
            .join(release.file_name().unwrap_or_default())),
        None => Err("cargo build failed, as said above".into()),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "for display, in millions of bytes"
)]
fn as_f64(bytes: u64) -> f64 {
    bytes as f64
}

fn print(text: &str) {
    println!("{text}");
}
