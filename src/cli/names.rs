//! What codes are called, as the server's plans say it: a person reads names, in English those that the plans give in English, and
//! the Chinese ones of what has none. Only channels keep their codes there, which are English words.

use std::collections::BTreeMap;

use super::words::{joined, language, named, word};
use super::{Exit, Failure, Result};
use crate::contract::{EnglishNames, NamesView};
use crate::domain::area::Area;
use crate::domain::body::Body;
use crate::domain::bulletin::Language;
use crate::domain::called::{Called, Meant, Register};
use crate::domain::fact::EXPECTED_DURATION;

#[derive(Debug, Clone, Default)]
pub(super) struct Names(NamesView);

impl From<NamesView> for Names {
    fn from(view: NamesView) -> Self {
        Self(view)
    }
}

impl Names {
    /// Those that stand in `bodies.yaml`, for commands without a server.
    pub fn of(bodies: &[Body], areas: &[Area]) -> Self {
        let mut view = NamesView::default();
        let english = |name: &Option<String>, code: &str| {
            let name = name.as_ref();
            name.map(|name| (code.to_owned(), name.clone()))
        };
        for body in bodies {
            let (code, known) = (&body.body, &mut view.english);
            known.bodies.extend(english(&body.name_en, code));
            view.bodies.insert(code.clone(), body.name.clone());
            for post in &body.posts {
                let code = format!("{}/{}", body.body, post.post);
                known.posts.extend(english(&post.name_en, &code));
                view.posts.insert(code, post.name.clone());
            }
        }
        for area in areas {
            let code = &area.area.0;
            view.english.areas.extend(english(&area.name_en, code));
            view.areas.insert(code.clone(), area.name.clone());
        }
        Self(view)
    }

    /// What an event is called, for commands without a server.
    pub fn add_event(&mut self, code: &str, name: &str, name_en: Option<&str>) {
        self.0.events.insert(code.to_owned(), name.to_owned());
        let english = name_en.map(|name| (code.to_owned(), name.to_owned()));
        self.0.english.events.extend(english);
    }

    pub fn body(&self, code: &str) -> String {
        called(&self.0.bodies, |known| &known.bodies, &self.0, code)
    }

    pub fn event(&self, code: &str) -> String {
        called(&self.0.events, |known| &known.events, &self.0, code)
    }

    pub fn channel(&self, code: &str) -> String {
        match (language(), self.0.channels.get(code)) {
            (Language::ZhCn, Some(name)) => name.clone(),
            _ => code.to_owned(),
        }
    }

    pub fn area(&self, code: &str) -> String {
        called(&self.0.areas, |known| &known.areas, &self.0, code)
    }

    /// What a fact of `event` is called.
    pub fn fact(&self, event: &str, code: &str) -> String {
        let key = format!("{event}/{code}");
        match called(&self.0.facts, |known| &known.facts, &self.0, &key) {
            name if name == key => code.to_owned(),
            name => name,
        }
    }

    /// The same for whoever has to type it.
    pub fn fact_to_type(&self, event: &str, code: &str) -> String {
        // What a text lacks of the system's own is given among the facts, or comes by itself.
        if let Some((_, rest)) = code.split_once('.') {
            let given = EXPECTED_DURATION;
            if rest == given.code {
                let name = match (language(), given.name_en) {
                    (Language::En, Some(name)) => name,
                    _ => given.name,
                };
                return word!("fabu.named", name, code = given.code);
            }
            return named!("client.system", code);
        }
        match self.fact(event, code) {
            name if name == code => name,
            name => word!("fabu.named", name, code),
        }
    }

    /// What a request calls a field, as a person does: `areas[0]` is the first place, `facts.rainfall` the fact by its label.
    pub fn field(&self, field: &str) -> String {
        if language() == Language::En && !field.starts_with("facts.") {
            return field.to_owned();
        }
        let end = field.find(['.', '[']).unwrap_or(field.len());
        let (head, mut rest) = field.split_at(end);
        let mut said = match head {
            "facts" => String::new(),
            head => named!("client.input", head),
        };
        while !rest.is_empty() {
            let end = rest[1..].find(['.', '[']).map_or(rest.len(), |end| end + 1);
            let (part, behind) = rest.split_at(end);
            rest = behind;
            let index = part
                .strip_prefix('[')
                .and_then(|part| part.strip_suffix(']'));
            match index.and_then(|index| index.parse::<usize>().ok()) {
                Some(index) => said.push_str(&word!("client.nth", n = index + 1)),
                None => {
                    let part = part.trim_start_matches('.');
                    let label = match (head, said.is_empty()) {
                        ("facts", true) => self.fact_of_any(part),
                        _ => named!("client.input", part),
                    };
                    let gap = if said.is_empty() {
                        ""
                    } else {
                        word!("client.of")
                    };
                    said.push_str(gap);
                    said.push_str(&label);
                }
            }
        }
        said
    }

    /// What a fact is called in whichever event.
    fn fact_of_any(&self, code: &str) -> String {
        let mut facts = self.0.facts.keys();
        let event = facts.find_map(|key| key.split_once('/').filter(|(_, fact)| *fact == code));
        let event = event.map_or("", |(event, _)| event);
        self.fact_to_type(event, code)
    }

