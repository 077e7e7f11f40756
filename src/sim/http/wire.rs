//! Connections that can be told to break: after so many bytes, or before the first one.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// How many bytes a connection may still write; negative: any number.
#[derive(Debug, Clone)]
pub struct Leash(Arc<AtomicI64>);

impl Leash {
    fn free() -> Leash {
        Leash(Arc::new(AtomicI64::new(-1)))
    }

    /// Lets the connection write this many bytes more and then break.
    pub fn cut_after(&self, bytes: i64) {
        self.0.store(bytes, Ordering::SeqCst);
    }
}

/// A connection.
pub struct Wire {
    stream: TcpStream,
    leash: Leash,
}

/// Accepts connections with a leash.
pub struct Gate(pub TcpListener);

impl Listener for Gate {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, from)) => {
                    // small answers must not wait for company; a refusal of the option changes nothing else
                    let _ = stream.set_nodelay(true);
                    return (Wire { stream, leash: Leash::free() }, from);
                }
                // out of file descriptors or a connection that was gone at once: the next one may succeed
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Gate>> for Leash {
    fn connect_info(stream: IncomingStream<'_, Gate>) -> Leash {
        stream.io().leash.clone()
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let allowed = self.leash.0.load(Ordering::SeqCst);
        if allowed < 0 {
            return Pin::new(&mut self.stream).poll_write(cx, buf);
        }
        if allowed == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let part = &buf[..buf.len().min(allowed as usize)];
        let written = Pin::new(&mut self.stream).poll_write(cx, part);
        if let Poll::Ready(Ok(n)) = written {
            self.leash.0.store(allowed - n as i64, Ordering::SeqCst);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
