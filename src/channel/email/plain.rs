//! A connection in the open whose answers are read line by line: a line that is no UTF-8 is taken for GB18030, which servers
//! here speak without saying so. lettre reads UTF-8 only, and would take such an answer for a connection that broke off.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use encoding_rs::GB18030;
use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Bytes of a line without an end that are kept; lettre gives up long before.
const LONGEST: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Plain {
    stream: TcpStream,
    /// Read and not yet asked for, as UTF-8.
    ready: VecDeque<u8>,
    /// The beginning of a line.
    line: Vec<u8>,
    has_ended: bool,
}

impl Plain {
    pub fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            ready: VecDeque::new(),
            line: Vec::new(),
            has_ended: false,
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.line.len() > LONGEST {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        match std::str::from_utf8(&line) {
            Ok(_) => self.ready.extend(line),
            Err(_) => self.ready.extend(GB18030.decode(&line).0.as_bytes()),
        }
    }
}

impl AsyncRead for Plain {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.ready.is_empty() && !this.has_ended {
            let before = out.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(context, out))?;
            let bytes = &out.filled()[before..];
            if bytes.is_empty() {
                this.has_ended = true;
                this.end_line();
                continue;
            }
            // The common case: whole lines that can be read as they are.
            if this.line.is_empty() && bytes.ends_with(b"\n") && std::str::from_utf8(bytes).is_ok()
            {
                return Poll::Ready(Ok(()));
            }
            let bytes = bytes.to_vec();
            out.set_filled(before);
            this.take(&bytes);
        }
        let (first, _) = this.ready.as_slices();
        let count = first.len().min(out.remaining());
        out.put_slice(&first[..count]);
        this.ready.drain(..count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Plain {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncTokioStream for Plain {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}
