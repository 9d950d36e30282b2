//! A disclosure plan as the engine uses it: inheritance resolved, posts and templates filled in, nothing to look up.
//!
//! A plan carries everything that an incident declared under it will need, so that pinning the plan pins the whole
//! night: its body, its event type with the facts, and its template sources.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::approval::Actor;
use super::area::{Area, AreaCode};
use super::audience::Audience;
use super::body::{Body, PostRef};
use super::concern::{Concern, ConcernSource};
use super::deadline::{Due, Repeat};
use super::document::Document;
use super::fact::{Fact, FactSpec, FactValue, Facts, english_code};
use super::level::{EventClass, IncidentGrade, ResponseLevel};
use super::time::{Moment, Span};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub plan: String,
    pub title: String,
    pub title_en: Option<String>,
    /// Drafts, and answers the telephone.
    pub body: Body,
    /// The organs that decide and sign where that is not the body which drafts, by code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub issuers: BTreeMap<String, Body>,
    pub event: EventType,
    /// The areas this plan serves, and every named place known, for printing.
    pub areas: Vec<AreaCode>,
    pub places: Vec<Area>,
    pub revision: String,
    pub zone: Tz,
    pub effective_from: Option<NaiveDate>,
    pub review_by: Option<NaiveDate>,
    pub routes: BTreeMap<String, Route>,
    pub corrections: Option<Corrections>,
    pub levels: BTreeMap<ResponseLevel, Vec<Item>>,
    pub end: Vec<Item>,
    /// At which grades a superior speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<Speaker>,
    /// Who watches and answers what people ask and claim, level by level.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub concerns: BTreeMap<ResponseLevel, Vec<Concern>>,
    /// The same after the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub end_concerns: Vec<Concern>,
    /// Template name → source text, partials included.
    pub templates: BTreeMap<String, String>,
    /// Citation code → document and article, as the public reads it.
    #[serde(default)]
    pub citations: BTreeMap<String, String>,
    /// Days off and worked weekend days, for working-day deadlines.
    pub calendar: Calendar,
}

/// Who speaks of an incident by its grade (事件等级): the plan's own organ, or at some grades a superior, whose text is relayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speaker {
    /// The fact that says the grade.
    pub fact: String,
    /// The grades at which the superior speaks.
    pub superior: Vec<String>,
    /// The item that relays what the superior says.
    pub relay: String,
}

impl Plan {
    /// Every item of every level and of the end, with its interpretation.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        let top = self.levels.values().flatten().chain(&self.end);
        top.flat_map(|item| std::iter::once(item).chain(item.interpretation.as_deref()))
    }

    /// The item `code` at `level`, interpretations included.
    pub fn item(&self, level: ResponseLevel, code: &str) -> Option<&Item> {
        self.levels.get(&level).and_then(|items| find(items, code))
    }

    /// The item `code`, looked for at `level` first, then among the end items, then anywhere.
    pub fn item_anywhere(&self, level: ResponseLevel, code: &str) -> Option<&Item> {
        self.item(level, code)
            .or_else(|| find(&self.end, code))
            .or_else(|| self.levels.values().find_map(|items| find(items, code)))
    }

    /// The item that `release` was made from; what answers a concern goes the way of the source where that was found.
    pub fn item_of(&self, release: &super::release::Release) -> Option<&Item> {
        let item = match release.level {
            Some(level) => self.item_anywhere(level, &release.item)?,
            None => find(&self.end, &release.item)
                .or_else(|| self.item_anywhere(ResponseLevel::IV, &release.item))?,
        };
        Some(item.from(release.found.and_then(|found| found.source)))
    }

    /// The organ that decides and signs what `item` says.
    pub fn issuer_of(&self, item: &Item) -> &Body {
        let issuer = item.issuer.as_ref();
        issuer
            .and_then(|code| self.issuers.get(code))
            .unwrap_or(&self.body)
    }

    /// The year that the calendar does not know, if the deadline of `release` was counted in working days through it.
    pub fn beyond_calendar(&self, release: &super::release::Release) -> Option<i32> {
        let level = release.level.unwrap_or(ResponseLevel::IV);
        let item = self.item_anywhere(level, &release.item)?;
        super::deadline::counted_beyond_calendar(
            &item.due,
            release.due_at,
            self.zone,
            &self.calendar,
        )
    }

    /// Whether this plan serves any of `areas`.
    pub fn serves(&self, areas: &[AreaCode]) -> bool {
        areas
            .iter()
            .any(|area| self.areas.iter().any(|own| own.overlaps(area)))
    }

    pub fn place_name<'a>(&'a self, code: &'a AreaCode) -> &'a str {
        self.places
            .iter()
            .find(|p| p.area == *code)
            .map_or(code.0.as_str(), |p| p.name.as_str())
    }

    pub fn place_name_en<'a>(&'a self, code: &'a AreaCode) -> &'a str {
        self.places
            .iter()
            .find(|p| p.area == *code)
            .map_or(code.0.as_str(), |p| p.name_en.as_deref().unwrap_or(&p.name))
    }
}

