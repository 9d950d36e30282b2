//! A release as its signer reads it: who and when first, then every byte that will go out.

use super::super::client::views::{Bulletin, Me, Reach, Release, Rendering};
use super::super::client::{Answer, Client};
use super::super::output::{self, line, plain};
use super::super::when;
use super::super::words::{count, joined, named, word};
use super::super::{Exit, Result};
use super::LIST;
use super::head::head;
use super::show::{no_text, tell_wanted};
use crate::domain::bulletin::NO_TEXT_YET;
use crate::domain::time::Moment;
use crate::id::ReleaseId;

pub(super) async fn run(client: &Client, id: &ReleaseId) -> Result {
    if client.json {
        ask(client, id).await?.print()?;
        return Ok(Exit::Done);
    }
    let answer = ask(client, id).await?;
    let release: Release = answer.read()?;
    if let Some(bulletin) = &release.bulletin {
        text(client, &release, bulletin, answer.now)?;
    }
    tell_wanted(client, &release, None).await?;
    let Some(bulletin) = &release.bulletin else {
        if release.status == "undecided" {
            head(client, &release, answer.now)?;
        }
        return Err(no_text(client, &release));
    };
    match &*release.status {
        "drafting" => output::next(&format!("fabu release submit {id}")),
        "in-review" => output::next(&next_step(client, &release, bulletin).await?),
        "published" if release.countersign_due_at.is_some() => {
            let me: Me = client.get(&["me"], &[], LIST).await?.read()?;
            output::next(&whose(client, &me, &release, approve(&release, bulletin)));
        }
        _ => {}
    }
    Ok(Exit::Done)
}

/// Has the server show the text. It notes to whom: from then on the code is theirs to sign by.
async fn ask(client: &Client, id: &ReleaseId) -> Result<Answer> {
    let query = [("preview", "true".to_owned())];
    client.get(&["releases", id.as_str()], &query, LIST).await
}

/// Shows the text, if there is one.
pub(super) async fn read(client: &Client, id: &ReleaseId) -> Result<Release> {
    let answer = ask(client, id).await?;
    let release: Release = answer.read()?;
    if let Some(bulletin) = &release.bulletin {
        text(client, &release, bulletin, answer.now)?;
    }
    Ok(release)
}

fn approve(release: &Release, bulletin: &Bulletin) -> String {
    format!(
        "fabu release approve {} --code {}",
        release.id, bulletin.code
    )
}

/// The command for whoever's turn it is: for others, whom to ask to type it.
fn whose(client: &Client, me: &Me, release: &Release, command: String) -> String {
    let mut posts: Vec<&String> = release.next.iter().chain(&release.may_sign).collect();
    posts.dedup();
    if release.waits_for(&me.posts) || posts.is_empty() {
        return command;
    }
    let who: Vec<String> = posts.iter().map(|post| client.names.post(post)).collect();
    let command = format!("fabu release approve {}", release.id);
    word!("fabu.others-next", who = joined(&who), command)
}

/// What a signer can do with a text under review.
pub(super) async fn next_step(
    client: &Client,
    release: &Release,
    bulletin: &Bulletin,
) -> Result<String> {
    let me: Me = client.get(&["me"], &[], LIST).await?.read()?;
    let mut next = whose(client, &me, release, approve(release, bulletin));
    if let Some(newer) = release.newer_version {
        next.push_str(&word!("release.despite-newer", newer));
        next.push_str(&match newer {
            NO_TEXT_YET => word!("release.newer-has-none").to_owned(),
            newer => word!("release.take-newer", id = release.id, newer),
        });
    }
    // Only whoever can sign it now, and wrote in it, has to say so.
    let signs_own = bulletin.written_by.contains(&me.user) && release.waits_for(&me.posts);
    if release.correction.is_some() && signs_own {
        next.push_str(word!("release.own-words-flag"));
    }
    Ok(next)
}

