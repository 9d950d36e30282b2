//! Questions to the person at the keyboard. Nothing is ever asked where nobody sits.

use std::io::{IsTerminal as _, Write as _};

use super::output::say;
use super::words::word;
use super::{Exit, Failure, Result};
use crate::domain::check_code::CheckCode;

/// Whether somebody can read a question and answer it.
pub(super) fn is_possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// What was typed; None for nothing, and at the end of input.
pub(super) fn line(question: &str) -> Result<Option<String>> {
    // When standard error is gone the answer is as good.
    let _ = write!(std::io::stderr(), "{question} ");
    let mut typed = String::new();
    let read = std::io::stdin()
        .read_line(&mut typed)
        .map_err(|error| Failure::new(Exit::Failed, word!("fabu.keyboard", error)))?;
    if read == 0 {
        say("");
    }
    let typed = typed.trim();
    Ok((!typed.is_empty()).then(|| typed.to_owned()))
}

/// The code of the text that was just shown; None when nothing or another code was typed.
pub(super) fn code(version: u32, hash: &str) -> Result<Option<CheckCode>> {
    let typed = line(word!("fabu.ask-code"))?;
    Ok(typed
        .and_then(|typed| typed.parse::<CheckCode>().ok())
        .filter(|code| code.names(version, hash)))
}
