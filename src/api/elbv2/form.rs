//! The forms of structures in AWS's own words: how they are read from a request, and shown again as they came.

use crate::{
    api::{balancing::flag, error::ApiError, parameter::Parameters, shape::Fields},
    model::document::Document,
};

/// What a value may be.
pub(super) enum Form {
    /// A text.
    Text,
    /// One of some words.
    Words(&'static [&'static str]),
    /// A whole number in a range.
    Number(u64, u64),
    /// `true` or `false`.
    Flag,
    /// A text that is read and never kept.
    Secret,
    /// A list of texts.
    Texts,
    /// A list of structures.
    List(Members),
    /// A structure.
    Fields(Members),
    /// A map of texts.
    Pairs,
}

/// The members of a structure.
pub(super) type Members = &'static [(&'static str, Form)];

/// Reads the members of a structure.
///
/// # Errors
///
/// As the parameters give them.
pub(super) fn read(parameters: &mut Parameters, members: Members) -> Result<Document, ApiError> {
    let mut found = std::collections::BTreeMap::new();
    for (name, form) in members {
        if let Some(value) = value(parameters, name, form)? {
            found.insert((*name).to_owned(), value);
        }
    }
    Ok(Document::Fields(found))
}

fn value(
    parameters: &mut Parameters,
    name: &str,
    form: &Form,
) -> Result<Option<Document>, ApiError> {
    Ok(match form {
        Form::Text => parameters.text(name)?.map(Document::Text),
        Form::Secret => {
            parameters.text(name)?;
            None
        }
        Form::Words(words) => {
            let text = parameters.text(name)?;
            if let Some(text) = text.as_deref().filter(|text| !words.contains(text)) {
                parameters.is_no_word(name, text, words);
            }
            text.map(Document::Text)
        }
        Form::Number(least, most) => {
            let number = parameters.number(name, *least..=*most)?;
            number.map(|it| Document::Text(it.to_string()))
        }
        Form::Flag => flag(parameters, name)?.map(|it| Document::Text(it.to_string())),
        Form::Texts => {
            let texts = parameters.list(name)?;
            let list = || Document::List(texts.iter().cloned().map(Document::Text).collect());
            (!texts.is_empty()).then(list)
        }
        Form::List(members) => {
            let items = parameters.structures(name, |item| read(item, members))?;
            (!items.is_empty()).then_some(Document::List(items))
        }
        Form::Fields(members) => parameters.structure(name, |it| read(it, members))?,
        Form::Pairs => {
            let pairs = parameters.structures(&format!("{name}.entry"), |pair| {
                Ok((pair.required("key")?, Document::Text(pair.text("value")?.unwrap_or_default())))
            })?;
            (!pairs.is_empty()).then(|| Document::Fields(pairs.into_iter().collect()))
        }
    })
}

/// A structure as replies show it.
pub(super) fn show(document: &Document, members: Members) -> Fields {
    let mut shown = Fields::new();
    for (name, form) in members {
        let Some(value) = document.get(name) else { continue };
        shown = match (form, value) {
            (Form::List(members), Document::List(items)) => {
                shown.list(name, items.iter().map(|item| show(item, members)))
            }
            (Form::Texts, Document::List(items)) => {
                shown.texts(name, items.iter().filter_map(Document::text))
            }
            (Form::Fields(members), Document::Fields(_)) => {
                shown.fields(name, show(value, members))
            }
            (Form::Pairs, Document::Fields(pairs)) => {
                let pairs = pairs.iter().fold(Fields::new(), |all, (key, value)| {
                    let pair = Fields::new().set("key", key).maybe("value", value.text());
                    all.fields("entry", pair)
                });
                shown.fields(name, pairs)
            }
            (_, Document::Text(text)) => shown.set(name, text.as_str()),
            // A world file may hold another form.
            _ => shown,
        };
    }
    shown
}
