//! Contacts: whom texts reach.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A contact as it is given or shown; shown, its addresses are masked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ContactView {
    pub code: String,
    pub name: String,
    /// zh-CN or en.
    pub language: String,
    pub areas: Vec<String>,
    pub groups: Vec<String>,
    pub posts: Vec<String>,
    /// sms, email or telegram → addresses.
    pub addresses: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactInput {
    /// Made of the first address when left out.
    #[serde(default)]
    pub code: Option<String>,
    pub name: String,
    /// zh-CN or en; zh-CN when left out.
    #[serde(default)]
    pub language: Option<String>,
    /// By code, or by name as `bodies.yaml` has it.
    #[serde(default)]
    pub areas: Vec<String>,
    #[serde(default)]
    pub groups: Vec<String>,
    #[serde(default)]
    pub posts: Vec<String>,
    pub addresses: BTreeMap<String, Vec<String>>,
}

/// Contacts to add, or to put in the place of those of the same code.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactBatch {
    /// What the journal calls the list.
    pub file: String,
    /// At most 1,000.
    pub contacts: Vec<ContactInput>,
    /// People may have no address left, and groups may be nearly those that a plan addresses.
    #[serde(default)]
    pub accept_losses: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ImportedView {
    pub added: u64,
    pub replaced: u64,
    /// What is worth knowing of what was taken, such as groups that no plan addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NumberedContact {
    pub number: i64,
    pub contact: ContactView,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ContactPage {
    pub contacts: Vec<NumberedContact>,
    /// How many people there are in all.
    pub people: i64,
    /// The number to go on after, if there may be more.
    pub next: Option<i64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ContactQuery {
    pub group: Option<String>,
    /// In this place or inside it.
    pub area: Option<String>,
    pub post: Option<String>,
    /// The last number of the page before.
    pub after: Option<i64>,
    pub limit: Option<u32>,
}
