//! CIDR collections, with which records choose by the client's address.

use std::{collections::BTreeMap, sync::Arc};

use super::paging::next_token;
use crate::{
    api::{
        context::{Context, random},
        error::ApiError,
        page,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    catalog,
    model::{
        cidr_collection::{
            self as model, CidrCollection, LocationChange, no_such_collection, no_such_location,
            read_block,
        },
        id::CidrCollectionId,
    },
};

/// The things on a page, if the request does not say how many.
const PAGE: usize = 100;

/// The caller's collection with an id.
///
/// # Errors
///
/// `NoSuchCidrCollectionException`, also if somebody else owns it.
fn own<'c>(context: &'c Context<'_>, text: &str) -> Result<&'c Arc<CidrCollection>, ApiError> {
    let found = text.parse::<CidrCollectionId>().ok();
    let found = found.and_then(|id| context.world().cidr_collections.get(&id));
    let found = found.filter(|it| *it.owner == *context.account);
    found.ok_or_else(|| no_such_collection().into())
}

fn fields(context: &Context<'_>, collection: &CidrCollection) -> Fields {
    let partition = catalog::partition_of(context.region);
    let id = collection.id;
    Fields::new()
        .set("Arn", format!("arn:{partition}:route53:::cidrcollection/{id}"))
        .set("Id", id.to_string())
        .set("Name", &collection.name)
        .set("Version", collection.version)
}

/// Reads a text of limited length and of letters, digits, underscores and dashes.
fn read_word(
    parameters: &mut Parameters,
    name: &str,
    longest: usize,
) -> Result<Option<String>, ApiError> {
    let text = parameters.limited(name, 1..=longest)?;
    let good =
        |text: &String| text.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it));
    if let Some(text) = text.as_ref().filter(|text| !good(text)) {
        return Err(parameters.invalid(format!(
            "Value '{text}' at '{name}' failed to satisfy constraint: Member must satisfy regular expression pattern: \
             [0-9A-Za-z_\\-]+"
        )));
    }
    Ok(text)
}

fn read_id(parameters: &mut Parameters, name: &str) -> Result<String, ApiError> {
    parameters.required_limited(name, 1..=64)
}

/// `CreateCidrCollection`.
pub(in crate::api) struct CreateCidrCollection {
    name: String,
    reference: String,
}

impl Operation for CreateCidrCollection {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = read_word(parameters, "Name", 64)?.ok_or_else(|| parameters.missing("Name"))?;
        Ok(Self { name, reference: parameters.required_limited("CallerReference", 1..=64)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let host = context.dns_suffix();
        let reply = |collection: &CidrCollection| {
            let place =
                format!("https://route53.{host}/2013-04-01/cidrcollection/{}", collection.id);
            Fields::new().set("@Location", place).fields("Collection", fields(context, collection))
        };
        let mut known = context.world().cidr_collections.values();
        let again = known.find(|it| {
            *it.owner == *context.account
                && *it.name == *self.name
                && *it.caller_reference == *self.reference
        });
        if let Some(old) = again {
            return Ok(reply(old));
        }
        let collection = CidrCollection {
            id: CidrCollectionId::from_seed(random()),
            name: self.name.into(),
            owner: context.account.as_str().into(),
            caller_reference: self.reference.into(),
            version: 1,
            blocks: BTreeMap::new(),
        };
        let shown = reply(&collection);
        context.commit(&[model::CreateCidrCollection { collection }.into()])?;
        Ok(shown)
    }
}

/// `ChangeCidrCollection`.
pub(in crate::api) struct ChangeCidrCollection {
    id: String,
    version: Option<u64>,
    changes: Vec<LocationChange>,
}

/// The most blocks of a request.
const MOST_BLOCKS: usize = 1_000;

fn read_change(change: &mut Parameters) -> Result<LocationChange, ApiError> {
    let location = read_word(change, "LocationName", 16)?;
    let location = location.ok_or_else(|| change.missing("LocationName"))?;
    let action = change.required("Action")?;
    let put = match action.as_str() {
        "PUT" => true,
        "DELETE_IF_EXISTS" => false,
        other => {
            return Err(change.invalid(format!(
                "Value '{other}' at 'action' failed to satisfy constraint: Member must satisfy enum value set: \
                 [PUT, DELETE_IF_EXISTS]"
            )));
        }
    };
    let mut blocks = Vec::new();
    for text in change.required_list("CidrList", 1..=MOST_BLOCKS)? {
        blocks.push(read_block(&text).ok_or_else(|| {
            change.invalid(format!(
                "'{text}' is not a CIDR block with a prefix of 1 to 24 bits for IPv4 and of 1 to 48 for IPv6."
            ))
        })?);
    }
    Ok(LocationChange { location: location.into(), put, blocks })
}

impl Operation for ChangeCidrCollection {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let id = read_id(parameters, "CidrCollectionId")?;
        let version = parameters.number("CollectionVersion", 1..=u64::MAX)?;
        let changes = parameters.structures("Changes", read_change)?;
        if changes.is_empty() {
            return Err(parameters.missing("Changes"));
        }
        if changes.iter().map(|it| it.blocks.len()).sum::<usize>() > MOST_BLOCKS {
            let words = format!("A request has at most {MOST_BLOCKS} CIDR blocks.");
            return Err(ApiError::new("LimitsExceeded", words));
        }
        Ok(Self { id, version, changes })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let collection = own(context, &self.id)?.id;
        let (version, changes) = (self.version, self.changes);
        context.commit(&[model::ChangeCidrCollection { collection, version, changes }.into()])?;
        Ok(Fields::new().set("Id", super::change::id(context)))
    }
}

