//! Reads the configuration from its four places and says exactly which of them is wrong.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{Config, LogFormat, LogLevel, check_database_url, sqlite_path};

/// What the file is called.
pub const FILE_NAME: &str = "fabu.toml";
/// Names the file when no flag does.
const FILE_VARIABLE: &str = "FABU_CONFIG";
/// The short name of `FABU__SERVER__DATABASE`, the variable most installations set.
const DATABASE_VARIABLE: &str = "FABU_DATABASE_URL";
/// Keys whose relative paths count from the folder of the file that names them.
const PATHS: [&str; 2] = ["data-dir", "root"];

/// What flags say; they win.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    pub file: Option<PathBuf>,
    pub data_dir: Option<PathBuf>,
    pub database: Option<String>,
    pub root: Option<PathBuf>,
    pub portal: Option<SocketAddr>,
    pub api: Option<SocketAddr>,
    pub log_format: Option<LogFormat>,
    pub log_level: Option<LogLevel>,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path}: the configuration cannot be read: {why}; nothing was started")]
    Unreadable { path: String, why: String },
    /// Lines and columns count from 1, columns in characters.
    #[error("{path}:{line}:{column}: {what}; nothing was started")]
    Wrong {
        path: String,
        line: usize,
        column: usize,
        what: String,
    },
    #[error("environment variable {name}: {what}; nothing was started")]
    Variable { name: String, what: String },
    #[error("--{name}: {what}; nothing was started")]
    Flag { name: &'static str, what: String },
}

/// Reads the configuration. `env` is the whole environment; only variables beginning with `FABU` are looked at.
///
/// The file is the one that the flag or `FABU_CONFIG` names, which must exist then, or `fabu.toml` in the current
/// folder, which may be missing.
///
/// # Errors
/// When a place cannot be read, holds a key that does not exist or a value that does not fit; says where.
pub fn load(
    overrides: &Overrides,
    env: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let mut env: Vec<_> = env
        .into_iter()
        .filter(|(name, _)| name.starts_with("FABU"))
        .collect();
    // The same environment in another order must mean the same.
    env.sort();
    let file = chosen_file(overrides, &env);
    let mut table = match &file {
        Some(path) => read_file(path)?,
        None => Table::new(),
    };
    for (name, value) in &env {
        if let Some((keys, value)) = variable(name, value)? {
            put(&mut table, &keys, value);
        }
    }
    // Every part was checked by itself, so only the parts together can still be wrong, and there is no such rule.
    let mut config: Config = Value::Table(table)
        .try_into()
        .map_err(|error: toml::de::Error| ConfigError::Unreadable {
            path: "configuration".into(),
            why: error.message().to_owned(),
        })?;
    config.file = file;
    apply(&mut config, overrides)?;
    Ok(config)
}

fn chosen_file(overrides: &Overrides, env: &[(String, String)]) -> Option<PathBuf> {
    let named = overrides.file.clone().or_else(|| {
        env.iter()
            .find(|(name, value)| name == FILE_VARIABLE && !value.is_empty())
            .map(|(_, value)| value.into())
    });
    named.or_else(|| Some(PathBuf::from(FILE_NAME)).filter(|path| path.exists()))
}

fn read_file(path: &Path) -> Result<Table, ConfigError> {
    let unreadable = |why: String| ConfigError::Unreadable {
        path: path.display().to_string(),
        why,
    };
    let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        unreadable(format!(
            "it is not UTF-8 (byte {})",
            error.utf8_error().valid_up_to()
        ))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let wrong = |error: toml::de::Error| {
        let (line, column) = place(text, error.span().map_or(0, |span| span.start));
        ConfigError::Wrong {
            path: path.display().to_string(),
            line,
            column,
            what: one_line(error.message()),
        }
    };
    toml::from_str::<Config>(text).map_err(wrong)?;
    let mut table: Table = toml::from_str(text).map_err(wrong)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    anchor(&mut table, folder);
    Ok(table)
}

