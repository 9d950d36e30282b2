//! One item before and after: when, how often, where, who signs, what it says.

use std::collections::BTreeSet;

use super::words::{deadline, rhythm, whom};
use super::{Difference, What, own, posts};
use crate::domain::deadline::{DayCalendar, Due, Repeat};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::plan::{Item, ItemChannel, Plan};

/// Compares what one item was with what it becomes.
pub(super) struct Compare<'a> {
    pub level: &'static str,
    pub before: &'a Item,
    pub after: &'a Item,
    pub out: &'a mut Vec<Difference>,
}

impl Compare<'_> {
    fn say(&mut self, what: What, before: Option<Phrase>, after: Option<Phrase>, whom: Phrase) {
        self.out.push(Difference {
            level: self.level,
            item: self.after.item.clone(),
            what,
            before,
            after,
            whom,
        });
    }

    pub(super) fn deadlines(&mut self, plan: &Plan) {
        let key = |due: &Due| (due.of, due.calendar == DayCalendar::WorkingDay);
        let shortest = |dues: &[Due], like: &Due| {
            dues.iter()
                .filter(|due| key(due) == key(like))
                .min_by_key(|due| due.within)
                .cloned()
        };
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for due in self.after.due.iter().chain(&self.before.due) {
            if !seen.insert(key(due)) {
                continue;
            }
            let before = shortest(&self.before.due, due);
            let after = shortest(&self.after.due, due);
            let what = match (&before, &after) {
                (None, _) => What::DeadlineAdded,
                (_, None) => What::DeadlineRemoved,
                (Some(b), Some(a)) if a.within < b.within => What::Earlier,
                (Some(b), Some(a)) if a.within > b.within => What::Later,
                _ => continue,
            };
            found.push((
                what,
                before.as_ref().map(deadline),
                after.as_ref().map(deadline),
            ));
        }
        let staff = own(&posts(plan, &self.after.route));
        for (what, before, after) in found {
            self.say(what, before, after, staff.clone());
        }
    }

    pub(super) fn rhythm(&mut self, plan: &Plan) {
        if self.before.repeat == self.after.repeat && self.before.on_demand == self.after.on_demand
        {
            return;
        }
        let words = |item: &Item| match (&item.repeat, item.on_demand) {
            (Some(repeat), _) => rhythm(repeat),
            (None, true) => phrase!("difference.on-demand"),
            (None, false) => phrase!("difference.once"),
        };
        let what = match (&self.before.repeat, &self.after.repeat) {
            (Some(Repeat::Every(b)), Some(Repeat::Every(a))) if a.every < b.every => {
                What::MoreOften
            }
            (Some(Repeat::Every(b)), Some(Repeat::Every(a))) if a.every > b.every => {
                What::LessOften
            }
            _ => What::Rhythm,
        };
        let (before, after) = (words(self.before), words(self.after));
        self.say(
            what,
            Some(before),
            Some(after),
            own(&posts(plan, &self.after.route)),
        );
    }

    pub(super) fn channels(&mut self) {
        let of = |item: &Item, channel: &ItemChannel| {
            whom(channel.audience.as_ref().unwrap_or(&item.audience))
        };
        let (before, after) = (self.before, self.after);
        for channel in &after.channels {
            let audience = of(after, channel);
            match before
                .channels
                .iter()
                .find(|c| c.channel == channel.channel)
            {
                None => self.say(
                    What::ChannelAdded,
                    None,
                    Some(own(&channel.channel)),
                    audience,
                ),
                Some(old) => {
                    let was = of(before, old);
                    if was != audience {
                        let named = |audience: &Phrase| {
                            let channel = &channel.channel;
                            Some(phrase!(
                                "difference.channel",
                                channel,
                                audience = audience.clone()
                            ))
                        };
                        let (was, now) = (named(&was), named(&audience));
                        self.say(What::Audience, was, now, audience);
                    }
                }
            }
        }
        for channel in &before.channels {
            if !after.channels.iter().any(|c| c.channel == channel.channel) {
                let audience = of(before, channel);
                self.say(
                    What::ChannelRemoved,
                    Some(own(&channel.channel)),
                    None,
                    audience,
                );
            }
        }
    }

    pub(super) fn routes(&mut self, plan: &Plan) {
        let (before, after) = (self.before, self.after);
        if before.route != after.route {
            let staff = own(&posts(plan, &after.route));
            self.say(
                What::Route,
                Some(own(&before.route)),
                Some(own(&after.route)),
                staff,
            );
        }
        if before.fast != after.fast {
            let staff = own(&posts(plan, after.fast.as_deref().unwrap_or(&after.route)));
            self.say(
                What::FastRoute,
                before.fast.as_deref().map(own),
                after.fast.as_deref().map(own),
                staff,
            );
        }
    }

    pub(super) fn text(&mut self, old: &Plan, new: &Plan) {
        let (before, after) = (self.before, self.after);
        let audience = || whom(&after.audience);
        let source = |plan: &Plan, name: &str| plan.templates.get(name).cloned();
        if before.template != after.template {
            self.say(
                What::Text,
                Some(own(&before.template)),
                Some(own(&after.template)),
                audience(),
            );
        } else if source(old, &before.template) != source(new, &after.template) {
            let name = Some(own(&format!("{}.hbs", after.template)));
            self.say(What::Text, name.clone(), name, audience());
        }
        if before.valid_for != after.valid_for {
            let words = |item: &Item| item.valid_for.map(|span| own(&span.to_string()));
            self.say(What::Validity, words(before), words(after), audience());
        }
        if before.content != after.content {
            let only = |one: &Item, other: &Item| {
                let words: Vec<&str> = one
                    .content
                    .iter()
                    .filter(|element| !other.content.contains(element))
                    .map(String::as_str)
                    .collect();
                (!words.is_empty()).then(|| own(&words.join(" ")))
            };
            let (gone, come) = (only(before, after), only(after, before));
            if gone.is_some() || come.is_some() {
                self.say(What::Content, gone, come, audience());
            }
        }
        let others = |item: &Item| {
            phrase!(
                "difference.others",
                name = &item.name,
                kind = item.kind.code(),
                lifts = item.lifts.join(" ")
            )
        };
        if (&before.name, before.kind, &before.lifts) != (&after.name, after.kind, &after.lifts) {
            self.say(
                What::Other,
                Some(others(before)),
                Some(others(after)),
                audience(),
            );
        }
        if before.effective != after.effective {
            let hour = |item: &Item| {
                let fact = item.effective.as_ref()?;
                Some(phrase!("difference.effective", fact))
            };
            self.say(What::Other, hour(before), hour(after), audience());
        }
        if before.except != after.except {
            let whom = |item: &Item| {
                let fact = item.except.as_ref()?;
                Some(phrase!("difference.except", fact))
            };
            self.say(What::Other, whom(before), whom(after), audience());
        }
        if before.from_grade != after.from_grade {
            let grade = |item: &Item| {
                let grade = item.from_grade?;
                Some(phrase!("difference.from-grade", grade = grade.phrase()))
            };
            self.say(What::Other, grade(before), grade(after), audience());
        }
        if before.held != after.held {
            let held = |item: &Item| {
                let held = item.held.as_ref()?;
                Some(phrase!(
                    "difference.held",
                    fact = &held.fact,
                    within = held.text_within
                ))
            };
            self.say(What::Other, held(before), held(after), audience());
        }
        if before.takes_over != after.takes_over {
            let taken = |item: &Item| {
                let items = item.takes_over.join(" ");
                (!items.is_empty()).then(|| phrase!("difference.takes-over", items))
            };
            self.say(What::Other, taken(before), taken(after), audience());
        }
        if before.stands_with != after.stands_with {
            let orders = |item: &Item| {
                let items = item.stands_with.join(" ");
                (!items.is_empty()).then(|| phrase!("difference.stands-with", items))
            };
            self.say(What::Other, orders(before), orders(after), audience());
        }
    }
}
