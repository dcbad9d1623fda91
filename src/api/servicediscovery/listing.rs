//! What the lists of this service share: pages and filters.

use super::invalid;
use crate::api::{error::ApiError, page, parameter::Parameters, shape::Fields};

/// The things on a page, if the request does not say how many.
const PAGE: u64 = 100;

const CONDITIONS: &[&str] = &["EQ", "IN", "BETWEEN", "BEGINS_WITH"];

/// The page and the filters that a request asks for.
pub(super) struct Listing {
    max: usize,
    after: Option<String>,
    filters: Vec<Filter>,
}

struct Filter {
    name: String,
    values: Vec<String>,
    condition: String,
}

impl Filter {
    fn holds(&self, value: &str) -> bool {
        match (&*self.condition, &*self.values) {
            ("BEGINS_WITH", values) => values.iter().any(|it| value.starts_with(&**it)),
            ("BETWEEN", [first, last]) => {
                let number = |text: &str| text.parse::<f64>().ok();
                let (first, last) = (number(first), number(last));
                let value = number(value);
                first.is_some() && last.is_some() && first <= value && value <= last
            }
            (_, values) => values.iter().any(|it| it == value),
        }
    }
}

impl Listing {
    /// Reads `MaxResults`, `NextToken` and `Filters`, whose names must be among `known`.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a token that no reply held, or a filter without its values.
    pub(super) fn read(parameters: &mut Parameters, known: &[&str]) -> Result<Self, ApiError> {
        let max = parameters.number("MaxResults", 1..=100)?.unwrap_or(PAGE);
        let after = match parameters.text("NextToken")?.filter(|it| !it.is_empty()) {
            Some(token) => {
                Some(page::key_of(&token).ok_or_else(|| invalid("The NextToken is not valid."))?)
            }
            None => None,
        };
        let filters = parameters.structures("Filters", |filter| {
            let name = filter.one_of("Name", known)?.ok_or_else(|| filter.missing("Name"))?;
            let condition = filter.one_of("Condition", CONDITIONS)?;
            let condition = condition.unwrap_or_else(|| "EQ".to_owned());
            let values = filter.required_list("Values", 1..=1_000)?;
            let wanted = match &*condition {
                "EQ" | "BEGINS_WITH" => values.len() == 1,
                "BETWEEN" => values.len() == 2,
                _ => true,
            };
            if !wanted {
                let words =
                    format!("The filter {name} has a wrong number of values for {condition}.");
                return Err(invalid(words));
            }
            Ok(Filter { name, values, condition })
        })?;
        Ok(Self { max: usize::try_from(max).unwrap_or(usize::MAX), after, filters })
    }

    /// Whether a thing passes every filter. `has` gives what it has for a filter's name.
    pub(super) fn passes(&self, has: &[(&str, &str)]) -> bool {
        self.filters.iter().all(|filter| {
            has.iter().any(|(name, value)| *name == filter.name && filter.holds(value))
        })
    }

    /// The things of this page, by their keys, and the token of the next one.
    pub(super) fn cut<T>(&self, things: Vec<(String, T)>) -> (Vec<T>, Option<String>) {
        page::cut(page::by_key(things), self.after.as_deref(), self.max)
    }

    /// The reply: the things of this page.
    pub(super) fn reply(&self, list: &'static str, things: Vec<(String, Fields)>) -> Fields {
        let (shown, token) = self.cut(things);
        Fields::new().list(list, shown).maybe("NextToken", token)
    }
}
