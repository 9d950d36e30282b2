//! A night from declaration to the return of the people, played at the command line: what it says in Chinese is Chinese, and what
//! it says to type next can be typed.

use super::{Office, Said};

/// What stands in commands and names, and is the same in every language.
const SAME: [&str; 18] = [
    "zhiban",
    "kezhang",
    "zhuren",
    "daiban",
    "anquan",
    "fushizhang",
    "fabu",
    "Asia",
    "Shanghai",
    "SMS",
    "JSON",
    "mm",
    // Groups of contacts, plans and levels are called so by those who made them.
    "media",
    // What was typed is said back.
    "rainfal",
    "flood",
    "III",
    "IV",
    "Asia/Shanghai",
];

/// The words of a program in what it says to people: a code that is not beside its name, a time that is not theirs, the words of
/// a library.
fn machine_words(said: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in said.lines() {
        for strange in [" UTC", "EOF ", "[0]", "[1]"] {
            if line.contains(strange) {
                found.push(format!("{strange}: {line}"));
            }
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-_/.:@=#'{}[]\"<>…|".contains(c);
        let mut rest = line;
        while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic()) {
            // A command goes on to the end of its words.
            let before = &rest[..start];
            let from = &rest[start..];
            if from.starts_with("fabu ") {
                let end = from
                    .find(['；', '。', '，', '）', '：'])
                    .unwrap_or(from.len());
                rest = &from[end..];
                continue;
            }
            let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
            let word = &from[..end];
            rest = &from[end..];
            // 编码 L-01J…, 转移范围（evacuation-areas）, --area: an id, a code beside its name, a flag.
            let is_beside = before.ends_with('（') && rest.starts_with('）');
            let is_id = word.starts_with("L-") || word.starts_with("D-");
            let is_code = is_beside || before.ends_with("--") || before.ends_with('`');
            let plain = word.trim_end_matches(['.', ':', '=', '…']);
            let is_time = plain.len() > 1 && word.starts_with(['T', 'Z']);
            let is_hash =
                plain.len() > 4 && plain.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
            let is_address =
                word.contains("://") || word.contains(".invalid") || word.contains(".example");
            let is_known = SAME.contains(&plain) || plain.len() < 2;
            if is_time || !(is_id || is_code || is_hash || is_address || is_known) {
                found.push(format!("{word}: {line}"));
            }
        }
    }
    found
}

struct Night {
    office: Office,
    told: Vec<String>,
}

impl Night {
    async fn begin() -> Self {
        Self {
            office: Office::open().await,
            told: Vec::new(),
        }
    }

    /// Has `login` type a command in Chinese, and remembers what is said to people.
    async fn by(&mut self, login: &str, args: &[&str]) -> Said {
        let args = [args, &["--lang", "zh-CN"]].concat();
        let said = self.office.by(login, &args).await;
        // What goes out may be English: every channel's text stands below its heading.
        let own = said.out.split("\n── ").next().unwrap_or_default();
        self.told.push(format!("{args:?}\n{own}\n{}", said.err));
        said
    }

    fn strange(&self) -> Vec<String> {
        let told = self.told.iter();
        let all = told.flat_map(|told| {
            let (command, said) = told.split_once('\n').unwrap();
            machine_words(said)
                .into_iter()
                .map(move |word| format!("{command} → {word}"))
        });
        all.collect()
    }
}

