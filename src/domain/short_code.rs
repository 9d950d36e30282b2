//! The short name of a text, for links that are typed from paper and fit into a message: `/s/4k9x2tm`.
//!
//! It is made from the id alone, since a link stands in a text before that is signed. Whoever guesses one finds a text
//! that is published, or nothing. Two texts may have the same: then both are shown.

use sha2::{Digest, Sha256};

use crate::id::ReleaseId;

/// How many characters a name has: 35 bits, which hardly ever meet among ten thousand texts.
pub const LENGTH: usize = 7;
/// Digits and small letters without those that look like others. Source: Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What stands before a short name in an address.
pub const PATH: &str = "/s/";

pub fn of(release: &ReleaseId) -> String {
    let digest = Sha256::digest(release.as_str());
    let mut head = [0u8; 8];
    head.copy_from_slice(&digest[..8]);
    let mut bits = u64::from_be_bytes(head);
    let mut name = String::with_capacity(LENGTH);
    for _ in 0..LENGTH {
        name.push(char::from(ALPHABET[(bits & 31) as usize]));
        bits >>= 5;
    }
    name
}

/// The address of a text under `base`, which has no slash at its end.
pub fn link(base: &str, release: &ReleaseId) -> String {
    format!("{base}{PATH}{}", of(release))
}

/// A short name as somebody typed it: capitals and letters that look like digits make no difference.
pub fn typed(text: &str) -> Option<String> {
    let name: String = text
        .chars()
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        })
        .collect();
    let is_name = name.len() == LENGTH && name.bytes().all(|byte| ALPHABET.contains(&byte));
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Minter, RealmKind};

    #[test]
    fn a_name_is_read_however_it_is_typed() {
        let minter = Minter::seeded(RealmKind::Actual, 3);
        let release: ReleaseId = minter.mint(chrono::DateTime::UNIX_EPOCH);
        let name = of(&release);
        assert_eq!(name.len(), LENGTH);
        assert_eq!(typed(&name.to_uppercase()), Some(name.clone()));
        assert_eq!(typed("OIL0123"), Some("0110123".into()));
        for bad in ["", "abc", "abcdefgh", "abcdef，", "abc def"] {
            assert_eq!(typed(bad), None, "{bad}");
        }
    }

    #[test]
    fn ten_thousand_texts_hardly_ever_share_a_name() {
        let minter = Minter::seeded(RealmKind::Actual, 4);
        let names: std::collections::HashSet<String> = (0..10_000)
            .map(|_| of(&minter.mint(chrono::DateTime::UNIX_EPOCH)))
            .collect();
        assert!(names.len() >= 9_999);
    }
}
