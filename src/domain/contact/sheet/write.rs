//! Writes contacts so that a spreadsheet program shows them, runs none of them, and an import reads them back.

use std::io::Write;

use super::super::{AddressKind, Contact};
use super::{Column, cell};

/// What tells spreadsheet programs that the file is UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

pub struct Writer<W: Write> {
    rows: csv::Writer<W>,
}

impl<W: Write> Writer<W> {
    /// # Errors
    /// When the headings cannot be written.
    pub fn new(mut to: W) -> std::io::Result<Self> {
        to.write_all(MARK)?;
        let mut rows = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(to);
        rows.write_record(Column::ALL.map(Column::heading))
            .map_err(std::io::Error::from)?;
        Ok(Self { rows })
    }

    /// # Errors
    /// When the row cannot be written.
    pub fn write(&mut self, contact: &Contact) -> std::io::Result<()> {
        let cells = Column::ALL.map(|column| cell::guard(&value(contact, column)));
        self.rows.write_record(cells).map_err(std::io::Error::from)
    }

    /// # Errors
    /// When what was held back cannot be written.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.rows.flush()
    }
}

fn value(contact: &Contact, column: Column) -> String {
    let addresses = |kind: AddressKind| {
        let of_kind = contact
            .addresses
            .iter()
            .filter(|address| address.kind == kind);
        of_kind
            .map(|address| address.address.as_str())
            .collect::<Vec<_>>()
            .join(";")
    };
    match column {
        Column::Code => contact.code.clone(),
        Column::Name => contact.name.clone(),
        Column::Phone => addresses(AddressKind::Sms),
        Column::Email => addresses(AddressKind::Email),
        Column::Telegram => addresses(AddressKind::Telegram),
        Column::Language => contact.language.code().to_owned(),
        Column::Areas => contact
            .areas
            .iter()
            .map(|area| area.0.as_str())
            .collect::<Vec<_>>()
            .join(";"),
        Column::Groups => contact.groups.join(";"),
        Column::Posts => contact.posts.join(";"),
    }
}
