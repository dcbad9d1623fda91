//! `ModifyInstanceAttribute` and `DescribeInstanceAttribute`, one attribute in each call.

use std::sync::Arc;

use data_encoding::BASE64;

use super::{
    Operation,
    instance::metadata,
    instance_option::{cpu_credits, instance_type, metadata_choices, user_data},
    instance_run::required,
    security_group, volume,
};
use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    model::{
        guest::{Guest, MetadataChoices, SetGuest},
        id::{InstanceId, SecurityGroupId},
        instance::{Instance, InstanceState, NameOptions},
        instance_life::{self, InstanceAttribute},
        volume::ROOT_DEVICE,
        world::Tags,
    },
};

/// What `ModifyInstanceAttribute` changes.
enum Attribute {
    Model(InstanceAttribute),
    UserData(Option<Arc<[u8]>>),
}

/// `ModifyInstanceAttribute`.
pub(super) struct ModifyInstanceAttribute {
    id: InstanceId,
    attribute: Attribute,
}

impl Operation for ModifyInstanceAttribute {
    const WITHOUT_EFFECT: &'static [&'static str] = &[
        "BlockDeviceMapping",
        "EnaSupport",
        "EnclaveOptions",
        "Kernel",
        "Ramdisk",
        "SriovNetSupport",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let id = parameters.required_id("InstanceId")?;
        let mut given = Vec::new();
        // The older form names the attribute; the newer one is a structure for each.
        let named = parameters.text("Attribute")?;
        if named.is_none() && parameters.text("Value")?.is_some() {
            return Err(ApiError::new(
                "InvalidParameterCombination",
                "The parameter Value must be used with the parameter Attribute.",
            ));
        }
        let shutdown = [("stop", false), ("terminate", true)];
        let forms = named.is_some().then_some("Value");
        let of = |attribute: &str| match &named {
            Some(named) if named == attribute => forms.map(str::to_owned),
            Some(_) => None,
            None => {
                Some(format!("{}{}.Value", attribute[..1].to_ascii_uppercase(), &attribute[1..]))
            }
        };
        if let Some(name) = of("instanceType")
            && let Some(text) = parameters.text(&name)?
        {
            given.push(Attribute::Model(InstanceAttribute::InstanceType(instance_type(&text)?)));
        }
        type Flag = fn(bool) -> InstanceAttribute;
        let flags: [(&str, Flag); 4] = [
            ("disableApiTermination", InstanceAttribute::TerminationProtection),
            ("disableApiStop", InstanceAttribute::StopProtection),
            ("sourceDestCheck", InstanceAttribute::SourceDestCheck),
            ("ebsOptimized", InstanceAttribute::EbsOptimized),
        ];
        for (attribute, make) in flags {
            if let Some(name) = of(attribute)
                && let Some(value) = parameters.boolean(&name)?
            {
                given.push(Attribute::Model(make(value)));
            }
        }
        if let Some(name) = of("instanceInitiatedShutdownBehavior")
            && let Some(value) = parameters.word(&name, &shutdown)?
        {
            given.push(Attribute::Model(InstanceAttribute::ShutdownTerminates(value)));
        }
        if let Some(name) = of("userData").filter(|name| parameters.holds(name)) {
            given.push(Attribute::UserData(user_data(parameters, &name)?));
        }
        let groups: Vec<SecurityGroupId> = parameters.ids("GroupId")?;
        if !groups.is_empty() {
            given.push(Attribute::Model(InstanceAttribute::Groups(groups)));
        }
        match (given.pop(), given.is_empty()) {
            (Some(attribute), true) => Ok(Self { id, attribute }),
            (Some(_), false) => Err(ApiError::new(
                "InvalidParameterCombination",
                "Fields for multiple attribute types specified",
            )),
            (None, _) => {
                Err(ApiError::new("InvalidParameterCombination", "No attributes specified."))
            }
        }
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let instance = required(context, self.id)?;
        let change = match self.attribute {
            Attribute::Model(attribute) => {
                instance_life::ModifyInstanceAttribute { instance: self.id, attribute }.into()
            }
            Attribute::UserData(_) if instance.state == InstanceState::Running => {
                return Err(ApiError::new(
                    "IncorrectInstanceState",
                    format!("The instance '{}' is not in the 'stopped' state.", self.id),
                ));
            }
            Attribute::UserData(user_data) => {
                let guest = Guest { user_data, ..context.world().guest(self.id) };
                SetGuest { instance: self.id, guest }.into()
            }
        };
        context.commit(&[change])?;
        Ok(Fields::done())
    }
}

