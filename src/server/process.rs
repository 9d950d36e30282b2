//! This process as others could look for it, and whether another one still runs. The system is asked; where it does
//! not say, nobody is declared dead.

use crate::clock::{Clock as _, SystemClock};
use crate::domain::owner::Process;
use crate::id::{Id, Minter, RealmKind};

/// The process that runs this.
pub fn this() -> Process {
    let id: Id = Minter::from_os(RealmKind::Actual).mint(SystemClock.now());
    let pid = std::process::id();
    Process {
        id: id.as_str().to_owned(),
        host: host(),
        place: place(),
        pid,
        born: born(pid).unwrap_or_default(),
    }
}

/// Whether `process` runs, if it would run here.
pub fn is_alive(process: &Process) -> bool {
    match born(process.pid) {
        // The system may have given the number to another process since, which was born later.
        Some(born) => born == process.born,
        None => exists(process.pid),
    }
}

/// What this machine is called. Services have no HOSTNAME in their environment, so the system is asked first.
pub fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::env::var("HOSTNAME"))
        .unwrap_or_default();
    match name.trim() {
        "" => "node".to_owned(),
        name => name.to_owned(),
    }
}

/// This run of this machine, and the container in it: there a process number means one process.
fn place() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    let container = std::fs::read_link("/proc/self/ns/pid");
    match (boot, container) {
        (Ok(boot), Ok(container)) => format!("{} {}", boot.trim(), container.display()),
        _ => String::new(),
    }
}

/// When a process started, in ticks since the machine did: the 22nd field of its `stat`.
fn born(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets, which may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    // A zombie has ended and works on nothing.
    if fields.next()? == "Z" {
        return Some(String::new());
    }
    fields.nth(18).map(str::to_owned)
}

/// Whether a process has this number. `/proc` may hide those of other users; signal 0 finds them all the same.
#[cfg(unix)]
fn exists(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid)
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    else {
        return false;
    };
    !matches!(
        rustix::process::test_kill_process(pid),
        Err(rustix::io::Errno::SRCH)
    )
}

#[cfg(not(unix))]
fn exists(_pid: u32) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_number_and_its_birth() {
        let here = this();
        assert!(is_alive(&here));
        let reused = Process {
            born: "1".into(),
            ..here.clone()
        };
        assert!(!is_alive(&reused), "the number is another's now");
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let other = Process {
            pid: child.id(),
            born: born(child.id()).unwrap(),
            ..here
        };
        assert!(is_alive(&other));
        child.kill().unwrap();
        // Not even its parent has noticed yet.
        while born(other.pid).as_deref() == Some(&other.born) {
            std::thread::yield_now();
        }
        assert!(!is_alive(&other));
        child.wait().unwrap();
        assert!(!is_alive(&other));
    }
}
