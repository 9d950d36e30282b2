//! The public site as a channel. Publication itself puts a text there, so a delivery only confirms it.

use async_trait::async_trait;

use super::{Channel, ChannelError};
use crate::domain::channel::ChannelDef;
use crate::domain::delivery::{Outcome, Parcel};

pub(super) struct Portal {
    base_url: String,
}

impl Portal {
    pub fn new(def: &ChannelDef) -> Result<Self, ChannelError> {
        let section = def.portal.as_ref();
        let section = section.ok_or_else(|| ChannelError::no_section(def))?;
        Ok(Self {
            base_url: section.base_url.trim_end_matches('/').to_owned(),
        })
    }
}

#[async_trait]
impl Channel for Portal {
    async fn send(&self, _parcel: &Parcel) -> Outcome {
        Outcome::Accepted {
            receipt: Some(self.base_url.clone()),
        }
    }
}
