//! Health checks, as far as records name them. Nothing is checked: `Inverted` is the switch that makes one unhealthy.

use std::{collections::BTreeMap, sync::Arc};

use super::paging::max_items;
use crate::{
    api::{
        context::{Context, random},
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time},
    },
    model::{
        health_check::{self as model, HealthCheck, MOST_STEPS, no_such_check},
        id::HealthCheckId,
        world::Tags,
    },
};

/// The health checks on a page at most.
const PAGE: usize = 100;
/// The regions whose checkers look at an endpoint, if a request names none.
const REGIONS: &[&str] = &[
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1",
];
const TYPES: &[&str] = &[
    "HTTP",
    "HTTPS",
    "HTTP_STR_MATCH",
    "HTTPS_STR_MATCH",
    "TCP",
    "CALCULATED",
    "CLOUDWATCH_METRIC",
    "RECOVERY_CONTROL",
];

/// The settings that are texts, numbers and flags, by the name that AWS gives them, in the order in which it shows them.
const TEXTS: &[(&str, Kind)] = &[
    ("IPAddress", Kind::Text(45)),
    ("Port", Kind::Number(1, 65_535)),
    ("Type", Kind::Text(32)),
    ("ResourcePath", Kind::Text(255)),
    ("FullyQualifiedDomainName", Kind::Text(255)),
    ("SearchString", Kind::Text(255)),
    ("RequestInterval", Kind::Number(10, 30)),
    ("FailureThreshold", Kind::Number(1, 10)),
    ("MeasureLatency", Kind::Flag),
    ("Inverted", Kind::Flag),
    ("Disabled", Kind::Flag),
    ("HealthThreshold", Kind::Number(0, 256)),
    ("EnableSNI", Kind::Flag),
    ("InsufficientDataHealthStatus", Kind::Text(32)),
    ("RoutingControlArn", Kind::Text(255)),
];

#[derive(Clone, Copy)]
enum Kind {
    Text(usize),
    Number(u64, u64),
    Flag,
}

/// What a request says of a health check.
#[derive(Default)]
struct Settings {
    values: BTreeMap<Arc<str>, Arc<str>>,
    regions: Option<Vec<Arc<str>>>,
    children: Option<Vec<HealthCheckId>>,
}

fn read_id(text: &str) -> Result<HealthCheckId, ApiError> {
    text.parse().map_err(|_| no_such_check(text).into())
}

impl Settings {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let mut settings = Self::default();
        for (name, kind) in TEXTS {
            let value = match kind {
                Kind::Text(most) => parameters.limited(name, 0..=*most)?,
                Kind::Number(least, most) => {
                    parameters.number(name, *least..=*most)?.map(|it| it.to_string())
                }
                Kind::Flag => parameters.boolean(name)?.map(|it| it.to_string()),
            };
            if let Some(value) = value {
                settings.values.insert(Arc::from(*name), value.into());
            }
        }
        let alarm = parameters.structure("AlarmIdentifier", |alarm| {
            Ok((
                alarm.required_limited("Region", 1..=64)?,
                alarm.required_limited("Name", 1..=256)?,
            ))
        })?;
        if let Some((region, name)) = alarm {
            settings.values.insert("AlarmIdentifier.Region".into(), region.into());
            settings.values.insert("AlarmIdentifier.Name".into(), name.into());
        }
        let regions = parameters.list("Regions")?;
        settings.regions =
            (!regions.is_empty()).then(|| regions.into_iter().map(Arc::from).collect());
        let children = parameters.list("ChildHealthChecks")?;
        if !children.is_empty() {
            let read: Result<Vec<_>, _> = children.iter().map(|text| read_id(text)).collect();
            settings.children = Some(read?);
        }
        Ok(settings)
    }
}

/// A health check as replies show it.
fn fields(check: &HealthCheck) -> Fields {
    let mut config = Fields::new();
    for (name, kind) in TEXTS {
        let Some(value) = check.setting(name) else { continue };
        config = match kind {
            Kind::Flag => config.set(name, value == "true"),
            _ => config.set(name, value),
        };
    }
    if !check.children.is_empty() {
        config = config.texts("ChildHealthChecks", check.children.iter().map(ToString::to_string));
    }
    if !check.regions.is_empty() {
        config = config.texts("Regions", check.regions.iter());
    }
    if let Some((region, name)) =
        check.setting("AlarmIdentifier.Region").zip(check.setting("AlarmIdentifier.Name"))
    {
        let alarm = Fields::new().set("Region", region).set("Name", name);
        config = config.fields("AlarmIdentifier", alarm);
    }
    Fields::new()
        .set("Id", check.id.to_string())
        .set("CallerReference", &check.caller_reference)
        .fields("HealthCheckConfig", config)
        .set("HealthCheckVersion", check.version)
}

