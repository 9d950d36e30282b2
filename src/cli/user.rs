//! `fabu user`: who may work with the system, which posts they hold, and the tokens they show.
//!
//! A token is printed once, alone on standard output, and kept as a hash only.

use clap::Subcommand;
use serde_json::json;

use crate::domain::body::PostRef;
use crate::domain::person::{Person, is_login, token_hash};
use crate::id::{Minter, RealmKind};
use crate::store::{StoreError, Tx};

use super::output::{self, line, say, table};
use super::{Exit, Failure, Place, Result, Session, bodies};

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
            json,
        } => add(&session, &login, &name, posts, json).await,
        Command::List { json } => list(&session, json).await,
        Command::Posts { login, posts } => change_posts(&session, &login, posts).await,
        Command::Disable { login } => disable(&session, &login).await,
        Command::Token {
            login,
            label,
            revoke_others,
        } => token(&session, &login, &label, revoke_others).await,
    };
    session.store.close().await;
    exit
}

async fn add(
    session: &Session,
    login: &str,
    name: &str,
    posts: Vec<PostRef>,
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
    tx.add_token(&person.id, &token_hash(&secret), "", now)
        .await?;
    let data = json!({"login": login, "name": name, "posts": person.posts});
    tx.append(vec![session.entry("user-added").data(data)])
        .await?;
    tx.commit().await?;
    if as_json {
        output::json(
            &json!({"id": person.id, "login": login, "name": name, "posts": person.posts, "token": secret}),
        )?;
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
    say("this is the token, shown this once; use it as FABU_TOKEN");
    Ok(Exit::Done)
}

async fn list(session: &Session, as_json: bool) -> Result {
    let people = session.store.read().await?.people().await?;
    if as_json {
        output::json(&json!({"users": people}))?;
        return Ok(Exit::Done);
    }
    table(
        ["login", "name", "posts", "state"],
        people.into_iter().map(|person| {
            let state = match person.disabled_at {
                Some(at) => format!("disabled {}", at.format("%Y-%m-%d")),
                None => "active".into(),
            };
            [person.login, person.name, shown(&person.posts), state]
        }),
    )?;
    Ok(Exit::Done)
}

async fn change_posts(session: &Session, login: &str, posts: Vec<PostRef>) -> Result {
    let posts = known_posts(session, posts)?;
    let mut tx = session.store.begin().await?;
    let mut person = find(&mut tx, login).await?;
    let data = json!({"login": login, "posts": posts, "before": person.posts});
    person.posts = posts;
    tx.update_person(&person).await?;
    tx.append(vec![session.entry("user-posts-changed").data(data)])
        .await?;
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
    let data = json!({"login": login, "tokens_revoked": tokens});
    tx.append(vec![session.entry("user-disabled").data(data)])
        .await?;
    tx.commit().await?;
    say(&format!(
        "{login} is shut out, {} revoked; what they signed stays signed",
        output::count(tokens, "token", "tokens")
    ));
    Ok(Exit::Done)
}

async fn token(session: &Session, login: &str, label: &str, revoke_others: bool) -> Result {
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
    tx.add_token(&person.id, &token_hash(&secret), &label, now)
        .await?;
    let data = json!({"login": login, "label": label, "tokens_revoked": revoked});
    tx.append(vec![session.entry("token-issued").data(data)])
        .await?;
    tx.commit().await?;
    line(&secret)?;
    say(&format!(
        "a token of {login}, shown this once; use it as FABU_TOKEN. {} revoked",
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
