//! Reads the form-encoded parameters of a Query request (A1), from the query string and the body.
//!
//! Bounded in bytes and in number. What a parameter means is the operations' business.

use std::collections::BTreeMap;

use super::xml;
use crate::api::{MAX_BODY, Request, error::ApiError, parameter::Parameters};

/// The most parameters of one request.
const MAX_PARAMETERS: usize = 5_000;

/// The parameters of a request.
///
/// # Errors
///
/// `MalformedQueryString` if there are too many, one is there twice, or one is not UTF-8.
pub(in crate::api) fn read(request: &Request) -> Result<Parameters, ApiError> {
    let malformed = |message: String| ApiError::new("MalformedQueryString", message);
    if request.body.len() > MAX_BODY {
        return Err(malformed(format!("The body is longer than {MAX_BODY} bytes")));
    }
    let mut parameters = BTreeMap::new();
    let body = if request.method == "POST" { request.body.as_slice() } else { &[] };
    let pairs =
        form_urlencoded::parse(request.query.as_bytes()).chain(form_urlencoded::parse(body));
    for (name, value) in pairs {
        if name.starts_with("X-Amz-") {
            continue; // A presigned request's own; `auth` reads them.
        }
        if name.contains('\u{fffd}') || value.contains('\u{fffd}') {
            return Err(malformed("The request holds bytes that are not UTF-8".to_owned()));
        }
        if parameters.len() == MAX_PARAMETERS {
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
        let name = name.into_owned();
        if parameters.contains_key(&name) {
            return Err(malformed(format!("The parameter {name} is there twice")));
        }
        parameters.insert(name, value.into_owned());
    }
    Ok(Parameters::new(parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Result<Parameters, ApiError> {
        read(&Request { method: "POST".to_owned(), body: text.into(), ..Request::default() })
    }

    #[test]
    fn forms_are_read_whole_or_refused() {
        let mut read = body("Action=A&Name=a%20b+c%26&Empty=&").unwrap();
        assert_eq!(read.text("Name").unwrap().as_deref(), Some("a b c&"));
        assert_eq!(read.text("Empty").unwrap().as_deref(), Some(""));
        for bad in ["a=1&a=2", "a=%ff", "a%01=1"] {
            assert!(body(bad).is_err(), "{bad}");
        }
        let many: String = (0..=MAX_PARAMETERS).map(|number| format!("P.{number}=1&")).collect();
        assert_eq!(body(&many).unwrap_err().code, "MalformedQueryString");
        assert_eq!(body(&"a".repeat(MAX_BODY + 1)).unwrap_err().code, "MalformedQueryString");
    }
}
