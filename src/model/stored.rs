//! How the World's values are written down and read back (serde): ids, names and ranges as their text.
//!
//! One form for every store and every format. Which rows there are and where they lie is the store's business.

/// Writes a type as its `Display` text and reads it by `FromStr`.
macro_rules! as_text {
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::model::stored::from_text(deserializer)
            }
        }
    };
}

pub(crate) use as_text;

use std::{
    borrow::Cow, cell::RefCell, collections::HashMap, fmt, marker::PhantomData, str::FromStr,
    sync::Arc,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    name::Name,
    record::Rdata,
    service::{self, AwsService, PrivateName},
    zone_data::{ZoneData, ZoneNode},
};
use crate::catalog::{self, CatalogDate};

/// Reads a value by `FromStr` without keeping its text.
pub(crate) fn from_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: fmt::Display,
{
    struct Text<T>(PhantomData<T>);

    impl<T: FromStr> de::Visitor<'_> for Text<T>
    where
        T::Err: fmt::Display,
    {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}

as_text!(Name);
as_text!(CatalogDate);

/// The most texts of one kind that are remembered while rows are read.
const REMEMBERED: usize = 4_096;

/// Text that many rows have in common, such as an account: kept once for all that a thread reads one after the other.
pub(super) mod shared {
    use super::{Deserialize, Deserializer, REMEMBERED, Serializer};
    use std::{borrow::Cow, cell::RefCell, collections::HashSet, sync::Arc};

    thread_local! {
        static KNOWN: RefCell<HashSet<Arc<str>>> = RefCell::default();
    }

    pub(crate) fn serialize<S: Serializer>(
        text: &Arc<str>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<str>, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Ok(KNOWN.with_borrow_mut(|known| {
            if let Some(text) = known.get(&*text) {
                return Arc::clone(text);
            }
            if known.len() == REMEMBERED {
                known.clear();
            }
            let text: Arc<str> = text.into();
            known.insert(Arc::clone(&text));
            text
        }))
    }
}

/// A list without room for more than it holds: of a large World's memory that would be a quarter.
pub(super) fn exact<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let mut list = Vec::deserialize(deserializer)?;
    list.shrink_to_fit();
    Ok(list)
}

/// A region by its name.
pub(super) mod region {
    use super::{Deserialize, Deserializer, Serializer, catalog, de};

    pub(crate) fn serialize<S: Serializer>(
        name: &&'static str,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(name)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<&'static str, D::Error> {
        let name = std::borrow::Cow::<str>::deserialize(deserializer)?;
        catalog::region(&name)
            .map(|region| region.name)
            .ok_or_else(|| de::Error::custom(format!("vpcdns knows no region `{name}`")))
    }
}

impl Serialize for PrivateName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for PrivateName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        thread_local! {
            static KNOWN: RefCell<HashMap<Arc<str>, PrivateName>> = RefCell::default();
        }
        let text = Cow::<str>::deserialize(deserializer)?;
        // Endpoints of one service have one name in common.
        KNOWN.with_borrow_mut(|known| {
            if let Some(name) = known.get(&*text) {
                return Ok(name.clone());
            }
            let name = Self::parse(&text)
                .ok_or_else(|| de::Error::custom(format!("`{text}` is not a name")))?;
            if known.len() == REMEMBERED {
                known.clear();
            }
            known.insert(Arc::clone(&name.text), name.clone());
            Ok(name)
        })
    }
}

/// A service of AWS's, as the row of the catalogue it came from.
pub(super) mod aws_service {
    use super::{
        AwsService, CatalogDate, Deserialize, Deserializer, Serialize, Serializer, de, service,
    };
    use std::{borrow::Cow, sync::Arc};

    #[derive(Serialize, Deserialize)]
    struct Named<'r> {
        region: Cow<'r, str>,
        date: CatalogDate,
        name: Cow<'r, str>,
    }

    pub(crate) fn serialize<S: Serializer>(
        service: &Arc<AwsService>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Named {
            region: Cow::Borrowed(service.region.name),
            date: service.date,
            name: Cow::Borrowed(&service.service.name),
        }
        .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<AwsService>, D::Error> {
        let row = Named::deserialize(deserializer)?;
        service::aws_service(&row.region, row.date, &row.name).ok_or_else(|| {
            de::Error::custom(format!(
                "vpcdns's list of AWS services of {} has no service `{}` in {}",
                row.date, row.name, row.region
            ))
        })
    }
}

