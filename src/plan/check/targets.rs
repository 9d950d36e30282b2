//! Addresses and targets that could never work on the night: links that the public cannot open, chats that are none,
//! places that somebody was to fill in, groups that nobody can be in.
//!
//! Files of the example set are let be where they only show how it is done.

use std::collections::BTreeMap;

use super::World;
use crate::domain::audience::{Audience, Selection};
use crate::domain::channel::{ChannelDef, PortalDef, RobotDef};
use crate::domain::contact::AddressKind;
use crate::domain::public::{host_of, is_loopback, is_placeholder, is_reserved, why_not_public};
use crate::plan::diagnostic::{Place, Report};
use crate::plan::file::ItemFile;
use crate::plan::file::Stage;
use crate::plan::folder::Read;
use crate::plan::source::Source;
use crate::plan::words::short;
use crate::plan::yaml::join;

pub fn check(world: &World<'_>, report: &mut Report) {
    let is_example = world
        .files
        .bodies
        .as_ref()
        .is_none_or(|bodies| bodies.spec().example);
    for file in &world.files.channels {
        if file.spec().enabled {
            channel(file, is_example || file.spec().example, report);
        }
    }
    hotlines(world, is_example, report);
    let mut spellings: BTreeMap<String, String> = BTreeMap::new();
    for file in &world.files.channels {
        if let Some(audience) = &file.spec().audience {
            groups(audience, "/audience", &file.source, &mut spellings, report);
        }
    }
    for plan in &world.files.plans {
        let (source, spec) = (&plan.plan.source, plan.plan.spec());
        for stage in Stage::ALL {
            let Some(level) = spec.levels.get(stage) else {
                continue;
            };
            for (index, item) in level.items.iter().enumerate() {
                let pointer = format!("{}/items/{index}", join("/levels", stage.code()));
                audiences(item, &pointer, source, &mut spellings, report);
            }
        }
    }
}

fn channel(file: &Read<ChannelDef>, is_example: bool, report: &mut Report) {
    let (source, def) = (&file.source, file.spec());
    // The example set shows how it is done on one machine.
    let is_here =
        |portal: &&PortalDef| is_example && host_of(&portal.base_url).is_some_and(is_loopback);
    if let Some(portal) = def.portal.as_ref().filter(|portal| !is_here(portal)) {
        public(&portal.base_url, source.at("/portal/base-url"), report);
    }
    if let Some(sms) = &def.sms {
        filled(&sms.url, source.at("/sms/url"), report);
        exists(host_of(&sms.url), source.at("/sms/url"), report);
    }
    let robots: [(&str, &Option<RobotDef>); 3] = [
        ("wecom", &def.wecom),
        ("dingtalk", &def.dingtalk),
        ("feishu", &def.feishu),
    ];
    for (name, robot) in robots {
        let Some(address) = robot.as_ref().and_then(|robot| robot.url.as_ref()) else {
            continue;
        };
        let at = || source.at(&format!("/{name}/url"));
        filled(address, at(), report);
        exists(host_of(address).filter(|_| !is_example), at(), report);
    }
    if let Some(email) = &def.email {
        exists(Some(&email.host), source.at("/email/host"), report);
        for (key, address) in [
            ("from", Some(&email.from)),
            ("reply-to", email.reply_to.as_ref()),
        ] {
            let Some(address) = address.filter(|address| address.contains('@')) else {
                continue;
            };
            let at = || source.at(&format!("/email/{key}"));
            match AddressKind::Email.read(address) {
                Err(why) => report
                    .error(
                        "bad-address",
                        at(),
                        format!("`{}` is no mail address: {why}", short(address)),
                    )
                    .help("write name@host"),
                // A made-up place has a made-up address.
                Ok(address) => {
                    let host = address.rsplit('@').next().filter(|_| !is_example);
                    exists(host, at(), report);
                }
            }
        }
    }
    if let Some(telegram) = &def.telegram {
        let mut seen: Vec<String> = Vec::new();
        for (index, chat) in telegram.chats.iter().enumerate() {
            let at = || source.at(&format!("/telegram/chats/{index}"));
            match AddressKind::Telegram.read(chat) {
                Err(why) => report
                    .error("bad-target", at(), format!("`{}` is no chat: {why}", short(chat)))
                    .help("write the @name of a public channel in quotes, or the number of a chat, such as \"-1001234567890\""),
                Ok(chat) if seen.contains(&chat.to_lowercase()) => report
                    .warning("bad-target", at(), format!("`{}` stands twice: it would get every text twice", short(&chat)))
                    .help("take one of them out"),
                Ok(chat) => seen.push(chat.to_lowercase()),
            }
            filled(chat, at(), report);
        }
    }
}

