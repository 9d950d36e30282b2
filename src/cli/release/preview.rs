//! A release as its signer reads it: who and when first, then every byte that will go out.

use super::super::client::Client;
use super::super::client::views::{Bulletin, Me, Reach, Release, Rendering};
use super::super::output::{line, plain, say};
use super::super::when;
use super::super::{Exit, Failure, Result};
use super::{LIST, list};
use crate::domain::bulletin::NO_TEXT_YET;
use crate::domain::time::Moment;
use crate::id::ReleaseId;

pub(super) async fn run(client: &Client, id: &ReleaseId) -> Result {
    // The server notes who was shown the text: from then on its code is theirs to sign by.
    let query = [("preview", "true".to_owned())];
    let answer = client.get(&["releases", id.as_str()], &query, LIST).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let release: Release = answer.read()?;
    let Some(bulletin) = &release.bulletin else {
        return Err(no_text(&release));
    };
    text(client, &release, bulletin, answer.now)?;
    match &*release.status {
        "drafting" => say(&format!("  next: fabu release submit {id}")),
        "in-review" => say(&next_step(client, &release, bulletin).await?),
        "published" if release.countersign_due_at.is_some() => say(&approve(&release, bulletin)),
        _ => {}
    }
    Ok(Exit::Done)
}

pub(super) fn approve(release: &Release, bulletin: &Bulletin) -> String {
    format!(
        "  next: fabu release approve {} --code {}",
        release.id, bulletin.code
    )
}

