//! Whether the verdicts on two migrations are true: what is read from their texts, against what PostgreSQL says when it runs
//! them in both orders.
//!
//! `HONESTY_CASE=words` runs the cases whose names hold these words alone. `HONESTY_SEED` and `HONESTY_PAIRS` choose other
//! random pairs, and how many.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it counted"
)]

mod case;
mod cases;
mod judge;
mod mutated;
mod random;
mod tally;
