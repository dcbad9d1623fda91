//! Changes that Route 53 has taken: pending in the reply, and in sync whenever they are asked for.
//!
//! Nothing is kept of a change. Its id says when it was made and in which account.

use crate::{
    api::{
        context::{Context, random},
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time},
    },
    hash::stable_hash,
};

const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// The digits of the time, of what tells two changes at one time apart, and of the check.
const PARTS: [usize; 3] = [9, 5, 6];

fn digits(mut value: u128, count: usize) -> String {
    let mut text = vec![b'0'; count];
    for digit in text.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(value % 36).unwrap_or_default()];
        value /= 36;
    }
    String::from_utf8(text).unwrap_or_default()
}

fn check(account: &str, body: &str) -> String {
    digits(stable_hash(&format!("change/{account}/{body}")), PARTS[2])
}

/// The id of a change that was made now.
pub(super) fn id(context: &Context<'_>) -> String {
    let body = digits(context.now.into(), PARTS[0]) + &digits(random(), PARTS[1]);
    format!("C{body}{}", check(&context.account, &body))
}

/// `ChangeInfo` of a change that was made now.
pub(super) fn info(context: &Context<'_>, comment: Option<String>) -> Fields {
    let id = format!("/change/{}", id(context));
    fields(&id, "PENDING", context.now).maybe("Comment", comment)
}

fn fields(id: &str, status: &str, at: u64) -> Fields {
    Fields::new().set("Id", id).set("Status", status).set("SubmittedAt", Time::exact(at))
}

/// `GetChange`.
pub(in crate::api) struct GetChange(String);

impl Operation for GetChange {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let id = parameters.required_limited("Id", 1..=52)?;
        Ok(Self(id.rsplit('/').next().unwrap_or_default().to_owned()))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = self.0;
        let body = id.strip_prefix('C').and_then(|rest| rest.get(..PARTS[0] + PARTS[1]));
        let at = body.filter(|body| id == format!("C{body}{}", check(&context.account, body)));
        let at = at.and_then(|body| u64::from_str_radix(body.get(..PARTS[0])?, 36).ok());
        let Some(at) = at else {
            let message = format!("Could not find resource with ID: {id}");
            return Err(ApiError::new("NoSuchChange", message));
        };
        let info = fields(&format!("/change/{id}"), "INSYNC", at);
        Ok(Fields::new().fields("ChangeInfo", info))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_count_from_the_right() {
        assert_eq!(digits(36 * 36 + 35, 4), "010Z");
        assert_ne!(check("1", "A"), check("2", "A"));
    }
}
