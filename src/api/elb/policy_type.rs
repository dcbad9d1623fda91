//! The types of policies that a Classic Load Balancer may have, and their attributes.
//!
//! The many ciphers and protocols of `SSLNegotiationPolicyType` are taken without a table of them.

use crate::api::{
    balancing::configuration, context::Context, error::ApiError, parameter::Parameters,
    service::Operation, shape::Fields,
};

/// An attribute of a type: its name, the type of its value, and how many of it there may be.
type Attribute = (&'static str, &'static str, &'static str);

/// A type of policies.
struct Type {
    name: &'static str,
    description: &'static str,
    attributes: &'static [Attribute],
}

const TYPES: &[Type] = &[
    Type {
        name: "AppCookieStickinessPolicyType",
        description: "Sessions stick to an instance as long as the cookie of the application says.",
        attributes: &[("CookieName", "String", "ONE")],
    },
    Type {
        name: "BackendServerAuthenticationPolicyType",
        description: "Names the public keys that the instances must prove to have.",
        attributes: &[("PublicKeyPolicyName", "PolicyName", "ONE_OR_MORE")],
    },
    Type {
        name: "LBCookieStickinessPolicyType",
        description: "Sessions stick to an instance for the lifetime of the load balancer's own cookie.",
        attributes: &[("CookieExpirationPeriod", "Long", "ZERO_OR_ONE")],
    },
    Type {
        name: "ProxyProtocolPolicyType",
        description: "Tells the instances the client's address and port by the proxy protocol.",
        attributes: &[("ProxyProtocol", "Boolean", "ONE")],
    },
    Type {
        name: "PublicKeyPolicyType",
        description: "Holds a public key of the instances.",
        attributes: &[("PublicKey", "String", "ONE")],
    },
    Type {
        name: "SSLNegotiationPolicyType",
        description: "The protocols and ciphers of a listener that uses SSL, or the name of a ready policy.",
        attributes: &[("Reference-Security-Policy", "String", "ZERO_OR_ONE")],
    },
];

/// Refuses a type that there is not, and attributes that it does not take.
///
/// # Errors
///
/// `PolicyTypeNotFound`, `InvalidConfigurationRequest`.
pub(super) fn check(name: &str, given: &[(String, String)]) -> Result<(), ApiError> {
    let Some(kind) = TYPES.iter().find(|it| it.name == name) else {
        return Err(not_found(name));
    };
    let is_open = name == "SSLNegotiationPolicyType";
    let is_known = |name: &str| kind.attributes.iter().any(|(known, ..)| *known == name);
    if let Some((name, _)) = given.iter().find(|(name, _)| !is_open && !is_known(name)) {
        let text = format!("{name} is not an attribute of policies of type {}", kind.name);
        return Err(configuration(text));
    }
    for (attribute, _, cardinality) in kind.attributes {
        let count = given.iter().filter(|(name, _)| name == attribute).count();
        let is_legal = match *cardinality {
            "ONE" => count == 1,
            "ONE_OR_MORE" => count >= 1,
            _ => count <= 1,
        };
        if !is_legal {
            let text = format!("A policy of type {name} needs {cardinality} of {attribute}");
            return Err(configuration(text));
        }
    }
    Ok(())
}

fn not_found(name: &str) -> ApiError {
    ApiError::new("PolicyTypeNotFound", format!("There is no policy type with name {name}"))
}

fn fields(kind: &Type) -> Fields {
    let attribute = |(name, of, cardinality): &Attribute| {
        Fields::new()
            .set("AttributeName", name)
            .set("AttributeType", of)
            .set("Cardinality", cardinality)
    };
    Fields::new()
        .set("PolicyTypeName", kind.name)
        .set("Description", kind.description)
        .list("PolicyAttributeTypeDescriptions", kind.attributes.iter().map(attribute))
}

/// `DescribeLoadBalancerPolicyTypes`.
pub(in crate::api) struct DescribeLoadBalancerPolicyTypes(Vec<String>);

impl Operation for DescribeLoadBalancerPolicyTypes {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.list("PolicyTypeNames").map(Self)
    }

    fn run(self, _: &Context<'_>) -> Result<Fields, ApiError> {
        let mut shown = Vec::new();
        for name in &self.0 {
            let found = TYPES.iter().find(|it| it.name == name);
            shown.push(fields(found.ok_or_else(|| not_found(name))?));
        }
        if self.0.is_empty() {
            shown.extend(TYPES.iter().map(fields));
        }
        Ok(Fields::new().list("PolicyTypeDescriptions", shown))
    }
}
