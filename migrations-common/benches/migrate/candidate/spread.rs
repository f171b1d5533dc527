//! Many targets, several at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use migrations_common::connect::Parameters;
use postgres::Client;

use crate::Failure;
use crate::place::connect;

/// Does `work` for each of `items`, whoever of the workers is free taking the next. A worker has one connection to the
/// end; the first goes on with `open`, if that is given.
pub(crate) fn spread<I: Sync>(
    parameters: &Parameters,
    workers: usize,
    mut open: Option<Client>,
    items: &[I],
    work: impl Fn(&mut Client, &I) -> Result<(), Failure> + Sync,
) -> Result<(), Failure> {
    let next = AtomicUsize::new(0);
    let worker = |open: Option<Client>| -> Result<(), Failure> {
        let mut client = match open {
            Some(client) => client,
            None => connect(parameters)?,
        };
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(&mut client, item)?;
        }
        Ok(())
    };
    let worker = &worker;
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers.min(items.len()))
            .map(|_| {
                let open = open.take();
                scope.spawn(move || worker(open))
            })
            .collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err("a worker panicked".into()))
        })
    })
}
