//! The check code (核对码) by which a person says which text they have read.
//!
//! It names the version and 64 bits of the hash; the release is named beside it. It is never completed from the text
//! that stands now: the server completes it from what it has shown to that person.

use std::fmt;
use std::str::FromStr;

use super::phrase::{Phrase, phrase};

/// How many characters of a hash a code holds at least: four bits each.
const HEAD: usize = 16;
/// SHA-256 in hexadecimal.
const WHOLE: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckCode {
    version: u32,
    /// The beginning of the hash, in lower case.
    head: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct BadCheckCode;

impl BadCheckCode {
    pub fn phrase(&self) -> Phrase {
        phrase!("request.bad-check-code")
    }
}

impl CheckCode {
    /// The code of the text with `hash`, which is version `version` of its release.
    pub fn of(version: u32, hash: &str) -> Self {
        Self {
            version,
            head: hash.chars().take(HEAD).collect(),
        }
    }

    pub fn names(&self, version: u32, hash: &str) -> bool {
        self.version == version && hash.starts_with(&self.head)
    }
}

impl fmt::Display for CheckCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.version)?;
        for (n, c) in self.head.chars().enumerate() {
            if n % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

impl FromStr for CheckCode {
    type Err = BadCheckCode;

    /// Blanks, dashes and capitals are how people read aloud and type; they make no difference.
    fn from_str(text: &str) -> Result<Self, BadCheckCode> {
        let (version, rest) = text.trim().split_once('-').ok_or(BadCheckCode)?;
        let is_number =
            (1..=7).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_digit());
        let version = version
            .parse()
            .ok()
            .filter(|_| is_number)
            .ok_or(BadCheckCode)?;
        let head: String = rest
            .chars()
            .filter(|c| !matches!(c, '-' | ' '))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if (HEAD..=WHOLE).contains(&head.len()) && head.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self { version, head })
        } else {
            Err(BadCheckCode)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b";

    #[test]
    fn what_is_printed_is_read_again_however_it_is_typed() {
        let code = CheckCode::of(12, HASH);
        assert_eq!(code.to_string(), "12-1a2b-3c4d-5e6f-7a8b");
        for typed in [
            "12-1a2b-3c4d-5e6f-7a8b",
            " 12-1A2B3C4D5E6F7A8B ",
            "12-1a2b 3c4d 5e6f 7a8b",
        ] {
            assert_eq!(typed.parse(), Ok(code.clone()), "{typed}");
        }
        assert!(code.names(12, HASH));
        assert!(!code.names(11, HASH));
        assert!(!code.names(12, &HASH.replace("7a8b9", "7a8c9")));
    }

    #[test]
    fn anything_that_names_less_is_no_code() {
        let shorter = "12-1a2b-3c4d-5e6f-7a8";
        for bad in [
            "",
            "-",
            "1a2b3c4d",
            "1a2b3c4d5e6f7a8b",
            shorter,
            "x-1a2b3c4d5e6f7a8b",
            "12-1a2b3c4d5e6f7a8g",
            "12345678-1a2b3c4d5e6f7a8b",
        ] {
            assert_eq!(bad.parse::<CheckCode>(), Err(BadCheckCode), "{bad:?}");
        }
        let longer = format!("12-{HASH}0");
        assert!(longer.parse::<CheckCode>().is_err());
    }

    /// Whoever chooses both texts tries many: at eight characters a pair is found among a hundred thousand.
    #[test]
    fn a_hundred_thousand_texts_have_as_many_codes() {
        use sha2::{Digest, Sha256};
        let codes: std::collections::HashSet<String> = (0..102_304)
            .map(|n: u32| super::super::bulletin::hex(&Sha256::digest(n.to_le_bytes())))
            .map(|hash| CheckCode::of(1, &hash).to_string())
            .collect();
        assert_eq!(codes.len(), 102_304);
    }
}
