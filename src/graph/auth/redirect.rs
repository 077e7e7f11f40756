//! The port that a browser's sign-in comes back to. It answers one page, believes only the state that was sent, and
//! does not let one silent connection keep the next one waiting: browsers open some in advance.

use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::cached::one_line;
use super::token::AuthError;

/// The head of a request may be this long. Codes are about 2 kB.
const LONGEST: usize = 32 << 10;

/// How long a connection may take to ask.
const SLOWEST: Duration = Duration::from_secs(10);

/// The open port.
pub(super) struct Redirect {
    listener: TcpListener,
    /// `localhost` is ::1 to some browsers.
    six: Option<TcpListener>,
    port: u16,
}

impl Redirect {
    /// Takes a free port of this machine.
    pub(super) async fn open() -> Result<Redirect, AuthError> {
        let bad = |error: std::io::Error| AuthError::Missing(format!("no port can be opened for the browser: {error}"));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(bad)?;
        let port = listener.local_addr().map_err(bad)?.port();
        let six = TcpListener::bind(("::1", port)).await.ok();
        Ok(Redirect { listener, six, port })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the code that comes with `state`.
    pub(super) async fn code(self, state: &str) -> Result<String, AuthError> {
        let mut connections = JoinSet::new();
        loop {
            let accepted = async {
                match &self.six {
                    Some(six) => tokio::select! { one = self.listener.accept() => one, one = six.accept() => one },
                    None => self.listener.accept().await,
                }
            };
            tokio::select! {
                Ok((stream, _)) = accepted => {
                    let state = state.to_owned();
                    connections.spawn(async move { tokio::time::timeout(SLOWEST, answer(stream, &state)).await });
                }
                Some(Ok(Ok(Some(end)))) = connections.join_next(), if !connections.is_empty() => return end,
                else => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// Answers one request; `None` when it is not the one that is waited for.
async fn answer(mut stream: TcpStream, state: &str) -> Option<Result<String, AuthError>> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut part = [0; 2048];
        let read = stream.read(&mut part).await.ok().filter(|read| *read > 0)?;
        head.extend_from_slice(&part[..read]);
        if head.len() > LONGEST {
            return None;
        }
    }
    let end = judge(&head, state);
    let (status, page) = match &end {
        Some(Ok(_)) => ("200 OK", "Signed in. You can close this page and go back to tenantry."),
        Some(Err(_)) => ("200 OK", "Not signed in. tenantry says why in its terminal; you can close this page."),
        None => ("404 Not Found", "This is not the sign-in that tenantry waits for."),
    };
    let text = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{page}",
        page.len()
    );
    // The page is a courtesy.
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
    end
}

/// What a request says: the code, or why there is none.
fn judge(head: &[u8], state: &str) -> Option<Result<String, AuthError>> {
    let line = std::str::from_utf8(head).ok()?.lines().next()?;
    let target = line.strip_prefix("GET ")?.split(' ').next()?;
    let url = Url::parse("http://localhost").ok()?.join(target).ok()?;
    let find = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    // Another page may send a browser here; it cannot know the state.
    if url.path() != "/" || find("state")? != state {
        return None;
    }
    if let Some(code) = find("code") {
        return Some(Ok(code));
    }
    let error = find("error")?;
    let words = find("error_description").unwrap_or_default();
    Some(Err(match error.as_str() {
        "access_denied" if !words.contains("AADSTS") || words.contains("AADSTS65004") => AuthError::Declined,
        _ => AuthError::Failed { who: "the browser sign-in", why: one_line(&format!("{error} {words}")) },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(target: &str) -> Option<Result<String, AuthError>> {
        judge(format!("GET {target} HTTP/1.1\r\n\r\n").as_bytes(), "s1")
    }

    #[test]
    fn only_the_state_that_was_sent_is_believed() {
        assert_eq!(get("/?code=abc%2Bd&state=s1"), Some(Ok("abc+d".to_owned())));
        for other in ["/?code=abc&state=s2", "/?code=abc", "/favicon.ico", "/x?code=abc&state=s1", "//evil/?state=s1"] {
            assert_eq!(get(other), None, "{other}");
        }
        assert_eq!(get("/?error=access_denied&state=s1"), Some(Err(AuthError::Declined)));
        let said = get("/?error=invalid_client&error_description=AADSTS700016%3A+no&state=s1");
        assert!(matches!(said, Some(Err(AuthError::Failed { why, .. })) if why.contains("AADSTS700016")));
    }

    #[tokio::test]
    async fn a_silent_connection_does_not_keep_the_next_one_waiting() {
        let redirect = Redirect::open().await.unwrap();
        let port = redirect.port();
        let _silent = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let browser = async {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            stream.write_all(b"GET /?code=c1&state=s1 HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
            let mut page = String::new();
            stream.read_to_string(&mut page).await.unwrap();
            page
        };
        let (code, page) = tokio::join!(redirect.code("s1"), browser);
        assert_eq!(code, Ok("c1".to_owned()));
        assert!(page.contains("Signed in"), "{page}");
    }
}