/// The head and every channel's rendering.
pub(super) fn text(
    client: &Client,
    release: &Release,
    bulletin: &Bulletin,
    now: Moment,
) -> Result<()> {
    head(client, release, now)?;
    line(&word!(
        "release.version",
        version = bulletin.version,
        hash = bulletin.hash
    ))?;
    line(&word!("release.code", code = bulletin.code))?;
    if !bulletin.written_by.is_empty() {
        let who = joined(&bulletin.written_by);
        line(&plain(&word!("release.words-of", who)))?;
    }
    if let Some(title) = &bulletin.incident_title {
        line(&plain(&word!("release.incident-title", title)))?;
    }
    if let Some(span) = &bulletin.valid_for {
        line(&word!("release.valid-for", span = when::span_of(span)))?;
    }
    for (whom, channels) in audiences(client, &bulletin.reach) {
        let channels: Vec<String> = channels
            .iter()
            .map(|code| client.names.channel_now(code))
            .collect();
        line(&word!(
            "release.audience",
            whom,
            channels = joined(&channels)
        ))?;
    }
    around(client, &bulletin.reach)?;
    for (rendering, channels) in alike(&bulletin.renderings) {
        line("")?;
        line(&heading(client, rendering, &channels))?;
        if let Some(subject) = &rendering.subject {
            line(&plain(&word!("release.subject", subject)))?;
        }
        if rendering.parts.is_empty() {
            line(&plain(&rendering.text))?;
        }
        for (number, part) in rendering.parts.iter().enumerate() {
            line(&format!("[{}/{}]", number + 1, rendering.parts.len()))?;
            line(&plain(part))?;
        }
    }
    Ok(())
}

/// Who is reached beside the places, because nobody knows where in a place around they live; and where it goes because what it
/// takes the place of went there.
fn around(client: &Client, reach: &[Reach]) -> Result<()> {
    let most = reach.iter().max_by_key(|one| one.around_people);
    let most = most.filter(|one| one.around_people > Some(0));
    if let Some((one, number)) = most.and_then(|one| Some((one, one.around_people?))) {
        let places = one.around.iter().map(|code| client.names.area(code));
        let places = joined(&places.collect::<Vec<_>>());
        let people = count!("release.around-people", number);
        line(&word!("release.around", people, places))?;
    }
    let also = reach.iter().filter(|one| one.also);
    let also: Vec<String> = also
        .map(|one| client.names.channel_now(&one.channel))
        .collect();
    if !also.is_empty() {
        line(&word!("release.also", channels = joined(&also)))?;
    }
    Ok(())
}

/// Whom it is for, with the channels that address them.
fn audiences<'a>(client: &Client, reach: &'a [Reach]) -> Vec<(String, Vec<&'a str>)> {
    let named = |codes: &[String], name: &dyn Fn(&str) -> String| {
        codes.iter().map(|code| name(code)).collect::<Vec<_>>()
    };
    let names = &client.names;
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for one in reach {
        let parts: Vec<String> = [
            (
                word!("release.areas"),
                named(&one.areas, &|code| names.area(code)),
            ),
            (word!("release.groups"), one.groups.clone()),
            (
                word!("release.posts"),
                named(&one.posts, &|code| names.post(code)),
            ),
        ]
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| format!("{name} {}", joined(&values)))
        .collect();
        let whom = if parts.is_empty() {
            word!("release.everybody").to_owned()
        } else {
            parts.join(" + ")
        };
        match groups.iter_mut().find(|(known, _)| *known == whom) {
            Some((_, channels)) => channels.push(&one.channel),
            None => groups.push((whom, vec![&one.channel])),
        }
    }
    groups
}

/// Every text once, with the channels that carry it: eyes that read the same page four times stop reading.
fn alike(renderings: &[Rendering]) -> Vec<(&Rendering, Vec<&str>)> {
    let mut groups: Vec<(&Rendering, Vec<&str>)> = Vec::new();
    for rendering in renderings {
        match groups
            .iter_mut()
            .find(|(known, _)| known.reads_like(rendering))
        {
            Some((_, channels)) => channels.push(&rendering.channel),
            None => groups.push((rendering, vec![&rendering.channel])),
        }
    }
    groups
}

fn heading(client: &Client, rendering: &Rendering, channels: &[&str]) -> String {
    let channels: Vec<String> = channels
        .iter()
        .map(|code| client.names.channel(code))
        .collect();
    let language = named!("release.language", &rendering.language);
    let mut text = format!("── {} · {language}", joined(&channels));
    if let Some(segments) = rendering.segments {
        text.push_str(" · ");
        text.push_str(&count!("release.segments", u64::from(segments)));
    }
    let characters = count!("release.characters", rendering.text.chars().count() as u64);
    format!("{text} · {characters} ──")
}
