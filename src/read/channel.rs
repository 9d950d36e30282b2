//! What is heard of what the channels have taken.

use std::collections::BTreeMap;

use crate::contract::ReceiptsView;
use crate::domain::channel::{ChannelDef, Finality};
use crate::store::{Result, Tx};

/// Deliveries without a name that are counted in one dispatch.
const MOST: u32 = 1_000;

/// By code, for each of `defs` that gives receipts.
pub async fn receipts<'a>(
    tx: &mut Tx,
    defs: impl Iterator<Item = &'a ChannelDef>,
) -> Result<BTreeMap<&'a str, ReceiptsView>> {
    let heard = tx.heard().await?;
    let awaiting = tx.awaiting().await?;
    let mut views = BTreeMap::new();
    for def in defs.filter(|def| def.spec().finality() != Finality::Accepted) {
        let heard = heard.get(&def.channel).copied().unwrap_or_default();
        let mut view = ReceiptsView {
            address: def.spec().receipts_at(&def.channel),
            awaited: 0,
            unnamed: 0,
            last_at: heard.heard_at,
            ignored: heard.ignored,
            strays: heard.strays,
        };
        for one in awaiting.iter().filter(|one| one.channel == def.channel) {
            let (awaited, unnamed) = tx.awaited(&one.dispatch, MOST).await?;
            view.awaited += awaited;
            if def.spec().needs_names() {
                view.unnamed += unnamed;
            }
        }
        views.insert(def.channel.as_str(), view);
    }
    Ok(views)
}
