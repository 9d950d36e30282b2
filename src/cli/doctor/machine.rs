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
use crate::cli::output::thousands;
use crate::cli::session::own_folder;
use crate::cli::words::word;

const MEBIBYTE: u64 = 1 << 20;
/// Below this the database of one bad night may not fit.
const TIGHT: u64 = 2048 * MEBIBYTE;
const FULL: u64 = 256 * MEBIBYTE;
/// A publication waits for one write to be durable, so a slow disk is a late bulletin.
const SLOW_WRITE: Duration = Duration::from_millis(100);
/// The program did not exist before: a clock that says so has lost its battery.
const NOT_BEFORE_YEAR: i32 = 2026;

/// `is_served`: a server of ours answers, so its ports are taken rightly.
pub(super) fn look(
    config: &Config,
    plans: Option<&PlanSet>,
    is_served: bool,
    now: Moment,
    found: &mut Findings,
) {
    folder(&config.server.data_dir, now, found);
    files(plans, found);
    clock(now, plans, found);
    for (name, address) in [("portal", config.listen.portal), ("api", config.listen.api)] {
        port(name, address, is_served, found);
    }
}

/// What a server started from here could admit. A service may have a limit of its own.
fn files(plans: Option<&PlanSet>, found: &mut Findings) {
    let files = OpenFiles::limit();
    let channels = plans.map(|plans| plans.channels.values());
    let sending = channels.map_or(0, |all| all.map(|def| u64::from(def.concurrency)).sum());
    let raise = word!("doctor.raise-files");
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
            let now = files.soft;
            let detail = word!(
                "doctor.files",
                limit,
                now,
                reserve,
                portal,
                api,
                drill_portal,
                drill_api
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
        found.fail("data folder", detail, word!("doctor.folder-next"));
        return;
    }
    space(folder, found);
    match durable_write(folder) {
        Err(error) => {
            let detail = word!("doctor.unwritable", folder = folder.display(), error);
            found.fail("disk", detail, word!("doctor.unwritable-next"));
        }
        Ok(took) if took.0 > SLOW_WRITE => found.warn(
            "disk",
            word!("doctor.write", ms = took.0.as_millis()),
            word!("doctor.slow-next"),
        ),
        Ok((took, stamped)) => {
            found.ok(
                "disk",
                word!(
                    "doctor.write",
                    ms = format!("{:.1}", took.as_secs_f64() * 1000.0)
                ),
            );
            let apart = stamped
                .map(|stamp| (stamp - now).num_seconds().abs())
                .unwrap_or_default();
            if apart > 60 {
                found.warn(
                    "clock of the disk",
                    word!("doctor.apart", apart),
                    word!("doctor.apart-next"),
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
                word!("doctor.no-space-known", error),
                word!("doctor.look-yourself"),
            );
            return;
        }
    };
    let detail = word!("doctor.free", free = thousands(free / MEBIBYTE));
    if free < FULL {
        found.fail("disk space", detail, word!("doctor.full-next"));
    } else if free < TIGHT {
        found.warn("disk space", detail, word!("doctor.tight-next"));
    } else {
        found.ok("disk space", detail);
    }
}

#[cfg(not(unix))]
fn space(_folder: &Path, found: &mut Findings) {
    found.warn(
        "disk space",
        word!("doctor.no-space-here"),
        word!("doctor.look-yourself"),
    );
}

fn clock(now: Moment, plans: Option<&PlanSet>, found: &mut Findings) {
    use chrono::Datelike;
    let zone = super::zone(plans);
    let shown = now.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S");
    let shown = format!("{shown} {zone}");
    if now.year() < NOT_BEFORE_YEAR {
        found.fail("clock", shown, word!("doctor.clock-next"));
    } else {
        found.ok("clock", shown);
    }
}

fn port(name: &str, address: SocketAddr, is_served: bool, found: &mut Findings) {
    let check = format!("port of the {name}");
    match TcpListener::bind(address) {
        Ok(_) => found.ok(check, word!("doctor.port-free", address)),
        Err(error) if is_served && error.kind() == std::io::ErrorKind::AddrInUse => {
            found.ok(check, word!("doctor.port-ours", address));
        }
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => found.warn(
            check,
            word!("doctor.port-taken", address),
            word!("doctor.port-taken-next", name),
        ),
        Err(error) => found.fail(
            check,
            format!("{address}: {error}"),
            word!("doctor.port-next", name),
        ),
    }
}
