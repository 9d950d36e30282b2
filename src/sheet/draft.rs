//! One row as far as it has been read: what is kept of it, and of what is not, where it stood and why.

use super::address::{Found, of};
use super::addresses;
use super::places::Places;
use super::row::{Complaint, Row};
use super::tally::Tally;
use super::targets::Targets;
use super::{Column, cell};
use crate::domain::area::AreaCode;
use crate::domain::bulletin::Language;
use crate::domain::contact::{Address, AddressKind, Contact, mask_address};
use crate::domain::invisible::ordinary;
use crate::domain::phrase::{Phrase, phrase};

/// The longest name, code, group or post, in characters.
const LONGEST: usize = 100;
/// The most parts in one cell: more is a slip of the separator, not a list.
const MOST: usize = 100;

/// What a row is read against.
pub(super) struct Known<'a> {
    pub places: &'a Places,
    pub targets: &'a Targets,
}

#[derive(Default)]
pub(super) struct Draft {
    pub line: u64,
    pub code: String,
    pub made_code: bool,
    pub name: String,
    pub family: String,
    pub given: String,
    pub language: Language,
    pub areas: Vec<AreaCode>,
    pub groups: Vec<String>,
    pub posts: Vec<String>,
    pub addresses: Vec<Address>,
    /// Fixed lines, which matter only where no other number stands.
    pub fixed: Vec<String>,
    pub complaints: Vec<Complaint>,
    is_out: bool,
}

impl Draft {
    pub fn at(line: u64) -> Self {
        Self {
            line,
            ..Self::default()
        }
    }

    fn say(&mut self, column: Option<Column>, why: Phrase, lost: bool) {
        self.complaints.push(Complaint {
            line: self.line,
            column: column.map(Column::heading),
            why,
            kept: true,
            lost,
        });
    }

    /// Something worth knowing; nothing is lost.
    pub fn note(&mut self, column: Option<Column>, why: Phrase) {
        self.say(column, why, false);
    }

    /// A part of the row that cannot be taken.
    pub fn bad(&mut self, column: Option<Column>, why: Phrase) {
        self.say(column, why, true);
    }

    /// Nothing of the row can be taken.
    pub fn out(&mut self, column: Option<Column>, why: Phrase) {
        self.say(column, why, true);
        self.is_out = true;
    }

    pub fn has_lost(&self) -> bool {
        self.complaints.iter().any(|complaint| complaint.lost)
    }

    pub fn is_out(&self) -> bool {
        self.is_out
    }

    pub fn take(&mut self, column: Column, text: &str, known: &Known<'_>, tally: &mut Tally) {
        if text.is_empty() {
            return;
        }
        match column {
            Column::Code | Column::Name => self.word(column, text),
            Column::Language => match language(text) {
                Some(language) => self.language = language,
                None if cell::is_filler(text) => {}
                None => self.bad(
                    Some(column),
                    phrase!("contact.no-language", text = format!("{:?}", head(text))),
                ),
            },
            Column::Areas => self.areas(text, known, tally),
            Column::Groups | Column::Posts => self.names(column, text, known, tally),
            Column::Phone | Column::Email | Column::Telegram => {
                if let Some(kind) = column.address_kind() {
                    self.addresses(column, kind, text);
                }
            }
        }
    }

    /// Reads a column of fixed lines: mobile numbers in it are taken, damaged mobile numbers are complained of, anything
    /// else is passed over.
    pub fn take_mobile(&mut self, text: &str) {
        for found in addresses::read(AddressKind::Sms, text) {
            match found {
                Found::Address(address, _) => self.addresses.push(address),
                Found::Bad { shown, why } if addresses::was_mobile(text) => {
                    self.bad(Some(Column::Phone), of(&shown, why));
                }
                _ => {}
            }
        }
    }

    /// A column of telephones of both kinds: only mobile numbers are reached, and a fixed line is no loss.
    pub fn take_either(&mut self, text: &str) {
        if !text.is_empty() {
            let before = self.fixed.len();
            self.addresses(Column::Phone, AddressKind::Sms, text);
            self.fixed.truncate(before);
        }
    }

    fn word(&mut self, column: Column, text: &str) {
        let text = text.replace('\n', " ");
        if text.chars().count() > LONGEST {
            self.bad(Some(column), phrase!("contact.over-long", most = LONGEST));
            self.is_out |= column == Column::Code;
            return;
        }
        if column == Column::Code {
            // A filler is nobody's name; several people would become one.
            if !cell::is_filler(&text) || text == "0" {
                self.code = ordinary(&text);
            }
            return;
        }
        if addresses::looks_like_one(&text) {
            self.bad(Some(column), like_an_address(&text));
            return;
        }
        self.name = text;
    }

    fn areas(&mut self, text: &str, known: &Known<'_>, tally: &mut Tally) {
        let column = Some(Column::Areas);
        let parts = cell::list(text, cell::separates_groups, |whole| {
            known.places.knows(whole)
        });
        if parts.len() > MOST {
            self.bad(column, phrase!("contact.many-parts", most = MOST));
            return;
        }
        for part in parts.iter().filter(|part| !cell::is_filler(part)) {
            match known.places.read(&head(part)) {
                Ok(code) => {
                    if !known.targets.addresses(&code) {
                        tally.area(&code.0, self.line);
                    }
                    self.areas.push(code);
                }
                Err(why) => self.bad(column, why),
            }
        }
    }

