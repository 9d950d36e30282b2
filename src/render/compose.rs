//! A text becomes a bulletin: renderings for its channels, whom each reaches, and how long it stands.

use super::notice::Circumstances;
use super::renderings::{RenderFault, renderings};
use super::weave::MAX_OUTPUT;
use super::{DraftInput, links, marks::Marks, tidy};
use crate::domain::area::AreaCode;
use crate::domain::audience::{Audience, Reach};
use crate::domain::bulletin::{Author, Bulletin, BulletinText, ChannelReach, Language};
use crate::domain::channel::ChannelDef;
use crate::domain::plan::Item;
use crate::domain::time::Moment;

/// The longest title, in characters; mail programs and portals cut longer ones.
pub(super) const MAX_TITLE: usize = 200;

/// The bulletin of `input` with `text`, written by `author`.
///
/// # Errors
/// Why a channel cannot carry this text.
pub fn compose(
    input: &DraftInput<'_>,
    text: BulletinText,
    author: Author,
) -> Result<Bulletin, RenderFault> {
    let areas = input.release.areas(input.incident);
    let about = Circumstances {
        level: input.release.level,
        valid_for: input.item.valid_for,
        link: input.link.as_deref(),
        signature: input.plan.issuer_of(input.item).sms_signature.as_deref(),
        areas,
        ..Circumstances::of(input.incident, input.drill)
    };
    let text = clean(text, &about)?;
    let renderings = renderings(&about.notice(&text), &input.channels)?;
    let home = &input.incident.areas;
    let reach = reach_of(input.item, &input.channels, (areas, home), &input.also);
    Ok(Bulletin {
        release: input.release.id.clone(),
        version: input.version,
        author,
        written_by: Vec::new(),
        based_on: None,
        drafted_at: input.now,
        text,
        renderings,
        reach,
        valid_for: input.item.valid_for,
    })
}

/// What surrounds a text that a person has edited.
pub struct Edit<'a> {
    pub author: Author,
    pub version: u32,
    pub now: Moment,
    pub item: &'a Item,
    /// The channels of `base`, as they are defined now.
    pub channels: &'a [&'a ChannelDef],
    /// The places of the incident.
    pub home: &'a [AreaCode],
    pub about: Circumstances<'a>,
}

/// `base` with another text: same release and validity, and the reach that its places have now; number and signature block stay as they were.
///
/// # Errors
/// Why a channel cannot carry this text.
pub fn edited(
    base: &Bulletin,
    text: BulletinText,
    edit: &Edit<'_>,
) -> Result<Bulletin, RenderFault> {
    let text = BulletinText {
        document_number: text
            .document_number
            .or_else(|| base.text.document_number.clone()),
        number: base.text.number,
        incident_title: base.text.incident_title.clone(),
        effective: base.text.effective,
        signed_body: base.text.signed_body.clone(),
        signed_body_en: base.text.signed_body_en.clone(),
        signed_date: base.text.signed_date.clone(),
        signed_date_en: base.text.signed_date_en.clone(),
        ..text
    };
    let text = clean(text, &edit.about)?;
    let mut written_by = base.writers();
    if let Author::Person { user } = &edit.author
        && !written_by.contains(user)
    {
        written_by.push(user.clone());
    }
    let also = base.reach.iter().filter(|reach| reach.also);
    let also: Vec<ChannelReach> = also.cloned().collect();
    Ok(Bulletin {
        release: base.release.clone(),
        version: edit.version,
        author: edit.author.clone(),
        written_by,
        based_on: Some(base.template_version()),
        drafted_at: edit.now,
        renderings: renderings(&edit.about.notice(&text), edit.channels)?,
        text,
        reach: reach_of(
            edit.item,
            edit.channels,
            (edit.about.areas, edit.home),
            &also,
        ),
        valid_for: base.valid_for,
    })
}

/// Whom each channel reaches: by the item, for `areas` of an incident in `home`; and whom `also` says.
fn reach_of(
    item: &Item,
    channels: &[&ChannelDef],
    (areas, home): (&[AreaCode], &[AreaCode]),
    also: &[ChannelReach],
) -> Vec<ChannelReach> {
    let of = |def: &&ChannelDef| {
        let is_own = item.channels.iter().any(|own| own.channel == def.channel);
        let own = reach(item, def, areas).with_those_around(areas, home);
        let told = also.iter().find(|told| told.channel == def.channel);
        let reach = match told {
            Some(told) if is_own => own.clone().and(&told.reach),
            Some(told) => told.reach.clone(),
            None => own.clone(),
        };
        ChannelReach {
            channel: def.channel.clone(),
            also: told.is_some() && (!is_own || reach != own),
            reach,
        }
    };
    channels.iter().map(of).collect()
}

/// Whom `def` sends an item to: what the item says for that channel, else what it says for all, else what the channel
/// is for. `everyone` is what an item says that says nothing.
fn reach(item: &Item, def: &ChannelDef, areas: &[AreaCode]) -> Reach {
    let named = item
        .channels
        .iter()
        .find(|channel| channel.channel == def.channel)
        .and_then(|channel| channel.audience.as_ref());
    let of_item = Some(&item.audience).filter(|audience| **audience != Audience::default());
    named
        .or(of_item)
        .or(def.audience.as_ref())
        .unwrap_or(&item.audience)
        .reach(areas)
}

