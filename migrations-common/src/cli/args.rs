//! Flags of the run-time commands, as typed: nothing is resolved here.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::report::Invocation;
use crate::app::Series;
use crate::config::parse_duration;
use crate::fleet::{Canary, MaxFailures, OnError, Policy};
use crate::migration::Version;
use crate::problem::Problem;
use crate::tenants::{Glob, Selection as Selected, Slice};
use crate::track::Track;

/// Which apps a command is for. In an app's own binary there is only that one.
pub trait Selection: Args {
    /// Whether apps can be named at all.
    const NAMES_APPS: bool;
    /// The names that were typed.
    fn names(&self) -> &[String];
    /// Whether every app is meant.
    fn all(&self) -> bool;
}

/// The commands that xtask and every app binary share.
#[derive(Debug, Subcommand)]
pub enum RunTime<Many: Selection, One: Selection> {
    /// Apply pending migrations
    Migrate(Migrate<Many>),
    /// Show which version each target stands at; writes nothing
    Status(Status<Many>),
    /// List what is recorded as applied; writes nothing
    History(History<Many>),
    /// Take applied migrations back by their down files
    Rollback(Rollback<One>),
    /// Record migrations as applied without running them
    Baseline(Baseline<One>),
    /// Accept a migration that was edited after it was applied
    Repair(Repair<One>),
}

impl<Many: Selection, One: Selection> RunTime<Many, One> {
    /// Where the command looks or works.
    pub fn place(&self) -> &Place {
        match self {
            RunTime::Migrate(args) => &args.place,
            RunTime::Status(args) => &args.place,
            RunTime::History(args) => &args.place,
            RunTime::Rollback(args) => &args.place,
            RunTime::Baseline(args) => &args.place,
            RunTime::Repair(args) => &args.place,
        }
    }

    /// How the command was called; never with a URL, which may hold a password.
    pub fn invocation(&self, program: &str) -> Invocation {
        let (verb, names, all) = match self {
            RunTime::Migrate(args) => ("migrate", args.apps.names(), args.apps.all()),
            RunTime::Status(args) => ("status", args.apps.names(), args.apps.all()),
            RunTime::History(args) => ("history", args.apps.names(), args.apps.all()),
            RunTime::Rollback(args) => ("rollback", args.app.names(), args.app.all()),
            RunTime::Baseline(args) => ("baseline", args.app.names(), args.app.all()),
            RunTime::Repair(args) => ("repair", args.app.names(), args.app.all()),
        };
        let place = self.place();
        let mut apps = names.to_vec();
        if all && Many::NAMES_APPS {
            apps.push("--all".to_owned());
        }
        let to = |version: Version| vec!["--to".to_owned(), version.to_string()];
        let mut rest = match self {
            RunTime::Migrate(args) => args.to.map_or_else(Vec::new, to),
            RunTime::Rollback(args) => to(args.to),
            RunTime::Baseline(args) => vec![args.version.to_string()],
            RunTime::Repair(args) => vec![args.version.to_string()],
            RunTime::Status(_) | RunTime::History(_) => Vec::new(),
        };
        let env = (place.env != crate::config::DEV).then(|| place.env.clone());
        let url = place.database_url.as_ref().map(|_| "…".to_owned());
        let track = place.track.map(|track| track.word().to_owned());
        let flags = [
            ("--env", env),
            ("--database-url", url),
            ("--track", track),
            ("--slice", place.slice.map(|slice| slice.to_string())),
        ];
        for (flag, value) in flags {
            rest.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
        }
        Invocation {
            program: program.to_owned(),
            command: verb.to_owned(),
            names_apps: Many::NAMES_APPS,
            apps,
            databases: place.databases.clone(),
            tenants: place.tenants.iter().map(ToString::to_string).collect(),
            rest,
        }
    }
}

