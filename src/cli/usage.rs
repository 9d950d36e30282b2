//! What is wrong with a command line, in the user's language. `clap` finds the fault; the words are ours.

use std::error::Error as _;
use std::ffi::OsString;
use std::num::ParseIntError;

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use super::words::{joined, word};
use super::{Exit, Failure};

/// The failure for what `clap` refused of `args`.
pub(super) fn failure(error: &Error, command: &Command, args: &[OsString]) -> Failure {
    let mut what = sentence(error, command, args);
    for kind in [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ] {
        // The likeliest stands last.
        if let Some(meant) = context(error, kind).last() {
            what.push_str(&word!("usage.meant", words = meant));
        }
    }
    Failure::new(Exit::Usage, what).next(format!("{} --help", path(command, args)))
}

fn sentence(error: &Error, command: &Command, args: &[OsString]) -> String {
    let named = |kind| joined(&context(error, kind));
    let arg = named(ContextKind::InvalidArg);
    let value = named(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => word!("usage.no-value", arg),
        ErrorKind::InvalidValue => {
            let values = context(error, ContextKind::ValidValue).join(", ");
            word!("usage.value", arg, value) + &word!("fabu.choices", values)
        }
        ErrorKind::ValueValidation => {
            word!("usage.value", arg, value) + &word!("usage.why", why = why(error))
        }
        ErrorKind::UnknownArgument if !arg.starts_with('-') => word!("usage.surplus", arg),
        ErrorKind::UnknownArgument => {
            match meant(command, args).1.filter(|below| takes(below, &arg)) {
                Some(_) => word!("usage.too-early", arg, command = path(command, args)),
                None => word!("usage.unknown", arg),
            }
        }
        ErrorKind::InvalidSubcommand => {
            word!(
                "usage.no-command",
                name = named(ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::MissingRequiredArgument => {
            let args = context(error, ContextKind::InvalidArg);
            word!("usage.missing", args = args.join("\n  "))
        }
        ErrorKind::ArgumentConflict => match context(error, ContextKind::PriorArg) {
            other if other.is_empty() || other == [arg.as_str()] => word!("usage.twice", arg),
            other => word!("usage.conflict", arg, other = joined(&other)),
        },
        ErrorKind::InvalidUtf8 => word!("usage.not-text").to_owned(),
        ErrorKind::TooManyValues => word!("usage.too-many", arg, value),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => word!("usage.no-value", arg),
        // Nothing in these commands can lead to the rest.
        _ => error.to_string(),
    }
}

/// Why a value could not be read. Our own parsers say it in the user's language.
fn why(error: &Error) -> String {
    let Some(source) = error.source() else {
        return String::new();
    };
    let text = source.to_string();
    match text.split_once(" is not in ") {
        Some((_, range)) => match range.split_once("..=") {
            Some((min, max)) => word!("usage.range", min, max),
            None => word!("usage.range-of", range),
        },
        None if source.is::<ParseIntError>() => word!("usage.number").to_owned(),
        None => text,
    }
}

fn context(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
    .into_iter()
    .filter(|text| !text.is_empty())
    .collect()
}

/// Whether it has an argument that is written like this.
fn takes(command: &Command, arg: &str) -> bool {
    let long = arg.trim_start_matches('-');
    command
        .get_arguments()
        .any(|one| one.get_long() == Some(long))
}

/// The command that was meant, as far as it can be told, as it is typed.
pub(super) fn path(command: &Command, args: &[OsString]) -> String {
    meant(command, args).0
}

/// The command that was meant, with how it is typed; none below `command` if only that can be told.
pub(super) fn meant<'a>(command: &'a Command, args: &[OsString]) -> (String, Option<&'a Command>) {
    let mut path = command.get_name().to_owned();
    let mut at = None;
    for arg in args.iter().skip(1).filter_map(|arg| arg.to_str()) {
        if let Some(below) = at.unwrap_or(command).find_subcommand(arg) {
            path.push(' ');
            path.push_str(below.get_name());
            at = Some(below);
        }
    }
    (path, at)
}
