//! Whether two migrations commute: a verdict for each pair of their effects, read from a table.

mod matrix;
mod pair;
mod position;
mod series;

pub use pair::Ruling;
pub use series::{Clash, Compared, Judgement, between};

/// What running two migrations in either order comes to. The worse, the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Both orders work and give the same.
    Commutes,
    /// The order matters, and one order gives what both want.
    Order,
    /// The text does not tell.
    Unknown,
    /// No order gives both what they want.
    Contradictory,
}

/// One of two migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The first that was named.
    A,
    /// The second.
    B,
}

impl Verdict {
    /// As it stands in reports.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Commutes => "commutes",
            Verdict::Order => "order",
            Verdict::Unknown => "unknown",
            Verdict::Contradictory => "contradictory",
        }
    }
}

impl Side {
    /// The one that is not this one.
    #[must_use]
    pub fn other(self) -> Side {
        match self {
            Side::A => Side::B,
            Side::B => Side::A,
        }
    }
}
