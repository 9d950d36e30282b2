//! The transcript (演练实录): what happened, line by line, as somebody in the room would write it down.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde_json::Value;

use super::desk::is_of_bulletin;
use super::play::Play;
use super::scenario::Scenario;
use super::words;
use crate::domain::journal::{ENGINE, Sealed};

/// The whole transcript, each line ended.
pub fn write(scenario: &Scenario, seed: u64, play: &Play) -> String {
    let file = &scenario.file;
    let mut out = format!(
        "{} {}\n方案 {} · {} 起 {} · 种子 {seed}\n\n",
        file.drill,
        file.title,
        file.plans.join(", "),
        words::local_short(scenario.start, scenario.zone),
        file.length,
    );
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut lines: Vec<(crate::domain::time::Moment, u8, String)> = Vec::new();
    for (at, inject) in play.injects() {
        let mark = if inject.refused {
            "导调未能执行"
        } else {
            "导调"
        };
        lines.push((at, 0, format!("【{mark}】{}", inject.text)));
    }
    for entry in &play.journal {
        learn(&mut names, entry);
        if let Some(text) = line(scenario, &names, entry) {
            lines.push((entry.at, 1, text));
        }
    }
    // What an inject set off stands below it; otherwise the order is the journal's.
    lines.sort_by_key(|(at, rank, _)| (*at, *rank));
    for (at, _, text) in lines {
        out.push_str(&format!(
            "{:<11} {}  {text}\n",
            words::since(scenario.start, at),
            words::local(at, scenario.zone)
        ));
    }
    out
}

/// `汛情通报#2`, by release.
fn learn(names: &mut BTreeMap<String, String>, entry: &Sealed) {
    for planned in entry.data["releases"].as_array().into_iter().flatten() {
        let name = planned["name"].as_str().unwrap_or_default();
        let shown = match planned["occurrence"].as_u64() {
            Some(number) if number > 1 => format!("{name}#{number}"),
            _ => name.to_owned(),
        };
        names.insert(planned["id"].as_str().unwrap_or_default().to_owned(), shown);
    }
    if entry.act == "correction-prepared"
        && let Some(id) = &entry.release
    {
        let of = names
            .get(entry.data["of"].as_str().unwrap_or_default())
            .cloned()
            .unwrap_or_default();
        names.insert(id.clone(), format!("更正《{of}》"));
    }
}

fn line(scenario: &Scenario, names: &BTreeMap<String, String>, entry: &Sealed) -> Option<String> {
    let data = &entry.data;
    let what = entry
        .release
        .as_ref()
        .and_then(|id| names.get(id))
        .map_or("", String::as_str);
    // The id behind a name says nothing to people in a room.
    let text = |key: &str| {
        data[key]
            .as_str()
            .map_or("—", |text| text.split(" D-").next().unwrap_or(text))
    };
    let moment = |key: &str| local(scenario, &data[key]);
    let who = if entry.actor == ENGINE {
        "系统"
    } else {
        &entry.actor
    };
    Some(match &*entry.act {
        "releases-planned" | "release-requested" => {
            let planned = data["releases"].as_array().into_iter().flatten();
            let list: Vec<String> = planned
                .map(|one| {
                    let name = names
                        .get(one["id"].as_str().unwrap_or_default())
                        .map_or("", String::as_str);
                    match local(scenario, &one["due_at"]) {
                        Some(due) => format!("{name}（{due}前）"),
                        None => name.to_owned(),
                    }
                })
                .collect();
            format!("{who} 列入 {}", list.join("、"))
        }
        "release-drafted" => match data["missing"]
            .as_array()
            .filter(|missing| !missing.is_empty())
        {
            Some(missing) => {
                let list: Vec<&str> = missing.iter().filter_map(Value::as_str).collect();
                format!("{who} {what}：待事实 {}", list.join("、"))
            }
            None => match data["fault"].as_str() {
                Some(fault) => format!("{who} {what}：模板出错，{fault}"),
                None => format!("{who} {what}：生成第{}稿", data["version"]),
            },
        },
        "release-dated" => format!(
            "{who} {what}：时限 {}",
            moment("due_at").unwrap_or_default()
        ),
        "release-submitted" => format!("{who} 送审 {what}，待 {}", text("waits_for")),
        "release-signed" => match data["waits_for"].as_str() {
            Some(next) => format!("{who} 签署 {what}，待 {next}"),
            None => format!("{who} 签发 {what}"),
        },
        "released-before-countersignature" => {
            format!(
                "{who} 快速签发 {what}，{}前补签",
                moment("countersign_due_at").unwrap_or_default()
            )
        }
        "release-countersigned" => format!("{who} 补签 {what}"),
        "countersignature-overdue" => format!("系统 {what}：补签逾期，待 {}", text("waits_for")),
        "release-held" => format!("{who} {what}：已签发，等正文发布"),
        "release-published" => {
            let late = if data["late"].as_bool() == Some(true) {
                "（逾时）"
            } else {
                ""
            };
            format!("系统 发布 {what}{late}")
        }
        "approval-refused" => format!("{who} 签署 {what} 未被接受：{}", text("why")),
        "review-stale" => format!("{who} {what}：送审后事实有变"),
        "turn-passed" => format!("{who} {what}：{} 未签，转 {}", text("from"), text("to")),
        "release-reminded" => format!(
            "{who} 催办 {what}：时限已过{}%，请 {}",
            data["percent"],
            text("to")
        ),
        "release-overdue" => format!("{who} {what}：已超时，报 {}", text("to")),
        "release-missed" => format!("{who} {what}：漏发"),
        "release-superseded" => format!("{who} {what}：被替代，{}", text("why")),
        "release-cancelled" => format!("{who} {what}：取消，{}", text("why")),
        "release-expired" => format!("{who} {what}：到期失效"),
        "release-corrected" => format!("{who} {what}：已更正"),
        "correction-prepared" => format!("{who} 备好{what}"),
        "dispatch-fell-back" => format!("{who} {what}：{} 改走 {}", text("from"), text("to")),
        "dispatch-closed" if is_of_bulletin(entry) => {
            let counts = data["deliveries"].as_object()?;
            let list: Vec<String> = counts
                .iter()
                .map(|(status, count)| format!("{} {count}", zh(status)))
                .collect();
            if list.is_empty() {
                return None;
            }
            format!("{who} {what}：{} {}", text("channel"), list.join("、"))
        }
        // The injects say these themselves; the rest is bookkeeping.
        _ => return None,
    })
}

fn local(scenario: &Scenario, value: &Value) -> Option<String> {
    let at = DateTime::parse_from_rfc3339(value.as_str()?).ok()?.to_utc();
    Some(words::local_short(at, scenario.zone))
}

fn zh(status: &str) -> &str {
    match status {
        "accepted" => "已受理",
        "delivered" => "已送达",
        "failed" => "失败",
        "unknown" => "不明",
        "cancelled" => "取消",
        "skipped" => "跳过",
        other => other,
    }
}