/// `DescribeInstanceAttribute`.
pub(super) struct DescribeInstanceAttribute {
    id: InstanceId,
    attribute: &'static str,
}

impl Operation for DescribeInstanceAttribute {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let known = [
            "instanceType",
            "userData",
            "disableApiTermination",
            "disableApiStop",
            "instanceInitiatedShutdownBehavior",
            "rootDeviceName",
            "blockDeviceMapping",
            "sourceDestCheck",
            "groupSet",
            "ebsOptimized",
            "enaSupport",
            "sriovNetSupport",
            "kernel",
            "ramdisk",
            "productCodes",
        ];
        let attribute = parameters.word("Attribute", &known.map(|word| (word, word)))?;
        Ok(Self {
            id: parameters.required_id("InstanceId")?,
            attribute: attribute.ok_or_else(|| ApiError::missing("Attribute"))?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let world = context.world();
        let instance = context.own(self.id)?;
        let launch = &instance.launch;
        let reply = Fields::new().set("instanceId", self.id);
        let value = |value: String| Fields::new().set("value", value);
        let shutdown = if launch.shutdown_terminates { "terminate" } else { "stop" };
        let text = match self.attribute {
            "instanceType" => instance.instance_type.to_string(),
            "disableApiTermination" => launch.termination_protection.to_string(),
            "disableApiStop" => launch.stop_protection.to_string(),
            "instanceInitiatedShutdownBehavior" => shutdown.to_owned(),
            "rootDeviceName" => ROOT_DEVICE.to_owned(),
            "sourceDestCheck" => instance.interface.source_dest_check.to_string(),
            "ebsOptimized" => launch.ebs_optimized.to_string(),
            "enaSupport" => true.to_string(),
            "userData" => match world.guest(self.id).user_data {
                Some(data) => BASE64.encode(&data),
                None => return Ok(reply.fields("userData", Fields::new())),
            },
            "groupSet" => {
                let groups = security_group::references(world, &instance.interface.groups);
                return Ok(reply.list("groupSet", groups));
            }
            "blockDeviceMapping" => {
                return Ok(reply.list("blockDeviceMapping", volume::block_devices(instance)));
            }
            "productCodes" => return Ok(reply.list("productCodes", [])),
            absent => return Ok(reply.fields(absent, Fields::new())),
        };
        Ok(reply.fields(self.attribute, value(text)))
    }
}

/// `ModifyPrivateDnsNameOptions`.
pub(super) struct ModifyPrivateDnsNameOptions {
    id: InstanceId,
    resource_name: Option<bool>,
    a: Option<bool>,
    aaaa: Option<bool>,
}

impl Operation for ModifyPrivateDnsNameOptions {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            id: parameters.required_id("InstanceId")?,
            resource_name: parameters
                .word("PrivateDnsHostnameType", &[("ip-name", false), ("resource-name", true)])?,
            a: parameters.boolean("EnableResourceNameDnsARecord")?,
            aaaa: parameters.boolean("EnableResourceNameDnsAAAARecord")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let old = required(context, self.id)?.name_options;
        let attribute = InstanceAttribute::Names(NameOptions {
            resource_name: self.resource_name.unwrap_or(old.resource_name),
            resource_name_a: self.a.unwrap_or(old.resource_name_a),
            resource_name_aaaa: self.aaaa.unwrap_or(old.resource_name_aaaa),
        });
        let change = instance_life::ModifyInstanceAttribute { instance: self.id, attribute };
        context.commit(&[change.into()])?;
        Ok(Fields::done())
    }
}

/// `ModifyInstanceMetadataOptions`.
pub(super) struct ModifyInstanceMetadataOptions {
    id: InstanceId,
    choices: MetadataChoices,
}

