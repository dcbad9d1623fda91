//! The actions, conditions and transforms of listeners and rules.
//!
//! Knows which of their members must be there, and how AWS completes them. Which target groups a load balancer may forward
//! to is the model's business.

use std::collections::BTreeMap;

use super::form::{Form, Members, read, show};
use crate::{
    api::{balancing::validation, error::ApiError, parameter::Parameters, shape::Fields},
    model::{document::Document, listener::arns, load_balancer::LoadBalancerKind},
};

/// The most conditions of one rule, and the most actions.
const MOST: usize = 5;

const OIDC: Members = &[
    ("Issuer", Form::Text),
    ("AuthorizationEndpoint", Form::Text),
    ("TokenEndpoint", Form::Text),
    ("UserInfoEndpoint", Form::Text),
    ("ClientId", Form::Text),
    ("ClientSecret", Form::Secret),
    ("SessionCookieName", Form::Text),
    ("Scope", Form::Text),
    ("SessionTimeout", Form::Number(1, 604_800)),
    ("AuthenticationRequestExtraParams", Form::Pairs),
    ("OnUnauthenticatedRequest", Form::Words(&["deny", "allow", "authenticate"])),
    ("UseExistingClientSecret", Form::Secret),
];
const COGNITO: Members = &[
    ("UserPoolArn", Form::Text),
    ("UserPoolClientId", Form::Text),
    ("UserPoolDomain", Form::Text),
    ("SessionCookieName", Form::Text),
    ("Scope", Form::Text),
    ("SessionTimeout", Form::Number(1, 604_800)),
    ("AuthenticationRequestExtraParams", Form::Pairs),
    ("OnUnauthenticatedRequest", Form::Words(&["deny", "allow", "authenticate"])),
];
const REDIRECT: Members = &[
    ("Protocol", Form::Text),
    ("Port", Form::Text),
    ("Host", Form::Text),
    ("Path", Form::Text),
    ("Query", Form::Text),
    ("StatusCode", Form::Words(&["HTTP_301", "HTTP_302"])),
];
const FIXED: Members =
    &[("MessageBody", Form::Text), ("StatusCode", Form::Text), ("ContentType", Form::Text)];
const FORWARD: Members = &[
    (
        "TargetGroups",
        Form::List(&[("TargetGroupArn", Form::Text), ("Weight", Form::Number(0, 999))]),
    ),
    (
        "TargetGroupStickinessConfig",
        Form::Fields(&[("Enabled", Form::Flag), ("DurationSeconds", Form::Number(1, 604_800))]),
    ),
];
const JWT: Members = &[
    ("JwksEndpoint", Form::Text),
    ("Issuer", Form::Text),
    (
        "AdditionalClaims",
        Form::List(&[
            ("Format", Form::Words(&["single-string", "string-array", "space-separated-values"])),
            ("Name", Form::Text),
            ("Values", Form::Texts),
        ]),
    ),
];
const ACTION: Members = &[
    ("Type", Form::Words(TYPES)),
    ("TargetGroupArn", Form::Text),
    ("AuthenticateOidcConfig", Form::Fields(OIDC)),
    ("AuthenticateCognitoConfig", Form::Fields(COGNITO)),
    ("Order", Form::Number(1, 50_000)),
    ("RedirectConfig", Form::Fields(REDIRECT)),
    ("FixedResponseConfig", Form::Fields(FIXED)),
    ("ForwardConfig", Form::Fields(FORWARD)),
    ("JwtValidationConfig", Form::Fields(JWT)),
];
const TYPES: &[&str] = &[
    "forward",
    "authenticate-oidc",
    "authenticate-cognito",
    "redirect",
    "fixed-response",
    "jwt-validation",
];
const VALUES: Members = &[("Values", Form::Texts), ("RegexValues", Form::Texts)];
const CONDITION: Members = &[
    ("Field", Form::Text),
    ("Values", Form::Texts),
    ("HostHeaderConfig", Form::Fields(VALUES)),
    ("PathPatternConfig", Form::Fields(VALUES)),
    (
        "HttpHeaderConfig",
        Form::Fields(&[
            ("HttpHeaderName", Form::Text),
            ("Values", Form::Texts),
            ("RegexValues", Form::Texts),
        ]),
    ),
    (
        "QueryStringConfig",
        Form::Fields(&[("Values", Form::List(&[("Key", Form::Text), ("Value", Form::Text)]))]),
    ),
    ("HttpRequestMethodConfig", Form::Fields(&[("Values", Form::Texts)])),
    ("SourceIpConfig", Form::Fields(&[("Values", Form::Texts)])),
    ("RegexValues", Form::Texts),
];
const REWRITES: Members =
    &[("Rewrites", Form::List(&[("Regex", Form::Text), ("Replace", Form::Text)]))];
