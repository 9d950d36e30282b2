//! The token that says who asks: from a file or the environment, never from the command line, which others can see.

use std::path::Path;

use reqwest::header::HeaderValue;

use super::super::words::word;
use super::super::{Exit, Failure, Result};

/// The `Authorization` header, marked so that no log shows it.
///
/// # Errors
/// When there is no token, or it is no text that a header can hold. Never repeats it.
pub(super) fn read(file: Option<&Path>) -> Result<HeaderValue> {
    let named = std::env::var_os("FABU_TOKEN_FILE").filter(|name| !name.is_empty());
    let text = match (file, std::env::var("FABU_TOKEN")) {
        (Some(file), _) => from_file(file)?,
        (None, Ok(token)) if !token.trim().is_empty() => token,
        (None, _) => match named {
            Some(file) => from_file(Path::new(&file))?,
            None => return Err(no_token(word!("client.no-token"))),
        },
    };
    let token = text.trim();
    if token.is_empty() {
        return Err(no_token(word!("client.empty-token")));
    }
    let mut header = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| no_token(word!("client.bad-token")))?;
    header.set_sensitive(true);
    Ok(header)
}

fn no_token(what: &str) -> Failure {
    Failure::new(Exit::NotAllowed, what).next(word!("client.token-next"))
}

fn from_file(file: &Path) -> Result<String> {
    std::fs::read_to_string(file)
        .map_err(|error| no_token(&word!("client.token-unread", file = file.display(), error)))
}
