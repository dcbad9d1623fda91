//! Names as DNS compares them: lower-case wire bytes, ending in the root label.
//!
//! Knows labels, suffixes and presentation text (RFC 1035 section 5.1, RFC 4343). Does not know messages,
//! compression or the case a client used: that is the business of `dns`.

use std::{
    borrow::Borrow,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

pub use super::suffix_lengths::MAX_NAME;
use super::suffix_lengths::SuffixLengths;

/// How many labels decide which of AWS's spaces a name lies in, at the most: an endpoint, a service, its region and a
/// long public suffix.
pub const TAIL: usize = 9;
/// The longest label.
pub const MAX_LABEL: usize = 63;

/// An absolute name, lower-case, in wire form. Cloning shares the bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(Arc<[u8]>);

/// A borrowed [`Name`].
#[derive(Clone, Copy)]
pub struct NameRef<'a> {
    wire: &'a [u8],
    /// The lengths of its suffixes, if somebody has walked over it; longer ones may be among them.
    suffixes: Option<&'a SuffixLengths>,
}

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Two dots in a row, or a dot in front.
    #[error("a label is empty")]
    EmptyLabel,
    /// A label is over 63 bytes.
    #[error("a label is longer than 63 bytes")]
    LabelTooLong,
    /// The name is over 255 bytes in wire form.
    #[error("the name is longer than 255 bytes")]
    TooLong,
    /// A backslash is not followed by a character or three digits up to 255.
    #[error("a backslash must be followed by a character or by three digits up to 255")]
    BadEscape,
}

impl Name {
    /// The root.
    pub fn root() -> Self {
        Self(Arc::from([0_u8].as_slice()))
    }

    /// Reads presentation text. A final dot is optional: every name is absolute.
    ///
    /// # Errors
    ///
    /// What [`NameError`] says.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let mut wire = Vec::with_capacity(text.len() + 2);
        if text == "." {
            return Ok(Self::root());
        }
        let mut label = Vec::with_capacity(MAX_LABEL);
        let mut bytes = text.bytes().peekable();
        if text.is_empty() {
            return Err(NameError::EmptyLabel);
        }
        while let Some(byte) = bytes.next() {
            match byte {
                b'.' => {
                    push_label(&mut wire, &label)?;
                    label.clear();
                    if bytes.peek().is_none() {
                        break;
                    }
                }
                b'\\' => label.push(escape(&mut bytes)?),
                other => label.push(other.to_ascii_lowercase()),
            }
        }
        if !label.is_empty() {
            push_label(&mut wire, &label)?;
        } else if !text.ends_with('.') {
            return Err(NameError::EmptyLabel);
        }
        wire.push(0);
        if wire.len() > MAX_NAME { Err(NameError::TooLong) } else { Ok(Self(wire.into())) }
    }

    /// Takes uncompressed wire bytes, lower-casing them; `None` if they are not exactly one name.
    pub fn from_wire(wire: &[u8]) -> Option<Self> {
        let mut at = 0;
        loop {
            match usize::from(*wire.get(at)?) {
                0 => break,
                length if length > MAX_LABEL => return None,
                length => at += length + 1,
            }
        }
        if at + 1 != wire.len() || wire.len() > MAX_NAME {
            return None;
        }
        let lower: Arc<[u8]> = wire.iter().map(u8::to_ascii_lowercase).collect();
        Some(Self(lower))
    }

    /// The borrowed form.
    pub fn as_ref(&self) -> NameRef<'_> {
        NameRef { wire: &self.0, suffixes: None }
    }

    /// The wire bytes.
    pub fn wire(&self) -> &[u8] {
        &self.0
    }

    /// This name with `label` put in front; `None` if that is too long or the label is not 1 to 63 bytes.
    pub fn prepend(&self, label: &[u8]) -> Option<Self> {
        if label.is_empty() || label.len() > MAX_LABEL || label.len() + 1 + self.0.len() > MAX_NAME
        {
            return None;
        }
        let mut wire = Vec::with_capacity(label.len() + 1 + self.0.len());
        wire.push(u8::try_from(label.len()).ok()?);
        wire.extend(label.iter().map(u8::to_ascii_lowercase));
        wire.extend_from_slice(&self.0);
        Some(Self(wire.into()))
    }

    /// The name without its first label; the root gives `None`.
    pub fn parent(&self) -> Option<Self> {
        self.as_ref().parent().map(NameRef::to_name)
    }

    /// Whether the first label is a lone asterisk (RFC 4592 section 2.1.1).
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with(b"\x01*")
    }
}

