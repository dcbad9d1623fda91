//! The actions of the EC2 Query API that the page's switches use: form-encoded `POST /`, answered in AWS's XML.
//!
//! Decides nothing: an action becomes a Change, and what the model refuses is told in AWS's form (spec A21). Other
//! actions are answered as AWS answers unknown ones.

use std::{collections::HashMap, str::FromStr, sync::Arc};

use axum::{
    extract::{Form, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::Shared;
use crate::model::{
    change::Change,
    endpoint_change::{ModifyVpcEndpoint, Settle},
    endpoint_service::{AcceptVpcEndpointConnections, RejectVpcEndpointConnections},
    refusal::Refusal,
    vpc::ModifyVpcAttribute,
};

type Parameters = HashMap<String, String>;

/// Runs an action.
pub(super) async fn act(
    State(shared): State<Arc<Shared>>,
    Form(parameters): Form<Parameters>,
) -> Response {
    let action = parameters.get("Action").map_or("", String::as_str);
    let result = changes(action, &parameters).and_then(|changes| shared.live.apply(&changes));
    match result {
        Ok(()) => xml(
            StatusCode::OK,
            &format!(
                "<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><return>true</return></{action}Response>"
            ),
        ),
        Err(refusal) => xml(
            StatusCode::BAD_REQUEST,
            &format!(
                "<Response><Errors><Error><Code>{}</Code><Message>{}</Message></Error></Errors></Response>",
                escaped(refusal.code),
                escaped(&refusal.message)
            ),
        ),
    }
}

fn changes(action: &str, parameters: &Parameters) -> Result<Vec<Change>, Refusal> {
    match action {
        "ModifyVpcAttribute" => Ok(vec![
            ModifyVpcAttribute {
                vpc: required(parameters, "VpcId")?,
                dns_support: flag(parameters, "EnableDnsSupport.Value")?,
                dns_hostnames: flag(parameters, "EnableDnsHostnames.Value")?,
            }
            .into(),
        ]),
        "ModifyVpcEndpoint" => {
            let id = required(parameters, "VpcEndpointId")?;
            let private_dns = flag(parameters, "PrivateDnsEnabled")?;
            let change =
                ModifyVpcEndpoint { id: Some(id), private_dns, ..ModifyVpcEndpoint::default() };
            Ok(vec![change.into(), Settle { id }.into()])
        }
        "AcceptVpcEndpointConnections" => {
            let service = required(parameters, "ServiceId")?;
            let endpoint = required(parameters, "VpcEndpointId.1")?;
            Ok(vec![
                AcceptVpcEndpointConnections { service, endpoint }.into(),
                Settle { id: endpoint }.into(),
            ])
        }
        "RejectVpcEndpointConnections" => Ok(vec![
            RejectVpcEndpointConnections {
                service: required(parameters, "ServiceId")?,
                endpoint: required(parameters, "VpcEndpointId.1")?,
            }
            .into(),
        ]),
        _ => Err(Refusal::new(
            "InvalidAction",
            format!("The action {action} is not valid for this web service."),
            "A21",
        )),
    }
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
