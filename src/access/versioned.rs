//! The version and the address of an answer that shows a row of a circle.

/// Says where the resource in an answer is: `versioned!(Task in "tasks");`.
macro_rules! versioned {
    ($answer:ident in $folder:literal) => {
        impl $crate::http::response::Versioned for $answer {
            fn version(&self) -> i32 {
                self.version
            }

            fn location(&self) -> String {
                let (circle, id) = (self.circle_id, self.id);
                format!(concat!("/v1/circles/{}/", $folder, "/{}"), circle, id)
            }
        }
    };
}

pub(crate) use versioned;
