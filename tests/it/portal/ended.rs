//! What the public was told of a response: its level now, and that it ended; and what is read first.

use chrono::TimeDelta;
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::{CorrectionKind, ItemKind};
use fabu::domain::portal::{Corrects, PortalEntry, Response, Standing};
use fabu::id::RealmKind;

use crate::support::bulletins::{Press, night, settings};
use crate::support::reader::Stand;

fn words(entries: Vec<PortalEntry>, path: &str) -> String {
    let stand = Stand::open(entries, night(), settings());
    let answer = stand.get(path);
    assert_eq!(answer.status, 200, "{path}");
    answer.words()
}

#[test]
fn a_response_that_ended_is_not_shown_as_one_in_force() {
    let press = Press::new(RealmKind::Actual);
    let mut standing = press.entry("关于返家安全的提示", 5);
    standing.next_update = Some(night() + TimeDelta::hours(1));
    let at = night() - TimeDelta::hours(1);
    let ended = standing.told(Response::Ended { at });
    let incident = format!("/incident/{}", ended.incident);
    let front = words(vec![ended.clone()], "/");
    assert!(front.contains("响应已解除，以下信息仍有效"), "{front}");
    assert!(front.contains("响应已解除的突发事件"), "{front}");
    assert!(
        !front.contains("Ⅱ级应急响应") && !front.contains("进行中"),
        "{front}"
    );
    assert!(
        !front.contains("下次更新"),
        "nothing more is promised: {front}"
    );
    let page = words(vec![ended.clone()], &incident);
    assert!(
        page.contains("应急响应已解除") && page.contains("21:40"),
        "{page}"
    );
    assert!(!page.contains("Ⅱ级应急响应"), "{page}");
    let level = words(vec![ended], "/level/II");
    assert!(!level.contains("关于返家安全的提示"), "{level}");
}

#[test]
fn what_was_ordered_is_not_shown_as_ended_with_the_response() {
    let press = Press::new(RealmKind::Actual);
    let at = night() - TimeDelta::hours(1);
    let mut order = press.entry("关于组织人员转移的通告", 5);
    order.binds = true;
    let order = order.told(Response::Ended { at });
    let id = order.release.clone();
    for path in ["/".to_owned(), format!("/b/{id}")] {
        let page = words(vec![order.clone()], &path);
        assert!(page.contains("响应已解除，本措施仍有效"), "{path}: {page}");
    }
    // What was only told goes with the response, though a passage of it was put right.
    let mut told = press
        .entry("汛情通报（第1号）", 8)
        .told(Response::Ended { at });
    told.published_at = at - TimeDelta::hours(1);
    let mut mends = press.entry("更正", 4);
    mends.corrects = Some(Corrects {
        release: told.release.clone(),
        kind: CorrectionKind::WrongContent,
        passage: None,
        also: Vec::new(),
    });
    told.standing = Standing::Corrected {
        at,
        by: mends.release.clone(),
        kind: CorrectionKind::WrongContent,
    };
    let stand = Stand::open(vec![told, mends], night(), settings());
    let front = stand.get("/").words();
    let (holds, past) = front.split_once("近期已结束").expect("what is over");
    assert!(!holds.contains("汛情通报（第1号）"), "{front}");
    assert!(past.contains("汛情通报（第1号）"), "{front}");
}

#[test]
fn an_incident_is_shown_at_the_level_that_was_told_last() {
    let press = Press::new(RealmKind::Actual);
    let since = night() - TimeDelta::hours(1);
    let lowered = press.entry("关于汛情的通告", 5).told(Response::At {
        level: ResponseLevel::IV,
        since,
    });
    let page = words(
        vec![lowered.clone()],
        &format!("/incident/{}", lowered.incident),
    );
    assert!(page.contains("Ⅳ级应急响应"), "{page}");
}

#[test]
fn what_binds_people_is_read_before_what_is_newer() {
    let press = Press::new(RealmKind::Actual);
    let mut evacuation = press.entry("关于组织人员转移避险的通告", 6);
    evacuation.binds = true;
    let mut situation = press.entry("汛情通报", 1);
    situation.kind = ItemKind::Bulletin;
    let front = words(vec![situation, evacuation], "/");
    let at = |title: &str| {
        front
            .find(title)
            .unwrap_or_else(|| panic!("{title} in {front}"))
    };
    assert!(at("转移避险") < at("汛情通报"), "{front}");
}

