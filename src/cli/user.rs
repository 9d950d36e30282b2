//! `fabu user`: who may work with the system, which posts they hold, and the tokens they show.
//!
//! A token is printed once, alone on standard output, and kept as a hash only.

use clap::Subcommand;
use serde_json::json;

use crate::domain::body::PostRef;
use crate::domain::journal::Act;
use crate::domain::person::{Person, is_login, token_hash};
use crate::domain::time::Span;
use crate::id::{Minter, RealmKind};
use crate::store::{StoreError, Tx};

use super::output::{self, line, say, table};
use super::{Exit, Failure, Place, Result, Session, bodies};

/// Long enough that nobody is shut out in a night that nobody foresaw; `fabu doctor` says a month before.
const TOKEN_GOOD_FOR: &str = "365d";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a user and print their token, once
    Add {
        /// The name they are known by: lower-case letters, digits, `.`, `-`, `_`
        login: String,
        /// The name that stands beside their signatures
        #[arg(long)]
        name: String,
        /// A post they hold, written body/post; may be repeated
        #[arg(long = "post", value_name = "BODY/POST")]
        posts: Vec<PostRef>,
        /// How long the token is good
        #[arg(long, value_name = "SPAN", default_value = TOKEN_GOOD_FOR)]
        valid_for: Span,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List users and the posts they hold
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a user other posts than before
    Posts {
        login: String,
        /// A post they hold from now on; none = none
        #[arg(long = "post", value_name = "BODY/POST")]
        posts: Vec<PostRef>,
    },
    /// Shut a user out: their tokens are good no more
    Disable { login: String },
    /// Print another token of a user, once
    Token {
        login: String,
        /// What it is for, such as `phone`
        #[arg(long, default_value = "")]
        label: String,
        /// How long it is good
        #[arg(long, value_name = "SPAN", default_value = TOKEN_GOOD_FOR)]
        valid_for: Span,
        /// Make their earlier tokens worthless
        #[arg(long)]
        revoke_others: bool,
    },
}

pub(super) async fn run(place: &Place, command: Command) -> Result {
    let session = Session::existing(place).await?;
    let exit = match command {
        Command::Add {
            login,
            name,
            posts,
            valid_for,
            json,
        } => add(&session, &login, &name, posts, valid_for, json).await,
        Command::List { json } => list(&session, json).await,
        Command::Posts { login, posts } => change_posts(&session, &login, posts).await,
        Command::Disable { login } => disable(&session, &login).await,
        Command::Token {
            login,
            label,
            valid_for,
            revoke_others,
        } => token(&session, &login, &label, valid_for, revoke_others).await,
    };
    session.store.close().await;
    exit
}

async fn add(
    session: &Session,
    login: &str,
    name: &str,
    posts: Vec<PostRef>,
    valid_for: Span,
    as_json: bool,
) -> Result {
    let invalid = |what: String| {
        Err(Failure::new(
            Exit::Invalid,
            format!("{what}; nobody was added"),
        ))
    };
    if !is_login(login) {
        return invalid(format!(
            "{login:?} cannot be a login: write 1 to 40 lower-case letters, digits, `.`, `-` or `_`, and not `fabu`"
        ));
    }
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return invalid(format!(
            "{name:?} cannot be a name: write 1 to 100 characters on one line"
        ));
    }
    let posts = known_posts(session, posts)?;
    let (ids, now) = (Minter::from_os(RealmKind::Actual), session.now());
    let person = Person {
        id: ids.mint(now),
        login: login.to_owned(),
        name: name.to_owned(),
        posts,
        disabled_at: None,
        created_at: now,
    };
    let secret = ids.secret();
    let mut tx = session.store.begin().await?;
    tx.add_person(&person).await.map_err(|error| match error {
        StoreError::Duplicate(_) => Failure::new(
            Exit::Conflict,
            format!("there is a user {login} already; nobody was added"),
        )
        .next(format!(
            "fabu user token {login} prints another token, fabu user posts {login} changes posts"
        )),
        other => other.into(),
    })?;
    let until = valid_for.after(now);
    tx.add_token(&person.id, &token_hash(&secret), "", now, Some(until))
        .await?;
    let act = Act::UserAdded {
        login: login.to_owned(),
        name: name.to_owned(),
        posts: person.posts.clone(),
        token_until: Some(until),
    };
    tx.append(vec![session.entry(act)]).await?;
    tx.commit().await?;
    if as_json {
        output::json(&json!({
            "id": person.id, "login": login, "name": name, "posts": person.posts, "token": secret,
            "token_until": until,
        }))?;
        return Ok(Exit::Done);
    }
    line(&secret)?;
    if person.posts.is_empty() {
        say(&format!(
            "{login} was added and holds no post: fabu user posts {login} --post body/post"
        ));
    } else {
        say(&format!(
            "{login} was added and holds {}",
            shown(&person.posts)
        ));
    }
    say(&format!(
        "this is the token, shown this once and good until {}; use it as FABU_TOKEN",
        until.format("%Y-%m-%d")
    ));
    Ok(Exit::Done)
}

