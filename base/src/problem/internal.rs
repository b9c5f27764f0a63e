//! Internal errors, with the line of the code that found them.

use std::panic::Location;

use super::Problem;

/// What failed, and the line of Kith's code that could not continue.
///
/// The client sees neither. The place contains no data of people, so it can be logged. The text
/// of an error can quote values, so an error of the database is reduced to its kind.
#[derive(Debug)]
pub struct InternalError {
    cause: anyhow::Error,
    place: &'static Location<'static>,
}

impl Problem {
    /// A bug in Kith. It is logged with the line of the caller.
    ///
    /// `?` and `into()` give the right line as well. `map_err(Problem::from)` does not: it
    /// gives a line of the standard library.
    #[track_caller]
    #[must_use]
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::Internal(InternalError {
            cause: cause.into(),
            place: Location::caller(),
        })
    }
}

impl InternalError {
    /// The line of Kith's code.
    pub fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// Writes one line for the operator to the log.
    pub fn log(&self) {
        tracing::error!(error = format!("{:#}", self.cause), place = %self.place, "internal error");
    }

    /// The error with its place in front, for the console and for the queue.
    #[must_use]
    pub fn into_error(self) -> anyhow::Error {
        self.cause.context(self.place)
    }
}

impl From<anyhow::Error> for Problem {
    #[track_caller]
    fn from(error: anyhow::Error) -> Self {
        Self::internal(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn line_of(problem: Result<(), Problem>) -> u32 {
        let Err(Problem::Internal(error)) = problem else {
            panic!("it is a bug");
        };
        assert_eq!(error.place().file(), file!());
        error.place().line()
    }

    fn broken() -> anyhow::Result<()> {
        anyhow::bail!("no key")
    }

    async fn with_a_question_mark() -> Result<(), Problem> {
        std::future::ready(()).await;
        broken()?;
        Ok(())
    }

    #[tokio::test]
    async fn the_place_is_the_line_that_could_not_go_on() {
        let first = line!();
        let by_hand = Err(Problem::internal(anyhow::anyhow!("no key")));
        let converted = Err(broken().unwrap_err().into());
        assert_eq!(line_of(by_hand), first + 1);
        assert_eq!(line_of(converted), first + 2);
        assert_eq!(line_of(with_a_question_mark().await), first - 6);
    }

    #[test]
    fn an_operator_reads_the_place_and_then_the_cause() {
        let Problem::Internal(error) = Problem::from(broken().unwrap_err()) else {
            panic!("it is a bug");
        };
        let told = format!("{:#}", error.into_error());
        let (place, cause) = told.split_once(": ").unwrap();
        assert!(place.starts_with(file!()), "{told}");
        assert_eq!(cause, "no key");
    }
}
