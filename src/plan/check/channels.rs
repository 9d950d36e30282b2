//! Channel files: the section of their kind, addresses that can be addresses, fallbacks that end somewhere.

use std::collections::BTreeMap;
use std::path::Path;

use super::World;
use crate::domain::channel::{AnswerTest, ChannelDef, ChannelKind, ProxyUse, RobotDef, SmsDef};
use crate::plan::diagnostic::Report;
use crate::plan::folder::Read;
use crate::plan::source::Source;
use crate::plan::words::{short, suggest};

pub fn check(world: &World<'_>, report: &mut Report) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for file in &world.files.channels {
        let (source, channel) = (&file.source, file.spec());
        super::code(&channel.channel, source.at("/channel"), report);
        if let Some(first) = seen.insert(&channel.channel, &file.source.file) {
            report
                .error(
                    "duplicate-code",
                    source.at("/channel"),
                    format!("the channel `{}` is defined twice", short(&channel.channel)),
                )
                .help(format!("it is also defined in {first}"));
        }
        let stem = Path::new(&*source.file)
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned());
        if stem.as_deref() != Some(&channel.channel) {
            report
                .warning(
                    "file-name",
                    source.at("/channel"),
                    format!(
                        "the file is not named after its channel `{}`",
                        short(&channel.channel)
                    ),
                )
                .help(format!("rename it to {}.yaml", short(&channel.channel)));
        }
        if channel.timeout.as_seconds() == 0 {
            report
                .error(
                    "bad-value",
                    source.at("/timeout"),
                    "nothing can be sent within no time",
                )
                .help("give it ten to thirty seconds");
        }
        sections(file, report);
        fallback(world, file, report);
        proxy(source, channel, report);
        if let Some(audience) = &channel.audience {
            super::references::audience(world, audience, source, "/audience", report);
        }
        if let Some(sms) = &channel.sms {
            check_sms(source, sms, report);
        }
        for (name, robot) in robots(channel) {
            check_robot(source, name, robot, report);
        }
        if let Some(email) = &channel.email
            && !email.from.contains('@')
        {
            report
                .error(
                    "bad-address",
                    source.at("/email/from"),
                    format!("`{}` is not a mail address", short(&email.from)),
                )
                .help("write name@host");
        }
        if let Some(portal) = &channel.portal {
            url(source, "/portal/base-url", &portal.base_url, report);
        }
        if let Some(address) = channel.telegram.as_ref().and_then(|t| t.api_url.as_ref()) {
            url(source, "/telegram/api-url", address, report);
        }
    }
}

fn robots(channel: &ChannelDef) -> impl Iterator<Item = (&'static str, &RobotDef)> {
    [
        ("wecom", &channel.wecom),
        ("dingtalk", &channel.dingtalk),
        ("feishu", &channel.feishu),
    ]
    .into_iter()
    .filter_map(|(name, def)| def.as_ref().map(|def| (name, def)))
}

fn sections(file: &Read<ChannelDef>, report: &mut Report) {
    let (source, channel) = (&file.source, file.spec());
    let given = [
        (ChannelKind::Portal, channel.portal.is_some()),
        (ChannelKind::Email, channel.email.is_some()),
        (ChannelKind::Sms, channel.sms.is_some()),
        (ChannelKind::Telegram, channel.telegram.is_some()),
        (ChannelKind::Wecom, channel.wecom.is_some()),
        (ChannelKind::Dingtalk, channel.dingtalk.is_some()),
        (ChannelKind::Feishu, channel.feishu.is_some()),
        (ChannelKind::File, channel.file.is_some()),
    ];
    for (kind, is_given) in given {
        let code = kind.code();
        let cut = file
            .shaped
            .cut
            .iter()
            .any(|cut| cut.starts_with(&format!("/{code}")));
        if kind == channel.kind && !is_given && !cut {
            report
                .error(
                    "missing-section",
                    source.at("/kind"),
                    format!("a channel of kind `{code}` needs a section `{code}:`"),
                )
                .help("docs/plan-format.md lists what belongs into it");
        }
        if kind != channel.kind && is_given {
            report
                .error(
                    "foreign-section",
                    source.key(&format!("/{code}")),
                    format!(
                        "this channel is of kind `{}`, so nothing reads `{code}:`",
                        channel.kind.code()
                    ),
                )
                .help("take the section out, or change `kind`");
        }
    }
}

fn fallback(world: &World<'_>, file: &Read<ChannelDef>, report: &mut Report) {
    let Some(first) = &file.spec().fallback else {
        return;
    };
    let place = || file.source.at("/fallback");
    if world.channel(first).is_none() {
        if world.files.all_channels_read {
            let known = world
                .files
                .channels
                .iter()
                .map(|c| c.spec().channel.as_str());
            report
                .error(
                    "unknown-channel",
                    place(),
                    format!("there is no channel `{}`", short(first)),
                )
                .help_if(suggest(first, known));
        }
        return;
    }
    let mut path = vec![file.spec().channel.as_str()];
    let mut next = Some(first.as_str());
    while let Some(code) = next {
        if path.contains(&code) {
            report
                .error(
                    "fallback-circle",
                    place(),
                    format!(
                        "the fallbacks run in a circle: {} → {code}",
                        path.join(" → ")
                    ),
                )
                .help("a text that no channel takes must end up somewhere: break the circle");
            return;
        }
        path.push(code);
        next = world
            .channel(code)
            .and_then(|channel| channel.fallback.as_deref());
    }
}

