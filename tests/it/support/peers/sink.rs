//! postfix's smtp-sink, which takes whole mails and keeps each in a file.

use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{eventually, free_port, program, script, skip};

pub struct Sink {
    pub port: u16,
    child: Child,
    folder: TempDir,
}

impl Sink {
    /// Starts it with `options` added, such as `-q .` to hang up after the final dot.
    pub fn start(options: &[&str]) -> Option<Self> {
        let Some(path) = program("smtp-sink") else {
            skip("smtp-sink (Debian: postfix) is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let all = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(folder.path(), all).unwrap();
        let port = free_port();
        let mut command = Command::new(path);
        // As root it insists on becoming somebody else.
        if std::fs::metadata("/proc/self")
            .is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
        {
            command.args(["-u", "postfix"]);
        }
        let child = command
            .args(options)
            .arg("-d")
            .arg(folder.path().join("%M."))
            .arg(format!("127.0.0.1:{port}"))
            .arg("100")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let sink = Self {
            port,
            child,
            folder,
        };
        eventually("smtp-sink listening", || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Some(sink)
    }

    /// How many mails it has begun to take.
    pub fn taken(&self) -> usize {
        std::fs::read_dir(self.folder.path()).unwrap().count()
    }

    /// The mails, the earliest first.
    pub fn in_order(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        let mut mails: Vec<_> = files
            .map(|file| {
                let file = file.unwrap();
                let text = std::fs::read_to_string(file.path()).unwrap();
                (file.metadata().unwrap().modified().unwrap(), text)
            })
            .collect();
        mails.sort();
        mails.into_iter().map(|(_, text)| text).collect()
    }

    /// The mails as they were taken, sink's own lines in front included.
    pub fn dumps(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A mail as a mail program reads it: `headers`, `type`, `text`, `html`, `defects`.
pub struct Read(Value);

impl Read {
    /// Hands the mail to Python's parser; `None` without Python.
    pub fn new(mail: &str) -> Option<Self> {
        let Some(python) = program("python3") else {
            skip("python3 is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mail");
        std::fs::write(&path, mail).unwrap();
        let output = Command::new(python)
            .arg(script("mail.py"))
            .stdin(std::fs::File::open(path).unwrap())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Some(Self(serde_json::from_slice(&output.stdout).unwrap()))
    }

    pub fn field(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    pub fn defects(&self) -> &Value {
        &self.0["defects"]
    }

    /// Every header of this name.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let headers = self.0["headers"].as_array().unwrap();
        headers
            .iter()
            .filter(|pair| pair[0].as_str().unwrap().eq_ignore_ascii_case(name))
            .map(|pair| pair[1].as_str().unwrap())
            .collect()
    }
}
