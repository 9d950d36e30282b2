//! Every path of the API, and who may call it: the router, the description and the test of rights are made from this
//! one table. A handler that is not in it is not served.

use axum::Router;
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use super::describe::Common;
use super::{
    ApiState, asked, channels, contacts, drill, events, incidents, meta, names, people, releases,
    reports,
};
use crate::domain::rights::Deed;

/// Who may call a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody: probes and descriptions are for machines that nobody gave a token.
    Open,
    /// Whoever shows a good token.
    Staff,
    /// Whoever may do one of these; which one, the request says. The verb asks the table of rights.
    To(&'static [Deed]),
}

type Row = (Access, UtoipaMethodRouter<ApiState>);

macro_rules! table {
    ($($access:expr => $handler:path),* $(,)?) => { vec![$(($access, routes!($handler))),*] };
}

#[rustfmt::skip]
fn table() -> Vec<Row> {
    use Access::{Open, Staff, To};
    table![
        To(&[Deed::Declare]) => incidents::declare,
        Staff => events::list,
        Staff => names::list,
        Staff => incidents::list,
        Staff => incidents::show,
        To(&[Deed::SetFacts]) => incidents::set_facts,
        To(&[Deed::Raise, Deed::RaiseToI, Deed::Lower]) => incidents::change_level,
        To(&[Deed::End]) => incidents::end,
        To(&[Deed::Archive]) => incidents::archive,
        To(&[Deed::Request]) => incidents::request_release,
        Staff => asked::list,
        Staff => asked::show,
        To(&[Deed::Confirm]) => asked::confirm,
        To(&[Deed::Confirm]) => asked::decline,
        Staff => releases::list,
        Staff => releases::show,
        To(&[Deed::Decide]) => releases::decide,
        To(&[Deed::Edit]) => releases::edit,
        To(&[Deed::Edit]) => releases::place,
        To(&[Deed::Submit]) => releases::submit,
        To(&[Deed::Return]) => releases::send_back,
        To(&[Deed::Approve]) => releases::approve,
        To(&[Deed::Waive]) => releases::waive,
        To(&[Deed::Correct]) => releases::correct,
        To(&[Deed::Withdraw]) => releases::withdraw,
        To(&[Deed::Resend]) => releases::resend,
        Staff => reports::deliveries,
        To(&[Deed::ReadJournal, Deed::ReadRecord]) => reports::journal,
        Staff => reports::timeline,
        Staff => reports::timeliness,
        Staff => reports::delivery,
        Staff => channels::list,
        To(&[Deed::SwitchChannel]) => channels::enable,
        To(&[Deed::SwitchChannel]) => channels::disable,
        To(&[Deed::TestChannel]) => channels::test,
        To(&[Deed::ReadContacts]) => contacts::list,
        To(&[Deed::ImportContacts]) => contacts::import,
        To(&[Deed::ReadPeople]) => people::list,
        To(&[Deed::ChangePeople]) => people::add,
        To(&[Deed::ChangePeople]) => people::change_posts,
        To(&[Deed::ChangePeople]) => people::disable,
        To(&[Deed::IssueToken]) => people::issue,
        To(&[Deed::RevokeTokens]) => people::revoke,
        To(&[Deed::DirectDrills]) => drill::start,
        Staff => drill::show,
        To(&[Deed::DirectDrills]) => drill::inject,
        To(&[Deed::DirectDrills]) => drill::pause,
        To(&[Deed::DirectDrills]) => drill::resume,
        To(&[Deed::DirectDrills]) => drill::jump,
        To(&[Deed::DirectDrills]) => drill::stop,
        Staff => drill::report,
        Staff => meta::me,
        Open => meta::openapi,
        Open => meta::version,
        Open => meta::healthz,
        Open => meta::readyz,
        Open => meta::metrics,
    ]
}

/// A path as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// In upper case.
    pub method: String,
    pub path: String,
    pub access: Access,
}

/// Every path with who may call it, in the order of the table.
pub fn list() -> Vec<Route> {
    let mut listed = Vec::new();
    for (access, (_, paths, _)) in table() {
        for (path, item) in paths.paths {
            let methods = [("GET", item.get), ("PUT", item.put), ("POST", item.post)];
            for (method, _) in methods.into_iter().filter(|(_, one)| one.is_some()) {
                listed.push(Route {
                    method: method.to_owned(),
                    path: path.clone(),
                    access,
                });
            }
        }
    }
    listed
}

#[derive(OpenApi)]
#[openapi(info(
    title = "fabu",
    description = "Plans what a local government must tell the public in an emergency, and sends it out on time. Any change may be asked for with `?dry_run=true`: it is made and taken back, and the answer is what it would be. Every answer carries the server's time as `Fabu-Now`."
))]
struct Head;

fn split() -> (Router<ApiState>, utoipa::openapi::OpenApi) {
    let rows = table().into_iter();
    rows.fold(
        OpenApiRouter::with_openapi(Head::openapi()),
        |router, (_, routes)| router.routes(routes),
    )
    .split_for_parts()
}

pub(super) fn router() -> Router<ApiState> {
    split().0
}

/// What is served at `/openapi.json`.
pub(super) fn description() -> utoipa::openapi::OpenApi {
    let mut doc = split().1;
    Common.modify(&mut doc);
    doc
}
