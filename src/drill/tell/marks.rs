//! What happened in a drill beside its releases, in words.

use super::Teller;
use crate::domain::phrase::{Phrase, phrase};
use crate::drill::score::Mark;
use crate::drill::words::span;

impl Teller<'_> {
    pub fn mark(&self, mark: &Mark) -> String {
        let post = |code: &str| self.names.post(self.language, code);
        let channel = |code: &str| self.names.channel(self.language, code).to_owned();
        self.say(&match mark {
            Mark::Declared { level, title } => {
                phrase!("drill.mark.declared", level = super::level(*level), title)
            }
            Mark::Raised { to, reason } => {
                phrase!("drill.mark.raised", level = super::level(*to), reason)
            }
            Mark::Lowered { to, reason } => {
                phrase!("drill.mark.lowered", level = super::level(*to), reason)
            }
            Mark::Ended { reason } => phrase!("drill.mark.ended", reason),
            Mark::Facts => phrase!("drill.mark.facts"),
            Mark::ChannelDown {
                channel: of,
                seconds,
            } => phrase!(
                "drill.mark.channel-down",
                channel = channel(of),
                span = span(*seconds)
            ),
            Mark::ChannelSlow {
                channel: of,
                seconds,
            } => phrase!(
                "drill.mark.channel-slow",
                channel = channel(of),
                span = span(*seconds)
            ),
            Mark::Absent {
                post: of,
                seconds: Some(seconds),
            } => phrase!("drill.mark.absent", post = post(of), span = span(*seconds)),
            Mark::Absent {
                post: of,
                seconds: None,
            } => phrase!("drill.mark.absent-for-good", post = post(of)),
            Mark::Rumour { plan, item } => {
                let item = self.names.item(self.language, plan, item);
                phrase!("drill.mark.rumour", item)
            }
            Mark::Wrong { item } => {
                let item = self.names.item_anywhere(self.language, item);
                phrase!("drill.mark.wrong", item)
            }
            Mark::Stopped { seconds } => phrase!("drill.mark.stopped", span = span(*seconds)),
            Mark::Other { text } => Phrase::verbatim(text.clone()),
            Mark::Refused { text } => phrase!("drill.mark.refused", text),
        })
    }
}
