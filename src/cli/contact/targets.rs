//! Whom the plan and channel files of this installation address, for comparing a list of contacts with them.

use crate::config::Config;
use crate::plan::diagnostic::Report;
use crate::plan::file::{ItemFile, Stage};
use crate::plan::folder;
use crate::sheet::Targets;

/// What the files address, and whether all of them could be read. An installation may have contacts before plans: then
/// nothing is known of any name, and no name is strange.
pub(super) fn read(config: &Config) -> (Targets, bool) {
    if !config.server.plans().is_dir() {
        return (Targets::default(), true);
    }
    let files = folder::read(&config.server.root, &mut Report::default());
    let plans = std::fs::read_dir(config.server.plans())
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("plan.yaml").exists())
        .count();
    if files.plans.is_empty() && plans == 0 {
        return (Targets::default(), true);
    }
    if files.plans.len() < plans || !files.all_channels_read || files.bodies.is_none() {
        return (Targets::default(), false);
    }
    let mut targets = Targets::read();
    for channel in &files.channels {
        if let Some(audience) = &channel.spec().audience {
            targets.add_audience(audience);
        }
    }
    for body in files.bodies.iter().flat_map(|file| &file.spec().bodies) {
        for post in &body.posts {
            targets.add_post(&format!("{}/{}", body.body, post.post));
        }
    }
    for plan in &files.plans {
        let spec = plan.plan.spec();
        for area in &spec.areas {
            targets.add_area(area);
        }
        for level in Stage::ALL
            .iter()
            .filter_map(|stage| spec.levels.get(*stage))
        {
            for item in &level.items {
                add(item, &mut targets);
            }
        }
    }
    (targets, true)
}

fn add(item: &ItemFile, targets: &mut Targets) {
    let of_channels = item
        .channels
        .iter()
        .flatten()
        .filter_map(|choice| choice.audience());
    for audience in item.audience.iter().chain(of_channels) {
        targets.add_audience(audience);
    }
    if let Some(interpretation) = &item.interpretation {
        add(interpretation, targets);
    }
}
