//! The pages that explain problems. The `type` of a problem is the address of its page.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use super::page;
use crate::http::compression::may_be_compressed;
use crate::http::extract::Path;
use crate::platform::language::Language;
use crate::problem::{ProblemCode, ProblemText};

#[derive(Template)]
#[template(path = "web/templates/problems.html")]
struct ProblemsPage {
    language: Language,
    codes: &'static [ProblemCode],
}

#[derive(Template)]
#[template(path = "web/templates/problem.html")]
struct ProblemPage {
    language: Language,
    code: &'static str,
    text: ProblemText,
}

impl ProblemPage {
    /// The parts of a text, each with whether it is code: what stands between backticks.
    fn parts(text: &'static str) -> impl Iterator<Item = (bool, &'static str)> {
        let parts = text.split('`').enumerate();
        parts.map(|(index, part)| (index % 2 == 1, part))
    }
}

#[derive(Template)]
#[template(path = "web/templates/no_such_problem.html")]
struct NoSuchProblemPage {
    language: Language,
}

/// The code in the address of a page.
#[derive(Debug, Deserialize)]
pub struct ProblemPath {
    code: String,
}

/// Lists all codes.
pub async fn list_problem_codes() -> Response {
    let template = ProblemsPage {
        language: Language::ENGLISH,
        codes: ProblemCode::ALL,
    };
    cached(page(StatusCode::OK, &template))
}

/// Explains one code.
pub async fn show_problem_code(Path(path): Path<ProblemPath>) -> Response {
    let language = Language::ENGLISH;
    match ProblemCode::read(&path.code) {
        Some(code) => cached(page(
            StatusCode::OK,
            &ProblemPage {
                language,
                code: code.as_str(),
                text: code.text(),
            },
        )),
        None => page(StatusCode::NOT_FOUND, &NoSuchProblemPage { language }),
    }
}

/// The page is the same for everybody, holds no secret, and changes only with the server's version.
fn cached(mut page: Response) -> Response {
    may_be_compressed(&mut page);
    let cache = HeaderValue::from_static("public, max-age=3600");
    page.headers_mut().insert(header::CACHE_CONTROL, cache);
    page
}
