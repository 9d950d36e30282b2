//! The answer to a client for whom there is no place: 503 at once, on a connection that stays until it was read.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::crowd::Crowd;

const BODY: &str = r#"{"type":"urn:fabu:problem:busy","title":"Every place is taken","status":503,"detail":"too many are connected to this server; nothing was done; try again"}"#;
/// How long a client may take to read the refusal.
const FAREWELL: Duration = Duration::from_millis(500);

/// Refuses a client without holding up the listener. In a great crowd only some connections stay until they were read.
pub(super) fn say(crowd: &Arc<Crowd>, mut stream: TcpStream) {
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 1\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let Ok(place) = crowd.farewells.clone().try_acquire_owned() else {
        let _ = stream.try_write(answer.as_bytes());
        return;
    };
    tokio::spawn(async move {
        let said = async {
            stream.write_all(answer.as_bytes()).await?;
            stream.shutdown().await?;
            // Closing a socket with unread input resets it, and the client would lose the answer.
            let mut unread = [0; 1024];
            while stream.read(&mut unread).await? > 0 {}
            std::io::Result::Ok(())
        };
        // A client that does not read the refusal loses nothing but the reason.
        let _ = tokio::time::timeout(FAREWELL, said).await;
        drop(place);
    });
}