/// What a signer can do with a text under review.
pub(super) async fn next_step(
    client: &Client,
    release: &Release,
    bulletin: &Bulletin,
) -> Result<String> {
    let mut next = approve(release, bulletin);
    if let Some(newer) = release.newer_version {
        next.push_str(&format!(
            " --despite-newer {newer}, if the older words are meant{}",
            match newer {
                NO_TEXT_YET => "; with what is known now the template has no text".to_owned(),
                newer => format!(
                    "; else fabu release submit {} --take-newer {newer}",
                    release.id
                ),
            }
        ));
    }
    if release.correction.is_some() {
        let me: Me = client
            .get(&["me"], &[], "fabu release list")
            .await?
            .read()?;
        if bulletin.written_by.contains(&me.user) {
            next.push_str(
                " --own-words\n  其中有您本人所写的话：他人签发为宜；加 --own-words 则先发，随后须他人补签 \
                 some of the words are yours: better somebody else signs; with --own-words it goes out and another must countersign",
            );
        }
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
    line(&format!(
        "第 {} 稿 version, hash {}",
        bulletin.version, bulletin.hash
    ))?;
    line(&format!("核对码 code {}", bulletin.code))?;
    if !bulletin.written_by.is_empty() {
        line(&plain(&format!(
            "文字出自 words of {}",
            bulletin.written_by.join("、")
        )))?;
    }
    if let Some(title) = &bulletin.incident_title {
        line(&plain(&format!("事件标题 incident title {title}")))?;
    }
    if let Some(span) = &bulletin.valid_for {
        line(&format!("有效期 valid for {span}"))?;
    }
    for (whom, channels) in audiences(&bulletin.reach) {
        line(&format!("受众 audience {whom}: {}", channels.join(", ")))?;
    }
    for (rendering, channels) in alike(&bulletin.renderings) {
        line("")?;
        line(&heading(rendering, &channels))?;
        if let Some(subject) = &rendering.subject {
            line(&plain(&format!("主题 subject: {subject}")))?;
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

/// Whom it is for, with the channels that address them.
fn audiences(reach: &[Reach]) -> Vec<(String, Vec<&str>)> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for one in reach {
        let parts: Vec<String> = [
            ("地区 areas", &one.areas),
            ("分组 groups", &one.groups),
            ("岗位 posts", &one.posts),
        ]
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| format!("{name} {}", values.join("、")))
        .collect();
        let whom = if parts.is_empty() {
            "所有人 everybody".into()
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

fn heading(rendering: &Rendering, channels: &[&str]) -> String {
    let mut text = format!("── {} · {}", channels.join(", "), rendering.language);
    if let Some(segments) = rendering.segments {
        text.push_str(&format!(" · {segments} 条 segments"));
    }
    let characters = rendering.text.chars().count();
    text.push_str(&format!(" · {characters} 字 characters ──"));
    text
}

fn head(client: &Client, release: &Release, now: Moment) -> Result<()> {
    let at = |at| when::stamp_or(at, client.zone);
    line(&plain(&format!("{}  {}", release.name, release.id)))?;
    let left = list::time_left(release, now);
    line(&format!(
        "{}, 截止 due {}{}{}",
        list::status(release),
        at(release.due_at),
        list::doubt(release),
        if left.is_empty() {
            left
        } else {
            format!("（{left}）")
        }
    ))?;
    if let Some(post) = &release.next {
        line(&format!("轮到 next {post}"))?;
    }
    if release.own_words {
        line(match release.countersign_due_at {
            Some(_) => {
                "由写稿人一人先行签发，待他人补签 released by whoever wrote it, to be countersigned"
            }
            None => {
                "由写稿人一人先行签发，已由他人补签 released by whoever wrote it, countersigned since"
            }
        })?;
    }
    if !release.missing_facts.is_empty() {
        line(&format!("缺 missing {}", release.missing_facts.join(", ")))?;
    }
    if let Some(note) = &release.note {
        line(&plain(&format!("说明 note {note}")))?;
    }
    if release.stale {
        line("事实已变，此稿为旧稿 facts have changed since; what differs now:")?;
        for difference in &release.difference {
            line(&plain(&format!("  {difference}")))?;
        }
    }
    Ok(())
}

/// The whole state of a release, with its canonical text.
pub(super) fn show(client: &Client, release: &Release, now: Moment) -> Result<()> {
    let at = |at| when::stamp_or(at, client.zone);
    head(client, release, now)?;
    line(&format!(
        "事项 item {} of {}, 事件 incident {}",
        release.item, release.body, release.incident
    ))?;
    line(&format!(
        "开始 opened {}, 发布 published {}, 有效至 valid until {}",
        when::stamp(release.opened_at, client.zone),
        at(release.published_at),
        at(release.valid_until)
    ))?;
    if let Some(original) = &release.tied_to {
        let how = match &release.correction {
            Some(kind) => format!("更正 corrects ({kind})"),
            None => "解读 explains".into(),
        };
        line(&format!("{how} {original}"))?;
    }
    for signature in &release.signatures {
        line(&plain(&format!(
            "签 signed {} {} ({}), {}, round {}, version {}, {}",
            when::stamp(signature.at, client.zone),
            signature.name,
            signature.user,
            signature.post,
            signature.round,
            signature.version,
            signature.kind,
        )))?;
    }
    let Some(bulletin) = &release.bulletin else {
        say(&waiting(release));
        return Ok(());
    };
    line("")?;
    line(&plain(&bulletin.title))?;
    if let Some(number) = &bulletin.document_number {
        line(&plain(number))?;
    }
    line("")?;
    line(&plain(&bulletin.text))?;
    say(&format!(
        "version {}; fabu release preview {} shows every channel, and the code to sign it by",
        bulletin.version, release.id
    ));
    Ok(())
}

fn waiting(release: &Release) -> String {
    match (&release.note, &*release.missing_facts) {
        (_, [_, ..]) => format!(
            "there is no text yet: facts are missing: {}",
            release.missing_facts.join(", ")
        ),
        (Some(note), []) => format!("there is no text: {note}"),
        (None, []) => "there is no text yet; its time has not come".into(),
    }
}

fn no_text(release: &Release) -> Failure {
    let next = match release.missing_facts.first() {
        Some(fact) => format!("fabu incident facts {} {fact}=…", release.incident),
        None => format!("fabu release show {}", release.id),
    };
    Failure::new(Exit::Failed, plain(&waiting(release))).next(next)
}
