//! What a plan says that would go wrong on the night: holes in texts, rules that are misread, calendars that end,
//! addresses that lead nowhere.

use fabu::plan::diagnostic::{Diagnostic, Severity};

use super::base::Root;

/// What is said beyond what the sound root says, which is nothing.
fn said(root: &Root) -> Vec<Diagnostic> {
    root.read().diagnostics
}

fn only(root: &Root, code: &str) -> Diagnostic {
    let all = said(root);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0].code, code, "{all:?}");
    all[0].clone()
}

#[test]
fn a_look_alike_of_a_fact_is_an_error_with_its_place_and_what_to_write() {
    for mark in [
        "｛｛situation｝｝",
        "｛situation｝",
        "{situation}",
        "{ {situation} }",
        "${situation}",
        "%situation%",
        "[[situation]]",
        "<situation>",
        "《situation》",
        "【situation】",
        "｛{situation}｝",
    ] {
        let root = Root::sound().template(
            "lifted",
            "{{situation}}",
            &format!("{{{{situation}}}}\n原因：{mark}。"),
        );
        let told = only(&root, "placeholder-look-alike");
        assert_eq!(told.severity, Severity::Error);
        assert!(told.place.file.ends_with("lifted.hbs"), "{told:?}");
        assert_eq!((told.place.line, told.place.column), (5, 4), "{mark}");
        assert!(
            told.help
                .as_ref()
                .unwrap()
                .to_string()
                .contains("`{{situation}}`"),
            "{told:?}"
        );
    }
    // In the head as well, and by the label that people know.
    let root = Root::sound().template("lifted", "title: 停课", "title: ｛｛雨量｝｝停课");
    let told = only(&root, "placeholder-look-alike");
    assert_eq!((told.place.line, told.place.column), (2, 8));
    assert!(told.help.unwrap().to_string().contains("`{{rainfall}}`"));
}

#[test]
fn a_text_left_for_later_is_told_from_one_that_may_be_meant() {
    for words in [
        "【待补充】",
        "XX月XX日",
        "死亡X人",
        "____",
        "TODO",
        "（此处填写原因）",
        "2026年  月  日",
        "○○县",
        "[insert date]",
        "将于XX日8时恢复",
        "位于XX镇",
        "水位高X米",
        "沿江××路",
        "转移安置万××人",
        "G××高速",
        "20XX年",
        "第X号",
        "死亡N人",
        "——月——日",
        "2026年月日",
        "0510-8888XXXX",
    ] {
        let root = Root::sound().template(
            "lifted",
            "{{situation}}",
            &format!("{{{{situation}}}}{words}"),
        );
        let told = said(&root);
        assert!(
            !told.is_empty()
                && told
                    .iter()
                    .all(|one| one.code == "left-for-later" && one.severity == Severity::Error),
            "{words}: {told:?}"
        );
    }
    for words in [
        "某某路",
        "死亡……人",
        "（rainfall）",
        "“rainfall”",
        "【雨量】",
        "死亡?人",
    ] {
        let root = Root::sound().template(
            "lifted",
            "{{situation}}",
            &format!("{{{{situation}}}}{words}"),
        );
        assert_eq!(
            only(&root, "perhaps-unfinished").severity,
            Severity::Warning
        );
    }
    let comment = Root::sound()
        .template("lifted", "title:", "# TODO: shorten\ntitle:")
        .template("lifted", "{{situation}}", "{{situation}}{{!-- TODO --}}");
    assert_eq!(said(&comment), []);
    let said_as_it_is = Root::sound().template(
        "lifted",
        "{{situation}}",
        "{{situation}}患者施××痊愈，见《GB29639-2020》，今年11月 日均供水3万吨",
    );
    assert_eq!(said(&said_as_it_is), []);
    let hotline = Root::sound().edit("plans/bodies.yaml", "0510-0000-1234", "0510-8888XXXX");
    assert!(
        said(&hotline)
            .iter()
            .any(|one| one.code == "left-for-later" && one.place.file.ends_with("bodies.yaml")),
        "{:?}",
        said(&hotline)
    );
    let field = Root::sound().edit("plans/bodies.yaml", "name: 防汛办", "name: XX市防汛办");
    let told = said(&field);
    assert!(
        told.iter().any(|one| one.code == "left-for-later"
            && one.place.file.ends_with("bodies.yaml")
            && one.place.line == 7),
        "{told:?}"
    );
}

