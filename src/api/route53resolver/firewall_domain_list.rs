//! Domain lists: those of customers, and those that AWS manages, of which this server knows the names only.

use std::sync::Arc;

use super::{arn, listing::Listing, only, read_tags, time};
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    model::{
        firewall::DomainPattern,
        firewall_domain_list::{self as model, DomainOperation, FirewallDomainList, no_such_list},
        id::{FirewallDomainListId, seed_of},
        world::Tags,
    },
};

/// The lists that AWS manages in every region.
const MANAGED: &[&str] = &[
    "AWSManagedDomainsAggregateThreatList",
    "AWSManagedDomainsAmazonGuardDutyThreatList",
    "AWSManagedDomainsBotnetCommandandControl",
    "AWSManagedDomainsMalwareDomainList",
];

/// A list as the caller sees it.
pub(super) enum List<'c> {
    /// One of his own.
    Own(&'c Arc<FirewallDomainList>),
    /// One of AWS's. It is empty here.
    Managed(FirewallDomainListId, &'static str),
    /// The domains of one rule of a world file, which has no list.
    OfRule(FirewallDomainListId, &'c [DomainPattern], String),
}

impl<'c> List<'c> {
    /// Every list that the caller sees.
    fn all(context: &'c Context<'_>) -> Vec<Self> {
        let world = context.world();
        let own = world.firewall_domain_lists.values();
        let own = own.filter(|it| context.is_home(it.region, &it.owner)).map(Self::Own);
        let managed = MANAGED.iter().map(|name| {
            let seed = seed_of("managed-domain-list", format_args!("{}/{name}", context.region));
            Self::Managed(FirewallDomainListId::from_seed(seed), name)
        });
        let groups = world.firewall_rule_groups.values();
        let groups = groups.filter(|it| it.home(world) == Some((&context.account, context.region)));
        let of_rules = groups.flat_map(|group| {
            let rules = group.rules.iter().filter(|rule| rule.list.is_none());
            rules.map(|rule| {
                Self::OfRule(rule.list_of(group.id), &rule.domains, rule.name.to_string())
            })
        });
        own.chain(managed).chain(of_rules).collect()
    }

    /// The list with an id.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException`.
    pub(super) fn find(context: &'c Context<'_>, text: &str) -> Result<Self, ApiError> {
        let id = text.parse::<FirewallDomainListId>().ok();
        let found = id.and_then(|id| Self::all(context).into_iter().find(|it| it.id() == id));
        found.ok_or_else(|| no_such_list(text).into())
    }

    pub(super) fn id(&self) -> FirewallDomainListId {
        match self {
            Self::Own(list) => list.id,
            Self::Managed(id, _) | Self::OfRule(id, ..) => *id,
        }
    }

    /// Its domains.
    pub(super) fn domains(&self) -> &[DomainPattern] {
        match self {
            Self::Own(list) => &list.domains,
            Self::Managed(..) => &[],
            Self::OfRule(_, domains, _) => domains,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Own(list) => &list.name,
            Self::Managed(_, name) => name,
            Self::OfRule(_, _, name) => name,
        }
    }

    fn summary(&self, context: &Context<'_>) -> Fields {
        let id = self.id().to_string();
        let (owner, request) = match self {
            Self::Own(list) => (&*context.account, &*list.creator_request),
            Self::Managed(..) => ("", ""),
            Self::OfRule(..) => (&*context.account, ""),
        };
        let shown = Fields::new()
            .set("Id", &id)
            .set("Arn", arn(context, owner, "firewall-domain-list", &id))
            .set("Name", self.name())
            .set("CreatorRequestId", request);
        match self {
            Self::Managed(..) => shown.set("ManagedOwnerName", "Route 53 Resolver DNS Firewall"),
            _ => shown,
        }
    }

    fn fields(&self, context: &Context<'_>, status: &str) -> Fields {
        let (created, modified) = match self {
            Self::Own(list) => (list.created, list.modified),
            _ => (0, 0),
        };
        let said = match self {
            Self::Managed(..) => {
                "AWS manages this list. This server does not know its domains: here it is empty."
            }
            _ => "",
        };
        self.summary(context)
            .set("DomainCount", u64::try_from(self.domains().len()).unwrap_or(u64::MAX))
            .set("Status", status)
            .set("StatusMessage", said)
            .set("CreationTime", time(created))
            .set("ModificationTime", time(modified))
    }

    /// The caller's own list, which he may change.
    fn own(self) -> Result<&'c Arc<FirewallDomainList>, ApiError> {
        match self {
            Self::Own(list) => Ok(list),
            Self::Managed(..) => Err(ApiError::new(
                "AccessDeniedException",
                "A list that AWS manages cannot be changed.",
            )),
            Self::OfRule(..) => Err(ApiError::new(
                "AccessDeniedException",
                "These domains belong to a rule of a world file and cannot be changed.",
            )),
        }
    }
}

/// `CreateFirewallDomainList`.
pub(in crate::api) struct CreateFirewallDomainList {
    creator_request: String,
    name: String,
    tags: Tags,
}

impl Operation for CreateFirewallDomainList {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            creator_request: parameters.required_limited("CreatorRequestId", 1..=255)?,
            name: parameters.required_limited("Name", 0..=64)?,
            tags: read_tags(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let mut known = context.world().firewall_domain_lists.values();
        let again = known.find(|it| {
            context.is_home(it.region, &it.owner) && *it.creator_request == *self.creator_request
        });
        if let Some(old) = again {
            return Ok(only("FirewallDomainList", List::Own(old).fields(context, "COMPLETE")));
        }
        let list = FirewallDomainList {
            id: FirewallDomainListId::from_seed(seed()),
            tags: self.tags,
            name: self.name.into(),
            owner: context.account.as_str().into(),
            region: context.region,
            creator_request: self.creator_request.into(),
            domains: Vec::new(),
            created: context.now,
            modified: context.now,
        };
        let shown = List::Own(&Arc::new(list.clone())).fields(context, "COMPLETE");
        context.commit(&[model::CreateFirewallDomainList { list }.into()])?;
        Ok(only("FirewallDomainList", shown))
    }
}

fn only_id(parameters: &mut Parameters) -> Result<String, ApiError> {
    parameters.required_limited("FirewallDomainListId", 1..=64)
}

/// `GetFirewallDomainList`.
pub(in crate::api) struct GetFirewallDomainList(String);

impl Operation for GetFirewallDomainList {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        only_id(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let shown = List::find(context, &self.0)?.fields(context, "COMPLETE");
        Ok(only("FirewallDomainList", shown))
    }
}

/// `DeleteFirewallDomainList`.
pub(in crate::api) struct DeleteFirewallDomainList(String);

impl Operation for DeleteFirewallDomainList {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        only_id(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let list = List::find(context, &self.0)?.own()?;
        context.commit(&[model::DeleteFirewallDomainList { list: list.id }.into()])?;
        Ok(only("FirewallDomainList", List::Own(list).fields(context, "DELETING")))
    }
}

/// `ListFirewallDomainLists`.
pub(in crate::api) struct ListFirewallDomainLists(Listing);

impl Operation for ListFirewallDomainLists {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Listing::read(parameters, &[]).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let all = List::all(context).into_iter();
        let shown = all.map(|it| (it.id().to_string(), it.summary(context))).collect();
        Ok(self.0.reply("FirewallDomainLists", shown))
    }
}

