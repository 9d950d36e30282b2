//! `fabu demo`: the whole job on the example plans, in a throw-away folder, with channels that write files. Nothing
//! leaves the machine. It plays one flood on the terminal, then keeps the portal open for a look.

mod crowd;
mod journey;
mod stage;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use crate::channel::EnvSecrets;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::plan::PlanSet;
use crate::id::{Id, Minter, RealmKind};
use crate::plan;
use crate::realm::Realm;
use crate::server::{self, Settings};
use crate::store::Store;

use super::output::say;
use super::words::{spoken, word};
use super::{Exit, Failure, Result, init, serve};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(long)]
    exit: bool,
    #[arg(long)]
    keep: bool,
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    people: u32,
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,
}

pub async fn run(args: Args) -> Result {
    let root = args.dir.clone().unwrap_or_else(new_folder);
    if root.exists() {
        let what = word!("demo.there", root = root.display());
        return Err(Failure::new(Exit::Conflict, what).next(word!("demo.there-next")));
    }
    let played = play(&args, &root).await;
    if args.keep {
        say(&word!("demo.kept", root = root.display()));
    } else if let Err(error) = std::fs::remove_dir_all(&root) {
        say(&word!("demo.not-removed", root = root.display(), error));
    }
    played
}

fn new_folder() -> PathBuf {
    let id: Id = Minter::from_os(RealmKind::Actual).mint(SystemClock.now());
    std::env::temp_dir().join(format!("fabu-demo-{}", id.as_str().to_lowercase()))
}

async fn play(args: &Args, root: &std::path::Path) -> Result {
    let portal = free_port(args.port);
    let api = free_port(portal.port().saturating_add(1));
    init::write_example(root)?;
    stage::turn_channels_into_files(root, portal)?;
    let plans = read_plans(root)?;
    let database = root.join("demo.db");
    let store = Store::open(&format!("sqlite:{}", database.display())).await?;
    let mut config = Config::default();
    config.portal.site_name = "示例市突发事件信息公开".into();
    config.portal.site_name_en = "Shili City emergency information".into();
    config.portal.footer = "示例：虚构的县级市，仅供演示".into();
    config.portal.footer_en = "An example: a made-up city, for demonstration only".into();
    let site = serve::site_settings(&config, &plans);
    let realm = Arc::new(Realm::actual(
        store.clone(),
        Arc::new(SystemClock),
        plans,
        Arc::new(EnvSecrets),
        root,
    ));
    let settings = Settings {
        drills: None,
        portal,
        api,
        site,
        holder: "demo".into(),
        drain: std::time::Duration::from_secs(10),
        watch: Some(root.to_owned()),
        base_url: None,
    };
    let running = server::start(realm.clone(), settings)
        .await
        .map_err(|error| Failure::new(Exit::Failed, word!("demo.not-played", why = error)))?;
    let told = journey::play(&realm, args.people, running.portal).await;
    if told.is_ok() && !args.exit {
        journey::where_to_look(&realm, root, running.portal, running.api).await?;
        serve::stop_signal().await;
    }
    running.stop().await;
    store.close().await;
    told.map(|()| Exit::Done)
}

fn read_plans(root: &std::path::Path) -> Result<PlanSet> {
    // The examples are valid for the year they were written in; a demo of another year is still a demo.
    let reading = plan::read(root, SystemClock.now().date_naive());
    reading.set.ok_or_else(|| {
        let first = reading
            .diagnostics
            .first()
            .map(|d| spoken(&d.message))
            .unwrap_or_default();
        Failure::new(Exit::Invalid, word!("demo.not-played", why = first))
    })
}

/// `port` on this machine if nobody has it, else any free one.
fn free_port(port: u16) -> SocketAddr {
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let taken =
        |address: SocketAddr| TcpListener::bind(address).and_then(|listener| listener.local_addr());
    taken(wanted)
        .or_else(|_| taken(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))
        .unwrap_or(wanted)
}
