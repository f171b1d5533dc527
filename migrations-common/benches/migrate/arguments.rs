//! What the benchmark is asked for.

use std::path::PathBuf;
use std::time::Duration;

use crate::Failure;
use crate::suite::Suite;

/// The command line.
pub(crate) struct Arguments {
    /// What is measured.
    pub(crate) suite: Suite,
    /// How often each candidate runs.
    pub(crate) rounds: usize,
    /// A server to use instead of a throw-away one; its role must be allowed to create databases.
    pub(crate) url: Option<String>,
    /// Whether the figures are wanted as JSON.
    pub(crate) json: Option<Json>,
}

/// Where JSON goes.
pub(crate) enum Json {
    /// To the standard output, instead of the table.
    Printed,
    /// To a file, beside the table.
    Written(PathBuf),
}

/// The command line word by word; `None` where nothing was said.
#[derive(Default)]
struct Words {
    measures: bool,
    fleet: bool,
    rounds: Option<usize>,
    targets: Option<Vec<usize>>,
    at_head: Option<Vec<usize>>,
    workers: Option<usize>,
    delay: Option<Duration>,
    url: Option<String>,
    json: Option<Json>,
}

impl Arguments {
    /// Reads the command line of this process.
    ///
    /// Cargo passes `--bench` when it is `cargo bench` that runs us. Without it we are a part of
    /// `cargo test --all-targets`, which only asks whether everything still works: one round over few targets.
    pub(crate) fn of_process() -> Result<Self, Failure> {
        let words = Words::read(std::env::args().skip(1))?;
        let (suite, rounds) = words.suite()?;
        Ok(Arguments {
            suite,
            rounds: words.rounds.unwrap_or(rounds),
            url: words.url,
            json: words.json,
        })
    }
}

impl Words {
    fn read(words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut read = Words::default();
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--bench" => read.measures = true,
                "fleet" => read.fleet = true,
                "--rounds" => read.rounds = Some(at_least(1, &value()?)?),
                "--targets" => read.targets = Some(list(&value()?)?),
                "--at-head" => read.at_head = Some(list(&value()?)?),
                "--workers" => read.workers = Some(at_least(1, &value()?)?),
                "--delay-ms" => read.delay = Some(Duration::from_millis(value()?.parse()?)),
                "--url" => read.url = Some(value()?),
                "--json" => {
                    let file = words.next_if(|word| !word.starts_with("--"));
                    read.json = Some(file.map_or(Json::Printed, |file| Json::Written(file.into())));
                }
                _ => {
                    return Err(format!(
                        "no argument `{word}`; there are --rounds N, --targets N, --url URL, --json [FILE]; and after \
                         fleet also --at-head N,..., --workers N, --delay-ms N"
                    )
                    .into());
                }
            }
        }
        Ok(read)
    }

    /// What was asked for, and how many rounds of it are usual.
    fn suite(&self) -> Result<(Suite, usize), Failure> {
        if self.fleet {
            let suite = Suite::fleet(
                self.targets.as_deref().unwrap_or(&[100, 1000]),
                self.at_head.as_deref().unwrap_or(&[10_000]),
                self.workers.unwrap_or(4),
                self.delay.unwrap_or(Duration::from_millis(2)),
            );
            return Ok((suite, 3));
        }
        if self.at_head.is_some() || self.workers.is_some() || self.delay.is_some() {
            return Err(
                "--at-head, --workers and --delay-ms are for fleets: write `fleet` before them"
                    .into(),
            );
        }
        match self.targets.as_deref() {
            None if !self.measures => Ok((Suite::trial(), 1)),
            None => Ok((Suite::migrate(100), 5)),
            Some(&[targets]) => Ok((Suite::migrate(targets), if self.measures { 5 } else { 1 })),
            Some(_) => Err(
                "none or several numbers of targets are for fleets: write `fleet` before --targets"
                    .into(),
            ),
        }
    }
}

/// Numbers with commas between them; `0` for none.
fn list(text: &str) -> Result<Vec<usize>, Failure> {
    let none = text == "0";
    let numbers = text.split(',').filter(|_| !none);
    // What is made at the head is made from the first; and one target is no fleet.
    numbers.map(|number| at_least(2, number)).collect()
}

fn at_least(least: usize, text: &str) -> Result<usize, Failure> {
    match text.parse() {
        Ok(number) if number >= least => Ok(number),
        _ => Err(format!("`{text}` is no number from {least} on").into()),
    }
}
