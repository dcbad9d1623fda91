//! AWS's control APIs: an HTTP request in, Changes of the World and a reply out.
//!
//! Each service is a folder with a table of its actions (`ec2/mod.rs`) and an operation each (`ec2/*.rs`). `service`
//! chooses the service of a request, `protocol` reads the request and writes the reply. What operations share: the
//! parameters (`parameter`), the caller and the World (`context`), whose what is (`own`), the listing of things (`describe`), the errors (`error`). No
//! operation knows a protocol, and nothing here knows axum.

mod arn_tags;
mod auth;
mod balancing;
mod cloudformation;
mod constraint;
mod context;
mod describe;
mod ec2;
mod elb;
mod elbv2;
mod error;
mod iam;
mod input;
mod own;
mod page;
mod parameter;
mod protocol;
mod public_address;
mod resource_id;
mod route53;
mod route53profiles;
mod route53resolver;
mod s3;
mod service;
mod servicediscovery;
mod shape;
mod ssm;
mod sts;
mod violation;

use std::sync::Arc;

use crate::store::Live;
use auth::Caller;
use context::Context;
pub use error::ApiError;
use parameter::Parameters;
use protocol::Words;
use service::Chosen;
pub use service::{Action, ApiService, SERVICES};

/// The largest body read; the longest real request, a batch of 1,000 changes of records, is half of it.
pub const MAX_BODY: usize = 512 * 1024;

/// A request, taken apart as far as HTTP goes.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The path as the client sent and signed it, if it is another one; else empty. In a class it begins with the
    /// student's part.
    pub sent: String,
    /// The query, without the question mark.
    pub query: String,
    /// The headers, names lower-case, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of a name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The document, or the object.
    pub body: Vec<u8>,
    /// Its media type.
    pub content_type: &'static str,
    /// The request's id, which a header repeats.
    pub request_id: String,
    /// Other headers, by their names in small letters.
    pub headers: Vec<(&'static str, String)>,
}

impl Reply {
    /// A reply with a document. Its request's id is set last.
    fn document(words: &dyn Words, status: u16, document: String) -> Self {
        Self {
            status,
            body: document.into_bytes(),
            content_type: words.content_type(),
            request_id: String::new(),
            headers: Vec::new(),
        }
    }

    /// A reply without content.
    fn empty(status: u16) -> Self {
        Self::document(&protocol::S3, status, String::new())
    }

    /// The document.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

/// The APIs over a live World.
#[derive(Debug)]
pub struct Api {
    live: Arc<Live>,
    /// Where a request that names no region lives.
    region: &'static str,
    token: Option<String>,
    strict_stacks: bool,
    shelf: s3::Shelf,
}

/// A part of a path without its percent signs, as the APIs read it.
pub(crate) fn path_part(part: &str) -> String {
    protocol::decoded(part)
}

impl Api {
    /// An API over `live`. With a token, a request must be signed with it or have shown it already.
    pub fn new(live: Arc<Live>, region: &'static str, token: Option<String>) -> Self {
        Self { live, region, token, strict_stacks: false, shelf: s3::Shelf::new(s3::BYTES) }
    }

    /// Whether stacks fail because of a type of resources that is not emulated.
    #[must_use]
    pub fn with_strict_stacks(self, strict_stacks: bool) -> Self {
        Self { strict_stacks, ..self }
    }

    /// How many bytes of objects S3 keeps.
    #[must_use]
    pub fn with_objects_of(self, bytes: usize) -> Self {
        Self { shelf: s3::Shelf::new(bytes), ..self }
    }

    /// Answers a request; `trusted` if it has shown the token another way.
    pub fn handle(&self, request: &Request, trusted: bool) -> Reply {
        let request_id = context::request_id();
        let chosen = Chosen::of(request);
        let reply = self.answer(request, &chosen, trusted, &request_id);
        let reply = reply.unwrap_or_else(|error| refusal(&chosen, &error, &request_id));
        Reply { request_id, ..reply }
    }

