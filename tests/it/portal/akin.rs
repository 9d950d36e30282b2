//! What is told on, retyped or changed: the answer to a rumour is found, and nothing that was changed is called genuine.

use std::sync::LazyLock;

use fabu::domain::plan::ItemKind;
use fabu::id::RealmKind;
use proptest::prelude::*;

use super::verify::{ask, stand};
use crate::support::bulletins::{Night, a_night};
use crate::support::reader::Stand;

fn with_a_refutation() -> (Night, String) {
    let mut night_of = a_night(RealmKind::Actual);
    let of_night = &night_of.notice;
    let mut refutation = of_night.clone();
    refutation.release = "L-01KWKEQ440FHJ8V8R5431P9DE9".parse().unwrap();
    refutation.kind = ItemKind::Refutation;
    refutation.hash = "ab".repeat(32);
    refutation.text.title = "关于“临江大堤传言”的核实情况".into();
    refutation.text.title_en = Some("What was found about a dike, Linjiang Town".into());
    refutation.text.action = None;
    refutation.text.text =
        "大堤完好，巡查未发现险情。\n\n流传的说法是：临江镇大堤决口，水马上进城。\n\n核实结论：上述说法不实。".into();
    refutation.text.text_en = Some("What is being said: the dike at Linjiang has burst.".into());
    refutation.text.document_number = None;
    let title = refutation.text.title.clone();
    night_of.entries.push(refutation);
    (night_of, title)
}

#[test]
fn a_rumour_that_is_told_on_finds_its_answer() {
    let (night_of, title) = with_a_refutation();
    let stand = stand(&night_of);
    for told in [
        "大堤已经决口了",
        "听说大堤决口了吗",
        "临江镇的大堤真的决口啦！",
        "大堤决口",
        "the dike at Linjiang has already burst!!",
    ] {
        let said = ask(&stand, told);
        assert!(said.contains(&title), "{told}: {said}");
        assert!(
            !said.contains("属实") && !said.contains("这些文字出自"),
            "{told}: {said}"
        );
    }
    // What is near may say the opposite, and is called neither true nor false.
    let said = ask(&stand, "大堤没有决口");
    assert!(
        said.contains("不能据此判断真假") && said.contains(&title),
        "{said}"
    );
    for other in ["自来水有毒", "明天全市停课", "大桥封闭了"] {
        let said = ask(&stand, other);
        assert!(!said.contains(&title), "{other}: {said}");
    }
}

#[test]
fn a_mark_of_an_exercise_is_known_in_english_however_it_is_typed() {
    let night_of = a_night(RealmKind::Actual);
    let stand = stand(&night_of);
    let english = night_of.notice.text.text_en.clone().unwrap();
    let title = night_of.notice.text.title_en.clone().unwrap();
    for marked in [
        format!("[EXERCISE] {title}"),
        format!("[Exercise] {title}"),
        format!("EXERCISE: {title}"),
        format!("【演练】[EXERCISE] {english}\nThis was an exercise. 以上为演练"),
        format!("{english} this is an exercise"),
    ] {
        let said = ask(&stand, &marked);
        assert!(said.contains("演练标记不是本站加的"), "{marked}: {said}");
    }
    let said = ask(&stand, "[exercise] the river is gone");
    assert!(said.contains("演练用的文字"), "{said}");
}

#[test]
fn an_english_title_that_was_retyped_is_found() {
    let night_of = a_night(RealmKind::Actual);
    let stand = stand(&night_of);
    for typed in [
        "FLOOD RESPONSE RAISED TO LEVEL II",
        "“Flood response raised to level II.”",
    ] {
        assert!(ask(&stand, typed).contains("属实"), "{typed}");
    }
    for typed in [
        "Flood response was raised to level 2",
        "flood responce raised to level ii",
    ] {
        let said = ask(&stand, typed);
        assert!(
            said.contains(&night_of.notice.text.title) && !said.contains("属实"),
            "{typed}: {said}"
        );
    }
}

/// Letters, digits and characters alone, as anybody would compare them.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            'Ⅱ' => '二',
            'Ⅲ' => '三',
            c => c,
        })
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

struct Kept {
    stand: Stand,
    notice: Vec<char>,
    /// All that the site shows and sends.
    all: String,
}

static KEPT: LazyLock<Kept> = LazyLock::new(|| {
    let night_of = a_night(RealmKind::Actual);
    let stand = stand(&night_of);
    let mut all = String::new();
    for entry in &night_of.entries {
        let path = format!("/b/{}", entry.release);
        for path in [
            path.clone(),
            format!("/en{path}"),
            format!("{path}/poster"),
            format!("{path}.txt"),
        ] {
            all.push_str(&plain(&stand.get(&path).words()));
            all.push('\n');
        }
        all.push_str(&plain(&entry.text.text));
        all.push('\n');
    }
    Kept {
        stand,
        notice: night_of.notice.text.text.chars().collect(),
        all,
    }
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    /// Genuine is only what stands here word for word.
    #[test]
    fn nothing_that_was_changed_is_called_genuine(
        from in 0usize..500,
        len in 5usize..200,
        changes in prop::collection::vec((0usize..200, 0u8..3, "[不再已了大水3人一A]"), 0..3),
    ) {
        let kept = &*KEPT;
        let from = from % kept.notice.len();
        let mut part: Vec<char> = kept.notice[from..kept.notice.len().min(from + len)].to_vec();
        for (at, how, with) in &changes {
            let at = at % part.len().max(1);
            let with = with.chars().next().unwrap_or('不');
            match how {
                0 => part.insert(at.min(part.len()), with),
                1 if part.len() > 1 => { part.remove(at); }
                _ => if let Some(place) = part.get_mut(at) { *place = with },
            }
        }
        let asked: String = part.into_iter().collect();
        prop_assume!(!plain(&asked).is_empty());
        let said = ask(&kept.stand, &asked);
        let is_genuine = said.contains("属实：") || said.contains("这些文字出自本站");
        if is_genuine {
            prop_assert!(kept.all.contains(&plain(&asked)), "{asked}\n{said}");
        }
    }
}
