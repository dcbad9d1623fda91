//! REST-XML: the action in the method and the path, its input in the path, the query and an XML body; XML out. Also what
//! S3 sends, and the errors of CloudFront, which is not built.
//!
//! Which path means which action is the service's business; it gives its routes.

use super::{
    Call, Protocol, Words,
    xml::{self, Document},
};
use crate::api::{
    MAX_BODY, Request,
    error::ApiError,
    input::Scalar,
    shape::{Fields, Value},
    violation,
};

/// The member of a reply that is sent as the header `Location`.
const LOCATION: &str = "@Location";

/// The most parameters in a query.
const MAX_PARAMETERS: usize = 100;

/// The protocol of Route 53 and CloudFront.
#[derive(Debug)]
pub(in crate::api) struct RestXml {
    /// What stands in front of every path: the version of the API.
    pub version: &'static str,
    /// The service's actions.
    pub routes: &'static [Route],
    /// What an element of a list is called, by the list's name.
    pub items: fn(&str) -> &'static str,
    /// The HTTP status of an error's code, where it is not 400.
    pub status: fn(&str) -> Option<u16>,
}

/// The method and the path of an action.
#[derive(Debug)]
pub(in crate::api) struct Route {
    /// The action.
    pub action: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path behind the version. A part in braces is a parameter.
    pub path: &'static str,
    /// The parameters of the query: each name, and that of the action's parameter.
    pub query: &'static [(&'static str, &'static str)],
}

impl RestXml {
    /// The words of services that are not built.
    pub(in crate::api) const WORDS: Self =
        Self { version: "", routes: &[], items: |_| "member", status: |_| None };

    /// Whether a path is one of the service's.
    pub(in crate::api) fn has(&self, path: &str) -> bool {
        let mut parts = path.split('/').skip(1);
        parts.next() == Some(self.version)
    }
}

/// The same with S3's errors.
#[derive(Debug)]
pub(in crate::api) struct S3;

impl Route {
    /// The parameters in a path, if it is of this form.
    pub(super) fn read(&self, parts: &[String]) -> Option<Vec<(&'static str, String)>> {
        let mut found = Vec::new();
        let mut parts = parts.iter();
        for wanted in self.path.split('/') {
            let part = parts.next()?;
            match wanted.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
                Some(name) => found.push((name, part.clone())),
                None if wanted == part => {}
                None => return None,
            }
        }
        parts.next().is_none().then_some(found)
    }
}

impl Protocol for RestXml {
    fn read(&self, request: &Request) -> Result<Call, ApiError> {
        let malformed = |message: String| ApiError::new("MalformedInput", message);
        if request.body.len() > MAX_BODY {
            return Err(malformed(format!("The body is longer than {MAX_BODY} bytes")));
        }
        let parts = request.path.split('/').filter(|part| !part.is_empty());
        let parts: Vec<String> = parts.skip(1).map(decoded).collect();
        let mut known = self.routes.iter().filter(|route| route.method == request.method);
        let found = known.find_map(|route| Some((route, route.read(&parts)?)));
        let Some((route, in_path)) = found.filter(|_| self.has(&request.path)) else {
            let action = format!("{} {}", request.method, request.path);
            return Err(self.unknown(&action, self.version, true));
        };
        let body = std::str::from_utf8(&request.body)
            .map_err(|_| malformed("The body is not UTF-8".to_owned()))?;
        let mut input = xml::read(body, self.items).map_err(malformed)?;
        let mut put = |name: &str, value: String| {
            if !value.chars().all(xml::legal) || value.contains('\u{fffd}') {
                return Err(malformed(format!("The parameter {name} holds a control character")));
            }
            input.take(name);
            input.put(name, Scalar::Text(value));
            Ok(())
        };
        let query = form_urlencoded::parse(request.query.as_bytes());
        for (name, value) in query.take(MAX_PARAMETERS) {
            let is_empty = name.is_empty() && value.is_empty();
            if !name.starts_with("X-Amz-") && !is_empty {
                let known = route.query.iter().find(|(wire, _)| *wire == name);
                put(known.map_or(&*name, |(_, member)| member), value.into_owned())?;
            }
        }
        for (name, value) in in_path {
            put(name, value)?;
        }
        Ok(Call { action: route.action.to_owned(), version: None, input })
    }

    fn reply(&self, namespace: &str, action: &str, fields: &Fields, _request_id: &str) -> String {
        let root = format!("{action}Response");
        let mut document = Document::with_items(self.items);
        document.begin(&root, Some(namespace));
        let shown = fields.0.iter().filter(|(name, _)| *name != LOCATION);
        document.fields(&Fields(shown.cloned().collect()));
        document.end(&root);
        document.finish()
    }

    fn status(&self, fields: &Fields) -> u16 {
        if self.location(fields).is_some() { 201 } else { 200 }
    }

    fn location(&self, fields: &Fields) -> Option<String> {
        fields.0.iter().find_map(|(name, value)| match value {
            Value::Text(text) if *name == LOCATION => Some(text.clone()),
            _ => None,
        })
    }

    fn unknown(&self, action: &str, _version: &str, _is_ours: bool) -> ApiError {
        not_implemented(format!("This server has no operation at {action}."))
    }

    fn missing(&self, name: &str) -> ApiError {
        self.invalid(violation::missing(name))
    }

    fn invalid(&self, message: String) -> ApiError {
        ApiError::new("InvalidInput", message)
    }

    fn unrecognized(&self, name: &str) -> ApiError {
        self.invalid(format!("The parameter {name} is not recognized"))
    }
}

