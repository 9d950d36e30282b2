//! Kannel in front of an SMPP message centre, in a network namespace of their own (`kannel.py` says how).

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::net::{TcpListener, UnixStream};
use tokio::task::JoinHandle;

use super::{cache, program, script, skip};

pub struct Kannel {
    /// Where `sendsms` answers.
    pub url: String,
    lines: Receiver<String>,
    relay: JoinHandle<()>,
    child: Child,
    // Closing it is how the peer is told to stop its boxes and itself.
    input: Option<ChildStdin>,
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
        let mut child = Command::new("unshare")
            .arg("-n")
            .arg(python)
            .arg(script("kannel.py"))
            .args([folder.path(), &socket])
            .env(
                "PATH",
                format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap()),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = read(BufReader::new(child.stdout.take().unwrap()).lines());
        let input = child.stdin.take();
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
        let kannel = Self {
            url,
            lines,
            relay,
            child,
            input,
            _folder: folder,
        };
        assert_eq!(kannel.next()["ready"], true, "Kannel did not start");
        Some(kannel)
    }

    /// The next message that the message centre got: `to`, `text`, `parts`.
    pub fn next(&self) -> Value {
        let line = self.lines.recv_timeout(Duration::from_secs(30));
        serde_json::from_str(&line.expect("the message centre was silent for 30 seconds")).unwrap()
    }
}

fn read(lines: Lines<BufReader<ChildStdout>>) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

impl Drop for Kannel {
    fn drop(&mut self) {
        self.relay.abort();
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
