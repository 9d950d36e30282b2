//! The portal on the wire: one thread and one small runtime per core, each with its own listening socket, HTTP/1.1.
//!
//! Threads share nothing but the site and who is there, so a crowd costs each core only its own share. The kernel deals
//! connections out (`SO_REUSEPORT`). Slow and silent clients are cut off at the door; nothing they do holds a thread.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::page::notice::Trouble;
use super::reply::Asked;
use super::site::{SharedSite, Site};
use crate::web::door::{self, Crowd, Patience, Sent};
use crate::web::receipts::{PREFIX, Receipts};

/// The longest form that is read: more than the longest question, every sign of it written as nine.
const MOST_WORDS: usize = 128 * 1024;
/// How much is listened to so that it can be refused in words.
const MOST_HEARD: usize = 4 * 1024 * 1024;

/// What a server allows its clients.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Threads, each with its own socket; 0 = one per core.
    pub threads: usize,
    /// Open connections in all; more wait in the kernel's queue.
    pub connections: usize,
    /// The longest silence before and inside a request's head.
    pub read_head: Duration,
    /// How long a client may leave sent bytes unconfirmed.
    pub unconfirmed: Duration,
    /// How long requests in flight may finish after the stop signal.
    pub drain: Duration,
    /// Searches at once in all; more are asked to come back.
    pub searches: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            threads: 0,
            connections: 8_192,
            read_head: Duration::from_secs(15),
            unconfirmed: Duration::from_secs(30),
            drain: Duration::from_secs(10),
            searches: 2,
        }
    }
}

impl Limits {
    /// A crowd of readers: whoever rests between two pages gives way to newcomers, who wait meanwhile.
    pub fn crowd(&self, name: &'static str) -> Arc<Crowd> {
        let patience = Patience {
            first: self.read_head,
            head: self.read_head,
            // No page takes a body; what a provider says is short.
            body: self.read_head,
            idle: self.read_head,
            stalled: self.unconfirmed,
        };
        Crowd::new(name, self.connections, door::Full::Waits, patience)
    }
}

/// What has been served, for the metrics page.
#[derive(Debug, Default)]
pub struct Traffic {
    pub requests: AtomicU64,
}

/// A running portal.
pub struct Serving {
    pub address: SocketAddr,
    pub traffic: Arc<Traffic>,
    threads: Vec<JoinHandle<()>>,
}

impl Serving {
    /// Waits until every thread has drained; returns only after the stop signal.
    pub fn join(self) {
        for thread in self.threads {
            // A thread that panicked has nothing left to drain.
            let _ = thread.join();
        }
    }
}

/// Serves `site` on `listen` (port 0 = any free one) until `stop`.
pub fn serve(
    listen: SocketAddr,
    site: Arc<SharedSite>,
    limits: &Limits,
    stop: &CancellationToken,
) -> io::Result<Serving> {
    serve_crowd(listen, site, limits, limits.crowd("portal"), None, stop)
}

/// The same for a `crowd` that is counted elsewhere as well, with the providers who call at the same address.
pub fn serve_crowd(
    listen: SocketAddr,
    site: Arc<SharedSite>,
    limits: &Limits,
    crowd: Arc<Crowd>,
    receipts: Option<Arc<Receipts>>,
    stop: &CancellationToken,
) -> io::Result<Serving> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let count = if limits.threads == 0 {
        cores
    } else {
        limits.threads
    };
    // A shared port would let a second server in, and each would get a part of the crowd.
    let alone = door::socket(listen, limits.unconfirmed)?;
    alone.bind(&listen.into())?;
    drop(alone);
    let mut listeners = vec![bind(listen, limits)?];
    let address = listeners[0].local_addr()?;
    while listeners.len() < count {
        listeners.push(bind(address, limits)?);
    }
    let traffic = Arc::new(Traffic::default());
    let searches = Arc::new(Semaphore::new(limits.searches.max(1)));
    let mut threads = Vec::with_capacity(count);
    for (index, listener) in listeners.into_iter().enumerate() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let shared = Shared {
            site: site.clone(),
            traffic: traffic.clone(),
            searches: searches.clone(),
            receipts: receipts.clone(),
        };
        let crowd = crowd.clone();
        let drain = limits.drain;
        // Its own token: a thousand connections waiting on one shared list would meet on its lock.
        let stop = stop.child_token();
        let thread = std::thread::Builder::new()
            .name(format!("portal-{index}"))
            .spawn(move || {
                runtime.block_on(listen_on(listener, crowd, Arc::new(shared), drain, &stop))
            })?;
        threads.push(thread);
    }
    Ok(Serving {
        address,
        traffic,
        threads,
    })
}