/// A link that people are sent must be one that people can open.
fn public(address: &str, at: Place, report: &mut Report) {
    let Some(host) = host_of(address) else { return };
    if let Some(why) = why_not_public(host) {
        report
            .warning("not-public", at, format!("links in messages will lead to `{}`, which is {why}: nobody could open them", short(host)))
            .help("write the address that the public knows, here or as `base-url` under [portal] of fabu.toml");
    } else if address.starts_with("http://") {
        report
            .warning("not-public", at, "links in messages will lead to an address without TLS: telephones warn of it or refuse it, and anybody on the way may change the text")
            .help("write https://…");
    }
}

fn filled(address: &str, at: Place, report: &mut Report) {
    if is_placeholder(address) {
        report
            .error("target-not-filled", at, "this address still holds what was to be replaced, so nothing can be sent to it")
            .help("write the address that the provider gave, or switch the channel off with `enabled: false`");
    }
}

fn exists(host: Option<&str>, at: Place, report: &mut Report) {
    if let Some(host) = host.filter(|host| is_reserved(host)) {
        report
            .warning(
                "no-such-host",
                at,
                format!(
                    "`{}` is a name that is set aside for examples: no machine has it",
                    short(host)
                ),
            )
            .help("write the host that the provider gave");
    }
}

/// A telephone number that is printed in every text.
fn hotlines(world: &World<'_>, is_example: bool, report: &mut Report) {
    let Some(file) = world.files.bodies.as_ref().filter(|_| !is_example) else {
        return;
    };
    for (index, body) in file.spec().bodies.iter().enumerate() {
        let Some(hotline) = &body.hotline else {
            continue;
        };
        let digits: Vec<char> = hotline.chars().filter(char::is_ascii_digit).collect();
        let tail = &digits[digits.len().saturating_sub(7)..];
        let is_same = !tail.is_empty()
            && tail.len() == 7
            && tail.iter().all(|digit| Some(digit) == tail.first());
        if digits.is_empty()
            || is_same
            || hotline.contains("0000-")
            || hotline.ends_with("12345678")
        {
            report
                .warning(
                    "doubtful-hotline",
                    file.source.at(&format!("/bodies/{index}/hotline")),
                    format!(
                        "`{}` looks like a number that only fills the place",
                        short(hotline)
                    ),
                )
                .help("write the number that people are to call, or take `hotline` out");
        }
    }
}

fn audiences(
    item: &ItemFile,
    pointer: &str,
    source: &Source,
    spellings: &mut BTreeMap<String, String>,
    report: &mut Report,
) {
    if let Some(audience) = &item.audience {
        groups(
            audience,
            &format!("{pointer}/audience"),
            source,
            spellings,
            report,
        );
    }
    for (index, choice) in item.channels.iter().flatten().enumerate() {
        if let Some(audience) = choice.audience() {
            groups(
                audience,
                &format!("{pointer}/channels/{index}/audience"),
                source,
                spellings,
                report,
            );
        }
    }
    if let Some(own) = &item.interpretation {
        audiences(
            own,
            &format!("{pointer}/interpretation"),
            source,
            spellings,
            report,
        );
    }
}

/// Groups that lists of contacts cannot have: an import takes a name apart at such signs.
fn groups(
    audience: &Audience,
    pointer: &str,
    source: &Source,
    spellings: &mut BTreeMap<String, String>,
    report: &mut Report,
) {
    let Audience::Selected(Selection { groups, .. }) = audience else {
        return;
    };
    for (index, group) in groups.iter().enumerate() {
        let at = || source.at(&format!("{pointer}/groups/{index}"));
        if group.trim().is_empty() || group.trim() != group {
            report
                .error(
                    "bad-group",
                    at(),
                    "the name of a group has spaces around it, or is nothing: nobody is in it",
                )
                .help("write the name as lists of contacts have it");
        } else if group.contains([',', '，', '、', ';', '；', '|']) {
            report
                .warning("bad-group", at(), format!("`{}` is one group here, with a sign in it that stands between two groups elsewhere", short(group)))
                .help("write [a, b] for two groups");
        }
        let key: String = group
            .to_lowercase()
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        match spellings.get(&key) {
            Some(known) if known != group => report
                .warning(
                    "bad-group",
                    at(),
                    format!(
                        "`{}` and `{}` are two groups, and differ only in capitals or spaces",
                        short(known),
                        short(group)
                    ),
                )
                .help("write it in one way everywhere"),
            Some(_) => {}
            None => drop(spellings.insert(key, group.clone())),
        }
    }
}