/// A domain as AWS shows it.
fn text(domain: &DomainPattern) -> String {
    match domain {
        DomainPattern::Exactly(name) => format!("{name}."),
        DomainPattern::Below(name) => format!("*.{name}."),
        DomainPattern::Every => "*.".to_owned(),
    }
}

/// `ListFirewallDomains`.
pub(in crate::api) struct ListFirewallDomains {
    list: String,
    max: usize,
    after: Option<String>,
}

impl Operation for ListFirewallDomains {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let list = only_id(parameters)?;
        let max = parameters.number("MaxResults", 1..=5_000)?.unwrap_or(5_000);
        let after = match parameters.text("NextToken")?.filter(|it| !it.is_empty()) {
            Some(token) => Some(crate::api::page::key_of(&token).ok_or_else(|| {
                ApiError::new("ValidationException", "The NextToken is not valid.")
            })?),
            None => None,
        };
        Ok(Self { list, max: usize::try_from(max).unwrap_or(usize::MAX), after })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let list = List::find(context, &self.list)?;
        let mut domains: Vec<String> = list.domains().iter().map(text).collect();
        domains.sort();
        let domains = domains.into_iter().map(|it| (it.clone(), it));
        let (shown, token) = crate::api::page::cut(domains, self.after.as_deref(), self.max);
        Ok(Fields::new().texts("Domains", shown).maybe("NextToken", token))
    }
}

/// `UpdateFirewallDomains`.
pub(in crate::api) struct UpdateFirewallDomains {
    list: String,
    operation: String,
    domains: Vec<String>,
}

impl Operation for UpdateFirewallDomains {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let list = only_id(parameters)?;
        let operation = parameters.one_of("Operation", &["ADD", "REMOVE", "REPLACE"])?;
        let operation = operation.ok_or_else(|| parameters.missing("Operation"))?;
        let domains = parameters.list("Domains")?;
        Ok(Self { list, operation, domains })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let list = List::find(context, &self.list)?.own()?;
        let mut domains = Vec::with_capacity(self.domains.len());
        for text in &self.domains {
            let plain = text.trim_end_matches('.');
            let read = DomainPattern::parse(plain).filter(|_| !plain.is_empty());
            domains.push(read.ok_or_else(|| {
                ApiError::new(
                    "ValidationException",
                    format!("'{text}' is not a domain of a domain list."),
                )
            })?);
        }
        let operation = match self.operation.as_str() {
            "ADD" => DomainOperation::Add,
            "REMOVE" => DomainOperation::Remove,
            _ => DomainOperation::Replace,
        };
        let change =
            model::UpdateFirewallDomains { list: list.id, operation, domains, at: context.now };
        context.commit(&[change.into()])?;
        Ok(Fields::new()
            .set("Id", list.id.to_string())
            .set("Name", &list.name)
            .set("Status", "UPDATING")
            .set("StatusMessage", ""))
    }
}
