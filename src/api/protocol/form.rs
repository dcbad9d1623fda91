//! Reads the form-encoded parameters of a Query request (A1), from the query string and the body.
//!
//! Bounded in bytes and in number. What a parameter means is the operations' business.

use super::xml;
use crate::api::{
    MAX_BODY, Request,
    error::ApiError,
    input::{Input, Scalar},
};

/// The most parameters of one request.
const MAX_PARAMETERS: usize = 5_000;

/// The parameters of a request.
///
/// # Errors
///
/// `MalformedQueryString` if there are too many, one is there twice, or one is not UTF-8.
pub(super) fn read(request: &Request) -> Result<Input, ApiError> {
    let malformed = |message: String| ApiError::new("MalformedQueryString", message);
    if request.body.len() > MAX_BODY {
        return Err(malformed(format!("The body is longer than {MAX_BODY} bytes")));
    }
    let mut input = Input::default();
    let mut count = 0;
    for (name, value) in pairs(request) {
        if name.starts_with("X-Amz-") {
            continue; // A presigned request's own; `auth` reads them.
        }
        if name.contains('\u{fffd}') || value.contains('\u{fffd}') {
            return Err(malformed("The request holds bytes that are not UTF-8".to_owned()));
        }
        if count == MAX_PARAMETERS {
            return Err(malformed(format!(
                "The request has more than {MAX_PARAMETERS} parameters"
            )));
        }
        if name.is_empty() && value.is_empty() {
            continue;
        }
        if !name.chars().chain(value.chars()).all(xml::legal) {
            return Err(ApiError::value(format!(
                "The parameter {} holds a control character",
                name.escape_debug()
            )));
        }
        if !input.put(&name, Scalar::Text(value.into_owned())) {
            return Err(malformed(format!("The parameter {name} is there twice")));
        }
        count += 1;
    }
    Ok(input)
}

/// The first parameter of a name, in a request that may be none of ours.
pub(in crate::api) fn peek(request: &Request, wanted: &str) -> Option<String> {
    let found = pairs(request).take(MAX_PARAMETERS).find(|(name, _)| name == wanted);
    found.map(|(_, value)| value.into_owned())
}

fn pairs(
    request: &Request,
) -> impl Iterator<Item = (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)> {
    let body = if request.method == "POST" { request.body.as_slice() } else { &[] };
    form_urlencoded::parse(request.query.as_bytes()).chain(form_urlencoded::parse(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Result<Input, ApiError> {
        read(&Request { method: "POST".to_owned(), body: text.into(), ..Request::default() })
    }

    #[test]
    fn forms_are_read_whole_or_refused() {
        let mut read = body("Action=A&Name=a%20b+c%26&Empty=&").unwrap();
        assert_eq!(read.take("Name"), Some(Scalar::Text("a b c&".to_owned())));
        assert_eq!(read.take("Empty"), Some(Scalar::Text(String::new())));
        for bad in ["a=1&a=2", "a=%ff", "a%01=1"] {
            assert!(body(bad).is_err(), "{bad}");
        }
        let many: String = (0..=MAX_PARAMETERS).map(|number| format!("P.{number}=1&")).collect();
        assert_eq!(body(&many).unwrap_err().code, "MalformedQueryString");
        assert_eq!(body(&"a".repeat(MAX_BODY + 1)).unwrap_err().code, "MalformedQueryString");
    }
}
