//! Looks up resources by name or id, for files and for Changes.
//!
//! A name is the tag `Name`. AWS allows several resources with the same name. So names of resources in a VPC are looked
//! up inside that VPC. The tables are built from the outline of a file or from a World.

pub(in crate::import) mod locate;

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Display,
    hash::Hash,
    str::FromStr,
};

use smallvec::SmallVec;

use super::text::{
    near,
    node::{self, Node},
    reader::Report,
};
use crate::model::{id::VpcId, resources::resources, world::World};

/// The resources of one name, by their VPC: thousands of VPCs may each have a subnet of the same name.
type Named<I> = BTreeMap<Option<VpcId>, SmallVec<[I; 1]>>;

/// The resources of one kind, by name and by id.
#[derive(Debug)]
pub(super) struct Table<I> {
    /// The noun for the kind, for messages.
    kind: &'static str,
    /// Resources by their tag `Name` and their other names.
    by_name: BTreeMap<Box<str>, Named<I>>,
    /// Resources by a text that counts only if it is no name and no id: an endpoint by its service.
    by_last: BTreeMap<Box<str>, Named<I>>,
    by_id: HashMap<I, (Option<VpcId>, Box<str>)>,
}

impl<I: Clone + Eq + Hash + FromStr + Display> Table<I> {
    fn new(kind: &'static str) -> Self {
        Self { kind, by_name: BTreeMap::new(), by_last: BTreeMap::new(), by_id: HashMap::new() }
    }

    /// Adds a resource. False if its id is taken.
    pub(super) fn add(&mut self, name: &str, id: I, vpc: Option<VpcId>) -> bool {
        if self.by_id.contains_key(&id) {
            return false;
        }
        let named = self.by_name.entry(name.into()).or_default();
        named.entry(vpc).or_default().push(id.clone());
        self.by_id.insert(id, (vpc, name.into()));
        true
    }

    /// Adds another name of the resource with this id, if it is in this table.
    fn also(&mut self, name: &str, id: &str) {
        let Some((id, vpc)) =
            id.parse().ok().and_then(|id: I| self.by_id.get(&id).map(|(vpc, _)| (id, *vpc)))
        else {
            return;
        };
        let named = self.by_name.entry(name.into()).or_default().entry(vpc).or_default();
        if !named.contains(&id) {
            named.push(id);
        }
    }

    /// Adds a text for a resource that counts only if it is no name and no id.
    fn last(&mut self, name: &str, id: I, vpc: Option<VpcId>) {
        self.by_last.entry(name.into()).or_default().entry(vpc).or_default().push(id);
    }

    /// Whether an id is taken.
    pub(super) fn has(&self, id: &I) -> bool {
        self.by_id.contains_key(id)
    }

    /// The only resource with that name, or the one with that id.
    pub(super) fn lookup(&self, text: &str) -> Option<I> {
        let mut named = self.by_name.get(text).into_iter().flat_map(|it| it.values().flatten());
        match (named.next(), named.next()) {
            (Some(id), None) => Some(id.clone()),
            _ => text.parse().ok().filter(|id| self.has(id)),
        }
    }

    /// The only resource of a VPC with that name, else the only one anywhere, or the one with that id.
    pub(super) fn lookup_in(&self, text: &str, vpc: VpcId) -> Option<I> {
        match within(self.by_name.get(text), Some(vpc)).as_slice() {
            [only] => Some((*only).clone()),
            _ => self.lookup(text),
        }
    }

    /// The names, sorted.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(|name| &**name)
    }

    /// The name of the resource with this id, which is given as text.
    pub(super) fn name_of(&self, id: &str) -> Option<&str> {
        self.by_id.get(&id.parse().ok()?).map(|(_, name)| &**name)
    }

    /// The resource with a name or id, inside a VPC if one is given. Reports a problem if there is none or more than
    /// one.
    pub(super) fn find(
        &self,
        node: &Node,
        vpc: Option<VpcId>,
        report: &mut Report<'_>,
    ) -> Option<I> {
        let Some(text) = node.text() else {
            let message =
                format!("expected the name or id of {}, found {}", self.kind, node.describe());
            report.error(node.pos, &message);
            return None;
        };
        let here = |own: &Option<VpcId>| vpc.is_none() || vpc == *own;
        let named = self.by_name.get(text);
        let id = text.parse().ok().and_then(|id| self.by_id.get_key_value(&id));
        let mut found = within(named, vpc);
        if found.is_empty() && id.is_none() {
            found = within(self.by_last.get(text), vpc);
        }
        match found.as_slice() {
            [] => {}
            [only] => return Some((*only).clone()),
            several => {
                let message = format!("several things are called `{}`", node::shorten(text));
                report.error_hint(node.pos, &message, Some(self.candidates(text, several)));
                return None;
            }
        }
        match id {
            Some((id, (own, _))) if here(own) => Some(id.clone()),
            other => {
                let wrong_place = if other.is_some() || named.is_some() {
                    Some("it lies in another VPC".to_owned())
                } else {
                    None
                };
                let hint = wrong_place
                    .or_else(|| if report.is_full() { None } else { self.hint(text, vpc) });
                let message =
                    format!("there is no {} `{}`", strip_article(self.kind), node::shorten(text));
                report.error_hint(node.pos, &message, hint);
                None
            }
        }
    }

    /// The hint for a name that several resources have: their own names and ids, or only their ids.
    fn candidates(&self, text: &str, several: &[&I]) -> String {
        let own = |id: &I| self.by_id.get(id).map_or("", |(_, name)| &**name);
        let shown: Vec<String> = several
            .iter()
            .map(|id| match (own(id), id.to_string()) {
                (name, id) if name == text || name == id || name.is_empty() => id,
                (name, id) => format!("{name} ({id})"),
            })
            .collect();
        let what =
            if shown.iter().any(|it| it.ends_with(')')) { "use one of" } else { "use an id" };
        format!("{what}: {}", shown.join(", "))
    }

    fn hint(&self, text: &str, vpc: Option<VpcId>) -> Option<String> {
        let here = |own: &Option<VpcId>| vpc.is_none() || vpc == *own;
        let names = || {
            self.by_name
                .iter()
                .filter(|(_, things)| things.keys().any(here))
                .map(|(name, _)| &**name)
        };
        near::did_you_mean(text, names()).or_else(|| {
            let mut some: Vec<_> = names().take(8).collect();
            some.sort_unstable();
            if some.is_empty() { None } else { Some(format!("there are: {}", some.join(", "))) }
        })
    }
}

