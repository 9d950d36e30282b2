//! Whoever may confirm what another person asks for hears of it at once, and once more before it lapses; whoever asked hears what
//! became of it. On the channels that carry reminders, as every call to work.
//!
//! A message that cannot be sent stands in the journal and holds nothing up.

use super::super::dispatch::{self, Note};
use super::super::{VerbError, World, trouble};
use crate::domain::body::PostRef;
use crate::domain::delivery::Lane;
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::release::Release;
use crate::domain::rights::{Asked, Decision, Wish};
use crate::domain::time::{Moment, Span, moment_zh, span_zh};
use crate::store::{StoreError, Tx};

/// Why a message is sent about what was asked for.
#[derive(Clone, Copy)]
pub(super) enum News<'a> {
    Asked,
    /// Nobody has decided yet, and its time runs out.
    StillOpen,
    /// Somebody decided, with a reason if they gave one; or nobody did in time.
    Decided(Decision, Option<&'a str>),
}

/// Tells whom it concerns. Returns the channels that carry it.
pub(super) async fn tell(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    asked: &Asked,
    news: News<'_>,
) -> Result<Vec<String>, VerbError> {
    // Where nothing carries reminders, `doctor` says so, and not each message.
    if !dispatch::carries_reminders(world) {
        return Ok(Vec::new());
    }
    let why = match send(tx, world, now, asked, news).await {
        Ok(Ok(told_by)) => return Ok(told_by),
        Ok(Err(why)) => why,
        // What was asked for is decided all the same.
        Err(VerbError::Store(StoreError::BrokenRow { table, id, what })) => {
            tracing::error!(table, %id, %what, asked = %asked.id, "nobody could be told of what waits for a second person");
            format!("table {table}, row {id}: {what}")
        }
        Err(error @ VerbError::Store(_)) => return Err(error),
        Err(error) => error.to_string(),
    };
    let entry = Entry::new(now, ENGINE, Act::ReminderNotSent { why });
    tx.append(vec![super::closing::about(asked, entry)]).await?;
    Ok(Vec::new())
}

async fn send(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    asked: &Asked,
    news: News<'_>,
) -> Result<Result<Vec<String>, String>, VerbError> {
    let Some(kept_with) = kept_with(tx, asked).await? else {
        return Ok(Err(
            "a message is kept with a text, and the incident has none that can be read".to_owned(),
        ));
    };
    let posts = whom(tx, asked, news).await?;
    // Nobody in particular would be everybody.
    if posts.is_empty() {
        return Ok(Err(format!("{} holds no post", asked.by.user)));
    }
    let title = super::super::incident(tx, &asked.incident).await?.title;
    let said = Said {
        asked,
        wish: wish(asked, &title, &kept_with),
        by: decided_by(tx, asked).await?,
        zone: world.pinned(tx, &kept_with.plan_hash).await?.zone,
        now,
    };
    let note = Note {
        title: said.title(news),
        text: said.text(news, &world.plans.posts_zh(&posts)),
        not_by: None,
        lane: Lane::Urgent,
    };
    dispatch::send_note(tx, world, now, &kept_with, &posts, &note).await
}

/// The text that a message is kept with: the one to be withdrawn, or one of the incident, open if there is one, for messages about a
/// text that is over are stopped with it.
async fn kept_with(tx: &mut Tx, asked: &Asked) -> Result<Option<Release>, StoreError> {
    if let Some(id) = asked.wish.release() {
        return tx.release(id).await;
    }
    let all = tx.readable_of(&asked.incident).await?.releases;
    Ok(all
        .into_iter()
        .min_by_key(|one| (!one.state.is_open(), one.id.clone())))
}

