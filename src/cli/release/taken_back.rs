//! How something is undone that is too far for the way that was typed: an order that is on its way is given up, one that is out is
//! lifted, and what should never have gone out is withdrawn.

use super::super::client::Client;
use super::super::client::views::{Incident, Release};
use super::super::output::shell_word;
use super::super::words::word;
use super::super::{Exit, Result};
use super::{LIST, get};
use crate::id::ReleaseId;

/// What became of a wish; where the state of the release did not allow it, with the command that does.
pub(super) async fn or_how(client: &Client, id: &ReleaseId, came_out: Result) -> Result {
    match came_out {
        Err(refused) if refused.exit == Exit::Conflict => Err(match how(client, id).await {
            Some(next) => refused.next(next),
            None => refused,
        }),
        came_out => came_out,
    }
}

/// The command that takes `id` back as it stands; None where there is nothing to take back.
async fn how(client: &Client, id: &ReleaseId) -> Option<String> {
    let release: Release = get(client, id).await.ok()?.read().ok()?;
    let withdraw = || format!("fabu release withdraw {id} --reason …");
    match &*release.status {
        "undecided" => None,
        "published" => Some(
            match lift(client, &release, &board(client, &release).await?) {
                Some(lift) => word!("release.lift-or-withdraw", lift, withdraw = withdraw()),
                None => withdraw(),
            },
        ),
        _ if release.is_open() => Some(format!("fabu release waive {id} --reason …")),
        _ => None,
    }
}

async fn board(client: &Client, release: &Release) -> Option<Incident> {
    let path = ["incidents", &release.incident];
    client.get(&path, &[], LIST).await.ok()?.read().ok()
}

/// The command that lifts a measure of the incident on `board` where it still binds.
pub(in crate::cli) fn lift(client: &Client, release: &Release, board: &Incident) -> Option<String> {
    let item = release.lifting.as_ref()?;
    let left = release.areas.iter();
    let left = left.filter(|area| !release.lifted.contains(area));
    Some(lifting(client, board, item, left))
}

/// The command for the text which lifts a measure in `areas`: it is ordered where somebody is asked about it, and requested where
/// nobody is.
pub(in crate::cli) fn lifting<'a>(
    client: &Client,
    board: &Incident,
    item: &str,
    areas: impl Iterator<Item = &'a String>,
) -> String {
    let areas = areas.map(|code| format!(" --area {}", shell_word(&client.names.area(code))));
    let areas = areas.collect::<String>();
    let mut asked = board.releases.iter();
    match asked.find(|one| one.item == item && one.status == "undecided") {
        Some(asked) => format!("fabu release order {}{areas}", asked.id),
        None => format!("fabu incident request {} {item}{areas}", board.id),
    }
}