/// The resources with a name, inside a VPC if one is given.
fn within<I>(named: Option<&Named<I>>, vpc: Option<VpcId>) -> SmallVec<[&I; 2]> {
    let in_place = named.filter(|_| vpc.is_some()).and_then(|named| named.get(&vpc));
    let anywhere = named.filter(|_| vpc.is_none()).into_iter().flat_map(Named::values);
    in_place.into_iter().chain(anywhere).flatten().collect()
}

fn strip_article(kind: &str) -> &str {
    kind.split_once(' ').map_or(kind, |(_, rest)| rest)
}

macro_rules! names {
    ($($map:ident ($id:ty) $noun:literal $it:ident => $name:expr, $vpc:expr $(, $condition:expr)?;)*) => {
        /// The tables of all kinds.
        #[derive(Debug)]
        pub(super) struct Names {
            $(pub(super) $map: Table<$id>,)*
        }

        impl Default for Names {
            fn default() -> Self {
                Self { $($map: Table::new($noun),)* }
            }
        }

        impl Names {
            /// Adds the resources of a World.
            fn add(&mut self, world: &World) {
                $(
                    let all = world.$map.iter()$(.filter(|(_, $it)| $condition))?;
                    for (id, $it) in all {
                        self.$map.add(&$name, id.clone(), $vpc);
                    }
                )*
            }

            /// Adds another name of the resource with this id.
            fn also(&mut self, name: &str, id: &str) {
                $(self.$map.also(name, id);)*
            }

            /// The id of the resource of any kind that has this name or id, if there is exactly one.
            pub(super) fn id_of(&self, text: &str) -> Option<String> {
                let mut found = Vec::new();
                $(found.extend(self.$map.lookup(text).map(|id| id.to_string()));)*
                let first = found.pop()?;
                found.is_empty().then_some(first)
            }
        }
    };
}

resources! { named => names }

impl Names {
    /// The names and ids of a World.
    pub(super) fn of(world: &World) -> Self {
        let mut names = Self::default();
        names.add(world);
        for it in world.endpoints.values() {
            names.endpoints.last(it.service.name(), it.id, Some(it.vpc));
            if let Some(short) = it.service.short_name() {
                names.endpoints.last(short, it.id, Some(it.vpc));
            }
        }
        for it in world.security_groups.values() {
            names.security_groups.last(&it.name, it.id, Some(it.vpc));
        }
        for (id, others) in &world.other_names {
            for name in &others.0 {
                names.also(name, id);
            }
        }
        names
    }

    /// The name of the resource with this id.
    pub(super) fn name_of(&self, id: &str) -> Option<&str> {
        self.subnets
            .name_of(id)
            .or_else(|| self.vpcs.name_of(id))
            .or_else(|| self.route_tables.name_of(id))
            .or_else(|| self.instances.name_of(id))
            .or_else(|| self.internet_gateways.name_of(id))
            .or_else(|| self.endpoints.name_of(id))
            .or_else(|| self.endpoint_services.name_of(id))
            .or_else(|| self.peerings.name_of(id))
            .or_else(|| self.dhcp_options.name_of(id))
            .or_else(|| self.load_balancers.name_of(id))
    }

    /// Whether this text can name a client: an instance, subnet, VPC or inbound endpoint, by name or id.
    pub(super) fn is_client(&self, text: &str) -> bool {
        fn known<I: Clone + Eq + Hash + FromStr + Display>(table: &Table<I>, text: &str) -> bool {
            table.by_name.contains_key(text) || text.parse().is_ok_and(|id| table.has(&id))
        }
        text == "internet"
            || text.parse::<std::net::IpAddr>().is_ok()
            || known(&self.instances, text)
            || known(&self.subnets, text)
            || known(&self.vpcs, text)
            || known(&self.inbound_endpoints, text)
    }

    /// Reports a client that does not exist, and suggests similar names.
    pub(super) fn check_client(&self, node: &Node, report: &mut Report<'_>) -> Option<String> {
        let text = node.text().unwrap_or_default();
        if self.is_client(text) {
            return Some(text.to_owned());
        }
        let names = self
            .instances
            .by_name
            .keys()
            .chain(self.subnets.by_name.keys())
            .chain(self.vpcs.by_name.keys())
            .chain(self.inbound_endpoints.by_name.keys());
        let hint = near::did_you_mean(text, names.map(|name| &**name));
        let message = format!(
            "expected an instance, subnet, VPC, address or `internet`, found {}",
            node.describe()
        );
        report.error_hint(node.pos, &message, hint);
        None
    }
}
