//! REST-JSON: the action in the method and the path, its input in the path, the query and a JSON body; JSON out.
//!
//! Which path means which action is the service's business; it gives its routes.

use serde_json::{Value as Node, json};

use super::{
    Call, Protocol, Words,
    json::{input, object},
    rest_xml::{Route, decoded},
};
use crate::api::{
    MAX_BODY, Request,
    error::ApiError,
    input::{Input, Scalar},
    shape::Fields,
    violation,
};

/// The most parameters in a query.
const MAX_PARAMETERS: usize = 300;

/// The protocol of Route 53 Profiles.
#[derive(Debug)]
pub(in crate::api) struct RestJson {
    /// The service's actions. A parameter of the query whose name here ends with `.N` is a list.
    pub routes: &'static [Route],
}

impl RestJson {
    fn malformed(message: String) -> ApiError {
        ApiError::new("SerializationException", message)
    }

    /// The input of a body.
    fn body(request: &Request) -> Result<Input, ApiError> {
        if request.body.len() > MAX_BODY {
            let message = format!("The body is longer than {MAX_BODY} bytes");
            return Err(Self::malformed(message));
        }
        if request.body.is_empty() {
            return Ok(Input::default());
        }
        let node: Node = serde_json::from_slice(&request.body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Self::malformed(format!("The body is not JSON at line {line}, column {column}"))
        })?;
        if !node.is_object() {
            return Err(Self::malformed("The body is not a JSON object".to_owned()));
        }
        Ok(input(node))
    }
}

impl Protocol for RestJson {
    fn read(&self, request: &Request) -> Result<Call, ApiError> {
        let parts = request.path.split('/').filter(|part| !part.is_empty());
        let parts: Vec<String> = parts.map(decoded).collect();
        let mut known = self.routes.iter().filter(|route| route.method == request.method);
        let found = known.find_map(|route| Some((route, route.read(&parts)?)));
        let Some((route, in_path)) = found else {
            return Err(self.unknown(&format!("{} {}", request.method, request.path), "", true));
        };
        let mut input = Self::body(request)?;
        let mut put = |name: &str, value: String| {
            if value.contains('\u{fffd}') || value.contains(char::is_control) {
                let message = format!("The parameter {name} holds a control character");
                return Err(Self::malformed(message));
            }
            input.take(name);
            input.put(name, Scalar::Text(value));
            Ok(())
        };
        let query = form_urlencoded::parse(request.query.as_bytes());
        for ((name, value), number) in query.take(MAX_PARAMETERS).zip(1_u32..) {
            let is_empty = name.is_empty() && value.is_empty();
            if name.starts_with("X-Amz-") || is_empty {
                continue;
            }
            let known = route.query.iter().find(|(wire, _)| *wire == name);
            match known.map(|(_, member)| (*member, member.strip_suffix(".N"))) {
                Some((_, Some(list))) => put(&format!("{list}.{number}"), value.into_owned())?,
                Some((member, None)) => put(member, value.into_owned())?,
                // It would stand for a member of the body.
                None => return Err(self.unrecognized(&name)),
            }
        }
        for (name, value) in in_path {
            put(name, value)?;
        }
        Ok(Call { action: route.action.to_owned(), version: None, input })
    }

    fn reply(&self, _namespace: &str, _action: &str, fields: &Fields, _request_id: &str) -> String {
        if fields.0.is_empty() { String::new() } else { object(fields).to_string() }
    }

    fn status(&self, fields: &Fields) -> u16 {
        if fields.0.is_empty() { 204 } else { 200 }
    }

    fn unknown(&self, action: &str, _version: &str, _is_ours: bool) -> ApiError {
        let message = format!("This server has no operation at {action}.");
        ApiError { status: 404, ..ApiError::new("UnknownOperationException", message) }
    }

    fn missing(&self, name: &str) -> ApiError {
        self.invalid(violation::missing(name))
    }

    fn invalid(&self, message: String) -> ApiError {
        ApiError::new("ValidationException", message)
    }

    fn unrecognized(&self, name: &str) -> ApiError {
        self.invalid(format!("The parameter {name} is not recognized"))
    }
}

impl Words for RestJson {
    fn content_type(&self) -> &'static str {
        "application/json"
    }

    fn error(&self, _namespace: Option<&str>, error: &ApiError, _request_id: &str) -> String {
        json!({"__type": error.code, "Message": error.message}).to_string()
    }

    fn error_headers(&self, error: &ApiError) -> Vec<(&'static str, String)> {
        vec![("x-amzn-errortype", error.code.clone())]
    }

    fn not_built(&self, message: String) -> ApiError {
        ApiError::new("UnknownOperationException", message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST: RestJson = RestJson {
        routes: &[
            Route { action: "GetIt", method: "GET", path: "thing/{Id}", query: &[("max", "Max")] },
            Route {
                action: "UntagIt",
                method: "DELETE",
                path: "tags/{Arn}",
                query: &[("keys", "Keys.N")],
            },
            Route { action: "MakeIt", method: "POST", path: "thing", query: &[] },
        ],
    };

    fn read(method: &str, path: &str, query: &str, body: &str) -> Result<Call, ApiError> {
        let [method, path, query] = [method, path, query].map(str::to_owned);
        TEST.read(&Request { method, path, query, body: body.into(), ..Request::default() })
    }

    #[test]
    fn an_action_is_a_method_and_a_path() {
        let text = |text: &str| Some(Scalar::Text(text.to_owned()));
        let mut call = read("GET", "/thing/a%2Fb", "max=3&X-Amz-Date=x", "").unwrap();
        assert_eq!(call.action, "GetIt");
        assert_eq!((call.input.take("Id"), call.input.take("Max")), (text("a/b"), text("3")));
        let mut call = read("DELETE", "/tags/arn%3Ax", "keys=a&keys=b", "").unwrap();
        assert_eq!(call.input.take("Arn"), text("arn:x"));
        let keys: Vec<String> = call.input.names("Keys").map(str::to_owned).collect();
        assert_eq!(keys.len(), 2);
        let mut call = read("POST", "/thing", "", r#"{"Id": "x", "N": 1}"#).unwrap();
        assert_eq!(call.input.take("Id"), text("x"));
        for (method, path) in [("PUT", "/thing"), ("GET", "/thing"), ("GET", "/thing/a/b")] {
            assert_eq!(read(method, path, "", "").unwrap_err().status, 404, "{path}");
        }
        for body in ["[]", "1", "{", "{} {}"] {
            let error = read("POST", "/thing", "", body).unwrap_err();
            assert_eq!(error.code, "SerializationException", "{body}");
        }
    }

    #[test]
    fn an_empty_reply_has_no_content() {
        assert_eq!(
            (TEST.status(&Fields::new()), TEST.reply("", "", &Fields::new(), "")),
            (204, String::new())
        );
        let fields = Fields::new().set("A", "1");
        assert_eq!(
            (TEST.status(&fields), TEST.reply("", "", &fields, "")),
            (200, r#"{"A":"1"}"#.to_owned())
        );
    }
}
