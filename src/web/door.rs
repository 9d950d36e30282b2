//! The way in: whoever connects to a listener takes one of its places, and is let go when they keep it for nothing.
//!
//! Every listener of the program, portal or API, admits people through here. A [`Crowd`] has a fixed number of places;
//! when they are taken, somebody who is idle and never showed who they are gives way, and only if there is nobody like
//! that a newcomer waits (the portal) or hears 503 (the API). Silence and slowness are measured here as well, so no
//! listener can be held open by people who send half a request. It knows nothing of what is served.

mod crowd;
mod refusal;
mod seat;
mod wire;

use crowd::Room;
pub use crowd::{Count, Crowd, Full};
pub use seat::{Patience, Seat};
pub use wire::Sent;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Body;
use hyper::service::Service;
use hyper::{Request, Response};
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long whoever has to give way may take to be gone.
const GOING: Duration = Duration::from_millis(250);
/// How long nobody is admitted after the system refused a connection for want of room.
const BREATHER: Duration = Duration::from_millis(50);

/// A socket for `address` whose clients must confirm what they were sent within `unconfirmed`.
///
/// # Errors
/// The system's.
pub fn socket(address: SocketAddr, unconfirmed: Duration) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    // Connections of the last run that linger do not count.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    // Accepted sockets inherit these.
    socket.set_tcp_nodelay(true)?;
    socket.set_tcp_user_timeout(Some(unconfirmed))?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(Duration::from_secs(30)))?;
    Ok(socket)
}

/// How many may wait in the system's queue.
pub const QUEUE: i32 = 4_096;

/// Admits people through `listener` into `crowd` until `stop`, then lets those finish who were being served.
/// Returns whether all of them did within `drain`.
pub async fn attend<S, B>(
    listener: TcpListener,
    crowd: Arc<Crowd>,
    service: S,
    drain: Duration,
    stop: &CancellationToken,
) -> bool
where
    S: Service<Request<Sent>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                if crowd.could_not_admit(&error) {
                    crowd.make_room();
                    wait(BREATHER).await;
                }
                continue;
            }
        };
        let place = tokio::select! {
            place = a_place(&crowd) => place,
            () = stop.cancelled() => break,
        };
        match place {
            Some(place) => {
                let seat = crowd.admit(place);
                open.spawn(wire::converse(
                    stream,
                    seat,
                    crowd.clone(),
                    service.clone(),
                    stop.child_token(),
                ));
            }
            None => refuse(&crowd, stream),
        }
        while open.try_join_next().is_some() {}
    }
    drop(listener);
    let drained = async { while open.join_next().await.is_some() {} };
    tokio::time::timeout(drain, drained).await.is_ok()
}

/// A place for the newcomer: a free one, or that of somebody who is idle. None when everybody is being served and
/// newcomers are not to wait.
async fn a_place(crowd: &Arc<Crowd>) -> Option<OwnedSemaphorePermit> {
    loop {
        if let Some(place) = crowd.place() {
            return Some(place);
        }
        let patience = match (crowd.make_room(), crowd.full) {
            (Room::Made, _) => GOING,
            (Room::Soon, _) => crowd::GRACE,
            (Room::None, Full::Waits) => GOING,
            (Room::None, Full::Refused) => return None,
        };
        let place = crowd.places.clone().acquire_owned();
        if let Ok(Ok(place)) = tokio::time::timeout(patience, place).await {
            return Some(place);
        }
    }
}

fn refuse(crowd: &Arc<Crowd>, stream: TcpStream) {
    // Nobody is at the other end of a socket that cannot even be asked.
    if SockRef::from(&stream).peer_addr().is_err() {
        return;
    }
    crowd.refused();
    refusal::say(crowd, stream);
}

async fn wait(time: Duration) {
    let _ = tokio::time::timeout(time, std::future::pending::<()>()).await;
}
