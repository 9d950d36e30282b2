//! A release as its signer reads it: who and when first, then every byte that will go out.

use super::super::client::views::{Bulletin, Incident, Me, Reach, Release, Rendering};
use super::super::client::{Answer, Client};
use super::super::incident::facts;
use super::super::output::{self, line, plain, say};
use super::super::when;
use super::super::words::{count, either, joined, language, named, of_part, word};
use super::super::{Exit, Failure, Result};
use super::{LIST, list};
use crate::domain::bulletin::NO_TEXT_YET;
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::words::reason;

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

fn head(client: &Client, release: &Release, now: Moment) -> Result<()> {
    let at = |at| when::stamp_or(at, client.zone);
    line(&plain(&format!("{}  {}", release.name, release.id)))?;
    let left = list::time_left(release, now);
    line(&word!(
        "release.due",
        status = list::status(release),
        due = format!("{}{}", at(release.due_at), list::doubt(release))
    ))?;
    if !left.is_empty() {
        line(&left)?;
    }
    if let Some(passed) = release.passed_limit {
        line(&word!("release.passed-limit", at = at(Some(passed))))?;
    }
    if let Some(holding) = &release.holding {
        match holding.held_at {
            None => line(word!("release.to-be-held"))?,
            Some(held) => {
                let kept = holding.limit.map(|limit| when::kept(limit, held));
                let kept = kept.unwrap_or_default();
                line(&word!("release.held", at = at(Some(held)), kept))?;
            }
        }
    }
    if release.status == "undecided" {
        line(&word!(
            "release.who-decides",
            who = list::decides(client, release)
        ))?;
    } else if let Some(post) = &release.next {
        line(&word!("release.next", post = client.names.post(post)))?;
    }
    let places = |codes: &[String]| {
        let names = codes.iter().map(|code| client.names.area(code));
        joined(&names.collect::<Vec<_>>())
    };
    if !release.areas.is_empty() {
        line(&word!("release.places", places = places(&release.areas)))?;
    }
    if !release.lifted.is_empty() {
        line(&word!(
            "release.lifted-in",
            places = places(&release.lifted)
        ))?;
    }
    for other in &release.excludes {
        line(&plain(&word!(
            "release.excluded-by",
            name = other.name,
            release = other.document_number.as_ref().unwrap_or(&other.release),
            places = places(&other.areas)
        )))?;
    }
    if let Some(leader) = &release.part_of {
        line(&word!("release.in-text-of", leader))?;
    }
    if release.own_words {
        line(match release.countersign_due_at {
            Some(_) => word!("release.alone"),
            None => word!("release.alone-no-more"),
        })?;
    }
    if !release.missing_facts.is_empty() {
        line(&word!("release.missing", facts = lacking(client, release)))?;
    }
    if !release.wanted_facts.is_empty() {
        let name = |fact: &str| client.names.fact_to_type(&release.event, fact);
        let mut facts: Vec<String> = Vec::new();
        for fact in &release.wanted_facts {
            let fact = match fact.split_once('.') {
                // Which columns they are stands in the command that gives them.
                Some((list, _)) => word!("release.english-columns", list = name(list)),
                None => name(fact),
            };
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
        line(&word!("release.wanted", facts = joined(&facts)))?;
    }
    if let Some(note) = note(release) {
        line(&plain(&word!("release.note", note)))?;
    }
    if release.stale {
        line(word!("release.stale"))?;
        for difference in &release.difference {
            line(&plain(&format!("  {}", of_part(difference))))?;
        }
    }
    Ok(())
}

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
        item = either(
            &word!("fabu.named", name = release.name, code = release.item),
            &release.item
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
async fn tell_wanted(client: &Client, release: &Release, board: Option<&Incident>) -> Result<()> {
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

/// The facts that it waits for, as they are asked for and as they are typed; what its original brings nobody can type.
fn lacking(client: &Client, release: &Release) -> String {
    let facts = release.missing_facts.iter();
    let (brought, typed): (Vec<_>, Vec<_>) = facts.partition(|fact| fact.starts_with("original."));
    let mut facts: Vec<String> = (typed.into_iter())
        .map(|fact| client.names.fact_to_type(&release.event, fact))
        .collect();
    if !brought.is_empty() {
        facts.push(word!("release.brought-by-original").to_owned());
    }
    joined(&facts)
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

/// Why there is no text, why it came back, or why it ended; an older server words it itself.
fn note(release: &Release) -> Option<String> {
    match &release.why {
        Some(why) => Some(reason(language(), why)),
        None => release.note.clone(),
    }
}
