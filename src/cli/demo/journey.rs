//! The story that the demo plays: a flood at level IV, signed by two posts, raised to II, one bulletin corrected.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::when;
use super::super::words::{count, either, joined, named, word};
use super::super::{Exit, Failure, Result};
use super::crowd;
use crate::domain::approval::{Actor, Consent};
use crate::domain::area::AreaCode;
use crate::domain::body::PostRef;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::level::ResponseLevel;
use crate::domain::person::{Person, token_hash};
use crate::domain::plan::CorrectionKind;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;
use crate::domain::trace::Timeliness;
use crate::flow::declare::{Declaration, GivenFact};
use crate::flow::{Answer, VerbError, approve, correct, declare, draft, report};
use crate::id::{IncidentId, ReleaseId};
use crate::realm::Realm;

/// How long anything in the story may take before something is wrong.
const PATIENCE: TimeDelta = TimeDelta::seconds(60);

/// Plays it on the terminal.
///
/// # Errors
/// What went wrong, and where the story stopped.
pub async fn play(realm: &Realm, people: u32, portal: SocketAddr) -> Result<()> {
    tell(word!("demo.opening"));
    let began = realm.now();
    let areas = realm.world().plans.areas.clone();
    crowd::move_in(realm, &areas, people).await?;
    step(realm, began, &count!("demo.moved-in", u64::from(people)));

    let officer = holder("zhiban", "值班员", "flood-office/duty-officer")?;
    let head = holder("kezhang", "科长", "flood-office/section-head")?;
    let director = holder("zhuren", "办公室主任", "flood-office/office-director")?;
    let leader = holder("daiban", "带班领导", "flood-office/duty-leader")?;
    let mayor = holder(
        "fushizhang",
        "副指挥长",
        "flood-headquarters/deputy-commander",
    )?;
    let signers = [&head, &director, &leader, &mayor];

    tell(word!("demo.act-1"));
    let began = realm.now();
    let (mut tx, world, now) = realm.begin().await?;
    let declared = declare::declare(&mut tx, &world, now, &officer, flood(now))
        .await
        .map_err(|e| stopped(&e))?;
    realm.commit(tx).await?;
    let incident = declared.incident.id.clone();
    step(
        realm,
        began,
        &count!("demo.planned", declared.releases.len() as u64),
    );
    print_dates(&declared.releases, now);

    tell(word!("demo.act-2"));
    let began = realm.now();
    let notice = wait_for_draft(realm, &incident, "response-notice").await?;
    step(realm, began, word!("demo.drafted"));
    let began = realm.now();
    publish(realm, &officer, &signers, &notice.id).await?;
    step(realm, began, word!("demo.published"));
    tell(&format!("     http://{portal}/b/{}", notice.id));
    handed_over(realm, &notice.id, began).await?;

    tell(word!("demo.act-3"));
    let began = realm.now();
    let (mut tx, world, now) = realm.begin().await?;
    let raised = declare::change_level(
        &mut tx,
        &world,
        now,
        &officer,
        &incident,
        ResponseLevel::II,
        "主要河道水位超警戒，预计还将上涨",
    )
    .await
    .map_err(|e| stopped(&e))?;
    realm.commit(tx).await?;
    step(
        realm,
        began,
        &count!("demo.raised", raised.releases.len() as u64),
    );
    print_dates(&raised.releases, now);
    let began = realm.now();
    let notice = wait_for_draft(realm, &incident, "response-notice").await?;
    publish(realm, &officer, &signers, &notice.id).await?;
    step(realm, began, word!("demo.replaced"));
    handed_over(realm, &notice.id, began).await?;

    tell(word!("demo.act-4"));
    let began = realm.now();
    let correction = corrected(realm, &leader, &notice.id).await?;
    step(realm, began, word!("demo.corrected"));
    tell(&format!("     http://{portal}/b/{}", correction.id));
    handed_over(realm, &correction.id, began).await?;
    let hash = hash_of(&correction);
    sign(realm, &head, &correction.id, &Consent::to(hash)).await?;
    step(realm, began, word!("demo.confirmed"));

    tell(word!("demo.act-5"));
    account(realm, &incident).await
}