pub(super) const ROUTES: &str = r#"evacuation-routes=[{"area":"圩南村","assembly":"村口","route":"和平路","shelter":"和平小学"}]"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_night_in_chinese_is_told_in_chinese() {
    let mut night = Night::begin().await;
    let (incident, notice) = night.office.declare().await;
    night
        .by(
            "zhiban",
            &[
                "incident",
                "raise",
                &incident,
                "III",
                "--reason",
                "雨势加强",
            ],
        )
        .await
        .ok();
    let slip = [
        "incident",
        "request",
        &incident,
        "evacuation-notice",
        "--area",
        "临河镇",
    ];
    night
        .by("daiban", &slip)
        .await
        .exits(3)
        .tells("没有地区“临河镇”；是否指");
    let elsewhere = [
        "incident",
        "facts",
        &incident,
        "rainfall=不详",
        "shelters=[{\"name\":\"\"}]",
    ];
    night.by("zhiban", &elsewhere).await.exits(3);
    night
        .by("zhiban", &["incident", "facts", &incident, "rainfal=12"])
        .await
        .exits(3);
    let deadline = "evacuation-deadline=2026-07-01 18:00";
    let leave = released(&mut night.office, &incident, "evacuation-notice").await;
    let order = ["release", "order", &leave, "--area", "临江镇"];
    let elsewhere = ["release", "order", &leave, "--area", "320298"];
    night.by("daiban", &elsewhere).await.exits(3);
    night.by("zhiban", &order).await.exits(4);
    night.by("daiban", &order).await.ok();
    // The words are the duty officer's, so that who signs alone has written none of them.
    let facts = [
        "release",
        "place",
        &leave,
        "--fact",
        deadline,
        "--fact",
        "evacuation-to=和平小学",
        "--fact",
        ROUTES,
    ];
    night.by("zhiban", &facts).await.ok();
    night.by("zhiban", &["release", "show", &leave]).await.ok();
    let code = night.office.code("daiban", &leave).await;
    let fast = ["release", "approve", &leave, "--code", &code, "--fast"];
    night.by("zhiban", &fast).await.exits(4);
    night.by("daiban", &fast).await.ok();
    for args in [
        &["release", "place", &leave, "--area", "青山镇"][..],
        &["release", "submit", &leave][..],
        &["release", "edit", &leave, "--title", "题"][..],
    ] {
        night.by("zhiban", args).await.exits(5);
    }
    let twice = ["release", "order", &leave];
    night.by("zhiban", &twice).await.exits(4);
    night.by("daiban", &twice).await.exits(5);
    night.by("zhiban", &["release", "show", &leave]).await.ok();
    night
        .by("zhiban", &["release", "preview", &leave])
        .await
        .ok();
    night
        .by("zhiban", &["incident", "show", &incident])
        .await
        .ok();
    night.by("zhiban", &["release", "list"]).await.ok();
    night
        .by("zhiban", &["release", "list", "--mine"])
        .await
        .ok();
    // A lifting that is announced for a later hour.
    let lifting = [
        "incident",
        "request",
        &incident,
        "return-notice",
        "--area",
        "临江镇",
        "--fact",
        "return-time=2026-07-01 20:00",
    ];
    night.by("daiban", &lifting).await.ok();
    let back = released(&mut night.office, &incident, "return-notice").await;
    let grounds = "return-basis=经排查堤防没有险情";
    let grounds = ["release", "place", &back, "--fact", grounds];
    night.by("zhiban", &grounds).await.ok();
    let code = night.office.code("daiban", &back).await;
    let fast = ["release", "approve", &back, "--code", &code, "--fast"];
    night.by("daiban", &fast).await.ok();
    for id in [&leave, &back] {
        let shown = night.by("zhiban", &["release", "show", id]).await.ok();
        assert!(shown.out.contains("2026-07-01 20:00"), "{}", shown.out);
    }
    night
        .by("zhiban", &["incident", "show", &incident])
        .await
        .ok();
    // Corrections, withdrawals, and what takes a second person.
    let correct = [
        "release",
        "correct",
        &leave,
        "--kind",
        "wrong-content",
        "--reason",
        "录入有误",
    ];
    night.by("daiban", &correct).await.exits(5);
    let withdraw = ["release", "withdraw", &notice, "--reason", "误发"];
    night.by("zhiban", &withdraw).await;
    let end = ["incident", "end", &incident, "--reason", "雨停水退"];
    night.by("zhiban", &end).await.ok();
    night.by("zhiban", &end).await.exits(5);
    night.by("zhiban", &["incident", "asked"]).await.ok();
    night
        .by("zhiban", &["channel", "disable", "sms"])
        .await
        .exits(4);
    let waive = ["release", "waive", &leave, "--reason", "重复"];
    night.by("zhiban", &waive).await.exits(4);
    night.by("daiban", &waive).await.exits(5);
    let journal = night.office.journal(&["--lang", "zh-CN"]).await;
    assert!(
        journal.contains("更新事实") || journal.contains("事实 "),
        "{journal}"
    );
    assert!(journal.contains("自 2026-07-01 20:00 起解除"), "{journal}");
    night.told.push(format!("journal tail\n{journal}"));
    let strange = night.strange();
    assert!(strange.is_empty(), "{}", strange.join("\n"));
}

