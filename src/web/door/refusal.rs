//! What somebody hears for whom there is no place: 503 at once, and the door is held until they have read it.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::crowd::Crowd;

const BODY: &str = r#"{"type":"urn:fabu:problem:busy","title":"Every place is taken","status":503,"detail":"too many are connected to this server; nothing was done; try again"}"#;
/// How long they may take to read it.
const FAREWELL: Duration = Duration::from_millis(500);

/// Says it beside the listener. In a great crowd the door is held for some; the others are hung up on at once.
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
            // A socket closed over unread words takes back what was said through it.
            let mut unread = [0; 1024];
            while stream.read(&mut unread).await? > 0 {}
            std::io::Result::Ok(())
        };
        // Whether they listened is their affair.
        let _ = tokio::time::timeout(FAREWELL, said).await;
        drop(place);
    });
}