fn own<'c>(context: &'c Context<'_>, id: &str) -> Result<&'c Arc<HealthCheck>, ApiError> {
    let found =
        id.parse().ok().and_then(|id: HealthCheckId| context.world().health_checks.get(&id));
    let found = found.filter(|check| *check.owner == *context.account);
    found.ok_or_else(|| no_such_check(id).into())
}

/// `CreateHealthCheck`.
pub(in crate::api) struct CreateHealthCheck {
    reference: String,
    settings: Settings,
}

impl Operation for CreateHealthCheck {
    const WITHOUT_EFFECT: &'static [&'static str] =
        &["HealthCheckConfig.EndpointType", "HealthCheckConfig.HealthCheckSourceId"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let reference = parameters.required_limited("CallerReference", 1..=64)?;
        let settings = parameters.structure("HealthCheckConfig", |config| {
            let settings = Settings::read(config)?;
            let Some(kind) = settings.values.get("Type") else {
                return Err(config.missing("Type"));
            };
            if !TYPES.contains(&&**kind) {
                return Err(config.invalid(format!("{kind} is not a type of health check.")));
            }
            Ok(settings)
        })?;
        let settings = settings.ok_or_else(|| parameters.missing("HealthCheckConfig"))?;
        Ok(Self { reference, settings })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Settings { mut values, regions, children } = self.settings;
        let kind: Arc<str> = values.get("Type").map(Arc::clone).unwrap_or_default();
        let is_endpoint = kind.starts_with("HTTP") || &*kind == "TCP";
        let refuse = |words: &str| Err(ApiError::new("InvalidInput", words));
        let has = |name: &str| values.contains_key(name);
        if is_endpoint && !has("IPAddress") && !has("FullyQualifiedDomainName") {
            return refuse(
                "A health check of an endpoint needs an IPAddress or a FullyQualifiedDomainName.",
            );
        }
        if kind.ends_with("STR_MATCH") && !has("SearchString") {
            return refuse("A health check of this type needs a SearchString.");
        }
        if &*kind == "CALCULATED" && children.is_none() {
            return refuse("A calculated health check needs ChildHealthChecks.");
        }
        for child in children.iter().flatten() {
            own(context, &child.to_string())?;
        }
        let mut usual = |name: &str, value: &str| {
            values.entry(name.into()).or_insert_with(|| value.into());
        };
        usual("Inverted", "false");
        usual("Disabled", "false");
        if is_endpoint {
            usual("RequestInterval", "30");
            usual("FailureThreshold", "3");
            usual("MeasureLatency", "false");
            usual("EnableSNI", if kind.starts_with("HTTPS") { "true" } else { "false" });
            if &*kind != "TCP" {
                usual("Port", if kind.starts_with("HTTPS") { "443" } else { "80" });
            }
        }
        let regions = match regions {
            None if is_endpoint => Vec::new(),
            other => other.unwrap_or_default(),
        };
        let check = HealthCheck {
            id: HealthCheckId::from_seed(random()),
            owner: context.account.as_str().into(),
            caller_reference: self.reference.into(),
            version: 1,
            tags: Tags::default(),
            settings: values,
            regions,
            children: children.unwrap_or_default(),
        };
        // The same request again is answered with what the first one made.
        let again = context.world().health_checks.values().find(|it| {
            it.owner == check.owner
                && it.caller_reference == check.caller_reference
                && it.settings == check.settings
                && it.regions == check.regions
                && it.children == check.children
        });
        let shown = match again {
            Some(old) => fields(old),
            None => {
                context.commit(&[model::CreateHealthCheck { check: check.clone() }.into()])?;
                fields(&check)
            }
        };
        let id = again.map_or(check.id, |it| it.id);
        Ok(Fields::new()
            .set("@Location", format!("https://route53.amazonaws.com/2013-04-01/healthcheck/{id}"))
            .fields("HealthCheck", shown))
    }
}

/// `UpdateHealthCheck`.
pub(in crate::api) struct UpdateHealthCheck {
    id: String,
    version: Option<u64>,
    settings: Settings,
    reset: Vec<Arc<str>>,
}

