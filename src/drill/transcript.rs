//! The transcript (演练实录): what happened, line by line, as somebody in the room would write it down.

use std::collections::BTreeMap;

use super::play::Play;
use super::scenario::Scenario;
use super::words;
use crate::domain::body::PostRef;
use crate::domain::bulletin::Language;
use crate::domain::journal::act::Reminded;
use crate::domain::journal::{Act, ENGINE, Told};
use crate::domain::reason::Reason;
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::words::{reason, refused};

/// What people in the room speak.
const LANGUAGE: Language = Language::ZhCn;

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
    let mut names: BTreeMap<ReleaseId, String> = BTreeMap::new();
    let mut lines: Vec<(Moment, u8, String)> = Vec::new();
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

/// What each release is called here: `汛情通报#2`.
pub fn names(journal: &[Told]) -> BTreeMap<ReleaseId, String> {
    let mut names = BTreeMap::new();
    for entry in journal {
        learn(&mut names, entry);
    }
    names
}

/// `汛情通报#2`, by release.
fn learn(names: &mut BTreeMap<ReleaseId, String>, entry: &Told) {
    match &entry.act {
        Act::ReleasesPlanned(listed)
        | Act::ReleaseRequested(listed)
        | Act::MeasureOrdered {
            with_it: listed, ..
        } => {
            names.extend(listed.releases.iter().map(|one| {
                let shown = match one.occurrence {
                    0 | 1 => one.name.clone(),
                    number => format!("{}#{number}", one.name),
                };
                (one.id.clone(), shown)
            }));
        }
        Act::CorrectionPrepared { of, .. } => {
            let of = names.get(of).cloned().unwrap_or_default();
            names.extend(
                entry
                    .release
                    .clone()
                    .map(|id| (id, format!("更正《{of}》"))),
            );
        }
        _ => {}
    }
}

