//! What is wrong with a command line, in the user's language. `clap` finds the fault; the words are ours.

use std::error::Error as _;
use std::ffi::OsString;
use std::num::ParseIntError;

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use super::words::{joined, word};
use super::{Exit, Failure};
use crate::domain::nearest::closest;

/// The failure for what `clap` refused of `args`.
pub(super) fn failure(error: &Error, command: &Command, args: &[OsString]) -> Failure {
    let mut what = sentence(error, command, args);
    if error.kind() == ErrorKind::UnknownArgument {
        what.push_str(&fits(error, command, args).unwrap_or_default());
    }
    for kind in [
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

/// What of the command that was meant fits an option that it does not have: a value that is written without a name, or the option of
/// its own that is called nearly so; one that every command has only where it has none.
fn fits(error: &Error, command: &Command, args: &[OsString]) -> Option<String> {
    let arg = context(error, ContextKind::InvalidArg).into_iter().next()?;
    let typed = arg.strip_prefix("--")?;
    let typed = typed.split_once('=').map_or(typed, |(name, _)| name);
    let below = meant(command, args).1.unwrap_or(command);
    let mut places = below.get_positionals();
    let is_it = |one: &&clap::Arg| one.get_id().as_str().replace('_', "-") == typed;
    if let Some(value) = places.find(is_it) {
        return Some(word!(
            "usage.by-place",
            value,
            command = path(command, args)
        ));
    }
    let longs = |of: &mut dyn Iterator<Item = &clap::Arg>| -> Vec<String> {
        let shown = of.filter(|one| !one.is_hide_set());
        shown
            .filter_map(|one| one.get_long().map(str::to_owned))
            .collect()
    };
    let own = longs(&mut below.get_arguments().filter(|one| !one.is_global_set()));
    let every = longs(&mut below.get_arguments().chain(command.get_arguments()));
    let near = |all: &[String]| {
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        closest(typed, &all).map(|long| word!("usage.meant", words = format!("--{long}")))
    };
    near(&own).or_else(|| near(&every))
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