#[test]
fn a_call_to_everybody_in_a_template_is_named() {
    let root = Root::sound().template("lifted", "{{situation}}", "{{situation}}@所有人");
    assert_eq!(only(&root, "mentions-everybody").place.line, 4);
}

#[test]
fn rules_that_crontab_users_misread_are_explained() {
    for (rule, code, severity) in [
        ("0 8 1 * 1", "cron-either-day", Severity::Warning),
        ("0 */7 * * *", "cron-uneven", Severity::Warning),
        ("0 8 31 * *", "cron-skips-months", Severity::Warning),
        ("0 */36 * * *", "cron-overlong-step", Severity::Error),
        ("0 8 31 2 *", "cron-never-fires", Severity::Error),
    ] {
        let root = Root::sound().plan("\"0 8,17 * * *\"", &format!("\"{rule}\""));
        let told = said(&root);
        let found = told
            .iter()
            .find(|one| one.code == code)
            .unwrap_or_else(|| panic!("{rule}: {told:?}"));
        assert_eq!((found.severity, found.place.line), (severity, 46), "{rule}");
    }
}

#[test]
fn a_working_day_deadline_that_can_leave_the_calendar_is_warned_of_in_time() {
    let read = |day: &str| {
        let root = Root::sound();
        fabu::plan::read(root.path(), day.parse().unwrap()).diagnostics
    };
    assert_eq!(read("2026-11-23"), []);
    // Twenty working days after 3 December 2026 end on the 31st; a day later they do not.
    assert_eq!(read("2026-12-03"), []);
    let told = read("2026-12-04");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (told[0].code, told[0].severity),
        ("calendar-ends", Severity::Warning)
    );
    assert!(
        told[0].message.to_string().contains("2027")
            && told[0].message.to_string().contains("ends with 2026"),
        "{told:?}"
    );
    assert_eq!(told[0].place.line, 99);
}

#[test]
fn addresses_that_lead_nowhere_are_named_outside_the_example_set() {
    let live = || {
        Root::sound()
            .edit("plans/bodies.yaml", "example: true\n", "")
            .edit("plans/bodies.yaml", "0510-0000-1234", "0510-8675-4321")
    };
    let codes = |root: &Root| -> Vec<&str> { said(root).into_iter().map(|one| one.code).collect() };
    let open = || live().edit("channels/mail.yaml", "shili.invalid", "shili.gov.cn");
    for (address, found) in [
        ("http://127.0.0.1:8080", true),
        ("https://fabu.shili.invalid", true),
        ("https://192.168.1.5", true),
        ("https://portal.local", true),
        ("http://www.shili.gov.cn", true),
        ("https://www.shili.gov.cn", false),
    ] {
        let root = open().edit("channels/portal.yaml", "http://127.0.0.1:8080", address);
        assert_eq!(
            codes(&root).contains(&"not-public"),
            found,
            "{address}: {:?}",
            said(&root)
        );
    }
    // In the example set only the address that serves on the machine itself is let be.
    for address in ["https://fabu.shili.invalid", "http://10.0.0.5"] {
        let root = Root::sound().edit("channels/portal.yaml", "http://127.0.0.1:8080", address);
        assert_eq!(codes(&root), ["not-public"], "{address}");
    }
    let root = live().edit(
        "channels/portal.yaml",
        "http://127.0.0.1:8080",
        "https://www.shili.gov.cn",
    );
    assert_eq!(codes(&root), ["no-such-host"]);
    for chat in ["\"0\"", "shili", "\"@abc\""] {
        let file = format!(
            "channel: chat\nname: 电报\nkind: telegram\ntelegram: {{token-env: T, chats: [{chat}]}}\n"
        );
        assert_eq!(
            codes(&Root::sound().write("channels/chat.yaml", file)),
            ["bad-target"],
            "{chat}"
        );
    }
    let robot = "channel: robot\nname: 群\nkind: wecom\nwecom: {url: \"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=\"}\n";
    assert!(
        codes(&Root::sound().write("channels/robot.yaml", robot)).contains(&"target-not-filled")
    );
    let groups = Root::sound().plan("groups: [danger-zone]", "groups: [\"danger-zone,media\"]");
    assert_eq!(codes(&groups), ["bad-group"]);
}
