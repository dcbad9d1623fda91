//! Which public zones write a query log, and where. Nothing is written: queries of the internet do not come here.

use super::{is_own, own_zone, paging::next_token, zone_id};
use crate::{
    api::{
        context::{Context, request_id},
        error::ApiError,
        page,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    catalog,
    model::{
        hosted_zone::{HostedZone, QueryLogging, SetQueryLogging},
        id::ZoneId,
    },
};

/// The configurations on a page at most.
const PAGE: usize = 100;

fn fields(zone: ZoneId, log: &QueryLogging) -> Fields {
    Fields::new()
        .set("Id", &log.id)
        .set("HostedZoneId", zone.to_string())
        .set("CloudWatchLogsLogGroupArn", &log.group)
}

/// The caller's zones that have a configuration, with it.
fn own<'c>(context: &'c Context<'_>) -> impl Iterator<Item = (&'c HostedZone, &'c QueryLogging)> {
    let zones = context.world().hosted_zones.values();
    let own = zones.filter(|zone| is_own(context, zone));
    own.filter_map(|zone| Some((&**zone, zone.details.query_logging.as_ref()?)))
}

fn find<'c>(
    context: &'c Context<'_>,
    id: &str,
) -> Result<(&'c HostedZone, &'c QueryLogging), ApiError> {
    own(context).find(|(_, log)| *log.id == *id).ok_or_else(|| {
        let words = format!("The query logging configuration {id} does not exist.");
        ApiError::new("NoSuchQueryLoggingConfig", words)
    })
}

/// `CreateQueryLoggingConfig`.
pub(in crate::api) struct CreateQueryLoggingConfig(String, String);

impl Operation for CreateQueryLoggingConfig {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let zone = zone_id(parameters, "HostedZoneId")?;
        Ok(Self(zone, parameters.required_limited("CloudWatchLogsLogGroupArn", 1..=2_048)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone = own_zone(context, &self.0)?;
        let invalid = |words: &str| Err(ApiError::new("InvalidInput", words));
        let parts: Vec<&str> = self.1.splitn(7, ':').collect();
        let [_, _, "logs", region, account, "log-group", name] = parts[..] else {
            return invalid("The ARN of the CloudWatch Logs log group is invalid.");
        };
        if *account != *context.account || name.trim_end_matches(":*").is_empty() {
            return invalid("The log group must belong to the account of the hosted zone.");
        }
        // The only region of a partition that takes these logs.
        let home = match catalog::partition_of(context.region) {
            "aws-cn" => "cn-northwest-1",
            "aws-us-gov" => "us-gov-west-1",
            _ => "us-east-1",
        };
        if region != home {
            return invalid(&format!("The log group must be in the region {home}."));
        }
        let log = QueryLogging { id: request_id().into(), group: self.1.as_str().into() };
        let shown = fields(zone.id, &log);
        let host = context.dns_suffix();
        let location = format!("https://route53.{host}/2013-04-01/queryloggingconfig/{}", log.id);
        context.commit(&[SetQueryLogging { zone: zone.id, log: Some(log) }.into()])?;
        Ok(Fields::new().set("@Location", location).fields("QueryLoggingConfig", shown))
    }
}

/// `GetQueryLoggingConfig`.
pub(in crate::api) struct GetQueryLoggingConfig(String);

impl Operation for GetQueryLoggingConfig {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("Id", 1..=36).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (zone, log) = find(context, &self.0)?;
        Ok(Fields::new().fields("QueryLoggingConfig", fields(zone.id, log)))
    }
}

/// `DeleteQueryLoggingConfig`.
pub(in crate::api) struct DeleteQueryLoggingConfig(String);

impl Operation for DeleteQueryLoggingConfig {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("Id", 1..=36).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone = find(context, &self.0)?.0.id;
        context.commit(&[SetQueryLogging { zone, log: None }.into()])?;
        Ok(Fields::new())
    }
}

/// `ListQueryLoggingConfigs`: those of the account, or of one zone.
pub(in crate::api) struct ListQueryLoggingConfigs {
    zone: Option<String>,
    after: Option<String>,
    max: usize,
}

impl Operation for ListQueryLoggingConfigs {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let zone = parameters.limited("HostedZoneId", 0..=44)?.filter(|it| !it.is_empty());
        let last = |text: String| text.rsplit('/').next().unwrap_or_default().to_owned();
        let max = super::paging::max_items(parameters, "MaxResults", PAGE)?;
        Ok(Self { zone: zone.map(last), after: next_token(parameters)?, max })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let wanted = match &self.zone {
            Some(id) => Some(own_zone(context, id)?.id),
            None => None,
        };
        let shown = own(context).filter(|(zone, _)| wanted.is_none_or(|id| id == zone.id));
        let shown = shown.map(|(zone, log)| (zone.id.to_string(), fields(zone.id, log))).collect();
        let (shown, token) = page::cut(page::by_key(shown), self.after.as_deref(), self.max);
        Ok(Fields::new().list("QueryLoggingConfigs", shown).maybe("NextToken", token))
    }
}