fn check_sms(source: &Source, sms: &SmsDef, report: &mut Report) {
    url(source, "/sms/url", &sms.url, report);
    let everything: Vec<&str> = sms
        .fields
        .values()
        .chain(sms.headers.values())
        .chain([&sms.url])
        .map(String::as_str)
        .collect();
    for need in ["{to}", "{text}"] {
        if !everything.iter().any(|value| value.contains(need)) {
            report
                .error(
                    "sms-without-field",
                    source.key("/sms/fields"),
                    format!("no field holds {need}, so the gateway is never told"),
                )
                .help(format!("give some field the value \"{need}\""));
        }
    }
    if sms.secret_env.is_none() && everything.iter().any(|value| value.contains("{secret}")) {
        report
            .error(
                "sms-without-secret",
                source.key("/sms/fields"),
                "a field holds {secret}, but no `secret-env` says where it comes from",
            )
            .help("add `secret-env: NAME_OF_A_VARIABLE`");
    }
    gateways_words(source, sms, report);
    if let Some(probe) = &sms.probe {
        url(source, "/sms/probe/url", &probe.url, report);
        let mut values = probe.fields.values().chain(probe.headers.values());
        if values.any(|value| value.contains("{to}") || value.contains("{text}")) {
            report
                .error(
                    "probe-that-sends",
                    source.key("/sms/probe"),
                    "a probe sends nothing, so it can hold neither {to} nor {text}",
                )
                .help("name the gateway's call for the balance or the state of the account");
        }
    }
}

/// The words by which a gateway's answers are told apart.
fn gateways_words(source: &Source, sms: &SmsDef, report: &mut Report) {
    if let Some(name) = &sms.encoding
        && encoding_rs::Encoding::for_label(name.trim().as_bytes()).is_none()
    {
        report
            .error(
                "unknown-encoding",
                source.at("/sms/encoding"),
                format!("`{}` is no encoding that is known", short(name)),
            )
            .help("write GB18030, GBK, UTF-8 or another name from the WHATWG list");
    }
    let probe = sms.probe.as_ref().map(|probe| &probe.success);
    let tests: [(&str, Option<&AnswerTest>); 5] = [
        ("/sms/success", Some(&sms.success)),
        ("/sms/refused", sms.refused.as_ref()),
        ("/sms/later", sms.later.as_ref()),
        ("/sms/account", sms.account.as_ref()),
        ("/sms/probe/success", probe),
    ];
    for (pointer, test) in tests {
        let Some(test) = test else { continue };
        if test.json_pointer.is_some() != test.equals.is_some() {
            report
                .error(
                    "half-a-test",
                    source.key(pointer),
                    "`json-pointer` and `equals` need each other",
                )
                .help("say both where to look and what must stand there");
        }
        if !pointer.ends_with("success") && test.status.is_empty() && !test.has_words() {
            report
                .error(
                    "empty-test",
                    source.key(pointer),
                    "it says nothing, so it would fit every answer",
                )
                .help("give it `status`, `body-contains`, or `json-pointer` and `equals`");
        }
        let words = [&test.body_contains, &test.equals];
        if words
            .into_iter()
            .flatten()
            .any(|words| words.iter().any(str::is_empty) || words.iter().next().is_none())
        {
            report
                .error(
                    "empty-test",
                    source.key(pointer),
                    "one of its words is empty, or there is none",
                )
                .help("take it out");
        }
    }
}

/// A proxy that can be one, and whose password stands elsewhere.
fn proxy(source: &Source, channel: &ChannelDef, report: &mut Report) {
    let ProxyUse::At(address) = &channel.proxy else {
        return;
    };
    if matches!(
        channel.kind,
        ChannelKind::Email | ChannelKind::File | ChannelKind::Portal
    ) {
        report
            .warning(
                "proxy-without-use",
                source.at("/proxy"),
                format!(
                    "a channel of kind `{}` does not go by a web proxy",
                    channel.kind.code()
                ),
            )
            .help("take it out");
        return;
    }
    let host = address.split("://").nth(1).unwrap_or("");
    let host = host.split(['/', '?', '#']).next().unwrap_or("");
    if host.contains('@') {
        report
            .error(
                "secret-in-file",
                source.at("/proxy"),
                "a password does not belong into a file",
            )
            .help("put `user:password` into a variable and name it in `proxy-auth-env`");
        return;
    }
    url(source, "/proxy", address, report);
}

fn check_robot(source: &Source, name: &str, robot: &RobotDef, report: &mut Report) {
    match (&robot.url, &robot.url_env) {
        (None, None) => report
            .error(
                "missing-key",
                source.key(&format!("/{name}")),
                "neither `url-env` nor `url` says where the robot is",
            )
            .help("add `url-env: NAME_OF_A_VARIABLE`"),
        (Some(address), _) => {
            let pointer = format!("/{name}/url");
            url(source, &pointer, address, report);
            if ["key=", "access_token=", "/hook/"]
                .iter()
                .any(|sign| address.contains(sign))
            {
                report
                    .warning(
                        "secret-in-file",
                        source.at(&pointer),
                        "this address is a secret: whoever has it can post in the group",
                    )
                    .help("put it into an environment variable and name that in `url-env`");
            }
        }
        (None, Some(_)) => {}
    }
}

fn url(source: &Source, pointer: &str, address: &str, report: &mut Report) {
    let good = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))
        .is_some_and(|rest| {
            let host = rest.split(['/', '?', '#']).next().unwrap_or("");
            !host.is_empty() && !host.starts_with(':') && !rest.contains(char::is_whitespace)
        });
    if !good {
        report
            .error(
                "bad-url",
                source.at(pointer),
                format!("`{}` is not an address", short(address)),
            )
            .help("write http://host… or https://host…");
    } else if pointer == "/portal/base-url" && address.ends_with('/') {
        report
            .error(
                "bad-url",
                source.at(pointer),
                "this address ends in a slash; links are made by adding to it",
            )
            .help("take the slash out");
    }
}
