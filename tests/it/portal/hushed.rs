//! An answer to a rumour never hushes the order that binds in its places, and is of its time once the response has ended.

use chrono::TimeDelta;
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::ItemKind;
use fabu::domain::portal::{PortalEntry, Response};
use fabu::id::RealmKind;

use super::verify::ask;
use crate::support::bulletins::{Press, night, settings};
use crate::support::reader::Stand;

const TEXT: &str = "网上流传“临江镇大堤决口”。\n\n核实结论：上述说法不实，大堤完好，目前防汛响应级别为Ⅱ级，请广大市民不要传播没有核实的消息。";

fn answer() -> (PortalEntry, PortalEntry) {
    let press = Press::new(RealmKind::Actual);
    let mut answer = press.entry("关于“大堤决口”的核实情况", 5);
    answer.kind = ItemKind::Refutation;
    answer.text.text = TEXT.into();
    let mut order = press.entry("关于组织临江镇人员转移避险的通告", 6);
    (order.binds, order.saves_life) = (true, true);
    (answer, order)
}

#[test]
fn an_answer_says_what_binds_in_its_places() {
    let (answer, order) = answer();
    let answer = answer.told(Response::At {
        level: ResponseLevel::III,
        since: night(),
    });
    let path = format!("/b/{}", answer.release);
    let stand = Stand::open(vec![answer.clone(), order.clone()], night(), settings());
    let line = format!("这些地方仍须遵守的措施：{}", order.text.title);
    for page in [
        "/",
        "/area/320299101",
        &path,
        &format!("{path}.txt"),
        &format!("{path}/poster"),
    ] {
        let words = stand.get(page).words();
        assert!(words.contains(&line), "{page}: {words}");
        assert!(words.contains("发布时Ⅱ级，现Ⅲ级"), "{page}: {words}");
    }
    for asked in [TEXT, "临江镇大堤决口"] {
        let said = ask(&stand, asked);
        assert!(
            said.contains(&line) && said.contains("发布时Ⅱ级，现Ⅲ级"),
            "{said}"
        );
    }
    let alone = Stand::open(vec![answer], night(), settings());
    assert!(!alone.get(&path).words().contains("仍须遵守"));
}

#[test]
fn after_the_end_an_answer_is_not_called_plainly_in_force() {
    let at = night() - TimeDelta::hours(1);
    let (answer, _) = answer();
    let stand = Stand::open(
        vec![answer.told(Response::Ended { at })],
        night(),
        settings(),
    );
    let said = ask(&stand, TEXT);
    assert!(
        said.contains("属实") && said.contains("响应此后已解除") && !said.contains("目前有效"),
        "{said}"
    );
}