async fn list(session: &Session, as_json: bool) -> Result {
    let mut tx = session.store.read().await?;
    let people = tx.people().await?;
    let ends = tx.token_ends().await?;
    drop(tx);
    if as_json {
        output::json(&json!({"users": people, "tokens_until": ends}))?;
        return Ok(Exit::Done);
    }
    table(
        ["login", "name", "posts", "state", "token until"],
        people.into_iter().map(|person| {
            let state = match person.disabled_at {
                Some(at) => format!("disabled {}", at.format("%Y-%m-%d")),
                None => "active".into(),
            };
            let until = match ends.get(&person.login) {
                None => "no token".into(),
                Some(None) => "no end".into(),
                Some(Some(end)) => end.format("%Y-%m-%d").to_string(),
            };
            let posts = shown(&person.posts);
            [person.login, person.name, posts, state, until]
        }),
    )?;
    Ok(Exit::Done)
}

async fn change_posts(session: &Session, login: &str, posts: Vec<PostRef>) -> Result {
    let posts = known_posts(session, posts)?;
    let mut tx = session.store.begin().await?;
    let mut person = find(&mut tx, login).await?;
    let before = std::mem::replace(&mut person.posts, posts);
    tx.update_person(&person).await?;
    let act = Act::UserPostsChanged {
        login: login.to_owned(),
        posts: person.posts.clone(),
        before,
    };
    tx.append(vec![session.entry(act)]).await?;
    tx.commit().await?;
    let held = if person.posts.is_empty() {
        "no post".into()
    } else {
        shown(&person.posts)
    };
    say(&format!("{login} holds {held} now"));
    Ok(Exit::Done)
}

async fn disable(session: &Session, login: &str) -> Result {
    let now = session.now();
    let mut tx = session.store.begin().await?;
    let mut person = find(&mut tx, login).await?;
    if person.disabled_at.is_some() {
        say(&format!("{login} was disabled before; nothing was changed"));
        return Ok(Exit::Done);
    }
    person.disabled_at = Some(now);
    tx.update_person(&person).await?;
    let tokens = tx.revoke_tokens(&person.id, now).await?;
    let act = Act::UserDisabled {
        login: login.to_owned(),
        tokens_revoked: tokens,
    };
    tx.append(vec![session.entry(act)]).await?;
    tx.commit().await?;
    say(&format!(
        "{login} is shut out, {} revoked; what they signed stays signed",
        output::count(tokens, "token", "tokens")
    ));
    Ok(Exit::Done)
}

async fn token(
    session: &Session,
    login: &str,
    label: &str,
    valid_for: Span,
    revoke_others: bool,
) -> Result {
    let now = session.now();
    let mut tx = session.store.begin().await?;
    let person = find(&mut tx, login).await?;
    if person.disabled_at.is_some() {
        return Err(Failure::new(
            Exit::NotAllowed,
            format!("{login} is disabled; no token was made"),
        ));
    }
    let revoked = if revoke_others {
        tx.revoke_tokens(&person.id, now).await?
    } else {
        0
    };
    let label: String = label.chars().filter(|c| !c.is_control()).take(60).collect();
    let secret = Minter::from_os(RealmKind::Actual).secret();
    let until = valid_for.after(now);
    tx.add_token(&person.id, &token_hash(&secret), &label, now, Some(until))
        .await?;
    let act = Act::TokenIssued {
        login: login.to_owned(),
        label,
        tokens_revoked: revoked,
        token_until: Some(until),
    };
    tx.append(vec![session.entry(act)]).await?;
    tx.commit().await?;
    line(&secret)?;
    say(&format!(
        "a token of {login}, shown this once and good until {}; use it as FABU_TOKEN. {} revoked",
        until.format("%Y-%m-%d"),
        output::count(revoked, "earlier token", "earlier tokens")
    ));
    Ok(Exit::Done)
}

async fn find(tx: &mut Tx, login: &str) -> Result<Person> {
    tx.person_by_login(login).await?.ok_or_else(|| {
        let shown: String = login.chars().take(40).collect();
        Failure::new(
            Exit::Invalid,
            format!("there is no user {shown:?}; nothing was changed"),
        )
        .next("fabu user list")
    })
}

/// The posts, each once, checked where there is something to check them against.
fn known_posts(session: &Session, mut posts: Vec<PostRef>) -> Result<Vec<PostRef>> {
    posts.sort();
    posts.dedup();
    match bodies::read(&session.config)? {
        Some(file) => bodies::check_posts(&file, &posts)?,
        None if posts.is_empty() => {}
        None => say("plans/bodies.yaml is not there, so the posts were not checked"),
    }
    Ok(posts)
}

fn shown(posts: &[PostRef]) -> String {
    posts
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}
