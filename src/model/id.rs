//! Resource ids in the shapes AWS gives them: a prefix, a dash, and 8 or 17 hexadecimal digits.
//!
//! An id is a `Copy` number, so that a View is an index of ids and a trace step costs nothing. Does not know
//! which ids exist.

use std::{fmt, str::FromStr};

use super::resources::resources;
use crate::hash::stable_hash;

/// The id of load balancers and managed resources is their DNS name.
pub use super::name::Name;

/// The name of one of the catalogue's regions, such as `ap-northeast-2`.
pub type RegionName = &'static str;

/// Digits of an id: their value, of which the highest of 17 does not fit into the 16 lowest, and how many.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Hex {
    highest: u8,
    low: u64,
    digits: u8,
}

/// Why a text is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not an id of the form {prefix}-xxxxxxxx or {prefix}-xxxxxxxxxxxxxxxxx (8 or 17 digits of 0-9 and a-f)"
)]
pub struct IdError {
    text: String,
    prefix: &'static str,
}

impl Hex {
    fn parse(text: &[u8]) -> Option<Self> {
        if text.len() != 8 && text.len() != 17 {
            return None;
        }
        let (mut highest, mut low) = (0, 0_u64);
        for &byte in text {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                _ => return None,
            };
            // Of 17 digits the first is moved out by the last.
            highest = low.to_be_bytes()[0] >> 4;
            low = low << 4 | u64::from(digit);
        }
        Some(Self { highest, low, digits: u8::try_from(text.len()).ok()? })
    }

    fn value(self) -> u128 {
        u128::from(self.highest) << 64 | u128::from(self.low)
    }
}

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$x}", self.value(), width = usize::from(self.digits))
    }
}

