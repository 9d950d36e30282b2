//! The whole state of one release: its head, who signed, what it belongs to, its canonical text, and what to do next.

use super::super::client::Client;
use super::super::client::views::{Incident, Me, Release};
use super::super::incident::facts;
use super::super::output::{self, line, plain, say};
use super::super::words::{in_own, joined, named, word};
use super::super::{Exit, Failure, Result, when};
use super::head::{head, lacking, note};
use super::{LIST, list, taken_back};
use crate::domain::time::Moment;

/// The whole state of a release, with its canonical text.
pub(super) async fn show(client: &Client, release: &Release, now: Moment) -> Result<()> {
    let path = ["incidents", &release.incident];
    let board: Incident = client.get(&path, &[], LIST).await?.read()?;
    let incident = format!("{} {}", board.title, board.id);
    let at = |at| when::stamp_or(at, client.zone);
    head(client, release, now)?;
    announced(client, release, &board)?;
    let drafter = release.issuer.is_some().then(|| {
        let body = client.names.body(&release.body);
        word!("release.drafted-by", body)
    });
    line(&word!(
        "release.item",
        item = word!(
            "fabu.named",
            name = in_own(&release.name, release.name_en.as_ref()),
            code = release.item
        ),
        issuer = client.names.body(release.issued_by()),
        drafter = drafter.unwrap_or_default(),
        incident = incident
    ))?;
    line(&word!(
        "release.times",
        opened = when::stamp(release.opened_at, client.zone),
        published = at(release.published_at),
        until = at(release.valid_until)
    ))?;
    if let Some(original) = &release.tied_to {
        line(&match &release.correction {
            Some(kind) => word!(
                "release.corrects",
                original,
                kind = named!("release.correction", kind)
            ),
            None => word!("release.explains", original),
        })?;
    }
    for signature in &release.signatures {
        line(&plain(&word!(
            "release.signature",
            at = when::stamp(signature.at, client.zone),
            name = signature.name,
            user = signature.user,
            post = client.names.post(&signature.post),
            round = signature.round,
            version = signature.version,
            kind = named!("release.signature-kind", &signature.kind)
        )))?;
    }
    tell_wanted(client, release, Some(&board)).await?;
    let Some(bulletin) = &release.bulletin else {
        // What is missing stands above.
        if release.missing_facts.is_empty() {
            say(&waiting(client, release));
        }
        let is_open = !release.missing_facts.is_empty() || release.status == "undecided";
        if let Some(next) = no_text(client, release).next.filter(|_| is_open) {
            let me: Me = client.get(&["me"], &[], LIST).await?.read()?;
            let decides = || release.decides.iter().any(|post| me.posts.contains(post));
            let who = || list::decides(client, release);
            output::next(&match &*release.status {
                "undecided" if !decides() => word!("fabu.others-next", who = who(), command = next),
                _ => next,
            });
        }
        return Ok(());
    };
    line("")?;
    line(&plain(&bulletin.title))?;
    if let Some(number) = &bulletin.document_number {
        line(&plain(number))?;
    }
    line("")?;
    line(&plain(&bulletin.text))?;
    say(&word!(
        "release.see-preview",
        version = bulletin.version,
        id = release.id
    ));
    if let Some(lift) = taken_back::lift(client, release, &board) {
        output::next(&lift);
    }
    Ok(())
}

/// Liftings that are out and name an hour that is still to come: of this measure, or by this text.
fn announced(client: &Client, release: &Release, board: &Incident) -> Result<()> {
    for measure in &board.binding {
        let to_come = measure.lifted.iter().filter(|lifted| lifted.to_come);
        for lifted in to_come {
            let names = lifted.areas.iter().map(|code| client.names.area(code));
            let places = joined(&names.collect::<Vec<_>>());
            let at = when::stamp(lifted.at, client.zone);
            if measure.release == release.id {
                let by = &lifted.by;
                line(&word!("incident.lifted-from", places, at, by))?;
            } else if lifted.by == release.id {
                let name = &measure.title;
                line(&plain(&word!("release.lifts-from", name, places, at)))?;
            }
        }
    }
    Ok(())
}

/// The command that gives in English what its English text says in Chinese, as it can be typed: whole rows, with the columns that
/// they lack.
pub(super) async fn tell_wanted(
    client: &Client,
    release: &Release,
    board: Option<&Incident>,
) -> Result<()> {
    // What a correction says is given with it.
    if release.wanted_facts.is_empty() || release.correction.is_some() {
        return Ok(());
    }
    let read;
    let board = match board {
        Some(board) => board,
        None => {
            let path = ["incidents", &release.incident];
            read = client.get(&path, &[], LIST).await?.read::<Incident>()?;
            &read
        }
    };
    let (own, common) = facts::in_english(&release.wanted_facts, &release.own_facts, &board.facts);
    if !common.is_empty() {
        let facts = common.join(" ");
        let command = format!("fabu incident facts {} {facts}", release.incident);
        say(&word!("release.give-english", command));
    }
    if !own.is_empty() {
        let facts = own.iter().map(|fact| format!(" --fact {fact}"));
        let facts: String = facts.collect();
        let command = format!("fabu release place {}{facts}", release.id);
        say(&word!("release.give-english", command));
    }
    Ok(())
}

fn waiting(client: &Client, release: &Release) -> String {
    match (note(release), &*release.missing_facts) {
        (_, [_, ..]) => word!("release.waits-for-facts", facts = lacking(client, release)),
        (Some(note), []) => word!("release.no-text", note),
        (None, []) => word!("release.no-text-yet").to_owned(),
    }
}

pub(super) fn no_text(client: &Client, release: &Release) -> Failure {
    let failure = Failure::new(Exit::Failed, plain(&waiting(client, release)));
    match (facts::command(release), &*release.status) {
        (None, "undecided") => failure.next(format!("fabu release order {}", release.id)),
        (None, _) => failure.next(format!("fabu release show {}", release.id)),
        (Some(command), _) => failure.next(command),
    }
}