#[test]
fn what_explains_a_notice_is_over_with_it() {
    let press = Press::new(RealmKind::Actual);
    let at = night() - TimeDelta::hours(1);
    let mut notice = press.entry("关于启动防汛Ⅱ级应急响应的通告", 5);
    let mut guide = press.entry("分段解读（一）：台风来临前要做的准备", 4);
    guide.kind = ItemKind::Interpretation;
    guide.interprets = Some(notice.release.clone());
    let path = format!("/b/{}", guide.release);
    let of = |notice: &PortalEntry, guide: &PortalEntry, path: &str| {
        words(vec![notice.clone(), guide.clone()], path)
    };
    assert!(!of(&notice, &guide, &path).contains("仅供查阅"));
    notice.standing = Standing::Superseded { at };
    let front = of(&notice, &guide, "/");
    let (now, past) = front.split_once("近期已结束").expect("what is over");
    assert!(
        !now.contains("分段解读") && past.contains("分段解读"),
        "{front}"
    );
    let page = of(&notice, &guide, &path);
    assert!(
        page.contains("本解读已于2026年7月3日（周五）21:40被替代"),
        "{page}"
    );
    // One that a passage was put right of is over with it, too.
    let (righted, mends) = righted(&guide);
    let front = words(vec![notice.clone(), righted, mends], "/");
    let (now, past) = front.split_once("近期已结束").expect("what is over");
    assert!(
        !now.contains("分段解读") && past.contains("分段解读"),
        "{front}"
    );
    // What ended with the response says that.
    let ended = [&notice, &guide].map(|one| one.clone().told(Response::Ended { at }));
    let page = of(&ended[0], &ended[1], &path);
    assert!(
        page.contains("响应已解除") && !page.contains("被替代"),
        "{page}"
    );
    // An order is not over because the response is.
    let [mut order, questions] = ended;
    (order.binds, order.standing) = (true, Standing::Current);
    let front = of(&order, &questions, "/");
    assert!(!front.contains("近期已结束"), "{front}");
}

/// `entry` with a passage put right, and the correction that did it.
fn righted(entry: &PortalEntry) -> (PortalEntry, PortalEntry) {
    let mut mends = Press::new(RealmKind::Actual).entry("关于一处内容的更正", 3);
    mends.kind = ItemKind::Correction;
    mends.corrects = Some(Corrects {
        release: entry.release.clone(),
        kind: CorrectionKind::WrongContent,
        passage: None,
        also: Vec::new(),
    });
    let mut righted = entry.clone();
    righted.standing = Standing::Corrected {
        at: night() - TimeDelta::hours(3),
        by: mends.release.clone(),
        kind: CorrectionKind::WrongContent,
    };
    (righted, mends)
}

#[test]
fn advice_on_an_order_that_binds_on_outlives_the_end_though_a_passage_was_put_right() {
    let press = Press::new(RealmKind::Actual);
    let at = night() - TimeDelta::hours(1);
    let mut order = press.entry("关于中小学停课的通告", 6);
    (order.binds, order.item) = (true, Some("school-closure".into()));
    let mut advice = press.entry("停课期间居家提示", 5);
    (advice.kind, advice.stands_with) = (ItemKind::Advisory, vec!["school-closure".into()]);
    let (advice, mends) = righted(&advice);
    let [mut order, advice] = [order, advice].map(|one| one.told(Response::Ended { at }));
    let front = |order: &PortalEntry| {
        let all = vec![order.clone(), advice.clone(), mends.clone()];
        words(all, "/")
    };
    let shown = front(&order);
    let now = shown.split("近期已结束").next().unwrap_or_default();
    assert!(now.contains("居家提示"), "{shown}");
    let by = mends.release.clone();
    order.standing = Standing::Lifted { at, by };
    let shown = front(&order);
    let (now, past) = shown.split_once("近期已结束").expect("what is over");
    assert!(
        !now.contains("居家提示") && past.contains("居家提示"),
        "{shown}"
    );
}

#[test]
fn what_the_first_notice_of_an_end_retired_stays_ended() {
    let at = |hours| night() - TimeDelta::hours(hours);
    let mut notice = Press::new(RealmKind::Actual).entry("关于启动防汛Ⅱ级应急响应的通告", 5);
    notice.standing = Standing::Superseded { at: at(2) };
    let notice = notice
        .told(Response::Ended { at: at(2) })
        .told(Response::Ended { at: at(1) });
    // What ends with the second notice, which another plan gives, ends at that.
    let mut other = Press::new(RealmKind::Actual).entry("关于启动供水Ⅱ级应急响应的通告", 5);
    other = other.told(Response::Ended { at: at(2) });
    other.standing = Standing::Superseded { at: at(1) };
    let other = other.told(Response::Ended { at: at(1) });
    for notice in [notice, other] {
        let page = words(vec![notice.clone()], &format!("/b/{}", notice.release));
        assert!(
            page.contains("响应已解除") && !page.contains("被替代"),
            "{page}"
        );
    }
}

#[test]
fn a_card_and_its_page_name_one_level() {
    let press = Press::new(RealmKind::Actual);
    let order = press.entry("关于组织人员转移的通告", 5).told(Response::At {
        level: ResponseLevel::III,
        since: night(),
    });
    let path = format!("/b/{}", order.release);
    let stand = Stand::open(vec![order], night(), settings());
    for at in ["/", &path, &format!("{path}/poster")] {
        let page = stand.get(at).text().to_owned();
        assert!(
            page.contains("\"badge l3\"") && !page.contains("\"badge l2\""),
            "{at}: {page}"
        );
    }
    let text = stand.get(&format!("{path}.txt")).words();
    assert!(
        text.contains("Ⅲ级应急响应") && !text.contains("Ⅱ级应急响应"),
        "{text}"
    );
}
