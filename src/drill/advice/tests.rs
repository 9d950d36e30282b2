//! What is told first, and of whom.

use super::*;
use crate::domain::bulletin::Language;
use crate::domain::time::Moment;
use crate::drill::score::{Awaited, PostScore, StepKind, Wait};
use crate::drill::tell::Teller;

fn post(code: &str, deputy: Option<&str>) -> PostScore {
    PostScore {
        post: code.into(),
        sign_within: Some(300),
        deputy: deputy.map(Into::into),
        ..PostScore::default()
    }
}

/// A release as a score would be read from a file.
fn release(item: &str, on_time: Option<bool>) -> ReleaseScore {
    let text = format!(
        r#"{{"plan":"flood","body":"office","item":"{item}","name":"{item}","occurrence":1,"level":"II","correction":false,
        "about":null,"opened_at":"2026-07-01T00:00:00Z","due_at":null,"published_at":"2026-07-01T01:00:00Z","slack":null,
        "on_time":null,"outcome":"published","fast":false,
        "stages":{{"facts":0,"drafting":0,"review":0,"signature":0,"sending":0}}}}"#
    );
    let release: ReleaseScore = serde_json::from_str(&text).unwrap();
    ReleaseScore { on_time, ..release }
}

fn wait(post: &str, seconds: i64) -> Wait {
    Wait {
        post: post.into(),
        drafting: false,
        seconds,
        from: Some(at(0)),
        limit: Some(300),
        passed_to: None,
    }
}

/// Seconds from the start of the drill.
fn at(seconds: i64) -> Moment {
    let start: Moment = "2026-07-01T00:00:00Z".parse().unwrap();
    start + chrono::TimeDelta::seconds(seconds)
}

fn score(posts: Vec<PostScore>, releases: Vec<ReleaseScore>) -> Score {
    let text = r#"{"drill":"t","title":"t","title_en":null,"plans":[],"seed":1,"start":"2026-07-01T00:00:00Z",
        "end":"2026-07-01T03:00:00Z","until":"2026-07-01T03:00:00Z","live":false,"over":true,"zone":"Asia/Shanghai",
        "passed":true,"expectations":[],"refused_injects":[],"card":{"releases":0,"published":0,"on_time":0,"late":0,
        "missed":0,"on_time_permille":null,"median_slack":null,"first_bulletin_after":null,"signatures":0,
        "countersignatures":0,"before_countersignature":0,"refused":0,"reminders":0,"turns_passed":0,
        "worst_correction":null,"delivered_permille":null,"texts":0,"unmarked":0},"bodies":[],"posts":[],"channels":[],
        "corrections":[]}"#;
    let score = Score::read(text).unwrap();
    Score {
        posts,
        releases,
        ..score
    }
}

