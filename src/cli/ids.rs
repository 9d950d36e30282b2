//! Ids as they are typed: whole, or as much of one as is unique. What is not unique is never guessed.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::Deserialize;

use super::client::Client;
use super::words::{count, named, word};
use super::{Exit, Failure, Result};
use crate::domain::incident::Incident;
use crate::id::{AskId, BadId, IncidentId, ReleaseId, SHORT};

/// How many of the ids that are meant equally are listed.
const LISTED: usize = 10;
/// How many are looked through at once.
const PAGE: usize = 1_000;
/// What is to be changed is named by at least so many characters: fewer are a slip of the finger.
const ENOUGH: usize = 4;

/// An id, or its beginning or end; capitals and the letter in front may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed(String);

impl FromStr for Typed {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let text = text.trim().to_ascii_uppercase();
        let is_one = (1..=28).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if is_one {
            Ok(Self(text))
        } else {
            Err(word!("usage.form.id"))
        }
    }
}

/// How ids are shown beside each other: on a terminal the last characters that tell them apart, which is what may be
/// typed; whole to whoever reads a pipe.
#[derive(Debug, Clone, Copy)]
pub(super) struct Short(Option<usize>);

/// How `ids` are shown.
pub(super) fn shown<'a>(ids: impl IntoIterator<Item = &'a str>) -> Short {
    if !super::output::is_terminal() {
        return Short(None);
    }
    let ids: BTreeSet<&str> = ids.into_iter().collect();
    let apart = |length: &usize| {
        ids.iter()
            .map(|id| tail(id, *length))
            .collect::<BTreeSet<_>>()
    };
    Short((SHORT..=28).find(|length| apart(length).len() == ids.len()))
}

impl Short {
    pub fn of(self, id: &str) -> String {
        self.0.map_or(id, |length| tail(id, length)).to_owned()
    }
}

fn tail(id: &str, length: usize) -> &str {
    id.get(id.len().saturating_sub(length)..).unwrap_or(id)
}

impl Typed {
    /// The same for what is about to be changed.
    ///
    /// # Errors
    /// When hardly anything of the id was typed.
    pub fn sure(&self) -> Result<&Self> {
        if self.0.len() >= ENOUGH {
            return Ok(self);
        }
        let what = word!("fabu.id-too-short", typed = self.0, least = ENOUGH);
        Err(Failure::new(Exit::Usage, what).next(word!("fabu.id-longer")))
    }

    /// The incident among those that a command without a server has at hand.
    ///
    /// # Errors
    /// As [`Self::release`].
    pub fn incident_among(&self, all: &[Incident]) -> Result<IncidentId> {
        if let Ok(id) = self.0.parse() {
            return Ok(id);
        }
        let meant = all.iter().filter(|one| self.means(one.id.as_str()));
        let found: Vec<Named> = meant
            .map(|one| Named {
                id: one.id.to_string(),
                name: one.title.clone(),
            })
            .collect();
        self::one(&found, &self.0, super::incident::LIST)
    }

    fn means(&self, id: &str) -> bool {
        let tail = id.get(2..).unwrap_or_default();
        id.starts_with(&self.0) || tail.starts_with(&self.0) || id.ends_with(&self.0)
    }

    /// The release that is meant.
    ///
    /// # Errors
    /// When none or several are; the several are listed.
    pub async fn release(&self, client: &Client) -> Result<ReleaseId> {
        self.meant(client, "releases", super::release::LIST).await
    }

    /// The incident that is meant.
    ///
    /// # Errors
    /// As [`Self::release`].
    pub async fn incident(&self, client: &Client) -> Result<IncidentId> {
        self.meant(client, "incidents", super::incident::LIST).await
    }

    /// What somebody asked for that is meant.
    ///
    /// # Errors
    /// As [`Self::release`].
    pub async fn asked(&self, client: &Client) -> Result<AskId> {
        self.meant(client, "asked", super::incident::second::LIST)
            .await
    }

    async fn meant<T: FromStr<Err = BadId>>(
        &self,
        client: &Client,
        noun: &'static str,
        list: &'static str,
    ) -> Result<T> {
        if let Ok(id) = self.0.parse() {
            return Ok(id);
        }
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut query = Vec::new();
            if noun != "asked" {
                query.push(("limit", PAGE.to_string()));
            }
            query.extend(after.map(|id| ("after", id)));
            let page: Vec<Named> = client.get(&[noun], &query, list).await?.read()?;
            // Only releases come in pages.
            after = page
                .last()
                .filter(|_| noun == "releases" && page.len() == PAGE)
                .map(|one| one.id.clone());
            found.extend(page.into_iter().filter(|one| self.means(&one.id)));
            if after.is_none() {
                return one(&found, &self.0, list);
            }
        }
    }
}

/// A thing with what it is called, whichever list it stands in.
#[derive(Debug, Deserialize)]
struct Named {
    id: String,
    #[serde(alias = "title", alias = "act")]
    name: String,
}

fn one<T: FromStr<Err = BadId>>(found: &[Named], typed: &str, list: &'static str) -> Result<T> {
    match found {
        [only] => only
            .id
            .parse()
            .map_err(|error: BadId| Failure::new(Exit::Failed, error.to_string())),
        [] => Err(Failure::new(Exit::Failed, word!("fabu.id-of-none", typed)).next(list)),
        many => {
            let mut what = word!("fabu.id-of-many", typed);
            for Named { id, name } in many.iter().take(LISTED) {
                // Of what takes a second person the act is all that it is called.
                let name = named!("client.deed", name);
                what.push_str(&format!("\n  {id}  {name}"));
            }
            if let Some(more) = many.len().checked_sub(LISTED).filter(|more| *more > 0) {
                what.push_str("\n  ");
                what.push_str(&count!("fabu.more", more as u64));
            }
            Err(Failure::new(Exit::Conflict, super::output::plain(&what))
                .next(word!("fabu.id-longer")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_may_be_typed_in_part() {
        let id = "L-01JC4Z9GQ6ABCDEFGHJKMNPQRS";
        let means = |text: &str| text.parse::<Typed>().unwrap().means(id);
        assert!(means("L-01JC4Z9G") && means("01jc4z9g") && means("pqrs") && means(id));
        assert!(!means("D-01JC4Z9G") && !means("9GQ6"));
        assert!("".parse::<Typed>().is_err() && "水位".parse::<Typed>().is_err());
    }

    #[test]
    fn what_fits_several_is_not_guessed() {
        let row = |id: &str| Named {
            id: format!("L-01JC4Z9GQ6ABCDEFGHJKMNP{id}"),
            name: "通告".to_owned(),
        };
        let found = [row("QRS"), row("QRT")];
        let failure = one::<ReleaseId>(&found, "Q", "fabu release list").unwrap_err();
        assert_eq!(failure.exit, Exit::Conflict);
        assert!(
            failure.what.contains("PQRS  通告") && failure.what.contains("PQRT"),
            "{failure}"
        );
        assert!(one::<ReleaseId>(&[], "Q", "fabu release list").is_err());
        assert!(one::<ReleaseId>(&found[..1], "Q", "fabu release list").is_ok());
    }
}
