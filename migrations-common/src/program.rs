//! Commands of ours that messages tell to type.

use crate::migration::Version;
use crate::track::SeriesName;

/// How to call a command where this run was called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// `cargo xtask`, or the name of an app's own binary.
    pub name: String,
    /// Whether it is told the app: an app's own binary knows it.
    pub names_apps: bool,
    /// What leads to the same place: `--env staging`.
    pub place: Vec<String>,
}

impl Program {
    /// The development runner, in `dev`.
    pub fn xtask() -> Self {
        Program {
            name: "cargo xtask".to_owned(),
            names_apps: true,
            place: Vec::new(),
        }
    }

    /// `cargo xtask rollback app1 --database core --to 3`: the command `verb` on a series, as far as the version `to`.
    pub fn command(&self, verb: &str, series: &SeriesName, to: Option<Version>) -> String {
        let mut words = vec![self.name.clone(), verb.to_owned()];
        if self.names_apps {
            words.push(series.app.clone());
        }
        words.push(format!("--database {}", series.database));
        words.extend(
            series
                .track
                .map(|track| format!("--track {}", track.word())),
        );
        words.extend(to.map(|version| format!("--to {version}")));
        words.extend(self.place.iter().cloned());
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::Track;

    #[test]
    fn a_command_leads_to_the_same_place() {
        let mut series = SeriesName {
            app: "app1".to_owned(),
            database: "core".to_owned(),
            track: None,
        };
        let xtask = Program::xtask();
        assert_eq!(
            xtask.command("migrate", &series, Some(3)),
            "cargo xtask migrate app1 --database core --to 3"
        );
        let staging = Program {
            place: vec!["--env staging".to_owned()],
            ..xtask
        };
        series.track = Some(Track::Global);
        assert_eq!(
            staging.command("migrate", &series, None),
            "cargo xtask migrate app1 --database core --track global --env staging"
        );
        let own = Program {
            name: "app1".to_owned(),
            names_apps: false,
            ..staging
        };
        assert_eq!(
            own.command("rollback", &series, Some(0)),
            "app1 rollback --database core --track global --to 0 --env staging"
        );
    }
}
