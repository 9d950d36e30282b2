//! The machine: room on the disk, a disk that keeps what it was given, files that may be open, a clock that is right,
//! ports that are free.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::domain::plan::PlanSet;
use crate::domain::time::Moment;
use crate::server::{Budget, OpenFiles};

use super::Findings;
use crate::cli::session::own_folder;

const MEBIBYTE: u64 = 1 << 20;
/// Below this the database of one bad night may not fit.
const TIGHT: u64 = 2048 * MEBIBYTE;
const FULL: u64 = 256 * MEBIBYTE;
/// A publication waits for one write to be durable, so a slow disk is a late bulletin.
const SLOW_WRITE: Duration = Duration::from_millis(100);
/// The program did not exist before: a clock that says so has lost its battery.
const NOT_BEFORE_YEAR: i32 = 2026;

pub(super) fn look(config: &Config, plans: Option<&PlanSet>, now: Moment, found: &mut Findings) {
    folder(&config.server.data_dir, now, found);
    files(plans, found);
    clock(now, found);
    for (name, address) in [("portal", config.listen.portal), ("api", config.listen.api)] {
        port(name, address, found);
    }
}

/// What a server started from here could admit. A service may have a limit of its own.
fn files(plans: Option<&PlanSet>, found: &mut Findings) {
    let files = OpenFiles::limit();
    let channels = plans.map(|plans| plans.channels.values());
    let sending = channels.map_or(0, |all| all.map(|def| u64::from(def.concurrency)).sum());
    let raise =
        "raise the limit on open files: ulimit -n 65536, or LimitNOFILE=65536 of the service";
    match Budget::of(files.hard, sending) {
        Err(error) => found.fail("open files", error.to_string(), raise),
        Ok(budget) => {
            let Budget {
                limit,
                reserve,
                portal,
                api,
                drill_portal,
                drill_api,
            } = budget;
            let detail = format!(
                "a server started from here may have {limit} (now {}): {reserve} kept back, connections: portal {portal}, api {api}, drill-portal {drill_portal}, drill-api {drill_api}",
                files.soft
            );
            if budget.is_tight() {
                found.warn("open files", detail, raise);
            } else {
                found.ok("open files", detail);
            }
        }
    }
}

fn folder(folder: &Path, now: Moment, found: &mut Findings) {
    if let Err(error) = own_folder(folder) {
        let detail = format!("{}: {error}", folder.display());
        found.fail(
            "data folder",
            detail,
            "make it, or name another as data-dir in fabu.toml",
        );
        return;
    }
    space(folder, found);
    match durable_write(folder) {
        Err(error) => {
            let detail = format!("{} cannot be written: {error}", folder.display());
            found.fail("disk", detail, "give the folder to the user this runs as");
        }
        Ok(took) if took.0 > SLOW_WRITE => found.warn(
            "disk",
            format!("a durable write takes {} ms", took.0.as_millis()),
            "use a faster disk: every publication waits for one",
        ),
        Ok((took, stamped)) => {
            found.ok(
                "disk",
                format!(
                    "a durable write takes {:.1} ms",
                    took.as_secs_f64() * 1000.0
                ),
            );
            let apart = stamped
                .map(|stamp| (stamp - now).num_seconds().abs())
                .unwrap_or_default();
            if apart > 60 {
                found.warn(
                    "clock of the disk",
                    format!("files are stamped {apart} s away from this machine's clock"),
                    "set both machines by the same time server",
                );
            }
        }
    }
}

/// How long it took until a small file was on the disk, and when the disk says that was.
fn durable_write(folder: &Path) -> std::io::Result<(Duration, Option<Moment>)> {
    let path = folder.join(format!(".doctor-{}", std::process::id()));
    let begun = Instant::now();
    let written = std::fs::File::create(&path).and_then(|mut file| {
        file.write_all(&[0; 4096])?;
        file.sync_all()?;
        file.metadata()?.modified()
    });
    let took = begun.elapsed();
    let removed = std::fs::remove_file(&path);
    let stamped = written?;
    removed?;
    Ok((took, Some(stamped.into())))
}

#[cfg(unix)]
fn space(folder: &Path, found: &mut Findings) {
    let free = match rustix::fs::statvfs(folder) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => {
            found.warn(
                "disk space",
                format!("cannot be asked: {error}"),
                "look yourself: df",
            );
            return;
        }
    };
    let detail = format!(
        "{} MiB free",
        super::super::output::thousands(free / MEBIBYTE)
    );
    if free < FULL {
        found.fail(
            "disk space",
            detail,
            "make room: nothing can be recorded on a full disk",
        );
    } else if free < TIGHT {
        found.warn(
            "disk space",
            detail,
            "make room: a night with a million deliveries takes about 1 GiB",
        );
    } else {
        found.ok("disk space", detail);
    }
}

#[cfg(not(unix))]
fn space(_folder: &Path, found: &mut Findings) {
    found.warn(
        "disk space",
        "cannot be asked on this system",
        "look yourself",
    );
}

fn clock(now: Moment, found: &mut Findings) {
    use chrono::Datelike;
    let shown = now.format("%Y-%m-%d %H:%M:%S UTC").to_string();
    if now.year() < NOT_BEFORE_YEAR {
        found.fail(
            "clock",
            format!("it says {shown}"),
            "set the machine by a time server: every deadline counts on it",
        );
    } else {
        found.ok("clock", shown);
    }
}

fn port(name: &str, address: SocketAddr, found: &mut Findings) {
    let check = format!("port of the {name}");
    match TcpListener::bind(address) {
        Ok(_) => found.ok(check, format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => found.warn(
            check,
            format!("{address} is taken"),
            format!("fine if that is fabu serve; else set listen.{name} in fabu.toml"),
        ),
        Err(error) => found.fail(
            check,
            format!("{address}: {error}"),
            format!("set listen.{name} in fabu.toml to an address of this machine"),
        ),
    }
}