macro_rules! ids {
    ($($name:ident $prefix:literal $noun:literal;)*) => {$(
        #[doc = concat!("The id of ", $noun, ".")]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Hex);

        impl $name {
            /// The prefix, before the dash.
            pub const PREFIX: &'static str = $prefix;

            /// Reads the digits alone, as they stand in a DNS label after the prefix.
            pub fn from_digits(digits: &[u8]) -> Option<Self> {
                Hex::parse(digits).map(Self)
            }

            /// The low bytes of its number, to mix into a hash.
            pub fn low_bytes(self) -> [u8; 8] {
                self.0.low.to_be_bytes()
            }

            /// An id of 17 digits made from `seed`: the same seed gives the same id.
            pub fn from_seed(seed: u128) -> Self {
                let [.., highest, a, b, c, d, e, f, g, h] = seed.to_be_bytes();
                let low = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
                Self(Hex { highest: highest & 0xf, low, digits: 17 })
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix(concat!($prefix, "-"))
                    .and_then(|digits| Hex::parse(digits.as_bytes()))
                    .map(Self)
                    .ok_or_else(|| IdError { text: text.to_owned(), prefix: $prefix })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "-{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        super::stored::as_text!($name);
    )*};
}

resources! { ids => ids }

const ZONE_ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Ids of Route 53: a letter, and up to 23 letters and digits in capitals.
macro_rules! lettered_ids {
    ($($(#[$docs:meta])* $id:ident $letter:literal)*) => {$(
        $(#[$docs])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $id {
            value: u128,
            digits: u8,
        }

        impl FromStr for $id {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let bad = || IdError { text: text.to_owned(), prefix: $letter };
                let rest = text.strip_prefix($letter);
                let rest = rest.filter(|rest| (1..=23).contains(&rest.len())).ok_or_else(bad)?;
                let mut value: u128 = 0;
                for byte in rest.bytes() {
                    let digit = ZONE_ALPHABET.iter().position(|letter| *letter == byte);
                    value = value * 36 + digit.ok_or_else(bad)? as u128;
                }
                Ok(Self { value, digits: u8::try_from(rest.len()).map_err(|_| bad())? })
            }
        }

        impl $id {
            /// An id as AWS would choose it, made from `seed`.
            pub fn from_seed(seed: u64) -> Self {
                Self { value: u128::from(seed), digits: 13 }
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [b'0'; 23];
                let (mut rest, end) = (self.value, usize::from(self.digits));
                for digit in text[..end].iter_mut().rev() {
                    *digit = ZONE_ALPHABET[(rest % 36) as usize];
                    rest /= 36;
                }
                write!(f, "{}{}", $letter, String::from_utf8_lossy(&text[..end]))
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        super::stored::as_text!($id);
    )*};
}

lettered_ids! {
    /// The id of a hosted zone.
    ZoneId "Z"
    /// The id of a reusable delegation set.
    DelegationSetId "N"
}

/// Ids that are UUIDs.
macro_rules! uuid_ids {
    ($($(#[$docs:meta])* $id:ident)*) => {$(
        $(#[$docs])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $id(u128);

        impl $id {
            /// An id made from `seed`: the same seed gives the same id.
            pub fn from_seed(seed: u128) -> Self {
                Self(seed)
            }
        }

        impl FromStr for $id {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let id = u128::from_str_radix(&text.replace('-', ""), 16).ok().map(Self);
                // Only the usual form, so that no two texts are one id.
                let usual = id.filter(|id| id.to_string() == text);
                usual.ok_or_else(|| IdError { text: text.to_owned(), prefix: "a UUID" })
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let hex = format!("{:032x}", self.0);
                let part = |from, to| hex.get(from..to).unwrap_or_default();
                let parts = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)];
                f.write_str(&parts.join("-"))
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        super::stored::as_text!($id);
    )*};
}

uuid_ids! {
    /// The id of a stack: the UUID at the end of its ARN.
    StackId
    /// The id of a Route 53 health check.
    HealthCheckId
    /// The id of a parameter of Systems Manager, never shown.
    ParameterId
    /// The id of a CIDR collection.
    CidrCollectionId
}

/// Ids of AWS Cloud Map: a prefix and 16 letters and digits.
macro_rules! cloud_map_ids {
    ($($(#[$docs:meta])* $id:ident $prefix:literal)*) => {$(
        $(#[$docs])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $id(u128);

        impl $id {
            /// An id made from `seed`: the same seed gives the same id.
            pub fn from_seed(seed: u128) -> Self {
                Self(seed % CLOUD_MAP_IDS)
            }
        }

        impl FromStr for $id {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let bad = || IdError { text: text.to_owned(), prefix: $prefix };
                let digits = text.strip_prefix($prefix).ok_or_else(bad)?;
                let id = u128::from_str_radix(digits, 36).ok().filter(|id| *id < CLOUD_MAP_IDS);
                // Only the usual form, so that no two texts are one id.
                id.map(Self).filter(|id| id.to_string() == text).ok_or_else(bad)
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [b'0'; 16];
                let mut rest = self.0;
                for digit in text.iter_mut().rev() {
                    *digit = ZONE_ALPHABET[(rest % 36) as usize].to_ascii_lowercase();
                    rest /= 36;
                }
                write!(f, "{}{}", $prefix, String::from_utf8_lossy(&text))
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        super::stored::as_text!($id);
    )*};
}

/// How many ids of 16 letters and digits there are.
const CLOUD_MAP_IDS: u128 = 36_u128.pow(16);

cloud_map_ids! {
    /// The id of a namespace of AWS Cloud Map.
    CloudMapNamespaceId "ns-"
    /// The id of a service of AWS Cloud Map.
    CloudMapServiceId "srv-"
}

/// Why a text is not the end of an ARN of Elastic Load Balancing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not 16 digits of 0-9 and a-f")]
pub struct DigitsError(String);

/// Ids of 16 hexadecimal digits, with which the ARNs of Elastic Load Balancing end.
macro_rules! sixteen_digits {
    ($($name:ident $noun:literal;)*) => {$(
        #[doc = concat!("The id of ", $noun, ".")]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u64);

        impl $name {
            /// The id made from `seed`.
            pub fn from_seed(seed: u128) -> Self {
                let [.., a, b, c, d, e, f, g, h] = seed.to_be_bytes();
                Self(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
            }
        }

        impl FromStr for $name {
            type Err = DigitsError;

            fn from_str(text: &str) -> Result<Self, DigitsError> {
                let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                let good = text.len() == 16 && text.bytes().all(digit);
                let value = u64::from_str_radix(text, 16).ok().filter(|_| good);
                value.map(Self).ok_or_else(|| DigitsError(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:016x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        super::stored::as_text!($name);
    )*};
}

sixteen_digits! {
    TargetGroupId "a target group";
    TrustStoreId "a trust store";
    ListenerId "a listener of a load balancer";
    ListenerRuleId "a rule of a listener";
}

/// An id derived from its resource, so that it is the same on every machine and after every start; for example the id
/// of an association. `prefix` is the part before the dash.
pub fn derived(prefix: &str, of: &str) -> String {
    format!("{prefix}-{:017x}", derived_seed(of))
}

/// The seed of an id derived from its resource. AWS's ids of 17 digits begin with a 0.
pub fn derived_seed(of: &str) -> u128 {
    let hash = stable_hash(of);
    (hash >> 64) ^ (hash & u128::from(u64::MAX))
}

/// The seed of an id that nobody gave: the same for the same resource of the same owner on every machine.
pub fn seed_of(what: &str, of: impl fmt::Display) -> u128 {
    derived_seed(&format!("{what}/{of}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_as_written() {
        for text in ["vpce-093517d1686ace06d", "vpce-00000001"] {
            assert_eq!(text.parse::<EndpointId>().unwrap().to_string(), text);
        }
        for text in
            ["vpce-09351d168ace06d", "vpce-093517D1686ace06d", "vpc-093517d1686ace06d", "vpce-", ""]
        {
            assert!(text.parse::<EndpointId>().is_err(), "{text}");
        }
        assert_eq!(EndpointId::from_seed(1).to_string(), "vpce-00000000000000001");
        for text in ["Z27UANNT0PRK1T", "Z0", "Z07122992YCEUCB9A9570"] {
            assert_eq!(text.parse::<ZoneId>().unwrap().to_string(), text);
        }
        assert!("Zab".parse::<ZoneId>().is_err());
        let text = "00a4b5c6d7e8f901";
        assert_eq!(text.parse::<TargetGroupId>().unwrap().to_string(), text);
        for text in ["", "a4b5c6d7e8f901", "00A4b5c6d7e8f901", "+0a4b5c6d7e8f901"] {
            assert!(text.parse::<TargetGroupId>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_id_is_read_in_its_usual_form_only() {
        let id = StackId::from_seed(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(id.to_string(), "01234567-89ab-cdef-0123-456789abcdef");
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "0123456789abcdef0123456789abcdef", "01234567-89AB-CDEF-0123-456789ABCDEF"]
        {
            assert!(bad.parse::<StackId>().is_err(), "{bad}");
        }
    }
}
