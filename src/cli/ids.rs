//! Ids as they are typed: whole, or as much of one as is unique. What is not unique is never guessed.

use std::str::FromStr;

use serde_json::Value;

use super::client::Client;
use super::words::{count, word};
use super::{Exit, Failure, Result};
use crate::id::{IncidentId, ReleaseId};

/// How many of the ids that are meant equally are listed.
const LISTED: usize = 10;

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

impl Typed {
    fn means(&self, id: &str) -> bool {
        let tail = id.get(2..).unwrap_or_default();
        id.starts_with(&self.0) || tail.starts_with(&self.0) || id.ends_with(&self.0)
    }

    /// The release that is meant.
    ///
    /// # Errors
    /// When none or several are; the several are listed.
    pub async fn release(&self, client: &Client) -> Result<ReleaseId> {
        match self.0.parse() {
            Ok(id) => Ok(id),
            Err(_) => {
                let found = self.among(client, "releases", "5000", "name").await?;
                one(&found, &self.0, super::release::LIST)
            }
        }
    }

    /// The incident that is meant.
    ///
    /// # Errors
    /// As [`Self::release`].
    pub async fn incident(&self, client: &Client) -> Result<IncidentId> {
        match self.0.parse() {
            Ok(id) => Ok(id),
            Err(_) => {
                let found = self.among(client, "incidents", "1000", "title").await?;
                one(&found, &self.0, super::incident::LIST)
            }
        }
    }

    /// The ids that fit, each with what it is called.
    async fn among(
        &self,
        client: &Client,
        noun: &'static str,
        most: &str,
        name: &str,
    ) -> Result<Vec<(String, String)>> {
        let query = [("limit", most.to_owned())];
        let all: Vec<Value> = client.get(&[noun], &query, "fabu --help").await?.read()?;
        let text = |one: &Value, field: &str| one[field].as_str().unwrap_or_default().to_owned();
        Ok(all
            .iter()
            .map(|one| (text(one, "id"), text(one, name)))
            .filter(|(id, _)| self.means(id))
            .collect())
    }
}

fn one<T: FromStr<Err = crate::id::BadId>>(
    found: &[(String, String)],
    typed: &str,
    list: &'static str,
) -> Result<T> {
    match found {
        [(id, _)] => id
            .parse()
            .map_err(|error: crate::id::BadId| Failure::new(Exit::Failed, error.to_string())),
        [] => Err(Failure::new(Exit::Failed, word!("fabu.id-of-none", typed)).next(list)),
        many => {
            let mut what = word!("fabu.id-of-many", typed);
            for (id, name) in many.iter().take(LISTED) {
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
        let row = |id: &str| (format!("L-01JC4Z9GQ6ABCDEFGHJKMNP{id}"), "通告".to_owned());
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