impl Operation for UpdateHealthCheck {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let id = parameters.required_limited("HealthCheckId", 1..=64)?;
        let version = parameters.number("HealthCheckVersion", 1..=i64::MAX.unsigned_abs())?;
        let reset = parameters.list("ResetElements")?.into_iter().map(Arc::from).collect();
        Ok(Self { id, version, settings: Settings::read(parameters)?, reset })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = own(context, &self.id)?.id;
        let Settings { values, regions, children } = self.settings;
        if values.contains_key("Type") || values.contains_key("RequestInterval") {
            return Err(ApiError::new(
                "InvalidInput",
                "The type and the interval cannot be changed.",
            ));
        }
        for child in children.iter().flatten() {
            own(context, &child.to_string())?;
        }
        let change = model::UpdateHealthCheck {
            id,
            version: self.version,
            settings: values,
            reset: self.reset,
            regions,
            children,
        };
        let after = context.commit(&[change.into()])?;
        let shown = after.world.health_checks.get(&id).map(|check| fields(check));
        Ok(Fields::new().fields("HealthCheck", shown.unwrap_or_default()))
    }
}

/// The id of a health check alone.
fn only_id(parameters: &mut Parameters) -> Result<String, ApiError> {
    parameters.required_limited("HealthCheckId", 1..=64)
}

/// `GetHealthCheck`.
pub(in crate::api) struct GetHealthCheck(String);

impl Operation for GetHealthCheck {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        only_id(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(Fields::new().fields("HealthCheck", fields(own(context, &self.0)?)))
    }
}

/// `DeleteHealthCheck`.
pub(in crate::api) struct DeleteHealthCheck(String);

impl Operation for DeleteHealthCheck {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        only_id(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = own(context, &self.0)?.id;
        context.commit(&[model::DeleteHealthCheck { id }.into()])?;
        Ok(Fields::new())
    }
}

/// `GetHealthCheckStatus`: what each checker says.
pub(in crate::api) struct GetHealthCheckStatus(String);

impl Operation for GetHealthCheckStatus {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        only_id(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let check = own(context, &self.0)?;
        let mut steps = MOST_STEPS;
        let said = if check.is_healthy(context.world(), &mut steps) {
            "Success: the health check is healthy here, since nothing is checked."
        } else {
            "Failure: the health check is inverted, or its children are."
        };
        let own: Vec<&str> = check.regions.iter().map(|region| &**region).collect();
        let regions = if own.is_empty() { REGIONS } else { &own };
        let observations = regions.iter().map(|region| {
            let report =
                Fields::new().set("Status", said).set("CheckedTime", Time::exact(context.now));
            Fields::new().set("Region", *region).fields("StatusReport", report)
        });
        Ok(Fields::new().list("HealthCheckObservations", observations))
    }
}

fn all<'c>(context: &'c Context<'_>) -> impl Iterator<Item = &'c Arc<HealthCheck>> {
    context.world().health_checks.values().filter(|check| *check.owner == *context.account)
}

/// `GetHealthCheckCount`.
pub(in crate::api) struct GetHealthCheckCount;

impl Operation for GetHealthCheckCount {
    fn read(_parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let count = u64::try_from(all(context).count()).unwrap_or(u64::MAX);
        Ok(Fields::new().set("HealthCheckCount", count))
    }
}

/// `ListHealthChecks`.
pub(in crate::api) struct ListHealthChecks {
    marker: Option<String>,
    max: usize,
}

impl Operation for ListHealthChecks {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let marker = parameters.limited("Marker", 0..=64)?.filter(|it| !it.is_empty());
        Ok(Self { marker, max: max_items(parameters, "MaxItems", PAGE)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let mut checks: Vec<_> = all(context).collect();
        checks.sort_by_key(|check| check.id);
        let is_before = |check: &&Arc<HealthCheck>| {
            self.marker.as_ref().is_some_and(|marker| check.id.to_string() < *marker)
        };
        let mut left = checks.into_iter().skip_while(is_before);
        let shown: Vec<Fields> = left.by_ref().take(self.max).map(|check| fields(check)).collect();
        let next = left.next().map(|check| check.id.to_string());
        Ok(Fields::new()
            .list("HealthChecks", shown)
            .maybe("Marker", self.marker)
            .set("IsTruncated", next.is_some())
            .maybe("NextMarker", next)
            .set("MaxItems", self.max.to_string()))
    }
}
