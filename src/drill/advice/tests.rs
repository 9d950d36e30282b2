//! What is told first, and of whom.

use super::*;
use crate::drill::score::{PostScore, StepKind, Wait};

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
    }
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