fn line(scenario: &Scenario, names: &BTreeMap<ReleaseId, String>, entry: &Told) -> Option<String> {
    let what = entry
        .release
        .as_ref()
        .and_then(|id| names.get(id))
        .map_or("", String::as_str);
    let moment = |at: Option<Moment>| {
        at.map_or_else(String::new, |at| words::local_short(at, scenario.zone))
    };
    let who = if entry.actor == ENGINE {
        "系统"
    } else {
        &entry.actor
    };
    Some(match &entry.act {
        Act::ReleasesPlanned(listed) | Act::ReleaseRequested(listed) => {
            let named = |undecided: bool| {
                let listed = listed.releases.iter();
                let listed = listed.filter(|one| one.undecided == undecided);
                let named = listed.map(|one| {
                    let name = names.get(&one.id).map_or("", String::as_str);
                    match one.due_at {
                        Some(due) => format!("{name}（{}前）", moment(Some(due))),
                        None => name.to_owned(),
                    }
                });
                named.collect::<Vec<_>>().join("、")
            };
            let ready = match named(true) {
                ready if ready.is_empty() => ready,
                ready => format!("；备而未定：{ready}"),
            };
            format!("{who} 列入 {}{ready}", named(false))
        }
        Act::HoldingReported {
            held_at,
            limit,
            late,
            before,
            ..
        } => {
            let word = match before {
                Some(_) => "更正召开时间",
                None => "报告召开时间",
            };
            let kept = match (limit, late) {
                (None, _) => String::new(),
                (Some(limit), true) => format!("，超过时限{}", moment(Some(*limit))),
                (Some(limit), false) => format!("，时限{}", moment(Some(*limit))),
            };
            format!("系统 {word} {what}：{}{kept}", moment(Some(*held_at)))
        }
        Act::DecisionAsked { to, .. } => {
            let to: Vec<String> = to.iter().map(ToString::to_string).collect();
            format!("系统 请示是否采取 {what}，待 {}", to.join("、"))
        }
        Act::MeasureOrdered { due_at, .. } => match due_at {
            Some(_) => format!("{who} 决定采取 {what}（{}前发布）", moment(*due_at)),
            None => format!("{who} 决定采取 {what}"),
        },
        Act::MeasureNotApplicable { reason, .. } => {
            format!("{who} 认定不适用 {what}：{reason}")
        }
        Act::DecisionPutOff { until, .. } => {
            format!("{who} {what}：{} 再定", moment(Some(*until)))
        }
        Act::ReleaseDrafted {
            version,
            missing,
            fault,
            ..
        } => match (fault, version) {
            _ if !missing.is_empty() => format!("{who} {what}：待事实 {}", missing.join("、")),
            (Some(fault), _) => format!("{who} {what}：模板出错，{fault}"),
            (None, version) => format!("{who} {what}：生成第{}稿", version.unwrap_or(0)),
        },
        Act::ReleaseDated { due_at, .. } => format!("{who} {what}：时限 {}", moment(*due_at)),
        Act::ReleaseSubmitted { waits_for, .. } => {
            format!("{who} 送审 {what}，待 {}", post(waits_for))
        }
        Act::ReleaseSigned { waits_for, .. } => match waits_for {
            Some(next) => format!("{who} 签署 {what}，待 {next}"),
            None => format!("{who} 签发 {what}"),
        },
        Act::ReleasedBeforeCountersignature {
            countersign_due_at, ..
        } => {
            let by = moment(Some(*countersign_due_at));
            format!("{who} 快速签发 {what}，{by}前补签")
        }
        Act::ReleaseCountersigned { .. } => format!("{who} 补签 {what}"),
        Act::CountersignatureOverdue { waits_for, .. } => {
            format!("系统 {what}：补签逾期，待 {}", post(waits_for))
        }
        Act::ReleaseHeld { .. } => format!("{who} {what}：已签发，等正文发布"),
        Act::ReleasePublished { late, .. } => {
            let late = if *late { "（逾时）" } else { "" };
            format!("系统 发布 {what}{late}")
        }
        Act::ApprovalRefused { why, .. } => {
            format!("{who} 签署 {what} 未被接受：{}", refused(LANGUAGE, why))
        }
        Act::ReviewStale(_) => format!("{who} {what}：送审后事实有变"),
        Act::TurnPassed { from, to, .. } => format!("{who} {what}：{from} 未签，转 {to}"),
        Act::ReleaseReminded(Reminded { percent, to, .. }) => {
            format!("{who} 催办 {what}：时限已过{percent}%，请 {}", post(to))
        }
        Act::SignerReminded { to, over, .. } => {
            let gone = if *over { "已过" } else { "已过半" };
            format!("{who} 催签 {what}：签批时限{gone}，请 {to}")
        }
        Act::ReleaseOverdue(Reminded { to, .. }) => {
            format!("{who} {what}：已超时，报 {}", post(to))
        }
        Act::ReleaseMissed { .. } => format!("{who} {what}：漏发"),
        Act::ReleaseSuperseded {
            why: why @ Reason::ResponseEnded,
            ..
        } => format!("{who} {what}：已结束，{}", reason(LANGUAGE, why)),
        Act::ReleaseSuperseded { why, .. } => {
            format!("{who} {what}：被替代，{}", reason(LANGUAGE, why))
        }
        Act::MeasureLifted { .. } => format!("{who} {what}：已解除"),
        Act::MeasureLiftedIn { areas, from, .. } => {
            let areas: Vec<&str> = areas.iter().map(|area| area.0.as_str()).collect();
            let (areas, when) = (areas.join("、"), if from.is_some() { "将" } else { "已" });
            format!("{who} {what}：{when}在 {areas} 解除")
        }
        Act::MeasureRestored { areas, .. } => {
            let areas: Vec<&str> = areas.iter().map(|area| area.0.as_str()).collect();
            format!("{who} {what}：在 {} 重新执行", areas.join("、"))
        }
        Act::ReleaseCancelled { why, .. } => {
            format!("{who} {what}：取消，{}", reason(LANGUAGE, why))
        }
        Act::ReleaseExpired { .. } => format!("{who} {what}：到期失效"),
        Act::ReleaseCorrected { .. } => format!("{who} {what}：已更正"),
        Act::CorrectionPrepared { .. } => format!("{who} 备好{what}"),
        Act::DispatchFellBack { from, to, .. } => format!("{who} {what}：{from} 改走 {to}"),
        Act::DispatchClosed { deliveries, of } if of.is_of_bulletin() => {
            let list: Vec<String> = deliveries
                .iter()
                .map(|(status, count)| format!("{} {count}", zh(status)))
                .collect();
            if list.is_empty() {
                return None;
            }
            format!("{who} {what}：{} {}", of.channel, list.join("、"))
        }
        // The injects say these themselves; the rest is bookkeeping.
        _ => return None,
    })
}

fn post(post: &Option<PostRef>) -> String {
    post.as_ref()
        .map_or_else(|| "—".to_owned(), ToString::to_string)
}

fn zh(status: &str) -> &str {
    match status {
        "accepted" => "已受理",
        "delivered" => "已送达",
        "failed" => "失败",
        "unknown" => "未知",
        "cancelled" => "取消",
        "skipped" => "跳过",
        other => other,
    }
}
