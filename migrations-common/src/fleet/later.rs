//! Tenants that only the global track makes known.

use std::fmt;
use std::sync::Arc;

use crate::app::Series;
use crate::problem::{Kind, Problem, Problems};
use crate::report::{GLOBAL_FIRST, Unresolved};
use crate::target::Target;

/// A series whose source of tenants did not answer, for want of something that the global track makes.
#[derive(Clone)]
pub struct Later {
    /// The series.
    pub series: Arc<Series>,
    /// Why the source did not answer.
    pub problem: Problem,
    /// Asks it again.
    pub ask: Arc<dyn Fn() -> Result<Vec<Arc<Target>>, Problems> + Send + Sync>,
}

impl fmt::Debug for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Later({}: {})", self.series.label(), self.problem)
    }
}

impl Later {
    /// Asks once more, where the global track is at head: another runner may have run it since the first time.
    pub(super) fn again(self) -> Result<Vec<Arc<Target>>, Later> {
        (self.ask)().map_err(|Problems(problems)| {
            let problem = problems.into_iter().next();
            Later {
                problem: problem.unwrap_or_else(|| self.problem.clone()),
                ..self
            }
        })
    }

    /// Why its targets are not known; where it `waits` for the global track, that is no failure.
    pub(super) fn unresolved(self, waits: bool) -> Unresolved {
        let problem = if waits {
            Problem::new(
                Kind::Requirement,
                GLOBAL_FIRST,
                format!(
                    "the tenants of {} are not known yet: global first",
                    self.series.label()
                ),
            )
            .note(format!("its source of tenants says: {}", self.problem))
            .help("`migrate` runs the global track, and then asks for the tenants")
        } else {
            self.problem
        };
        Unresolved {
            series: self.series,
            problem,
        }
    }
}
