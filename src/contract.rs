//! The contract of the API: what requests and answers carry, in one place for the server that writes them and for the
//! command line that reads them. Field names are part of it; new ones do no harm.
//!
//! Holds no rules and makes nothing: `read` fills what is shown. States and kinds are codes, so that an older command
//! line can still read what a newer server says.

mod asked;
mod channel;
mod contact;
mod delivery;
mod event;
mod incident;
mod input;
mod names;
mod people;
mod problem;
mod release;

pub use asked::{AskedView, Outcome};
pub use channel::{ChannelView, ReceiptsView, SwitchedView, TestedView, TroubleView};
pub use contact::{
    ContactBatch, ContactInput, ContactPage, ContactQuery, ContactView, ImportedView,
    NumberedContact,
};
pub use delivery::{ChannelCount, DeliveryView, ResendInput, ResendView, ResentView};
pub use event::{AskedFact, EventView};
pub use incident::{
    BindingView, FactView, IncidentView, LevelView, LiftedView, OnlyView, PlanView,
};
pub use input::*;
pub use names::{EnglishNames, NamesView};
pub use people::{
    AddPersonInput, MeView, NewToken, PeopleView, PersonView, PostsInput, RevokedView, TokenInput,
};
pub use problem::{FieldProblem, Particulars, ProblemView};
pub use release::{
    BulletinView, ElsewhereView, ExcludesView, HoldingView, PutOffView, ReachView, ReleaseView,
    RenderingView, SignatureView, StrangeRow,
};
