//! Reads one change of a batch, and says what is wrong with it by itself. What is wrong with it in its zone is the model's business.

use std::{net::IpAddr, sync::Arc};

use crate::{
    api::{error::ApiError, parameter::Parameters, violation::violation},
    catalog,
    model::{
        cidr_collection::no_such_collection,
        health_check::no_such_check,
        name::Name,
        record::{RecordSet, RecordType, rdata_text, route53_name},
        record_change::{RecordAction, RecordChange},
        record_value::{self, TYPES, type_text},
        routing::{AliasTarget, Answers, Policy, RoutedSet},
    },
};

/// The most values of one record set.
const MOST_VALUES: usize = 400;
/// The most values, and the most characters in them, of one batch. Those of an UPSERT count twice.
const MOST_RECORDS: usize = 1_000;
const MOST_CHARACTERS: usize = 32_000;

/// The type of a name; notes one that there is not.
pub(super) fn read_type(parameters: &mut Parameters, name: &str, text: &str) -> Option<RecordType> {
    let known = TYPES.iter().find(|(known, _)| *known == text).map(|(_, rtype)| *rtype);
    if known.is_none() {
        let all: Vec<_> = TYPES.iter().map(|(text, _)| *text).collect();
        let rule = format!("Member must satisfy enum value set: [{}]", all.join(", "));
        parameters.violate(violation(name, &format!("'{text}'"), &rule));
    }
    known
}

/// What is too much in a batch.
pub(super) fn too_much(changes: &[RecordChange]) -> Option<String> {
    let (mut records, mut characters) = (0_usize, 0_usize);
    for change in changes {
        let times = if change.action == RecordAction::Upsert { 2 } else { 1 };
        if let Answers::Records(set) = &change.set.answers {
            records += times * set.data.len();
            let shown = set.shown();
            characters += times * shown.iter().map(|text| text.chars().count()).sum::<usize>();
        }
    }
    match (records > MOST_RECORDS, characters > MOST_CHARACTERS) {
        (true, _) => Some(format!("Number of records limit of {MOST_RECORDS} exceeded.")),
        (_, true) => Some(format!("Number of characters limit of {MOST_CHARACTERS} exceeded.")),
        _ => None,
    }
}

/// The change as messages name it.
struct Label {
    action: String,
    name: String,
    rtype: String,
    identifier: Option<String>,
}

impl Label {
    fn refuse<T>(&self, words: &str) -> Result<T, ApiError> {
        let identifier = self.identifier.as_deref().unwrap_or("null");
        Err(ApiError::new(
            "InvalidInput",
            format!(
                "Invalid request: {words} in Change with [Action={}, Name={}, Type={}, SetIdentifier={identifier}]",
                self.action, self.name, self.rtype
            ),
        ))
    }
}

/// Reads a change. Wrong values are told in `problems`, all of a batch together.
///
/// # Errors
///
/// `InvalidInput` for parts that do not go together, and the usual ones of parameters.
pub(super) fn read(
    change: &mut Parameters,
    problems: &mut Vec<String>,
) -> Result<RecordChange, ApiError> {
    const ACTIONS: &[(&str, RecordAction)] = &[
        ("CREATE", RecordAction::Create),
        ("DELETE", RecordAction::Delete),
        ("UPSERT", RecordAction::Upsert),
    ];
    let text = change.required("Action")?;
    let action = ACTIONS.iter().find(|(known, _)| *known == text).map(|(_, action)| *action);
    let Some(action) = action else {
        let rule = "Member must satisfy enum value set: [CREATE, DELETE, UPSERT]";
        let words = violation("action", &format!("'{text}'"), rule);
        return Err(change.invalid(crate::api::violation::detected(&[words])));
    };
    let set = change.structure("ResourceRecordSet", |set| read_set(set, &text, problems))?;
    let (name, set) = set.ok_or_else(|| change.missing("ResourceRecordSet"))?;
    Ok(RecordChange { action, name, set })
}

