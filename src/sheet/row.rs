//! What a row of a table turned out to be.

use crate::domain::contact::Contact;
use crate::domain::phrase::Phrase;

/// One thing to say of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Where the row begins, counted from 1.
    pub line: u64,
    pub column: Option<&'static str>,
    pub why: Phrase,
    /// Whether the row, or the rest of it, is taken all the same.
    pub kept: bool,
    /// Whether something of the row is not taken; otherwise it is only worth knowing.
    pub lost: bool,
}

/// A row that was read: a contact, or what is wrong with it, or a contact and something worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub contact: Option<Contact>,
    pub complaints: Vec<Complaint>,
}

impl Row {
    /// Whether somebody who stands in this row is not taken.
    pub fn is_out(&self) -> bool {
        self.contact.is_none() && self.complaints.iter().any(|complaint| complaint.lost)
    }

    pub fn has_lost(&self) -> bool {
        self.complaints.iter().any(|complaint| complaint.lost)
    }
}
