//! `/api/test`: expectations of the live World, also after Changes that only the test sees.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    failure::bad,
    json::now,
    language::Spoken,
    shared::{Shared, aside},
};
use crate::{
    import::{open::Failure, suite as file, text::diagnostic::Source},
    language::Language,
    suite,
};

/// The most steps of a request: each has a World of its own.
const STEPS: usize = 64;
/// The most expectations of a request.
const EXPECTATIONS: usize = 2_000;

/// `POST`: the steps of a test file, as YAML or JSON. The World is the server's.
pub(super) async fn test(
    State(shared): State<Arc<Shared>>,
    Spoken(language): Spoken,
    text: String,
) -> Response {
    aside(shared, move |shared| judged(shared, text, language)).await
}

fn judged(shared: &Shared, text: String, language: Language) -> Response {
    let source = Arc::new(Source { name: "test".to_owned(), text });
    let refused = |problems| bad(StatusCode::BAD_REQUEST, Failure::of(&source, problems));
    match file::has_world(&source) {
        Ok(false) => {}
        Ok(true) => {
            let message = "a request is about the World of the server: leave out `world`";
            return bad(StatusCode::BAD_REQUEST, message);
        }
        Err(problems) => return refused(problems),
    }
    let snapshot = shared.live.snapshot();
    let read = file::load(&source, Some(snapshot.world.clone()), &shared.config.defaults);
    let suite = match read {
        Ok(suite) => suite,
        Err(problems) => return refused(problems),
    };
    let count: usize = suite.steps.iter().map(|step| step.expectations.len()).sum();
    if suite.steps.len() > STEPS || count > EXPECTATIONS {
        let message =
            format!("a request has at most {STEPS} steps and {EXPECTATIONS} expectations");
        return bad(StatusCode::BAD_REQUEST, message);
    }
    let expectations = suite::run(&suite, &snapshot.public, now(), language);
    let met = expectations.iter().all(|it| it.met);
    Json(json!({ "met": met, "expectations": expectations })).into_response()
}