fn read_set(
    set: &mut Parameters,
    action: &str,
    problems: &mut Vec<String>,
) -> Result<(Name, RoutedSet), ApiError> {
    let name = set.required_limited("Name", 0..=1_024)?;
    let rtype_text = set.required("Type")?;
    let rtype = read_type(set, "Type", &rtype_text).unwrap_or(RecordType::A);
    let identifier = set.limited("SetIdentifier", 1..=128)?;
    let label = Label {
        action: action.to_owned(),
        name: name.clone(),
        rtype: rtype_text,
        identifier: identifier.clone(),
    };
    let owner = route53_name(&name);
    if owner.is_err() {
        problems.push(format!(
            "FATAL problem: UnsupportedCharacter (Domain name is not valid) encountered with '{name}'"
        ));
    }
    let policy = read_policy(set, &label)?;
    match (&policy, &identifier) {
        (Policy::Simple, Some(_)) => {
            return label.refuse(
                "Expected exactly one of [Weight, Region, Failover, GeoLocation, GeoProximityLocation, \
                 CidrRoutingConfig, or MultiValueAnswer], but found none",
            );
        }
        (Policy::Simple, None) | (_, Some(_)) => {}
        (_, None) => return label.refuse("Missing field 'SetIdentifier'"),
    }
    let answers = read_answers(set, &label, rtype, problems)?;
    if policy == Policy::Multivalue && matches!(answers, Answers::Alias(_)) {
        return label.refuse("Expected no AliasTarget with MultiValueAnswer");
    }
    let is_routable = !matches!(rtype, RecordType::NS | RecordType::SOA);
    if policy != Policy::Simple && !is_routable {
        problems.push(format!(
            "RRSet of type {} with DNS name {name} cannot have a routing policy",
            type_text(rtype)
        ));
    }
    let health_check = set.limited("HealthCheckId", 0..=64)?.filter(|it| !it.is_empty());
    let health_check = health_check
        .map(|id| id.parse().map_err(|_| ApiError::from(no_such_check(&id))))
        .transpose()?;
    let identifier = identifier.map(Arc::from);
    Ok((
        owner.unwrap_or_else(|_| Name::root()),
        RoutedSet { rtype, identifier, policy, health_check, answers },
    ))
}

fn read_policy(set: &mut Parameters, label: &Label) -> Result<Policy, ApiError> {
    let mut found: Vec<Policy> = Vec::new();
    if let Some(weight) = set.number("Weight", 0..=255)? {
        found.push(Policy::Weighted(u8::try_from(weight).unwrap_or(u8::MAX)));
    }
    if let Some(region) = set.limited("Region", 1..=64)? {
        if catalog::region(&region).is_none() {
            let words =
                violation("region", &format!("'{region}'"), "Member must satisfy enum value set");
            set.violate(words);
        }
        found.push(Policy::Latency(region.into()));
    }
    if let Some(text) = set.text("Failover")? {
        if !["PRIMARY", "SECONDARY"].contains(&text.as_str()) {
            let rule = "Member must satisfy enum value set: [PRIMARY, SECONDARY]";
            set.violate(violation("failover", &format!("'{text}'"), rule));
        }
        found.push(Policy::Failover { primary: text == "PRIMARY" });
    }
    let place = set.structure("GeoLocation", |place| {
        Ok(Policy::Geolocation {
            continent: place.limited("ContinentCode", 2..=2)?.map(Arc::from),
            country: place.limited("CountryCode", 1..=2)?.map(Arc::from),
            subdivision: place.limited("SubdivisionCode", 1..=3)?.map(Arc::from),
        })
    })?;
    if let Some(Policy::Geolocation { continent, country, subdivision }) = &place {
        let is_right = match (continent, country, subdivision) {
            (Some(_), None, None) | (None, Some(_), None) => true,
            (None, Some(country), Some(_)) => matches!(&**country, "US" | "UA"),
            _ => false,
        };
        if !is_right {
            return label.refuse("Expected exactly one of [ContinentCode, or CountryCode]");
        }
    }
    found.extend(place);
    if set.boolean("MultiValueAnswer")? == Some(true) {
        found.push(Policy::Multivalue);
    }
    found.extend(set.structure("GeoProximityLocation", |place| {
        let region = place.limited("AWSRegion", 1..=64)?.map(Arc::from);
        let local_zone_group = place.limited("LocalZoneGroup", 1..=64)?.map(Arc::from);
        let coordinates = place.structure("Coordinates", |point| {
            let latitude: Arc<str> = point.required_limited("Latitude", 1..=6)?.into();
            Ok((latitude, point.required_limited("Longitude", 1..=7)?.into()))
        })?;
        let bias = match place.text("Bias")? {
            Some(text) => match text.parse::<i16>().ok().filter(|bias| (-99..=99).contains(bias)) {
                Some(bias) => bias,
                None => {
                    return Err(place.invalid(format!("'{text}' is not a bias from -99 to 99.")));
                }
            },
            None => 0,
        };
        Ok(Policy::Geoproximity { region, local_zone_group, coordinates, bias })
    })?);
    found.extend(set.structure("CidrRoutingConfig", |cidr| {
        let collection = cidr.required_limited("CollectionId", 1..=64)?;
        let location = cidr.required_limited("LocationName", 1..=16)?.into();
        let collection = collection.parse().map_err(|_| ApiError::from(no_such_collection()))?;
        Ok(Policy::Cidr { collection, location })
    })?);
    match found.len() {
        0 => Ok(Policy::Simple),
        1 => Ok(found.remove(0)),
        _ => label.refuse(
            "Expected exactly one of [Weight, Region, Failover, GeoLocation, GeoProximityLocation, or \
             MultiValueAnswer], but found more than one",
        ),
    }
}