/// Record data as hexadecimal digits.
impl Serialize for Rdata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(self.wire().len() * 2);
        for byte in self.wire() {
            text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or_default());
            text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or_default());
        }
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Rdata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
        let wire: Option<Vec<u8>> = text
            .as_bytes()
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
                _ => None,
            })
            .collect();
        wire.map(|wire| Self::from_wire(&wire))
            .ok_or_else(|| de::Error::custom(format!("`{text}` is not record data")))
    }
}

#[derive(Serialize, Deserialize)]
struct StoredZone {
    origin: Name,
    soa: Rdata,
    soa_ttl: u32,
    nodes: Vec<(Name, ZoneNode)>,
}

impl Serialize for ZoneData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nodes = self
            .names()
            .into_iter()
            .filter_map(|name| Some((name.clone(), self.node(name.as_ref())?.clone())))
            .collect();
        StoredZone {
            origin: self.origin.clone(),
            soa: self.soa.clone(),
            soa_ttl: self.soa_ttl,
            nodes,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ZoneData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = StoredZone::deserialize(deserializer)?;
        let mut zone = Self::new(stored.origin, stored.soa, stored.soa_ttl);
        let mut is_tidy = true;
        for (name, node) in stored.nodes {
            let ZoneNode { sets, alias, routed } = node;
            let (mut texts, mut is_plain) = (Vec::new(), true);
            for set in sets {
                is_plain &= set.texts.is_empty();
                texts.push((set.rtype, set.texts));
                for data in set.data {
                    zone.add(&name, set.rtype, set.ttl, data).map_err(de::Error::custom)?;
                }
            }
            if let Some(alias) = alias {
                zone.add_alias(&name, Name::clone(&alias)).map_err(de::Error::custom)?;
            }
            if !routed.is_empty() || !is_plain {
                let mut node = zone.node(name.as_ref()).cloned().unwrap_or_default();
                for set in &mut node.sets {
                    let own = texts.iter_mut().find(|(rtype, _)| *rtype == set.rtype);
                    set.texts = own.map(|(_, texts)| std::mem::take(texts)).unwrap_or_default();
                }
                node.routed = routed;
                zone.put(&name, node);
                is_tidy = false;
            }
        }
        if !is_tidy {
            zone.tidy();
        }
        Ok(zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        record::{RecordSet, RecordType},
        routing::{Policy, RoutedSet},
    };

    #[test]
    fn zones_read_back_as_written() {
        let name = |text: &str| Name::parse(text).unwrap();
        let mut zone = ZoneData::private(name("corp.internal"));
        let data = |text: &str| Rdata::parse(RecordType::TXT, text).unwrap();
        zone.add(&name("a\\.b.corp.internal"), RecordType::TXT, 30, data("\"x y\"")).unwrap();
        zone.add(&name("a\\.b.corp.internal"), RecordType::TXT, 30, data("z")).unwrap();
        zone.add_alias(&name("alias.corp.internal"), name("target.example")).unwrap();
        let values = |texts: &[&str]| {
            let data = texts.iter().map(|text| data(text)).collect();
            RecordSet::new(RecordType::TXT, 5, data)
        };
        for (identifier, weight) in [("one", 1), ("two", 2)] {
            let set = RoutedSet {
                identifier: Some(identifier.into()),
                policy: Policy::Weighted(weight),
                ..RoutedSet::simple(values(&[identifier]))
            };
            zone.add_routed(&name("w.deep.corp.internal"), set).unwrap();
        }
        let written = RecordSet { texts: vec!["as written".into()], ..values(&["z"]) };
        let node = ZoneNode { sets: vec![written], ..ZoneNode::default() };
        zone.put(&name("t.corp.internal"), node);
        let text = serde_json::to_string(&zone).unwrap();
        assert_eq!(serde_json::from_str::<ZoneData>(&text).unwrap(), zone);
        assert!(serde_json::from_str::<Rdata>("\"0\"").is_err());
        assert!(serde_json::from_str::<Rdata>("\"zz\"").is_err());
    }
}
