//! The texts of a drill (演练文稿): every text that went out, as people read it, in the order in which it went out.
//!
//! Each line stands as it is in the text, so that what was said twice or with a wrong hour can be seen, and is seen again
//! when two runs are held against each other. Only the ids in links, which say nothing, give way to the name that the
//! transcript has for the release.

use std::collections::BTreeMap;

use super::play::{Play, Published};
use super::scenario::Scenario;
use super::{transcript, words};
use crate::domain::bulletin::{Bulletin, Language};
use crate::domain::short_code;
use crate::id::ReleaseId;

/// All of them, each line ended.
pub fn write(scenario: &Scenario, play: &Play) -> String {
    let names = transcript::names(&play.journal);
    let mut out = String::new();
    for one in &play.published {
        out.push_str(&format!("{}\n\n", rule(scenario, &names, one)));
        for part in parts(&one.text) {
            out.push_str(&part);
            out.push_str("\n\n");
        }
    }
    without_ids(out, &names)
}

/// `════ T+0:33:35 07-01 22:03:35 汛情通报#2 · 已更正 ════`
fn rule(
    scenario: &Scenario,
    names: &BTreeMap<ReleaseId, String>,
    Published { at, release, .. }: &Published,
) -> String {
    let name = |id: &ReleaseId| names.get(id).map_or("", String::as_str);
    let carried: Vec<&str> = release.carries.iter().map(name).collect();
    let carried = match carried.is_empty() {
        true => String::new(),
        false => format!("（含{}）", carried.join("、")),
    };
    format!(
        "════ {} {} {}{carried} · {} ════",
        words::since(scenario.start, *at),
        words::local(*at, scenario.zone),
        name(&release.id),
        release.state.zh()
    )
}

/// The text, its short messages as they were sent, and both in English; what there is none of is left out.
fn parts(bulletin: &Bulletin) -> Vec<String> {
    let text = &bulletin.text;
    let mut parts = vec![
        lines(&[
            text.document_number.as_deref(),
            Some(text.title.as_str()),
            text.action.as_deref(),
        ]),
        text.text.clone(),
        lines(&[
            Some(text.signed_body.as_str()),
            Some(text.signed_date.as_str()),
        ]),
    ];
    parts.extend(short(bulletin, Language::ZhCn));
    if let Some(english) = &text.text_en {
        parts.push(lines(&[
            Some("──── English"),
            text.title_en.as_deref(),
            text.action_en.as_deref(),
        ]));
        parts.push(english.clone());
        parts.push(lines(&[
            text.signed_body_en.as_deref(),
            text.signed_date_en.as_deref(),
        ]));
    }
    parts.extend(short(bulletin, Language::En));
    parts.retain(|part| !part.is_empty());
    parts
}

/// The short messages of one language, each once, with how many segments are charged for it.
fn short(bulletin: &Bulletin, language: Language) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for rendering in &bulletin.renderings {
        let Some(segments) = rendering
            .segments
            .filter(|_| rendering.language == language)
        else {
            continue;
        };
        let head = match language {
            Language::ZhCn => format!("──── 短信（{segments}条）"),
            Language::En => format!("──── English SMS ({segments})"),
        };
        let said = format!("{head}\n{}", rendering.text);
        if !all.contains(&said) {
            all.push(said);
        }
    }
    all
}

fn lines(all: &[Option<&str>]) -> String {
    let all = all.iter().flatten().filter(|line| !line.is_empty());
    all.copied().collect::<Vec<_>>().join("\n")
}

/// `text` with `‹汛情通报#2›` where the id or the short name of that release stood.
fn without_ids(text: String, names: &BTreeMap<ReleaseId, String>) -> String {
    names.iter().fold(text, |text, (id, name)| {
        let path = |code: &str| format!("{}{code}", short_code::PATH);
        let named = format!("‹{name}›");
        text.replace(&path(&short_code::of(id)), &path(&named))
            .replace(id.as_str(), &named)
    })
}
