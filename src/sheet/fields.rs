//! Fields of contacts that another program gives one by one, read as the cells of a column are.

use super::draft::{Draft, Known};
use super::places::Places;
use super::tally::{Remark, Tally};
use super::targets::Targets;
use super::{Column, cell};
use crate::domain::area::AreaCode;
use crate::domain::bulletin::Language;
use crate::domain::phrase::{Phrase, phrase};

/// What the fields of one list are compared with, and what is found on the way.
pub struct Fields<'a> {
    known: Known<'a>,
    tally: Tally,
}

impl<'a> Fields<'a> {
    pub fn new(places: &'a Places, targets: &'a Targets) -> Self {
        Self {
            known: Known { places, targets },
            tally: Tally::default(),
        }
    }

    /// # Errors
    /// Says which word is no language.
    pub fn language(&mut self, n: u64, given: &str) -> Result<Language, Phrase> {
        Ok(self
            .take(n, Column::Language, &[given.to_owned()])?
            .language)
    }

    /// Places by code or by name, sorted, each once.
    ///
    /// # Errors
    /// Says which are none.
    pub fn areas(&mut self, n: u64, given: &[String]) -> Result<Vec<AreaCode>, Phrase> {
        Ok(once(self.take(n, Column::Areas, given)?.areas))
    }

    /// Groups as they are kept, sorted, each once.
    ///
    /// # Errors
    /// Says which cannot be one.
    pub fn groups(&mut self, n: u64, given: &[String]) -> Result<Vec<String>, Phrase> {
        Ok(once(self.take(n, Column::Groups, given)?.groups))
    }

    /// Posts as they are kept, sorted, each once.
    ///
    /// # Errors
    /// Says which cannot be one.
    pub fn posts(&mut self, n: u64, given: &[String]) -> Result<Vec<String>, Phrase> {
        Ok(once(self.take(n, Column::Posts, given)?.posts))
    }

    /// What is to be said of the names when all contacts were read; `line` is the number of the contact.
    pub fn remarks(&self) -> Vec<Remark> {
        self.tally.remarks(self.known.targets)
    }

    fn take(&mut self, n: u64, column: Column, given: &[String]) -> Result<Draft, Phrase> {
        let mut draft = Draft::at(n);
        for text in given {
            draft.take(column, &cell::read(text), &self.known, &mut self.tally);
        }
        let lost = draft.complaints.iter().filter(|one| one.lost);
        let lost = lost.map(|one| one.why.clone());
        match lost.reduce(|one, next| phrase!("verb.then", one, next)) {
            None => Ok(draft),
            Some(lost) => Err(lost),
        }
    }
}

fn once<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list.dedup();
    list
}