const TRANSFORM: Members = &[
    ("Type", Form::Words(&["host-header-rewrite", "url-rewrite"])),
    ("HostHeaderRewriteConfig", Form::Fields(REWRITES)),
    ("UrlRewriteConfig", Form::Fields(REWRITES)),
];

/// Each field of a condition, and the member with its values.
const FIELDS: &[(&str, &str)] = &[
    ("host-header", "HostHeaderConfig"),
    ("path-pattern", "PathPatternConfig"),
    ("http-header", "HttpHeaderConfig"),
    ("query-string", "QueryStringConfig"),
    ("http-request-method", "HttpRequestMethodConfig"),
    ("source-ip", "SourceIpConfig"),
];

/// What a redirect keeps of a request, if it does not say otherwise.
const KEPT: &[(&str, &str)] = &[
    ("Protocol", "#{protocol}"),
    ("Port", "#{port}"),
    ("Host", "#{host}"),
    ("Path", "/#{path}"),
    ("Query", "#{query}"),
];

/// Reads actions: `DefaultActions` of a listener or `Actions` of a rule; none if there is no such parameter.
///
/// # Errors
///
/// `ValidationError` for an action that lacks what its type needs.
pub(super) fn actions(
    parameters: &mut Parameters,
    name: &str,
) -> Result<Option<Vec<Document>>, ApiError> {
    let found = parameters.structures(name, |it| read(it, ACTION))?;
    if found.is_empty() {
        return Ok(None);
    }
    if found.len() > MOST {
        let text = format!("A listener or a rule has at most {MOST} actions");
        return Err(ApiError::new("TooManyActions", text));
    }
    found.into_iter().map(complete).collect::<Result<_, _>>().map(Some)
}

/// An action with what AWS fills in.
fn complete(action: Document) -> Result<Document, ApiError> {
    let kind = action.text_of("Type").unwrap_or_default().to_owned();
    let needs = |member: &str, inner: &str| match action.get(member).and_then(|it| it.get(inner)) {
        Some(_) => Ok(()),
        None => Err(validation(format!("An action of type '{kind}' needs {member} with {inner}"))),
    };
    match kind.as_str() {
        "" => return Err(validation("An action must have a type")),
        "forward" if arns(&action).is_empty() => {
            return Err(validation("A target group ARN must be specified"));
        }
        "redirect" => needs("RedirectConfig", "StatusCode")?,
        "fixed-response" => needs("FixedResponseConfig", "StatusCode")?,
        "authenticate-oidc" => needs("AuthenticateOidcConfig", "Issuer")?,
        "authenticate-cognito" => needs("AuthenticateCognitoConfig", "UserPoolArn")?,
        "jwt-validation" => needs("JwtValidationConfig", "JwksEndpoint")?,
        _ => {}
    }
    let Document::Fields(mut members) = action else { return Ok(action) };
    if let Some(Document::Fields(redirect)) = members.get_mut("RedirectConfig") {
        for (name, kept) in KEPT {
            let kept = || Document::Text((*kept).to_owned());
            redirect.entry((*name).to_owned()).or_insert_with(kept);
        }
    }
    Ok(Document::Fields(members))
}

/// Refuses actions that a kind of load balancer does not take: others than an application load balancer only forward.
///
/// # Errors
///
/// `InvalidLoadBalancerAction`.
pub(super) fn check(actions: &[Document], kind: LoadBalancerKind) -> Result<(), ApiError> {
    let odd = actions.iter().filter_map(|it| it.text_of("Type")).find(|it| *it != "forward");
    match odd.filter(|_| kind != LoadBalancerKind::Application) {
        Some(odd) => Err(ApiError::new(
            "InvalidLoadBalancerAction",
            format!(
                "Actions of type '{odd}' are not supported on load balancers of type '{}'",
                kind.text()
            ),
        )),
        None => Ok(()),
    }
}

