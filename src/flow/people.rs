//! Who may work with the system: people come, hold posts, show tokens, and go.
//!
//! Over the network whoever has the right to administer does it; on the server's own machine, its owner
//! ([`Actor::at_the_machine`]). Never are the posts left without anybody who may administer, or who may audit.

use super::{Problems, Thing, VerbError, World};
use crate::domain::approval::Actor;
use crate::domain::body::PostRef;
use crate::domain::clip::short;
use crate::domain::journal::{Act, Entry};
use crate::domain::nearest::closest;
use crate::domain::person::{Person, is_login, token_hash};
use crate::domain::phrase::{Blank, phrase};
use crate::domain::rights::{self, About, Deed, Right};
use crate::domain::time::{Moment, Span};
use crate::store::{StoreError, Tx};

/// Long enough that nobody is shut out in a night that nobody foresaw; `fabu doctor` says a month before.
pub const TOKEN_GOOD_FOR: Span = Span::minutes(365 * 24 * 60);

#[derive(Debug, Clone)]
pub struct NewPerson {
    pub login: String,
    pub name: String,
    pub posts: Vec<PostRef>,
    /// How long their first token is good.
    pub valid_for: Span,
}

/// What a token is asked for.
#[derive(Debug, Clone)]
pub struct NewToken {
    pub label: String,
    pub valid_for: Span,
    /// Their earlier tokens are worth nothing any more.
    pub revoke_others: bool,
}

/// A token, to be shown once.
#[derive(Debug)]
pub struct Issued {
    pub person: Person,
    pub token: String,
    pub until: Moment,
    pub revoked: u64,
}

/// Adds a person and issues their first token.
///
/// # Errors
/// Names every field that cannot be used; a conflict when the login is taken.
pub async fn add(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    new: NewPerson,
) -> Result<Issued, VerbError> {
    may(world, actor, Deed::ChangePeople)?;
    let mut problems = Problems::default();
    if !is_login(&new.login) {
        problems.add(
            "login",
            phrase!("verb.bad-login", login = format!("{:?}", short(&new.login))),
        );
    }
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        let what = phrase!("verb.bad-name", name = format!("{:?}", short(name)));
        problems.add("name", what);
    }
    let posts = known(world, new.posts, &mut problems);
    if !problems.is_empty() {
        return Err(VerbError::Invalid { problems });
    }
    let person = Person {
        id: world.ids.mint(now),
        login: new.login,
        name: name.to_owned(),
        posts,
        disabled_at: None,
        created_at: now,
    };
    tx.add_person(&person).await.map_err(|error| match error {
        StoreError::Duplicate(_) => VerbError::Conflict {
            what: phrase!("verb.login-taken", login = &person.login),
            existing: Some(person.login.clone()),
        },
        other => other.into(),
    })?;
    let token = world.ids.secret();
    let until = new.valid_for.after(now);
    tx.add_token(&person.id, &token_hash(&token), "", now, Some(until))
        .await?;
    let act = Act::UserAdded {
        login: person.login.clone(),
        name: person.name.clone(),
        posts: person.posts.clone(),
        token_until: Some(until),
    };
    tx.append(vec![Entry::new(now, &actor.user, act)]).await?;
    Ok(Issued {
        person,
        token,
        until,
        revoked: 0,
    })
}

/// Gives a person other posts than before.
///
/// # Errors
/// Forbidden for oneself; a conflict when nobody could administer or audit any more.
pub async fn change_posts(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    login: &str,
    posts: Vec<PostRef>,
) -> Result<Person, VerbError> {
    may(world, actor, Deed::ChangePeople)?;
    if actor.user == login {
        return Err(VerbError::Forbidden(phrase!("verb.own-posts")));
    }
    tx.lock_people().await?;
    let mut person = find(tx, login).await?;
    let mut problems = Problems::default();
    let posts = known(world, posts, &mut problems);
    if !problems.is_empty() {
        return Err(VerbError::Invalid { problems });
    }
    let before = std::mem::replace(&mut person.posts, posts);
    keep_the_last(tx, world, &person).await?;
    tx.update_person(&person).await?;
    let act = Act::UserPostsChanged {
        login: person.login.clone(),
        posts: person.posts.clone(),
        before,
    };
    tx.append(vec![Entry::new(now, &actor.user, act)]).await?;
    Ok(person)
}

