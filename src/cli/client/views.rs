//! What commands show of the server's answers: the contract's own types, by the names of the things they show.

pub use crate::contract::{
    AskedView as Asked, BindingView as Binding, BulletinView as Bulletin, FactView as Fact,
    IncidentView as Incident, MeView as Me, Outcome, ReachView as Reach, ReleaseView as Release,
    RenderingView as Rendering,
};
