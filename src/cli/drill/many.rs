//! `fabu drill run --seeds`: how likely each deadline is to be kept, and what more people would change.

use super::files::{must_be_writable, write_into};
use super::run::RunArgs;
use crate::cli::names::Names;
use crate::cli::words::{either, word};
use crate::cli::{Exit, Failure, Place, Result, output, when};
use crate::drill::many::{Chance, Many};
use crate::drill::scenario::Extra;
use crate::drill::score::Stages;
use crate::drill::{report, words};

pub(super) fn run(place: &Place, args: &RunArgs, seeds: u64) -> Result {
    let mut scenario = super::run::read(place, &args.file)?;
    let extra = match args.what_if.as_deref().map(Extra::parse).transpose() {
        Ok(extra) => extra,
        Err(_) => {
            let text = args.what_if.as_deref().unwrap_or_default();
            return Err(Failure::new(Exit::Usage, word!("drill.bad-what-if", text)));
        }
    };
    if let Some(extra) = &extra {
        let posts = scenario.plans.bodies.iter().flat_map(|body| {
            body.posts
                .iter()
                .map(|post| format!("{}/{}", body.body, post.post))
        });
        if !posts.into_iter().any(|post| extra.is_about(&post)) {
            let what = word!("drill.what-if-post", post = extra.post);
            return Err(Failure::new(Exit::Invalid, what));
        }
    }
    let names = super::run::names(&scenario);
    if let Some(out) = &args.out {
        must_be_writable(out)?;
    }
    let first = args.seed.unwrap_or(scenario.file.seed);
    let tell = |done: u64| {
        let step = (seeds / 10).max(1);
        if seeds >= 50 && done.is_multiple_of(step) {
            output::say(&word!("drill.so-many-played", done, seeds));
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
        output::say(&word!("drill.seeds-kept", folder = out.display()));
    }
    if args.json {
        output::json(&serde_json::json!({ "usual": usual, "what_if": changed }))?;
    } else {
        print(&usual, changed.as_ref(), &names)?;
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

fn print(many: &Many, changed: Option<&Many>, names: &Names) -> Result<()> {
    output::line(&word!(
        "drill.seeds",
        drill = many.drill,
        first = many.first_seed,
        last = many.first_seed + many.seeds - 1
    ))?;
    output::line(&word!("drill.all-met", likely = likely(many.passed)))?;
    if let Some(changed) = changed {
        output::line(&word!(
            "drill.all-met-with-more",
            likely = likely(changed.passed)
        ))?;
    }
    output::line("")?;
    let slack = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), when::seconds);
    let step = |stages: Stages| {
        let all = stages.all();
        // Sending comes after the deadline's question is settled.
        let most = (0..4)
            .max_by_key(|n| (all[*n], usize::MAX - n))
            .unwrap_or(0);
        let total: i64 = all[..4].iter().sum();
        let (zh, en) = Stages::NAMES[most];
        format!("{} {}%", either(zh, en), all[most] * 100 / total.max(1))
    };
    output::table(
        word!("drill.item-heads"),
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
        word!("drill.post-heads"),
        many.posts.iter().take(8).map(|post| {
            let after = changed.and_then(|changed| changed.post(&post.post));
            [
                names.post(&post.post),
                when::seconds(post.waited),
                post.times.to_string(),
                words::permille(post.unanswered_permille),
                after.map_or_else(|| "—".into(), |after| when::seconds(after.waited)),
            ]
        }),
    )?;
    Ok(())
}
