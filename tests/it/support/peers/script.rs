//! A peer written in Python: it prints one JSON object a line and ends when its standard input does.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

pub struct Script {
    lines: Receiver<String>,
    child: Child,
    // Closing it is how the peer is told to end.
    input: Option<ChildStdin>,
}

impl Script {
    /// Starts it and hands back its first word as well.
    pub fn start(mut command: Command) -> (Self, Value) {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        let script = Self {
            lines,
            child,
            input,
        };
        let first = script.next();
        (script, first["ready"].clone())
    }

    /// The next thing that it says.
    pub fn next(&self) -> Value {
        let line = self.lines.recv_timeout(Duration::from_secs(60));
        serde_json::from_str(&line.expect("the peer ended, or was silent for a minute")).unwrap()
    }

    /// Everything that it has said by now.
    pub fn said(&self) -> Vec<Value> {
        let lines = self.lines.try_iter();
        lines
            .map(|line| serde_json::from_str(&line).unwrap())
            .collect()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
