//! The languages of explanations, and the catalogues of their messages. Knows no rule: each sentence is asked for by what
//! it says.
//!
//! Names, ids, codes and what dig prints are the same in every language. AWS's own words of a refusal stay as AWS writes
//! them.

mod gloss;
mod messages;

use std::sync::OnceLock;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// All, in the order of their catalogues.
    pub const ALL: [Self; 2] = [Self::English, Self::Korean];

    /// Its code (BCP 47).
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// The language that a code begins with: `ko`, `ko-KR`, `ko_KR.UTF-8`. `None` if there is no catalogue of it.
    pub fn of_code(code: &str) -> Option<Self> {
        let tag = code.split(['-', '_', '.', '@']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|it| it.code().eq_ignore_ascii_case(tag))
    }

    /// The language of the environment, as POSIX orders the variables: `LC_ALL`, `LC_MESSAGES`, `LANG`. English if none
    /// of them names one that there is.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()))
            .and_then(|value| Self::of_code(&value))
            .unwrap_or_default()
    }

    /// The message with these variables in it. Its own name if there is none, which a test rules out.
    fn say(self, message: &str, variables: &[(&'static str, String)]) -> String {
        let bundle = self.bundle();
        let Some(pattern) = bundle.get_message(message).and_then(|it| it.value()) else {
            return message.to_owned();
        };
        let mut arguments = FluentArgs::with_capacity(variables.len());
        for (name, value) in variables {
            arguments.set(*name, value.as_str());
        }
        bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        static BUNDLES: [OnceLock<FluentBundle<FluentResource>>; 2] =
            [const { OnceLock::new() }; 2];
        let (slot, text) = match self {
            Self::English => (&BUNDLES[0], include_str!("language/en.ftl")),
            Self::Korean => (&BUNDLES[1], include_str!("language/ko.ftl")),
        };
        slot.get_or_init(|| {
            let mut bundle =
                FluentBundle::new_concurrent(self.code().parse().into_iter().collect());
            // Terminals show the marks around variables as they are.
            bundle.set_use_isolating(false);
            // What cannot be read is left out; a test reads it all.
            let resource =
                FluentResource::try_new(text.to_owned()).unwrap_or_else(|(read, _)| read);
            bundle.add_resource_overriding(resource);
            bundle
        })
    }
}

#[cfg(test)]
mod tests;
