//! Restores entity tags that a compressing proxy has changed. Some proxies make a tag weak (nginx,
//! Caddy), others add the compression at its end (`"3-a-gzip"` and `"3-a;gzip"` by Apache,
//! `"3-a--gzip"` by Jetty). The tag still means the same version.

const PACKINGS: [&str; 5] = ["gzip", "br", "zstd", "deflate", "x-gzip"];
const JOINTS: [&str; 3] = ["--", "-", ";"];

/// A list of tags from `If-Match` or `If-None-Match` in one spelling: strong tags in quotes,
/// separated by commas. Anything that is not a tag stays: the code that reads the list refuses it.
pub fn plain_list(header: &str) -> String {
    let mut plain = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return plain.join(", ");
        }
        let (element, after) = rest.split_at(end_of_element(rest));
        plain.push(plain_tag(element.trim()));
        rest = after;
    }
}

/// A comma ends an element, except between quotes.
fn end_of_element(text: &str) -> usize {
    let mut quoted = false;
    let comma = text.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b',' && !quoted
    });
    comma.unwrap_or(text.len())
}

fn plain_tag(element: &str) -> String {
    let tag = element.strip_prefix("W/").unwrap_or(element);
    let Some(inner) = unpacked(tag)
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return element.to_owned();
    };
    let inner = unpacked(inner);
    if inner.contains([',', '"']) {
        // Not a tag of this server. The fixed text keeps the code that splits the list from
        // finding a tag inside it.
        return "\"other\"".to_owned();
    }
    format!("\"{inner}\"")
}

/// Removes the name of a compression from the end of a tag.
fn unpacked(tag: &str) -> &str {
    let without = |packing: &&str| {
        let before = tag.strip_suffix(*packing)?;
        JOINTS.iter().find_map(|joint| before.strip_suffix(joint))
    };
    PACKINGS.iter().rev().find_map(without).unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_what_it_was_before_a_proxy_changed_it() {
        for sent in [
            r#""3-a.1""#,
            r#"W/"3-a.1""#,
            r#""3-a.1-gzip""#,
            r#""3-a.1;gzip""#,
            r#""3-a.1--gzip""#,
            r#""3-a.1-br""#,
            r#"W/"3-a.1-zstd""#,
            r#""3-a.1"-gzip"#,
            r#"  "3-a.1"	"#,
            r#", ,"3-a.1", "#,
        ] {
            assert_eq!(plain_list(sent), r#""3-a.1""#, "{sent}");
        }
    }

    #[test]
    fn a_list_is_read_in_every_spelling() {
        for (sent, plain) in [
            (r#""a",W/"b-gzip" ,	"c""#, r#""a", "b", "c""#),
            (r#""a","b,c","d""#, r#""a", "other", "d""#),
            ("*", "*"),
            ("", ""),
            (r#""""#, r#""""#),
            ("3", "3"),
            (r#""a"#, r#""a"#),
            (r#""a" "b""#, r#""other""#),
        ] {
            assert_eq!(plain_list(sent), plain, "{sent}");
        }
    }
}
