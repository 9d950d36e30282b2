//! What a scenario expects must be something that its injects can bring about.

use super::super::diagnostic::Report;
use super::super::scenario::ExpectFile;
use super::super::words::{short, suggest};
use super::Checked;
use crate::domain::channel::Finality;
use crate::domain::level::ResponseLevel;
use crate::domain::phrase::phrase;

impl<'a> Checked<'a> {
    pub(super) fn expectations(&self, report: &mut Report) {
        for (n, expect) in self.file.expect.iter().enumerate() {
            let at = format!("/expect/{n}");
            if expect.kinds().len() != 1 {
                report
                    .error(
                        "expectation-of-one",
                        self.source.at(&at),
                        phrase!("scenario.expectation-of-one"),
                    )
                    .help(phrase!("scenario.expectation-of-one-help"));
            }
            self.expectation(expect, &at, report);
        }
    }

    fn expectation(&self, expect: &ExpectFile, at: &str, report: &mut Report) {
        for (key, share) in [
            ("accepted", &expect.accepted),
            ("delivered", &expect.delivered),
        ] {
            if let Some(share) = share {
                self.channel(
                    &share.channel,
                    &format!("{at}/{key}/channel"),
                    false,
                    report,
                );
            }
        }
        let by_receipt = expect.delivered.as_ref().map(|share| &share.channel);
        let channel = by_receipt.and_then(|code| self.set.channels.get(code));
        if channel.is_some_and(|def| def.spec().finality() == Finality::Accepted) {
            report
                .error(
                    "no-receipts",
                    self.source.at(&format!("{at}/delivered/channel")),
                    phrase!("scenario.no-receipts"),
                )
                .help(phrase!("scenario.no-receipts-help"));
        }
        if expect.corrected_within.is_some()
            && self.file.injects.iter().all(|i| i.wrong_bulletin.is_none())
        {
            report
                .error(
                    "nothing-to-correct",
                    self.source.key(&format!("{at}/corrected-within")),
                    phrase!("scenario.nothing-to-correct"),
                )
                .help(phrase!("scenario.nothing-to-correct-help"));
        }
        let Some(on_time) = &expect.on_time else {
            return;
        };
        if let Some(plan) = &on_time.plan
            && !self.file.plans.contains(plan)
        {
            report
                .error(
                    "unknown-plan",
                    self.source.at(&format!("{at}/on-time/plan")),
                    phrase!("scenario.plan-not-played", plan = short(plan)),
                )
                .help_if(suggest(plan, self.file.plans.iter().map(String::as_str)));
            return;
        }
        let known = self.items_reached(on_time.plan.as_deref(), on_time.level);
        if !known.contains(&on_time.item.as_str()) {
            let item = short(&on_time.item);
            let what = match on_time.level {
                Some(level) => phrase!("scenario.not-at-level", level = level, item),
                None => phrase!("scenario.not-at-any-level", item),
            };
            report
                .error(
                    "item-not-at-level",
                    self.source.at(&format!("{at}/on-time/item")),
                    what,
                )
                .help_if(suggest(&on_time.item, known));
        }
    }

    /// The items of every level that the injects reach, the end included.
    fn items_reached(&self, plan: Option<&str>, only: Option<ResponseLevel>) -> Vec<&'a str> {
        let mut known = Vec::new();
        for standing in self.standing.values() {
            let plans = self.plans.iter().filter(|p| {
                p.event.event == standing.event && plan.is_none_or(|code| p.plan == code)
            });
            for plan in plans {
                let of_levels = standing
                    .levels
                    .iter()
                    .filter(|level| only.is_none_or(|only| only == **level))
                    .filter_map(|level| plan.levels.get(level))
                    .flatten();
                let of_end = plan.end.iter().filter(|_| standing.ended && only.is_none());
                known.extend(
                    of_levels
                        .chain(of_end)
                        .flat_map(|item| {
                            std::iter::once(item).chain(item.interpretation.as_deref())
                        })
                        .map(|item| item.item.as_str()),
                );
            }
        }
        known.dedup();
        known
    }
}
