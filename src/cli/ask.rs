//! Questions to the person at the keyboard. Nothing is ever asked where nobody sits.

use std::io::{IsTerminal as _, Write as _};

use super::client::{Changing, Client};
use super::output::say;
use super::words::word;
use super::{Exit, Failure, Result};
use crate::domain::check_code::CheckCode;

/// What was typed where the code of a text was asked for.
pub(super) enum Coded {
    Right(CheckCode),
    Wrong,
    Nothing,
}

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

/// The code of the text that was just shown.
pub(super) fn code(version: u32, hash: &str) -> Result<Coded> {
    let Some(typed) = line(word!("fabu.ask-code"))? else {
        return Ok(Coded::Nothing);
    };
    let code = typed.parse::<CheckCode>().ok();
    Ok(match code.filter(|code| code.names(version, hash)) {
        Some(code) => Coded::Right(code),
        None => Coded::Wrong,
    })
}

/// Whether a change is meant, asked once where somebody sits; what a program asks for is meant.
pub(super) fn is_meant(client: &Client, how: &Changing, question: &str) -> Result<bool> {
    if client.json || how.dry_run || !is_possible() {
        return Ok(true);
    }
    let typed = line(&word!("fabu.ask-sure", question))?;
    let is_meant = typed.is_some_and(|typed| ["y", "yes", "是"].contains(&&*typed.to_lowercase()));
    if !is_meant {
        say(word!("fabu.left-alone"));
    }
    Ok(is_meant)
}
