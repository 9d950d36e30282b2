//! The public site as a channel. Publication itself puts a text there, so a delivery only confirms it.

use async_trait::async_trait;

use super::Channel;
use crate::domain::channel::PortalDef;
use crate::domain::delivery::{Outcome, Parcel};

pub(super) struct Portal {
    base_url: String,
}

impl Portal {
    pub fn new(section: &PortalDef) -> Self {
        Self {
            base_url: section.base_url.trim_end_matches('/').to_owned(),
        }
    }
}

#[async_trait]
impl Channel for Portal {
    async fn send(&self, _parcel: &Parcel) -> Outcome {
        Outcome::accepted(Some(self.base_url.clone()))
    }
}
