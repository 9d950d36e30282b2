//! What one installation decides for itself: where its folders are, where it listens, what it calls itself.
//!
//! Values come from four places, each stronger than the one before: the defaults here, `fabu.toml`, the environment
//! (`FABU__SECTION__KEY`), flags. Everything about emergencies stands in `plans/` and `channels/`, nothing of it here.
//! Secrets come by the environment or by a file that it names; a printed or logged configuration never shows them.

mod source;

pub use source::{ConfigError, FILE_NAME, Overrides, load};

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::time::Span;

/// The whole of `fabu.toml`, with defaults for what it leaves out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Config {
    pub server: Server,
    pub listen: Listen,
    pub portal: Portal,
    pub log: Log,
    /// The file that was read, if any.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Server {
    /// Where the program keeps what it writes. A relative path counts from the folder of the file that names it.
    pub data_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; `fabu.db` in the data folder when left out.
    #[serde(deserialize_with = "database_url", skip_serializing)]
    pub database: Option<String>,
    /// The folder that holds `plans/` and `channels/`.
    pub root: PathBuf,
    /// How long a stopping server waits for what is under way.
    pub drain: Span,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Listen {
    /// The public portal. `[::]` takes both IPv6 and IPv4.
    pub portal: SocketAddr,
    /// The API, for staff and their programs; keep it off the public network.
    pub api: SocketAddr,
    /// The portal of a live drill, for those who take part in it.
    pub drill_portal: SocketAddr,
    /// The API of a live drill.
    pub drill_api: SocketAddr,
}

/// What the portal says about itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Portal {
    pub site_name: String,
    pub site_name_en: String,
    /// The address the public knows, such as `https://fabu.example.gov.cn`; links in messages are made from it.
    #[serde(deserialize_with = "base_url")]
    pub base_url: Option<String>,
    /// Who answers for the site (主办单位), and the number to ask.
    pub host: String,
    pub host_en: String,
    pub hotline: Option<String>,
    /// Registration numbers that must be shown: ICP 备案号, 公安备案号, 网站标识码.
    pub records: Vec<String>,
    /// Lines at the foot of every page, such as an address.
    pub footer: String,
    pub footer_en: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Log {
    pub format: LogFormat,
    pub level: LogLevel,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

impl LogLevel {
    pub fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            data_dir: "data".into(),
            database: None,
            root: ".".into(),
            drain: Span::seconds(30),
        }
    }
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            portal: SocketAddr::from((Ipv6Addr::UNSPECIFIED, 8080)),
            api: SocketAddr::from((Ipv4Addr::LOCALHOST, 8081)),
            drill_portal: SocketAddr::from((Ipv4Addr::LOCALHOST, 8082)),
            drill_api: SocketAddr::from((Ipv4Addr::LOCALHOST, 8083)),
        }
    }
}

impl Default for Portal {
    fn default() -> Self {
        Self {
            site_name: "突发事件信息公开".into(),
            site_name_en: "Emergency information".into(),
            base_url: None,
            host: String::new(),
            host_en: String::new(),
            hotline: None,
            records: Vec::new(),
            footer: String::new(),
            footer_en: String::new(),
        }
    }
}

impl Server {
    /// Where the database is, as `Store::open` takes it.
    pub fn database_url(&self) -> String {
        match &self.database {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", self.data_dir.join("fabu.db").display()),
        }
    }

    /// The same for people to read: no password, no user.
    pub fn database_shown(&self) -> String {
        let url = self.database_url();
        match (url.split_once("://"), url.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, host))) if !url.starts_with("sqlite:") => {
                format!("{scheme}://***@{}", without_query(host))
            }
            _ if url.starts_with("sqlite:") => url,
            _ => without_query(&url).to_owned(),
        }
    }

    /// The file of a SQLite database that is kept in one.
    pub fn database_file(&self) -> Option<PathBuf> {
        let url = self.database_url();
        let path = sqlite_path(&url)?;
        (path != ":memory:").then(|| PathBuf::from(path))
    }

    pub fn plans(&self) -> PathBuf {
        self.root.join("plans")
    }

    pub fn channels(&self) -> PathBuf {
        self.root.join("channels")
    }
}

/// A query may hold a password too.
fn without_query(url: &str) -> &str {
    url.split_once('?').map_or(url, |(head, _)| head)
}

fn sqlite_path(url: &str) -> Option<&str> {
    let place = url.strip_prefix("sqlite:")?;
    Some(place.strip_prefix("//").unwrap_or(place))
}

/// Whether `url` names a database this program can open.
///
/// # Errors
/// Says what it should look like, without repeating what may hold a password.
pub fn check_database_url(url: &str) -> Result<(), String> {
    match sqlite_path(url) {
        Some(path) => check_file_name(path),
        None if url.starts_with("postgres://") || url.starts_with("postgresql://") => Ok(()),
        None => Err("it names no database this program knows: write sqlite:PATH or postgres://USER@HOST/NAME".into()),
    }
}

/// Whether `path` can only mean the file of that name.
fn check_file_name(path: &str) -> Result<(), String> {
    if path.trim().is_empty() {
        return Err("it names no file: write sqlite:PATH".into());
    }
    if path == ":memory:" || path.starts_with("file:") || path.contains(":memory:") {
        return Err(
            "a database in memory would be gone with the process: write sqlite:PATH with the path of a file"
                .into(),
        );
    }
    if path.trim() != path {
        return Err("the file's name begins or ends with a space: write sqlite:PATH".into());
    }
    let strange =
        |c: char| c.is_control() || is_invisible(c) || matches!(c, '?' | '%' | '#' | '\u{fffd}');
    if let Some(c) = path.chars().find(|c| strange(*c)) {
        return Err(format!(
            "{c:?} cannot stand in the name of a database file: write sqlite:PATH, without escapes and without parameters such as ?mode=rwc"
        ));
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    if matches!(name, "" | "." | "..") {
        return Err("it names a folder: write sqlite:PATH with the path of a file".into());
    }
    if ["-wal", "-shm", "-journal"]
        .iter()
        .any(|side| name.ends_with(side))
    {
        return Err(format!(
            "{name} would be a file that SQLite keeps beside a database: write sqlite:PATH with the path of the database"
        ));
    }
    Ok(())
}

/// Characters that show nothing, or turn around what stands beside them: two names would look like one.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn database_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let url = String::deserialize(from)?;
    check_database_url(&url).map_err(serde::de::Error::custom)?;
    Ok(Some(url))
}

fn base_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let url = String::deserialize(from)?;
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let sound = rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && !rest.contains(|c: char| c.is_whitespace() || "?#\"<>".contains(c))
    });
    if !sound {
        return Err(serde::de::Error::custom(format!(
            "{url:?} is not an address the public can open: write it like https://fabu.example.gov.cn"
        )));
    }
    Ok(Some(url.trim_end_matches('/').to_owned()))
}