/// `migrate`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
#[derive(Debug, Args)]
pub struct Migrate<Many: Selection> {
    /// The apps.
    #[command(flatten)]
    pub apps: Many,
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// Stop after this version
    #[arg(long, value_name = "V", value_parser = version)]
    pub to: Option<Version>,
    /// Print the plan and change nothing
    #[arg(long, conflicts_with = "sql")]
    pub dry_run: bool,
    /// Write SQL files for psql into DIR and open no connection
    #[arg(long, value_name = "DIR", conflicts_with = "database_url")]
    pub sql: Option<PathBuf>,
    /// With --sql: one file a track, for `psql -v schema=NAME`
    #[arg(long, requires = "sql", conflicts_with_all = ["tenants", "slice"])]
    pub template: bool,
    /// Apply what is required of other apps too
    #[arg(long)]
    pub with_requirements: bool,
    /// Bring these tenants to head before the rest begins: the first N, or a name (may be given again)
    #[arg(long, value_name = "N|GLOB")]
    pub canary: Vec<String>,
    /// Put all tenants of a database into one transaction
    #[arg(long)]
    pub atomic: bool,
    /// Let shards stand at different versions: to bring them together again
    #[arg(long)]
    pub allow_uneven: bool,
    /// Let a migration run after one with a higher version
    #[arg(long, value_name = "allow", value_enum)]
    pub out_of_order: Option<OutOfOrder>,
    /// Treat a target that holds newer versions than any known as an error
    #[arg(long)]
    pub strict: bool,
    /// Locks and placeholders.
    #[command(flatten)]
    pub run: Run,
}

/// `status`.
#[derive(Debug, Args)]
pub struct Status<Many: Selection> {
    /// The apps.
    #[command(flatten)]
    pub apps: Many,
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// Exit with 3 when anything is pending
    #[arg(long)]
    pub check: bool,
    /// Treat a target that holds newer versions than any known as an error
    #[arg(long)]
    pub strict: bool,
    /// Set a placeholder, such as -x region=eu
    #[arg(short = 'x', value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
}

/// `history`.
#[derive(Debug, Args)]
pub struct History<Many: Selection> {
    /// The apps.
    #[command(flatten)]
    pub apps: Many,
    /// Where.
    #[command(flatten)]
    pub place: Place,
}

/// `rollback`.
#[derive(Debug, Args)]
pub struct Rollback<One: Selection> {
    /// The app.
    #[command(flatten)]
    pub app: One,
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// The version to return to; 0 takes everything back
    #[arg(long, value_name = "V", value_parser = version)]
    pub to: Version,
    /// Locks and placeholders.
    #[command(flatten)]
    pub run: Run,
}

/// `baseline`.
#[derive(Debug, Args)]
pub struct Baseline<One: Selection> {
    /// The app.
    #[command(flatten)]
    pub app: One,
    /// The newest version to record
    #[arg(value_name = "VERSION", value_parser = version)]
    pub version: Version,
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// Locks and placeholders.
    #[command(flatten)]
    pub run: Run,
}

/// `repair`.
#[derive(Debug, Args)]
pub struct Repair<One: Selection> {
    /// The app.
    #[command(flatten)]
    pub app: One,
    /// The version whose file was edited
    #[arg(value_name = "VERSION", value_parser = version)]
    pub version: Version,
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// Locks and placeholders.
    #[command(flatten)]
    pub run: Run,
}

/// Where a command looks or works, and how it answers.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Only this database of the app (may be given again)
    #[arg(long = "database", value_name = "DB")]
    pub databases: Vec<String>,
    /// The environment
    #[arg(long, value_name = "ENV", default_value = crate::config::DEV)]
    pub env: String,
    /// Use this URL instead of the environment's; needs one app and one database
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// Only this track of databases that have two
    #[arg(long, value_name = "TRACK", value_enum)]
    pub track: Option<TrackWord>,
    /// Only the tenants of this name; `*` and `?` as in a shell (may be given again)
    #[arg(long = "tenant", value_name = "GLOB")]
    pub tenants: Vec<Glob>,
    /// Only the I-th of N parts of all tenants, such as 2/4
    #[arg(long, value_name = "I/N")]
    pub slice: Option<Slice>,
    /// How to answer
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Write each event as a line of JSON before the document
    #[arg(long, requires = "format")]
    pub events: bool,
    /// Show the server's notices too
    #[arg(long, short)]
    pub verbose: bool,
}

impl Place {
    /// All of `environment`, for people.
    pub(crate) fn of(environment: &str) -> Self {
        Place {
            databases: Vec::new(),
            env: environment.to_owned(),
            database_url: None,
            track: None,
            tenants: Vec::new(),
            slice: None,
            format: Format::Human,
            events: false,
            verbose: false,
        }
    }

