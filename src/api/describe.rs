//! The common part of every action that lists things: ownership, filters and paging.
//!
//! An action implements [`Describe`]. Its filters are a table from a filter's name to the values that a resource
//! has for it, so a filter cannot be accepted without being applied.

use super::{
    context::Context, error::ApiError, own::Owned, page::Page, parameter::Parameters,
    service::Operation, shape::Fields,
};
use crate::model::world::Tags;

/// An action that lists things.
pub(super) trait Describe: Sized + 'static {
    /// A thing that is listed.
    type Item<'c>;

    /// The name of the list in the reply.
    const LIST: &'static str;

    /// The filters beside those by tags.
    const FILTERS: Filters<Self>;

    /// The documented filters that match nothing, since nothing is known of what they look at.
    const MATCHES_NOTHING: &'static [&'static str] = &[];

    /// The documented parameters that are taken and change nothing.
    const WITHOUT_EFFECT: &'static [&'static str] = &[];

    /// Takes the action's own parameters: the ids, as a rule.
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError>;

    /// Refuses values that a filter cannot have.
    fn check(_page: &Page) -> Result<(), ApiError> {
        Ok(())
    }

    /// The caller's things that the action's own parameters ask for.
    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError>;

    /// What the things are sorted by. The next page begins behind it.
    fn key(item: &Self::Item<'_>) -> String;

    /// The tags, of what has some.
    fn tags<'i>(_item: &'i Self::Item<'_>) -> Option<&'i Tags> {
        None
    }

    /// A thing as the reply shows it.
    fn fields(context: &Context<'_>, item: Self::Item<'_>) -> Fields;

    /// The reply with the things that passed the filters.
    fn reply(context: &Context<'_>, page: &Page, found: Vec<Self::Item<'_>>) -> Fields {
        let keyed = found.into_iter().map(|item| (Self::key(&item), item)).collect();
        let (shown, token) = page.cut(keyed);
        let shown = shown.into_iter().map(|item| Self::fields(context, item));
        Fields::new().list(Self::LIST, shown).maybe("nextToken", token)
    }
}

/// The filters of an action: each name, and what a thing has for it.
pub(super) type Filters<D> = &'static [(&'static str, Values<D>)];

/// What a thing has for a filter.
pub(super) type Values<D> =
    for<'i, 'c, 'l> fn(&'i <D as Describe>::Item<'c>, &'i Context<'l>) -> Vec<String>;

/// What a thing has for a filter: nothing, one value or several.
pub(super) fn texts<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

/// An action that lists things, with what a request asks of it.
#[derive(Debug)]
pub(super) struct Listing<D> {
    wanted: D,
    page: Page,
}

impl<D: Describe> Operation for Listing<D> {
    const WITHOUT_EFFECT: &'static [&'static str] = D::WITHOUT_EFFECT;

    const MATCHES_NOTHING: &'static [&'static str] = D::MATCHES_NOTHING;

    fn filters() -> Vec<&'static str> {
        let named = D::FILTERS.iter().map(|(name, _)| *name);
        named.chain(D::MATCHES_NOTHING.iter().copied()).collect()
    }

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { wanted: D::read(parameters)?, page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&Self::filters())?;
        D::check(&self.page)?;
        let none = Tags::default();
        let mut found = self.wanted.items(context)?;
        found.retain(|item| {
            self.page.passes(D::tags(item).unwrap_or(&none), |name| {
                let known = D::FILTERS.iter().find(|(known, _)| *known == name);
                known.map(|(_, values)| values(item, context)).unwrap_or_default()
            })
        });
        Ok(D::reply(context, &self.page, found))
    }
}

impl Context<'_> {
    /// The caller's resources with these ids, or all of the caller's if there are none.
    pub(super) fn all_own<'c, 'i, T: Owned>(
        &'c self,
        ids: &[T],
        everybodys: impl IntoIterator<Item = &'i T>,
    ) -> Vec<T::Found<'c>> {
        if ids.is_empty() {
            return everybodys.into_iter().filter_map(|id| id.find(self)).collect();
        }
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().filter_map(|id| id.find(self)).collect()
    }
}

/// Whether an id is asked for: it is one of these, or there are none.
pub(super) fn is_wanted<T: PartialEq>(ids: &[T], id: &T) -> bool {
    ids.is_empty() || ids.contains(id)
}
