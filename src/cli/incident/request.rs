//! `fabu incident request`: a text that somebody asks for, or a measure that they order of their own accord.

use serde_json::json;

use super::super::client::views::Release;
use super::super::client::{Changing, Client};
use super::super::ids::Typed;
use super::super::output::{self, say, shell_word};
use super::super::release::decide::Places;
use super::super::release::list as releases;
use super::super::words::{in_own, word};
use super::super::{Exit, Result};
use super::facts::{self, Whose};
use super::{LIST, change, look};

/// Where and when somebody found what is to be answered.
#[derive(Debug, clap::Args)]
pub(super) struct FoundArgs {
    #[arg(long, value_parser = ["hotline", "web-message", "new-media", "media", "superior", "patrol", "village"])]
    source: Option<String>,
    #[arg(long, value_name = "TIME")]
    found_at: Option<String>,
}

pub(super) async fn request(
    client: &Client,
    id: &Typed,
    item: &str,
    place: &Places,
    found: &FoundArgs,
    how: &Changing,
) -> Result {
    let id = id.sure()?.incident(client).await?;
    let path = ["incidents", id.as_str(), "releases"];
    let mut body = place.as_asked(client, Whose::Incident(&id)).await?;
    body["item"] = item.into();
    if let Some(source) = &found.source {
        body["source"] = source.as_str().into();
    }
    if let Some(at) = client
        .moment("--found-at", found.found_at.as_deref())
        .await?
    {
        body["found_at"] = json!(at);
    }
    let asked = client
        .change(change(&path, body.clone(), how, look(&id)))
        .await;
    let answer = match asked {
        Err(refused) if refused.exit == Exit::Conflict => {
            let again = change(&path, body, how, look(&id));
            let Some(problem) = client.objection(&again).await else {
                return Err(refused);
            };
            return Err(match problem.more.existing.clone() {
                Some(existing) => refused.next(match is_undecided(client, &existing).await {
                    true => place.typed(&format!("fabu release order {existing}")),
                    false => {
                        let command = format!("fabu incident request {id} {}", shell_word(item));
                        match place.beside(client, &command, &problem) {
                            Some(next) => next,
                            None => format!("fabu release show {existing}"),
                        }
                    }
                }),
                None => refused,
            });
        }
        asked => asked?,
    };
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let asked: Vec<Release> = answer.read()?;
    releases::table(client, &asked, answer.now)?;
    if let Some(first) = asked.first() {
        let name = in_own(&first.name, first.name_en.as_ref());
        say(&word!("incident.requested", name));
        output::next(&match facts::command(first) {
            Some(command) => command,
            None => format!("fabu release show {}", first.id),
        });
    }
    Ok(Exit::Done)
}

/// Whether `id` is a measure that somebody has yet to decide about.
async fn is_undecided(client: &Client, id: &str) -> bool {
    let answer = client.get(&["releases", id], &[], LIST).await;
    let release = answer.and_then(|answer| answer.read::<Release>());
    release.is_ok_and(|release| release.status == "undecided")
}
