//! `fabu serve`: the actual realm, on this machine, until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::channel::EnvSecrets;
use crate::clock::SystemClock;
use crate::config::{Config, Log, LogFormat, LogLevel};
use crate::domain::plan::PlanSet;
use crate::plan;
use crate::plan::diagnostic::Severity;
use crate::realm::Realm;
use crate::server::{self, Alone, DrillSettings, NotAlone, Settings};
use crate::web::portal::SiteSettings;

use super::{Exit, Failure, Place, Result, Session};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the public portal listens
    #[arg(long, value_name = "ADDRESS")]
    portal: Option<SocketAddr>,
    /// Where the API listens
    #[arg(long, value_name = "ADDRESS")]
    api: Option<SocketAddr>,
    /// Where the portal of a live drill listens
    #[arg(long, value_name = "ADDRESS")]
    drill_portal: Option<SocketAddr>,
    /// Where the API of a live drill listens
    #[arg(long, value_name = "ADDRESS")]
    drill_api: Option<SocketAddr>,
}

pub async fn run(place: &Place, args: Args) -> Result {
    let session = Session::open(place).await?;
    let config = session.config.clone();
    start_log(&config.log);
    let plans = read_plans(&config, &session)?;
    let (_alone, holder) = claim(&config)?;
    let site = site_settings(&config, &plans);
    let realm = Realm::actual(
        session.store.clone(),
        Arc::new(SystemClock),
        plans,
        Arc::new(EnvSecrets),
        &config.server.root,
    );
    for wired in realm.channels().values() {
        if let Err(fault) = &wired.channel {
            tracing::warn!(channel = %wired.def.channel, %fault, "this channel cannot be used; its deliveries wait");
        }
    }
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
    let running = server::start(Arc::new(realm), settings)
        .await
        .map_err(|error| {
            Failure::new(Exit::Failed, format!("{error}; nothing was started")).next("fabu doctor")
        })?;
    tracing::info!(portal = %running.portal, api = %running.api, "serving");
    stop_signal().await;
    tracing::info!("stopping: finishing what is under way");
    let drained = running.stop().await;
    session.store.close().await;
    if drained {
        Ok(Exit::Done)
    } else {
        Err(Failure::new(
            Exit::Failed,
            "stopped before everything under way had ended; those deliveries are tried again at the next start",
        ))
    }
}

/// Makes sure that no other server does this one's work, and gives the name that its leases stand under.
///
/// On SQLite there is one server to a database. On PostgreSQL there may be many, each with a data folder of its own;
/// the name is the same after a restart, so that what was under way at a crash goes on at once.
fn claim(config: &Config) -> Result<(Option<Alone>, String)> {
    let folder = &config.server.data_dir;
    let place = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
    let holder = format!("{}:{}", host(), place.display());
    let file = match config.server.database_file() {
        Some(database) => {
            let mut name = database.into_os_string();
            name.push(".lock");
            name.into()
        }
        None if config.server.database_url().starts_with("sqlite:") => return Ok((None, holder)),
        None => {
            std::fs::create_dir_all(folder)
                .map_err(|error| Failure::file(folder, "nothing was started", &error))?;
            folder.join("fabu.lock")
        }
    };
    match Alone::at(&file) {
        Ok(alone) => Ok((Some(alone), holder)),
        Err(error @ NotAlone::Taken { .. }) => Err(Failure::new(
            Exit::Conflict,
            format!("{error}; nothing was started"),
        )
        .next("stop the other server first, or give this one a --data-dir of its own")),
        Err(error) => Err(
            Failure::new(Exit::Failed, format!("{error}; nothing was started")).next("fabu doctor"),
        ),
    }
}

/// What this machine is called. Services have no HOSTNAME in their environment, so the system is asked first.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::env::var("HOSTNAME"))
        .unwrap_or_default();
    match name.trim() {
        "" => "node".to_owned(),
        name => name.to_owned(),
    }
}

fn read_plans(config: &Config, session: &Session) -> Result<PlanSet> {
    let reading = plan::read(&config.server.root, session.now().date_naive());
    for warning in reading
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Warning)
    {
        tracing::warn!(
            "{}:{}:{}: {}",
            warning.place.file,
            warning.place.line,
            warning.place.column,
            warning.message
        );
    }
    let Some(mut plans) = reading.set else {
        let first = reading
            .diagnostics
            .iter()
            .find(|d| d.severity == Severity::Error);
        let first = first.map_or_else(String::new, |d| {
            format!(
                "; the first is {}:{}:{}: {}",
                d.place.file, d.place.line, d.place.column, d.message
            )
        });
        let errors = reading
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .count();
        return Err(Failure::new(
            Exit::Invalid,
            format!(
                "the plan files in {} have {errors} errors{first}; nothing was started",
                config.server.root.display()
            ),
        )
        .next("fabu plan check"));
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
    let subscriber = tracing_subscriber::registry().with(level);
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

/// Returns on SIGTERM or Ctrl-C.
pub(super) async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let mut terminate =
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(terminate) => terminate,
            Err(_) => return interrupt.await,
        };
    tokio::select! {
        () = interrupt => {}
        _ = terminate.recv() => {}
    }
}
