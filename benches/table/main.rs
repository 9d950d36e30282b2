//! The benchmark table: raw tool beside ours, five interleaved rounds, median and range. `scripts/bench` runs it.
//!
//! Every measure runs in a process of its own (`table one NAME`), so that peak memory is that measure's alone.

mod city;
mod declare;
mod drill;
mod first_byte;
mod mail;
mod raw;

use std::process::{Command, ExitCode};

/// What one run of one measure found.
#[derive(serde::Serialize, serde::Deserialize)]
struct Found {
    /// In the unit of its row; several where a row has several columns (p50, p99).
    values: Vec<f64>,
    /// VmHWM in MiB of the process that did the work.
    peak_mib: f64,
}

struct Row {
    name: &'static str,
    unit: &'static str,
    raw: Option<(&'static str, &'static str)>,
    ours: &'static str,
    /// Which column of `values` is shown.
    column: usize,
    /// Met when this holds for (median of ours, median of raw).
    bar: &'static str,
    met: fn(f64, f64) -> bool,
}

const ROWS: [Row; 13] = [
    Row {
        name: "declare → 50 bodies × 20 releases, durable",
        unit: "ms",
        raw: Some(("one raw 1,000-row SQLite transaction", "raw-transaction")),
        ours: "declare",
        column: 0,
        bar: "≤ 2× raw",
        met: |ours, raw| ours <= 2.0 * raw,
    },
    Row {
        name: "approve → first byte at a channel, p50",
        unit: "ms",
        raw: None,
        ours: "first-byte",
        column: 0,
        bar: "≤ 10 ms",
        met: |ours, _| ours <= 10.0,
    },
    Row {
        name: "approve → first byte at a channel, p99",
        unit: "ms",
        raw: None,
        ours: "first-byte",
        column: 1,
        bar: "≤ 50 ms",
        met: |ours, _| ours <= 50.0,
    },
    Row {
        name: "the same with 100,000 deliveries waiting, p50",
        unit: "ms",
        raw: None,
        ours: "first-byte-busy",
        column: 0,
        bar: "—",
        met: |_, _| true,
    },
    Row {
        name: "the same with 100,000 deliveries waiting, p99",
        unit: "ms",
        raw: None,
        ours: "first-byte-busy",
        column: 1,
        bar: "≤ 100 ms",
        met: |ours, _| ours <= 100.0,
    },
    Row {
        name: "mails a second, a durable row per recipient, 10 sessions",
        unit: "/s",
        raw: Some(("smtp-source, same sink, 10 sessions", "smtp-source")),
        ours: "mail",
        column: 0,
        bar: "≥ 0.5× raw",
        met: |ours, raw| ours >= 0.5 * raw,
    },
    Row {
        name: "drill of 24 hours, 50 bodies × 20 releases, in memory",
        unit: "s",
        raw: Some((
            "as many one-row SQLite transactions as it has journal entries, in memory",
            "raw-drill-memory",
        )),
        ours: "drill-memory",
        column: 0,
        bar: "≤ 2 s",
        met: |ours, _| ours <= 2.0,
    },
    Row {
        name: "the same, releases a second",
        unit: "/s",
        raw: None,
        ours: "drill-memory",
        column: 1,
        bar: "—",
        met: |_, _| true,
    },
    Row {
        name: "the same drill on disk, durable",
        unit: "s",
        raw: Some((
            "as many one-row SQLite transactions, durable",
            "raw-drill-disk",
        )),
        ours: "drill-disk",
        column: 0,
        bar: "—",
        met: |_, _| true,
    },
    Row {
        name: "the same on disk, releases a second",
        unit: "/s",
        raw: None,
        ours: "drill-disk",
        column: 1,
        bar: "—",
        met: |_, _| true,
    },
    Row {
        name: "200 seeds of flood-night, all cores",
        unit: "s",
        raw: None,
        ours: "drill-seeds",
        column: 0,
        bar: "—",
        met: |_, _| true,
    },
    Row {
        name: "1,000 seeds, extrapolated from those 200",
        unit: "s",
        raw: None,
        ours: "drill-seeds",
        column: 1,
        bar: "≤ 120 s",
        met: |ours, _| ours <= 120.0,
    },
    Row {
        name: "one row, fsynced, one after another (the disk today)",
        unit: "/s",
        raw: None,
        ours: "fsync",
        column: 0,
        bar: "—",
        met: |_, _| true,
    },
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["one", name, ..] => one(name),
        _ => all(),
    }
}

