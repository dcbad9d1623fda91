//! JSON 1.0 and 1.1: the action in the header `X-Amz-Target`, its input and its reply as JSON objects.

use serde_json::{Map, Value as Node, json};

use super::{Call, Protocol, Words};
use crate::api::{
    MAX_BODY, Request,
    error::ApiError,
    input::{Input, Scalar},
    shape::{Fields, Value},
    violation,
};

/// The protocol of Systems Manager, Route 53 Resolver and AWS Cloud Map.
#[derive(Debug)]
pub(in crate::api) struct Json {
    /// The media type, which names the protocol's version.
    content_type: &'static str,
}

impl Json {
    /// Version 1.0.
    pub(in crate::api) const V1_0: Self = Self { content_type: "application/x-amz-json-1.0" };
    /// Version 1.1.
    pub(in crate::api) const V1_1: Self = Self { content_type: "application/x-amz-json-1.1" };
}

/// The prefix and the action of `X-Amz-Target`.
pub(in crate::api) fn target(request: &Request) -> Option<(&str, &str)> {
    let target = request.header("x-amz-target")?;
    Some(target.rsplit_once('.').unwrap_or((target, "")))
}

impl Protocol for Json {
    fn read(&self, request: &Request) -> Result<Call, ApiError> {
        let malformed = |message: String| ApiError::new("SerializationException", message);
        if request.body.len() > MAX_BODY {
            return Err(malformed(format!("The body is longer than {MAX_BODY} bytes")));
        }
        let (_, action) = target(request).unwrap_or_default();
        let body = if request.body.is_empty() { b"{}" } else { request.body.as_slice() };
        let node: Node = serde_json::from_slice(body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            malformed(format!("The body is not JSON at line {line}, column {column}"))
        })?;
        if !node.is_object() {
            return Err(malformed("The body is not a JSON object".to_owned()));
        }
        Ok(Call { action: action.to_owned(), version: None, input: input(node) })
    }

    fn reply(&self, _namespace: &str, _action: &str, fields: &Fields, _request_id: &str) -> String {
        object(fields).to_string()
    }

    fn unknown(&self, action: &str, _version: &str, _is_ours: bool) -> ApiError {
        ApiError::new("UnknownOperationException", format!("The operation {action} is not known."))
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

impl Words for Json {
    fn content_type(&self) -> &'static str {
        self.content_type
    }

    fn error(&self, _namespace: Option<&str>, error: &ApiError, _request_id: &str) -> String {
        json!({"__type": error.code, "message": error.message}).to_string()
    }

    fn not_built(&self, message: String) -> ApiError {
        ApiError::new("UnknownOperationException", message)
    }
}

/// JSON as the input of an action; `null` is as good as absent. The reader of JSON has bounded its depth.
pub(super) fn input(node: Node) -> Input {
    match node {
        Node::Null => Input::default(),
        Node::Bool(flag) => Input::value(Scalar::Boolean(flag)),
        Node::Number(number) => Input::value(Scalar::Number(number)),
        Node::String(text) => Input::value(Scalar::Text(text)),
        Node::Array(items) => {
            let numbered = items.into_iter().zip(1_u32..);
            Input::members(numbered.map(|(item, number)| (number.to_string(), input(item))))
        }
        Node::Object(members) => {
            Input::members(members.into_iter().map(|(name, member)| (name, input(member))))
        }
    }
}

/// A structure as a JSON object.
pub(super) fn object(fields: &Fields) -> Node {
    let members = fields.0.iter().map(|(name, value)| ((*name).to_owned(), node(value)));
    Node::Object(members.collect::<Map<_, _>>())
}

fn node(value: &Value) -> Node {
    match value {
        Value::Text(text) => Node::from(text.as_str()),
        Value::Number(number) => Node::from(*number),
        Value::Boolean(flag) => Node::from(*flag),
        Value::Time(time) => Node::from(time.seconds()),
        Value::List(items) => items.iter().map(node).collect(),
        Value::Fields(fields) => object(fields),
        Value::Map(entries) => {
            let members = entries.iter().map(|(key, value)| (key.clone(), node(value)));
            Node::Object(members.collect::<Map<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::shape::Time;

    fn read(body: &str) -> Result<Call, ApiError> {
        let headers = vec![("x-amz-target".to_owned(), "AmazonSSM.GetParameter".to_owned())];
        Json::V1_1.read(&Request { headers, body: body.into(), ..Request::default() })
    }

    #[test]
    fn values_keep_their_types_on_the_way_in() {
        let mut call =
            read(r#"{"T": "1", "N": 1, "F": false, "Z": null, "L": [{"K": "v"}, {"K": 2.5}]}"#)
                .unwrap();
        assert_eq!(call.action, "GetParameter");
        let text = |text: &str| Some(Scalar::Text(text.to_owned()));
        assert_eq!(call.input.take("T"), text("1"));
        assert_eq!(call.input.take("N"), Some(Scalar::Number(1.into())));
        assert_eq!(call.input.take("F"), Some(Scalar::Boolean(false)));
        assert_eq!(call.input.take("L.1.K"), text("v"));
        assert_eq!(call.input.take("L.2.K").map(|it| it.text()).as_deref(), Some("2.5"));
        assert!(call.input.values().is_empty());
        for bad in ["[]", "1", "{", "{} {}", &"[".repeat(10_000)] {
            assert_eq!(read(bad).unwrap_err().code, "SerializationException", "{bad:.20}");
        }
    }

    #[test]
    fn values_keep_their_types_on_the_way_out() {
        let fields = Fields::new()
            .set("Text", "1")
            .set("Number", 1_u8)
            .set("Flag", true)
            .set("Time", Time::exact(1_500))
            .texts("List", [1, 2])
            .list("Empty", [])
            .map("Map", [("a.b", 1)])
            .fields("Inner", Fields::new());
        assert_eq!(
            Json::V1_1.reply("", "", &fields, "id"),
            r#"{"Text":"1","Number":1,"Flag":true,"Time":1.5,"List":[1,2],"Empty":[],"Map":{"a.b":1},"Inner":{}}"#
        );
    }
}