/// `DeleteCidrCollection`.
pub(in crate::api) struct DeleteCidrCollection(String);

impl Operation for DeleteCidrCollection {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_id(parameters, "CidrCollectionId").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let collection = own(context, &self.0)?.id;
        context.commit(&[model::DeleteCidrCollection { collection }.into()])?;
        Ok(Fields::new())
    }
}

/// The page that a request asks for.
struct Listing {
    max: usize,
    after: Option<String>,
}

impl Listing {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let max = super::paging::max_items(parameters, "MaxResults", PAGE)?;
        Ok(Self { max, after: next_token(parameters)? })
    }

    fn reply(&self, list: &'static str, things: Vec<(String, Fields)>) -> Fields {
        let (shown, token) = page::cut(page::by_key(things), self.after.as_deref(), self.max);
        Fields::new().maybe("NextToken", token).list(list, shown)
    }
}

/// `ListCidrCollections`.
pub(in crate::api) struct ListCidrCollections(Listing);

impl Operation for ListCidrCollections {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Listing::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let all = context.world().cidr_collections.values();
        let own = all.filter(|it| *it.owner == *context.account);
        let shown = own.map(|it| (it.id.to_string(), fields(context, it))).collect();
        Ok(self.0.reply("CidrCollections", shown))
    }
}

/// `ListCidrLocations`.
pub(in crate::api) struct ListCidrLocations(String, Listing);

impl Operation for ListCidrLocations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(read_id(parameters, "CidrCollectionId")?, Listing::read(parameters)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let collection = own(context, &self.0)?;
        let locations = collection.locations().into_iter();
        let shown = locations.map(|it| (it.to_string(), Fields::new().set("LocationName", it)));
        Ok(self.1.reply("CidrLocations", shown.collect()))
    }
}

/// `ListCidrBlocks`.
pub(in crate::api) struct ListCidrBlocks {
    id: String,
    location: Option<String>,
    listing: Listing,
}

impl Operation for ListCidrBlocks {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            id: read_id(parameters, "CidrCollectionId")?,
            location: read_word(parameters, "LocationName", 16)?,
            listing: Listing::read(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let collection = own(context, &self.id)?;
        if self.location.as_ref().is_some_and(|it| !collection.has(it)) {
            return Err(no_such_location().into());
        }
        let wanted = |at: &str| self.location.as_ref().is_none_or(|it| it == at);
        let blocks = collection.blocks.iter().filter(|(_, at)| wanted(at));
        let shown = blocks.map(|(block, at)| {
            let text = block.to_string();
            let shown = Fields::new().set("CidrBlock", &text).set("LocationName", at);
            (text, shown)
        });
        Ok(self.listing.reply("CidrBlocks", shown.collect()))
    }
}
