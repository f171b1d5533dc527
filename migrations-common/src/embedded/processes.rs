//! What other processes on this machine are, by their arguments.
//!
//! Arguments are readable by everybody on Linux; `/proc/<pid>/cwd` and `exe` are not, not even by root in a container.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::process::Pid;

/// The process with this number; [`Pid::from_raw`] panics on a negative one.
pub(super) fn pid(number: u32) -> Option<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw)
}

/// Whether `pid` is a server that was started with `-D data`. A process that has ended and waits for its parent is none.
pub(super) fn serves(pid: Pid, data: &Path) -> bool {
    arguments(pid).is_some_and(|arguments| is_server(&arguments, data))
}

/// All servers that were started with `-D data`, also those whose data directory is gone.
/// Looks on Linux only; elsewhere such a server notices by itself within a minute.
pub(super) fn servers(data: &Path) -> Vec<Pid> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(pid)
        .filter(|pid| serves(*pid, data))
        .collect()
}

/// Whether `pid` is any process of any PostgreSQL server.
pub(super) fn is_postgres(pid: Pid) -> bool {
    arguments(pid).is_some_and(|arguments| is_postgres_program(&arguments))
}

fn is_server(arguments: &[Vec<u8>], data: &Path) -> bool {
    let data = data.as_os_str().as_bytes();
    is_postgres_program(arguments)
        && arguments
            .windows(2)
            .any(|pair| matches!(pair, [flag, value] if flag == b"-D" && value == data))
}

/// Packagers wrap the program: `.postgres-wrapped`.
fn is_postgres_program(arguments: &[Vec<u8>]) -> bool {
    let program = arguments
        .first()
        .map(|program| Path::new(OsStr::from_bytes(program)));
    program.and_then(Path::file_name).is_some_and(|name| {
        let name = name.to_string_lossy();
        name.contains("postgres") || name.contains("postmaster")
    })
}

#[cfg(target_os = "linux")]
fn arguments(pid: Pid) -> Option<Vec<Vec<u8>>> {
    let line = std::fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).ok()?;
    Some(line.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect())
}

/// `ps` joins arguments by blanks; a path with a blank in it is put together again by looking for ` -D ` and ` -c `,
/// which surround it in the command line that we write.
#[cfg(not(target_os = "linux"))]
fn arguments(pid: Pid) -> Option<Vec<Vec<u8>>> {
    let pid = pid.as_raw_nonzero().to_string();
    let mut ps = std::process::Command::new("/bin/ps");
    ps.args(["-ww", "-o", "command=", "-p", &pid]);
    let line = super::child::run(&mut ps, std::time::Duration::from_secs(10)).ok()?;
    let (program, rest) = line.split_once(" -D ")?;
    let (data, _) = rest.split_once(" -c ")?;
    Some(
        [program, "-D", data]
            .map(|argument| argument.as_bytes().to_vec())
            .to_vec(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_known_by_program_and_directory() {
        let check = |line: &str, expected: bool| {
            let arguments: Vec<Vec<u8>> = line
                .split(' ')
                .map(|word| word.as_bytes().to_vec())
                .collect();
            assert_eq!(
                is_server(&arguments, Path::new("/d/data")),
                expected,
                "{line}"
            );
        };
        check(
            "/usr/lib/postgresql/15/bin/postgres -D /d/data -c port=1",
            true,
        );
        check("/nix/store/x/.postgres-wrapped -D /d/data", true);
        check("postgres -D /d/data2", false);
        check("vim -D /d/data", false);
        check("postgres: checkpointer", false);
        check("", false);
    }
}
