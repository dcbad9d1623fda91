//! The language that a request wants its sentences in: `lang=` in the query, else the first of the browser's languages that
//! there is, else the server's.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Json,
    extract::{FromRequestParts, Path, Query},
    http::{HeaderMap, Uri, header, request::Parts},
};
use serde::{Deserialize, Serialize};

use super::shared::Shared;
use crate::language::Language;

/// The language of a reply.
pub(super) struct Spoken(pub(super) Language);

#[derive(Deserialize)]
struct Wanted {
    lang: Option<String>,
}

impl FromRequestParts<Arc<Shared>> for Spoken {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<Shared>,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self(Self::of(&parts.headers, &parts.uri, shared.config.language)))
    }
}

impl Spoken {
    /// The language that a request with this head wants.
    pub(super) fn of(headers: &HeaderMap, uri: &Uri, otherwise: Language) -> Language {
        let wanted = Query::<Wanted>::try_from_uri(uri).ok().and_then(|it| it.0.lang);
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
        wanted
            .and_then(|code| Language::of_code(&code))
            .or_else(|| accepted.and_then(preferred))
            .unwrap_or(otherwise)
    }
}

/// The first language of an Accept-Language header that there is. Browsers list them in their user's order (RFC 9110 section
/// 12.5.4 has weights, which say the same).
fn preferred(header: &str) -> Option<Language> {
    header
        .split(',')
        .map(|range| range.split(';').next().unwrap_or_default().trim())
        .find_map(Language::of_code)
}

/// A refusal's code, and what it means in plain words.
#[derive(Serialize)]
pub(super) struct Meaning {
    code: String,
    means: Option<String>,
}

/// `GET /api/refusals/{code}`.
pub(super) async fn refusal(Path(code): Path<String>, Spoken(language): Spoken) -> Json<Meaning> {
    let means = language.gloss(&code);
    Json(Meaning { code, means })
}
