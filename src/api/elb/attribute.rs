//! The attributes of Classic Load Balancers. They change no answer and are kept under one key each.

use super::find;
use crate::{
    api::{
        balancing::flag, context::Context, error::ApiError, parameter::Parameters,
        service::Operation, shape::Fields,
    },
    model::{document::Attributes, load_balancer::LoadBalancer, load_balancer_change as model},
};

/// An attribute: its structure, its member, and its usual value; none means that it is shown only if it was set.
type Row = (&'static str, &'static str, Option<&'static str>);

const ROWS: &[Row] = &[
    ("CrossZoneLoadBalancing", "Enabled", Some("false")),
    ("AccessLog", "Enabled", Some("false")),
    ("AccessLog", "S3BucketName", None),
    ("AccessLog", "EmitInterval", None),
    ("AccessLog", "S3BucketPrefix", None),
    ("ConnectionDraining", "Enabled", Some("false")),
    ("ConnectionDraining", "Timeout", Some("300")),
    ("ConnectionSettings", "IdleTimeout", Some("60")),
];
const STRUCTURES: &[&str] =
    &["CrossZoneLoadBalancing", "AccessLog", "ConnectionDraining", "ConnectionSettings"];
/// The only one of the additional attributes.
const DESYNC: &str = "elb.http.desyncmitigationmode";

fn fields(balancer: &LoadBalancer) -> Fields {
    let mut all = Fields::new();
    for structure in STRUCTURES {
        let rows = ROWS.iter().filter(|(of, ..)| of == structure);
        let shown = rows.fold(Fields::new(), |shown, (_, member, usual)| {
            let set = balancer.attribute(&format!("{structure}.{member}"));
            shown.maybe(member, set.or(*usual))
        });
        all = all.fields(structure, shown);
    }
    let desync = balancer.attribute(DESYNC).unwrap_or("defensive");
    all.list("AdditionalAttributes", [Fields::new().set("Key", DESYNC).set("Value", desync)])
}

/// `DescribeLoadBalancerAttributes`.
pub(in crate::api) struct DescribeLoadBalancerAttributes(String);

impl Operation for DescribeLoadBalancerAttributes {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("LoadBalancerName").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let balancer = find(context, &self.0)?;
        Ok(Fields::new().fields("LoadBalancerAttributes", fields(balancer)))
    }
}

/// `ModifyLoadBalancerAttributes`.
pub(in crate::api) struct ModifyLoadBalancerAttributes(String, Attributes);

impl Operation for ModifyLoadBalancerAttributes {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("LoadBalancerName")?;
        let given = parameters.structure("LoadBalancerAttributes", |it| {
            let mut set = Attributes::new();
            for (structure, member, _) in ROWS {
                let path = format!("{structure}.{member}");
                let value = match *member {
                    "Enabled" => flag(it, &path)?.map(|it| it.to_string()),
                    "Timeout" | "IdleTimeout" => {
                        it.number(&path, 1..=3_600)?.map(|it| it.to_string())
                    }
                    _ => it.text(&path)?,
                };
                set.extend(value.map(|value| (path, value)));
            }
            let more = it.structures("AdditionalAttributes", |more| {
                Ok((more.required("Key")?, more.text("Value")?.unwrap_or_default()))
            })?;
            for (key, value) in more {
                if key != DESYNC {
                    let text = format!("The load balancer attribute '{key}' is not known");
                    return Err(ApiError::new("LoadBalancerAttributeNotFound", text));
                }
                set.insert(key, value);
            }
            Ok(set)
        })?;
        let missing = || parameters.missing("LoadBalancerAttributes");
        Ok(Self(name, given.ok_or_else(missing)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let name = find(context, &self.0)?.dns_name.clone();
        let change = model::ModifyLoadBalancerAttributes {
            load_balancer: name.clone(),
            attributes: self.1,
            classic: None,
        };
        let after = context.commit(&[change.into()])?;
        let balancer = after.world.balancer(&name)?;
        Ok(Fields::new()
            .set("LoadBalancerName", &balancer.label)
            .fields("LoadBalancerAttributes", fields(balancer)))
    }
}