impl Operation for ModifyInstanceMetadataOptions {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let id = parameters.required_id("InstanceId")?;
        Ok(Self { id, choices: metadata_choices(parameters, "")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        required(context, self.id)?;
        let guest = context.world().guest(self.id);
        let options = self.choices.over(guest.options);
        let change = SetGuest { instance: self.id, guest: Guest { options, ..guest } };
        context.commit(&[change.into()])?;
        Ok(Fields::new()
            .set("instanceId", self.id)
            .fields("instanceMetadataOptions", metadata(options)))
    }
}

/// Whether a type earns CPU credits.
fn is_burstable(instance_type: &str) -> bool {
    matches!(instance_type.split('.').next(), Some("t2" | "t3" | "t3a" | "t4g"))
}

/// `ModifyInstanceCreditSpecification`.
pub(super) struct ModifyInstanceCreditSpecification {
    given: Vec<(InstanceId, Arc<str>)>,
}

impl Operation for ModifyInstanceCreditSpecification {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let given = parameters.structures("InstanceCreditSpecification", |one| {
            let credits = cpu_credits(one, "CpuCredits")?;
            let credits = credits.ok_or_else(|| ApiError::missing("CpuCredits"))?;
            Ok((one.anyones_id("InstanceId")?, credits))
        })?;
        if given.is_empty() {
            return Err(ApiError::missing("InstanceCreditSpecification"));
        }
        Ok(Self { given })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (mut done, mut failed, mut changes) = (Vec::new(), Vec::new(), Vec::new());
        for (id, credits) in self.given {
            let shown = Fields::new().set("instanceId", id);
            let error = match required(context, id) {
                Err(error) => error,
                Ok(instance) if !is_burstable(&instance.instance_type) => unsupported(id),
                Ok(_) => {
                    let attribute = InstanceAttribute::CpuCredits(credits);
                    let change = instance_life::ModifyInstanceAttribute { instance: id, attribute };
                    changes.push(change.into());
                    done.push(shown);
                    continue;
                }
            };
            if context.is_rehearsal() {
                return Err(error);
            }
            let error = Fields::new().set("code", error.code).set("message", error.message);
            failed.push(shown.fields("error", error));
        }
        context.commit(&changes)?;
        Ok(Fields::new()
            .list("successfulInstanceCreditSpecificationSet", done)
            .list("unsuccessfulInstanceCreditSpecificationSet", failed))
    }
}

fn unsupported(id: InstanceId) -> ApiError {
    ApiError::new(
        "InstanceCreditSpecification.NotSupported",
        format!("The instance ID '{id}' does not support CPU credits"),
    )
}

/// `DescribeInstanceCreditSpecifications`.
pub(super) type DescribeInstanceCreditSpecifications = Listing<CreditSpecifications>;

/// The burstable instances with these ids, or all that are unlimited.
pub(super) struct CreditSpecifications(Vec<InstanceId>);

impl Describe for CreditSpecifications {
    type Item<'c> = &'c Arc<Instance>;

    const LIST: &'static str = "instanceCreditSpecificationSet";

    const FILTERS: Filters<Self> = &[("instance-id", |it, _| texts([it.id]))];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("InstanceId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        for id in &self.0 {
            if !is_burstable(&context.own(*id)?.instance_type) {
                return Err(unsupported(*id));
            }
        }
        let mut found = context.all_own(&self.0, context.world().instances.keys());
        if self.0.is_empty() {
            found.retain(|it| is_burstable(&it.instance_type) && credits(it) == "unlimited");
        }
        Ok(found)
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.id.to_string()
    }

    fn tags<'i>(it: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&it.tags)
    }

    fn fields(_: &Context<'_>, it: Self::Item<'_>) -> Fields {
        Fields::new().set("instanceId", it.id).set("cpuCredits", credits(it))
    }
}

/// How a burstable instance is charged for CPU: as asked, else as its family usually is.
fn credits(instance: &Instance) -> &str {
    let usual = if instance.instance_type.starts_with("t2.") { "standard" } else { "unlimited" };
    instance.launch.cpu_credits.as_deref().unwrap_or(usual)
}
