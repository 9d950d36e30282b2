//! `fabu serve`: the actual realm, on this machine, until it is told to stop.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::channel::EnvSecrets;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Log, LogFormat, LogLevel};
use crate::domain::owner::BEAT;
use crate::domain::phrase::Phrase;
use crate::domain::plan::PlanSet;
use crate::plan;
use crate::plan::diagnostic::{Diagnostic, Severity};
use crate::realm::Realm;
use crate::server::{self, Alone, DrillSettings, NotAlone, Settings, process, twin};
use crate::store::{StoreError, Taking, lock};
use crate::web::portal::SiteSettings;

use super::session::{configuration, own_folder};
use super::words::{count, form, spoken, word};
use super::{Exit, Failure, Place, Result, Session};

/// How many different warnings of one kind a line says.
const SAID: usize = 8;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(long, value_name = "ADDRESS", value_parser = form!(SocketAddr, "address"))]
    portal: Option<SocketAddr>,
    #[arg(long, value_name = "ADDRESS", value_parser = form!(SocketAddr, "address"))]
    api: Option<SocketAddr>,
    #[arg(long, value_name = "ADDRESS", value_parser = form!(SocketAddr, "address"))]
    drill_portal: Option<SocketAddr>,
    #[arg(long, value_name = "ADDRESS", value_parser = form!(SocketAddr, "address"))]
    drill_api: Option<SocketAddr>,
}

pub async fn run(place: &Place, args: Args) -> Result {
    let config = configuration(place)?;
    start_log(&config.log);
    let not_served = |mut failure: Failure| {
        failure.what = not_started(&failure.what);
        failure
    };
    Session::can_be_there(&config).map_err(not_served)?;
    let _alone = alone(&config)?;
    let _older = no_older_server(&config)?;
    let (session, holder, _name) = claim(&config).await.map_err(not_served)?;
    let plans = read_plans(&config, &session)?;
    let site = site_settings(&config, &plans);
    let realm = Realm::actual(
        session.store.clone(),
        Arc::new(SystemClock),
        plans,
        Arc::new(EnvSecrets),
        &config.server.root,
    );
    warn_of_channels(&realm);
    let drain = config.server.drain.delta().to_std().unwrap_or_default();
    let drills = DrillSettings {
        folder: config.server.data_dir.join("drills"),
        root: config.server.root.clone(),
        portal: args.drill_portal.unwrap_or(config.listen.drill_portal),
        api: args.drill_api.unwrap_or(config.listen.drill_api),
        site: SiteSettings {
            drill: true,
            ..site.clone()
        },
        drain,
    };
    let settings = Settings {
        portal: args.portal.unwrap_or(config.listen.portal),
        api: args.api.unwrap_or(config.listen.api),
        site,
        holder,
        drain,
        watch: Some(config.server.root.clone()),
        base_url: config.portal.base_url.clone(),
        drills: Some(drills),
    };
    // Whoever stops the server the moment that it serves has it stop in order, too.
    let stopped = stop_signal();
    let running = match server::start(Arc::new(realm), settings).await {
        Ok(running) => running,
        Err(error) => {
            // Whoever is started next need not look for this one.
            let _ = session.store.give_up().await;
            session.store.close().await;
            let what = not_started(&error);
            return Err(Failure::new(Exit::Failed, what).next("fabu doctor"));
        }
    };
    tracing::info!(portal = %running.portal, api = %running.api, "serving");
    stopped.await;
    tracing::info!("stopping: finishing what is under way");
    let drained = running.stop().await;
    if let Err(error) = session.store.give_up().await {
        tracing::warn!(%error, "the database does not say that this server stopped in order");
    }
    session.store.close().await;
    if drained {
        Ok(Exit::Done)
    } else {
        Err(Failure::new(Exit::Failed, word!("serve.cut")))
    }
}

fn not_started(what: &dyn std::fmt::Display) -> String {
    word!("serve.not-started", what)
}

/// Keeps every other server out of the data folder.
fn alone(config: &Config) -> Result<Alone> {
    let folder = &config.server.data_dir;
    own_folder(folder)
        .map_err(|error| Failure::file(folder, word!("serve.nothing-started"), &error))?;
    Alone::within(folder).map_err(not_alone)
}

/// Keeps servers of older versions away from the database, before anything in it is changed.
fn no_older_server(config: &Config) -> Result<Option<Alone>> {
    match config.server.database_file() {
        Some(file) => Alone::beside(&file).map_err(not_alone),
        None => Ok(None),
    }
}

