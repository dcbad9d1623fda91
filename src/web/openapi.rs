//! `GET /api/openapi.json`: our own HTTP API as an OpenAPI document.
//!
//! `tests/openapi` makes the document, and holds it to the routes and to what they answer.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// The document. `VPCDNS_WRITE_OPENAPI=1 cargo test --test openapi` writes it.
const DOCUMENT: &str = include_str!("openapi.json");

/// Answers with the document.
pub(super) async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}
