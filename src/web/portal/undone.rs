//! A saying that something ordered is over: 解除转移了, 明天可以回家了吗, "the evacuation is lifted". Nobody copied it from anywhere, and who
//! believes it too early goes home into the water; so it is answered by what is known of the orders themselves.
//!
//! Pure. It never calls the saying true or false; it shows the orders that still bind, or what lifted them.

use super::SiteSettings;
use super::fate::{self, Is, Over};
use super::shelf::Shelf;
use super::spoken_place::Places;
use super::wording::Wording;
use crate::domain::invisible::ordinary;
use crate::domain::portal::PortalEntry;

/// More words than this are no saying.
const MOST: usize = 45;
/// The same of a saying that something has to be done.
const MOST_ORDERED: usize = 80;
/// How many orders are shown.
const NAMED: usize = 5;

/// What says that something is over.
const OVER: [&str; 41] = [
    "解除",
    "取消",
    "撤销",
    "结束",
    "终止",
    "停止执行",
    "作废",
    "放开",
    "恢复",
    "不用",
    "不必",
    "无需",
    "不需要",
    "可以",
    "能",
    "别走",
    "不走了",
    "没事了",
    "不会再",
    "do not have to",
    "don't have to",
    "don’t have to",
    "do not need to",
    "don't need to",
    "need not",
    "no need to",
    "not necessary",
    "any more",
    "anymore",
    "called off",
    "safe to",
    "free to",
    "lifted",
    "over",
    "cancelled",
    "canceled",
    "ended",
    "no longer",
    "can ",
    "may ",
    "reopen",
];

/// Something that is ordered, as an order calls it, as people do, and how they say that it is over without saying so.
struct Matter {
    ordered: &'static [&'static str],
    said: &'static [&'static str],
    undone: &'static [&'static str],
}

const MATTERS: [Matter; 8] = [
    Matter {
        ordered: &["转移", "撤离", "疏散", "evacuat"],
        said: &[
            "转移", "撤离", "撤退", "疏散", "避险", "evacuat", "leave", "安置", "走", "搬", "跑",
        ],
        undone: &[
            "回家",
            "返家",
            "返回",
            "回村",
            "回去",
            "回来",
            "回屋",
            "回老家",
            "往回走",
            "go home",
            "go back",
            "return",
            "come back",
            "come home",
            "move back",
        ],
    },
    Matter {
        ordered: &["停课", "school"],
        said: &["停课", "上课", "school", "class"],
        undone: &["复课", "开学", "上学"],
    },
    Matter {
        ordered: &["停工", "停业", "停产", "business"],
        said: &["停工", "停业", "停产", "上班", "work", "business"],
        undone: &["复工", "复产", "开业", "营业"],
    },
    Matter {
        ordered: &["停运", "停航", "ferr", "transport"],
        said: &[
            "停运",
            "停航",
            "渡口",
            "客运",
            "公交",
            "地铁",
            "ferr",
            "bus",
            "transport",
        ],
        undone: &["复航", "通航", "开船"],
    },
    Matter {
        ordered: &["管制", "封闭", "禁止通行", "traffic", "road"],
        said: &["封路", "封闭", "管制", "禁行", "通行", "road", "traffic"],
        undone: &["通车", "放行", "解封"],
    },
    Matter {
        ordered: &["停水", "停止供水", "饮用", "water"],
        said: &["停水", "供水", "饮用", "自来水", "喝水", "drink", "water"],
        undone: &["来水"],
    },
    Matter {
        ordered: &["居家", "室内", "indoors"],
        said: &["居家", "外出", "出门", "indoors"],
        undone: &["可以出门", "能出门", "可以外出", "go out"],
    },
    Matter {
        ordered: &["隔离", "封控", "管控", "quarantine", "isolat"],
        said: &["隔离", "封控", "管控", "quarantine", "isolat"],
        undone: &["解封"],
    },
];