impl<'a> NameRef<'a> {
    /// Wraps bytes that are already one lower-case name in wire form.
    ///
    /// The caller vouches for that; `dns`'s reader and [`Name`] do.
    pub fn from_lower_wire(wire: &'a [u8]) -> Self {
        debug_assert!(wire.last() == Some(&0) && !wire.iter().any(u8::is_ascii_uppercase));
        Self { wire, suffixes: None }
    }

    /// The same name, with the lengths of its suffixes or of those of a name that it ends.
    #[must_use]
    pub fn knowing(self, suffixes: &'a SuffixLengths) -> Self {
        debug_assert!(self.suffixes().all(|suffix| suffixes.contains(suffix.wire.len())));
        Self { suffixes: Some(suffixes), ..self }
    }

    /// The wire bytes.
    pub fn wire(self) -> &'a [u8] {
        self.wire
    }

    /// An owned copy.
    pub fn to_name(self) -> Name {
        Name(self.wire.into())
    }

    /// Whether this is the root.
    pub fn is_root(self) -> bool {
        self.wire.len() == 1
    }

    /// The first label, without its length; the root has none.
    pub fn first_label(self) -> Option<&'a [u8]> {
        let length = usize::from(*self.wire.first()?);
        if length == 0 { None } else { self.wire.get(1..=length) }
    }

    /// The name without its first label.
    pub fn parent(self) -> Option<Self> {
        let length = usize::from(*self.wire.first()?);
        let wire = if length == 0 { None } else { self.wire.get(length + 1..) }?;
        Some(Self { wire, ..self })
    }

    /// The labels from the left, root excluded.
    pub fn labels(self) -> impl Iterator<Item = &'a [u8]> {
        self.suffixes().filter_map(NameRef::first_label)
    }

    /// This name, its parent, and so on to the root.
    pub fn suffixes(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |name| name.parent())
    }

    /// The lengths of its suffixes; longer ones may be among them.
    pub fn suffix_lengths(self) -> SuffixLengths {
        self.suffixes.copied().unwrap_or_else(|| SuffixLengths::of(self.wire))
    }

    /// Its last labels, [`TAIL`] or all.
    #[must_use]
    pub fn tail(self) -> Self {
        self.last_labels(TAIL)
    }

    /// Its last labels, so many or all; the root label does not count.
    #[must_use]
    pub fn last_labels(self, count: usize) -> Self {
        let start = self
            .suffix_lengths()
            .nth_shortest(count)
            .and_then(|length| self.wire.len().checked_sub(length));
        match start.and_then(|start| self.wire.get(start..)) {
            Some(wire) => Self { wire, ..self },
            None => self,
        }
    }

    /// How many labels it has, root excluded.
    pub fn label_count(self) -> usize {
        self.labels().count()
    }

    /// Whether it is `zone` or lies below it.
    pub fn is_within(self, zone: NameRef<'_>) -> bool {
        self.strip_suffix(zone).is_some()
    }

    /// The labels in front of `zone`, as raw bytes without a root label; `None` if it does not lie within it.
    pub fn strip_suffix(self, zone: NameRef<'_>) -> Option<&'a [u8]> {
        let front = self.wire.strip_suffix(zone.wire)?;
        // The cut must fall on a label's first byte.
        self.has_suffix_of(zone.wire.len()).then_some(front)
    }

    /// Whether a label begins so many bytes before its end.
    pub fn has_suffix_of(self, length: usize) -> bool {
        match self.suffixes {
            Some(lengths) => length <= self.wire.len() && lengths.contains(length),
            None => self.suffixes().any(|suffix| suffix.wire.len() == length),
        }
    }
}

