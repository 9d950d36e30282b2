//! What a kind of channel finds wrong with its section: the words and the place within it. Who reads the file knows the lines.

use crate::domain::clip::quoted as short;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::public::{host_of, is_placeholder, is_reserved};

/// One complaint about a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub is_error: bool,
    pub code: &'static str,
    /// A JSON pointer from the section on.
    pub pointer: String,
    /// It is about the key as a whole and not about its value.
    pub is_key: bool,
    pub what: Phrase,
    pub help: Phrase,
}

/// The complaints about one section, and the circumstances of its file.
#[derive(Debug)]
pub struct Findings {
    /// The file is made up, so what it names need not exist.
    pub is_example: bool,
    /// Its texts go out.
    pub is_enabled: bool,
    found: Vec<Finding>,
}

impl Findings {
    pub fn new(is_example: bool, is_enabled: bool) -> Self {
        Self {
            is_example,
            is_enabled,
            found: Vec::new(),
        }
    }

    pub fn into_list(self) -> Vec<Finding> {
        self.found
    }

    fn say(
        &mut self,
        is_error: bool,
        is_key: bool,
        code: &'static str,
        pointer: &str,
        what: Phrase,
        help: Phrase,
    ) {
        self.found.push(Finding {
            is_error,
            code,
            pointer: pointer.to_owned(),
            is_key,
            what,
            help,
        });
    }

    pub fn error(&mut self, code: &'static str, pointer: &str, what: Phrase, help: Phrase) {
        self.say(true, false, code, pointer, what, help);
    }

    pub fn warning(&mut self, code: &'static str, pointer: &str, what: Phrase, help: Phrase) {
        self.say(false, false, code, pointer, what, help);
    }

    /// An error of a key as a whole, such as of what is missing below it.
    pub fn error_of_key(&mut self, code: &'static str, pointer: &str, what: Phrase, help: Phrase) {
        self.say(true, true, code, pointer, what, help);
    }

    /// An address of HTTP that could be one.
    pub fn url(&mut self, pointer: &str, address: &str) {
        let good = address
            .strip_prefix("https://")
            .or_else(|| address.strip_prefix("http://"))
            .is_some_and(|rest| {
                let host = rest.split(['/', '?', '#']).next().unwrap_or("");
                !host.is_empty() && !host.starts_with(':') && !rest.contains(char::is_whitespace)
            });
        if !good {
            let what = phrase!("channel.bad-url", address = short(address));
            self.error("bad-url", pointer, what, phrase!("channel.bad-url-help"));
        }
    }

    /// A JSON pointer that can find anything.
    pub fn pointer(&mut self, at: &str, pointer: &str) {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            self.error(
                "bad-value",
                at,
                phrase!("channel.bad-pointer", pointer = short(pointer)),
                phrase!("channel.bad-pointer-help"),
            );
        }
    }

    /// An address that holds nothing that was to be replaced.
    pub fn filled(&mut self, pointer: &str, address: &str) {
        if self.is_enabled && is_placeholder(address) {
            self.error(
                "target-not-filled",
                pointer,
                phrase!("channel.not-filled"),
                phrase!("channel.not-filled-help"),
            );
        }
    }

    /// A host that could exist. A made-up place has made-up hosts.
    pub fn host(&mut self, pointer: &str, host: Option<&str>) {
        if let Some(host) = host.filter(|host| self.is_enabled && is_reserved(host)) {
            let what = phrase!("channel.no-such-host", host = short(host));
            self.warning(
                "no-such-host",
                pointer,
                what,
                phrase!("channel.no-such-host-help"),
            );
        }
    }

    /// As [`Self::host`], for the host of an address.
    pub fn host_of(&mut self, pointer: &str, address: &str) {
        self.host(pointer, host_of(address));
    }
}
