//! How a provider measures a message, and how much it takes.

/// The longest message, in the provider's own measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub unit: Unit,
    pub most: usize,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Utf16,
    Bytes,
    /// Bytes of the text as a JSON string, for providers that limit the whole request.
    Json,
}

/// `head` up to a bracket 〔 that it does not close: a place that is filled later must not be torn.
fn whole(head: &str) -> &str {
    match (head.rfind('〔'), head.rfind('〕')) {
        (Some(open), close) if open > 0 && close.is_none_or(|close| close < open) => &head[..open],
        _ => head,
    }
}

impl Limit {
    pub fn size(self, text: &str) -> usize {
        text.chars().map(|c| self.of_char(c)).sum()
    }

    pub fn fits(self, text: &str) -> bool {
        self.size(text) <= self.most
    }

    fn of_char(self, c: char) -> usize {
        match self.unit {
            Unit::Utf16 => c.len_utf16(),
            Unit::Bytes => c.len_utf8(),
            Unit::Json => match c {
                '"' | '\\' | '\n' | '\r' | '\t' => 2,
                c if c.is_control() => 6,
                c => c.len_utf8(),
            },
        }
    }

    /// The longest head of `text` that takes no more than `room`.
    pub fn head(self, text: &str, room: usize) -> &str {
        let mut size = 0;
        for (at, c) in text.char_indices() {
            size += self.of_char(c);
            if size > room {
                return whole(&text[..at]);
            }
        }
        text
    }
}
