//! What to change after a drill, and the figure behind it, in words.

use super::Teller;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::drill::advice::{Advice, Item, Waiting};
use crate::drill::score::Cause;
use crate::drill::words::{permille, span};

impl Teller<'_> {
    /// What to change, and the figure behind it.
    pub fn advice(&self, advice: &Advice) -> (String, String) {
        let post = |code: &str| self.names.post(self.language, code);
        let (what, why) = match advice {
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
                (phrase!("drill.advice.limit", item = self.item(of)), why)
            }
            Advice::Template { of, times } => (
                phrase!("drill.advice.template", item = self.item(of)),
                phrase!("drill.advice.template-why", n = *times),
            ),
            Advice::Fact { fact, wait } => {
                let [of, mean, longest, item, _, late] = self.wait(wait);
                (
                    phrase!("drill.advice.fact", fact = self.fact(fact)),
                    phrase!(
                        "drill.advice.fact-why",
                        of,
                        n = wait.times,
                        mean,
                        longest,
                        item,
                        late
                    ),
                )
            }
            Advice::Draft { post: of, wait } => (phrase!("drill.advice.draft", post = post(of)), {
                let [of, mean, longest, item, over, late] = self.wait(wait);
                phrase!(
                    "drill.advice.draft-why",
                    of,
                    n = wait.times,
                    mean,
                    longest,
                    item,
                    over,
                    late
                )
            }),
            Advice::Deputy { post: of, wait } => (
                phrase!("drill.advice.deputy", post = post(of)),
                self.for_signature(wait),
            ),
            Advice::Sign {
                post: of,
                deputy,
                wait,
            } => (
                phrase!("drill.advice.sign", post = post(of), deputy = post(deputy)),
                self.for_signature(wait),
            ),
            Advice::Both {
                post: of,
                deputy,
                wait,
            } => (
                phrase!("drill.advice.both", post = post(of), deputy = post(deputy)),
                self.for_signature(wait),
            ),
            Advice::Channel { channel, lost, of } => {
                let share = permille(lost * 1000 / (*of).max(1));
                let channel = self.names.channel(self.language, channel);
                (
                    phrase!("drill.advice.channel", channel),
                    phrase!("drill.advice.channel-why", n = lost.unsigned_abs(), share),
                )
            }
        };
        (self.say(&what), self.say(&why))
    }

    fn for_signature(&self, wait: &Waiting) -> Phrase {
        let [of, mean, longest, item, over, late] = self.wait(wait);
        phrase!(
            "drill.advice.sign-why",
            of,
            n = wait.times,
            mean,
            longest,
            item,
            over,
            late
        )
    }

    /// What waited, how long on average, at most, of what, how often too long, and what was late for it.
    fn wait(&self, wait: &Waiting) -> [Blank; 6] {
        let item = wait.item.as_ref().map(|item| self.item(item));
        let (of, longest_of) = match item {
            Some(name) if wait.is_always => (phrase!("drill.quoted", name), None),
            Some(name) => (
                phrase!("drill.advice.texts"),
                Some(phrase!("drill.advice.of", name)),
            ),
            None => (phrase!("drill.advice.texts"), None),
        };
        let over = wait.limit.filter(|_| wait.over > 0);
        let over =
            over.map(|limit| phrase!("drill.advice.over", n = wait.over, limit = span(limit)));
        let late = (wait.late > 0).then(|| phrase!("drill.advice.late", n = wait.late));
        [
            of.into(),
            span(wait.mean).into(),
            span(wait.longest).into(),
            longest_of.into(),
            over.into(),
            late.into(),
        ]
    }

    fn item(&self, of: &Item) -> String {
        self.names.item(self.language, &of.plan, &of.item)
    }
}
