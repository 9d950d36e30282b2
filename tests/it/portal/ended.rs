//! What the public was told of a response: its level now, and that it ended; and what is read first.

use chrono::TimeDelta;
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::ItemKind;
use fabu::domain::portal::{PortalEntry, Response};
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
    assert!(front.contains("响应已终止，以下信息仍有效"), "{front}");
    assert!(front.contains("响应已终止的突发事件"), "{front}");
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
        page.contains("应急响应已终止") && page.contains("21:40"),
        "{page}"
    );
    assert!(!page.contains("Ⅱ级应急响应"), "{page}");
    let level = words(vec![ended], "/level/II");
    assert!(!level.contains("关于返家安全的提示"), "{level}");
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
