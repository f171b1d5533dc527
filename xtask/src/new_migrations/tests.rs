//! Real repositories: what is new in each shape of history that a check meets.

mod here;
mod refs;
mod shapes;
mod support;
