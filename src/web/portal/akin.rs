//! Few words that are near to what a text is called or to a saying that it answers, though nobody copied them.
//!
//! Pure. A rumour is told on, not copied: 大堤决口 becomes 大堤已经决口了. What is near may say the opposite, so it is only
//! shown what may be meant; nothing here ever makes a text genuine or a saying false.

use super::shelf::Shelf;
use crate::domain::invisible::ordinary;
use crate::domain::plan::ItemKind;
use crate::domain::portal::PortalEntry;

/// More words than this are not few: those are compared piece by piece.
const MOST: usize = 24;
/// So many characters must be the same, or so many English words, which say more.
const FEWEST: usize = 4;
const FEWEST_EN: usize = 3;
/// The part of the words of either side that must be the same.
const PART: f64 = 0.65;
/// So many other words may stand among those that are the same.
const BETWEEN: usize = 4;
/// How many texts are named.
const NAMED: usize = 3;

/// What carries no matter of its own and is dropped or put in when something is told on; the longer first.
const EMPTY: [&str; 34] = [
    "听说",
    "据说",
    "好像",
    "已经",
    "刚刚",
    "刚才",
    "真的",
    "现在",
    "马上",
    "赶紧",
    "是不是",
    "是真的吗",
    "请问",
    "了",
    "的",
    "吗",
    "吧",
    "啊",
    "呀",
    "呢",
    "嘛",
    "哦",
    "就",
    "都",
    "也",
    "又",
    "要",
    "快",
    "已",
    "被",
    "把",
    "在",
    "是",
    "会",
];
/// The same in English.
const EMPTY_EN: [&str; 24] = [
    "the", "a", "an", "is", "are", "was", "were", "has", "have", "had", "been", "be", "of", "in",
    "on", "at", "to", "that", "it", "just", "already", "now", "really", "very",
];

/// What is current here and near to `question`, the nearest first.
pub fn akin<'e>(shelf: &'e Shelf, question: &str) -> Vec<&'e PortalEntry> {
    let asked = matter(question);
    if asked.len() < fewest(&asked) || asked.len() > MOST {
        return Vec::new();
    }
    let near = shelf.current().filter_map(|entry| {
        let clauses = sayings(entry).flat_map(clauses);
        let best = clauses
            .filter_map(|clause| shared(&asked, &matter(clause)))
            .max()?;
        Some((best, entry))
    });
    let mut near: Vec<(usize, &PortalEntry)> = near.collect();
    // Of equal ones the newest, as the shelf has them.
    near.sort_by_key(|(same, _)| std::cmp::Reverse(*same));
    near.truncate(NAMED);
    near.into_iter().map(|(_, entry)| entry).collect()
}

/// What `entry` is called, and of an answer to a rumour all that it says.
fn sayings(entry: &PortalEntry) -> impl Iterator<Item = &str> {
    let text = &entry.text;
    let is_answer = entry.kind == ItemKind::Refutation;
    let bodies = [Some(&text.text), text.text_en.as_ref()];
    let bodies = bodies.into_iter().flatten().filter(move |_| is_answer);
    let titles = [Some(&text.title), text.title_en.as_ref()];
    titles
        .into_iter()
        .flatten()
        .chain(bodies)
        .map(String::as_str)
}

fn clauses(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| "，。；：！？、,;:!?()（）“”\"《》\n".contains(c))
}

/// The words that carry the matter: characters and small words, without what is dropped in telling.
fn matter(text: &str) -> Vec<String> {
    let mut text = ordinary(text).to_lowercase();
    for empty in EMPTY {
        text = text.replace(empty, " ");
    }
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        let is_letter = c.is_ascii_alphanumeric();
        if is_letter {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            words.push(c.to_string());
        }
    }
    words.retain(|word| !EMPTY_EN.contains(&word.as_str()));
    words
}

/// How many words of `asked` stand in `said` in their order and close together, if that is most of either.
fn shared(asked: &[String], said: &[String]) -> Option<usize> {
    let room = asked.len() + BETWEEN;
    let windows = (0..said.len()).map(|at| &said[at..said.len().min(at + room)]);
    let most = windows.map(|window| in_order(asked, window)).max()?;
    let enough = |whole: usize| most as f64 >= PART * whole as f64;
    (most >= fewest(asked) && (enough(asked.len()) || enough(said.len()))).then_some(most)
}

fn fewest(words: &[String]) -> usize {
    match words.iter().all(|word| word.is_ascii()) {
        true => FEWEST_EN,
        false => FEWEST,
    }
}

/// The length of the longest row of words that both have in the same order.
fn in_order(a: &[String], b: &[String]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut corner = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y {
                corner + 1
            } else {
                above.max(row[j])
            };
            corner = above;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(asked: &str, said: &str) -> bool {
        clauses(said).any(|clause| shared(&matter(asked), &matter(clause)).is_some())
    }

    #[test]
    fn what_is_told_on_is_near_to_what_was_said() {
        let said = "流传的说法是：临江镇大堤决口，水马上进城。";
        for told in [
            "大堤已经决口了",
            "听说大堤决口了吗",
            "临江镇的大堤决口啦",
            "大堤真的决口",
            "临江大堤决口",
        ] {
            assert!(near(told, said), "{told}");
        }
        for other in [
            "自来水有毒",
            "大桥封闭了",
            "大家都在家里，决定不出门",
            "决口",
        ] {
            assert!(!near(other, said), "{other}");
        }
        assert!(near(
            "The dyke at Linjiang has already burst",
            "It is said that the dyke at Linjiang burst."
        ));
    }

    #[test]
    fn a_title_typed_from_memory_is_near() {
        let title = "Flood response raised to level II";
        assert!(near("flood response was raised to level 2", title));
        assert!(near("Flood responce raised to level II", title));
        assert!(!near("Schools closed in Linjiang Town tomorrow", title));
    }
}
