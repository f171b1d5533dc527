//! How often the text said this and the server that.

use std::collections::BTreeMap;
use std::fmt;

use crate::judge::Server;
use migrations_effects::verdict::Verdict;

/// Counts of pairs.
#[derive(Default)]
pub(crate) struct Tally(BTreeMap<(Verdict, Server), usize>);

impl Tally {
    pub(crate) fn add(&mut self, verdict: Verdict, server: Server) {
        *self.0.entry((verdict, server)).or_default() += 1;
    }

    pub(crate) fn total(&self) -> usize {
        self.0.values().sum()
    }

    /// Pairs that commute on the server, where the text did not tell.
    pub(crate) fn weaker(&self) -> usize {
        self.count(|verdict, server| verdict != Verdict::Commutes && server == Server::Equal)
    }

    /// Pairs that do not commute on the server, where the text said so.
    pub(crate) fn untrue(&self) -> usize {
        self.count(|verdict, server| verdict == Verdict::Commutes && server != Server::Equal)
    }

    fn count(&self, which: impl Fn(Verdict, Server) -> bool) -> usize {
        let counted = self
            .0
            .iter()
            .filter(|((verdict, server), _)| which(*verdict, *server));
        counted.map(|(_, count)| count).sum()
    }
}

/// A table: a line for each verdict, a column for what the server says.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:14}", "")?;
        for server in Server::ALL {
            write!(f, "{:>14}", server.name())?;
        }
        for verdict in crate::case::VERDICTS {
            write!(f, "\n{:14}", verdict.name())?;
            for server in Server::ALL {
                let count = self.0.get(&(verdict, server)).unwrap_or(&0);
                write!(f, "{count:>14}")?;
            }
        }
        let (total, weaker, untrue) = (self.total(), self.weaker(), self.untrue());
        write!(f, "\n{total} pairs, {weaker} weaker, {untrue} untrue")
    }
}
