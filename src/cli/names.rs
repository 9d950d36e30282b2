//! What codes are called, as the server's plans say it: a person reads names. In English the codes are words already and
//! stand as they are typed.

use super::words::{language, named, word};
use crate::contract::NamesView;
use crate::domain::area::Area;
use crate::domain::body::Body;
use crate::domain::bulletin::Language;

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
        let posts = bodies.iter().flat_map(|body| {
            let code = |post: &str| format!("{}/{post}", body.body);
            body.posts
                .iter()
                .map(move |post| (code(&post.post), post.name.clone()))
        });
        let named = bodies.iter().map(|b| (b.body.clone(), b.name.clone()));
        let places = areas.iter().map(|a| (a.area.0.clone(), a.name.clone()));
        Self(NamesView {
            posts: posts.collect(),
            bodies: named.collect(),
            areas: places.collect(),
            ..NamesView::default()
        })
    }

    /// What an event is called, for commands without a server.
    pub fn add_event(&mut self, code: &str, name: &str) {
        self.0.events.insert(code.to_owned(), name.to_owned());
    }

    pub fn body(&self, code: &str) -> String {
        called(self.0.bodies.get(code), code)
    }

    pub fn event(&self, code: &str) -> String {
        called(self.0.events.get(code), code)
    }

    pub fn channel(&self, code: &str) -> String {
        called(self.0.channels.get(code), code)
    }

    pub fn area(&self, code: &str) -> String {
        called(self.0.areas.get(code), code)
    }

    /// What a fact of `event` is called.
    pub fn fact(&self, event: &str, code: &str) -> String {
        called(self.0.facts.get(&format!("{event}/{code}")), code)
    }

    /// The same for whoever has to type it.
    pub fn fact_to_type(&self, event: &str, code: &str) -> String {
        match self.fact(event, code) {
            name if name == code => name,
            name => word!("fabu.named", name, code),
        }
    }

    /// What a request calls a field, as a person does: `areas[0]` is the first place, `facts.rainfall` the fact by its label.
    pub fn field(&self, field: &str) -> String {
        if language() == Language::En {
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
        let mut facts = self.0.facts.iter();
        let is_it = |key: &str| key.split_once('/').is_some_and(|(_, fact)| fact == code);
        match facts.find(|(key, _)| is_it(key)) {
            Some((_, name)) => word!("fabu.named", name, code),
            None => code.to_owned(),
        }
    }

    /// A post with its body.
    pub fn post(&self, post: &str) -> String {
        let body = post.split_once('/').map_or("", |(body, _)| body);
        match self.0.posts.get(post) {
            Some(name) if language() == Language::ZhCn => format!("{}{name}", self.body(body)),
            _ => post.to_owned(),
        }
    }

    /// The same for whoever has to type it.
    pub fn post_to_type(&self, post: &str) -> String {
        match self.post(post) {
            name if name == post => name,
            name => word!("fabu.named", name, code = post),
        }
    }

    /// A post; another body's with its body.
    pub fn post_for(&self, post: &str, body: &str) -> String {
        match post.split_once('/') {
            Some((own, short)) if own == body => called(self.0.posts.get(post), short),
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

    /// The code of a place that was typed by its code or its name; what is neither stays as it is.
    pub fn area_meant(&self, typed: &str) -> String {
        let mut areas = self.0.areas.iter();
        let found = areas.find(|(_, name)| *name == typed);
        found.map_or_else(|| typed.to_owned(), |(code, _)| code.clone())
    }

    /// A sentence of the server with names for the posts that it names by code.
    pub fn told(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if language() == Language::ZhCn {
            // Longer codes first, since one may begin with another.
            for code in self.0.posts.keys().rev() {
                if text.contains(code.as_str()) {
                    text = text.replace(code.as_str(), &self.post(code));
                }
            }
        }
        text
    }
}

fn called(name: Option<&String>, code: &str) -> String {
    match name {
        Some(name) if language() == Language::ZhCn => name.clone(),
        _ => code.to_owned(),
    }
}