/// A part of a path without its percent signs.
pub(in crate::api) fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let hex = (ahead.next(), ahead.next());
        let digit = |it: Option<u8>| it.and_then(|it| char::from(it).to_digit(16));
        match (byte, digit(hex.0), digit(hex.1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `<ErrorResponse>`, as AWS Query has it, too.
pub(super) fn error_response(
    namespace: Option<&str>,
    error: &ApiError,
    request_id: &str,
) -> String {
    let mut document = Document::new("member");
    document.begin("ErrorResponse", namespace);
    document.begin("Error", None);
    document.text("Type", if error.status < 500 { "Sender" } else { "Receiver" });
    document.text("Code", &error.code);
    document.text("Message", &error.message);
    document.end("Error");
    document.text("RequestId", request_id);
    document.end("ErrorResponse");
    document.finish()
}

fn not_implemented(message: String) -> ApiError {
    ApiError { status: 501, ..ApiError::new("NotImplemented", message) }
}

impl Words for RestXml {
    fn content_type(&self) -> &'static str {
        "text/xml"
    }

    fn error(&self, namespace: Option<&str>, error: &ApiError, request_id: &str) -> String {
        error_response(namespace, error, request_id)
    }

    fn error_status(&self, error: &ApiError) -> u16 {
        (self.status)(&error.code).unwrap_or(error.status)
    }

    fn not_built(&self, message: String) -> ApiError {
        not_implemented(message)
    }
}

impl S3 {
    const NAMESPACE: &'static str = "http://s3.amazonaws.com/doc/2006-03-01/";

    /// The document of a reply: an element with text, and with other elements.
    pub(in crate::api) fn reply(root: &str, text: &str, fields: &Fields) -> String {
        let mut document = Document::new("member");
        document.begin(root, Some(Self::NAMESPACE));
        document.characters(text);
        document.fields(fields);
        document.end(root);
        document.finish()
    }
}

impl Words for S3 {
    fn content_type(&self) -> &'static str {
        "application/xml"
    }

    fn error(&self, _namespace: Option<&str>, error: &ApiError, request_id: &str) -> String {
        let mut document = Document::new("member");
        document.begin("Error", None);
        document.text("Code", &error.code);
        document.text("Message", &error.message);
        document.text("RequestId", request_id);
        document.end("Error");
        document.finish()
    }

    fn not_built(&self, message: String) -> ApiError {
        not_implemented(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST: RestXml = RestXml {
        version: "2013-04-01",
        routes: &[
            Route { action: "GetIt", method: "GET", path: "thing/{Id}", query: &[("max", "Max")] },
            Route { action: "ChangeIt", method: "POST", path: "thing/{Id}/part", query: &[] },
        ],
        items: |list| if list == "Parts" { "Part" } else { "member" },
        status: |code| (code == "NoSuchThing").then_some(404),
    };

    fn read(method: &str, path: &str, query: &str, body: &str) -> Result<Call, ApiError> {
        let [method, path, query] = [method, path, query].map(str::to_owned);
        TEST.read(&Request { method, path, query, body: body.into(), ..Request::default() })
    }

    #[test]
    fn an_action_is_a_method_and_a_path() {
        let mut call = read("GET", "/2013-04-01/thing/a%2Fb/", "max=3&X-Amz-Date=x", "").unwrap();
        assert_eq!(call.action, "GetIt");
        let text = |text: &str| Some(Scalar::Text(text.to_owned()));
        assert_eq!(call.input.take("Id"), text("a/b"));
        assert_eq!(call.input.take("Max"), text("3"));
        assert!(call.input.values().is_empty());
        let body = "<?xml version=\"1.0\"?><R xmlns=\"x\"><Parts><Part><N>1 &lt; &#50;</N></Part><Part/></Parts><T/></R>";
        let mut call = read("POST", "/2013-04-01/thing/1/part", "", body).unwrap();
        assert_eq!(call.action, "ChangeIt");
        assert_eq!(call.input.take("Parts.1.N"), text("1 < 2"));
        assert_eq!(call.input.take("T"), text(""));
        for (method, path) in [
            ("DELETE", "/2013-04-01/thing/1"),
            ("GET", "/2013-04-02/thing/1"),
            ("GET", "/2013-04-01/thing"),
        ] {
            assert_eq!(read(method, path, "", "").unwrap_err().code, "NotImplemented", "{path}");
        }
    }

    #[test]
    fn a_body_that_is_not_xml_is_refused() {
        let deep = "<a>".repeat(10_000);
        let doubled = "<R><T>1</T><T>2</T></R>";
        for body in [
            "<R>",
            "<R></S>",
            "x",
            "<R/><R/>",
            "<R>&x;</R>",
            "<!DOCTYPE r [<!ENTITY x 'y'>]><R/>",
            &deep,
            doubled,
        ] {
            let error = read("POST", "/2013-04-01/thing/1/part", "", body).unwrap_err();
            assert_eq!(error.code, "MalformedInput", "{body:.40}");
        }
    }

    #[test]
    fn a_reply_names_the_elements_of_its_lists() {
        let fields = Fields::new().texts("Parts", ["a"]).set(LOCATION, "here");
        assert_eq!(TEST.location(&fields).as_deref(), Some("here"));
        assert_eq!((TEST.status(&fields), TEST.status(&Fields::new())), (201, 200));
        assert_eq!(
            TEST.reply("ns", "GetIt", &fields, "id"),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><GetItResponse xmlns=\"ns\"><Parts><Part>a</Part></Parts></GetItResponse>"
        );
        let error = ApiError::new("NoSuchThing", "");
        assert_eq!((TEST.error_status(&error), RestXml::WORDS.error_status(&error)), (404, 400));
    }
}