    /// Whether `series` is of a database and a track that were named.
    pub(super) fn means(&self, series: &Series) -> bool {
        let database = &series.config.name;
        (self.databases.is_empty() || self.databases.contains(database))
            && self
                .track
                .is_none_or(|track| series.track == Some(track.into()))
    }

    /// The tenants that were named.
    pub(super) fn selection(&self) -> Selected {
        Selected {
            globs: self.tenants.clone(),
            slice: self.slice,
        }
    }
}

/// What a command that changes something needs besides.
#[derive(Clone, Debug, Args)]
pub struct Run {
    /// Work on up to N targets at a time; by default on as many as the servers give connections
    #[arg(long, value_name = "N", value_parser = number)]
    pub jobs: Option<usize>,
    /// What a failure means for the other targets; by default tenants go on, and all else stops
    #[arg(long, value_name = "WHAT", value_enum)]
    pub on_error: Option<OnErrorWord>,
    /// Stop once more than N targets, or N % of them, have failed
    #[arg(long, value_name = "N|N%", value_parser = max_failures)]
    pub max_failures: Option<MaxFailures>,
    /// How long to wait for somebody else's lock
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = parse_duration)]
    pub lock_wait: Duration,
    /// Set a placeholder, such as -x region=eu
    #[arg(short = 'x', value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
}

/// How a command answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One document on stdout.
    Json,
}

/// A track, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TrackWord {
    /// Once per database.
    Global,
    /// Once per tenant.
    Tenant,
}

impl TrackWord {
    /// The word.
    pub fn word(self) -> &'static str {
        Track::from(self).word()
    }
}

impl From<TrackWord> for Track {
    fn from(word: TrackWord) -> Self {
        match word {
            TrackWord::Global => Track::Global,
            TrackWord::Tenant => Track::Tenant,
        }
    }
}

/// What `--on-error` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnErrorWord {
    /// Begin nothing more.
    Stop,
    /// Go on with the others.
    Continue,
}

impl Run {
    /// How to go about many targets.
    pub(super) fn policy(&self) -> Policy {
        Policy {
            jobs: self.jobs,
            on_error: self.on_error.map(|word| match word {
                OnErrorWord::Stop => OnError::Stop,
                OnErrorWord::Continue => OnError::Continue,
            }),
            max_failures: self.max_failures,
            ..Policy::default()
        }
    }
}

impl<S: Selection> Migrate<S> {
    /// How to go about many targets.
    ///
    /// # Errors
    /// `canary`, for a number beside names.
    pub(super) fn policy(&self) -> Result<Policy, Problem> {
        let number = |text: &String| text.parse::<usize>().ok();
        let canary = match self.canary.as_slice() {
            [] => None,
            [only] if number(only).is_some() => number(only).map(Canary::First),
            names if names.iter().any(|name| number(name).is_some()) => {
                return Err(Problem::usage(
                    "canary",
                    "--canary takes one number, or names",
                ));
            }
            names => Some(Canary::Named(names.iter().map(Glob::new).collect())),
        };
        Ok(Policy {
            canary,
            atomic: self.atomic,
            allow_uneven: self.allow_uneven,
            ..self.run.policy()
        })
    }
}

/// The one word that `--out-of-order` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutOfOrder {
    /// Run it late.
    Allow,
}

/// `V16` or `16`.
fn version(text: &str) -> Result<Version, String> {
    let digits = text.strip_prefix('V').unwrap_or(text);
    let whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits
        .parse()
        .ok()
        .filter(|_| whole)
        .ok_or_else(|| "a version is a whole number, such as V16".to_owned())
}

fn number(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "write a whole number above 0".to_owned())
}

fn max_failures(text: &str) -> Result<MaxFailures, String> {
    let wrong = || "write a whole number, or a share such as 5%".to_owned();
    match text.strip_suffix('%') {
        Some(share) => share
            .parse()
            .ok()
            .filter(|share| *share <= 100)
            .map(MaxFailures::Percent)
            .ok_or_else(wrong),
        None => text.parse().map(MaxFailures::Number).map_err(|_| wrong()),
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE")?;
    if matches!(key, "schema" | "tenant") {
        return Err(format!("`{key}` is a placeholder of ours"));
    }
    if key.is_empty() {
        return Err("the key is empty".to_owned());
    }
    Ok((key.to_owned(), value.to_owned()))
}
