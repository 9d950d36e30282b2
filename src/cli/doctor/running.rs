//! The server itself, if one runs: whether it is ready, what ails it, who is at its doors.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use serde::Deserialize;

use crate::config::Config;

use super::Findings;
use crate::cli::words::{joined, named, word};

/// It answers within two seconds, or something is wrong with it.
const PATIENCE: Duration = Duration::from_secs(4);

/// What `/readyz` says, as far as it is told here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Readiness {
    ready: bool,
    database: String,
    trouble: Option<String>,
    draining: bool,
    files: Option<Files>,
    connections: serde_json::Map<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Files {
    limit: u64,
    in_use: Option<u64>,
}

/// What was heard where the server should be.
pub(super) struct Heard {
    address: SocketAddr,
    /// None where nobody listens.
    told: Option<reqwest::Result<Readiness>>,
}

pub(super) async fn ask(config: &Config) -> Heard {
    let address = reachable(config.listen.api);
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .build();
    let asked = match http {
        Ok(http) => http.get(format!("http://{address}/readyz")).send().await,
        Err(error) => Err(error),
    };
    let told = match asked {
        Ok(answer) => Some(answer.json::<Readiness>().await),
        Err(error) if error.is_connect() => None,
        Err(error) => Some(Err(error)),
    };
    Heard { address, told }
}

impl Heard {
    /// Whether a server of this program answers.
    pub fn is_ours(&self) -> bool {
        matches!(self.told, Some(Ok(_)))
    }

    pub fn tell(self, found: &mut Findings) {
        let address = self.address;
        match self.told {
            None => found.idle("server", word!("doctor.no-server", address)),
            Some(Ok(told)) => judge(&told, address, found),
            Some(Err(error)) => found.fail(
                "server",
                word!("doctor.mute-server", address, error),
                word!("doctor.mute-server-next"),
            ),
        }
    }
}

fn judge(told: &Readiness, address: SocketAddr, found: &mut Findings) {
    let next = word!("doctor.unready-next");
    let why = &told.database;
    match &told.trouble {
        Some(trouble) => found.fail(
            "server",
            word!("doctor.ailing", address, trouble, why),
            next,
        ),
        None if told.draining => found.warn(
            "server",
            word!("doctor.stopping", address),
            word!("doctor.stopping-next"),
        ),
        None if !told.ready => found.fail("server", word!("doctor.unready", address, why), next),
        None => found.ok("server", word!("doctor.ready", address)),
    }
    let Some(files) = &told.files else { return };
    let doors: Vec<String> = told
        .connections
        .iter()
        .map(|(name, count)| {
            let door = named!("doctor.door", name);
            format!("{door} {}/{}", count["open"], count["budget"])
        })
        .collect();
    let in_use = files
        .in_use
        .map_or("?".to_owned(), |in_use| in_use.to_string());
    let detail = word!(
        "doctor.doors",
        doors = joined(&doors),
        in_use,
        limit = files.limit
    );
    let crowded = told.connections.values().any(|count| {
        let number = |name: &str| count[name].as_u64().unwrap_or(0);
        number("open") * 10 >= number("budget") * 9
    });
    if crowded {
        found.warn("connections", detail, word!("doctor.crowd"));
    } else {
        found.ok("connections", detail);
    }
}

/// Where a server that listens everywhere is found from this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
