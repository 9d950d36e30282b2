use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = fabu::cli::Cli::parse();
    let code = fabu::cli::run(cli, &mut std::io::stdout(), &mut std::io::stderr());
    ExitCode::from(code)
}
