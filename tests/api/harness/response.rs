//! The answer to a request, and what a test expects of it.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use kith::problem::ProblemCode;
use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    /// The body as it is, of a file.
    pub bytes: Bytes,
}

impl Reply {
    /// The body. Panics if the status is another one.
    #[track_caller]
    pub fn is(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()
    }

    /// The tokens of a sign-in. Panics if it has not opened a session.
    #[track_caller]
    pub fn session(self) -> Value {
        let mut outcome = self.is(200);
        assert_eq!(outcome["second_factor"], Value::Null, "{outcome}");
        assert!(outcome["session"]["access_token"].is_string(), "{outcome}");
        outcome["session"].take()
    }

    /// What a sign-in that needs the second factor is answered with.
    #[track_caller]
    pub fn second_factor(self) -> Value {
        let mut outcome = self.is(200);
        assert!(
            outcome.as_object().unwrap().contains_key("session"),
            "{outcome}"
        );
        assert_eq!(outcome["session"], Value::Null, "{outcome}");
        assert!(outcome["second_factor"]["ticket"].is_string(), "{outcome}");
        outcome["second_factor"].take()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The problem. Panics if the status or the code is another one.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) -> Value {
        let problem = self.json();
        let known = ProblemCode::read(code).expect("add it to base/src/problem/code.rs");
        assert_eq!(known.text().status, status);
        assert_eq!(problem["title"], known.text().title);
        assert_eq!(
            (self.status.as_u16(), problem["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.text
        );
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        problem
    }

    /// The errors of the fields, each as `pointer code`.
    #[track_caller]
    pub fn is_invalid(&self) -> Vec<String> {
        let problem = self.is_problem(422, "validation_failed");
        let errors = problem["errors"].as_array().unwrap();
        let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
        errors
            .iter()
            .map(|error| format!("{} {}", text(error, "pointer"), text(error, "code")))
            .collect()
    }
}
