//! The embedded server of those tests that need one.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::repository::Repository;

/// One for all tests that run at a time; it ends with the last of them.
pub(crate) struct Server {
    of: Repository,
}

static SERVER: Mutex<Weak<Server>> = Mutex::new(Weak::new());

impl Server {
    pub(crate) fn shared() -> Arc<Server> {
        let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
        server.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Server {
                of: Repository::without_git(),
            });
            *server = Arc::downgrade(&started);
            started
        })
    }

    /// Where its data lies: what is a target directory for those who use it.
    pub(crate) fn directory(&self) -> &Path {
        self.of.root()
    }

    /// What it wrote down.
    pub(crate) fn log(&self) -> String {
        let status = self.of.in_own_target(&["postgres", "status"]);
        let path = status
            .stdout
            .lines()
            .find_map(|line| line.strip_prefix("log  "));
        std::fs::read_to_string(path.expect("it runs")).expect("read")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.of.in_own_target(&["postgres", "stop"]);
    }
}
