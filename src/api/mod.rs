//! AWS's control APIs: an HTTP request in, Changes of the World and a reply out.
//!
//! Five places: the protocol (`protocol`, `auth`), the dispatch (`ec2/mod.rs`), an operation each (`ec2/*.rs`), the
//! state (`context`) and the errors (`error`). No operation writes XML and nothing here knows axum.

mod auth;
mod context;
pub mod ec2;
mod error;
mod own;
mod page;
mod parameter;
mod protocol;

mod resource_id;
mod shape;

use std::sync::Arc;

use crate::store::Live;
use auth::Caller;
use context::Context;
pub use error::ApiError;
use protocol::{form, xml};

/// The largest body read; the longest real request, a policy document with every parameter, is a tenth of it.
pub const MAX_BODY: usize = 256 * 1024;

/// The service that is called, as a signature's scope names it.
const SERVICE: &str = "ec2";

/// A request, taken apart as far as HTTP goes.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
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
    /// The XML document.
    pub body: String,
    /// The request's id, which a header repeats.
    pub request_id: String,
}

/// The EC2 Query API over a live World.
#[derive(Debug)]
pub struct Api {
    live: Arc<Live>,
    /// Where a request that names no region lives.
    region: &'static str,
    token: Option<String>,
}

impl Api {
    /// An API over `live`. With a token, a request must be signed with it or have shown it already.
    pub fn new(live: Arc<Live>, region: &'static str, token: Option<String>) -> Self {
        Self { live, region, token }
    }

    /// Answers a request; `trusted` if it has shown the token another way.
    pub fn handle(&self, request: &Request, trusted: bool) -> Reply {
        let id = context::request_id();
        match self.answer(request, trusted, &id) {
            Ok(body) => Reply { status: 200, body, request_id: id },
            Err(error) => {
                Reply { status: error.status, body: xml::error(&error, &id), request_id: id }
            }
        }
    }

    fn answer(&self, request: &Request, trusted: bool, id: &str) -> Result<String, ApiError> {
        let caller = Caller::of(request, self.region)?;
        if let Some(token) = self.token.as_deref().filter(|_| !trusted) {
            auth::verify(request, token, SERVICE)?;
        }
        let mut parameters = form::read(request)?;
        let action = parameters.required("Action")?;
        if request.method == "GET" && !reads(&action) && !self.is_signed(request) {
            let text = "GET takes only actions that read (Describe, Get, List) unless the request is signed; send";
            return Err(ApiError::new("InvalidAction", format!("{text} {action} by POST.")));
        }
        let version = parameters.text("Version")?;
        if let Some(other) = version.filter(|version| version != ec2::VERSION) {
            return Err(ApiError::new(
                "InvalidAction",
                format!("The action {action} is not valid for this web service: version {other}."),
            ));
        }
        let dry_run = parameters.boolean("DryRun")?.unwrap_or_default();
        let token = parameters.text("ClientToken")?;
        let context = Context::new(&self.live, caller, dry_run, token, &parameters);
        let fields = ec2::call(&action, &mut parameters, &context)?;
        // Only here, so that a rehearsal refuses all that the real call refuses.
        if context.is_rehearsal() {
            return Err(ApiError::dry_run());
        }
        Ok(xml::reply(&action, &fields, id))
    }

    /// Whether a request carries a signature that no page of another site can make a browser send. A presigned address
    /// is one only where the token proves it, since a page can show any address as a picture.
    fn is_signed(&self, request: &Request) -> bool {
        match &self.token {
            Some(token) => auth::verify(request, token, SERVICE).is_ok(),
            None => {
                let header = request.header("authorization");
                header.is_some_and(|header| header.starts_with("AWS4-HMAC-SHA256 "))
            }
        }
    }
}

/// Whether an action changes nothing, by its name.
fn reads(action: &str) -> bool {
    ["Describe", "Get", "List"].iter().any(|begin| action.starts_with(begin))
}
