//! Help in the user's language: walks the commands that `clap` has derived and gives each its words from `locales/`.
//!
//! `about` of `fabu release approve` is `release.help.approve.about`, its `--code` is `release.help.approve.code`; what
//! many commands take (`--json`, `--key`) stands once under `fabu.args`. What a command does is not known here.

use clap::builder::{PossibleValue, Resettable, Str, StyledStr};
use clap::{Arg, ArgAction, Command};

use super::when::span_of;
use super::words::{find, joined, language, word};
use crate::domain::bulletin::Language;

/// Gives `command` and all below it their words.
pub(super) fn worded(command: Command) -> Command {
    let lang = Arg::new("lang")
        .long("lang")
        .value_name("LANGUAGE")
        .value_parser([
            PossibleValue::new("zh-CN").alias("zh"),
            PossibleValue::new("en"),
        ])
        .help_heading("place")
        .global(true);
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .help_heading(None::<&str>)
        .action(ArgAction::Version);
    let command = command.disable_version_flag(true).arg(version).arg(lang);
    let command = walk(command, &mut Vec::new());
    if language() == Language::En {
        return command;
    }
    let mut built = command.clone();
    built.build();
    with_usage(command, &mut built)
}

fn walk(command: Command, path: &mut Vec<String>) -> Command {
    let under = under(path);
    let about = find(&format!("{under}.about")).unwrap_or_default();
    let more = find(&format!("{under}.more")).map(|more| format!("{about}\n\n{more}"));
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .help_heading(None::<&str>)
        .action(ArgAction::Help);
    let mut place = 0;
    command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help)
        .about(about)
        .long_about(Resettable::from(more.map(StyledStr::from)))
        .after_help(Resettable::from(
            find(&format!("{under}.below")).map(StyledStr::from),
        ))
        .help_template(format!(
            "{{about-with-newline}}\n{}{{usage}}\n\n{{all-args}}{{after-help}}",
            word!("fabu.usage")
        ))
        .subcommand_help_heading(word!("fabu.heading.commands"))
        .subcommand_value_name(word!("fabu.value.COMMAND"))
        .mut_args(|arg| {
            place += usize::from(arg.is_positional());
            dressed(arg, &under, place)
        })
        .mut_subcommands(|below| {
            path.push(below.get_name().to_owned());
            let below = walk(below, path);
            path.pop();
            below
        })
}

/// What the words of a command stand under.
fn under(path: &[String]) -> String {
    match path {
        [] => "fabu.help".into(),
        [noun] => format!("{noun}.help"),
        [noun, rest @ ..] => format!("{noun}.help.{}", rest.join(".")),
    }
}

fn dressed(arg: Arg, under: &str, place: usize) -> Arg {
    let name = arg.get_id().as_str().replace('_', "-");
    let help = find(&format!("{under}.{name}")).or_else(|| find(&format!("fabu.args.{name}")));
    let mut help = help.unwrap_or_default().to_owned();
    let heading = match arg.get_help_heading() {
        Some("place") => word!("fabu.heading.place"),
        Some(_) => word!("fabu.heading.server"),
        None if arg.is_positional() => word!("fabu.heading.arguments"),
        None => word!("fabu.heading.options"),
    };
    let arg = arg.help_heading(heading);
    let arg = if arg.is_positional() {
        arg.display_order(place)
    } else {
        arg
    };
    if !arg.get_action().takes_values() {
        return arg.help(help);
    }
    help.push_str(&choices(&arg, under));
    let defaults: Vec<_> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .filter(|value| !value.is_empty())
        .collect();
    if !defaults.is_empty() {
        let value = defaults.join(" ");
        let is_span = |names: &[Str]| names.iter().any(|name| name == "SPAN");
        let value = match arg.get_value_names().is_some_and(is_span) {
            true => span_of(&value),
            false => value,
        };
        help.push_str(&word!("fabu.default", value));
    }
    if let Some(name) = arg.get_env() {
        help.push_str(&word!("fabu.environment", name = name.to_string_lossy()));
    }
    let names: Vec<Str> = arg
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .map(|name| find(&format!("fabu.value.{name}")).map_or_else(|| name.clone(), Str::from))
        .collect();
    arg.help(help)
        .value_names(names)
        .hide_possible_values(true)
        .hide_default_value(true)
        .hide_env(true)
}

