//! A small HTTP client that can also do what a correct client does not do: stop in the middle
//! of a request, or never end it.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(40);

/// A caller of the server, signed in or not.
#[derive(Clone, Debug)]
pub struct Client {
    address: SocketAddr,
    token: Option<String>,
}

impl Client {
    pub fn of(address: SocketAddr) -> Self {
        let token = None;
        Self { address, token }
    }

    /// The same client with the tokens of a sign-in.
    pub fn signed_in(&self, tokens: &Value) -> Self {
        let token = tokens["access_token"].as_str().map(str::to_owned);
        assert!(token.is_some(), "no access token in {tokens}");
        Self { token, ..*self }
    }

    /// The access token that it sends.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// The same person at another server.
    pub fn at(&self, address: SocketAddr) -> Self {
        let token = self.token.clone();
        Self { address, token }
    }

    /// A new connection on which nothing was sent.
    pub fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    /// The bytes of a whole request.
    pub fn write_request(&self, method: &str, path: &str, kind: &str, body: &str) -> String {
        self.write_request_with(&[], method, path, kind, body)
    }

    fn write_request_with(
        &self,
        more: &[(&str, &str)],
        method: &str,
        path: &str,
        kind: &str,
        body: &str,
    ) -> String {
        let mut headers = vec![
            format!("host: {}", self.address),
            "connection: close".to_owned(),
            format!("content-length: {}", body.len()),
        ];
        if let Some(token) = &self.token {
            headers.push(format!("authorization: Bearer {token}"));
        }
        if !body.is_empty() {
            headers.push(format!("content-type: {kind}"));
        }
        headers.extend(more.iter().map(|(name, value)| format!("{name}: {value}")));
        let headers = headers.join("\r\n");
        format!("{method} {path} HTTP/1.1\r\n{headers}\r\n\r\n{body}")
    }

    fn call(&self, method: &str, path: &str, kind: &str, body: &str) -> io::Result<Reply> {
        self.exchange(&self.write_request(method, path, kind, body))
    }

    /// Sends a request with more headers. The body, if there is one, is JSON.
    pub fn call_with(
        &self,
        more: &[(&str, &str)],
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Reply {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = self.write_request_with(more, method, path, "application/json", &body);
        self.exchange(&request).unwrap()
    }

    /// Sends these bytes unchanged and reads the answer to its end.
    pub fn exchange(&self, request: &str) -> io::Result<Reply> {
        let mut stream = self.connect()?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Reply::read(&answer).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> io::Result<Reply> {
        self.call(method, path, "application/json", &body.to_string())
    }

    pub fn try_get(&self, path: &str) -> io::Result<Reply> {
        self.call("GET", path, "", "")
    }

    pub fn get(&self, path: &str) -> Reply {
        self.try_get(path).unwrap()
    }

    pub fn try_post(&self, path: &str, body: &Value) -> io::Result<Reply> {
        self.send("POST", path, body)
    }

    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.try_post(path, body).unwrap()
    }

    /// Sends a POST without a body: an operation, or the button of a page.
    pub fn press(&self, path: &str) -> Reply {
        self.call("POST", path, "", "").unwrap()
    }

    /// Sends a form as a browser or a mail program does.
    pub fn submit(&self, path: &str, form: &str) -> Reply {
        let kind = "application/x-www-form-urlencoded";
        self.call("POST", path, kind, form).unwrap()
    }

    pub fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send("PATCH", path, body).unwrap()
    }

    /// Sends a PUT without a body.
    pub fn put(&self, path: &str) -> Reply {
        self.call("PUT", path, "", "").unwrap()
    }

    pub fn delete(&self, path: &str) -> Reply {
        self.call("DELETE", path, "", "").unwrap()
    }
}

/// The whole answer of the server.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Reply {
    /// Parses an answer. Returns nothing if it is incomplete.
    fn read(answer: &str) -> Option<Self> {
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let (head, body) = (head.to_owned(), body.to_owned());
        let reply = Self { status, head, body };
        let length = reply.header("content-length").map(str::parse::<usize>);
        let length = length.transpose().ok()?.unwrap_or(0);
        (length == reply.body.len()).then_some(reply)
    }

    /// The value of a header, if it was sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1);
        let mut named = headers.filter_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        named.next()
    }

    /// Checks the status. The test fails if it is another one.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.json()["code"], code);
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}
