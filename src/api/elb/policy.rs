//! The policies of Classic Load Balancers: kept, shown, and enabled for listeners and for the instances behind.
//!
//! Which attributes a type of policies has is in `policy_type.rs`.

use super::{edit, find, listener::port, policy_type};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        classic_edit::{ClassicEdit, PREDEFINED},
        document::Document,
        load_balancer::ClassicPolicies,
    },
};

const APP_COOKIE: &str = "AppCookieStickinessPolicyType";
const BALANCER_COOKIE: &str = "LBCookieStickinessPolicyType";

fn policy(name: &str, kind: &str, attributes: &[(String, String)]) -> Document {
    let attribute = |(name, value): &(String, String)| {
        Document::of([("AttributeName", name), ("AttributeValue", value)])
    };
    let attributes = Document::List(attributes.iter().map(attribute).collect());
    let mut document = Document::of([("PolicyName", name), ("PolicyTypeName", kind)]);
    if let Document::Fields(members) = &mut document {
        members.insert("PolicyAttributeDescriptions".to_owned(), attributes);
    }
    document
}

fn attribute<'p>(policy: &'p Document, name: &str) -> Option<&'p str> {
    let mut all = policy.items_of("PolicyAttributeDescriptions").iter();
    all.find(|it| it.text_of("AttributeName") == Some(name))?.text_of("AttributeValue")
}

fn not_found(name: &str) -> ApiError {
    ApiError::new("PolicyNotFound", format!("There is no policy with name {name}"))
}

/// The policies as `DescribeLoadBalancers` shows them: the cookies of both kinds, and the names of all others.
pub(super) fn by_kind(policies: &ClassicPolicies) -> Fields {
    let of = |kind: &'static str| {
        policies.all.iter().filter(move |it| it.text_of("PolicyTypeName") == Some(kind))
    };
    let shown = |it: &Document, member, from| {
        Fields::new()
            .maybe("PolicyName", it.text_of("PolicyName"))
            .maybe(member, attribute(it, from))
    };
    let app = of(APP_COOKIE).map(|it| shown(it, "CookieName", "CookieName"));
    let period = "CookieExpirationPeriod";
    let own = of(BALANCER_COOKIE).map(|it| shown(it, period, period));
    let is_other = |it: &&Document| {
        !matches!(it.text_of("PolicyTypeName"), Some(APP_COOKIE | BALANCER_COOKIE))
    };
    let others = policies.all.iter().filter(is_other).filter_map(|it| it.text_of("PolicyName"));
    Fields::new()
        .list("AppCookieStickinessPolicies", app)
        .list("LBCookieStickinessPolicies", own)
        .texts("OtherPolicies", others)
}

/// A policy as replies show it.
fn fields(policy: &Document) -> Fields {
    let attribute = |it: &Document| {
        Fields::new()
            .maybe("AttributeName", it.text_of("AttributeName"))
            .maybe("AttributeValue", it.text_of("AttributeValue"))
    };
    let attributes = policy.items_of("PolicyAttributeDescriptions").iter().map(attribute);
    Fields::new()
        .maybe("PolicyName", policy.text_of("PolicyName"))
        .maybe("PolicyTypeName", policy.text_of("PolicyTypeName"))
        .list("PolicyAttributeDescriptions", attributes)
}

/// The names of a load balancer and of one of its policies.
fn names(parameters: &mut Parameters) -> Result<(String, String), ApiError> {
    Ok((parameters.required("LoadBalancerName")?, parameters.required("PolicyName")?))
}

/// `CreateAppCookieStickinessPolicy`.
pub(in crate::api) struct CreateAppCookieStickinessPolicy(String, Document);

impl Operation for CreateAppCookieStickinessPolicy {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (balancer, name) = names(parameters)?;
        let cookie = ("CookieName".to_owned(), parameters.required("CookieName")?);
        Ok(Self(balancer, policy(&name, APP_COOKIE, &[cookie])))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        edit(context, &self.0, ClassicEdit::AddPolicy(self.1))
    }
}