/// Shuts a person out. Returns how many tokens are worth nothing now; none if they were shut out before.
///
/// # Errors
/// A conflict when nobody could administer or audit any more.
pub async fn disable(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    login: &str,
) -> Result<(Person, Option<u64>), VerbError> {
    may(world, actor, Deed::ChangePeople)?;
    tx.lock_people().await?;
    let mut person = find(tx, login).await?;
    if person.disabled_at.is_some() {
        return Ok((person, None));
    }
    person.disabled_at = Some(now);
    keep_the_last(tx, world, &person).await?;
    tx.update_person(&person).await?;
    let tokens_revoked = tx.revoke_tokens(&person.id, now).await?;
    let act = Act::UserDisabled {
        login: person.login.clone(),
        tokens_revoked,
    };
    tx.append(vec![Entry::new(now, &actor.user, act)]).await?;
    Ok((person, Some(tokens_revoked)))
}

/// Issues another token.
///
/// # Errors
/// Forbidden for somebody who is shut out.
pub async fn issue(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    login: &str,
    wanted: NewToken,
) -> Result<Issued, VerbError> {
    may(world, actor, Deed::IssueToken)?;
    let person = find(tx, login).await?;
    if let Some(at) = person.disabled_at {
        return Err(VerbError::Forbidden(phrase!(
            "verb.disabled-since",
            login,
            at = at.format("%Y-%m-%d").to_string()
        )));
    }
    let revoked = match wanted.revoke_others {
        true => tx.revoke_tokens(&person.id, now).await?,
        false => 0,
    };
    let printable = wanted.label.chars().filter(|c| !c.is_control());
    let label: String = printable.take(60).collect();
    let token = world.ids.secret();
    let until = wanted.valid_for.after(now);
    tx.add_token(&person.id, &token_hash(&token), &label, now, Some(until))
        .await?;
    let act = Act::TokenIssued {
        login: person.login.clone(),
        label,
        tokens_revoked: revoked,
        token_until: Some(until),
    };
    tx.append(vec![Entry::new(now, &actor.user, act)]).await?;
    Ok(Issued {
        person,
        token,
        until,
        revoked,
    })
}

/// Makes every token of a person worthless. Returns how many there were.
///
/// # Errors
/// Not found.
pub async fn revoke(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    login: &str,
) -> Result<u64, VerbError> {
    may(world, actor, Deed::RevokeTokens)?;
    let person = find(tx, login).await?;
    let tokens_revoked = tx.revoke_tokens(&person.id, now).await?;
    let act = Act::TokensRevoked {
        login: person.login.clone(),
        tokens_revoked,
    };
    tx.append(vec![Entry::new(now, &actor.user, act)]).await?;
    Ok(tokens_revoked)
}

fn may(world: &World, actor: &Actor, deed: Deed) -> Result<(), VerbError> {
    Ok(rights::may(actor, deed, &About::house(&world.plans))?)
}

async fn find(tx: &mut Tx, login: &str) -> Result<Person, VerbError> {
    tx.person_by_login(login)
        .await?
        .ok_or_else(|| VerbError::NotFound {
            what: Thing::User,
            id: login.to_owned(),
        })
}

/// The posts, each once. What no body has is a problem, where it is known which bodies there are.
fn known(world: &World, mut posts: Vec<PostRef>, problems: &mut Problems) -> Vec<PostRef> {
    posts.sort();
    posts.dedup();
    let known: Vec<String> = world
        .plans
        .bodies
        .iter()
        .flat_map(|body| {
            let posts = body.posts.iter();
            posts.map(|post| format!("{}/{}", body.body, post.post))
        })
        .collect();
    if known.is_empty() {
        return posts;
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    for post in posts.iter().map(ToString::to_string) {
        if !known.contains(&&*post) {
            let meant = closest(&post, &known).map_or_else(
                || phrase!("verb.where-posts-stand"),
                |word| phrase!("verb.is-meant", word),
            );
            problems.add(
                "posts",
                phrase!("verb.no-such-post", post = short(&post), meant),
            );
        }
    }
    posts
}

/// Refuses a change that would take the last one away who may administer or audit.
async fn keep_the_last(tx: &mut Tx, world: &World, changed: &Person) -> Result<(), VerbError> {
    let before = tx.people().await?;
    let mut after = before.clone();
    for person in after.iter_mut().filter(|one| one.id == changed.id) {
        person.clone_from(changed);
    }
    let bodies = &world.plans.bodies;
    for right in [Right::Administer, Right::Audit] {
        let held = |people| !rights::held_by(bodies, right, people).is_empty();
        if !held(&before) || held(&after) {
            continue;
        }
        let posts = rights::holders(&world.plans, right);
        return Err(VerbError::conflict(phrase!(
            "verb.last-holder",
            right = right.code(),
            posts = posts.iter().map(PostRef::to_string).collect::<Blank>(),
            login = &changed.login
        )));
    }
    Ok(())
}
