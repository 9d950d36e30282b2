//! Kannel in front of an SMPP message centre, in a network namespace of their own (`kannel.py` says how).

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::script::Script;
use super::{cache, program, script, skip};

/// What Kannel can call from within its namespace.
pub const CALLS_AT: &str = "http://127.0.0.1:8080";

/// Calls go to whichever server is named when they come; before that they are cut off.
async fn pass_back(listener: UnixListener, server: watch::Receiver<Option<SocketAddr>>) {
    while let Ok((mut inside, _)) = listener.accept().await {
        let Some(server) = *server.borrow() else {
            continue;
        };
        tokio::spawn(async move {
            let mut outside = TcpStream::connect(server).await.unwrap();
            tokio::io::copy_bidirectional(&mut inside, &mut outside).await
        });
    }
}

pub struct Kannel {
    /// Where `sendsms` answers.
    pub url: String,
    relay: JoinHandle<()>,
    back: JoinHandle<()>,
    calls: watch::Sender<Option<SocketAddr>>,
    script: Script,
    _folder: TempDir,
}

impl Kannel {
    pub async fn start() -> Option<Self> {
        let python = cache().join("venv/bin/python");
        let missing = ["bearerbox", "smsbox", "unshare", "ip"]
            .into_iter()
            .find(|name| program(name).is_none());
        if let Some(name) = missing {
            skip(&format!(
                "{name} (Debian: kannel, util-linux, iproute2) is not installed"
            ));
            return None;
        }
        if !python.exists() {
            skip("the SMPP server (PyPI: smpp34) is not installed");
            return None;
        }
        let probe = Command::new("unshare")
            .args(["-n", "true"])
            .stderr(Stdio::null())
            .status();
        if !probe.is_ok_and(|status| status.success()) {
            skip("this user may not make a network namespace (unshare -n)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("sendsms");
        let out = folder.path().join("back");
        let calls = watch::Sender::new(None);
        let back = tokio::spawn(pass_back(
            UnixListener::bind(&out).unwrap(),
            calls.subscribe(),
        ));
        let mut command = Command::new("unshare");
        let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap());
        command
            .arg("-n")
            .arg(python)
            .arg(script("kannel.py"))
            .args([folder.path(), &socket, &out])
            .env("PATH", path);
        let (script, _) = Script::start(command);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/cgi-bin/sendsms", listener.local_addr().unwrap());
        // The namespace is reached through a socket of the file system, which namespaces of networks share.
        let relay = tokio::spawn(async move {
            while let Ok((mut outside, _)) = listener.accept().await {
                let socket = socket.clone();
                tokio::spawn(async move {
                    let mut inside = UnixStream::connect(socket).await.unwrap();
                    tokio::io::copy_bidirectional(&mut outside, &mut inside).await
                });
            }
        });
        Some(Self {
            url,
            relay,
            back,
            calls,
            script,
            _folder: folder,
        })
    }

    /// Where its calls to [`CALLS_AT`] go from now on.
    pub fn calls(&self, server: SocketAddr) {
        self.calls.send_replace(Some(server));
    }

    /// The next message that the message centre got: `to`, `text`, `parts`.
    pub fn next(&self) -> Value {
        self.script.next()
    }
}

impl Drop for Kannel {
    fn drop(&mut self) {
        self.relay.abort();
        self.back.abort();
    }
}
