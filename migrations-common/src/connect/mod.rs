//! Connections to PostgreSQL. Nothing else in the workspace opens one.

mod cancel;
mod conninfo;
mod defaults;
mod error;
mod failure;
mod hosts;
mod keywords;
mod limit;
mod liveness;
mod open;
mod parameters;
mod pgpass;
mod refusal;
mod service;
mod session;
mod settings;
mod tls;
mod url;
mod verify;

pub use cancel::Canceller;
pub use error::{ServerError, problem_of};
pub use open::{Connection, open};
pub use parameters::{Parameters, Server};
