//! Writes contacts so that a spreadsheet program shows them, runs none of them, and an import reads them back.

use std::io::Write;

use super::{Column, cell};
use crate::domain::contact::{AddressKind, Contact};

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
            .map_err(io)?;
        Ok(Self { rows })
    }

    /// # Errors
    /// When the row cannot be written.
    pub fn write(&mut self, contact: &Contact) -> std::io::Result<()> {
        let cells = Column::ALL.map(|column| cell::guard(&value(contact, column)));
        self.rows.write_record(cells).map_err(io)
    }

    /// # Errors
    /// When what was held back cannot be written.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.rows.flush()
    }
}

/// The error itself, so that whoever asks for its kind learns that a reader went away.
fn io(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
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
        Column::Groups => cell::join(&contact.groups),
        Column::Posts => cell::join(&contact.posts),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::area::AreaCode;
    use crate::domain::bulletin::Language;
    use crate::domain::contact::Address;
    use crate::domain::invisible::{ordinary, visible};
    use crate::sheet::{Places, Reader, Targets, addresses, decode};

    /// Text as a cell keeps it: what a reader sees of it, letters and digits of the ordinary width.
    fn word() -> impl Strategy<Value = String> {
        "['=+@＝-]{0,3}[^\\p{C}\\p{Zl}\\p{Zp}]{0,12}|[a-c甲,，;；/、|\"* ]{0,12}"
            .prop_map(|text| ordinary(&visible(&text)).trim().to_owned())
            .prop_filter("nothing", |text| {
                !cell::is_filler(text) && !addresses::looks_like_one(text)
            })
    }

    fn words() -> impl Strategy<Value = Vec<String>> {
        proptest::collection::btree_set(word().prop_filter("empty", |word| !word.is_empty()), 0..4)
            .prop_map(|words| words.into_iter().collect())
    }

    prop_compose! {
        fn contact()(
            code in word().prop_filter("empty", |code| !code.is_empty()),
            name in word(),
            groups in words(),
            posts in words(),
            areas in proptest::collection::btree_set("[1-9][0-9]{5}", 0..3),
            phone in "1[3-9][0-9]{3}1[0-9]{5}",
            chat in "@[a-z]{5,9}|-[1-9][0-9]{4,9}",
            is_english in any::<bool>(),
        ) -> Contact {
            Contact {
                code,
                name,
                language: if is_english { Language::En } else { Language::ZhCn },
                areas: areas.into_iter().map(AreaCode).collect(),
                groups,
                posts,
                addresses: vec![
                    Address { kind: AddressKind::Sms, address: phone },
                    Address { kind: AddressKind::Telegram, address: chat },
                ],
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_and_nothing_of_it_runs(contact in contact()) {
            let mut bytes = Vec::new();
            let mut writer = Writer::new(&mut bytes).unwrap();
            writer.write(&contact).unwrap();
            writer.finish().unwrap();
            let text = decode(&bytes).unwrap().text;
            let rows = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).into_records();
            for cell in rows.flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '＝']), "{cell:?}");
            }
            let (places, targets) = (Places::default(), Targets::default());
            let rows: Vec<_> = Reader::new(&text, &places, &targets).unwrap().collect();
            prop_assert_eq!(rows.len(), 1);
            prop_assert_eq!(&rows[0].contact, &Some(contact), "{:?}", rows[0].complaints);
        }
    }
}