/// The values there are: one a line where they have names, else side by side.
fn choices(arg: &Arg, under: &str) -> String {
    let values = arg.get_possible_values();
    let noun = under.split('.').next().unwrap_or_default();
    let shown: Vec<&str> = values
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(PossibleValue::get_name)
        .collect();
    let widest = shown.iter().map(|value| value.len()).max().unwrap_or(0);
    let mut plain = Vec::new();
    let mut lines = String::new();
    for value in shown {
        match find(&format!("{noun}.choice.{value}")) {
            Some(what) => lines.push_str(&format!("\n  {value:widest$}  {what}")),
            None => plain.push(value),
        }
    }
    if !plain.is_empty() {
        lines.push_str(&word!("fabu.choices", values = joined(&plain)));
    }
    lines
}

/// `command` with help of one line for each argument, where there is room for no more.
pub(super) fn in_one_line(command: Command) -> Command {
    command
        .mut_args(|arg| match arg.get_help().map(ToString::to_string) {
            Some(help) => arg.help(help.lines().next().unwrap_or_default().to_owned()),
            None => arg,
        })
        .mut_subcommands(in_one_line)
}

/// Help as it is printed, with the marks of the user's language behind headings.
pub(super) fn printed(help: &StyledStr, is_coloured: bool) -> String {
    let mut text = match is_coloured {
        true => help.ansi().to_string(),
        false => help.to_string(),
    };
    if language() == Language::ZhCn {
        for heading in [
            word!("fabu.heading.commands"),
            word!("fabu.heading.arguments"),
            word!("fabu.heading.options"),
            word!("fabu.heading.place"),
            word!("fabu.heading.server"),
        ] {
            text = text.replace(&format!("{heading}:"), &format!("{heading}："));
        }
    }
    text
}

/// Says `[OPTIONS]` in the user's language, too; `built` is the same command with all that `clap` adds to it.
fn with_usage(command: Command, built: &mut Command) -> Command {
    let usage = built.render_usage().to_string();
    let usage = usage
        .trim_start_matches("Usage: ")
        .replace("[OPTIONS]", word!("fabu.options"));
    command.override_usage(usage).mut_subcommands(|below| {
        match built.find_subcommand_mut(below.get_name()) {
            Some(twin) => with_usage(below, twin),
            None => below,
        }
    })
}

/// Whether a word is one that is asked for by the name of a command, an argument or a value.
#[cfg(test)]
pub(super) fn is_of_help(key: &str) -> bool {
    match key.split_once('.') {
        Some(("fabu", rest)) => ["help.", "args.", "value."]
            .iter()
            .any(|group| rest.starts_with(group)),
        Some((_, rest)) => rest.starts_with("help.") || rest.starts_with("choice."),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    /// Every command with the key of its words.
    fn all(command: &Command, path: &mut Vec<String>, found: &mut Vec<(String, Command)>) {
        found.push((under(path), command.clone()));
        for below in command.get_subcommands() {
            path.push(below.get_name().to_owned());
            all(below, path, found);
            path.pop();
        }
    }

    #[test]
    fn every_command_and_argument_has_help_and_no_help_is_left_over() {
        let mut commands = Vec::new();
        all(&worded(Cli::command()), &mut Vec::new(), &mut commands);
        assert!(commands.len() > 45, "{} commands", commands.len());
        let mut used = BTreeSet::new();
        for (under, command) in &commands {
            assert!(
                find(&format!("{under}.about")).is_some(),
                "{under} has no about"
            );
            for kind in ["about", "more", "after"] {
                used.insert(format!("{under}.{kind}"));
            }
            for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
                let name = arg.get_id().as_str().replace('_', "-");
                let own = format!("{under}.{name}");
                let shared = format!("fabu.args.{name}");
                assert!(
                    arg.get_help()
                        .is_some_and(|help| !help.to_string().is_empty()),
                    "{own} has no help"
                );
                used.insert(if find(&own).is_some() { own } else { shared });
                for value in arg.get_possible_values() {
                    let noun = under.split('.').next().unwrap();
                    used.insert(format!("{noun}.choice.{}", value.get_name()));
                }
            }
        }
        let mut derived = Vec::new();
        all(&Cli::command(), &mut Vec::new(), &mut derived);
        for (under, command) in &derived {
            let args = command
                .get_arguments()
                .filter(|arg| arg.get_action().takes_values());
            for name in args.flat_map(|arg| arg.get_value_names().unwrap_or_default()) {
                let key = format!("fabu.value.{name}");
                assert!(find(&key).is_some(), "{under}: <{name}> has no word {key}");
                used.insert(key);
            }
        }
        used.extend(["fabu.value.COMMAND", "fabu.value.LANGUAGE"].map(str::to_owned));
        let left: Vec<_> = super::super::words::keys()
            .filter(|key| is_of_help(key) && !used.contains(*key))
            .collect();
        assert!(left.is_empty(), "help that nothing shows: {left:#?}");
    }
}