    /// The name of a post without that of its body, if it has one.
    fn short_post(&self, post: &str) -> Option<String> {
        let name = called(&self.0.posts, |known| &known.posts, &self.0, post);
        Some(name).filter(|name| name != post)
    }

    /// A post with its body.
    pub fn post(&self, post: &str) -> String {
        let body = post.split_once('/').map_or("", |(body, _)| body);
        match (self.short_post(post), language()) {
            (Some(name), Language::ZhCn) => format!("{}{name}", self.body(body)),
            (Some(name), Language::En) => format!("{name} ({})", self.body(body)),
            (None, _) => post.to_owned(),
        }
    }

    /// The same for whoever has to type it.
    pub fn post_to_type(&self, post: &str) -> String {
        let name = match language() {
            Language::ZhCn => Some(self.post(post)).filter(|name| name != post),
            Language::En => self.short_post(post),
        };
        name.map_or_else(
            || post.to_owned(),
            |name| word!("fabu.named", name, code = post),
        )
    }

    /// A post; another body's with its body.
    pub fn post_for(&self, post: &str, body: &str) -> String {
        match post.split_once('/') {
            Some((own, short)) if own == body => {
                self.short_post(post).unwrap_or_else(|| short.to_owned())
            }
            _ => self.post(post),
        }
    }

    /// A channel; one that sends nothing now says so.
    pub fn channel_now(&self, code: &str) -> String {
        let name = self.channel(code);
        match self.0.switched_off.iter().any(|off| off == code) {
            true => word!("fabu.switched-off", channel = name),
            false => name,
        }
    }

    /// The codes of places that were typed by their codes or their names; what is neither stays as it is, for the server to say so.
    ///
    /// # Errors
    /// When several places are called so.
    pub fn areas_meant(&self, typed: &[String]) -> Result<Vec<String>> {
        let english = &self.0.english.areas;
        let register = Register::of(self.0.areas.iter().map(|(code, name)| Called {
            code,
            name,
            name_en: english.get(code).map(String::as_str),
        }));
        let meant = typed.iter().map(|typed| match register.meant(typed) {
            Meant::One(code) => Ok(code.to_owned()),
            Meant::None => Ok(typed.clone()),
            Meant::Several(all) => {
                let all: Vec<String> = all
                    .iter()
                    .map(|one| format!("{} {}", one.code, self.area(one.code)))
                    .collect();
                let what = word!("fabu.several-places", typed, all = joined(&all));
                Err(Failure::new(Exit::Usage, what).next(word!("fabu.several-places-next")))
            }
        });
        meant.collect()
    }

    /// A sentence of the server with names for the posts and bodies that it names by code.
    pub fn told(&self, text: &str) -> String {
        let mut text = text.to_owned();
        // Longer codes first, since one may begin with another.
        for code in self.0.posts.keys().rev() {
            if text.contains(code.as_str()) {
                text = text.replace(code.as_str(), &self.post(code));
            }
        }
        for code in self.0.bodies.keys().rev() {
            text = replaced(&text, code, &self.body(code));
        }
        text
    }
}

/// `text` with `name` wherever `code` stands as a word of its own.
fn replaced(text: &str, code: &str, name: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-/_=.".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(code) {
        let (before, behind) = (&rest[..at], &rest[at + code.len()..]);
        out.push_str(before);
        let is_inside = out.ends_with(is_part) || behind.starts_with(is_part);
        out.push_str(if is_inside { code } else { name });
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn called(
    names: &BTreeMap<String, String>,
    english: fn(&EnglishNames) -> &BTreeMap<String, String>,
    view: &NamesView,
    code: &str,
) -> String {
    let own = names.get(code);
    let name = match language() {
        Language::ZhCn => own,
        Language::En => english(&view.english).get(code).or(own),
    };
    name.map_or(code, String::as_str).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_named_where_it_stands_alone() {
        let said = replaced(
            "须由flood-office 的岗位；flood-office/clerk，x-flood-office",
            "flood-office",
            "防汛办",
        );
        assert_eq!(
            said,
            "须由防汛办 的岗位；flood-office/clerk，x-flood-office"
        );
    }

    #[test]
    fn every_field_of_a_request_has_a_name_in_chinese() {
        let source = include_str!("../contract/input.rs");
        let words = crate::words::catalogue::read(&ZH);
        let fields = source.lines().filter_map(|line| {
            let line = line.trim().trim_start_matches("pub ");
            let (name, _) = line.split_once(": ")?;
            let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
            (!name.is_empty() && name.chars().all(is_name)).then_some(name)
        });
        let nameless: Vec<&str> = fields
            .filter(|name| !words.contains_key(&format!("client.input.{name}")))
            .collect();
        assert!(nameless.is_empty(), "{nameless:?}");
    }

    static ZH: include_dir::Dir =
        include_dir::include_dir!("$CARGO_MANIFEST_DIR/locales/zh-CN/cli");
}