fn push_label(wire: &mut Vec<u8>, label: &[u8]) -> Result<(), NameError> {
    if label.is_empty() {
        return Err(NameError::EmptyLabel);
    }
    if label.len() > MAX_LABEL {
        return Err(NameError::LabelTooLong);
    }
    wire.push(u8::try_from(label.len()).map_err(|_| NameError::LabelTooLong)?);
    wire.extend_from_slice(label);
    Ok(())
}

fn escape(bytes: &mut impl Iterator<Item = u8>) -> Result<u8, NameError> {
    let first = bytes.next().ok_or(NameError::BadEscape)?;
    if !first.is_ascii_digit() {
        return Ok(first.to_ascii_lowercase());
    }
    let mut value = u32::from(first - b'0');
    for _ in 0..2 {
        let digit = bytes.next().filter(u8::is_ascii_digit).ok_or(NameError::BadEscape)?;
        value = value * 10 + u32::from(digit - b'0');
    }
    u8::try_from(value).map(|byte| byte.to_ascii_lowercase()).map_err(|_| NameError::BadEscape)
}

impl PartialEq for NameRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.wire == other.wire
    }
}

impl Eq for NameRef<'_> {}

impl Hash for NameRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.wire.hash(state);
    }
}

impl Borrow<[u8]> for Name {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl std::str::FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

/// Presentation text without the final dot (`.` for the root), special characters escaped.
impl fmt::Display for NameRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.write_str(".");
        }
        for (index, label) in self.labels().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            for &byte in label {
                match byte {
                    b'.' | b'\\' | b'"' | b'(' | b')' | b';' | b'@' | b'$' => {
                        write!(f, "\\{}", byte as char)?;
                    }
                    0x21..=0x7e => write!(f, "{}", byte as char)?,
                    _ => write!(f, "\\{byte:03}")?,
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Debug for NameRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_wire_agree() {
        let name = Name::parse("Bucket.S3.Example.COM.").unwrap();
        assert_eq!(name.wire(), b"\x06bucket\x02s3\x07example\x03com\x00");
        assert_eq!(name.to_string(), "bucket.s3.example.com");
        assert_eq!(Name::parse("a\\.b.c").unwrap().wire(), b"\x03a.b\x01c\x00");
        assert_eq!(Name::parse("a\\.b.c").unwrap().to_string(), "a\\.b.c");
        assert_eq!(Name::from_wire(b"\x01A\x00"), Some(Name::parse("a").unwrap()));
        assert_eq!(Name::parse(".").unwrap(), Name::root());
    }

    #[test]
    fn bad_texts_are_refused() {
        assert_eq!(Name::parse(""), Err(NameError::EmptyLabel));
        assert_eq!(Name::parse("a..b"), Err(NameError::EmptyLabel));
        assert_eq!(Name::parse(".a"), Err(NameError::EmptyLabel));
        assert_eq!(Name::parse(&"a".repeat(64)), Err(NameError::LabelTooLong));
        assert_eq!(Name::parse(&"a.".repeat(128)), Err(NameError::TooLong));
        assert!(Name::parse(&"a.".repeat(127)).is_ok());
        assert_eq!(Name::parse("a\\999"), Err(NameError::BadEscape));
        assert_eq!(Name::parse("a\\"), Err(NameError::BadEscape));
        assert_eq!(Name::from_wire(b"\x02a\x00"), None);
        assert_eq!(Name::from_wire(b"\x00\x00"), None);
    }

    #[test]
    fn suffixes_respect_labels() {
        let name = Name::parse("b.example.com").unwrap();
        let zone = Name::parse("example.com").unwrap();
        assert_eq!(name.as_ref().strip_suffix(zone.as_ref()), Some(b"\x01b".as_slice()));
        assert!(!Name::parse("bexample.com").unwrap().as_ref().is_within(zone.as_ref()));
        // A label whose bytes look like a suffix is not one.
        let trick = Name::parse("x\\007example\\003com.org").unwrap();
        assert!(!trick.as_ref().is_within(zone.as_ref()));
        assert_eq!(name.as_ref().suffixes().count(), 4);
        assert_eq!(name.as_ref().label_count(), 3);
    }
}