fn read_answers(
    set: &mut Parameters,
    label: &Label,
    rtype: RecordType,
    problems: &mut Vec<String>,
) -> Result<Answers, ApiError> {
    const EXPECTED: &str = "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or \
        TrafficPolicyInstanceId]";
    let ttl = set.number("TTL", 0..=u64::from(i32::MAX.unsigned_abs()))?;
    let texts = set.structures("ResourceRecords", |record| record.required("Value"))?;
    let alias = set.structure("AliasTarget", |alias| {
        Ok((
            alias.required_limited("HostedZoneId", 1..=44)?,
            alias.required_limited("DNSName", 0..=1_024)?,
            alias.boolean("EvaluateTargetHealth")?,
        ))
    })?;
    if let Some((zone, text, evaluate)) = alias {
        if ttl.is_some() || !texts.is_empty() {
            return label.refuse(&format!("{EXPECTED}, but found more than one"));
        }
        let Some(evaluate_health) = evaluate else {
            return label.refuse("Missing field 'EvaluateTargetHealth' in AliasTarget");
        };
        let is_aliasable = !matches!(rtype, RecordType::NS | RecordType::SOA);
        if !is_aliasable {
            problems.push(format!("RRSet of type {} cannot be an alias", type_text(rtype)));
        }
        let name = route53_name(&text).unwrap_or_else(|_| {
            problems.push(format!(
                "FATAL problem: UnsupportedCharacter (Domain name is not valid) encountered with '{text}'"
            ));
            Name::root()
        });
        let zone = zone.rsplit('/').next().unwrap_or_default().into();
        return Ok(Answers::Alias(AliasTarget { name, zone, evaluate_health }));
    }
    let ttl = match (ttl, texts.is_empty()) {
        (None, true) => return label.refuse(&format!("{EXPECTED}, but found none")),
        (None, false) => return label.refuse("Missing field 'TTL'"),
        (Some(_), true) => return label.refuse("Missing field 'ResourceRecords'"),
        (Some(ttl), false) => u32::try_from(ttl).unwrap_or(u32::MAX),
    };
    let mut records = RecordSet::new(rtype, ttl, Vec::with_capacity(texts.len()));
    let is_single = matches!(rtype, RecordType::CNAME | RecordType::SOA);
    if is_single && texts.len() > 1 {
        problems.push(format!(
            "RRSet of type {} with DNS name {} must have exactly one ResourceRecord",
            type_text(rtype),
            label.name
        ));
    }
    if texts.len() > MOST_VALUES {
        problems.push(format!("Number of records limit of {MOST_VALUES} exceeded."));
    }
    for text in texts {
        match record_value::read(rtype, &text) {
            Ok(data) if records.data.contains(&data) => {
                problems.push(format!("Duplicate Resource Record: '{text}'"));
            }
            Ok(data) => {
                records.data.push(data);
                records.texts.push(shown(rtype, text).into());
            }
            Err(problem) => problems.push(problem),
        }
    }
    let mut both = records.data.iter().zip(&records.texts);
    if both.all(|(data, text)| rdata_text(rtype, data.wire()) == **text) {
        records.texts = Vec::new();
    }
    Ok(Answers::Records(records))
}

/// A value as it is kept: addresses in their shortest form.
fn shown(rtype: RecordType, text: String) -> String {
    match text.parse::<IpAddr>() {
        Ok(address) if matches!(rtype, RecordType::A | RecordType::AAAA) => address.to_string(),
        _ => text,
    }
}