/// Makes relative paths count from `folder`; folders nobody named get their default there.
fn anchor(table: &mut Table, folder: &Path) {
    let defaults = super::Server::default();
    let server = table
        .entry("server")
        .or_insert_with(|| Value::Table(Table::new()));
    let Value::Table(server) = server else { return };
    for (key, default) in PATHS.into_iter().zip([&defaults.data_dir, &defaults.root]) {
        let given = server
            .get(key)
            .and_then(Value::as_str)
            .map_or(default.as_path(), Path::new);
        // Going by components takes the dots out of `site/./plans`.
        let given: PathBuf = folder.join(given).components().collect();
        server.insert(
            key.into(),
            Value::String(given.to_string_lossy().into_owned()),
        );
    }
    if let Some(Value::String(url)) = server.get_mut("database")
        && let Some(path) = sqlite_path(url)
        && path != ":memory:"
    {
        *url = format!("sqlite:{}", folder.join(path).display());
    }
}

/// The keys and the value that an environment variable sets, or nothing when it is none of ours.
fn variable(name: &str, text: &str) -> Result<Option<(Vec<String>, Value)>, ConfigError> {
    let wrong = |what: String| ConfigError::Variable {
        name: name.to_owned(),
        what,
    };
    let (path, from_file) = match name.strip_suffix("_FILE") {
        Some(path) => (path, true),
        None => (name, false),
    };
    let keys: Vec<String> = if path == DATABASE_VARIABLE {
        vec!["server".into(), "database".into()]
    } else if let Some(path) = path.strip_prefix("FABU__") {
        path.split("__")
            .map(|key| key.to_lowercase().replace('_', "-"))
            .collect()
    } else {
        return Ok(None);
    };
    if text.is_empty() {
        return Ok(None);
    }
    let text = if from_file {
        let held = std::fs::read_to_string(text)
            .map_err(|error| wrong(format!("{text} cannot be read: {error}")))?;
        held.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        text.to_owned()
    };
    let fits = |value: &Value| {
        let mut alone = Table::new();
        put(&mut alone, &keys, value.clone());
        Value::Table(alone).try_into::<Config>().map(drop)
    };
    let value = Value::String(text);
    fits(&value).map_err(|error| wrong(one_line(error.message())))?;
    Ok(Some((keys, value)))
}

fn put(table: &mut Table, keys: &[String], value: Value) {
    let Some((key, rest)) = keys.split_first() else {
        return;
    };
    if rest.is_empty() {
        table.insert(key.clone(), value);
        return;
    }
    let inner = table
        .entry(key.clone())
        .or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(inner) = inner {
        put(inner, rest, value);
    }
}

fn apply(config: &mut Config, overrides: &Overrides) -> Result<(), ConfigError> {
    if let Some(url) = &overrides.database {
        check_database_url(url).map_err(|what| ConfigError::Flag {
            name: "database",
            what,
        })?;
        config.server.database = Some(url.clone());
    }
    if let Some(folder) = &overrides.data_dir {
        config.server.data_dir.clone_from(folder);
    }
    if let Some(folder) = &overrides.root {
        config.server.root.clone_from(folder);
    }
    config.listen.portal = overrides.portal.unwrap_or(config.listen.portal);
    config.listen.api = overrides.api.unwrap_or(config.listen.api);
    config.log.format = overrides.log_format.unwrap_or(config.log.format);
    config.log.level = overrides.log_level.unwrap_or(config.log.level);
    // The file's name may come from the data folder's.
    check_database_url(&config.server.database_url()).map_err(|what| ConfigError::Flag {
        name: "data-dir",
        what,
    })
}

fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before[start..].chars().count() + 1)
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, Overrides) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        std::fs::write(&path, text).unwrap();
        let overrides = Overrides {
            file: Some(path),
            ..Overrides::default()
        };
        (folder, overrides)
    }

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn each_place_is_stronger_than_the_one_before() {
        let (folder, mut overrides) = file(
            "[listen]\nportal = '127.0.0.1:1000'\napi = '127.0.0.1:1001'\n[log]\nlevel = 'warn'\n",
        );
        let from_file = load(&overrides, env(&[])).unwrap();
        assert_eq!(from_file.listen.portal.port(), 1000);
        assert_eq!(from_file.server.data_dir, folder.path().join("data"));
        let vars = env(&[
            ("FABU__LISTEN__PORTAL", "127.0.0.1:2000"),
            ("FABU__LISTEN__API", "127.0.0.1:2001"),
        ]);
        overrides.portal = Some(([127, 0, 0, 1], 3000).into());
        let config = load(&overrides, vars).unwrap();
        assert_eq!(config.listen.portal.port(), 3000);
        assert_eq!(config.listen.api.port(), 2001);
        assert_eq!(config.log.level, LogLevel::Warn);
        assert_eq!(config.server.drain.as_seconds(), 30);
    }

    #[test]
    fn a_slip_in_the_file_is_named_with_its_place() {
        for (text, place, word) in [
            (
                "[listen]\nportal = '[::]:8080'\n  prot = 1\n",
                ":3:3:",
                "prot",
            ),
            ("[listen]\nportal = 'here'\n", ":2:10:", "socket address"),
            (
                "[server]\ndatabase = 'mysql://x'\n",
                ":2:12:",
                "sqlite:PATH",
            ),
            ("# 注释\n[portal]\nsite-name = 5\n", ":3:13:", "string"),
            ("[portal]\nbase-url = 'shili'\n", ":2:12:", "https://"),
            ("[log]\nlevel = 'loud'\n", ":2:9:", "loud"),
            ("[log\n", ":1:", ""),
        ] {
            let (_folder, overrides) = file(text);
            let said = load(&overrides, env(&[])).unwrap_err().to_string();
            assert!(said.contains(place), "{text:?}: {said}");
            assert!(said.contains(word), "{text:?}: {said}");
        }
    }

    #[test]
    fn a_slip_in_the_environment_is_named_by_its_variable() {
        for (name, value) in [
            ("FABU__LISTEN__PROT", "1"),
            ("FABU__LISTEN__API", "x"),
            ("FABU_DATABASE_URL", "x"),
        ] {
            let said = load(&Overrides::default(), env(&[(name, value)]))
                .unwrap_err()
                .to_string();
            assert!(said.contains(name), "{said}");
        }
        // What channels read is not configuration, and neither is anybody else's.
        load(
            &Overrides::default(),
            env(&[("FABU_MAIL_PASSWORD", "x"), ("LISTEN", "y")]),
        )
        .unwrap();
    }

    #[test]
    fn the_password_of_a_database_comes_from_a_file_and_is_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        std::fs::write(
            &secret,
            "postgres://fabu:hunter2@db/fabu?password=hunter2\n",
        )
        .unwrap();
        let config = load(
            &Overrides::default(),
            env(&[("FABU_DATABASE_URL_FILE", &secret.to_string_lossy())]),
        )
        .unwrap();
        assert_eq!(
            config.server.database_url(),
            "postgres://fabu:hunter2@db/fabu?password=hunter2"
        );
        assert_eq!(config.server.database_shown(), "postgres://***@db/fabu");
        assert!(!serde_json::to_string(&config).unwrap().contains("hunter2"));
    }

    #[test]
    fn relative_paths_count_from_the_file_that_names_them() {
        let (folder, overrides) =
            file("[server]\ndata-dir = 'kept'\ndatabase = 'sqlite:here.db'\n");
        let config = load(&overrides, env(&[])).unwrap();
        assert_eq!(config.server.data_dir, folder.path().join("kept"));
        assert_eq!(config.server.root, folder.path());
        assert_eq!(
            config.server.database_file(),
            Some(folder.path().join("here.db"))
        );
    }

    #[test]
    fn a_named_file_must_exist() {
        let overrides = Overrides {
            file: Some("/nowhere/fabu.toml".into()),
            ..Overrides::default()
        };
        let said = load(&overrides, env(&[])).unwrap_err().to_string();
        assert!(said.contains("/nowhere/fabu.toml"), "{said}");
    }
}
