//! The process's own terminal: the only place that touches stdout and stderr.

use std::io::IsTerminal;

use rustix::termios::tcgetwinsize;

use super::Streams;
use crate::Environment;

/// Columns where no terminal says how many it has: room for a line of SQL and its label in a log.
const DEFAULT_WIDTH: usize = 120;

/// Results to stdout, all else to stderr.
///
/// Styles are taken out where a stream is no terminal; `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` decide otherwise.
pub fn streams(environment: &Environment) -> Streams {
    let stderr = std::io::stderr();
    let width = tcgetwinsize(&stderr)
        .or_else(|_| tcgetwinsize(std::io::stdout()))
        .map_or(0, |size| usize::from(size.ws_col));
    Streams {
        live: stderr.is_terminal() && may_be_redrawn(environment),
        results: Box::new(anstream::stdout()),
        notes: Box::new(anstream::stderr()),
        width: if width == 0 { DEFAULT_WIDTH } else { width },
    }
}

/// Everything to stderr: stdout is for a JSON document.
pub fn beside_json(environment: &Environment) -> Streams {
    Streams {
        results: Box::new(anstream::stderr()),
        ..streams(environment)
    }
}

/// A CI service keeps what is drawn as lines, and a dumb terminal cannot go back.
fn may_be_redrawn(environment: &Environment) -> bool {
    let in_ci = environment
        .get("CI")
        .is_some_and(|ci| !matches!(ci, "" | "0" | "false"));
    !in_ci && environment.get("TERM") != Some("dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_for_people() {
        let check = |pairs: &[(&str, &str)], expected: bool| {
            let environment = Environment::from_pairs(pairs.iter().copied());
            assert_eq!(may_be_redrawn(&environment), expected, "{pairs:?}");
        };
        check(&[], true);
        check(&[("TERM", "xterm-256color")], true);
        check(&[("CI", "false")], true);
        check(&[("CI", "true")], false);
        check(&[("TERM", "dumb")], false);
    }
}
