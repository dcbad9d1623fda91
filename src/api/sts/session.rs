//! Knows: the temporary credentials that STS gives: `AssumeRole` and `GetSessionToken`.
//!
//! Deliberately does not: ask who may assume a role, since there are no policies here, or end credentials when their time
//! is over. A call is its access key's, and the key id is the 12-digit account that it acts as, so nothing is kept.

use data_encoding::BASE64;

use crate::{
    api::{
        auth::is_account,
        constraint::NAME,
        context::{Context, random},
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time},
    },
    catalog,
    model::guest::Role,
};

/// The time of a role's session that names none, and the longest of an account's owner, in seconds.
const HOUR: u64 = 3_600;
/// The time of a session that `GetSessionToken` is asked for without one, in seconds.
const HALF_DAY: u64 = 43_200;
/// The bytes of a secret key, and those of a session token: 40 and 256 letters of base 64.
const SECRET: usize = 30;
const TOKEN: usize = 192;

/// `AssumeRole`: credentials for the account of any role.
pub(in crate::api) struct AssumeRole {
    role: String,
    session: String,
    duration: u64,
    source: Option<String>,
}

impl Operation for AssumeRole {
    const WITHOUT_EFFECT: &'static [&'static str] = &[
        "ExternalId",
        "MinimumSessionTokenSize",
        "Policy",
        "PolicyArns",
        "ProvidedContexts",
        "SerialNumber",
        "Tags",
        "TokenCode",
        "TransitiveTagKeys",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let role = parameters.required_limited("RoleArn", 20..=2_048)?;
        let session = parameters.required_limited("RoleSessionName", 2..=64)?;
        parameters.check_letters("RoleSessionName", &session, &NAME);
        let source = parameters.limited("SourceIdentity", 2..=256)?;
        if let Some(source) = &source {
            parameters.check_letters("SourceIdentity", source, &NAME);
        }
        let duration = parameters.number("DurationSeconds", 900..=43_200)?.unwrap_or(HOUR);
        Ok(Self { role, session, duration, source })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (partition, account, name) = parts(&self.role)
            .ok_or_else(|| ApiError::new("ValidationError", "Request ARN is invalid"))?;
        let session = &self.session;
        let user = Fields::new()
            .set("AssumedRoleId", format!("{}:{session}", Role::of(partition, account, name).id))
            .set("Arn", format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}"));
        Ok(Fields::new()
            .fields("Credentials", credentials(context, account, self.duration))
            .fields("AssumedRoleUser", user)
            .maybe("SourceIdentity", self.source))
    }
}

/// The partition, the account and the name in a role's ARN. The ARN of a role has its path before the name, and that of a
/// session has no path.
fn parts(arn: &str) -> Option<(&str, &str, &str)> {
    let mut fields = arn.splitn(6, ':');
    let mut next = || fields.next();
    let ("arn", partition, "iam", "", account, resource) =
        (next()?, next()?, next()?, next()?, next()?, next()?)
    else {
        return None;
    };
    let name = resource.strip_prefix("role/")?.rsplit('/').next()?;
    let is_partition = catalog::regions().iter().any(|region| region.partition == partition);
    let is_name = !name.is_empty() && name.chars().all(NAME.holds);
    (is_account(account) && is_partition && is_name).then_some((partition, account, name))
}

/// `GetSessionToken`: credentials for the caller's own account.
pub(in crate::api) struct GetSessionToken {
    duration: u64,
}

impl Operation for GetSessionToken {
    const WITHOUT_EFFECT: &'static [&'static str] =
        &["MinimumSessionTokenSize", "SerialNumber", "TokenCode"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let asked = parameters.number("DurationSeconds", 900..=129_600)?.unwrap_or(HALF_DAY);
        // The caller is the account's owner, whose sessions last an hour at most, whatever they ask for.
        Ok(Self { duration: asked.min(HOUR) })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let credentials = credentials(context, &context.account, self.duration);
        Ok(Fields::new().fields("Credentials", credentials))
    }
}

/// Credentials that act as an account. With a token on the server, that token is the secret of every key; the caller has
/// shown that he knows it.
fn credentials(context: &Context<'_>, account: &str, seconds: u64) -> Fields {
    let secret = context.secret.map_or_else(|| made_up(SECRET), str::to_owned);
    let end = context.now.saturating_add(seconds * 1_000);
    Fields::new()
        .set("AccessKeyId", account)
        .set("SecretAccessKey", secret)
        .set("SessionToken", made_up(TOKEN))
        .set("Expiration", Time::whole(end))
}

/// Random bytes in base 64.
fn made_up(bytes: usize) -> String {
    let random: Vec<u8> = (0..bytes.div_ceil(16)).flat_map(|_| random().to_be_bytes()).collect();
    BASE64.encode(&random[..bytes])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_from_its_arn_and_nothing_else() {
        let role = |arn| parts(arn).map(|(_, account, name)| (account, name));
        for arn in ["arn:aws:iam::111111111111:role/a", "arn:aws:iam::111111111111:role/b/c/a"] {
            assert_eq!(role(arn), Some(("111111111111", "a")), "{arn}");
        }
        for arn in [
            "arn:aws:iam::111111111111:user/a",
            "arn:aws:iam::111111111111:role/",
            "arn:aws:iam::111111111111:role/a b",
            "arn:aws:iam::111111111111:role/a:b",
            "arn:aws:iam::11111111111:role/a",
            "arn:aws:iam::11111111111a:role/a",
            "arn:aws:iam:us-east-1:111111111111:role/a",
            "arn:aws:sts::111111111111:role/a",
            "arn:cloud:iam::111111111111:role/a",
            "arn:aws:iam::111111111111",
            "role/a",
        ] {
            assert_eq!(role(arn), None, "{arn}");
        }
    }

    #[test]
    fn secrets_have_the_length_of_awss() {
        assert_eq!([made_up(SECRET).len(), made_up(TOKEN).len()], [40, 256]);
        assert_ne!(made_up(SECRET), made_up(SECRET));
    }
}
