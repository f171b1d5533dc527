//! One run of a program: how long it took, and how much memory.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;

/// What `check` answers if it has findings; what is generated has some.
const FINDINGS: i32 = 3;

/// How often the program's memory is looked at.
const LOOK: Duration = Duration::from_millis(1);

/// What one run took.
pub(crate) struct Took {
    /// From before it was started until it ended.
    pub(crate) seconds: f64,
    /// The most memory that it held, in bytes; `None` where the system does not say.
    pub(crate) peak: Option<u64>,
}

/// Runs `command` to its end.
pub(crate) fn run(command: &mut Command) -> Result<Took, Failure> {
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut most = None;
    loop {
        // The last look is a moment before the end: what is freed on the way out was there before.
        most = most.max(peak(child.id()));
        if let Some(status) = child.try_wait()? {
            let seconds = begun.elapsed().as_secs_f64();
            if !matches!(status.code(), Some(0 | FINDINGS)) {
                return Err(format!("{command:?} ended with {status}").into());
            }
            return Ok(Took {
                seconds,
                peak: most,
            });
        }
        std::thread::sleep(LOOK);
    }
}

/// The most memory that a process had until now, in bytes: `VmHWM` of proc(5).
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = (status.lines()).find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}