fn find<'a>(items: &'a [Item], code: &str) -> Option<&'a Item> {
    items
        .iter()
        .flat_map(|item| std::iter::once(item).chain(item.interpretation.as_deref()))
        .find(|item| item.item == code)
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventType {
    pub event: String,
    pub name: String,
    pub name_en: Option<String>,
    pub class: EventClass,
    pub facts: Vec<FactSpec>,
}

impl EventType {
    pub fn fact(&self, code: &str) -> Option<&FactSpec> {
        self.facts.iter().find(|spec| spec.fact == code)
    }

    /// What people call the name that a text lacks: a fact, its as-of time or source, a column, or what is known of the
    /// incident. None for what nobody can give, since it comes with something that is done, such as the moment of publication.
    pub fn lacking_zh(&self, name: &str) -> Option<String> {
        if let Some(spec) = self.fact(name) {
            return Some(spec.label.clone());
        }
        let (of, part) = name.split_once('.')?;
        if (of, part) == ("incident", "expected-duration") {
            return Some("预计持续时间".to_owned());
        }
        let spec = self.fact(of)?;
        let column = |known: &&super::fact::ColumnSpec| known.column == part;
        Some(match (part, spec.columns.iter().find(column)) {
            (_, Some(column)) => format!("{}的{}", spec.label, column.label),
            ("as-of", _) => format!("{}的截至时间", spec.label),
            ("source", _) => format!("{}的来源", spec.label),
            _ => spec.label.clone(),
        })
    }

    /// The fact that gives `spec` in English, if there is one.
    pub fn english_of(&self, spec: &FactSpec) -> Option<&FactSpec> {
        let is_given = spec.place || spec.english;
        is_given.then(|| self.fact(&english_code(&spec.fact)))?
    }

    /// What the facts `given` leave behind of the English in `standing`: where the Chinese was given anew and the English was
    /// not, the English says something else and is emptied.
    pub fn english_left_behind(&self, standing: &Facts, given: &Facts, now: Moment) -> Facts {
        let left = given.iter().filter_map(|(code, fact)| {
            let english = &self.english_of(self.fact(code)?)?.fact;
            let is_left = standing.get(english)?.value.is_truthy()
                && !given.contains_key(english)
                && standing.get(code).is_none_or(|was| was.value != fact.value);
            let emptied = Fact {
                value: FactValue::Text(String::new()),
                as_of: now,
                source: None,
                by: Vec::new(),
            };
            is_left.then(|| (english.clone(), emptied))
        });
        left.collect()
    }

    /// Whether `spec` only gives another fact in English.
    pub fn is_english_form(&self, spec: &FactSpec) -> bool {
        let of = spec.fact.strip_suffix("-en").and_then(|of| self.fact(of));
        of.is_some_and(|of| of.place || of.english)
    }
}

/// One thing to disclose at a level (公开事项).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub item: String,
    pub name: String,
    pub name_en: Option<String>,
    pub kind: ItemKind,
    pub role: Option<ItemRole>,
    pub subject: Option<String>,
    /// A code of [`Plan::issuers`]; None = the plan's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// None = what its kind is by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Document>,
    pub template: String,
    pub content: Vec<String>,
    pub basis: Vec<String>,
    pub channels: Vec<ItemChannel>,
    pub audience: Audience,
    /// The earliest counts. Empty = no deadline of its own.
    pub due: Vec<Due>,
    pub repeat: Option<Repeat>,
    /// It tells of something that is held first; then `due` is the limit of the holding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// It is planned from this grade of the incident on, and not below; None = by its level alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_grade: Option<IncidentGrade>,
    pub on_demand: bool,
    /// A measure that its level makes ready, and somebody orders or not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decided: bool,
    /// Who decides it; none = whoever may decide in the plan's body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided_by: Vec<PostRef>,
    /// Codes of the measures that it excludes in the same place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instead_of: Vec<String>,
    /// The facts that name the places of an order, for that one text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places_facts: Vec<String>,
    /// The item in whose text this one goes out; then it has no template, channels and route of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<String>,
    pub route: String,
    pub fast: Option<String>,
    pub valid_for: Option<Span>,
    pub on_raise: OnRaise,
    pub lifts: Vec<String>,
    /// The fact of type `time` that says from which hour what it lifts is over; none = from when it goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    /// The fact of type `text` that says for whom what it lifts goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except: Option<String>,
    /// Items whose series stop when this text of a superior is relayed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes_over: Vec<String>,
    pub interpretation: Option<Box<Item>>,
    /// The same item where the plan lets the source of a concern say by when, by whom and where it is answered.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_source: BTreeMap<ConcernSource, Item>,
}

