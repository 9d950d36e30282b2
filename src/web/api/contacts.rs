//! Contacts: read with their addresses masked, added and replaced a batch at a time.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;

use super::act::{Answered, Change, Done, act};
use super::caller::Caller;
use super::request::Asked;
use super::{ApiState, Problem};
use crate::contract::{
    ContactBatch, ContactInput, ContactPage, ContactQuery, ContactView, ImportedView,
    NumberedContact,
};
use crate::domain::area::AreaCode;
use crate::domain::audience::Reach;
use crate::domain::clip::short;
use crate::domain::contact::Column;
use crate::domain::contact::{Address, AddressKind, Contact};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::plan::PlanSet;
use crate::flow::contacts::{self, Part};
use crate::flow::{Problems, VerbError};
use crate::sheet::{Fields, Places, Targets};
use crate::store::{CONTACT_BATCH, Upserted};
use crate::words::say;

const PAGE: u32 = 1_000;

/// Contacts in the order they came, addresses masked.
#[utoipa::path(get, path = "/api/v1/contacts", params(ContactQuery), responses((status = 200, body = ContactPage), (status = 403, body = Problem)))]
pub async fn list(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Asked(query): Asked<ContactQuery>,
) -> Result<Json<ContactPage>, Problem> {
    contacts::may_read(&state.realm.world(), &actor)?;
    let reach = Reach {
        areas: query.area.into_iter().map(AreaCode).collect(),
        groups: query.group.into_iter().collect(),
        posts: query.post.into_iter().collect(),
        around: Vec::new(),
    };
    let limit = query.limit.unwrap_or(100).min(PAGE);
    let mut tx = state.realm.store.read().await?;
    let people = tx.count_reach(&reach).await?.people;
    let page = tx.contacts(&reach, query.after.unwrap_or(0), limit).await?;
    let next = page.last().filter(|_| page.len() == limit as usize);
    Ok(Json(ContactPage {
        next: next.map(|(number, _)| *number),
        people,
        contacts: page
            .into_iter()
            .map(|(number, contact)| NumberedContact {
                number,
                contact: view(contact.masked()),
            })
            .collect(),
    }))
}

/// Adds contacts, or puts them in the place of those of the same codes, as a whole.
#[utoipa::path(put, path = "/api/v1/contacts", request_body = ContactBatch,
    responses((status = 200, body = ImportedView), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn import(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    change: Change<ContactBatch>,
) -> Answered {
    act(&state, actor, change, async |act, input| {
        let (given, notes) = read_all(&act.world.plans, input.contacts, input.accept_losses)?;
        let part = Part {
            file: &short(&input.file),
            rows: given.len() as u64,
            contacts: &given,
            has: &BTreeSet::from(Column::ALL),
            before: Upserted::default(),
            is_last: true,
            losses_accepted: input.accept_losses,
        };
        let done = contacts::import(&mut act.tx, &act.world, act.now, &act.actor, part).await?;
        Done::ok(&ImportedView {
            added: done.added,
            replaced: done.replaced,
            notes: notes.iter().map(|note| say(act.language, note)).collect(),
        })
    })
    .await
}

fn view(contact: Contact) -> ContactView {
    let mut addresses = std::collections::BTreeMap::<String, Vec<String>>::new();
    for address in contact.addresses {
        let of = addresses.entry(address.kind.code().to_owned()).or_default();
        of.push(address.address);
    }
    ContactView {
        code: without_number(contact.code),
        name: contact.name,
        language: contact.language.code().to_owned(),
        areas: contact.areas.into_iter().map(|area| area.0).collect(),
        groups: contact.groups,
        posts: contact.posts,
        addresses,
    }
}

/// A code that was made of an address is a hash of it, and there are few enough telephone numbers to try them all.
fn without_number(code: String) -> String {
    match code.strip_prefix("a-") {
        Some(rest) if rest.len() == 16 && rest.bytes().all(|b| b.is_ascii_hexdigit()) => {
            "a-…".into()
        }
        _ => code,
    }
}

/// The contacts, and what is worth knowing of them.
fn read_all(
    plans: &PlanSet,
    given: Vec<ContactInput>,
    losses_accepted: bool,
) -> Result<(Vec<Contact>, Vec<Phrase>), Problem> {
    if given.len() > CONTACT_BATCH {
        let what = phrase!(
            "request.too-many-contacts",
            count = given.len(),
            most = CONTACT_BATCH
        );
        return Err(Problem::invalid("contacts", what));
    }
    let (places, targets) = (Places::of(&plans.areas), Targets::of(plans));
    let mut fields = Fields::new(&places, &targets);
    let mut problems = Problems::default();
    let mut codes = BTreeSet::new();
    let mut contacts = Vec::with_capacity(given.len());
    for (n, one) in given.into_iter().enumerate() {
        match read_one(&mut fields, n as u64, one) {
            Ok(contact) if !codes.insert(contact.code.clone()) => {
                let what = phrase!("request.code-twice", code = short(&contact.code));
                problems.add(&format!("contacts[{n}].code"), what);
            }
            Ok(contact) => contacts.push(contact),
            Err((field, what)) => problems.add(&format!("contacts[{n}].{field}"), what),
        }
    }
    let mut notes = Vec::new();
    for remark in fields.remarks() {
        let column = Column::ALL
            .into_iter()
            .find(|column| column.heading() == remark.column);
        let column = column.map_or(remark.column, |column| column.words()[1]);
        let field = format!("contacts[{}].{column}", remark.line);
        match remark.loses && !losses_accepted {
            true => problems.add(&field, remark.what),
            false => notes.push(phrase!("verb.field", field, what = remark.what)),
        }
    }
    match problems.is_empty() {
        true => Ok((contacts, notes)),
        false => Err(VerbError::Invalid { problems }.into()),
    }
}

fn read_one(
    fields: &mut Fields<'_>,
    n: u64,
    given: ContactInput,
) -> Result<Contact, (String, Phrase)> {
    let mut addresses = Vec::new();
    for (kind, texts) in given.addresses {
        let field = || format!("addresses.{}", short(&kind));
        let known = AddressKind::from_code(&kind)
            .ok_or_else(|| (field(), phrase!("request.no-kind-of-address")))?;
        for text in texts {
            let address = known
                .read(&text)
                .map_err(|error| (field(), error.phrase()))?;
            addresses.push(Address {
                kind: known,
                address,
            });
        }
    }
    let first = addresses.first();
    let code = match (given.code, first) {
        (Some(code), _) => line("code", &code)?,
        (None, Some(first)) => Contact::code_of(first),
        (None, None) => return Err(("code".into(), phrase!("request.no-code"))),
    };
    addresses.sort();
    addresses.dedup();
    let of = |field: &str| {
        let field = field.to_owned();
        |what| (field, what)
    };
    Ok(Contact {
        code,
        name: line("name", &given.name)?,
        language: fields
            .language(n, given.language.as_deref().unwrap_or_default())
            .map_err(of("language"))?,
        areas: fields.areas(n, &given.areas).map_err(of("areas"))?,
        groups: fields.groups(n, &given.groups).map_err(of("groups"))?,
        posts: fields.posts(n, &given.posts).map_err(of("posts"))?,
        addresses,
    })
}

fn line(field: &str, text: &str) -> Result<String, (String, Phrase)> {
    let text = text.trim();
    match text.is_empty() || text.chars().count() > 100 || text.chars().any(char::is_control) {
        true => Err((field.to_owned(), phrase!("request.no-line"))),
        false => Ok(text.to_owned()),
    }
}
