//! Keeps the portal's memory as new as the store: builds the site again whenever what it shows has changed.

use std::sync::Arc;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::realm::Realm;
use crate::store::Result;
use crate::web::portal::{SharedSite, Site, SiteSettings};

/// How old "updated at" may become on a quiet night.
const FRESH: TimeDelta = TimeDelta::seconds(60);

/// The site as the store has it now.
pub async fn build(realm: &Realm, settings: &Arc<SiteSettings>) -> Result<Site> {
    let entries = realm.store.read().await?.portal_entries().await?;
    Ok(Site::build(entries, realm.now(), settings.clone()))
}

/// Follows the store until `stop`. A store that fails leaves the last good site standing.
pub async fn keep(
    realm: Arc<Realm>,
    site: Arc<SharedSite>,
    settings: Arc<SiteSettings>,
    stop: CancellationToken,
) {
    let mut signal = realm.listen();
    let mut shown = None;
    let mut built_at = realm.now();
    while !stop.is_cancelled() {
        signal.mark_unchanged();
        let now = realm.now();
        let stamp = match realm.store.read().await {
            Ok(mut tx) => tx.portal_stamp().await,
            Err(error) => Err(error),
        };
        match stamp {
            Ok(stamp) if shown != Some(stamp) || now - built_at >= FRESH => {
                match build(&realm, &settings).await {
                    Ok(next) => {
                        site.replace(next);
                        site.set_behind(false);
                        shown = Some(stamp);
                        built_at = now;
                    }
                    Err(error) => {
                        site.set_behind(true);
                        tracing::error!(%error, "the portal could not be renewed; it shows what it showed")
                    }
                }
            }
            Ok(_) => site.set_behind(false),
            Err(error) => {
                site.set_behind(true);
                tracing::error!(%error, "the portal could not look for changes; it shows what it showed")
            }
        }
        tokio::select! {
            _ = signal.changed() => {}
            () = realm.clock.sleep_until(now + TimeDelta::seconds(5)) => {}
            () = stop.cancelled() => {}
        }
    }
}
