//! What the benchmark is asked for.

use crate::Failure;

/// The command line.
pub(crate) struct Arguments {
    /// How often each candidate runs.
    pub(crate) rounds: usize,
    /// Targets where there are many.
    pub(crate) targets: usize,
    /// A server to use instead of a throw-away one; its role must be allowed to create databases.
    pub(crate) url: Option<String>,
    /// JSON instead of a table.
    pub(crate) json: bool,
}

impl Arguments {
    /// Reads the command line of this process.
    ///
    /// Cargo passes `--bench` when it is `cargo bench` that runs us. Without it we are a part of
    /// `cargo test --all-targets`, which only asks whether everything still works: one round over few targets.
    pub(crate) fn of_process() -> Result<Self, Failure> {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let measures = words.iter().any(|word| word == "--bench");
        let mut arguments = Arguments {
            rounds: if measures { 5 } else { 1 },
            targets: if measures { 100 } else { 2 },
            url: None,
            json: false,
        };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--bench" => {}
                "--json" => arguments.json = true,
                "--rounds" => arguments.rounds = at_least(1, &value()?)?,
                "--targets" => arguments.targets = at_least(2, &value()?)?,
                "--url" => arguments.url = Some(value()?),
                _ => {
                    return Err(format!(
                        "no argument `{word}`; there are --rounds N, --targets N, --url URL, --json"
                    )
                    .into());
                }
            }
        }
        Ok(arguments)
    }
}

fn at_least(least: usize, text: &str) -> Result<usize, Failure> {
    match text.parse() {
        Ok(number) if number >= least => Ok(number),
        _ => Err(format!("`{text}` is no number from {least} on").into()),
    }
}
