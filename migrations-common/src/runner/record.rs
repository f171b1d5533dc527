//! The other ways to change a history: taking migrations back, recording without running, accepting an edit.
