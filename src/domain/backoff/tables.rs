//! What becomes of a delivery after a try, as a table: what was answered, what was known, and what follows.

use std::time::Duration;

use chrono::TimeDelta;

use super::{RetrySchedule, Tried, UNCLEAR_TRIES, Verdict, judge};
use crate::domain::blame::Scope;
use crate::domain::delivery::Outcome;
use crate::domain::fixture::{hold, span};
use crate::domain::time::{Moment, from_millis};

/// Waits of one, two and five seconds, given up after ten minutes, repeated twice in doubt.
fn schedule() -> RetrySchedule {
    RetrySchedule {
        waits: ["1s", "2s", "5s"].map(span).to_vec(),
        give_up_after: span("10m"),
        repeat_in_doubt: 2,
    }
}

fn second(n: i64) -> Moment {
    from_millis(n * 1000)
}

/// The try number `attempt`, so many seconds after the first one was due.
fn tried(attempt: u32, after: i64) -> Tried {
    Tried {
        attempt,
        first_at: second(0),
        held: TimeDelta::zero(),
        doubts: 0,
        alone: 0,
        resumes_at: None,
        in_trouble: false,
        now: second(after),
        jitter: 0.0,
    }
}

fn accepted() -> Outcome {
    Outcome::Accepted {
        receipt: Some("r1".into()),
        ids: Vec::new(),
    }
}

fn refused() -> Outcome {
    Outcome::Refused { why: "no".into() }
}

fn failed(scope: Scope) -> Outcome {
    Outcome::Retry {
        after: None,
        why: "no".into(),
        scope,
        ambiguous: false,
    }
}

/// The provider asks for so many seconds of patience.
fn wait(scope: Scope, seconds: u64) -> Outcome {
    Outcome::Retry {
        after: Some(Duration::from_secs(seconds)),
        why: "no".into(),
        scope,
        ambiguous: false,
    }
}

/// It may have arrived.
fn in_doubt(scope: Scope) -> Outcome {
    Outcome::Retry {
        after: None,
        why: "no".into(),
        scope,
        ambiguous: true,
    }
}

/// `again in 2s`, with the doubts there are; or how it ended.
fn told(verdict: Verdict, now: Moment) -> String {
    match verdict {
        Verdict::Accepted { receipt, .. } => format!("accepted {}", receipt.unwrap_or_default()),
        Verdict::Failed { why } => format!("failed: {why}"),
        Verdict::Unknown { why } => format!("unknown: {why}"),
        Verdict::TryAgain { at, doubts, .. } => {
            let seconds = (at - now).as_seconds_f64();
            match doubts {
                0 => format!("again in {seconds}s"),
                doubts => format!("again in {seconds}s, doubts {doubts}"),
            }
        }
    }
}

fn table(rows: Vec<(&str, Outcome, Tried, &str)>) {
    hold(rows.into_iter().map(|(name, outcome, tried, expected)| {
        let got = told(judge(outcome, &schedule(), &tried), tried.now);
        (name, got, expected)
    }));
}

#[test]
#[rustfmt::skip]
fn what_is_answered_for_good_ends_it() {
    let doubted = Tried {
        doubts: 1,
        ..tried(2, 9)
    };
    let late = Tried {
        alone: 9,
        ..tried(50, 90_000)
    };
    table(vec![
        ("accepted", accepted(), tried(1, 0), "accepted r1"),
        ("accepted, however late and in doubt", accepted(), late, "accepted r1"),
        ("accepted after a doubt", accepted(), doubted, "accepted r1"),
        ("refused", refused(), tried(1, 0), "failed: no"),
        ("refused, but an earlier try may have arrived", refused(), doubted, "unknown: no"),
    ]);
}

#[test]
#[rustfmt::skip]
fn waits_grow_and_the_last_one_repeats() {
    let moment = || failed(Scope::Moment);
    let jittered = |attempt, jitter| Tried {
        jitter,
        ..tried(attempt, 20)
    };
    table(vec![
        ("the first", moment(), tried(1, 0), "again in 1s"),
        ("the second", moment(), tried(2, 1), "again in 2s"),
        ("the third", moment(), tried(3, 3), "again in 5s"),
        ("the ninth", moment(), tried(9, 40), "again in 5s"),
        ("stretched by half of a tenth", moment(), jittered(3, 0.5), "again in 5.25s"),
        ("stretched by a tenth", moment(), jittered(3, 1.0), "again in 5.5s"),
        ("chance beyond its bounds", moment(), jittered(3, 7.0), "again in 5.5s"),
        ("chance below its bounds", moment(), jittered(3, -7.0), "again in 5s"),
    ]);
    let empty = RetrySchedule {
        waits: Vec::new(),
        ..schedule()
    };
    let verdict = judge(moment(), &empty, &tried(1, 0));
    assert_eq!(told(verdict, second(0)), "again in 60s", "a schedule without waits");
}

