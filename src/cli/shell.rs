//! `fabu completions` and `fabu man`: what a shell and a reader of manuals know of the commands, made from the commands.

use clap::{Command, CommandFactory as _};
use clap_complete::Shell;
use roff::{Roff, bold, roman};

use super::words::word;
use super::{Cli, Exit, Result, help};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(value_parser = ["bash", "zsh", "fish"])]
    shell: String,
}

pub(super) fn complete(args: &Args) -> Result {
    let shell = match &*args.shell {
        "bash" => Shell::Bash,
        "zsh" => Shell::Zsh,
        _ => Shell::Fish,
    };
    let mut text = Vec::new();
    let mut command = help::in_one_line(help::worded(Cli::command()));
    clap_complete::generate(shell, &mut command, "fabu", &mut text);
    print(&text)
}

/// One page that has every command with what it takes.
pub(super) fn man() -> Result {
    let mut root = help::worded(Cli::command());
    root.build();
    let version = concat!("fabu ", env!("CARGO_PKG_VERSION"));
    let mut roff = Roff::new();
    roff.control("TH", ["fabu", "1", "", version, word!("fabu.man.manual")]);
    // Both edges straight would tear Chinese apart.
    roff.control("ad", ["l"]);
    roff.control("SH", [word!("fabu.man.name")]);
    roff.text([roman("fabu - "), roman(about(&root))]);
    roff.control("SH", [word!("fabu.man.synopsis")]);
    roff.text([
        bold("fabu"),
        roman(format!(
            " {} <{}>",
            word!("fabu.options"),
            word!("fabu.value.COMMAND")
        )),
    ]);
    roff.control("SH", [word!("fabu.man.options")]);
    arguments(&root, &mut roff);
    roff.control("SH", [word!("fabu.man.commands")]);
    for below in root.get_subcommands() {
        command(below, &root, &mut roff);
    }
    roff.control("SH", [word!("fabu.man.exit")]);
    roff.text([roman(word!("fabu.help.below"))]);
    print(roff.render().as_bytes())
}

fn command(command: &Command, above: &Command, roff: &mut Roff) {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    roff.control("SS", [name]);
    roff.text([roman(about(command))]);
    arguments_beside(command, above, roff);
    for below in command.get_subcommands() {
        self::command(below, command, roff);
    }
}

fn about(command: &Command) -> String {
    let text = command.get_long_about().or(command.get_about());
    text.map(ToString::to_string).unwrap_or_default()
}

fn arguments(command: &Command, roff: &mut Roff) {
    arguments_beside(command, &Command::new(""), roff);
}

/// What a command takes and the one above it does not: what holds for all of them stands once.
fn arguments_beside(command: &Command, above: &Command, roff: &mut Roff) {
    let known: Vec<_> = above.get_arguments().map(clap::Arg::get_id).collect();
    for arg in command.get_arguments() {
        if arg.is_hide_set()
            || known.contains(&arg.get_id()) && (arg.is_global_set() || arg.get_id() == "help")
        {
            continue;
        }
        roff.control("TP", []);
        roff.text([bold(arg.to_string())]);
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        for (number, line) in help.lines().enumerate() {
            if number > 0 {
                roff.control("br", []);
            }
            roff.text([roman(line.trim_start())]);
        }
    }
}

fn print(text: &[u8]) -> Result {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    out.write_all(text)?;
    out.flush()?;
    Ok(Exit::Done)
}
