//! `fabu init`: a folder with everything an installation needs, from what is built into the program.

use std::io::Write;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::config::FILE_NAME;

use super::output::{line, say};
use super::session::Making;
use super::words::{count, word};
use super::{Exit, Failure, Place, Result, Session};

static PLANS: Dir = include_dir!("$CARGO_MANIFEST_DIR/plans");
static CHANNELS: Dir = include_dir!("$CARGO_MANIFEST_DIR/channels");
static DRILLS: Dir = include_dir!("$CARGO_MANIFEST_DIR/drills");
const CONFIGURATION: &str = include_str!("init/skeleton/fabu.toml");
/// People of the example, for a first import: addresses that cannot exist.
const CONTACTS: &str = include_str!("init/skeleton/contacts.csv");
const BODIES: &str = include_str!("init/skeleton/bodies.yaml");

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    dir: PathBuf,
    #[arg(long)]
    example: bool,
    #[arg(long)]
    force: bool,
    #[arg(long)]
    dry_run: bool,
}

/// The example plans, channels and drills, each with its path below the root.
pub fn example_files() -> Vec<(PathBuf, &'static [u8])> {
    let mut files = Vec::new();
    for (folder, dir) in [("plans", &PLANS), ("channels", &CHANNELS)] {
        collect(Path::new(folder), dir, &mut files);
    }
    collect(Path::new("drills"), &DRILLS, &mut files);
    // What beside a scenario says how it must end is for those who build the program.
    files.retain(|(path, _)| {
        !path.starts_with("drills") || path.extension().is_some_and(|ext| ext == "yaml")
    });
    files.sort();
    files
}

/// Writes the example into `root`, which may exist. Used by the demo as well.
///
/// # Errors
/// When a file cannot be written.
pub fn write_example(root: &Path) -> Result<()> {
    for (path, contents) in example_files() {
        write(&root.join(path), contents)?;
    }
    Ok(())
}

pub(super) async fn run(place: &Place, args: Args) -> Result {
    refuse_full_folder(&args)?;
    let mut files = if args.example {
        let mut files = owned(example_files());
        files.push(("contacts.csv".into(), CONTACTS.as_bytes().to_vec()));
        files
    } else {
        skeleton()
    };
    files.push((FILE_NAME.into(), CONFIGURATION.as_bytes().to_vec()));
    let (standing, new): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|(path, _)| args.dir.join(path).exists());
    if args.dry_run {
        for (path, _) in &new {
            line(&args.dir.join(path).to_string_lossy())?;
        }
        say(&count!("init.would-write", new.len() as u64));
        return Ok(Exit::Done);
    }
    for (path, contents) in &new {
        write(&args.dir.join(path), contents)?;
    }
    let place = Place {
        config: Some(args.dir.join(FILE_NAME)),
        ..place.clone()
    };
    let (session, _) = Session::make(&place, Making::Usual).await?;
    let database = session.config.server.database_shown();
    session.store.close().await;
    line(&args.dir.join(FILE_NAME).to_string_lossy())?;
    let files = count!("init.files", new.len() as u64);
    say(&word!("init.written", files, database));
    if !standing.is_empty() {
        say(&count!("init.left", standing.len() as u64));
    }
    let dir = args.dir.display();
    say(&if args.example {
        word!("init.next-example", dir)
    } else {
        word!("init.next", dir)
    });
    Ok(Exit::Done)
}

fn refuse_full_folder(args: &Args) -> Result<()> {
    let dir = &args.dir;
    if !dir.exists() {
        return Ok(());
    }
    let mut entries = std::fs::read_dir(dir)
        .map_err(|error| Failure::file(dir, word!("init.nothing-written"), &error))?;
    if entries.next().is_some() && !args.force {
        let what = word!("init.full", dir = dir.display());
        return Err(Failure::new(Exit::Conflict, what).next(word!("init.full-next")));
    }
    Ok(())
}

fn collect(folder: &Path, dir: &'static Dir<'static>, files: &mut Vec<(PathBuf, &'static [u8])>) {
    files.extend(
        dir.files()
            .map(|file| (folder.join(file.path()), file.contents())),
    );
    for inner in dir.dirs() {
        collect(folder, inner, files);
    }
}

fn owned(files: Vec<(PathBuf, &'static [u8])>) -> Vec<(PathBuf, Vec<u8>)> {
    files
        .into_iter()
        .map(|(path, contents)| (path, contents.to_vec()))
        .collect()
}

/// What every place can start from: event types, the national rules, the calendar, the portal. Rules about single
/// bodies name those of the example and are left out.
fn skeleton() -> Vec<(PathBuf, Vec<u8>)> {
    let kept = [
        "plans/events.yaml",
        "plans/rules.yaml",
        "plans/holidays.yaml",
        "channels/portal.yaml",
    ];
    let mut files: Vec<(PathBuf, Vec<u8>)> = owned(example_files())
        .into_iter()
        .filter(|(path, _)| kept.iter().any(|kept| path == Path::new(kept)))
        .collect();
    for (path, contents) in &mut files {
        if path == Path::new("plans/rules.yaml") {
            let text = String::from_utf8_lossy(contents).into_owned();
            let paragraphs = text
                .split("\n\n")
                .filter(|paragraph| !paragraph.contains("only-by:"));
            *contents = format!(
                "{}\n",
                paragraphs.collect::<Vec<_>>().join("\n\n").trim_end()
            )
            .into_bytes();
        }
    }
    files.push(("plans/bodies.yaml".into(), BODIES.as_bytes().to_vec()));
    files
}

fn write(path: &Path, contents: &[u8]) -> Result<()> {
    let failed = |error: std::io::Error| Failure::file(path, word!("init.incomplete"), &error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = std::fs::File::create(path).map_err(failed)?;
    file.write_all(contents).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_configuration_is_the_default_one_line_for_line() {
        let every_line_on: String = CONFIGURATION
            .lines()
            .map(|line| {
                line.strip_prefix("# ")
                    .filter(|rest| rest.contains(" = "))
                    .unwrap_or(line)
            })
            .map(|line| format!("{line}\n"))
            .collect();
        let read: toml::Table = toml::from_str(&every_line_on).unwrap();
        let mut shown = toml::Table::try_from(crate::config::Config::default()).unwrap();
        // What has no default is shown by an example.
        let server = shown
            .get_mut("server")
            .and_then(toml::Value::as_table_mut)
            .unwrap();
        server.insert("database".into(), "sqlite:data/fabu.db".into());
        let portal = shown
            .get_mut("portal")
            .and_then(toml::Value::as_table_mut)
            .unwrap();
        portal.insert("base-url".into(), "https://fabu.example.gov.cn".into());
        portal.insert("hotline".into(), "0510-0000-1200".into());
        assert_eq!(read, shown);
        let plain: crate::config::Config = toml::from_str(CONFIGURATION).unwrap();
        assert_eq!(plain, crate::config::Config::default());
    }
}
