//! The timeouts of a socket that HTTP libraries do not have. hyper-util waits forever for the first
//! bytes, which tell HTTP/1 from HTTP/2, and forever for a client that never reads its response.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// How many bytes tell HTTP/1 from HTTP/2. No request is shorter.
const PREFACE: usize = 24;

/// A socket whose client must send its first bytes in time and read what is written to it.
pub struct Deadlines {
    stream: TcpStream,
    received: usize,
    /// Runs until the first bytes have arrived.
    opening: Option<Pin<Box<Sleep>>>,
    /// Runs while the client reads nothing of what is written.
    taking: Option<Pin<Box<Sleep>>>,
    stall: Duration,
}

impl Deadlines {
    /// `opening` is the time for the first bytes. `stall` is how long the client may read nothing.
    pub fn new(stream: TcpStream, opening: Duration, stall: Duration) -> Self {
        Self {
            stream,
            received: 0,
            opening: Some(Box::pin(sleep(opening))),
            taking: None,
            stall,
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
        let stall = self.stall;
        let taking = self.taking.get_or_insert_with(|| Box::pin(sleep(stall)));
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
        self.received += buf.filled().len() - before;
        if self.received >= PREFACE {
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

    async fn pair(opening: Duration, stall: Duration) -> (Deadlines, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let client = TcpStream::connect(address).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        (Deadlines::new(server, opening, stall), client)
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
        let received = poll_fn(|cx| Pin::new(&mut server).poll_read(cx, &mut buffer)).await;
        assert_eq!(received.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
