//! What the benchmark is asked for.

use std::path::PathBuf;

use crate::Failure;

/// The command line.
pub(crate) struct Arguments {
    /// How many apps there are.
    pub(crate) apps: usize,
    /// How many migrations each has.
    pub(crate) migrations: usize,
    /// How often each case runs.
    pub(crate) rounds: usize,
    /// Whether the program is measured as the dev profile builds it, too.
    pub(crate) dev: bool,
    /// Where to write the monorepo, and leave it.
    pub(crate) keep: Option<PathBuf>,
}

impl Arguments {
    /// Reads the command line of this process. `--bench` comes from `cargo bench`.
    pub(crate) fn of_process() -> Result<Self, Failure> {
        let mut words = std::env::args().skip(1);
        let (mut measures, mut dev, mut keep) = (false, false, None);
        let (mut apps, mut migrations, mut rounds) = (None, None, None);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--bench" => measures = true,
                "--dev" => dev = true,
                "--apps" => apps = Some(at_least(3, &value()?)?),
                "--migrations" => migrations = Some(at_least(8, &value()?)?),
                "--rounds" => rounds = Some(at_least(1, &value()?)?),
                "--keep" => keep = Some(PathBuf::from(value()?)),
                _ => {
                    return Err(format!(
                        "no argument `{word}`; there are --apps N, --migrations N, --rounds N, --dev, --keep DIR"
                    )
                    .into());
                }
            }
        }
        let usual = if measures { (200, 250, 5) } else { (4, 12, 1) };
        Ok(Arguments {
            apps: apps.unwrap_or(usual.0),
            migrations: migrations.unwrap_or(usual.1),
            rounds: rounds.unwrap_or(usual.2),
            dev,
            keep,
        })
    }
}

fn at_least(least: usize, text: &str) -> Result<usize, Failure> {
    match text.parse() {
        Ok(number) if number >= least => Ok(number),
        _ => Err(format!("`{text}` is no number from {least} on").into()),
    }
}
