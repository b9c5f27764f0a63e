//! `#[derive(Row)]`: how a struct is read from a row of the database.
//!
//! It reads the fields in their order from the columns in their order; a field can be a row itself.
//! So the struct is the only declaration of it. It needs no other crate: a struct with named fields
//! is read token by token.

use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// Implements `kith_base::row::Row` for a struct with named fields and without type parameters.
#[proc_macro_derive(Row)]
pub fn derive_row(item: TokenStream) -> TokenStream {
    let code = match parts_of(item) {
        Some((name, fields)) => {
            let read = fields
                .iter()
                .map(|field| format!("{field}: ::kith_base::row::Row::read(cells)?"))
                .collect::<Vec<_>>()
                .join(", ");
            format!(
                "impl ::kith_base::row::Row for {name} {{
                    fn read(cells: &mut ::kith_base::row::Cells<'_>)
                        -> ::core::result::Result<Self, ::sea_orm::DbErr>
                    {{
                        ::core::result::Result::Ok(Self {{ {read} }})
                    }}
                }}"
            )
        }
        None => "compile_error!(\"Row needs a struct with named fields, without type \
            parameters\");"
            .to_owned(),
    };
    code.parse().unwrap_or_default()
}

/// The name of the struct and the names of its fields.
fn parts_of(item: TokenStream) -> Option<(String, Vec<String>)> {
    let mut tokens = item.into_iter().skip_while(
        |token| !matches!(token, TokenTree::Ident(word) if word.to_string() == "struct"),
    );
    tokens.next()?;
    let name = tokens.next()?.to_string();
    match tokens.next()? {
        TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => {
            Some((name, fields_of(&body)))
        }
        _ => None,
    }
}

/// The word before the first colon of each field. A comma between angle brackets ends no field.
fn fields_of(body: &Group) -> Vec<String> {
    let mut fields = Vec::new();
    let mut last_word = None;
    let mut in_type = false;
    let mut depth = 0;
    for token in body.stream() {
        match token {
            TokenTree::Ident(word) if !in_type => last_word = Some(word.to_string()),
            TokenTree::Punct(mark) => match mark.as_char() {
                ':' if !in_type => {
                    in_type = true;
                    fields.extend(last_word.take());
                }
                '<' => depth += 1,
                '>' => depth -= 1,
                ',' if depth == 0 => in_type = false,
                _ => {}
            },
            _ => {}
        }
    }
    fields
}
