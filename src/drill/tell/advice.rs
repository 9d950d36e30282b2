//! What to change after a drill, the figure behind it, and the file in which it is changed, in words.

use serde::Serialize;

use super::Teller;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::drill::advice::{Advice, Item, Waiting};
use crate::drill::score::{Begun, Cause, Since};
use crate::drill::words::{permille, span};

/// One thing to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub what: String,
    /// The figure behind it.
    pub why: String,
    /// Where whoever writes the plan changes it.
    pub place: String,
}

/// Names of texts in one sentence.
const NAMED: usize = 3;

impl Teller<'_> {
    /// What to change, the figure behind it, and where.
    pub fn advice(&self, advice: &Advice) -> Change {
        let (what, why) = match advice {
            Advice::Begin { .. } | Advice::Limit { .. } | Advice::Template { .. } => {
                self.of_limits(advice)
            }
            Advice::Fact { fact, from, wait } => {
                let [of, times, _, late] = self.wait(wait);
                let from = from.as_ref();
                let from = from.map(|from| phrase!("drill.advice.from", post = self.post(from)));
                (
                    phrase!("drill.advice.fact", fact = self.fact(fact), from),
                    phrase!("drill.advice.fact-why", of, times, late),
                )
            }
            Advice::Report {
                fact,
                from,
                since,
                within,
                wait,
            } => {
                let [of, times, _, late] = self.wait(wait);
                (
                    self.report(fact, from.as_deref(), *since, *within),
                    phrase!("drill.advice.fact-why", of, times, late),
                )
            }
            Advice::Channel { channel, lost, of } => {
                let share = permille(lost * 1000 / (*of).max(1));
                let channel = self.names.channel(self.language, channel);
                (
                    phrase!("drill.advice.channel", channel),
                    phrase!("drill.advice.channel-why", n = lost.unsigned_abs(), share),
                )
            }
            Advice::Draft { post, wait } => (
                phrase!("drill.advice.draft", post = self.post(post)),
                self.for_draft(wait),
            ),
            Advice::Deputy { post, wait } => (
                phrase!("drill.advice.deputy", post = self.post(post)),
                self.for_signature(wait),
            ),
            Advice::Sign { post, deputy, wait } => (
                phrase!(
                    "drill.advice.sign",
                    post = self.post(post),
                    deputy = self.post_beside(deputy, post)
                ),
                self.for_signature(wait),
            ),
            Advice::Another {
                post,
                deputy,
                taken,
                wait,
            } => (
                phrase!("drill.advice.another", post = self.post(post)),
                phrase!(
                    "drill.advice.another-why",
                    why = self.for_signature(wait),
                    deputy = self.post_beside(deputy, post),
                    percent = taken.to_string()
                ),
            ),
            Advice::Both { post, deputy, wait } => (
                phrase!("drill.advice.both", post = self.post(post)),
                phrase!(
                    "drill.advice.both-why",
                    why = self.for_signature(wait),
                    deputy = self.post_beside(deputy, post)
                ),
            ),
        };
        Change {
            what: self.say(&what),
            why: self.say(&why),
            place: self.say(&self.place(advice)),
        }
    }

    fn of_limits(&self, advice: &Advice) -> (Phrase, Phrase) {
        match advice {
            Advice::Begin {
                begun,
                limit,
                over,
                of,
                times,
            } => {
                let what = match begun {
                    Begun::Declared => phrase!("drill.advice.declare"),
                    Begun::Graded => phrase!("drill.advice.grade"),
                    Begun::Raised { to } => {
                        phrase!("drill.advice.raise", level = super::level(*to))
                    }
                };
                let names: Blank = of.iter().take(NAMED).map(|of| self.item(of)).collect();
                let (limit, span) = (self.limit(*limit), span(*over));
                let why = match of.len() > NAMED {
                    false => {
                        phrase!("drill.advice.begin-why", n = *times, limit, span, names)
                    }
                    true => {
                        phrase!(
                            "drill.advice.begin-why-more",
                            n = *times,
                            limit,
                            span,
                            names
                        )
                    }
                };
                (what, why)
            }
            Advice::Limit { of, times, cause } => {
                let n = *times;
                let why = match cause {
                    Cause::TooShort { least, given } => phrase!(
                        "drill.advice.limit-too-short",
                        n,
                        least = span(*least),
                        given = span(*given)
                    ),
                    Cause::ListedLate { over } => {
                        phrase!("drill.advice.limit-passed", n, span = span(*over))
                    }
                    other => Phrase::verbatim(self.cause(other)),
                };
                let item = self.item(of);
                let what = match cause {
                    Cause::TooShort { .. } => phrase!("drill.advice.route", item),
                    _ => phrase!("drill.advice.limit", item),
                };
                (what, why)
            }
            Advice::Template { of, times } => (
                phrase!("drill.advice.template", item = self.item(of)),
                phrase!("drill.advice.template-why", n = *times),
            ),
            _ => (Phrase::verbatim(""), Phrase::verbatim("")),
        }
    }

    /// The file, and what in it.
    fn place(&self, advice: &Advice) -> Phrase {
        match advice {
            Advice::Begin { begun, of, .. } => match (begun, of.first()) {
                (Begun::Graded, Some(of)) => phrase!(
                    "drill.place.from-grade",
                    plan = &of.plan,
                    item = self.item(of)
                ),
                (Begun::Raised { .. }, Some(of)) => phrase!(
                    "drill.place.lower-level",
                    plan = &of.plan,
                    item = self.item(of)
                ),
                _ => phrase!("drill.place.declare"),
            },
            Advice::Limit { of, cause, .. } => {
                let (plan, item) = (&of.plan, self.item(of));
                match cause {
                    Cause::TooShort { .. } => phrase!("drill.place.due-or-route", plan, item),
                    _ => phrase!("drill.place.due", plan, item),
                }
            }
            Advice::Template { of, .. } => phrase!(
                "drill.place.template",
                plan = &of.plan,
                item = self.item(of)
            ),
            Advice::Fact { wait, .. } => {
                let of = wait.item.clone().unwrap_or_default();
                phrase!(
                    "drill.place.without-fact",
                    plan = &of.plan,
                    item = self.item(&of)
                )
            }
            Advice::Report { .. } => phrase!("drill.place.report"),
            Advice::Draft { post, .. } => {
                phrase!("drill.place.draft", post = self.post(post))
            }
            Advice::Deputy { post, .. } | Advice::Both { post, .. } => {
                phrase!("drill.place.deputy", post = self.post(post))
            }
            Advice::Sign { post, wait, .. } => {
                let now = wait.limit;
                let now = now.map(|now| phrase!("drill.place.now", span = span(now)));
                phrase!("drill.place.sign-within", post = self.post(post), now)
            }
            Advice::Another { post, deputy, .. } => phrase!(
                "drill.place.another",
                post = self.post(post),
                deputy = self.post_beside(deputy, post)
            ),
            Advice::Channel { channel, .. } => phrase!("drill.place.channel", channel),
        }
    }

    /// Who has to report what a text is about, and by when.
    fn report(&self, fact: &str, from: Option<&str>, since: Since, within: Option<i64>) -> Phrase {
        let fact = self.fact(fact);
        let within = within.map(|within| {
            let span = span(within);
            match since {
                Since::Listed => phrase!("drill.advice.of-listing", span),
                Since::Ordered => phrase!("drill.advice.of-order", span),
                Since::Original => phrase!("drill.advice.of-original", span),
                Since::Held => phrase!("drill.advice.of-holding", span),
                Since::Hour => phrase!("drill.advice.of-hour", span),
            }
        });
        match from {
            Some(from) => {
                phrase!("drill.advice.report", fact, post = self.post(from), within)
            }
            None => phrase!("drill.advice.fact", fact, from = within),
        }
    }

    fn for_signature(&self, wait: &Waiting) -> Phrase {
        let [of, times, over, late] = self.wait(wait);
        phrase!("drill.advice.sign-why", of, times, over, late)
    }

    fn for_draft(&self, wait: &Waiting) -> Phrase {
        let [of, times, _, late] = self.wait(wait);
        let over = (wait.over > 0).then(|| match wait.limit {
            Some(limit) => {
                phrase!(
                    "drill.advice.draft-over",
                    n = wait.over,
                    limit = span(limit)
                )
            }
            None => phrase!("drill.advice.draft-over-own", n = wait.over),
        });
        phrase!("drill.advice.draft-why", of, times, over, late)
    }

    /// What waited, how often and how long, how often longer than a signer may, and what was late for it.
    fn wait(&self, wait: &Waiting) -> [Blank; 4] {
        let item = wait.item.as_ref().map(|item| self.item(item));
        let (of, longest_of) = match item {
            Some(name) if wait.is_always => (phrase!("drill.quoted", name), None),
            Some(name) => (
                phrase!("drill.advice.texts"),
                Some(phrase!("drill.advice.of", name)),
            ),
            None => (phrase!("drill.advice.texts"), None),
        };
        let over = (wait.over > 0).then(|| match wait.limit {
            Some(limit) => phrase!("drill.advice.over", n = wait.over, limit = span(limit)),
            None => phrase!("drill.advice.over-own", n = wait.over),
        });
        let late = (wait.late > 0).then(|| phrase!("drill.advice.late", n = wait.late));
        let (mean, longest) = (span(wait.mean), span(wait.longest));
        let times = match wait.times {
            0 | 1 => phrase!("drill.advice.once", longest),
            n => phrase!("drill.advice.times", n, mean, longest, item = longest_of),
        };
        [of.into(), times.into(), over.into(), late.into()]
    }

    fn item(&self, of: &Item) -> String {
        self.names.item(self.language, &of.plan, &of.item)
    }
}