/// Those who may confirm it; of a decision whoever asked, or, when they took it back themselves, those who need not confirm any more.
async fn whom(tx: &mut Tx, asked: &Asked, news: News<'_>) -> Result<Vec<PostRef>, StoreError> {
    let is_taken_back = (asked.decided.as_ref()).is_some_and(|one| one.by == asked.by.user);
    if is_taken_back || !matches!(news, News::Decided(..)) {
        return Ok(asked.posts.clone());
    }
    let person = tx.person_by_login(&asked.by.user).await?;
    let held = person.map(|person| person.posts).unwrap_or_default();
    Ok(match held.is_empty() {
        true => asked.by.posts.clone(),
        false => held,
    })
}

/// The name of whoever decided.
async fn decided_by(tx: &mut Tx, asked: &Asked) -> Result<String, StoreError> {
    let Some(decided) = &asked.decided else {
        return Ok(String::new());
    };
    let person = tx.person_by_login(&decided.by).await?;
    Ok(person.map_or_else(|| decided.by.clone(), |person| person.name))
}

fn wish(asked: &Asked, title: &str, kept_with: &Release) -> String {
    let number = asked.incident.short();
    match &asked.wish {
        Wish::RaiseToI { level, .. } => {
            format!("将“{title}”（编号{number}）的应急响应提高到{}", level.zh())
        }
        Wish::End { .. } => format!("解除“{title}”（编号{number}）的应急响应"),
        Wish::Withdraw { release, .. } => {
            let name = &kept_with.name;
            format!("撤回“{title}”已发布的{name}（编号{}）", release.short())
        }
    }
}

/// What a message says.
struct Said<'a> {
    asked: &'a Asked,
    wish: String,
    by: String,
    zone: chrono_tz::Tz,
    now: Moment,
}

impl Said<'_> {
    fn title(&self, news: News<'_>) -> String {
        let word = match news {
            News::Asked => "待确认",
            News::StillOpen => "仍待确认",
            News::Decided(Decision::Confirmed, _) => "已确认",
            News::Decided(Decision::Declined, _) if self.is_taken_back() => "已收回",
            News::Decided(Decision::Declined, _) => "未获确认",
            News::Decided(Decision::Lapsed, _) => "逾期作废",
            News::Decided(Decision::Overtaken, _) => "已作废",
        };
        format!("{word}：{}", self.wish)
    }

    fn text(&self, news: News<'_>, posts: &str) -> String {
        let (asked, wish) = (self.asked, &self.wish);
        let who = &asked.by.name;
        let at = moment_zh(asked.at, self.zone);
        let what = format!("{who}{at}提请{wish}");
        match news {
            News::Asked | News::StillOpen => {
                let still = match news {
                    News::StillOpen => "尚无人确认。",
                    _ => "",
                };
                let left = (asked.ends_at - self.now).num_seconds().max(0) / 60 * 60;
                let (until, left) = (
                    moment_zh(asked.ends_at, self.zone),
                    span_zh(Span::seconds(left)),
                );
                let (reason, id) = (trouble::clipped(asked.wish.reason()), asked.id.short());
                format!(
                    "{what}，理由：{reason}。{still}请{posts}在{until}前（还剩{left}）决定，逾期作废。\
                     同意：fabu incident confirm {id}；不同意：fabu incident decline {id} --reason 理由。"
                )
            }
            News::Decided(Decision::Confirmed, _) => {
                format!("{what}，已由{}确认，已办理。", self.by)
            }
            News::Decided(Decision::Declined, reason) => {
                let reason = trouble::clipped(reason.unwrap_or_default());
                match self.is_taken_back() {
                    true => format!("{what}，现已收回，无须确认。理由：{reason}。"),
                    false => format!("{what}，{}不同意，没有办理。理由：{reason}。", self.by),
                }
            }
            News::Decided(Decision::Overtaken, _) => {
                format!(
                    "{what}，现级别已变或者响应已解除，已作废，没有办理。仍需要的，请重新提请。"
                )
            }
            News::Decided(Decision::Lapsed, _) => {
                format!("{what}，到时无人确认，已作废，没有办理。仍需要的，请重新提请。")
            }
        }
    }

    fn is_taken_back(&self) -> bool {
        let decided = self.asked.decided.as_ref();
        decided.is_some_and(|decided| decided.by == self.asked.by.user)
    }
}
