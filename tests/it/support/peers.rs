//! What channels talk to in the tests: real servers where Debian has them, small ones of our own where not.
//! All of them listen on 127.0.0.1 at a free port, and each is ended by the handle that started it.

pub mod bot_api;
pub mod http;
pub mod kannel;
pub mod script;
pub mod sink;
pub mod smtp;
pub mod tls;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Says that a test was not run because its peer is not installed; in CI that is a failure.
pub fn skip(why: &str) {
    assert!(
        !std::env::var("CI").is_ok_and(|ci| ci == "true"),
        "in CI every peer must be there: {why}; scripts/support/peers-install.sh installs them"
    );
    eprintln!("skipped: {why}; scripts/support/peers-install.sh installs it");
}

/// A program on the usual paths.
pub fn program(name: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// Where peers-install.sh puts what does not come from the distribution.
pub fn cache() -> PathBuf {
    std::env::var_os("FABU_TEST_PEERS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers"),
        PathBuf::from,
    )
}

/// A file of `tests/it/support/peers`.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/support/peers")
        .join(name)
}

/// A port that nobody listened on a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Tries until it works; a peer that takes longer than ten seconds is broken.
pub fn eventually<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{what} did not happen in ten seconds"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}
