//! Parses the text of a scalar as a value of a given type: an address, a name, an id, a number.
//!
//! Uses exactly the text of the source. A text becomes a number or a date only if the field asks for one.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use ipnetwork::{Ipv4Network, Ipv6Network};
use smol_str::SmolStr;

use super::near;
use crate::{
    catalog::{self, CatalogDate, Region},
    model::{
        id::{self, DelegationSetId, ListenerId, ListenerRuleId, TargetGroupId, ZoneId},
        name::Name,
        record::RecordType,
        resources::resources,
    },
};

/// A value that is written as one scalar.
pub trait Scalar: Sized {
    /// The expected form, for a message.
    const EXPECTED: &'static str;

    /// Reads the text.
    ///
    /// # Errors
    ///
    /// If the text is malformed; with a hint, if there is one.
    fn read(text: &str) -> Result<Self, Option<String>>;
}

macro_rules! parsed {
    ($($kind:ty = $expected:expr;)*) => {$(
        impl Scalar for $kind {
            const EXPECTED: &'static str = $expected;

            fn read(text: &str) -> Result<Self, Option<String>> {
                text.parse().map_err(|_| None)
            }
        }
    )*};
}

parsed! {
    Ipv4Addr = "an IPv4 address";
    Ipv6Addr = "an IPv6 address";
    u16 = "a number from 0 to 65535";
    u32 = "a number";
    i32 = "a number";
    TargetGroupId = "a target group id such as 0123456789abcdef";
    ListenerId = "a listener id such as 0123456789abcdef";
    ListenerRuleId = "an id of a listener's rule such as 0123456789abcdef";
    CatalogDate = "`newest` or `2023-09`";
    RecordType = "a record type such as A or TXT";
    DelegationSetId = "a delegation set id such as N0123456789ABCDEFGHIJ";
    ZoneId = "a hosted zone id such as Z0123456789ABCDEFGHIJ";
}

macro_rules! ids {
    ($($name:ident $prefix:literal $noun:literal;)*) => {
        parsed! {
            $(id::$name = concat!($noun, " id such as ", $prefix, "-0123456789abcdef0");)*
        }
    };
}

resources! { ids => ids }

impl Scalar for bool {
    const EXPECTED: &'static str = "true or false";

    fn read(text: &str) -> Result<Self, Option<String>> {
        match text {
            "true" | "True" | "TRUE" => Ok(true),
            "false" | "False" | "FALSE" => Ok(false),
            "yes" | "on" => Err(Some("write `true`".to_owned())),
            "no" | "off" => Err(Some("write `false`".to_owned())),
            _ => Err(None),
        }
    }
}

impl Scalar for Ipv4Network {
    const EXPECTED: &'static str = "an IPv4 range such as 10.0.0.0/16";

    fn read(text: &str) -> Result<Self, Option<String>> {
        if text.parse::<Ipv4Addr>().is_ok() {
            return Err(Some(format!("add the prefix length, as in {text}/24")));
        }
        text.parse().map_err(|_| None)
    }
}

impl Scalar for Ipv6Network {
    const EXPECTED: &'static str = "an IPv6 range such as 2001:db8::/56";

    fn read(text: &str) -> Result<Self, Option<String>> {
        if text.parse::<Ipv6Addr>().is_ok() {
            return Err(Some(format!("add the prefix length, as in {text}/64")));
        }
        text.parse().map_err(|_| None)
    }
}

impl Scalar for Name {
    const EXPECTED: &'static str = "a DNS name";

    fn read(text: &str) -> Result<Self, Option<String>> {
        Self::parse(text).map_err(|error| Some(error.to_string()))
    }
}

impl Scalar for Arc<str> {
    const EXPECTED: &'static str = "text";

    fn read(text: &str) -> Result<Self, Option<String>> {
        Ok(text.into())
    }
}

impl Scalar for String {
    const EXPECTED: &'static str = "text";

    fn read(text: &str) -> Result<Self, Option<String>> {
        Ok(text.to_owned())
    }
}

impl Scalar for &'static Region {
    const EXPECTED: &'static str = "a region such as ap-northeast-2";

    fn read(text: &str) -> Result<Self, Option<String>> {
        catalog::region(text).ok_or_else(|| {
            near::did_you_mean(text, catalog::regions().iter().map(|region| region.name))
        })
    }
}

/// The account that owns something: twelve digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account(pub Arc<str>);

impl Scalar for Account {
    const EXPECTED: &'static str = "an account of twelve digits";

    fn read(text: &str) -> Result<Self, Option<String>> {
        let good = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        if good { Ok(Self(text.into())) } else { Err(None) }
    }
}

/// The random label of an endpoint's names (N4). Labels of older endpoints and of tests may have other lengths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suffix(pub SmolStr);

impl Scalar for Suffix {
    const EXPECTED: &'static str = "a label of 1 to 32 lower-case letters and digits";

    fn read(text: &str) -> Result<Self, Option<String>> {
        let letters = text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
        if (1..=32).contains(&text.len()) && letters { Ok(Self(text.into())) } else { Err(None) }
    }
}