fn step(realm: &Realm, began: Moment, what: &str) {
    let ms = format!("{:>6}", (realm.now() - began).num_milliseconds());
    tell(&word!("demo.step", ms, what));
}

/// The story is what this command was asked for, so it goes to standard output; whoever closed it does not want it.
fn tell(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn stopped(error: &VerbError) -> Failure {
    Failure::new(Exit::Failed, word!("demo.stopped", why = error))
}

fn holder(user: &str, name: &str, post: &str) -> Result<Actor> {
    let post: PostRef = post
        .parse()
        .map_err(|error: crate::domain::body::BadPost| {
            Failure::new(Exit::Failed, error.to_string())
        })?;
    Ok(Actor {
        user: user.into(),
        name: name.into(),
        posts: vec![post],
    })
}

/// What the duty officer knows at three in the morning.
fn flood(now: Moment) -> Declaration {
    let facts: [(&str, Value); 10] = [
        (
            "situation",
            json!("受台风外围云系影响，昨夜以来我市普降大到暴雨，局部大暴雨"),
        ),
        (
            "weather-forecast",
            json!("未来24小时仍有40至70毫米降雨，局部可达100毫米"),
        ),
        ("warning-time", json!(now.to_rfc3339())),
        ("rainfall", json!(86.5)),
        ("measures", json!("加密巡堤查险，预置排涝泵站和抢险力量")),
        (
            "measures-list",
            json!([
                {"measure": "水库、河道堤防加密巡查，按规程预泄调度", "body": "市水利局"},
                {"measure": "城区易涝点落实值守，开足排涝泵站", "body": "市住房和城乡建设局"},
                {"measure": "核对危险区域人员名单，做好转移准备", "body": "各镇（街道）"}
            ]),
        ),
        (
            "shelters",
            json!([
                {"name": "实验小学", "address": "城关镇学府路1号", "capacity": 800, "phone": "0510-0000-1301"},
                {"name": "临江镇文体中心", "address": "临江镇江堤路12号", "capacity": 400, "phone": "0510-0000-1302"}
            ]),
        ),
        ("public-advice", json!("暂停水上活动和河道垂钓")),
        ("affected-areas", json!("临江镇、青山镇沿河村庄")),
        ("next-step", json!("加强会商研判，及时调整响应级别")),
    ];
    Declaration {
        event: "flood".into(),
        level: ResponseLevel::IV,
        areas: vec![AreaCode("320299".into())],
        title: None,
        known_at: Some(now),
        expected_duration: Some(crate::domain::time::Span::minutes(48 * 60)),
        facts: facts
            .into_iter()
            .map(|(name, value)| {
                (
                    name.to_owned(),
                    GivenFact {
                        value,
                        as_of: Some(now),
                        source: Some("市防汛抗旱指挥部办公室".into()),
                    },
                )
            })
            .collect::<BTreeMap<_, _>>(),
        another: false,
    }
}

fn print_dates(releases: &[Release], now: Moment) {
    for release in releases.iter().take(8) {
        let due = match release.due_at {
            None if matches!(release.state, ReleaseState::Undecided(_)) => {
                word!("demo.undecided").to_owned()
            }
            None => word!("demo.with-another").to_owned(),
            Some(due) => {
                let left = when::rough((due - now).max(TimeDelta::zero()));
                let local = due
                    .with_timezone(&chrono_tz::Asia::Shanghai)
                    .format("%m-%d %H:%M");
                word!("demo.due", local, left)
            }
        };
        tell(&format!("       {due}  {}", release.name));
    }
    if releases.len() > 8 {
        tell(&format!(
            "       … {}",
            count!("fabu.more", releases.len() as u64 - 8)
        ));
    }
}

/// Waits until the engine has drafted the newest release of an item.
async fn wait_for_draft(realm: &Realm, incident: &IncidentId, item: &str) -> Result<Release> {
    let mut signal = realm.listen();
    let deadline = realm.now() + PATIENCE;
    loop {
        signal.mark_unchanged();
        let releases = realm.store.read().await?.releases_of(incident).await?;
        let newest = releases
            .into_iter()
            .filter(|r| r.item == item)
            .max_by_key(|r| r.occurrence);
        if let Some(release) = newest
            && let ReleaseState::Drafting(drafting) = &release.state
        {
            if drafting.version.is_some() {
                return Ok(release);
            }
            let lacking = drafting
                .fault
                .clone()
                .unwrap_or_else(|| drafting.missing.join(", "));
            let what = word!("demo.not-drafted", item, lacking);
            return Err(Failure::new(Exit::Failed, what));
        }
        let _ = tokio::time::timeout(Duration::from_secs(1), signal.changed()).await;
        if realm.now() > deadline {
            return Err(Failure::new(Exit::Failed, word!("demo.too-slow", item)));
        }
    }
}

/// Submits a release and lets whoever's turn it is sign, until it is out.
async fn publish(realm: &Realm, drafter: &Actor, signers: &[&Actor], id: &ReleaseId) -> Result<()> {
    let (mut tx, world, now) = realm.begin().await?;
    draft::submit(&mut tx, &world, now, drafter, id, None)
        .await
        .map_err(|e| stopped(&e))?;
    realm.commit(tx).await?;
    loop {
        let release = read(realm, id).await?;
        let ReleaseState::InReview(review) = &release.state else {
            return Ok(());
        };
        let post = review.signer().map(|signer| signer.post.clone());
        let next = post
            .as_ref()
            .and_then(|post| signers.iter().find(|actor| actor.holds(post)));
        let Some(next) = next else {
            let post = post.map(|post| post.to_string()).unwrap_or_default();
            return Err(Failure::new(Exit::Failed, word!("demo.nobody", post)));
        };
        sign(realm, next, id, &Consent::to(&review.hash)).await?;
    }
}

async fn sign(realm: &Realm, actor: &Actor, id: &ReleaseId, consent: &Consent) -> Result<()> {
    let (mut tx, world, now) = realm.begin().await?;
    let answer = approve::approve(&mut tx, &world, now, actor, id, consent)
        .await
        .map_err(|e| stopped(&e))?;
    realm.commit(tx).await?;
    match answer {
        Answer::Done(_) => Ok(()),
        Answer::Refused { refusal, .. } => Err(Failure::new(
            Exit::Failed,
            word!("demo.stopped", why = refusal),
        )),
    }
}

async fn read(realm: &Realm, id: &ReleaseId) -> Result<Release> {
    let release = realm.store.read().await?.release(id).await?;
    release.ok_or_else(|| Failure::new(Exit::Failed, word!("demo.gone", id)))
}

fn hash_of(release: &Release) -> String {
    match &release.state {
        ReleaseState::InReview(review) => review.hash.clone(),
        state => state
            .publication()
            .map(|publication| publication.hash.clone())
            .unwrap_or_default(),
    }
}

async fn corrected(realm: &Realm, leader: &Actor, id: &ReleaseId) -> Result<Release> {
    let given = [
        ("correction-text", "预计持续2天"),
        ("correction-to", "预计持续3天"),
    ]
    .map(|(name, text)| {
        (
            name.to_owned(),
            GivenFact {
                value: json!(text),
                as_of: None,
                source: None,
            },
        )
    });
    let (mut tx, world, now) = realm.begin().await?;
    let wanted = correct::Wanted {
        kind: CorrectionKind::WrongContent,
        reason: Some("录入时漏了一个字"),
        facts: &given.into_iter().collect(),
    };
    let correction = correct::prepare(&mut tx, &world, now, leader, id, &wanted)
        .await
        .map_err(|e| stopped(&e))?;
    realm.commit(tx).await?;
    // The reason is the leader's own: said so, it goes out now, and the head confirms it afterwards.
    let consent = Consent {
        own_words: true,
        ..Consent::to(hash_of(&correction))
    };
    sign(realm, leader, &correction.id, &consent).await?;
    read(realm, &correction.id).await
}

/// Waits until every delivery of a release was tried, and says what became of them where.
async fn handed_over(realm: &Realm, id: &ReleaseId, began: Moment) -> Result<()> {
    let mut signal = realm.listen();
    let deadline = realm.now() + PATIENCE;
    loop {
        signal.mark_unchanged();
        let mut tx = realm.store.read().await?;
        let expanding = tx.dispatches_to_expand(1).await?;
        let counts = tx.delivery_counts(id).await?;
        drop(tx);
        let open: i64 = counts
            .values()
            .flat_map(|by_status| {
                [DeliveryStatus::Pending, DeliveryStatus::Leased]
                    .map(|s| by_status.get(s.name()).copied().unwrap_or(0))
            })
            .sum();
        if expanding.is_empty() && open == 0 && !counts.is_empty() {
            let world = realm.world();
            let of_channel = counts.iter().map(|(channel, by_status)| {
                let name = world
                    .plans
                    .channels
                    .get(channel)
                    .map_or(channel, |def| &def.name);
                // What stands in brackets says how the demo does it.
                let name = either(name.split('（').next().unwrap_or(name), channel);
                let counts = by_status.iter().map(|(status, n)| {
                    let status = named!("demo.status", status);
                    word!("demo.so-many", n, status)
                });
                format!("{name} {}", joined(&counts.collect::<Vec<_>>()))
            });
            let channels = joined(&of_channel.collect::<Vec<_>>());
            step(realm, began, &word!("demo.delivered", channels));
            return Ok(());
        }
        if realm.now() > deadline {
            let number = u64::try_from(open).unwrap_or(0);
            return Err(Failure::new(
                Exit::Partly,
                count!("demo.still-open", number),
            ));
        }
        let _ = tokio::time::timeout(Duration::from_millis(100), signal.changed()).await;
    }
}

async fn account(realm: &Realm, incident: &IncidentId) -> Result<()> {
    let mut tx = realm.store.read().await?;
    let lines = report::timeline(&mut tx, Some(incident.as_str()))
        .await
        .map_err(|e| stopped(&e))?;
    let entries = tx.journal_len().await?;
    let faults = tx.journal_verify().await?;
    let all = Timeliness::of("*", lines.iter(), realm.now());
    tell(&word!(
        "demo.account",
        planned = all.planned,
        published = all.published,
        on_time = all.on_time,
        late = all.late,
        corrected = all.corrected
    ));
    let seal = match faults.len() as u64 {
        0 => word!("demo.sound").to_owned(),
        faults => count!("journal.faults", faults),
    };
    tell(&word!("demo.journal", entries, seal));
    Ok(())
}

/// Says where to look, and gives the two people that the story needs a token each.
///
/// # Errors
/// The store's.
pub async fn where_to_look(
    realm: &Realm,
    root: &Path,
    portal: SocketAddr,
    api: SocketAddr,
) -> Result<()> {
    let outbox = root.join("outbox");
    tell(&word!("demo.look", portal, api, outbox = outbox.display()));
    for (login, name, post) in [
        ("zhiban", "值班员", "flood-office/duty-officer"),
        ("kezhang", "科长", "flood-office/section-head"),
    ] {
        let token = register(realm, login, name, post).await?;
        tell(&format!(
            "  FABU_SERVER=http://{api} FABU_TOKEN={token} fabu release list   # {name}"
        ));
    }
    tell(word!("demo.closing"));
    Ok(())
}

async fn register(realm: &Realm, login: &str, name: &str, post: &str) -> Result<String> {
    let actor = holder(login, name, post)?;
    let (mut tx, world, now) = realm.begin().await?;
    let person = Person {
        id: world.ids.mint(now),
        login: actor.user,
        name: actor.name,
        posts: actor.posts,
        disabled_at: None,
        created_at: now,
    };
    let token = world.ids.secret();
    tx.add_person(&person).await?;
    tx.add_token(&person.id, &token_hash(&token), "demo", now, None)
        .await?;
    realm.commit(tx).await?;
    Ok(token)
}