/// `CreateLBCookieStickinessPolicy`.
pub(in crate::api) struct CreateLBCookieStickinessPolicy(String, Document);

impl Operation for CreateLBCookieStickinessPolicy {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (balancer, name) = names(parameters)?;
        let period = parameters.number("CookieExpirationPeriod", 0..=u64::MAX)?;
        let period = period.map(|it| ("CookieExpirationPeriod".to_owned(), it.to_string()));
        Ok(Self(balancer, policy(&name, BALANCER_COOKIE, period.as_slice())))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        edit(context, &self.0, ClassicEdit::AddPolicy(self.1))
    }
}

/// `CreateLoadBalancerPolicy`.
pub(in crate::api) struct CreateLoadBalancerPolicy(String, Document);

impl Operation for CreateLoadBalancerPolicy {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (balancer, name) = names(parameters)?;
        let kind = parameters.required("PolicyTypeName")?;
        let given = parameters.structures("PolicyAttributes", |it| {
            Ok((it.required("AttributeName")?, it.text("AttributeValue")?.unwrap_or_default()))
        })?;
        policy_type::check(&kind, &given)?;
        Ok(Self(balancer, policy(&name, &kind, &given)))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        edit(context, &self.0, ClassicEdit::AddPolicy(self.1))
    }
}

/// `DeleteLoadBalancerPolicy`: done, too, if there is no such policy.
pub(in crate::api) struct DeleteLoadBalancerPolicy(String, String);

impl Operation for DeleteLoadBalancerPolicy {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        names(parameters).map(|(balancer, name)| Self(balancer, name))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        edit(context, &self.0, ClassicEdit::RemovePolicy(self.1))
    }
}

/// `DescribeLoadBalancerPolicies`: those of a load balancer, else those that AWS has ready.
pub(in crate::api) struct DescribeLoadBalancerPolicies(Option<String>, Vec<String>);

impl Operation for DescribeLoadBalancerPolicies {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(parameters.text("LoadBalancerName")?, parameters.list("PolicyNames")?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let ready = |name: &&str| {
            let reference = ("Reference-Security-Policy".to_owned(), (*name).to_owned());
            policy(name, "SSLNegotiationPolicyType", &[reference])
        };
        let all: Vec<Document> = match &self.0 {
            Some(name) => find(context, name)?.options.classic_policies.all.clone(),
            None => PREDEFINED.iter().map(ready).collect(),
        };
        let mut shown = Vec::new();
        for name in &self.1 {
            let found = all.iter().find(|it| it.text_of("PolicyName") == Some(name));
            shown.push(fields(found.ok_or_else(|| not_found(name))?));
        }
        if self.1.is_empty() {
            shown.extend(all.iter().map(fields));
        }
        Ok(Fields::new().list("PolicyDescriptions", shown))
    }
}

/// What a request enables at a port.
struct Enabled {
    balancer: String,
    port: String,
    names: Vec<String>,
}

impl Enabled {
    fn read(parameters: &mut Parameters, name: &str) -> Result<Self, ApiError> {
        Ok(Self {
            balancer: parameters.required("LoadBalancerName")?,
            port: port(parameters, name)?.to_string(),
            names: parameters.list("PolicyNames")?,
        })
    }
}

/// `SetLoadBalancerPoliciesOfListener`: the policies replace those it had.
pub(in crate::api) struct SetLoadBalancerPoliciesOfListener(Enabled);

impl Operation for SetLoadBalancerPoliciesOfListener {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Enabled::read(parameters, "LoadBalancerPort").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Enabled { balancer, port, names } = self.0;
        edit(context, &balancer, ClassicEdit::SetListenerPolicies { port, names })
    }
}

/// `SetLoadBalancerPoliciesForBackendServer`.
pub(in crate::api) struct SetLoadBalancerPoliciesForBackendServer(Enabled);

impl Operation for SetLoadBalancerPoliciesForBackendServer {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Enabled::read(parameters, "InstancePort").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Enabled { balancer, port, names } = self.0;
        edit(context, &balancer, ClassicEdit::SetBackendPolicies { port, names })
    }
}
