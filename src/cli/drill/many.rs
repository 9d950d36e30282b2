//! `fabu drill run --seeds`: how likely each deadline is to be kept, and what more people would change.

use super::files::{must_be_writable, write_into};
use super::run::RunArgs;
use crate::cli::{Exit, Failure, Place, Result, output};
use crate::drill::many::{Chance, Many};
use crate::drill::scenario::Extra;
use crate::drill::score::Stages;
use crate::drill::{report, words};

pub(super) fn run(place: &Place, args: &RunArgs, seeds: u64) -> Result {
    let mut scenario = super::run::read(place, &args.file)?;
    let extra = match args.what_if.as_deref().map(Extra::parse).transpose() {
        Ok(extra) => extra,
        Err(what) => {
            return Err(Failure::new(
                Exit::Usage,
                format!("--what-if: {what}; nothing was played"),
            ));
        }
    };
    if let Some(extra) = &extra {
        let posts = scenario.plans.bodies.iter().flat_map(|body| {
            body.posts
                .iter()
                .map(|post| format!("{}/{}", body.body, post.post))
        });
        if !posts.into_iter().any(|post| extra.is_about(&post)) {
            let what = format!(
                "--what-if: bodies.yaml has no post {:?}; nothing was played",
                extra.post
            );
            return Err(Failure::new(Exit::Invalid, what));
        }
    }
    if let Some(out) = &args.out {
        must_be_writable(out)?;
    }
    let first = args.seed.unwrap_or(scenario.file.seed);
    let tell = |done: u64| {
        let step = (seeds / 10).max(1);
        if seeds >= 50 && done.is_multiple_of(step) {
            output::say(&format!("{done} of {seeds} played"));
        }
    };
    let usual = crate::drill::many::run(&scenario, first, seeds, tell)?;
    let changed = match extra {
        None => None,
        Some(extra) => {
            scenario.extra.push(extra);
            Some(crate::drill::many::run(&scenario, first, seeds, tell)?)
        }
    };
    if let Some(out) = &args.out {
        let both = serde_json::json!({ "usual": usual, "what_if": changed });
        write_into(out, "seeds.json", &format!("{both:#}\n"))?;
        let more = changed.as_ref().zip(args.what_if.as_deref());
        write_into(out, "report.html", &report::write_many(&usual, more))?;
        output::say(&format!(
            "wrote seeds.json and report.html into {}",
            out.display()
        ));
    }
    if args.json {
        output::json(&serde_json::json!({ "usual": usual, "what_if": changed }))?;
    } else {
        print(&usual, changed.as_ref())?;
    }
    Ok(if usual.passed.yes == usual.passed.of {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn likely(chance: Chance) -> String {
    format!(
        "{} ({}–{})",
        words::permille(chance.permille),
        words::permille(chance.low),
        words::permille(chance.high)
    )
}

fn print(many: &Many, changed: Option<&Many>) -> Result<()> {
    output::line(&format!(
        "{}  seeds {}…{}",
        many.drill,
        many.first_seed,
        many.first_seed + many.seeds - 1
    ))?;
    output::line(&format!(
        "全部预期达到 all expectations met: {}",
        likely(many.passed)
    ))?;
    if let Some(changed) = changed {
        output::line(&format!(
            "增加人手后 with more people: {}",
            likely(changed.passed)
        ))?;
    }
    output::line("")?;
    let slack = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), words::rough);
    let step = |stages: Stages| {
        let all = stages.all();
        // Sending comes after the deadline's question is settled.
        let most = (0..4)
            .max_by_key(|n| (all[*n], usize::MAX - n))
            .unwrap_or(0);
        let total: i64 = all[..4].iter().sum();
        format!(
            "{} {}%",
            Stages::NAMES[most].0,
            all[most] * 100 / total.max(1)
        )
    };
    output::table(
        [
            "事项 item",
            "按时概率 on time (95%)",
            "增员后 what-if",
            "余时 slack p10",
            "p50",
            "p90",
            "主要耗时 slowest step",
        ],
        many.items.iter().map(|item| {
            let after = changed.and_then(|changed| changed.item(item));
            [
                format!("{} {}", item.item, item.name),
                likely(item.on_time),
                after.map_or_else(
                    || "—".into(),
                    |after| words::permille(after.on_time.permille),
                ),
                slack(item.slack_p10),
                slack(item.slack_median),
                slack(item.slack_p90),
                step(item.stages),
            ]
        }),
    )?;
    output::line("")?;
    output::table(
        [
            "岗位 post",
            "每次演练等待 waited per play",
            "次数 times",
            "未等到 in vain",
            "增员后 what-if",
        ],
        many.posts.iter().take(8).map(|post| {
            let after = changed.and_then(|changed| changed.post(&post.post));
            [
                post.post.clone(),
                words::rough(post.waited),
                post.times.to_string(),
                words::permille(post.unanswered_permille),
                after.map_or_else(|| "—".into(), |after| words::rough(after.waited)),
            ]
        }),
    )?;
    Ok(())
}