fn not_alone(error: NotAlone) -> Failure {
    let what = not_started(&error);
    match error {
        NotAlone::Taken { .. } | NotAlone::Older { .. } => taken(what),
        NotAlone::Unusable { .. } => Failure::new(Exit::Failed, what).next("fabu doctor"),
    }
}

fn taken(what: String) -> Failure {
    Failure::new(Exit::Conflict, what).next(word!("serve.taken-next"))
}

/// Opens the database and makes it this process's alone; gives the name that its leases stand under, too.
///
/// On SQLite there is one server to a database. On PostgreSQL there may be many, each with a data folder of its own;
/// the name is the same after a restart, so that what was under way at a crash goes on at once.
async fn claim(config: &Config) -> Result<(Session, String, Option<twin::Name>)> {
    let here = process::this();
    let folder = &config.server.data_dir;
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let holder = format!("{}:{}", here.host, whole(folder).display());
    let (session, file) = Session::serving(config.clone()).await?;
    let path = config
        .server
        .database_file()
        .map(|path| whole(&path).display().to_string())
        .unwrap_or_default();
    if let Some(last) = session.store.owner(&holder).await?
        && let Some(other) = other_name(&path, &last.path)
    {
        let last = last.path;
        let (what, next) = match other {
            OtherName::Link => (
                word!("serve.two-names", path, last),
                word!("serve.two-names-next"),
            ),
            OtherName::Mount => (
                word!("serve.two-mounts", path, last),
                word!("serve.two-mounts-next"),
            ),
        };
        return Err(Failure::new(Exit::Conflict, what).next(next));
    }
    let name = match session.store.known_installation().await? {
        Some(installation) if !file.is_empty() => Some(alone_of_its_name(&installation).await?),
        _ => None,
    };
    let mut seen = None;
    let begun = Instant::now();
    loop {
        let taking = session.store.take(
            &holder,
            &here,
            (&file, &path),
            seen.as_ref(),
            &process::is_alive,
            session.now(),
        );
        let taking = match taking.await {
            // A process that was killed lets go of its files a moment before it is gone.
            Err(StoreError::Taken(_)) if begun.elapsed() < lock::GOING => {
                std::thread::sleep(lock::PAUSE);
                continue;
            }
            taking => taking?,
        };
        match taking {
            Taking::Done => return Ok((session, holder, name)),
            Taking::Unclear(standing) => {
                if seen.is_some_and(|seen| seen != standing) {
                    return Err(StoreError::Taken(standing.to_string()).into());
                }
                tracing::warn!(
                    host = standing.process.host,
                    process = standing.process.pid,
                    "another server had this place and cannot be looked for from here: waiting whether it gives a sign of life"
                );
                SystemClock.sleep_until(session.now() + BEAT * 3).await;
                seen = Some(standing);
            }
        }
    }
}

/// Sees that no copy of the database is served on this machine.
async fn alone_of_its_name(installation: &str) -> Result<twin::Name> {
    twin::take(installation).await.ok_or_else(|| {
        Failure::new(Exit::Conflict, word!("serve.copy")).next(word!("serve.copy-next"))
    })
}

/// How one file comes to have two names, neither leading to the other.
enum OtherName {
    Link,
    Mount,
}

/// None when the paths lead to different files, or to one file in one folder: what SQLite keeps beside it is there too.
fn other_name(path: &str, last: &str) -> Option<OtherName> {
    use std::os::unix::fs::MetadataExt as _;
    let (path, last) = (
        std::fs::canonicalize(path).ok()?,
        std::fs::canonicalize(last).ok()?,
    );
    let file = |path: &Path| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.dev(), found.ino()))
    };
    if path == last || file(&path)? != file(&last)? {
        return None;
    }
    let folder = |path: &Path| path.parent().and_then(file);
    if path.file_name() == last.file_name() && folder(&path) == folder(&last) {
        return None;
    }
    match std::fs::metadata(&path).ok()?.nlink() {
        ..=1 => Some(OtherName::Mount),
        _ => Some(OtherName::Link),
    }
}