struct Shared {
    site: Arc<SharedSite>,
    traffic: Arc<Traffic>,
    searches: Arc<Semaphore>,
    receipts: Option<Arc<Receipts>>,
}

fn bind(address: SocketAddr, limits: &Limits) -> io::Result<TcpListener> {
    let socket = door::socket(address, limits.unconfirmed)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(door::QUEUE)?;
    Ok(socket.into())
}

async fn listen_on(
    listener: TcpListener,
    crowd: Arc<Crowd>,
    shared: Arc<Shared>,
    drain: Duration,
    stop: &CancellationToken,
) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "the portal cannot listen: this thread serves nobody");
            return;
        }
    };
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { answer(&shared, request).await }
    });
    if !door::attend(listener, crowd, service, drain, stop).await {
        tracing::warn!("the portal stopped before every client had read its page");
    }
}

async fn answer(
    shared: &Shared,
    request: Request<Sent>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    shared.traffic.requests.fetch_add(1, Ordering::Relaxed);
    if let Some(receipts) = &shared.receipts
        && request.uri().path().starts_with(PREFIX)
    {
        return Ok(receipts.take(request).await.map(Full::new));
    }
    if request.method() == Method::POST && Site::takes_words(request.uri().path()) {
        return Ok(question(shared, request).await.map(Full::new));
    }
    let asked = asked(&request, &shared.site);
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Ok(shared
            .site
            .load()
            .trouble(&asked, Trouble::BadMethod)
            .map(Full::new));
    }
    if shared.site.load().is_slow(asked.path) {
        return Ok(search(shared, &asked).await.map(Full::new));
    }
    Ok(shared.site.load().get(&asked).map(Full::new))
}

/// A question that came as the body of a form, since a pasted text is too long for an address.
async fn question(shared: &Shared, request: Request<Sent>) -> Response<Bytes> {
    let (parts, body) = request.into_parts();
    let words = read(body).await;
    let request = Request::from_parts(parts, ());
    let asked = asked(&request, &shared.site);
    let mut response = match words {
        Some(words) => {
            let asked = Asked {
                query: &words,
                if_none_match: None,
                if_modified_since: None,
                ..asked
            };
            search(shared, &asked).await
        }
        None => shared.site.load().trouble(&asked, Trouble::TooLarge),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The body of a form; None when it is too long or broken off. What is too long is heard to its end, as far as that is
/// near, for browsers show no answer that comes while they speak.
async fn read(mut body: Sent) -> Option<String> {
    let mut words = Vec::new();
    let mut heard = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else {
            continue;
        };
        heard += data.len();
        if heard > MOST_HEARD {
            return None;
        }
        if heard <= MOST_WORDS {
            words.extend_from_slice(&data);
        }
    }
    (heard <= MOST_WORDS).then(|| String::from_utf8_lossy(&words).into_owned())
}

/// Searches on a thread of its own: a long archive must not make a reader of a warning wait.
async fn search(shared: &Shared, asked: &Asked<'_>) -> Response<Bytes> {
    let site = shared.site.hold();
    let Ok(permit) = shared.searches.clone().try_acquire_owned() else {
        return site.trouble(asked, Trouble::Busy);
    };
    let (path, query) = (asked.path.to_owned(), asked.query.to_owned());
    let encoding = asked.accept_encoding.map(str::to_owned);
    let is_behind = asked.is_behind;
    let none_match = asked.if_none_match.map(str::to_owned);
    let worker = site.clone();
    let found = tokio::task::spawn_blocking(move || {
        let response = worker.get(&Asked {
            path: &path,
            query: &query,
            accept_encoding: encoding.as_deref(),
            if_none_match: none_match.as_deref(),
            is_behind,
            ..Asked::default()
        });
        drop(permit);
        response
    });
    found.await.unwrap_or_else(|_| busy(&site, asked))
}

fn busy(site: &Site, asked: &Asked) -> Response<Bytes> {
    tracing::error!(
        path = asked.path,
        "a search ended in a panic: the reader was asked to try again"
    );
    site.trouble(asked, Trouble::Busy)
}

fn asked<'r, B>(request: &'r Request<B>, site: &SharedSite) -> Asked<'r> {
    let headers = request.headers();
    Asked {
        path: request.uri().path(),
        query: request.uri().query().unwrap_or(""),
        if_none_match: text(headers, &header::IF_NONE_MATCH),
        if_modified_since: text(headers, &header::IF_MODIFIED_SINCE),
        accept_language: text(headers, &header::ACCEPT_LANGUAGE),
        accept_encoding: text(headers, &header::ACCEPT_ENCODING),
        is_behind: site.is_behind(),
    }
}

fn text<'r>(headers: &'r HeaderMap, name: &HeaderName) -> Option<&'r str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
