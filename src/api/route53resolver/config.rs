//! What is set for a VPC: autodefined reverse names, DNSSEC validation, and whether queries pass while the firewall fails.

use super::{listing::Listing, only, own_vpc};
use crate::{
    api::{
        context::Context, error::ApiError, own::Owned, parameter::Parameters, service::Operation,
        shape::Fields,
    },
    model::{
        firewall::UpdateFirewallConfig as UpdateFirewall,
        id::{VpcId, derived},
        resolver_config as model,
        world::World,
    },
};

fn switched(on: bool) -> &'static str {
    if on { "ENABLED" } else { "DISABLED" }
}

/// A kind of setting, which these actions share.
#[derive(Clone, Copy)]
enum Setting {
    Reverse,
    Dnssec,
    Firewall,
}

impl Setting {
    /// The setting of a VPC as replies show it.
    fn fields(self, world: &World, vpc: VpcId) -> Fields {
        let owner = world.vpcs.get(&vpc).map_or("", |vpc| &*vpc.owner);
        let (prefix, name, on) = match self {
            Self::Reverse => {
                let on = world.vpcs.get(&vpc).is_none_or(|vpc| vpc.autodefined_reverse);
                ("rslvr-rc", "AutodefinedReverse", on)
            }
            Self::Dnssec => ("rdsc", "ValidationStatus", world.members(vpc).dnssec_validation),
            Self::Firewall => {
                ("rslvr-fc", "FirewallFailOpen", world.members(vpc).firewall_fail_open)
            }
        };
        Fields::new()
            .set("Id", derived(prefix, &vpc.to_string()))
            .set("ResourceId", vpc)
            .set("OwnerId", owner)
            .set(name, switched(on))
    }

    fn reply(self) -> &'static str {
        match self {
            Self::Reverse => "ResolverConfig",
            Self::Dnssec => "ResolverDNSSECConfig",
            Self::Firewall => "FirewallConfig",
        }
    }
}

/// The setting of the VPC that a request names.
fn get(context: &Context<'_>, setting: Setting, text: &str) -> Result<Fields, ApiError> {
    let vpc = own_vpc(context, text)?;
    Ok(only(setting.reply(), setting.fields(context.world(), vpc)))
}

/// The settings of the caller's VPCs.
fn all(context: &Context<'_>, setting: Setting) -> Vec<(String, Fields)> {
    let world = context.world();
    let own = world.vpcs.keys().filter(|vpc| vpc.find(context).is_some());
    own.map(|vpc| (vpc.to_string(), setting.fields(world, *vpc))).collect()
}

fn resource(parameters: &mut Parameters) -> Result<String, ApiError> {
    parameters.required_limited("ResourceId", 1..=64)
}

/// A word that must be there.
fn required_word(
    parameters: &mut Parameters,
    name: &str,
    words: &[&str],
) -> Result<String, ApiError> {
    parameters.one_of(name, words)?.ok_or_else(|| parameters.missing(name))
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $setting:ident;)*) => {$(
        $(#[$doc])*
        pub(in crate::api) struct $name(String);

        impl Operation for $name {
            fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
                resource(parameters).map(Self)
            }

            fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
                get(context, Setting::$setting, &self.0)
            }
        }
    )*};
}

getters! {
    /// `GetFirewallConfig`.
    GetFirewallConfig: Firewall;
    /// `GetResolverConfig`.
    GetResolverConfig: Reverse;
    /// `GetResolverDnssecConfig`.
    GetResolverDnssecConfig: Dnssec;
}

/// `ListFirewallConfigs`.
pub(in crate::api) struct ListFirewallConfigs(Listing);

impl Operation for ListFirewallConfigs {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Listing::read(parameters, &[]).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(self.0.reply("FirewallConfigs", all(context, Setting::Firewall)))
    }
}

/// `ListResolverConfigs`.
pub(in crate::api) struct ListResolverConfigs(Listing);

impl Operation for ListResolverConfigs {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Listing::read(parameters, &[]).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(self.0.reply("ResolverConfigs", all(context, Setting::Reverse)))
    }
}

/// `ListResolverDnssecConfigs`: the VPCs that validate.
pub(in crate::api) struct ListResolverDnssecConfigs(Listing);

impl Operation for ListResolverDnssecConfigs {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Listing::read(parameters, &["ResourceId", "ValidationStatus"]).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let mut configs = all(context, Setting::Dnssec);
        configs.retain(|(vpc, fields)| {
            let status = fields.at("ValidationStatus").pop().unwrap_or_default();
            status == "ENABLED"
                && self.0.passes(&[("ResourceId", vpc.clone()), ("ValidationStatus", status)])
        });
        Ok(self.0.reply("ResolverDnssecConfigs", configs))
    }
}

/// `UpdateResolverConfig`.
pub(in crate::api) struct UpdateResolverConfig(String, String);

impl Operation for UpdateResolverConfig {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let words = ["ENABLE", "DISABLE", "USE_LOCAL_RESOURCE_SETTING"];
        Ok(Self(
            resource(parameters)?,
            required_word(parameters, "AutodefinedReverseFlag", &words)?,
        ))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let vpc = own_vpc(context, &self.0)?;
        let autodefined_reverse = self.1 != "DISABLE";
        let after =
            context.commit(&[model::UpdateResolverConfig { vpc, autodefined_reverse }.into()])?;
        Ok(only("ResolverConfig", Setting::Reverse.fields(&after.world, vpc)))
    }
}

/// `UpdateResolverDnssecConfig`.
pub(in crate::api) struct UpdateResolverDnssecConfig(String, String);

impl Operation for UpdateResolverDnssecConfig {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let words = ["ENABLE", "DISABLE", "USE_LOCAL_RESOURCE_SETTING"];
        Ok(Self(resource(parameters)?, required_word(parameters, "Validation", &words)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let vpc = own_vpc(context, &self.0)?;
        let validation = self.1 == "ENABLE";
        let after =
            context.commit(&[model::UpdateResolverDnssecConfig { vpc, validation }.into()])?;
        Ok(only("ResolverDNSSECConfig", Setting::Dnssec.fields(&after.world, vpc)))
    }
}

/// `UpdateFirewallConfig`.
pub(in crate::api) struct UpdateFirewallConfig(String, String);

impl Operation for UpdateFirewallConfig {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let words = ["ENABLED", "DISABLED", "USE_LOCAL_RESOURCE_SETTING"];
        Ok(Self(resource(parameters)?, required_word(parameters, "FirewallFailOpen", &words)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let vpc = own_vpc(context, &self.0)?;
        let failing = context.world().members(vpc).firewall_failing;
        let change = UpdateFirewall { vpc, fail_open: self.1 == "ENABLED", failing };
        let after = context.commit(&[change.into()])?;
        Ok(only("FirewallConfig", Setting::Firewall.fields(&after.world, vpc)))
    }
}