/// Whether what a saying calls over is.
pub enum Undone<'e> {
    Nowhere(Vec<&'e PortalEntry>),
    InPart(Vec<&'e PortalEntry>),
    /// With the texts that lifted it in front.
    Yes(Vec<&'e PortalEntry>),
}

/// What binds where a saying says that people have to do something.
pub enum Ordered<'e> {
    /// An order of the same kind; its words are others.
    There(Vec<&'e PortalEntry>),
    Another(Vec<&'e PortalEntry>),
    Nothing,
}

/// What is known of the orders that `asked` calls over; None when it is no such saying, or there are none.
pub fn undone<'e>(settings: &SiteSettings, shelf: &'e Shelf, asked: &str) -> Option<Undone<'e>> {
    let said = ordinary(asked).to_lowercase().replace("可能", "");
    if Wording::new(&said).keys().len() > MOST {
        return None;
    }
    let holds = |words: &[&str], text: &str| words.iter().any(|word| text.contains(word));
    let is_over = holds(&OVER, &said);
    let matters: Vec<&Matter> = MATTERS
        .iter()
        .filter(|matter| holds(matter.undone, &said) || is_over && holds(matter.said, &said))
        .collect();
    let places = Places::named(settings, shelf, &said);
    if matters.is_empty() && !(is_over && is_bare(&said, &places)) {
        return None;
    }
    let is_there = |entry: &&PortalEntry| places.is_empty() || places.concern(entry);
    let orders = orders(shelf).filter(|entry| is_meant(entry, &matters));
    answered(shelf, orders.filter(is_there).collect(), &places)
}

/// What `asked` says that people have to do, and where; None when it says neither, or is more than a saying.
pub fn ordered<'e>(settings: &SiteSettings, shelf: &'e Shelf, asked: &str) -> Option<Ordered<'e>> {
    let said = ordinary(asked).to_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let places = Places::named(settings, shelf, &said);
    if Wording::new(&said).keys().len() > MOST_ORDERED || !places.are_near(settings) {
        return None;
    }
    let matters: Vec<&Matter> = (MATTERS.iter())
        .filter(|matter| holds(matter.ordered) || holds(matter.said))
        .collect();
    let is_told = holds(&["前往", "必须", "赶紧去", "到", "must", "go to"]);
    if matters.is_empty() && !is_told {
        return None;
    }
    let in_force = |entry: &&PortalEntry| shelf.holds(entry);
    let is_lifted = |entry: &PortalEntry| {
        let by = shelf.stands_for(entry);
        let mut known = places.known.iter();
        !places.known.is_empty() && known.all(|(_, place)| by.is_lifted_in(place))
    };
    let there = orders(shelf).filter(in_force);
    let there = there.filter(|entry| places.concern(entry) && !is_lifted(entry));
    let (mut same, mut other): (Vec<&PortalEntry>, Vec<&PortalEntry>) =
        there.partition(|entry| !matters.is_empty() && is_meant(entry, &matters));
    same.truncate(NAMED);
    other.truncate(NAMED);
    Some(match (same.is_empty(), other.is_empty()) {
        (false, _) => Ordered::There(same),
        (true, false) => Ordered::Another(other),
        (true, true) => Ordered::Nothing,
    })
}

/// The orders that are here, the newest first.
fn orders(shelf: &Shelf) -> impl Iterator<Item = &PortalEntry> {
    // What mends an order stands in its card.
    let orders = shelf.all().iter();
    orders.filter(|entry| entry.binds && entry.corrects.is_none())
}

/// Whether `entry` orders one of `matters`, or anything where none is named.
fn is_meant(entry: &PortalEntry, matters: &[&Matter]) -> bool {
    let english = entry.text.title_en.as_deref().unwrap_or_default();
    let title = format!("{} {english}", entry.text.title).to_lowercase();
    let mut matters_of = matters.iter().flat_map(|matter| matter.ordered);
    matters.is_empty() || matters_of.any(|word| title.contains(word))
}

fn answered<'e>(
    shelf: &'e Shelf,
    orders: Vec<&'e PortalEntry>,
    places: &Places,
) -> Option<Undone<'e>> {
    let is_lifted_in_one = |entry: &PortalEntry| {
        let by = shelf.stands_for(entry);
        let mut known = places.known.iter();
        known.any(|(_, place)| by.is_lifted_in(place))
    };
    let is_lifted_there = |entry: &PortalEntry| {
        let by = shelf.stands_for(entry);
        let mut known = places.known.iter();
        !places.known.is_empty() && known.all(|(_, place)| by.is_lifted_in(place))
    };
    let in_force = |entry: &&&PortalEntry| shelf.holds(entry) && !is_lifted_there(entry);
    let mut binding: Vec<&PortalEntry> = orders.iter().filter(in_force).copied().collect();
    binding.sort_by_key(|entry| !entry.saves_life);
    binding.truncate(NAMED);
    let mut over: Vec<&PortalEntry> = Vec::new();
    for order in orders {
        let is_over = fate::is(shelf, order) == Is::Over(Over::Lifted);
        let by = match is_over {
            true => shelf.lifted_by(order),
            false if is_lifted_in_one(order) => {
                let last = shelf.stands_for(order).lifted.last();
                last.and_then(|lifted| shelf.release(lifted.by.as_str()))
            }
            false => continue,
        };
        for entry in by.into_iter().chain([order]) {
            let is_new =
                |all: &[&PortalEntry]| !all.iter().any(|other| other.release == entry.release);
            if is_new(&over) && is_new(&binding) {
                over.push(entry);
            }
        }
    }
    if !binding.is_empty() {
        let in_part = |entry: &&PortalEntry| fate::is(shelf, entry) == Is::LiftedInPart;
        // Of two villages that were named, one may be free and the other not.
        let one_is_free = places.names().count() > 1 && !over.is_empty();
        if one_is_free || binding.iter().any(in_part) {
            if one_is_free {
                binding.extend(over);
                binding.truncate(NAMED);
            }
            return Some(Undone::InPart(binding));
        }
        return Some(Undone::Nowhere(binding));
    }
    over.truncate(NAMED);
    (!over.is_empty()).then_some(Undone::Yes(over))
}

/// Whether nothing stands in `said` but places and that something is over: 解除了吗.
fn is_bare(said: &str, places: &Places) -> bool {
    const EMPTY: [&str; 16] = [
        "通告",
        "命令",
        "措施",
        "警报",
        "听说",
        "是不是",
        "已经",
        "全部",
        "全",
        "都",
        "了",
        "吗",
        "的",
        "吧",
        "是",
        "请问",
    ];
    let mut rest = said.to_owned();
    for word in places.names().chain(["解除", "取消", "撤销"]).chain(EMPTY) {
        rest = rest.replace(word, "");
    }
    let is_said = ["解除", "取消", "撤销"]
        .iter()
        .any(|word| said.contains(word));
    is_said && !rest.contains(char::is_alphanumeric)
}