/// The text with every field in its proper form, links that can be tapped, and the drill's mark on its titles.
fn clean(text: BulletinText, about: &Circumstances<'_>) -> Result<BulletinText, RenderFault> {
    let &Circumstances { link, drill, .. } = about;
    let line = |field: Option<String>| {
        field
            .map(|field| links::apart(&tidy::line(&field), link))
            .filter(|field| !field.is_empty())
    };
    let block = |field: Option<String>| {
        field
            .map(|field| links::apart(&tidy::paragraphs(&field), link))
            .filter(|field| !field.is_empty())
    };
    let title = tidy::line(&text.title);
    if tidy::is_blank(&title) {
        return Err(RenderFault::Empty("title"));
    }
    let body = links::apart(&tidy::paragraphs(&text.text), link);
    if tidy::is_blank(&body) {
        return Err(RenderFault::Empty("text"));
    }
    let title_en = line(text.title_en);
    for (what, title) in [
        ("title", Some(&title)),
        ("English title", title_en.as_ref()),
    ] {
        let size = title.map_or(0, |title| title.chars().count());
        if size > MAX_TITLE {
            return Err(RenderFault::TooLong {
                what,
                size,
                unit: "characters",
                most: MAX_TITLE,
            });
        }
    }
    let text_en = block(text.text_en);
    let size = body.len() + text_en.as_ref().map_or(0, String::len);
    if size > MAX_OUTPUT {
        return Err(RenderFault::TooLong {
            what: "text",
            size,
            unit: "bytes",
            most: MAX_OUTPUT,
        });
    }
    Ok(BulletinText {
        incident_title: line(text.incident_title),
        title: Marks::new(drill, Language::ZhCn).title(&title),
        title_en: title_en.map(|title| Marks::new(drill, Language::En).title(&title)),
        action: line(text.action),
        action_en: line(text.action_en),
        text: body,
        text_en,
        sms: line(text.sms),
        sms_en: line(text.sms_en),
        document_number: line(text.document_number),
        number: text.number,
        signed_body: tidy::line(&text.signed_body),
        signed_body_en: line(text.signed_body_en),
        signed_date: tidy::line(&text.signed_date),
        signed_date_en: line(text.signed_date_en),
        effective: text.effective,
        binding: text.binding,
        ahead: text.ahead,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Drafted;
    use super::super::fixture::{World, at};
    use super::*;

    fn drafted(world: &World) -> Bulletin {
        match world.draft() {
            Drafted::Complete(bulletin) => *bulletin,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_nearest_word_on_the_audience_counts() {
        let mut world = World::new("---\ntitle: 通告\n---\n正文");
        world.channels.truncate(2);
        world.channels[0].audience = serde_json::from_value(json!({"groups": ["media"]})).unwrap();
        let groups = |world: &World| -> Vec<Vec<String>> {
            let reach = drafted(world).reach;
            reach
                .into_iter()
                .map(|channel| channel.reach.groups)
                .collect()
        };
        // The item says nothing: the channel's own audience, or everyone in the incident's areas.
        assert_eq!(groups(&world), [vec!["media".to_owned()], vec![]]);
        assert_eq!(drafted(&world).reach[1].reach.areas, world.incident.areas);
        world.item.audience = serde_json::from_value(json!({"groups": ["schools"]})).unwrap();
        assert_eq!(groups(&world), [["schools"], ["schools"]]);
        world.item.channels = serde_json::from_value(json!([
            {"channel": "portal", "audience": {"groups": ["posts"]}}, {"channel": "mail", "audience": null}
        ]))
        .unwrap();
        assert_eq!(groups(&world), [["posts"], ["schools"]]);
    }

    #[test]
    fn links_stand_alone_in_every_field_of_a_text() {
        let mut world = World::new(
            "---\ntitle: 通告\nsms: 详见{{release.link}}，咨询\n---\n见{{release.link}}。",
        );
        world.link = Some("https://a.invalid/b/L-01".into());
        let bulletin = drafted(&world);
        assert_eq!(bulletin.text.text, "见 https://a.invalid/b/L-01 。");
        assert_eq!(
            bulletin.text.sms.as_deref(),
            Some("详见 https://a.invalid/b/L-01 ，咨询")
        );
        for rendering in &bulletin.renderings {
            assert!(!rendering.text.contains("L-01，") && !rendering.text.contains("L-01。"));
        }
    }

    #[test]
    fn an_edited_text_keeps_what_an_editor_may_not_change() {
        let world = World::new("---\ntitle: 通告\n---\n正文");
        let base = drafted(&world);
        let channels: Vec<_> = world.channels.iter().collect();
        let edit = Edit {
            author: Author::Person { user: "u".into() },
            version: 2,
            now: at("2026-05-01T02:00:00Z"),
            item: &world.item,
            channels: &channels,
            home: &world.incident.areas,
            about: Circumstances::of(&world.incident, false),
        };
        let text = BulletinText {
            title: "新\r\n通告".into(),
            text: "新正文\u{0}\r\n\r\n\r\n二".into(),
            signed_body: "别的单位".into(),
            ..BulletinText::default()
        };
        let new = edited(&base, text, &edit).unwrap();
        assert_eq!(
            (new.text.title.as_str(), new.text.text.as_str()),
            ("新 通告", "新正文\n\n二")
        );
        assert_eq!(new.text.signed_body, base.text.signed_body);
        assert_eq!(
            (&new.text.signed_date, &new.text.document_number),
            (&base.text.signed_date, &base.text.document_number)
        );
        assert_eq!((&new.reach, new.valid_for), (&base.reach, base.valid_for));
        assert!(
            new.renderings
                .iter()
                .any(|r| r.subject.as_deref() == Some("新 通告"))
        );
        assert_ne!(new.hash(), base.hash());
        let empty = edited(&base, BulletinText::default(), &edit);
        assert_eq!(empty.unwrap_err(), RenderFault::Empty("title"));
    }
}
