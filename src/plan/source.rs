//! One file as read from the disk: its text, its value, and the way back from a value to line and column.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::diagnostic::{Place, Report};
use super::yaml::{self, Document, Mark};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 1024 * 1024;

/// A YAML file that could be read.
#[derive(Debug)]
pub struct Source {
    pub file: Arc<str>,
    document: Document,
}

impl Source {
    pub fn value(&self) -> &Value {
        &self.document.value
    }

    /// The place of the value at a JSON pointer.
    pub fn at(&self, pointer: &str) -> Place {
        self.place(self.document.value_at(pointer))
    }

    /// The place of the key whose value is at a JSON pointer.
    pub fn key(&self, pointer: &str) -> Place {
        self.place(self.document.key_at(pointer))
    }

    fn place(&self, mark: Mark) -> Place {
        Place {
            file: Arc::clone(&self.file),
            line: mark.line,
            column: mark.column,
        }
    }
}

/// The first place of a file, for complaints about the whole of it.
pub fn start_of(file: &str) -> Place {
    Place {
        file: file.into(),
        line: 1,
        column: 1,
    }
}

/// Reads a YAML file; None when there is no value to go on with, and then the report says why.
pub fn read_yaml(path: &Path, shown: &str, report: &mut Report) -> Option<Source> {
    let text = read_text(path, shown, report)?;
    let file: Arc<str> = shown.into();
    let (document, faults) = yaml::parse(&text);
    for fault in faults {
        let place = Place {
            file: Arc::clone(&file),
            line: fault.mark.line,
            column: fault.mark.column,
        };
        report
            .error(fault.code, place, fault.message)
            .help_if(fault.help);
    }
    document.map(|document| Source { file, document })
}

/// Reads a text file: bounded, UTF-8, without control characters.
pub fn read_text(path: &Path, shown: &str, report: &mut Report) -> Option<String> {
    let bytes = match read_bytes(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            report
                .error(
                    "unreadable-file",
                    start_of(shown),
                    format!("the file cannot be read: {error}"),
                )
                .help("check that it is there, is a file and may be read by this user");
            return None;
        }
    };
    if bytes.len() as u64 > MAX_BYTES {
        report
            .error(
                "file-too-large",
                start_of(shown),
                format!("the file is larger than {MAX_BYTES} bytes and was not read"),
            )
            .help("plans and templates are a few pages each; is this the right file?");
        return None;
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let head = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
            report
                .error(
                    "not-utf-8",
                    end_of(shown, &head),
                    "here begins something that is not UTF-8",
                )
                .help("save the file as UTF-8; an editor set to GBK or GB18030 writes other bytes");
            return None;
        }
    };
    let text = match text.strip_prefix('\u{FEFF}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    if complain_of_characters(&text, shown, report) {
        return None;
    }
    Some(text)
}

fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = File::open(path)?;
    // A pipe or a device would never end, or never begin.
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether the text holds what must not be there at all. Signs that reverse the direction of text are named too: a
/// reader and the machine would see different files.
fn complain_of_characters(text: &str, shown: &str, report: &mut Report) -> bool {
    let mut found = false;
    for (number, line) in text.lines().enumerate() {
        for (column, c) in line.chars().enumerate() {
            let control = c.is_control() && c != '\t' && c != '\r';
            let direction = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
            if !control && !direction {
                continue;
            }
            let what = if control {
                "a control character"
            } else {
                "a sign that reverses the direction of text"
            };
            let place = Place {
                file: shown.into(),
                line: number + 1,
                column: column + 1,
            };
            report
                .error(
                    "control-character",
                    place,
                    format!("{what} (U+{:04X}) stands here", c as u32),
                )
                .help("delete it; it was probably pasted with the text");
            if found {
                return true;
            }
            found = true;
        }
    }
    found
}

fn end_of(shown: &str, head: &str) -> Place {
    let line = head.matches('\n').count() + 1;
    let column = head.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    Place {
        file: shown.into(),
        line,
        column,
    }
}
