//! The contents of files of commits, each read once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use migrations_common::Problem;

use crate::git::{Blob, Git};

/// What was read so far.
#[derive(Debug)]
pub(super) struct Texts<'a> {
    git: &'a Git,
    known: HashMap<Arc<str>, Option<Arc<[u8]>>>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(git: &'a Git) -> Self {
        Texts {
            git,
            known: HashMap::new(),
        }
    }

    pub(super) fn git(&self) -> &'a Git {
        self.git
    }

    /// Reads all of `blobs` at once.
    pub(super) fn read<'b>(
        &mut self,
        blobs: impl IntoIterator<Item = &'b Blob>,
    ) -> Result<(), Problem> {
        let missing = blobs
            .into_iter()
            .filter(|blob| !self.known.contains_key(&blob.id));
        let missing: BTreeSet<Arc<str>> = missing.map(|blob| Arc::clone(&blob.id)).collect();
        let mut found = self.git.blobs(&missing)?;
        self.known.extend(missing.into_iter().map(|id| {
            let bytes = found.remove(&id);
            (id, bytes)
        }));
        Ok(())
    }

    /// The content of `blob`, if it was asked to be read and could be. A link is not followed: it has none.
    pub(super) fn get(&self, blob: &Blob) -> Option<&Arc<[u8]>> {
        self.known.get(&blob.id)?.as_ref().filter(|_| !blob.is_link)
    }
}