fn one(name: &str) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let values = runtime.block_on(async {
        match name {
            "raw-transaction" => raw::transaction().await,
            "fsync" => raw::fsync(),
            "declare" => declare::measure().await,
            "first-byte" => first_byte::measure(0).await,
            "first-byte-busy" => first_byte::measure(100_000).await,
            "smtp-source" => mail::smtp_source().await,
            "mail" => mail::measure().await,
            "drill-memory" => blocking(drill::in_memory).await,
            "drill-disk" => blocking(drill::on_disk).await,
            "raw-drill-memory" => blocking(drill::raw_in_memory).await,
            "raw-drill-disk" => drill::raw_on_disk().await,
            "drill-seeds" => blocking(drill::seeds).await,
            other => panic!("no measure {other}"),
        }
    });
    let found = Found {
        values,
        peak_mib: peak_mib(),
    };
    println!("{}", serde_json::to_string(&found).expect("numbers"));
    ExitCode::SUCCESS
}

/// A drill brings a runtime of its own.
async fn blocking(measure: fn() -> Vec<f64>) -> Vec<f64> {
    tokio::task::spawn_blocking(measure)
        .await
        .expect("a measure")
}

/// The high-water mark of this process's memory.
fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap_or_default();
    let kib: f64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0.0);
    kib / 1024.0
}

fn all() -> ExitCode {
    let rounds: usize = std::env::var("ROUNDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(5);
    let mut measures: Vec<&str> = Vec::new();
    for row in &ROWS {
        for name in row.raw.map(|(_, name)| name).into_iter().chain([row.ours]) {
            if !measures.contains(&name) {
                measures.push(name);
            }
        }
    }
    let mut found: std::collections::BTreeMap<&str, Vec<Found>> = std::collections::BTreeMap::new();
    for round in 1..=rounds {
        // Two hundred plays are a mean already, and take a minute.
        for name in measures
            .iter()
            .filter(|name| round == 1 || **name != "drill-seeds")
        {
            eprintln!("round {round} of {rounds}: {name}");
            match child(name) {
                Some(run) => found.entry(name).or_default().push(run),
                None => eprintln!("  {name} could not be measured"),
            }
        }
    }
    print(&found);
    ExitCode::SUCCESS
}

fn child(name: &str) -> Option<Found> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program).args(["one", name]).output().ok()?;
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr).trim_end());
        return None;
    }
    serde_json::from_slice(&output.stdout).ok()
}

fn print(found: &std::collections::BTreeMap<&str, Vec<Found>>) {
    println!("| work | raw tool | ours | ratio | bar | met | peak memory |");
    println!("|---|---|---|---|---|---|---|");
    for row in &ROWS {
        let column = |name: &str| -> Vec<f64> {
            found
                .get(name)
                .into_iter()
                .flatten()
                .filter_map(|f| f.values.get(row.column).copied())
                .collect()
        };
        let ours = column(row.ours);
        let raw = row.raw.map(|(_, name)| column(name)).unwrap_or_default();
        let (Some(median), raw_median) = (median(&ours), median(&raw)) else {
            println!("| {} | | not measured | | {} | | |", row.name, row.bar);
            continue;
        };
        let raw_cell = match (row.raw, raw_median) {
            (Some((tool, _)), Some(_)) => format!("{} {} ({tool})", shown(&raw), row.unit),
            (Some((tool, _)), None) => format!("not measured ({tool})"),
            (None, _) => String::new(),
        };
        let ratio = raw_median.map_or_else(String::new, |raw| format!("{:.2}×", median / raw));
        let met = (row.met)(median, raw_median.unwrap_or(f64::NAN));
        let memory = found
            .get(row.ours)
            .into_iter()
            .flatten()
            .map(|f| f.peak_mib)
            .fold(0.0, f64::max);
        println!(
            "| {} | {raw_cell} | {} {} | {ratio} | {} | {} | {memory:.0} MiB |",
            row.name,
            shown(&ours),
            row.unit,
            row.bar,
            if row.bar == "—" {
                ""
            } else if met {
                "yes"
            } else {
                "**no**"
            },
        );
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

/// `median (least–most)`.
fn shown(values: &[f64]) -> String {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(0.0, f64::max);
    let digits = if most >= 100.0 { 0 } else { 1 };
    format!(
        "{:.digits$} ({least:.digits$}–{most:.digits$})",
        median(values).unwrap_or(0.0)
    )
}
