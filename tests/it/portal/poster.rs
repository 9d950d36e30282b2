//! The sheet for notice boards: what matters is on it, on the page and on the picture alike, however long the text is.

use fabu::id::RealmKind;

use crate::support::bulletins::{Press, night, settings};
use crate::support::reader::Stand;

/// The words of a picture in their order.
fn drawn(picture: &str) -> String {
    let lines = picture.split("<text ").skip(1);
    let words = lines
        .filter_map(|line| line.split_once('>'))
        .map(|(_, rest)| {
            let line = rest.split("</text>").next().unwrap_or_default();
            let mut out = String::new();
            let mut is_mark = false;
            for c in line.chars() {
                match c {
                    '<' => is_mark = true,
                    '>' => is_mark = false,
                    c if !is_mark => out.push(c),
                    _ => {}
                }
            }
            out
        });
    words.collect()
}

#[test]
fn the_shelter_and_the_telephone_are_there_before_anything_is_cut() {
    let press = Press::new(RealmKind::Actual);
    let filling = "受持续强降雨影响，上游来水增加，各站水位上涨，预计后期仍有较强降雨过程，防汛形势复杂严峻。";
    let shelter = "1. 沿江村：在村委会门前集合，经环城东路，前往第二中学体育馆安置点。";
    let call = "行动不便的请拨打0510-0000-1231，由村里派车接送。";
    let mut entry = press.entry(&"关于组织沿江低洼地段人员转移避险的紧急通告".repeat(2), 1);
    entry.text.action = Some("沿江低洼地段居民立即撤离，带好药品和证件，不返回取物；".repeat(5));
    entry.text.text = format!(
        "{}\n\n三、集合地点和路线：\n{shelter}\n\n{}\n\n{call}\n\n{}",
        format!("{filling}\n\n").repeat(6),
        filling.repeat(4),
        filling.repeat(9)
    );
    let path = format!("/b/{}", entry.release);
    let stand = Stand::open(vec![entry], night(), settings());
    let page = stand.get(&format!("{path}/poster")).words();
    let picture = drawn(stand.get(&format!("{path}/poster.svg")).text());
    for part in [
        shelter,
        call,
        "0510-0000-1210",
        "带好药品和证件",
        "全文请扫码",
    ] {
        assert!(page.contains(part), "{part}: {page}");
        assert!(picture.contains(part), "{part}: {picture}");
    }
    // One decision for both.
    let of_page = page.matches(filling).count();
    assert_eq!(of_page, picture.matches(filling).count());
}