impl Item {
    /// As it is for what was found at `source`.
    pub fn from(&self, source: Option<ConcernSource>) -> &Self {
        let own = source.and_then(|source| self.by_source.get(&source));
        own.unwrap_or(self)
    }

    /// Whether an incident of `grade` asks for it.
    pub fn is_for(&self, grade: Option<IncidentGrade>) -> bool {
        self.from_grade
            .is_none_or(|from| grade.is_some_and(|grade| grade >= from))
    }

    pub fn document(&self) -> Document {
        self.document.unwrap_or(Document::of(self.kind))
    }
}

/// What is held before a text can tell of it, such as a press conference (新闻发布会).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Held {
    /// The fact of type `time` that says when it was held.
    pub fact: String,
    /// The item that announces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced_by: Option<String>,
    /// The fact of type `time` for which it is announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced_for: Option<String>,
    /// How long after the holding its text may come.
    pub text_within: Span,
    /// An on-demand item that is asked for when it was held; its deadline of `request` counts from the holding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemChannel {
    pub channel: String,
    /// None = the item's audience.
    pub audience: Option<Audience>,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    Notice,
    Bulletin,
    Advisory,
    Warning,
    Interpretation,
    Refutation,
    PressConference,
    Summary,
    Correction,
}

impl ItemKind {
    pub fn code(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Bulletin => "bulletin",
            Self::Advisory => "advisory",
            Self::Warning => "warning",
            Self::Interpretation => "interpretation",
            Self::Refutation => "refutation",
            Self::PressConference => "press-conference",
            Self::Summary => "summary",
            Self::Correction => "correction",
        }
    }

    pub fn zh(self) -> &'static str {
        match self {
            Self::Notice => "通告",
            Self::Bulletin => "情况通报",
            Self::Advisory => "提示",
            Self::Warning => "预警信息",
            Self::Interpretation => "解读",
            Self::Refutation => "辟谣",
            Self::PressConference => "新闻发布会",
            Self::Summary => "总结",
            Self::Correction => "更正",
        }
    }

    /// Which lane its deliveries take: a warning or correction is never behind an explanation.
    pub fn lane(self) -> super::delivery::Lane {
        use super::delivery::Lane;
        match self {
            Self::Warning | Self::Correction | Self::Notice | Self::Advisory | Self::Refutation => {
                Lane::Urgent
            }
            Self::Bulletin | Self::PressConference => Lane::Normal,
            Self::Interpretation | Self::Summary => Lane::Bulk,
        }
    }
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ItemRole {
    Activation,
    Termination,
    Lifting,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnRaise {
    #[default]
    Keep,
    Reissue,
}

/// The posts that must sign, in order (审签流程).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub sign: Vec<Signer>,
    /// Some = this is a fast route: sent on these signatures alone, and only for a text no one has edited.
    pub fast: Option<FastRoute>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FastRoute {
    /// The ordinary route whose posts sign afterwards.
    pub countersign: String,
    pub countersign_within: Span,
}

/// One step of a route, with what the engine must know of that post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    pub post: PostRef,
    pub name: String,
    pub name_en: Option<String>,
    pub sign_within: Span,
    pub deputy: Option<PostRef>,
}

/// The pre-written corrections of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrections {
    pub sign: Signer,
    pub confirm: Signer,
    pub confirm_within: Span,
    pub sent_in_error: String,
    pub wrong_content: String,
    pub all_clear: String,
    /// None = the words that `render::builtin` has for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<String>,
    /// The posts that may prepare and send one beside `sign` and `confirm`; none = whoever signs for the plan or may declare.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may: Vec<PostRef>,
}

impl Corrections {
    /// Who signs what `actor` prepares: the post that is named for it, or the one of `correctors` that they hold, beside it.
    pub fn signed_by(&self, actor: &Actor, correctors: &[PostRef]) -> Signer {
        let named = [Some(&self.sign.post), self.sign.deputy.as_ref()];
        let is_named = named.into_iter().flatten().any(|post| actor.holds(post));
        let own = correctors.iter().find(|post| actor.holds(post));
        match own.filter(|_| !is_named) {
            Some(own) => Signer {
                post: own.clone(),
                deputy: Some(self.sign.post.clone()),
                ..self.sign.clone()
            },
            None => self.sign.clone(),
        }
    }