/// Reads `Conditions`; none if there are none.
///
/// # Errors
///
/// `ValidationError` for a field that there is not, or one without values.
pub(super) fn conditions(parameters: &mut Parameters) -> Result<Option<Vec<Document>>, ApiError> {
    let found = parameters.structures("Conditions", |it| read(it, CONDITION))?;
    if found.is_empty() {
        return Ok(None);
    }
    found.into_iter().map(condition).collect::<Result<_, _>>().map(Some)
}

/// A condition with its values in both forms that AWS shows.
fn condition(condition: Document) -> Result<Document, ApiError> {
    let Document::Fields(mut members) = condition else { return Ok(condition) };
    let named = members.get("Field").and_then(Document::text).map(str::to_owned);
    let by_member = || FIELDS.iter().find(|(_, member)| members.contains_key(*member));
    let known = match &named {
        Some(field) => FIELDS.iter().find(|(name, _)| name == field),
        None => by_member(),
    };
    let Some((field, member)) = known else {
        let fields: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
        return Err(validation(format!(
            "Condition field '{}' must be one of '[{}]'",
            named.unwrap_or_default(),
            fields.join(", ")
        )));
    };
    members.insert("Field".to_owned(), Document::Text((*field).to_owned()));
    let has_both = matches!(*field, "host-header" | "path-pattern");
    if has_both {
        both(&mut members, member, "Values");
        both(&mut members, member, "RegexValues");
    }
    let own = members.get(*member);
    let is_empty =
        own.is_none_or(|it| it.get("Values").is_none() && it.get("RegexValues").is_none());
    if is_empty {
        return Err(validation(format!("A condition of the field '{field}' needs values")));
    }
    Ok(Document::Fields(members))
}

/// Puts a list into the structure if it stands beside it, and beside the structure if it stands there.
fn both(members: &mut BTreeMap<String, Document>, structure: &str, list: &str) {
    let inside = members.get(structure).and_then(|it| it.get(list)).cloned();
    let Some(values) = inside.or_else(|| members.get(list).cloned()) else { return };
    members.insert(list.to_owned(), values.clone());
    let inner =
        members.entry(structure.to_owned()).or_insert_with(|| Document::Fields(BTreeMap::new()));
    if let Document::Fields(inner) = inner {
        inner.insert(list.to_owned(), values);
    }
}

/// Reads `Transforms`.
///
/// # Errors
///
/// As the parameters give them.
pub(super) fn transforms(parameters: &mut Parameters) -> Result<Option<Vec<Document>>, ApiError> {
    let found = parameters.structures("Transforms", |it| read(it, TRANSFORM))?;
    Ok((!found.is_empty()).then_some(found))
}

/// Actions as replies show them: a single target group in both forms.
pub(super) fn show_actions(actions: &[Document], kind: LoadBalancerKind) -> Vec<Fields> {
    actions.iter().map(|action| show(&both_forms(action, kind), ACTION)).collect()
}

fn both_forms(action: &Document, kind: LoadBalancerKind) -> Document {
    let found = arns(action);
    let ([arn], Document::Fields(members)) = (found.as_slice(), action) else {
        return action.clone();
    };
    let mut members = members.clone();
    let text = |text: &str| Document::Text(text.to_owned());
    members.insert("TargetGroupArn".to_owned(), text(arn));
    members.entry("ForwardConfig".to_owned()).or_insert_with(|| {
        let is_weighted = kind == LoadBalancerKind::Application;
        let mut group = BTreeMap::from([("TargetGroupArn".to_owned(), text(arn))]);
        group.extend(is_weighted.then(|| ("Weight".to_owned(), text("1"))));
        let groups = Document::List(vec![Document::Fields(group)]);
        let mut forward = BTreeMap::from([("TargetGroups".to_owned(), groups)]);
        let stickiness = Document::of([("Enabled", "false")]);
        forward.extend(is_weighted.then(|| ("TargetGroupStickinessConfig".to_owned(), stickiness)));
        Document::Fields(forward)
    });
    Document::Fields(members)
}

/// Conditions as replies show them.
pub(super) fn show_conditions(conditions: &[Document]) -> Vec<Fields> {
    conditions.iter().map(|it| show(it, CONDITION)).collect()
}

/// Transforms as replies show them.
pub(super) fn show_transforms(transforms: &[Document]) -> Vec<Fields> {
    transforms.iter().map(|it| show(it, TRANSFORM)).collect()
}