/// One line for each kind of warning: a switched-off channel that a hundred items name is one thing to know.
fn warn_of_plans(diagnostics: &[Diagnostic]) {
    let mut kinds: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    let warnings = diagnostics.iter();
    for warning in warnings.filter(|d| d.severity == Severity::Warning) {
        kinds.entry(warning.code).or_default().push(warning);
    }
    for (code, warnings) in kinds {
        let said: BTreeSet<String> = warnings.iter().map(|d| d.message.to_string()).collect();
        let mut line: Vec<&str> = said.iter().take(SAID).map(String::as_str).collect();
        let more = format!("and {} more", said.len().saturating_sub(SAID));
        if said.len() > SAID {
            line.push(&more);
        }
        let place = &warnings[0].place;
        tracing::warn!(
            code,
            places = warnings.len(),
            first = format!("{}:{}:{}", place.file, place.line, place.column),
            "plan files: {} (fabu plan check names every place)",
            line.join("; ")
        );
    }
}

/// One line about all channels that would send if they could.
fn warn_of_channels(realm: &Realm) {
    let channels = realm.channels();
    let unusable: Vec<(&str, &Phrase)> = channels
        .values()
        .filter(|wired| wired.def.enabled)
        .filter_map(|wired| Some((wired.def.channel.as_str(), wired.channel.as_ref().err()?)))
        .collect();
    if let Some((_, fault)) = unusable.first() {
        let names: Vec<&str> = unusable.iter().map(|(name, _)| *name).collect();
        tracing::warn!(
            channels = names.join(" "),
            count = names.len(),
            first = %fault,
            "channels that cannot be used; their deliveries wait (fabu doctor says what each of them lacks)"
        );
    }
}

fn read_plans(config: &Config, session: &Session) -> Result<PlanSet> {
    let reading = plan::read(&config.server.root, session.now().date_naive());
    warn_of_plans(&reading.diagnostics);
    let Some(mut plans) = reading.set else {
        let first = reading
            .diagnostics
            .iter()
            .find(|d| d.severity == Severity::Error);
        let first = first.map_or_else(String::new, |d| {
            format!(
                "\n  {}:{}:{}: {}",
                d.place.file,
                d.place.line,
                d.place.column,
                spoken(&d.message)
            )
        });
        let errors = reading
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .count();
        let root = config.server.root.display();
        let errors = count!("plan.errors", errors as u64);
        let what = word!("serve.bad-plans", root, errors, first);
        return Err(Failure::new(Exit::Invalid, what).next("fabu plan check"));
    };
    if let Some(base_url) = &config.portal.base_url {
        plans.set_portal_url(base_url);
    }
    Ok(plans)
}

/// What the portal says about itself.
pub(super) fn site_settings(config: &Config, plans: &PlanSet) -> SiteSettings {
    let base_url = plans.portal_url().unwrap_or("http://localhost:8080");
    let zone = plans
        .plans
        .first()
        .map_or(chrono_tz::Asia::Shanghai, |pinned| pinned.plan.zone);
    let areas = plans.areas.clone();
    let mut site = SiteSettings::new(&config.portal, base_url, zone, areas, false);
    let government = plans
        .bodies
        .iter()
        .find(|body| body.body == "county-government")
        .or(plans.bodies.first());
    if let Some(body) = government.filter(|_| site.host.is_empty()) {
        site.host.clone_from(&body.name);
        site.host_en = body.name_en.clone().unwrap_or_default();
        site.hotline = site.hotline.or_else(|| body.hotline.clone());
    }
    site
}

fn start_log(log: &Log) {
    let level = match log.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    // What the driver has to say beyond errors, slow statements for one, is of no use to an operator.
    let targets = Targets::new()
        .with_default(level)
        .with_target("sqlx", level.min(LevelFilter::ERROR));
    let subscriber = tracing_subscriber::registry().with(targets);
    // A log that was set up before (in a test) stays as it is.
    let _ = match log.format {
        LogFormat::Text => subscriber
            .with(
                tracing_subscriber::fmt::layer()
                    .with_writer(std::io::stderr)
                    .with_ansi(wants_colour()),
            )
            .try_init(),
        LogFormat::Json => subscriber
            .with(
                tracing_subscriber::fmt::layer()
                    .json()
                    .with_writer(std::io::stderr),
            )
            .try_init(),
    };
}

fn wants_colour() -> bool {
    use std::io::IsTerminal as _;
    std::env::var_os("NO_COLOR").is_none() && std::io::stderr().is_terminal()
}

/// Ends on SIGTERM or Ctrl-C, also on one that comes between this call and the first look at what it returns.
pub(super) fn stop_signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let asked = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        let [interrupt, terminate] = asked.map(|signal| async {
            match signal {
                Ok(mut signal) => signal.recv().await,
                Err(_) => std::future::pending().await,
            }
        });
        tokio::select! {
            _ = interrupt => {}
            _ = terminate => {}
        }
    }
}
