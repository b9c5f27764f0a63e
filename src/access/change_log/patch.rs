//! The bodies of PATCH: a merge patch holds the fields that get another value, and leaves out
//! the others.
//!
//! `merge_patch!` lists each field once. It makes the body, its schema in the OpenAPI document, and
//! `write_to`, which writes the fields that differ into a row and returns their names for the
//! change log:
//!
//! ```text
//! /// What to change about a list.
//! #[schema(examples(json!({ "position": 2 })))]
//! pub struct ListPatch for task_list {
//!     #[garde(dive)]
//!     title: Title,
//!     #[garde(dive)]
//!     notes: Notes | null,
//!     #[garde(length(max = 5), dive)]
//!     weekdays: Vec<Weekday> as weekdays_json,
//!     /// The date on which it is due; its reminders move with it.
//!     #[garde(dive)]
//!     due_on: Day | null => elsewhere,
//! }
//! ```
//!
//! - A field may be left out. Without `| null` a null is refused; with it a null clears
//!   the column.
//! - A field is written to the column of the same name, and has that name in the change log. The
//!   value is converted by `Into`, or by the function after `as`.
//! - `=> elsewhere`: the handler writes this field, and notes it if it differs.
//! - Without `for` there is no row and no `write_to`, only the body.
//!
//! The handler first checks what depends on other rows or on the caller's permissions.

/// Declares the body of a PATCH. The docs of this module say how.
macro_rules! merge_patch {
    (
        $(#[$($attribute:tt)*])*
        pub struct $name:ident $(for $entity:ident)? { $($fields:tt)* }
    ) => {
        $crate::access::change_log::merge_patch!(
            @fields [[$(#[$($attribute)*])*] $name $($entity)?] [] [] $($fields)*
        );
    };

    // Each field goes into the body, and into `write_to` unless it is written elsewhere.
    (@fields [$($head:tt)*] [$($body:tt)*] [$($written:tt)*]
        $(#[$($attribute:tt)*])*
        $field:ident: $ty:ident $(<$item:ident>)? => elsewhere, $($rest:tt)*
    ) => {
        $crate::access::change_log::merge_patch!(@fields [$($head)*] [$($body)*
            $(#[$($attribute)*])*
            #[serde(default, deserialize_with = "crate::http::extract::not_null")]
            #[schema(nullable = false)]
            pub $field: Option<$ty $(<$item>)?>,
        ] [$($written)*] $($rest)*);
    };
    (@fields [$($head:tt)*] [$($body:tt)*] [$($written:tt)*]
        $(#[$($attribute:tt)*])*
        $field:ident: $ty:ident $(<$item:ident>)? | null => elsewhere, $($rest:tt)*
    ) => {
        $crate::access::change_log::merge_patch!(@fields [$($head)*] [$($body)*
            $(#[$($attribute)*])*
            #[serde(default, with = "serde_with::rust::double_option")]
            #[schema(value_type = Option<$ty $(<$item>)?>)]
            pub $field: Option<Option<$ty $(<$item>)?>>,
        ] [$($written)*] $($rest)*);
    };
    (@fields [$($head:tt)*] [$($body:tt)*] [$($written:tt)*]
        $(#[$($attribute:tt)*])*
        $field:ident: $ty:ident | null, $($rest:tt)*
    ) => {
        $crate::access::change_log::merge_patch!(@fields [$($head)*] [$($body)*
            $(#[$($attribute)*])*
            #[serde(default, with = "serde_with::rust::double_option")]
            #[schema(value_type = Option<$ty>)]
            pub $field: Option<Option<$ty>>,
        ] [$($written)* [set_or_clear $field]] $($rest)*);
    };
    (@fields [$($head:tt)*] [$($body:tt)*] [$($written:tt)*]
        $(#[$($attribute:tt)*])*
        $field:ident: $ty:ident $(<$item:ident>)? $(as $with:ident)?, $($rest:tt)*
    ) => {
        $crate::access::change_log::merge_patch!(@fields [$($head)*] [$($body)*
            $(#[$($attribute)*])*
            #[serde(default, deserialize_with = "crate::http::extract::not_null")]
            #[schema(nullable = false)]
            pub $field: Option<$ty $(<$item>)?>,
        ] [$($written)* [set $field $($with)?]] $($rest)*);
    };

    (@fields [[$($attributes:tt)*] $name:ident $($entity:ident)?] [$($body:tt)*] [$($written:tt)*]) => {
        #[derive(Debug, serde::Deserialize, garde::Validate, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        $($attributes)*
        pub struct $name {
            $($body)*
        }

        $crate::access::change_log::merge_patch!(@write $name [$($entity)?] [$($written)*]);
    };
    (@write $name:ident [] [$($written:tt)*]) => {};
    (@write $name:ident [$entity:ident] [$([$set:ident $field:ident $($with:ident)?])*]) => {
        impl $name {
            /// Writes the fields that were sent and differ into the row; returns their names.
            pub fn write_to(
                self,
                row: &mut $entity::ActiveModel,
            ) -> $crate::access::change_log::Fields {
                let mut fields = $crate::access::change_log::Fields::default();
                $(
                    let sent = self.$field $(.map(|sent| $with(&sent)))?;
                    fields.$set(stringify!($field), &mut row.$field, sent);
                )*
                fields
            }
        }
    };
}

pub(crate) use merge_patch;