    /// Whether a request is for a service that is not built, and may go to another server: the token is shown, if there
    /// is one. As for the services that are built, `GET` with an action that changes something needs a signature in a
    /// header, which no page of another site can make a browser send.
    pub fn is_for_others(&self, request: &Request, trusted: bool) -> bool {
        let chosen = Chosen::of(request);
        let changes = protocol::form::peek(request, "Action").is_some_and(|action| !reads(&action));
        if request.method == "GET" && changes && request.header("authorization").is_none() {
            return false;
        }
        let shown = || match self.token.as_deref().filter(|_| !trusted) {
            Some(token) => auth::verify(request, token, chosen.name()).is_ok(),
            None => true,
        };
        matches!(chosen, Chosen::NotBuilt(..)) && !is_shelved(request, &chosen) && shown()
    }

    /// The refusal of a request that another server was to answer and did not.
    pub fn unanswered(&self, request: &Request) -> Reply {
        let (id, chosen) = (context::request_id(), Chosen::of(request));
        let text = "The server that --aws-upstream names gives no reply.";
        let error = ApiError { status: 503, ..ApiError::new("ServiceUnavailable", text) };
        Reply { request_id: id.clone(), ..refusal(&chosen, &error, &id) }
    }

    fn answer(
        &self,
        request: &Request,
        chosen: &Chosen,
        trusted: bool,
        id: &str,
    ) -> Result<Reply, ApiError> {
        let caller = Caller::of(request, self.region)?;
        if let Some(token) = self.token.as_deref().filter(|_| !trusted) {
            auth::verify(request, token, chosen.name())?;
        }
        let service = match chosen {
            Chosen::Built(service) => service,
            Chosen::NotBuilt(..) if is_shelved(request, chosen) => {
                return s3::answer(&self.shelf, request, &caller, context::now());
            }
            Chosen::NotBuilt(name, words) => return Err(service::not_built(name, *words)),
        };
        let protocol = service.protocol;
        let call = protocol.read(request)?;
        let action = call.action.as_str();
        if request.method == "GET" && !reads(action) && !self.is_signed(request, service) {
            let text = "GET takes only actions that read (Describe, Get, List) unless the request is signed; send";
            return Err(ApiError::new("InvalidAction", format!("{text} {action} by POST.")));
        }
        if let Some(other) = call.version.filter(|version| version != service.version) {
            return Err(protocol.unknown(action, &other, false));
        }
        let mut parameters = Parameters::new(call.input, protocol);
        let common = (service.common)(&mut parameters)?;
        let context = Context::new(&self.live, self.token.as_deref(), caller, common, &parameters)
            .with_stacks(self.strict_stacks, &self.shelf);
        let Some(known) = service.action(action) else {
            return Err(protocol.unknown(action, service.version, true));
        };
        let fields = (known.call)(&mut parameters, &context)?;
        // Only here, so that a rehearsal refuses all that the real call refuses.
        if context.is_rehearsal() {
            return Err(ApiError::dry_run());
        }
        let body = protocol.reply(service.namespace, action, &fields, id);
        let location = protocol.location(&fields).map(|it| ("location", it));
        let reply = Reply::document(protocol, protocol.status(&fields), body);
        Ok(Reply { headers: location.into_iter().collect(), ..reply })
    }

    /// Whether a request carries a signature that no page of another site can make a browser send. A presigned address
    /// is one only where the token proves it, since a page can show any address as a picture.
    fn is_signed(&self, request: &Request, service: &ApiService) -> bool {
        match &self.token {
            Some(token) => auth::verify(request, token, service.name).is_ok(),
            None => {
                let header = request.header("authorization");
                header.is_some_and(|header| header.starts_with("AWS4-HMAC-SHA256 "))
            }
        }
    }
}

/// The reply to a request that is refused.
fn refusal(chosen: &Chosen, error: &ApiError, request_id: &str) -> Reply {
    let words = chosen.words();
    let document = words.error(chosen.namespace(), error, request_id);
    let reply = Reply::document(words, words.error_status(error), document);
    Reply { headers: words.error_headers(error), ..reply }
}

/// Whether a request is for an object that is kept here.
fn is_shelved(request: &Request, chosen: &Chosen) -> bool {
    chosen.name() == "s3" && s3::is_ours(&request.path)
}

/// The longest body that a request for this path may have.
pub fn most_body(path: &str) -> usize {
    if s3::is_ours(path) { s3::LONGEST_BODY } else { MAX_BODY }
}

/// Whether an action changes nothing, by its name.
fn reads(action: &str) -> bool {
    ["Describe", "Get", "List", "Test"].iter().any(|begin| action.starts_with(begin))
}
