//! Where passwords and tokens come from: the environment or files it names, never a definition.

use std::collections::BTreeMap;
use std::fmt;

use super::ChannelError;
use crate::domain::channel::ChannelDef;

/// A value that no log, error or debug print shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the wire.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// Looks secrets up by the name of their environment variable.
pub trait Secrets: Send + Sync {
    fn read(&self, variable: &str) -> Result<Secret, SecretError>;
}

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("{0} is not set, and neither is {0}_FILE")]
    Missing(String),
    #[error("{variable}_FILE names {path}, which cannot be read: {why}")]
    Unreadable {
        variable: String,
        path: String,
        why: String,
    },
}

/// `NAME`, or the content of the file that `NAME_FILE` names, without the line break at its end.
pub struct EnvSecrets;

impl Secrets for EnvSecrets {
    fn read(&self, variable: &str) -> Result<Secret, SecretError> {
        if let Some(value) = std::env::var(variable).ok().filter(|v| !v.is_empty()) {
            return Ok(Secret::new(value));
        }
        let Some(path) = std::env::var_os(format!("{variable}_FILE")) else {
            return Err(SecretError::Missing(variable.to_owned()));
        };
        let unreadable = |why: String| SecretError::Unreadable {
            variable: variable.to_owned(),
            path: path.to_string_lossy().into_owned(),
            why,
        };
        let text = std::fs::read_to_string(&path).map_err(|e| unreadable(e.to_string()))?;
        let value = text.trim_end_matches(['\r', '\n']);
        if value.is_empty() {
            return Err(unreadable("it is empty".into()));
        }
        Ok(Secret::new(value))
    }
}

/// Secrets given by hand.
#[derive(Default, Clone)]
pub struct MapSecrets(BTreeMap<String, String>);

impl MapSecrets {
    pub fn with(mut self, variable: &str, value: &str) -> Self {
        self.0.insert(variable.to_owned(), value.to_owned());
        self
    }
}

impl Secrets for MapSecrets {
    fn read(&self, variable: &str) -> Result<Secret, SecretError> {
        self.0
            .get(variable)
            .map(Secret::new)
            .ok_or_else(|| SecretError::Missing(variable.to_owned()))
    }
}

/// The secret behind `key` of a definition; no name there, no secret wanted.
pub(super) fn wanted(
    def: &ChannelDef,
    key: &'static str,
    variable: Option<&String>,
    secrets: &dyn Secrets,
) -> Result<Option<Secret>, ChannelError> {
    let Some(variable) = variable else {
        return Ok(None);
    };
    secrets
        .read(variable)
        .map(Some)
        .map_err(|error| match error {
            SecretError::Missing(variable) => ChannelError::NoSecret {
                channel: def.channel.clone(),
                key,
                variable,
            },
            SecretError::Unreadable {
                variable,
                path,
                why,
            } => ChannelError::SecretUnreadable {
                channel: def.channel.clone(),
                variable,
                path,
                why,
            },
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(***)");
    }

    #[test]
    fn a_missing_one_is_named_with_its_file_variant() {
        let error = EnvSecrets.read("FABU_TEST_NOBODY_SETS_THIS").unwrap_err();
        assert_eq!(
            error.to_string(),
            "FABU_TEST_NOBODY_SETS_THIS is not set, and neither is FABU_TEST_NOBODY_SETS_THIS_FILE"
        );
    }
}