#[test]
fn who_made_a_text_late_comes_before_who_only_took_long() {
    let mut late = release("notice", Some(false));
    let slowest = Some(wait("a/leader", 900));
    late.cause = Some(Cause::Step {
        step: StepKind::Signature,
        seconds: 900,
        percent: 80,
        slowest,
    });
    late.waited = vec![wait("a/leader", 900)];
    let mut slow = release("report", Some(true));
    slow.waited = vec![wait("b/chief", 7200)];
    let posts = vec![post("a/leader", None), post("b/chief", Some("b/deputy"))];
    let advice = advice(&score(posts, vec![slow, late]));
    let told: Vec<&str> = advice
        .iter()
        .map(|one| match one {
            Advice::Deputy { post, .. } | Advice::Sign { post, .. } => &**post,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, ["a/leader", "b/chief"]);
    let Advice::Deputy { wait, .. } = &advice[0] else {
        panic!("{advice:?}");
    };
    assert_eq!(
        (wait.times, wait.mean, wait.late, wait.over),
        (1, 900, 1, 1)
    );
    assert!(wait.is_always);
}

#[test]
fn a_limit_that_nobody_could_keep_is_the_plans_and_nobody_is_blamed() {
    let mut fault = release("summary", Some(false));
    fault.cause = Some(Cause::ListedLate { over: 4200 });
    fault.waited = vec![wait("a/leader", 100)];
    let advice = advice(&score(vec![post("a/leader", None)], vec![fault]));
    assert!(
        matches!(&advice[..], [Advice::Limit { times: 1, .. }]),
        "{advice:?}"
    );
}

#[test]
fn three_things_are_enough_and_what_nobody_waited_for_is_none() {
    let late = |n: u32| {
        let mut late = release(&format!("item-{n}"), Some(false));
        late.cause = Some(Cause::TooShort {
            least: 600,
            given: 300,
        });
        late
    };
    assert_eq!(
        advice(&score(Vec::new(), (0..5).map(late).collect())).len(),
        3
    );
    assert!(
        advice(&score(
            vec![post("a/leader", None)],
            vec![release("x", Some(true))]
        ))
        .is_empty()
    );
}

/// What is told first, in English.
fn told(score: &Score) -> Vec<String> {
    let teller = Teller::of(score, Language::En);
    let all = advice(score);
    all.iter()
        .map(|one| {
            let change = teller.advice(one);
            format!("{} | {} | {}", change.what, change.why, change.place)
        })
        .collect()
}

#[test]
fn a_deputy_whose_hands_are_full_is_not_asked_to_sign_for_one_more() {
    let mut text = release("notice", Some(true));
    text.waited = vec![wait("a/leader", 900)];
    let posts = || vec![post("a/leader", Some("a/deputy")), post("a/deputy", None)];
    let free = told(&score(posts(), vec![text.clone()]));
    assert!(
        free[0].starts_with("When a/leader does not sign, let a/deputy sign sooner"),
        "{free:?}"
    );

    // The leader is silent from minute 5 to 15; from minute 7 to 15 something else waits for the deputy.
    let mut other = release("report", Some(true));
    other.waited = vec![Wait {
        from: Some(at(420)),
        limit: None,
        ..wait("a/deputy", 480)
    }];
    let full = told(&score(posts(), vec![text, other]));
    assert!(
        full[0].starts_with("Find one more person who can sign for a/leader"),
        "{full:?}"
    );
    assert!(full[0].contains("for 80% of these times"), "{full:?}");
    assert!(full[0].contains("plans/bodies.yaml"), "{full:?}");
}

#[test]
fn a_slow_draft_is_held_against_what_the_plan_leaves_for_it_and_not_against_a_signers_time() {
    let mut text = release("notice", Some(true));
    text.waited = vec![Wait {
        drafting: true,
        limit: Some(2400),
        ..wait("a/officer", 2700)
    }];
    let slow = told(&score(vec![post("a/officer", None)], vec![text.clone()]));
    assert!(
        slow[0].contains("1 time longer than the 40 min that the plan leaves for drafting"),
        "{slow:?}"
    );
    text.waited[0].seconds = 1200;
    let quick = told(&score(vec![post("a/officer", None)], vec![text]));
    assert!(quick.is_empty(), "{quick:?}");
}

/// A fact that its plan could do without.
fn awaited(fact: &str, seconds: i64) -> Awaited {
    Awaited {
        fact: fact.into(),
        from: Some("a/officer".into()),
        since: Since::Listed,
        seconds,
        limit: None,
        essential: false,
    }
}

#[test]
fn a_fact_that_made_parts_of_a_text_late_counts_each_of_them() {
    let mut leader = release("notice", Some(true));
    leader.awaited = vec![awaited("rainfall", 60)];
    let part = |name: &str| {
        let mut part = release(name, Some(false));
        part.part_of = Some(1);
        part.cause = Some(Cause::Facts {
            missing: vec!["rainfall".into()],
            from: Some("a/officer".into()),
        });
        part
    };
    let told = told(&score(
        Vec::new(),
        vec![leader, part("shelters"), part("advice")],
    ));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("Have “rainfall” reported sooner (by a/officer)"),
        "{told:?}"
    );
    assert!(told[0].contains("2 were not on time for it"), "{told:?}");
    assert!(told[0].contains("plans/flood/templates/"), "{told:?}");
}

#[test]
fn what_a_text_is_about_is_reported_by_somebody_in_time_and_never_left_out_of_the_template() {
    let mut text = release("return-notice", Some(true));
    text.awaited = vec![Awaited {
        since: Since::Ordered,
        limit: Some(600),
        essential: true,
        ..awaited("return-areas", 1250)
    }];
    let told = told(&score(Vec::new(), vec![text]));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with(
            "Have “return-areas” reported sooner: by a/officer within 10 min of the decision | "
        ),
        "{told:?}"
    );
    assert!(told[0].contains("waited for it for 21 min"), "{told:?}");
    assert!(!told[0].contains("template"), "{told:?}");
}

#[test]
fn a_fact_that_leaves_every_signer_their_time_was_not_late_however_long_it_took() {
    let mut text = release("report", Some(true));
    let long = |limit| Awaited {
        limit,
        ..awaited("rainfall", 7200)
    };
    text.awaited = vec![long(Some(7000))];
    let in_time = told(&score(Vec::new(), vec![text.clone()]));
    assert!(in_time.is_empty(), "{in_time:?}");
    text.awaited = vec![long(Some(3600))];
    let late = told(&score(Vec::new(), vec![text]));
    assert!(late[0].contains("waited for it for 2 h"), "{late:?}");
}

#[test]
fn a_text_is_late_for_the_fact_that_came_last_and_not_for_what_came_long_before() {
    let mut text = release("report", Some(false));
    text.cause = Some(Cause::Facts {
        missing: vec!["rainfall".into()],
        from: None,
    });
    text.awaited = vec![awaited("deaths", 120), awaited("rainfall", 7200)];
    let told = told(&score(Vec::new(), vec![text]));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("Have “rainfall”"), "{told:?}");
}