/// The commands that `said` gives to type next, by whoever it says, without those that are to be filled in.
fn hinted(said: &Said) -> Vec<Vec<String>> {
    let all = format!("{}\n{}", said.out, said.err);
    let hints = all.lines().filter_map(|line| {
        let line = line.trim();
        let is_hint = line.starts_with("next: ") || line.starts_with("to give it in English: ");
        let at = line.find("fabu ").filter(|_| is_hint)?;
        Some(line[at..].to_owned())
    });
    let typed = |hint: String| {
        // What stands in quotation marks is one word.
        let parts = hint.split('\'').enumerate();
        let words = parts.flat_map(|(n, part)| match n % 2 {
            1 => vec![part.to_owned()],
            _ => part.split_whitespace().map(str::to_owned).collect(),
        });
        words.skip(1).collect()
    };
    hints.map(typed).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_to_type_next_can_be_typed() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    let at = |time: &str| format!("{time}=2026-07-01 20:00");
    let (deadline, back) = (at("evacuation-deadline"), at("return-time"));
    let facts = [
        "--fact",
        &deadline,
        "--fact",
        "evacuation-to=和平小学",
        "--fact",
        ROUTES,
    ];
    let request = [
        "incident",
        "request",
        &incident,
        "evacuation-notice",
        "--area",
        "临江镇",
    ];
    let raise = [
        "incident",
        "raise",
        &incident,
        "III",
        "--reason",
        "雨势加强",
    ];
    let mut said = vec![
        office.by("zhiban", &["release", "show", &notice]).await,
        office.by("zhiban", &["release", "submit", &notice]).await,
        office.by("zhuren", &["release", "preview", &notice]).await,
        office.by("zhiban", &raise).await,
        office
            .by("zhiban", &[&raise[..3], &["IV"], &raise[4..]].concat())
            .await,
        office.by("daiban", &request).await,
    ];
    let leave = released(&mut office, &incident, "evacuation-notice").await;
    said.push(office.by("zhiban", &["release", "show", &leave]).await);
    said.push(office.by("zhiban", &["release", "submit", &leave]).await);
    let order = ["release", "order", &leave, "--area", "临江镇"];
    said.push(office.by("daiban", &order).await.ok());
    let place = ["release", "place", &leave, "--area", "临江镇"];
    said.push(
        office
            .by("zhiban", &[&place[..], &facts].concat())
            .await
            .ok(),
    );
    let shown = office.by("zhiban", &["release", "show", &leave]).await.ok();
    // Its routes are Chinese in the English text: the whole row is there to be filled in.
    let english = shown
        .err
        .lines()
        .find(|line| line.contains("to give it in English: fabu release place"));
    let english = english
        .unwrap_or_else(|| panic!("{}", shown.err))
        .replace('…', "Heping");
    let given = Said {
        out: String::new(),
        err: english,
        ..shown
    };
    let [typed] = &hinted(&given)[..] else {
        panic!("{}", given.err)
    };
    let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
    office.by("zhiban", &typed).await.ok().prints("Heping");

    let code = office.code("daiban", &leave).await;
    let fast = ["release", "approve", &leave, "--code", &code, "--fast"];
    said.push(office.by("daiban", &fast).await.ok());
    for args in [
        &["release", "place", &leave, "--area", "青山镇"][..],
        &["release", "order", &leave],
        &["release", "withdraw", &leave, "--reason", "误发"],
        &[
            "release",
            "correct",
            &leave,
            "--kind",
            "wrong-content",
            "--reason",
            "误写",
        ],
        &["incident", "end", &incident, "--reason", "雨停水退"],
        &["incident", "lower", &incident, "IV", "--reason", "雨停水退"],
    ] {
        said.push(office.by("zhiban", args).await);
    }
    said.push(office.by("daiban", &[&request[..], &facts].concat()).await);
    let lifting = [
        "incident",
        "request",
        &incident,
        "return-notice",
        "--fact",
        &back,
    ];
    said.push(office.by("daiban", &lifting).await);
    said.push(
        office
            .by("fushizhang", &["release", "list", "--mine"])
            .await,
    );
    for said in &said {
        for hint in hinted(said) {
            if hint
                .iter()
                .any(|word| word.contains('…') || word.contains('<'))
            {
                continue;
            }
            let mut typed: Vec<&str> = hint.iter().map(String::as_str).collect();
            let changes = [
                "submit", "approve", "order", "place", "correct", "withdraw", "request", "facts",
                "confirm", "lower", "raise",
            ];
            if typed.get(1).is_some_and(|verb| changes.contains(verb)) {
                typed.push("--dry-run");
            }
            let answer = office.by("zhiban", &typed).await;
            // Who may do it and whether it is time is not the hint's to know; that it is a command is.
            let is_asked = answer.err.contains("no terminal");
            assert!(
                ![2, 3].contains(&answer.code) || is_asked,
                "{typed:?}: {}",
                answer.err
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn english_that_lacks_a_house_or_a_telephone_is_not_taken() {
    let mut office = Office::open().await;
    let (incident, _) = office.declare().await;
    let row = |english: &str| {
        format!(
            r#"shelters=[{{"name":"实验小学","address":"学府路118号","address-en":"{english}","capacity":800,"phone":"0510-0000-1301"}}]"#
        )
    };
    for (english, code) in [("Xuefu Road", 3), ("118 Xuefu Road", 0)] {
        let shelters = row(english);
        let given = office
            .by("zhiban", &["incident", "facts", &incident, &shelters])
            .await;
        let given = given.exits(code);
        assert_eq!(given.err.contains("lacks 118"), code == 3, "{}", given.err);
    }
    // The same where only the English is given, of what is known.
    let known = [
        "incident",
        "facts",
        &incident,
        "next-step=求助请拨打0510-0000-1309",
    ];
    office.by("zhiban", &known).await.ok();
    let english = [
        "incident",
        "facts",
        &incident,
        "next-step-en=For help call 0510-0000-1308",
    ];
    office
        .by("zhiban", &english)
        .await
        .exits(3)
        .tells("0510-0000-1309");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn facts_that_cannot_be_are_refused_when_they_are_given() {
    let mut office = Office::open().await;
    let (incident, _) = office.declare().await;
    let give = |fact: &'static str| ["incident", "facts", &*incident, fact].map(str::to_owned);
    for (fact, code, said) in [
        // A bare hour is the next such hour, and the day is said.
        ("return-time=00:01", 0, " 00:01"),
        (
            "evacuation-deadline=2026-06-01 18:00",
            3,
            "2026-06-01 18:00",
        ),
        ("warning-time=2036-06-01 18:00", 3, "still to come"),
        ("deaths=-3", 3, "-3 is below zero"),
        ("economic-loss=-5", 3, "-5 is below zero"),
        ("evacuated=1200", 0, "1200"),
        ("sheltered=3000", 3, "more than \"evacuated\", 1200"),
        ("rumour-verdict=不实", 3, "fabu release place"),
    ] {
        let args = give(fact);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let given = office.by("zhiban", &args).await.exits(code);
        let all = format!("{}{}", given.out, given.err);
        assert!(all.contains(said), "{fact}: {all}");
    }
    let range = [
        "incident",
        "facts",
        &incident,
        "closure-start=2036-06-02 08:00",
        "closure-end=2036-06-01 08:00",
    ];
    let refused = office.by("zhiban", &range).await.exits(3);
    refused.tells("is before \"closure-start\"");
}

pub(super) async fn released(office: &mut Office, incident: &str, item: &str) -> String {
    let show = ["incident", "show", incident, "--json"];
    let board = office.by("zhiban", &show).await.ok().json();
    let releases = board["releases"].as_array().unwrap();
    let found = releases.iter().rfind(|one| one["item"] == item).unwrap();
    found["id"].as_str().unwrap().to_owned()
}
