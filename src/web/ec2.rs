//! The actions of the EC2 Query API that the page's switches use and `api` has not yet: form-encoded `POST /`, answered in
//! AWS's XML. Everything else goes to `api`.
//!
//! Decides nothing: an action becomes a Change, and what the model refuses is told in AWS's form (spec A21).

use std::{collections::HashMap, str::FromStr, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Shared, aws, guard::Trusted};
use crate::{
    api::MAX_BODY,
    model::{
        change::Change,
        endpoint_change::ModifyVpcEndpoint,
        endpoint_service::{AcceptVpcEndpointConnections, RejectVpcEndpointConnections},
        refusal::Refusal,
    },
    store::CommitError,
};

type Parameters = HashMap<String, String>;

/// Runs an action, here or in `api`.
pub(super) async fn answer(state: State<Arc<Shared>>, request: Request) -> Response {
    let trusted = request.extensions().get::<Trusted>().is_some_and(|trusted| trusted.0);
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        let text = format!("the body is longer than {MAX_BODY} bytes\n");
        return (StatusCode::PAYLOAD_TOO_LARGE, text).into_response();
    };
    let parameters: Parameters = form_urlencoded::parse(&body).into_owned().collect();
    let action = parameters.get("Action").cloned().unwrap_or_default();
    let read = if trusted { change(&action, &parameters) } else { None };
    let Some(read) = read else {
        return aws::answer(state, Request::from_parts(head, Body::from(body))).await;
    };
    let change = match read {
        Ok(change) => change,
        Err(refusal) => return refused(&refusal),
    };
    let live = Arc::clone(&state.live);
    // A store may wait for its disk.
    match tokio::task::spawn_blocking(move || live.commit(&[change])).await {
        Ok(Ok(_)) => xml(
            StatusCode::OK,
            &format!(
                "<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><return>true</return></{action}Response>"
            ),
        ),
        Ok(Err(CommitError::Refused(refusal))) => refused(&refusal),
        Ok(Err(CommitError::Unavailable(_))) | Err(_) => {
            xml(StatusCode::SERVICE_UNAVAILABLE, &error("Unavailable", "The World cannot be kept."))
        }
    }
}

fn refused(refusal: &Refusal) -> Response {
    xml(StatusCode::BAD_REQUEST, &error(refusal.code, &refusal.message))
}

fn error(code: &str, message: &str) -> String {
    format!(
        "<Response><Errors><Error><Code>{}</Code><Message>{}</Message></Error></Errors></Response>",
        escaped(code),
        escaped(message)
    )
}

/// The Change of an action; `None` for an action that is not of here.
fn change(action: &str, parameters: &Parameters) -> Option<Result<Change, Refusal>> {
    match action {
        "ModifyVpcEndpoint" => Some(modify(parameters)),
        "AcceptVpcEndpointConnections" => {
            Some(connection(parameters).map(|(service, endpoint)| {
                AcceptVpcEndpointConnections { service, endpoint }.into()
            }))
        }
        "RejectVpcEndpointConnections" => {
            Some(connection(parameters).map(|(service, endpoint)| {
                RejectVpcEndpointConnections { service, endpoint }.into()
            }))
        }
        _ => None,
    }
}

fn modify(parameters: &Parameters) -> Result<Change, Refusal> {
    let id = Some(required(parameters, "VpcEndpointId")?);
    let private_dns = flag(parameters, "PrivateDnsEnabled")?;
    Ok(ModifyVpcEndpoint { id, private_dns, ..ModifyVpcEndpoint::default() }.into())
}

fn connection<S, E>(parameters: &Parameters) -> Result<(S, E), Refusal>
where
    S: FromStr<Err: std::fmt::Display>,
    E: FromStr<Err: std::fmt::Display>,
{
    Ok((required(parameters, "ServiceId")?, required(parameters, "VpcEndpointId.1")?))
}

fn required<T: FromStr<Err: std::fmt::Display>>(
    parameters: &Parameters,
    name: &str,
) -> Result<T, Refusal> {
    let text = parameters.get(name).ok_or_else(|| {
        Refusal::new(
            "MissingParameter",
            format!("The request must contain the parameter {name}"),
            "A21",
        )
    })?;
    text.parse().map_err(|error| Refusal::value(format!("{error}"), "A21"))
}

fn flag(parameters: &Parameters, name: &str) -> Result<Option<bool>, Refusal> {
    parameters
        .get(name)
        .map(|text| match text.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Refusal::value(format!("Invalid value '{text}' for boolean {name}"), "A21")),
        })
        .transpose()
}

fn xml(status: StatusCode, body: &str) -> Response {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}\n");
    (status, [(header::CONTENT_TYPE, "text/xml;charset=UTF-8")], text).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
