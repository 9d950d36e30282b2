//! One connection: HTTP/1.1 over a stream and a body that tell the seat what moves, until somebody has to go.

use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::rt::Timer as _;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::crowd::Crowd;
use super::seat::Seat;

/// Requests with more, or longer, headers are none of ours.
const HEAD_BYTES: usize = 16 * 1024;
const HEADERS: usize = 64;
/// How long somebody whose head was refused may take to read why, and how much of the rest is taken in one go.
const FAREWELL: Duration = Duration::from_millis(500);
const SIPS: usize = 16;

/// Serves one connection until it ends, is idle or slow for too long, gives way, or `stop` says so. The request's
/// extensions hold its [`Seat`].
pub(super) async fn converse<S, B>(
    stream: TcpStream,
    seat: Arc<Seat>,
    crowd: Arc<Crowd>,
    service: S,
    stop: CancellationToken,
) where
    S: Service<Request<Sent>, Response = Response<B>>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: Body + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let _leaving = Leaving(&crowd, &seat);
    let watched = Watched {
        stream,
        seat: seat.clone(),
        farewell: None,
    };
    let holder = seat.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let seat = holder.clone();
        let answer = service.call(sent(request, &seat));
        async move {
            // However many requests somebody has sent at once, others get a turn between two of them.
            tokio::task::yield_now().await;
            let answer = answer.await;
            seat.answered();
            answer
        }
    });
    let mut http = http1::Builder::new();
    // Every answer is handed to the system before the next is begun, so that what nobody takes is one answer; and the
    // refusal of a head goes out although more of it is still to come.
    http.pipeline_flush(false)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS);
    let mut conversation = pin!(http.serve_connection(TokioIo::new(watched), service));
    let mut stopping = false;
    loop {
        let left = seat.left(&crowd.patience);
        if left.is_zero() {
            crowd.cut_off();
            return;
        }
        // A client that hangs up, stalls or talks nonsense is its own affair: the result says nothing to us.
        tokio::select! {
            biased;
            _ = conversation.as_mut() => return,
            () = seat.has_to_go() => return,
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                conversation.as_mut().graceful_shutdown();
            }
            () = TokioTimer::new().sleep(left) => {}
        }
    }
}

/// Frees the place however the conversation ends.
struct Leaving<'a>(&'a Crowd, &'a Seat);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.left(self.1);
    }
}

fn sent(request: Request<Incoming>, seat: &Arc<Seat>) -> Request<Sent> {
    let (mut parts, body) = request.into_parts();
    seat.asked(!body.is_end_stream());
    parts.extensions.insert(seat.clone());
    let body = Sent {
        body,
        seat: seat.clone(),
    };
    Request::from_parts(parts, body)
}

/// The body of a request, which tells the seat when it is there.
pub struct Sent {
    body: Incoming,
    seat: Arc<Seat>,
}

impl Body for Sent {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) || self.body.is_end_stream() {
            self.seat.body_is_here();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that tells the seat what goes in and out.
struct Watched {
    stream: TcpStream,
    seat: Arc<Seat>,
    /// Until when somebody whose head was refused may read why.
    farewell: Option<Pin<Box<dyn hyper::rt::Sleep>>>,
}

impl Watched {
    fn wrote(&self, done: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &done {
            Poll::Ready(_) => self.seat.wrote(),
            Poll::Pending => self.seat.is_blocked(),
        }
        done
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.seat.heard();
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.wrote(done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.wrote(done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.farewell.is_none() {
            std::task::ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            if !this.seat.is_in_head() {
                return Poll::Ready(Ok(()));
            }
        }
        let farewell = this
            .farewell
            .get_or_insert_with(|| TokioTimer::new().sleep(FAREWELL));
        // Closing a socket with unread input resets it, and the client would lose the answer.
        let mut unread = [0; 4_096];
        for _ in 0..SIPS {
            let mut buf = ReadBuf::new(&mut unread);
            match Pin::new(&mut this.stream).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => return farewell.as_mut().poll(cx).map(Ok),
            }
        }
        if farewell.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