    /// Who confirms what `signed` has sent: another post, so that it takes another person.
    pub fn confirmed_after(&self, signed: &PostRef) -> Signer {
        match self.confirm.post == *signed {
            true => self.sign.clone(),
            false => self.confirm.clone(),
        }
    }

    pub fn template(&self, kind: CorrectionKind) -> &str {
        match kind {
            CorrectionKind::SentInError => &self.sent_in_error,
            CorrectionKind::WrongContent => &self.wrong_content,
            CorrectionKind::AllClear => &self.all_clear,
            CorrectionKind::Withdrawal => self.withdrawal.as_deref().unwrap_or(WITHDRAWAL),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CorrectionKind {
    SentInError,
    WrongContent,
    AllClear,
    /// It is taken back, and nothing is said in its place.
    Withdrawal,
}

/// The name of the template that takes a text back where a plan has no words of its own for it.
pub const WITHDRAWAL: &str = "fabu-withdrawal";

impl CorrectionKind {
    pub fn code(self) -> &'static str {
        match self {
            Self::SentInError => "sent-in-error",
            Self::WrongContent => "wrong-content",
            Self::AllClear => "all-clear",
            Self::Withdrawal => "withdrawal",
        }
    }

    pub fn zh(self) -> &'static str {
        match self {
            Self::SentInError => "误发更正",
            Self::WrongContent => "内容更正",
            Self::AllClear => "解除",
            Self::Withdrawal => "撤回",
        }
    }

    /// As it stands before the name of the text.
    pub fn en(self) -> &'static str {
        match self {
            Self::SentInError | Self::WrongContent => "Correction",
            Self::AllClear => "All clear",
            Self::Withdrawal => "Withdrawal",
        }
    }
}

/// The working-day calendar: weekends are off, `holidays` too, `workdays` are worked all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    pub holidays: Vec<NaiveDate>,
    pub workdays: Vec<NaiveDate>,
}

/// Everything the plan and channel files say, read together and found valid.
#[derive(Debug, Clone, Default)]
pub struct PlanSet {
    pub plans: Vec<PinnedPlan>,
    pub channels: BTreeMap<String, super::channel::ChannelDef>,
    pub bodies: Vec<Body>,
    /// Acts that take a second person.
    pub confirm: Vec<super::rights::Confirm>,
    pub areas: Vec<Area>,
}

/// A plan with the hash of everything in it.
#[derive(Debug, Clone)]
pub struct PinnedPlan {
    pub plan: std::sync::Arc<Plan>,
    pub hash: String,
}

impl PlanSet {
    /// The address the public knows the portal by, from the first enabled portal channel.
    pub fn portal_url(&self) -> Option<&str> {
        self.channels
            .values()
            .find_map(|def| def.portal.as_ref().map(|portal| portal.base_url.as_str()))
    }

    /// Gives every portal channel another public address than its file names.
    pub fn set_portal_url(&mut self, base_url: &str) {
        for portal in self
            .channels
            .values_mut()
            .filter_map(|def| def.portal.as_mut())
        {
            base_url.clone_into(&mut portal.base_url);
        }
    }

    /// The deputy of a post, if it has one.
    pub fn deputy_of(&self, post: &PostRef) -> Option<PostRef> {
        let body = self.bodies.iter().find(|body| body.body == post.body)?;
        let known = body.posts.iter().find(|one| one.post == post.post)?;
        let deputy = known.deputy.as_deref()?;
        Some(PostRef::within(&post.body, deputy))
    }

    /// A post as people call it: its body and itself by name; by code where today's bodies do not know it.
    pub fn post_zh(&self, post: &PostRef) -> String {
        let body = self.bodies.iter().find(|body| body.body == post.body);
        let known = body.and_then(|body| {
            let known = body.posts.iter().find(|one| one.post == post.post)?;
            Some(match known.name.contains(&body.name) {
                true => known.name.clone(),
                false => format!("{}{}", body.name, known.name),
            })
        });
        known.unwrap_or_else(|| post.to_string())
    }

    /// Several posts as people call them.
    pub fn posts_zh(&self, posts: &[PostRef]) -> String {
        let posts = posts.iter().map(|post| self.post_zh(post));
        posts.collect::<Vec<_>>().join("、")
    }

    pub fn plan(&self, code: &str) -> Option<&PinnedPlan> {
        self.plans.iter().find(|pinned| pinned.plan.plan == code)
    }
}
