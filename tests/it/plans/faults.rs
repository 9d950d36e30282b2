//! One golden answer per kind of fault: what is said, and at which line and column.

use super::base::Root;

/// Breaks the sound root, and holds everything that is then said to a golden file named after the test.
macro_rules! faults {
    ($($name:ident: $root:expr;)*) => {
        $(
            #[test]
            fn $name() {
                insta::assert_snapshot!(stringify!($name), $root.said());
            }
        )*

        /// Every broken root, by the name of its fault.
        pub fn every() -> Vec<(&'static str, Root)> {
            vec![$((stringify!($name), $root)),*]
        }
    };
}

#[test]
fn the_sound_root_is_sound() {
    for (name, root) in [
        ("sound", Root::sound()),
        ("relaying", Root::relaying()),
        ("answering", Root::answering()),
        ("in both languages", Root::in_both_languages(BOTH)),
    ] {
        assert_eq!(root.said(), "", "{name}");
        assert!(root.read().set.is_some(), "{name}");
    }
}

/// A text that says the same in both languages.
const BOTH: &str = r#"---
title: 停课有关安排的通告
title-en: Closures in {{release.areas-en}}
text-en: |
  Closed in {{closure-areas}} ({{release.areas-en}}) until {{closure-end}}, {{incident.level-en}}. Rain {{rainfall.value}} as of {{rainfall.as-of}}.
  {{#each shelters}}
  - {{this.name}}: {{this.capacity}}
  {{/each}}
  Within 15 km nobody stays outside. Call 0510-0000-1234 or {{release.hotline}}.
---
{{release.areas}}{{closure-areas}}停课至{{closure-end}}，{{incident.level}}响应。雨量{{rainfall}}。
{{#each shelters}}
{{@number}}. {{this.name}}：{{this.capacity}}
{{/each}}
15公里内不得外出。咨询0510-0000-1234或{{release.hotline}}。
"#;

/// The same with one thing otherwise.
fn both_but(old: &str, new: &str) -> Root {
    assert!(BOTH.contains(old), "{old}");
    Root::in_both_languages(&BOTH.replacen(old, new, 1))
}

/// Ten ways in which an English text tells less, or something else.
#[test]
fn an_english_text_tells_the_same() {
    for (old, new) in [
        ("Closed in {{closure-areas}} (", "Closed in ("),
        (" until {{closure-end}},", ","),
        (", {{incident.level-en}}.", "."),
        (" Rain {{rainfall.value}} as of {{rainfall.as-of}}.", ""),
        (" as of {{rainfall.as-of}}", ""),
        (
            "  {{#each shelters}}\n  - {{this.name}}: {{this.capacity}}\n  {{/each}}\n",
            "",
        ),
        (": {{this.capacity}}\n  {{/each}}", "\n  {{/each}}"),
        ("15 km", "20 km"),
        (" or {{release.hotline}}", ""),
        ("0510-0000-1234 or ", ""),
        ("0510-0000-1234 or", "0510-0000-1235 or"),
        (
            "until {{closure-end}},",
            "{{#if rainfall}}until {{closure-end}}{{/if}},",
        ),
    ] {
        let said = both_but(old, new).read().diagnostics;
        assert!(
            said.iter().any(|one| one.code.starts_with("english-")),
            "without {old:?}: {said:?}"
        );
    }
}

/// What is to be called, and the short message beside the short message.
#[test]
fn whoever_reads_english_has_every_number_to_call() {
    let root = |text: &str| {
        Root::in_both_languages(text).edit(
            "plans/events.yaml",
            "common-facts:\n",
            "common-facts:\n  - {fact: claims, label: 理赔咨询电话, type: text}\n",
        )
    };
    let sms = "\nsms: 停课，咨询0510-0000-1234\nsms-en: \"Schools closed. Call 0510-0000-1234\"\ntext-en: |";
    let whole = BOTH
        .replacen("\ntext-en: |", sms, 1)
        .replacen(
            "or {{release.hotline}}",
            "or {{release.hotline}}. Claims: {{claims}}",
            1,
        )
        .replacen(
            "或{{release.hotline}}。",
            "或{{release.hotline}}。理赔{{claims}}",
            1,
        );
    assert_eq!(root(&whole).said(), "");
    for (old, new) in [
        ("closed. Call 0510-0000-1234", "closed."),
        ("closed. Call 0510-0000-1234", "closed. Call 0510-0000-1235"),
        (". Claims: {{claims}}", "."),
    ] {
        assert!(whole.contains(old), "{old}");
        let said = root(&whole.replacen(old, new, 1)).read().diagnostics;
        let is_found = said.iter().any(|one| one.code.starts_with("english-"));
        assert!(is_found, "without {old:?}: {said:?}");
    }
}

faults! {
    // --- files ---
    no_such_root: Root::sound().remove("plans/bodies.yaml").remove("plans/events.yaml");
    folder_without_a_plan: Root::sound().write("plans/empty/note.txt", "");
    stray_files: Root::sound().write("plans/flood.yaml", "a: 1").write("channels/old.yml", "a: 1")
        .write("plans/flood/templates/note.txt", "");
    not_utf_8: Root::sound().write("plans/rules.yaml", b"rules: []\ncitations: []\n# \xB7\xC0\xD1\xB4\n");
    too_large: Root::sound().write("plans/rules.yaml", "# padding\n".repeat(110_000));
    control_characters: Root::sound().plan("title: 防汛", "title: 防\u{8}汛\u{202E}");
    empty_file: Root::sound().write("plans/holidays.yaml", "# later\n");
    no_yaml: Root::sound().plan("areas: [\"320299\"]", "areas: [\"320299\"");
    tab: Root::sound().plan("  sign: leader", "\tsign: leader");
    duplicate_key: Root::sound().plan("revision:", "title: again\nrevision:");
    two_documents: Root::sound().write("plans/holidays.yaml", "holidays: []\n---\nholidays: []\n");

    // --- form ---
    unknown_keys: Root::sound().plan("title: 防汛", "titel: x\ntitle: 防汛").plan("fast: fast\n", "fats: fast\n")
        .plan("effective: {from", "effective: {form: 1, from");
    merge_key: Root::sound().plan("levels:", "<<: {a: 1}\nlevels:");
    missing_keys: Root::sound().plan("body: office\n", "").plan("- item: summary", "- name-en: x");
    wrong_types: Root::sound().plan("areas: [\"320299\"]", "areas: [320299]").plan("content: [situation, hotline]", "content: situation")
        .plan("pre-approved: true", "pre-approved: yes");
    unknown_words: Root::sound().plan("kind: bulletin", "kind: buletin").plan("of: known", "of: arrival")
        .edit("channels/sms.yaml", "kind: sms", "kind: smss");
    bad_times: Root::sound().plan("within: 1h", "within: 1 hour").plan("from: 2026-05-01", "from: 2026-02-30")
        .plan("Asia/Shanghai", "Asia/Shanghia").plan("\"0 8,17 * * *\"", "\"0 8,17 * *\"").plan("valid-for: 24h", "valid-for: 30m1h");
    bad_area: Root::sound().plan("areas: [\"320299\"]", "areas: [\"3202\"]");
    bad_choice_of_audience: Root::sound().plan("areas: incident", "areas: incidents").plan("channels: [portal]", "audience: evryone\n        channels: [portal]");
    nothing_listed: Root::sound().plan("channels: [portal]", "channels: []");
    empty_value: Root::sound().plan("title: 防汛信息公开方案", "title:");

    // --- names ---
    unknown_body_and_event: Root::sound().plan("body: office", "body: offcie").plan("event: flood", "event: floods");
    unknown_places: Root::sound().plan("areas: [\"320299\"]", "areas: [\"320299\", \"320298\"]");
    unknown_posts: Root::sound().plan("sign: [head, leader]", "sign: [haed, goverment/mayor]").plan("confirm: head", "confirm: government/leader");
    unknown_channels: Root::sound().plan("channels: [portal, sms]", "channels: [portal, smss, portal]").edit("channels/sms.yaml", "fallback: mail", "fallback: mial");
    unknown_routes: Root::sound().plan("route: ordinary\n        fast: fast", "route: ordnary\n        fast: ordinary");
    unknown_templates: Root::sound().plan("template: situation", "template: situations").template("response-notice", "{{> contact}}", "{{> contcat}}");
    unknown_citation: Root::sound().plan("basis: [law-72]", "basis: [law-27]");
    unknown_items: Root::sound().plan("drop: [closure-lifted]", "drop: [closure-lift]").plan("lifts: [closure, response-notice]", "lifts: [closure, termination, respones-notice]");
    subject_of_another: Root::sound().plan("subject: flood-situation", "subject: flood-situatoin");
    malformed_codes: Root::sound().plan("item: questions", "item: Q_A").edit("plans/bodies.yaml", "post: duty,", "post: Duty,");
    names_that_do_not_match: Root::sound().plan("plan: flood", "plan: floods").edit("channels/mail.yaml", "channel: mail", "channel: post")
        .edit("channels/sms.yaml", "fallback: mail", "fallback: post");

    // --- bodies, events, channels ---
    bodies_twice: Root::sound().edit("plans/bodies.yaml", "- body: government", "- body: office").edit("plans/bodies.yaml", "320299100", "320299")
        .edit("plans/bodies.yaml", "deputy: leader}", "deputy: duty}").plan("sign: [head", "sign: [duty");
    unknown_rights: Root::sound().edit("plans/bodies.yaml", "rights: [audit]", "rights: [audti]");
    no_rights_at_all: Root::sound().edit("plans/bodies.yaml", ", rights: [declare, switch-channels, contacts, direct-drills]", "")
        .edit("plans/bodies.yaml", ", rights: [audit]", "").edit("plans/bodies.yaml", ", rights: [administer]", "");
    nobody_administers: Root::sound().edit("plans/bodies.yaml", "rights: [administer]", "rights: []");
    nobody_declares_and_nobody_audits: Root::sound().edit("plans/bodies.yaml", "declare, switch", "switch")
        .edit("plans/bodies.yaml", "rights: [audit]", "rights: []")
        .edit("plans/bodies.yaml", "confirm:", "  - body: other\n    name: 别处\n    posts: [{post: clerk, name: 科员, sign-within: 5m, rights: [declare]}]\nconfirm:");
    duties_in_one_hand: Root::sound().edit("plans/bodies.yaml", "rights: [administer]", "rights: [administer, audit]");
    second_persons_that_are_not: Root::sound().edit("plans/bodies.yaml", "post: government/mayor", "plans: [floood], post: government/major")
        .edit("plans/bodies.yaml", "act: raise-to-i", "act: raise-to-ii");
    second_persons_of_nothing: Root::sound().edit("plans/bodies.yaml", "post: government/mayor", "plans: [floood], post: government/major");
    second_persons_without_time: Root::sound().edit("plans/bodies.yaml", "within: 30m", "within: 0m");
    second_persons_of_yesterday: Root::sound().edit("plans/bodies.yaml", "within: 30m", "within: -5m");
    facts_that_cannot_be: Root::sound().edit("plans/events.yaml", "fact: colour", "fact: incident").edit("plans/events.yaml", ", choices: [红色, 橙色]", "")
        .edit("plans/events.yaml", "fact: situation, label: 情况, type: text", "fact: situation, label: 情况, type: text, unit: 米, columns: []")
        .edit("plans/events.yaml", "column: capacity", "column: name");
    bounds_that_cannot_be: Root::sound().edit("plans/events.yaml", "common-facts:\n", "common-facts:\n  - {fact: begins, label: 开始, type: time}\n  - {fact: ends, label: 结束, type: time, lies: ahead, after: nowhere}\n  - {fact: part, label: 其中, type: integer, lies: behind, at-most: begins}\n  - {fact: halls, label: 安置点, type: text, place: true, several: true}\n");
    channels_that_cannot_be: Root::sound().edit("channels/portal.yaml", "8080", "8080/").edit("channels/mail.yaml", "fabu@shili.invalid", "shili.invalid")
        .edit("channels/sms.yaml", "text: \"{text}\"", "key: \"{secret}\"").edit("channels/mail.yaml", "kind: email", "kind: email\nfallback: sms\ntimeout: 0s")
        .edit("channels/sms.yaml", "url: http://127.0.0.1:13013/send", "url: gateway");
    answers_that_say_nothing: Root::sound().edit("channels/sms.yaml", "kind: sms", "kind: sms\nproxy: http://user:secret@proxy.invalid:3128")
        .edit("channels/mail.yaml", "kind: email", "kind: email\nproxy: http://proxy.invalid:3128")
        .edit("channels/sms.yaml", "  url: http://127.0.0.1:13013/send", "  url: http://127.0.0.1:13013/send\n  encoding: GB9\n  refused: {}\n  later: {json-pointer: /code}\n  account: {body-contains: [\"\"]}\n  probe: {url: \"http://127.0.0.1:13013/balance\", fields: {to: \"{to}\"}}");
    receipts_that_can_never_match: Root::sound().edit("channels/sms.yaml", "  signature:", "  receipts: {base-url: \"http://fabu.your-city.gov.cn\", secret-env: S, within: 1s, key: id, id: msgid, state: type, delivered: [\"1\"], failed: [\"2\", \"1\"], unknown: []}\n  signature:");
    receipts_named_half: Root::sound().edit("plans/bodies.yaml", "example: true\n", "").edit("channels/sms.yaml", "  signature:", "  receipts: {base-url: \"http://fabu.your-city.gov.cn\", secret-env: S, within: 2h, id: msgid, id-pointer: data/id, state: type, delivered: [\"1\"], failed: [\"2\"]}\n  signature:");
    channel_without_its_section: Root::sound().edit("channels/mail.yaml", "kind: email", "kind: wecom");
    robot_with_a_secret: Root::sound().write("channels/group.yaml", "channel: group\nname: 群\nkind: wecom\nwecom: {url: \"https://example.invalid/send?key=1\"}\n")
        .write("channels/robot.yaml", "channel: robot\nname: 群\nkind: feishu\nfeishu: {mention-all: true}\n");
    channel_switched_off: Root::sound().edit("channels/sms.yaml", "kind: sms", "kind: sms\nenabled: false");
    audience_of_nobody: Root::sound().edit("channels/mail.yaml", "kind: email", "kind: email\naudience: {groups: []}")
        .plan("{areas: incident, groups: [danger-zone]}", "{areas: [\"320298\"]}");

    // --- items ---
    item_without_its_keys: Root::sound().plan("        kind: summary\n        template: ended\n        channels: [portal]\n        due: {within: 20d, of: termination, calendar: working-day}\n        route: ordinary\n", "");
    item_twice: Root::sound().plan("- item: closure\n", "- item: closure\n        name: x\n      - item: closure\n");
    strange_interpretation: Root::sound().plan("          template: questions", "          kind: notice\n          repeat: {every: 6h}\n          interpretation: {item: deeper, name: x, template: questions, due: {within: 5h, of: publication}}\n          template: questions");
    two_rhythms: Root::sound().plan("repeat: {every: 6h}", "repeat: {every: 6h, cron: \"0 8 * * *\"}").plan("kind: summary", "kind: correction");
    lifts_nothing: Root::sound().plan("lifts: [closure]", "lifts: []");
    bad_inherit: Root::sound().plan("inherit: IV", "inherit: II");

    // --- levels ---
    no_activation_notice: Root::sound().plan("        role: activation
", "");
    no_end_no_corrections: Root::sound().cut("plans/flood/plan.yaml", "  end:").plan("corrections:", "correction:");
    end_without_a_notice: Root::sound().plan("role: termination", "role: lifting");
    missing_levels: Root::sound().plan("  I:\n    inherit: II\n    items: []\n", "");
    never_lifted: Root::sound().plan("lifts: [closure, response-notice]", "lifts: [response-notice]");
    restriction_lapses_when_the_level_falls: Root::sound().plan("  I:\n    inherit: II\n    items: []", "  I:\n    inherit: II\n    drop: [closure]\n    items:\n      - item: curfew\n        name: 宵禁\n        kind: notice\n        template: lifted\n        channels: [portal]\n        due: {within: 30m, of: activation}\n        route: ordinary").plan("lifts: [closure]", "lifts: [closure, curfew]").plan("lifts: [closure, response-notice]", "lifts: [closure, response-notice, curfew]");

    // --- deadlines ---
    slower_when_higher: Root::sound().plan("due: {within: 40m, of: activation}", "due: {within: 90m, of: activation}").plan("repeat: {every: 6h}", "repeat: {every: 13h}");
    shorter_than_its_route: Root::sound().plan("sign: [head, leader]", "sign: [head, leader, government/mayor]").plan("{within: 40m, of: activation}", "{within: 4m, of: activation}");
    only_the_fast_route_is_in_time: Root::sound().plan("{within: 40m, of: activation}", "{within: 10m, of: activation}");
    second_signatures_in_no_time: Root::sound().plan("countersign-within: 2h", "countersign-within: 14m").plan("confirm-within: 10m", "confirm-within: 9m");
    rhythm_shorter_than_its_route: Root::sound().plan("repeat: {every: 6h}", "repeat: {every: 10m}");
    anchors_that_never_come: Root::sound().plan("of: occurrence", "of: publication").plan("within: 4h, of: publication", "within: 4h, of: occurrence")
        .plan("{within: 30m, of: activation}", "[{within: 30m, of: termination}, {within: 40m, of: request}]").plan("{within: 1h, of: termination}", "{within: 1h, of: activation}");
    first_release_without_a_deadline: Root::sound().plan("          - {within: 5h, of: known}\n", "");
    on_demand_without_request: Root::sound().plan("        repeat: {cron: \"0 8,17 * * *\"}\n        due: {within: 30m, of: occurrence}", "        on-demand: true\n        due: {within: 30m, of: activation}");
    no_deadline: Root::sound().plan("        due: {within: 1h, of: level-change}\n", "");
    cron_that_never_fires: Root::sound().plan("0 8,17 * * *", "0 8 30 2 *");
    expires_before_the_next: Root::sound().plan("        valid-for: 24h\n      - item: closure-lifted", "        valid-for: 5h\n      - item: closure-lifted");
    working_days_without_calendar: Root::sound().remove("plans/holidays.yaml").plan("within: 20d", "within: 36h");

    // --- routes ---
    fast_routes: Root::sound().plan(", countersign: ordinary, countersign-within: 2h", "").plan("ordinary: {sign: [head, leader]}", "ordinary: {sign: [head, head], countersign: fast}").plan("confirm: head", "confirm: leader");

    // --- rules ---
    rules_broken: Root::sound().plan("{within: 5h, of: known}", "{within: 6h, of: known}").plan("content: [situation, hotline]", "content: [situation]").plan("subject: advisory", "subject: weather-signal");
    rules_that_cannot_be: Root::sound().edit("plans/rules.yaml", "demand: {only-by: {subject: weather-signal, bodies: [government]}}", "demand: {}\n    applies: {events: [fire]}\n  - rule: signals\n    name: x\n    demand: {only-by: {subject: x, bodies: [fire]}}");
    more_first_texts_than_people_can_write: Root::sound().rule("first", "{load: {of: first-texts, most: 1, within: 40m}}");
    more_short_messages_than_people_read: Root::sound().plan("channels: [portal, {channel: sms, audience: {areas: incident, groups: [danger-zone]}}]", "channels: [portal, sms]")
        .rule("sms", "{load: {of: whole-area-sms, most: 1, within: 1h}}");
    more_texts_than_leaders_sign: Root::sound().edit("plans/bodies.yaml", "post: leader,", "post: leader, rank: leader,").rule("leaders", "{load: {of: leader-texts, most: 4, within: 24h}}");
    more_texts_than_offices_sign: Root::sound().edit("plans/bodies.yaml", "post: leader,", "post: leader, rank: staff,").rule("offices", "{load: {of: office-texts, most: 4, within: 24h}}");
    signers_of_no_rank: Root::sound().rule("leaders", "{load: {of: leader-texts, most: 40, within: 24h}}");
    explanations_that_a_leader_may_send_at_once: Root::sound().edit("plans/bodies.yaml", "post: leader,", "post: leader, rank: leader,").edit("plans/bodies.yaml", "post: head,", "post: head, rank: staff,")
        .plan("  fast: {", "  explain: {sign: [head]}\n  fast: {").plan("          template: questions", "          route: explain\n          fast: fast\n          template: questions").rule("explained", "{not-signed-by: {kinds: [interpretation], rank: leader}}");
    more_short_messages_after_a_raise: Root::sound().plan("      - item: closure\n        name: 停课通告\n        kind: notice\n        template: lifted\n        channels: [portal, sms]\n        due: {within: 30m, of: activation}", "      - item: closure\n        name: 停课通告\n        kind: notice\n        template: lifted\n        channels: [portal, sms]\n        due: {within: 30m, of: level-change}").rule("sms", "{load: {of: whole-area-sms, most: 0, within: 1h}}");
    more_texts_at_the_end_than_people_can_write: Root::sound().plan("within: 20d, of: termination, calendar: working-day", "within: 30m, of: termination").rule("first", "{load: {of: first-texts, most: 1, within: 1h}}").edit("plans/rules.yaml", "    demand: {load", "    applies: {levels: [end]}\n    demand: {load");
    explanations_that_a_leader_signs: Root::sound().edit("plans/bodies.yaml", "post: leader,", "post: leader, rank: leader,").rule("explained", "{not-signed-by: {kinds: [interpretation], rank: leader}}");
    short_message_without_its_elements: Root::sound().edit("channels/sms.yaml", "  signature: 示例市\n", "").template("response-notice", "，咨询{{release.hotline}}", "")
        .rule("says", "{sms: {says: [who, where, telephone], as-of: false, link: 24}}");
    short_message_with_an_as_of_time: Root::sound().template("response-notice", "咨询{{release.hotline}}", "{{rainfall}}，截至今日")
        .rule("says", "{sms: {says: [who], as-of: false}}");
    short_message_with_a_long_link: Root::sound().template("response-notice", "咨询{{release.hotline}}", "见{{release.link}}").rule("says", "{sms: {link: 24}}");
    short_message_too_long_with_its_values: Root::sound().edit("plans/events.yaml", "fact: situation, label: 情况, type: text", "fact: situation, label: 情况, type: text, max: 40")
        .template("response-notice", "咨询{{release.hotline}}", "{{situation}}咨询{{release.hotline}}").rule("fits", "{sms: {subjects: [advisory], most: 70}}");
    short_message_of_any_length: Root::sound().template("response-notice", "咨询{{release.hotline}}", "{{situation}}咨询{{release.hotline}}").rule("fits", "{sms: {most: 134}}");
    short_message_without_a_time: Root::sound().rule("says", "{sms: {says: [when]}}");
    telephone_that_is_a_measure: Root::sound().template("response-notice", "咨询{{release.hotline}}", "水深200厘米，转移12345人").rule("says", "{sms: {says: [telephone]}}");
    place_that_is_the_name_of_an_organ: Root::sound().edit("plans/bodies.yaml", "name: 防汛办\n", "name: 示例市防汛办\n").template("response-notice", "sms: 启动", "sms: 示例市防汛办启动").rule("says", "{sms: {says: [where]}}");
    place_that_is_said_sometimes: Root::sound().template("response-notice", "sms: 启动", "sms: '{{#if situation}}{{release.areas}}{{/if}}启动").template("response-notice", "咨询{{release.hotline}}。", "咨询{{release.hotline}}。'").rule("says", "{sms: {says: [where]}}");
    short_message_for_three_places: Root::sound().template("response-notice", "sms: 启动", "sms: \"{{release.areas}}启动").template("response-notice", "咨询{{release.hotline}}。", "咨询{{release.hotline}}。\"").rule("fits", "{sms: {subjects: [advisory], most: 36}}");
    short_message_for_ordered_places: Root::sound().edit("plans/events.yaml", "common-facts:\n", "common-facts:\n  - {fact: closure-areas, label: 范围, type: text, place: true, max: 2}\n")
        .plan("        channels: [portal, sms]\n        due: {within: 30m, of: activation}", "        channels: [portal, sms]\n        when: decided\n        places-facts: [closure-areas]\n        due: {within: 30m, of: request}")
        .template("lifted", "title: 停课有关安排的通告", "title: 停课有关安排的通告\nsms: \"停课：{{closure-areas}}\"").rule("fits", "{sms: {most: 12}}");
    short_message_of_a_month: Root::sound().template("response-notice", "咨询{{release.hotline}}", "预计{{incident.expected-duration}}").rule("fits", "{sms: {subjects: [advisory], most: 26}}");
    english_short_message_of_four_parts: Root::sound().template("response-notice", "\n---\n{{situation}}", "\nsms-en: \"Response {{incident.level-en}} in {{release.areas-en}}: stay at home and keep away from rivers.\"\n---\n{{situation}}").rule("fits", "{sms: {most: 134, most-en: 60, says: [telephone]}}");
    corrections_of_any_length: Root::sound().template("correction", "title: 关于{{original.title}}的更正", "title: 关于{{original.title}}的更正\nsms: \"更正{{original.title}}：{{situation}}\"").rule("fits", "{sms: {most: 134}}");
    withdrawals_of_too_many_parts: Root::sound().template("response-notice", "title: 启动防汛", &format!("title: {}启动防汛", "关于防汛".repeat(20))).rule("fits", "{sms: {most: 134}}");
    concerns_of_nobody: Root::sound().rule("watched", "{concern: {sources: [hotline, village], within: 4h}}")
        .plan("  III:\n    inherit: IV\n", "    concerns:\n      - {source: hotline, watch: [duty], answer: leader, within: 24h, route: ordinary, channels: [portal]}\n  III:\n    inherit: IV\n    concerns: [{source: hotline, within: 1h}]\n");
    concerns_that_cannot_be: Root::sound().plan("  III:\n    inherit: IV\n", "    concerns:\n      - {source: hotline, watch: [duyt], answer: government/mayr, within: 10m, route: ordinary, channels: [sms, smss]}\n      - {source: hotline, within: 1h}\n      - {source: village, route: ordnary, within: 2h}\n  III:\n    inherit: IV\n");
    superior_without_a_relay: Root::sound().plan("levels:\n", "speaker: {by: colour, superior: [红色, 白色], relay: superior-release}\nlevels:\n");
    superior_of_no_grade: Root::sound().plan("levels:\n", "speaker: {by: rainfall, superior: [红色], relay: situation}\nlevels:\n");
    relay_that_takes_nothing_over: Root::sound().plan("levels:\n", "speaker: {by: colour, superior: [红色], relay: situation}\nlevels:\n");
    takes_over_without_a_superior: Root::sound().plan("        kind: bulletin\n", "        kind: bulletin\n        takes-over: [closure]\n");
    relay_of_its_own_accord: Root::sound().plan("levels:\n", "speaker: {by: colour, superior: [红色], relay: situation}\nlevels:\n")
        .plan("        kind: bulletin\n", "        kind: bulletin\n        takes-over: [closure]\n");
    relay_that_takes_over_what_is_not_there: Root::sound().plan("        kind: bulletin\n", "        kind: bulletin\n        takes-over: [situation, clsoure, closure]\n");
    relay_that_nothing_lifts: Root::relaying().plan(", relay]", "]");
    relay_made_after_the_end: Root::relaying().plan("      - item: summary\n", "      - item: relay\n        name: 转发\n        kind: bulletin\n        document: relay\n        template: relay\n        channels: [portal]\n        on-demand: true\n        due: {within: 1h, of: request}\n        route: ordinary\n        takes-over: [situation]\n      - item: summary\n");
    relay_in_its_own_words: Root::relaying().template("relay", "：“{{superior-content}}”", "新的情况").template("relay", "{{superior-time}}发布", "{{#if situation}}{{superior-time}}{{/if}}发布").template("relay", "From {{superior-command}}", "From the province");
    relay_of_facts_that_are_none: Root::relaying().plan("relay: relay}", "relay: relay, words: superior-contnet, time: superior-command}");
    answers_later_than_promised: Root::answering().plan("        on-demand: true\n      - item: situation\n", "        on-demand: true\n        due: {within: 90m, of: request}\n      - item: situation\n");
    answered_by_who_does_not_sign: Root::answering().plan("answer: head, within: 2h", "answer: duty, within: 2h");
    watched_twice_by_one_post: Root::answering().plan("watch: [duty], answer: head, within: 2h, route: ordinary, channels: [portal]", "watch: [duty, head, office/duty], answer: head, within: 2h, route: ordinary, channels: [portal, portal]");
    concerns_that_nothing_answers: Root::answering().plan("  end:\n", "  end:\n    concerns:\n      - {source: hotline, watch: [duty], answer: head, within: 1h, route: ordinary, channels: [portal]}\n")
        .plan("      - item: answer\n        name: 回应\n        kind: refutation", "      - item: answer\n        name: 回应\n        kind: advisory\n        channels: [portal]\n        route: ordinary\n        due: {within: 1h, of: request}");
    way_of_a_second_source: Root::answering().plan("within: 2h, route: ordinary, channels: [portal]", "within: 2h, route: fast, channels: [portal, {channel: sms, audience: {areas: [\"320298\"]}}]").rule("says", "{sms: {says: [telephone]}}");
    answers_that_a_leader_signs: Root::answering().edit("plans/bodies.yaml", "post: leader,", "post: leader, rank: leader,").edit("plans/bodies.yaml", "post: head,", "post: head, rank: staff,").rule("explained", "{not-signed-by: {kinds: [refutation], rank: leader}}");
    holding_without_limit_or_sense: Root::sound().plan("        kind: bulletin\n", "        kind: bulletin\n        held: {fact: rainfal, announced-by: notice, announced-for: rainfall, text-within: 10m, transcript: closure-lifted}\n")
        .plan("        due: {within: 30m, of: occurrence}\n", "");
    holding_that_no_level_demands: Root::sound().rule("held", "{item: {kinds: [bulletin], held: true, due-within: 24h, due-of: known}}");
    graded_by_nobody: Root::sound().plan("        kind: bulletin\n", "        kind: bulletin\n        from-grade: serious\n").plan("        role: activation\n", "        role: activation\n        from-grade: considerable\n");
    too_late_for_a_grade: Root::sound().edit("plans/events.yaml", "common-facts:\n", "common-facts:\n  - {fact: incident-grade, label: 事件等级, type: choice, choices: [特别重大, 重大, 较大, 一般]}\n")
        .rule("graded", "{item: {kinds: [bulletin], due-within: 5h, due-of: known}}\n    applies: {grades: [particularly-serious, serious], levels: [II]}");
    grade_that_no_item_is_asked_for: Root::sound().rule("graded", "{content: {kinds: [bulletin], elements: [situation]}}\n    applies: {grades: [serious], levels: [end]}");
    concerns_found_nowhere: Root::sound().plan("  III:\n    inherit: IV\n", "    concerns: [{source: gossip}]\n  III:\n    inherit: IV\n");
    citations_out_of_force: Root::sound().plan("basis: [law-72]", "basis: [old-law, next-law]").edit("plans/rules.yaml", "basis: [law-72]", "basis: [old-law]");
    articles_that_are_none: Root::sound().edit("plans/rules.yaml", "第七十二条", "第一百零七条").edit("plans/rules.yaml", "document: 旧法", "document: 旧法, article: 第零条");
    checked_on_no_day: Root::sound().edit("plans/rules.yaml", "checked: text, checked-on: 2026-05-01", "checked: text");
    articles_that_cannot_be_read: Root::sound().edit("plans/rules.yaml", "第七十二条", "第七十二").edit("plans/rules.yaml", "document: 旧法", "document: 旧法, article: 第几条");
    article_put_in_between: Root::sound().edit("plans/rules.yaml", "第七十二条", "第七十二条之三第一款");
    two_versions_of_one_law: Root::sound().edit("plans/rules.yaml", "document: 应对法", "document: 应对法（2024年修订）").edit("plans/rules.yaml", "document: 旧法, from: 2007-11-01, to: 2024-10-31", "document: 应对法（2007年）, from: 2007-11-01, to: 2024-11-01").edit("plans/rules.yaml", "document: 新法", "document: 新法（2062年）");
    one_law_with_two_beginnings: Root::sound().edit("plans/rules.yaml", "document: 新法, from: 2027-01-01", "document: 应对法, from: 2024-01-01, article: 第一条");
    law_in_a_text: Root::sound().template("ended", "{{incident.ended-at}}", "依据《旧法》《新法》第三条、《中华人民共和国应对法》第一百零七条、《防洪法》第七条，{{incident.ended-at}}");
    measure_that_is_asked_for: Root::sound().plan("        channels: [portal, sms]\n        due: {within: 30m, of: activation}", "        channels: [portal, sms]\n        on-demand: true\n        due: {within: 30m, of: request}");
    measure_by_another_name: Root::sound().rule("decided", "{decided: {subjects: [flood-situation]}}").plan("        kind: notice\n        template: lifted\n        channels: [portal, sms]\n        due: {within: 30m, of: activation}", "        kind: advisory\n        subject: flood-situation\n        template: lifted\n        channels: [portal, sms]\n        on-demand: true\n        lifts: [response-notice]\n        due: {within: 30m, of: request}");
    unchecked_citation: Root::sound().edit("plans/rules.yaml", ", checked: text, checked-on: 2026-05-01", "");
    review_overdue: Root::sound().plan("review-by: 2027-04-30", "review-by: 2026-11-22");

    // --- templates ---
    template_syntax: Root::sound().template("situation", "{{/if}}", "").template("lifted", "title: 停课", "titel: 停课").template("ended", "{{incident.ended-at}}", "{{{incident.ended-at}}}{{lookup a b}}");
    unknown_facts: Root::sound().template("response-notice", "{{rainfall}}", "{{rainfal}}{{#if colur}}x{{/if}}{{#each shelter}}x{{/each}}").template("response-notice", "this.capacity", "this.capacty").template("response-notice", "incident.level}}应急响应\n", "incident.levle}}应急响应\n");
    facts_used_wrongly: Root::sound().template("response-notice", "{{rainfall}}", "{{shelters}}{{#each rainfall}}x{{/each}}{{this.name}}");
    place_without_english_name: Root::in_both_languages(BOTH).edit("plans/bodies.yaml", ", name-en: Chengguan Town", "").edit("plans/bodies.yaml", ", name-en: Shili City", "");
    partials: Root::sound().template("contact", "咨询", "{{> contact}}咨询").template("lifted", "{{situation}}", "{{> ended}}").write("plans/flood/templates/spare.hbs", "x").plan("template: questions", "template: contact");
    inline_partial: Root::sound().template("lifted", "{{situation}}", "{{#*inline \"x\"}}a{{/inline}}");
    number_without_its_time: Root::sound().template("situation", "，截至{{rainfall.as-of}}", "");
    texts_that_wait_for_ever: Root::sound().template("lifted", "{{situation}}", "{{original.title}}{{incident.ended-at}}{{release.next-update}}{{#if incident.end-reason}}{{incident.end-reason}}{{/if}}").template("questions", "{{situation}}", "{{original.reason}}").template("response-notice", "{{situation}}", "{{incident.previous-level}}").edit("plans/bodies.yaml", "    hotline: 0510-0000-1234\n", "");
    corrections_that_may_be_refused: Root::sound().template("correction", "{{#if original.reason}}", "{{original.document-number}}{{original.reason}}{{incident.end-reason}}{{#if original.reason}}");
    words_that_no_text_says: Root::sound().rule("words", "{wording: {says: [终止], instead: 写解除, instead-en: write 解除}}");
    words_at_a_level: Root::sound().template("response-notice", "{{situation}}雨量", "{{#if (eq incident.level \"四级\")}}马上转移。{{else}}马上转移。{{/if}}\n{{situation}}雨量").rule("early", "{wording: {says: [马上转移], instead: 按级别写}}\n    applies: {levels: [IV]}");
    words_where_a_fact_is_nothing: Root::sound().template("ended", "{{incident.ended-at}}终止。", "{{incident.ended-at}}终止。\n{{#if rainfall}}雨很大。{{/if}}\n{{#if (ne rainfall 0)}}雨很大。{{/if}}").rule("rain", "{wording: {says: [雨很大], given: {rainfall: \"0\"}, instead: 加条件}}");
    words_beside_others: Root::sound().template("situation", "下次发布时间", "将及时发布，下次发布时间").template("ended", "终止。", "终止，将及时发布。").rule("when", "{wording: {says: [将及时发布], unless: [\"{{release.next-update}}\"], instead: 写明时间}}");
    wording_of_no_fact: Root::sound().rule("words", "{wording: {says: [没有这话], given: {rainfal: \"0\"}, instead: 写解除}}");
    documents_out_of_form: Root::sound().rule("form", "{document: {documents: [notice], title-ends: [通告], text-ends: [特此通告。]}}");
    titles_of_another_kind: Root::sound().template("situation", "title: 汛情通报（{{release.number}}）", "title: 汛情{{#if rainfall}}通报{{else}}公告{{/if}}").rule("title", "{document: {documents: [bulletin], title-never-ends: [通告, 公告]}}");
    article_about_something_else: Root::sound().rule("grounds", "{grounds: {basis: [law-72], subjects: [flood-situation]}}");
    doubled_marks: Root::sound().template("situation", "title: 汛情通报", "title: 汛情，，通报").template("situation", "。{{/if}}", "。{{/if}}。");
    sms_too_long: Root::sound().template("response-notice", "咨询{{release.hotline}}", &"请立即转移".repeat(30));
    sms_refused: Root::sound().edit("channels/sms.yaml", "max-parts: 2", "when-long: refuse").template("response-notice", "咨询{{release.hotline}}", &"请立即转移".repeat(13));
}

#[test]
fn a_fault_that_many_levels_inherit_is_said_once() {
    let said = Root::sound()
        .plan(
            "channels: [portal, {channel: sms",
            "channels: [portal, {channel: smss",
        )
        .read()
        .diagnostics;
    assert_eq!(said.len(), 1, "{said:?}");
}

#[test]
fn one_slip_does_not_hide_the_others() {
    let said = Root::sound()
        .plan("fast: fast\n", "fats: fast\n")
        .plan("template: situation", "template: situations")
        .plan(
            "{within: 40m, of: activation}",
            "{within: 90m, of: activation}",
        )
        .read()
        .diagnostics;
    let mut codes: Vec<&str> = said.iter().map(|d| d.code).collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "slower-when-higher",
            "unknown-key",
            "unknown-template",
            "unused-template"
        ]
    );
}

#[test]
fn a_broken_file_is_blamed_alone() {
    let said = Root::sound()
        .write("plans/bodies.yaml", "bodies: [\n")
        .read()
        .diagnostics;
    let files: Vec<&str> = said
        .iter()
        .map(|d| d.place.file.rsplit('/').next().expect("a name"))
        .collect();
    assert_eq!(files, ["bodies.yaml"], "{said:?}");
}
