//! A saying that something ordered is over: 解除转移了, 明天可以回家了吗, "the evacuation is lifted". Nobody copied it from anywhere, and who
//! believes it too early goes home into the water; so it is answered by what is known of the orders themselves.
//!
//! Pure. It never calls the saying true or false; it shows the orders that still bind, or what lifted them.

use super::SiteSettings;
use super::fate::{self, Is, Over};
use super::shelf::Shelf;
use super::wording::Wording;
use crate::domain::area::AreaCode;
use crate::domain::invisible::ordinary;
use crate::domain::portal::{PortalEntry, Standing};

/// More words than this are no saying.
const MOST: usize = 30;
/// How many orders are shown.
const NAMED: usize = 5;

/// What says that something is over.
const OVER: [&str; 24] = [
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
            "转移", "撤离", "撤退", "疏散", "避险", "evacuat", "leave", "安置",
        ],
        undone: &[
            "回家", "返家", "返回", "回村", "回去", "go home", "go back", "return",
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
    let places = places(settings, shelf, &said);
    if matters.is_empty() && !(is_over && is_bare(&said, &places)) {
        return None;
    }
    let is_meant = |entry: &&PortalEntry| {
        let title = format!(
            "{} {}",
            entry.text.title,
            entry.text.title_en.as_deref().unwrap_or_default()
        );
        let title = title.to_lowercase();
        matters.is_empty() || matters.iter().any(|matter| holds(matter.ordered, &title))
    };
    let is_there = |entry: &&PortalEntry| {
        let lifted = entry.lifted.iter().flat_map(|lifted| &lifted.areas);
        let mut all = entry.areas.iter().chain(lifted);
        places.is_empty() || all.any(|own| places.iter().any(|(_, place)| own.area.overlaps(place)))
    };
    let orders = shelf.all().iter();
    // What mends an order stands in its card.
    let orders = orders.filter(|entry| entry.binds && entry.corrects.is_none());
    let orders = orders.filter(is_meant).filter(is_there);
    answered(shelf, orders.collect(), &places)
}

fn answered<'e>(
    shelf: &'e Shelf,
    orders: Vec<&'e PortalEntry>,
    places: &[(String, AreaCode)],
) -> Option<Undone<'e>> {
    let is_lifted_there = |entry: &PortalEntry| {
        let by = shelf.stands_for(entry);
        !places.is_empty() && places.iter().all(|(_, place)| by.is_lifted_in(place))
    };
    let in_force = |entry: &&&PortalEntry| shelf.holds(entry) && !is_lifted_there(entry);
    let mut binding: Vec<&PortalEntry> = orders.iter().filter(in_force).copied().collect();
    binding.sort_by_key(|entry| !entry.saves_life);
    binding.truncate(NAMED);
    if !binding.is_empty() {
        let in_part = |entry: &&PortalEntry| fate::is(shelf, entry) == Is::LiftedInPart;
        return Some(match binding.iter().any(in_part) {
            true => Undone::InPart(binding),
            false => Undone::Nowhere(binding),
        });
    }
    let mut found: Vec<&PortalEntry> = Vec::new();
    for order in orders {
        let by = match &order.standing {
            Standing::Lifted { by, .. } => Some(by),
            _ if is_lifted_there(order) => {
                let last = shelf.stands_for(order).lifted.last();
                last.map(|lifted| &lifted.by)
            }
            _ if fate::is(shelf, order) == Is::Over(Over::Lifted) => None,
            _ => continue,
        };
        let lifting = by.and_then(|by| shelf.release(by.as_str()));
        for entry in lifting.into_iter().chain([order]) {
            if !found.iter().any(|other| other.release == entry.release) {
                found.push(entry);
            }
        }
    }
    found.truncate(NAMED);
    (!found.is_empty()).then_some(Undone::Yes(found))
}

/// The places that `said` names, with the name that it used.
fn places(settings: &SiteSettings, shelf: &Shelf, said: &str) -> Vec<(String, AreaCode)> {
    let of_texts = shelf.all().iter().flat_map(|entry| &entry.areas);
    let mut places: Vec<(String, AreaCode)> = Vec::new();
    for area in settings.areas.iter().chain(of_texts) {
        let short = area
            .name
            .trim_end_matches(['市', '镇', '村', '区', '县', '乡']);
        let english = area.name_en.as_deref().unwrap_or_default().to_lowercase();
        let english_short = english.split(' ').next().unwrap_or_default().to_owned();
        let names = [area.name.clone(), short.to_owned(), english, english_short];
        let is_named = |name: &String| name.chars().count() >= 2 && said.contains(name.as_str());
        if let Some(name) = names.into_iter().find(is_named)
            && !places.iter().any(|(_, other)| *other == area.area)
        {
            places.push((name, area.area.clone()));
        }
    }
    places
}

/// Whether nothing stands in `said` but places and that something is over: 解除了吗.
fn is_bare(said: &str, places: &[(String, AreaCode)]) -> bool {
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
    let names = places.iter().map(|(name, _)| name.as_str());
    for word in names.chain(["解除", "取消", "撤销"]).chain(EMPTY) {
        rest = rest.replace(word, "");
    }
    let is_said = ["解除", "取消", "撤销"]
        .iter()
        .any(|word| said.contains(word));
    is_said && !rest.contains(char::is_alphanumeric)
}