#[test]
#[rustfmt::skip]
fn a_provider_may_ask_for_more_patience_and_not_for_less() {
    let moment = Scope::Moment;
    table(vec![
        ("more", wait(moment, 30), tried(1, 0), "again in 30s"),
        ("less", wait(moment, 1), tried(3, 3), "again in 5s"),
        ("beyond the end: a last try at the end", wait(moment, 86_400), tried(1, 1), "again in 599s"),
        (
            "at the end nothing is left",
            wait(moment, 86_400),
            tried(2, 600),
            "failed: given up after 2 tries: no",
        ),
    ]);
}

#[test]
#[rustfmt::skip]
fn it_is_given_up_when_the_next_try_would_come_too_late() {
    let recipient = || failed(Scope::Recipient);
    let held = |seconds, after| Tried {
        held: TimeDelta::seconds(seconds),
        ..tried(50, after)
    };
    let doubted = Tried {
        doubts: 1,
        ..tried(50, 596)
    };
    table(vec![
        ("at the very end", recipient(), tried(50, 595), "again in 5s"),
        ("past it", recipient(), tried(50, 596), "failed: given up after 50 tries: no"),
        (
            "past it, and an earlier try may have arrived",
            recipient(),
            doubted,
            "unknown: given up after 50 tries: no",
        ),
        ("the clock had stood for a while", recipient(), held(100, 695), "again in 5s"),
        ("and not longer", recipient(), held(100, 696), "failed: given up after 50 tries: no"),
    ]);
}

#[test]
#[rustfmt::skip]
fn trouble_with_the_account_gives_nothing_up() {
    let trouble = |attempt, after| Tried {
        in_trouble: true,
        ..tried(attempt, after)
    };
    let late = "again in 5s";
    let given_up = "failed: given up after 50 tries: no";
    table(vec![
        ("the account's fault, after a day", failed(Scope::Account), tried(50, 86_400), late),
        ("perhaps the account's, which is in trouble", failed(Scope::Unclear), trouble(50, 86_400), late),
        ("either's, and the account is in trouble", failed(Scope::Either), trouble(50, 86_400), late),
        ("perhaps the account's, which is well", failed(Scope::Unclear), tried(50, 86_400), given_up),
        ("the recipient's, whatever the account", failed(Scope::Recipient), trouble(50, 86_400), given_up),
    ]);
}

#[test]
#[rustfmt::skip]
fn what_fares_worse_than_others_is_refused_after_three_such_answers() {
    let alone = |alone| Tried {
        alone,
        ..tried(5, 9)
    };
    let troubled = Tried {
        in_trouble: true,
        ..alone(UNCLEAR_TRIES)
    };
    let refused = "failed: refused 3 times while others were taken: no";
    table(vec![
        ("the third", failed(Scope::Unclear), alone(3), refused),
        ("the third that may be the recipient's", failed(Scope::Either), alone(3), refused),
        ("the third that is called ours", failed(Scope::Account), alone(3), refused),
        ("the second", failed(Scope::Unclear), alone(2), "again in 5s"),
        ("nobody else is taken", failed(Scope::Unclear), alone(0), "again in 5s"),
        ("the account is in trouble", failed(Scope::Unclear), troubled, "again in 5s"),
        ("the moment's fault", failed(Scope::Moment), alone(3), "again in 5s"),
        ("it may have arrived", in_doubt(Scope::Unclear), alone(3), "again in 5s, doubts 1"),
    ]);
}

#[test]
#[rustfmt::skip]
fn in_doubt_it_is_repeated_twice_the_second_time_after_a_pause() {
    let doubts = |doubts, attempt| Tried {
        doubts,
        ..tried(attempt, 3)
    };
    let moment = || in_doubt(Scope::Moment);
    table(vec![
        ("the first doubt", moment(), doubts(0, 1), "again in 1s, doubts 1"),
        ("the second", moment(), doubts(1, 2), "again in 15s, doubts 2"),
        ("the third", moment(), doubts(2, 3), "unknown: sent 3 times and it may have arrived: no"),
        ("a plain failure keeps the doubts", failed(Scope::Moment), doubts(2, 3), "again in 5s, doubts 2"),
        ("the account's fault and in doubt", in_doubt(Scope::Account), doubts(2, 3), "unknown: sent 3 times and it may have arrived: no"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_channel_that_is_closed_lets_its_texts_out_when_it_opens() {
    let closed = |until| Tried {
        resumes_at: Some(second(until)),
        ..tried(3, 20)
    };
    let ending = Tried {
        resumes_at: Some(second(900)),
        ..tried(9, 500)
    };
    table(vec![
        ("the pace: at that moment", failed(Scope::Pace), closed(22), "again in 2s"),
        ("the account: at that moment", failed(Scope::Account), closed(80), "again in 60s"),
        ("perhaps the account: at that moment", failed(Scope::Unclear), closed(80), "again in 60s"),
        ("in doubt: not before its own wait", in_doubt(Scope::Pace), closed(22), "again in 5s, doubts 1"),
        ("in doubt: not before it opens", in_doubt(Scope::Pace), closed(80), "again in 60s, doubts 1"),
        ("the recipient's own trouble has its own wait", failed(Scope::Recipient), closed(80), "again in 5s"),
        ("the moment's as well", failed(Scope::Moment), closed(80), "again in 5s"),
        ("opens after the end: a last try at the end", failed(Scope::Pace), ending, "again in 100s"),
    ]);
}
