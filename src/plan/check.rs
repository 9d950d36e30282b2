//! What only shows when the files are read together. One file per family of questions.
//!
//! Each check writes what it finds into the report and changes nothing; none relies on another having run.

pub mod bodies;
pub mod rights;
pub mod events;
pub mod channels;
pub mod references;
pub mod routes;
pub mod items;
pub mod levels;
pub mod deadlines;
pub mod decided;
pub mod english;
pub mod graded;
pub mod effective;
pub mod held;
pub mod rhythm;
pub mod rules;
pub mod citations;
pub mod cited;
pub mod grounds;
pub mod checked;
pub mod corrections;
pub mod templates;
pub mod texts;
pub mod holes;
pub mod wording;
pub mod document;
pub mod punctuation;
mod standing;
pub mod targets;
pub mod concerns;
pub mod load;
pub mod speaker;
pub mod sms;

use chrono::NaiveDate;

use super::diagnostic::{Place, Report};
use super::file::{Citation, EventFile};
use super::folder::Files;
use super::inherit::{Draft, Leveled};
use super::words::{is_code, short};
use crate::domain::body::{Body, Post, PostRef};
use crate::domain::channel::ChannelDef;
use crate::domain::phrase::phrase;
use crate::domain::time::Span;

/// Everything read, with the levels filled up.
pub struct World<'a> {
    pub files: &'a Files,
    pub plans: Vec<Leveled<'a>>,
    pub today: NaiveDate,
}

/// Asks every question of every file.
pub fn check(world: &World<'_>, report: &mut Report) {
    bodies::check(world, report);
    rights::check(world, report);
    english::check_places(world, report);
    events::check(world, report);
    channels::check(world, report);
    citations::check_files(world, report);
    checked::check_file(world, report);
    rules::check_file(world, report);
    wording::check_file(world, report);
    references::check_plans(world, report);
    holes::check_files(world, report);
    targets::check(world, report);
    for plan in &world.plans {
        references::check(world, plan, report);
        routes::check(world, plan, report);
        items::check(world, plan, report);
        levels::check(plan, report);
        decided::check(world, plan, report);
        held::check(world, plan, report);
        effective::check(world, plan, report);
        graded::check(world, plan, report);
        concerns::check(world, plan, report);
        speaker::check(world, plan, report);
        deadlines::check(world, plan, report);
        rhythm::check(world, plan, report);
        citations::check(world, plan, report);
        cited::check(world, plan, report);
        grounds::check(world, plan, report);
        checked::check(world, plan, report);
        rules::check(world, plan, report);
        templates::check(world, plan, report);
        holes::check(world, plan, report);
    }
    // Only what is sound can be simulated.
    if !report.has_errors() {
        load::check(world, report);
    }
}

impl<'a> World<'a> {
    pub fn body(&self, code: &str) -> Option<&'a Body> {
        let bodies = self.files.bodies.as_ref()?;
        bodies.spec().bodies.iter().find(|body| body.body == code)
    }

    /// The body that decides and signs `draft`; whoever drafts explains, so an interpretation is the plan's body's own.
    pub fn issuer(
        &self,
        plan: &Leveled<'_>,
        draft: &Draft,
        owner: Option<&Draft>,
    ) -> Option<&'a Body> {
        let spec = plan.folder.plan.spec();
        let of_plan = spec.issuer.as_ref().filter(|_| owner.is_none());
        let code = draft.spec.issuer.as_ref().or(of_plan);
        self.body(code.unwrap_or(&spec.body))
    }

    pub fn post(&self, post: &PostRef) -> Option<&'a Post> {
        self.body(&post.body)?
            .posts
            .iter()
            .find(|one| one.post == post.post)
    }

    pub fn event(&self, code: &str) -> Option<&'a EventFile> {
        let events = self.files.events.as_ref()?;
        events
            .spec()
            .events
            .iter()
            .find(|event| event.event == code)
    }

    pub fn channel(&self, code: &str) -> Option<&'a ChannelDef> {
        self.files
            .channels
            .iter()
            .map(|channel| channel.spec())
            .find(|channel| channel.channel == code)
    }

    pub fn citation(&self, code: &str) -> Option<&'a Citation> {
        let rules = self.files.rules.as_ref()?;
        rules.spec().citations.iter().find(|one| one.basis == code)
    }

    /// Whether this is the example set, which shows how it is done and reaches nobody.
    pub fn is_example(&self) -> bool {
        let bodies = self.files.bodies.as_ref();
        bodies.is_none_or(|bodies| bodies.spec().example)
    }

    /// How long the posts of a route may take one after the other; None when a post is unknown.
    pub fn route_time(&self, plan: &Leveled<'_>, route: &str) -> Option<Span> {
        let spec = plan.folder.plan.spec();
        let mut total = 0;
        for text in &spec.routes.get(route)?.sign {
            let post = PostRef::within(&spec.body, text);
            total += self.post(&post)?.sign_within.as_seconds();
        }
        Some(Span::seconds(total))
    }
}

/// Complains of a code that is not lower-case letters, digits and hyphens.
fn code(code: &str, place: Place, report: &mut Report) {
    if !is_code(code) {
        let better: String = code
            .trim()
            .to_lowercase()
            .chars()
            .map(|c| if c == '_' || c == ' ' { '-' } else { c })
            .collect();
        report
            .error(
                "malformed-code",
                place,
                phrase!("check.code-malformed", code = short(code)),
            )
            .help_if(is_code(&better).then(|| phrase!("check.code-malformed-help", better)));
    }
}
