//! The deadlines that HTTP libraries do not have. Before it is known which HTTP
//! is spoken, hyper-util waits without end; and it does so for a client that
//! never reads its answer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// As many bytes decide between HTTP/1 and HTTP/2; no request is shorter.
const PREFACE: usize = 24;

/// A connection that has to begin speaking in time, and to take what it is told.
pub struct Deadlines {
    stream: TcpStream,
    heard: usize,
    /// For its first words; gone once enough was heard.
    opening: Option<Pin<Box<Sleep>>>,
    /// For its taking anything; there while it takes nothing.
    taking: Option<Pin<Box<Sleep>>>,
    patience: Duration,
}

impl Deadlines {
    /// `opening` for its first words, `patience` whenever it takes nothing.
    pub fn new(stream: TcpStream, opening: Duration, patience: Duration) -> Self {
        Self {
            stream,
            heard: 0,
            opening: Some(Box::pin(sleep(opening))),
            taking: None,
            patience,
        }
    }

    fn unless_stalled(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.taking = None;
            return written;
        }
        let patience = self.patience;
        let taking = self.taking.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(taking.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Deadlines {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        let Some(deadline) = &mut self.opening else {
            return polled;
        };
        if polled.is_pending() {
            ready!(deadline.as_mut().poll(cx));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.heard += buf.filled().len() - before;
        if self.heard >= PREFACE {
            self.opening = None;
        }
        polled
    }
}

impl AsyncWrite for Deadlines {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.unless_stalled(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.unless_stalled(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::net::TcpListener;

    use super::*;

    const AN_HOUR: Duration = Duration::from_hours(1);

    async fn pair(opening: Duration, patience: Duration) -> (Deadlines, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let client = TcpStream::connect(address).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        (Deadlines::new(server, opening, patience), client)
    }

    async fn write(server: &mut Deadlines) -> io::Result<usize> {
        let answer = [0; 8 * 1024];
        poll_fn(|cx| Pin::new(&mut *server).poll_write(cx, &answer)).await
    }

    #[tokio::test]
    async fn a_client_that_never_reads_is_let_go() {
        let (mut server, _client) = pair(AN_HOUR, Duration::from_millis(20)).await;
        let error = loop {
            if let Err(error) = write(&mut server).await {
                break error;
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_client_that_reads_after_all_is_told_the_rest() {
        let (mut server, client) = pair(AN_HOUR, AN_HOUR).await;
        let mut told = 0;
        let answer = [0; 8 * 1024];
        while let Poll::Ready(written) =
            poll_fn(|cx| Poll::Ready(Pin::new(&mut server).poll_write(cx, &answer))).await
        {
            told += written.unwrap();
        }
        assert!(server.taking.is_some());
        let mut taken = vec![0; told];
        let mut buffer = ReadBuf::new(&mut taken);
        let mut client = std::pin::pin!(client);
        while buffer.remaining() > 0 {
            poll_fn(|cx| client.as_mut().poll_read(cx, &mut buffer))
                .await
                .unwrap();
        }
        assert!(write(&mut server).await.unwrap() > 0);
        assert!(server.taking.is_none());
    }

    #[tokio::test]
    async fn a_client_that_says_nothing_is_let_go() {
        let (mut server, _client) = pair(Duration::from_millis(20), AN_HOUR).await;
        let mut bytes = [0; PREFACE];
        let mut buffer = ReadBuf::new(&mut bytes);
        let heard = poll_fn(|cx| Pin::new(&mut server).poll_read(cx, &mut buffer)).await;
        assert_eq!(heard.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
