use std::process::ExitCode;

fn main() -> ExitCode {
    fabu::cli::run(std::env::args_os().collect())
}
