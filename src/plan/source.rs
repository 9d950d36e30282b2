//! One file as read from the disk: its text, its value, and the way back from a value to line and column.

use crate::domain::phrase::{Phrase, phrase};
use std::fs::File;
use std::io::{self, Read};
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
                    phrase!("file.unreadable", error),
                )
                .help(phrase!("file.unreadable-help"));
            return None;
        }
    };
    if bytes.len() as u64 > MAX_BYTES {
        report
            .error(
                "file-too-large",
                start_of(shown),
                phrase!("file.too-large", most = MAX_BYTES),
            )
            .help(phrase!("file.too-large-help"));
        return None;
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let head = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
            report
                .error("not-utf-8", end_of(shown, &head), phrase!("file.not-utf-8"))
                .help(phrase!("file.not-utf-8-help"));
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

fn read_bytes(path: &Path) -> Result<Vec<u8>, Phrase> {
    let file = File::open(path).map_err(|error| why(&error))?;
    // A pipe or a device would never end, or never begin.
    if !file.metadata().is_ok_and(|about| about.is_file()) {
        return Err(phrase!("file.not-regular"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| why(&error))?;
    Ok(bytes)
}

/// Why the system does not give a file or a folder.
pub(super) fn why(error: &io::Error) -> Phrase {
    match (error.kind(), error.raw_os_error()) {
        (io::ErrorKind::NotFound, Some(code)) => {
            phrase!("file.not-there", code = code.to_string())
        }
        (io::ErrorKind::PermissionDenied, Some(code)) => {
            phrase!("file.not-allowed", code = code.to_string())
        }
        _ => Phrase::verbatim(error.to_string()),
    }
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
                phrase!("file.control-character")
            } else {
                phrase!("file.reversing-sign")
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
                    phrase!(
                        "file.forbidden-sign",
                        what,
                        code = format!("{:04X}", c as u32)
                    ),
                )
                .help(phrase!("file.forbidden-sign-help"));
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
