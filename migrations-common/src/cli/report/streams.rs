//! Where text goes. A reader that went away is no failure of ours.

use std::io::{self, BufWriter, Write};

use serde_json::Value;

/// Where a reporter writes, as values: a test gives buffers, `main` gives the terminal.
pub struct Streams {
    /// What was asked for.
    pub results: Box<dyn Write + Send>,
    /// Problems, warnings, and what goes on meanwhile.
    pub notes: Box<dyn Write + Send>,
    /// Columns.
    pub width: usize,
    /// Whether somebody watches: only then is progress drawn.
    pub live: bool,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Results,
    Notes,
}

impl Streams {
    pub(super) fn write(&mut self, stream: Stream, text: &str) {
        match stream {
            Stream::Results => write(&mut self.results, text),
            Stream::Notes => write(&mut self.notes, text),
        }
    }

    /// Writes `value` to the results, as one line.
    pub fn json(&mut self, value: &Value) {
        self.write(Stream::Results, &format!("{value}\n"));
    }

    /// Lets `document` write to the results, piece by piece.
    pub fn document(&mut self, document: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        let mut out = BufWriter::new(&mut self.results);
        let _ = document(&mut out).and_then(|()| out.flush());
        // What a reader who went away did not take is not offered again.
        let _ = out.into_parts();
    }
}

/// Nobody can be told that nobody listens: a closed pipe ends nothing, and the exit status tells how the run went.
fn write(stream: &mut dyn Write, text: &str) {
    let _ = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let mut streams = Streams {
            results: Box::new(Closed),
            notes: Box::new(Closed),
            width: 80,
            live: false,
        };
        streams.write(Stream::Notes, "x");
        streams.json(&Value::Null);
        streams.document(|out| out.write_all(&vec![b'x'; 20_000]));
    }
}