    fn names(&mut self, column: Column, text: &str, known: &Known<'_>, tally: &mut Tally) {
        let is_group = column == Column::Groups;
        let parts = if is_group {
            cell::list(text, cell::separates_groups, |whole| {
                known.targets.has_group(whole)
            })
        } else {
            cell::list(text, cell::separates_posts, |_| false)
        };
        if parts.len() > MOST {
            self.bad(Some(column), phrase!("contact.many-parts", most = MOST));
            return;
        }
        let parts = parts
            .into_iter()
            .flat_map(|part| self::spaced(part, is_group, known.targets));
        for part in parts.collect::<Vec<_>>() {
            if cell::is_filler(&part) {
                let text = format!("{:?}", head(&part));
                self.note(Some(column), phrase!("contact.nothing", text));
            } else if part.chars().count() > LONGEST {
                let text = format!("{:?}", head(&part));
                let why = phrase!("contact.part-over-long", text, most = LONGEST);
                self.bad(Some(column), why);
            } else if addresses::looks_like_one(&part) {
                self.bad(Some(column), like_an_address(&part));
            } else if is_group {
                let group = tally.group(ordinary_letters(&part), known.targets, self.line);
                self.groups.push(group);
            } else {
                let post = tally.post(ordinary(&part), known.targets, self.line);
                self.posts.push(post);
            }
        }
    }

    fn addresses(&mut self, column: Column, kind: AddressKind, text: &str) {
        let found = addresses::read(kind, text);
        if found.len() > MOST {
            self.bad(Some(column), phrase!("contact.many-parts", most = MOST));
            return;
        }
        for one in found {
            match one {
                Found::Address(address, note) => {
                    self.addresses.push(address);
                    if let Some(note) = note {
                        self.note(Some(column), note);
                    }
                }
                Found::Filler(text) => {
                    let text = format!("{text:?}");
                    self.note(Some(column), phrase!("contact.no-address", text));
                }
                Found::FixedLine(shown) => self.fixed.push(shown),
                Found::Bad { shown, why } => self.bad(Some(column), of(&shown, why)),
            }
        }
    }

    /// Completes the row once all its cells were read: name, code, fixed lines, doubles.
    pub fn close(&mut self) {
        if self.name.is_empty() {
            let is_latin = self.family.is_ascii() && self.given.is_ascii();
            let name = if is_latin {
                format!("{} {}", self.given, self.family)
            } else {
                format!("{}{}", self.family, self.given)
            };
            self.word(Column::Name, name.trim());
        }
        let has_mobile = self
            .addresses
            .iter()
            .any(|address| address.kind == AddressKind::Sms);
        for shown in std::mem::take(&mut self.fixed) {
            let why = of(&shown, phrase!("contact.fixed-line"));
            self.say(Some(Column::Phone), why, !has_mobile);
        }
        if self.addresses.is_empty() && !self.has_lost() {
            let (phone, email) = (Column::Phone.heading(), Column::Email.heading());
            self.out(None, phrase!("contact.without-address", phone, email));
        }
        self.is_out |= self.addresses.is_empty();
        if self.code.is_empty()
            && let Some(first) = self.addresses.first()
        {
            self.code = Contact::code_of(first);
            self.made_code = true;
        }
        self.addresses.sort();
        let mut twice = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        self.addresses.retain(|address| {
            let is_new = seen.insert(address.kind.sameness(&address.address));
            if !is_new {
                twice.push(mask_address(&address.address));
            }
            is_new
        });
        for shown in twice {
            self.note(None, phrase!("contact.twice", shown));
        }
        for list in [&mut self.groups, &mut self.posts] {
            list.sort();
            list.dedup();
        }
        self.areas.sort();
        self.areas.dedup();
    }

    /// Takes nothing of the row, and loses nobody by it.
    pub fn pass_over(mut self, why: Phrase) -> Row {
        self.note(None, why);
        Row {
            line: self.line,
            contact: None,
            complaints: self.complaints,
        }
    }

    /// The contact, unless the row is out, and everything said of it.
    pub fn into_row(mut self) -> Row {
        let is_kept = !self.is_out;
        let losses = self.complaints.iter_mut().filter(|one| one.lost);
        for complaint in losses {
            complaint.kept = is_kept;
            if is_kept {
                let why = complaint.why.clone();
                complaint.why = phrase!("contact.rest-is-taken", why);
            }
        }
        let contact = is_kept.then_some(Contact {
            code: self.code,
            name: self.name,
            language: self.language,
            areas: self.areas,
            groups: self.groups,
            posts: self.posts,
            addresses: self.addresses,
        });
        Row {
            line: self.line,
            contact,
            complaints: self.complaints,
        }
    }
}

fn like_an_address(text: &str) -> Phrase {
    let shown = mask_address(&head(text));
    phrase!("contact.like-an-address", shown = format!("{shown:?}"))
}

/// The two groups of `media schools`, if plans address both words and not the whole.
fn spaced(part: String, is_group: bool, targets: &Targets) -> Vec<String> {
    let words: Vec<String> = part.split_whitespace().map(str::to_owned).collect();
    let are_groups = words.len() > 1 && words.iter().all(|word| targets.has_group(word));
    if is_group && are_groups && !targets.has_group(&part) {
        words
    } else {
        vec![part]
    }
}

/// Full-width letters and digits as ordinary ones; other signs stay as they are.
fn ordinary_letters(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
                char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
            }
            c => c,
        })
        .collect()
}

fn language(text: &str) -> Option<Language> {
    match ordinary(text).to_lowercase().replace('_', "-").as_str() {
        "" | "zh-cn" | "zh" | "cn" | "zh-hans" | "zh-hans-cn" | "chinese" | "中文" | "汉语"
        | "简体中文" | "简体" | "中" | "国语" | "普通话" => Some(Language::ZhCn),
        "en" | "en-us" | "en-gb" | "eng" | "english" | "英文" | "英语" | "英" => {
            Some(Language::En)
        }
        _ => None,
    }
}

fn head(text: &str) -> String {
    text.chars().take(40).collect()
}
