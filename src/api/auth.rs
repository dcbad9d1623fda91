//! Who calls: the account and region of a SigV4 request, and its proof that it knows the token.
//!
//! Without a token no signature is looked at. The signature is checked by making it again with AWS's own signer.

use std::{collections::BTreeSet, time::Duration, time::SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        self, PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody,
        SignableRequest, SignatureLocation, SigningSettings, UriPathNormalizationMode,
    },
    sign::v4,
};
use time::{PrimitiveDateTime, macros::format_description};

use super::{Request, error::ApiError};
use crate::catalog;

/// The account of a caller whose access key id is no account.
const DEFAULT_ACCOUNT: &str = "123456789012";
/// How far the time of a request that is signed in its header may be from ours.
const SKEW: Duration = Duration::from_secs(15 * 60);
/// How far the time of a presigned request may lie ahead of ours. It ends when it says, whatever the clocks.
const AHEAD: Duration = Duration::from_secs(5 * 60);
/// How long a presigned request may be good for: seven days.
const LONGEST: u64 = 7 * 24 * 60 * 60;
/// The header with the session token of temporary credentials.
const SESSION_TOKEN: &str = "x-amz-security-token";
/// The only way of signing that is known.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Who calls, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    /// The account.
    pub account: String,
    /// The region.
    pub region: &'static str,
}

/// The parts of a signature, from the header or from a presigned query.
struct Signed<'r> {
    key: &'r str,
    date: &'r str,
    region: &'r str,
    service: &'r str,
    end: &'r str,
    headers: &'r str,
    signature: &'r str,
    time: &'r str,
    expires: Option<&'r str>,
    /// The session token of temporary credentials, if it is signed, too.
    session: Option<&'r str>,
}

impl Caller {
    /// The caller of a request; one that is not signed is of the default account and region.
    ///
    /// # Errors
    ///
    /// `AuthFailure` for a region that the catalogue does not know.
    pub(super) fn of(request: &Request, default_region: &'static str) -> Result<Self, ApiError> {
        let decoded = decode(&request.query);
        let Some(signed) = Signed::of(request, &decoded) else {
            return Ok(Self { account: DEFAULT_ACCOUNT.to_owned(), region: default_region });
        };
        let region = catalog::region(signed.region).ok_or_else(|| {
            ApiError::new(
                "AuthFailure",
                format!("Credential should be scoped to a valid region, not '{}'.", signed.region),
            )
        })?;
        let account = if is_account(signed.key) { signed.key } else { DEFAULT_ACCOUNT };
        Ok(Self { account: account.to_owned(), region: region.name })
    }
}

/// The service that a request's signature is scoped to, whether or not the signature is right.
pub(super) fn scope(request: &Request) -> Option<String> {
    let decoded = decode(&request.query);
    Signed::of(request, &decoded).map(|signed| signed.service.to_owned())
}

/// Whether a text is the id of an account: 12 digits.
pub(super) fn is_account(key: &str) -> bool {
    key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_digit())
}

fn decode(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

impl<'r> Signed<'r> {
    fn of(request: &'r Request, query: &'r [(String, String)]) -> Option<Self> {
        let parameter =
            |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let (credential, headers, signature, time, expires, session);
        if let Some(header) = request.header("authorization") {
            let parts = header.strip_prefix(ALGORITHM)?;
            let part = |name: &str| {
                parts.split(',').find_map(|it| it.trim().strip_prefix(name)?.strip_prefix('='))
            };
            credential = part("Credential")?;
            headers = part("SignedHeaders").unwrap_or_default();
            signature = part("Signature").unwrap_or_default();
            time = request.header("x-amz-date").unwrap_or_default();
            expires = None;
            let is_signed = headers.split(';').any(|name| name == SESSION_TOKEN);
            session = request.header(SESSION_TOKEN).filter(|_| is_signed);
        } else {
            // Whoever presigns otherwise is no caller that is known here.
            parameter("X-Amz-Algorithm").filter(|algorithm| *algorithm == ALGORITHM)?;
            credential = parameter("X-Amz-Credential")?;
            headers = parameter("X-Amz-SignedHeaders").unwrap_or_default();
            signature = parameter("X-Amz-Signature").unwrap_or_default();
            time = parameter("X-Amz-Date").unwrap_or_default();
            expires = Some(parameter("X-Amz-Expires").unwrap_or_default());
            session = parameter("X-Amz-Security-Token");
        }
        let mut scope = credential.split('/');
        Some(Self {
            key: scope.next()?,
            date: scope.next()?,
            region: scope.next()?,
            service: scope.next()?,
            end: scope.next().unwrap_or_default(),
            headers,
            signature,
            time,
            expires,
            session,
        })
    }
}

/// Checks that a request is signed with the token as the secret, for `service`, and that it is in time.
///
/// # Errors
///
/// `MissingAuthenticationToken`, `AuthFailure`, `RequestExpired` or `SignatureDoesNotMatch`, all of them 401 or 403;
/// `AuthorizationQueryParametersError` (400) for an `X-Amz-Expires` that none may have.
pub(super) fn verify(request: &Request, token: &str, service: &str) -> Result<(), ApiError> {
    let refuse =
        |status, code: &str, message: &str| ApiError { status, ..ApiError::new(code, message) };
    let decoded = decode(&request.query);
    let signed = Signed::of(request, &decoded).ok_or_else(|| {
        refuse(401, "MissingAuthenticationToken", "Request is missing Authentication Token")
    })?;
    if signed.key != "vpcdns" && !is_account(signed.key) {
        return Err(refuse(
            401,
            "AuthFailure",
            "Sign with the access key id `vpcdns` or a 12-digit account id, and the token as the secret",
        ));
    }
    let mismatch = || {
        refuse(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )
    };
    let scoped = |what: String| refuse(403, "SignatureDoesNotMatch", &what);
    if signed.service != service {
        return Err(scoped(format!(
            "Credential should be scoped to correct service: '{service}'. "
        )));
    }
    if signed.end != "aws4_request" {
        let what = "Credential should be scoped with a valid terminator: 'aws4_request'";
        return Err(scoped(format!("{what}, not '{}'.", signed.end)));
    }
    let form = format_description!("[year][month][day]T[hour][minute][second]Z");
    let time: SystemTime =
        PrimitiveDateTime::parse(signed.time, form).map_err(|_| mismatch())?.assume_utc().into();
    let dated = signed.time.get(..8).unwrap_or_default();
    if signed.date != dated {
        return Err(scoped(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{dated}'.",
            signed.date
        )));
    }
    let expires = signed.expires.map(lifetime).transpose()?;
    if !is_in_time(SystemTime::now(), time, expires) {
        return Err(refuse(403, "RequestExpired", "Request has expired."));
    }
    let made = sign_again(request, &signed, token, time, expires).ok_or_else(mismatch)?;
    let equal = made.len() == signed.signature.len()
        && made
            .bytes()
            .zip(signed.signature.bytes())
            .fold(0, |sum, (one, other)| sum | (one ^ other))
            == 0;
    if equal { Ok(()) } else { Err(mismatch()) }
}

/// How long a presigned request says that it is good for.
fn lifetime(expires: &str) -> Result<Duration, ApiError> {
    let refuse = |words: &str| Err(ApiError::new("AuthorizationQueryParametersError", words));
    if expires.is_empty() {
        return refuse("X-Amz-Expires must be given with the other X-Amz- query parameters");
    }
    match expires.parse::<i64>().ok().map(u64::try_from) {
        None => refuse("X-Amz-Expires should be a number"),
        Some(Err(_)) => refuse("X-Amz-Expires must be non-negative"),
        Some(Ok(seconds)) if seconds > LONGEST => refuse(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than \
             604800 seconds",
        ),
        Some(Ok(seconds)) => Ok(Duration::from_secs(seconds)),
    }
}

/// Whether a request of `time` may be answered at `now`. A presigned one (`expires`) ends when it says.
fn is_in_time(now: SystemTime, time: SystemTime, expires: Option<Duration>) -> bool {
    match (now.duration_since(time), expires) {
        (Ok(age), Some(expires)) => age <= expires,
        (Ok(age), None) => age <= SKEW,
        (Err(ahead), Some(_)) => ahead.duration() <= AHEAD,
        (Err(ahead), None) => ahead.duration() <= SKEW,
    }
}

/// The signature the same request gets from AWS's signer.
fn sign_again(
    request: &Request,
    signed: &Signed<'_>,
    token: &str,
    time: SystemTime,
    expires: Option<Duration>,
) -> Option<String> {
    let session = signed.session.map(str::to_owned);
    let identity = Credentials::new(signed.key, token, session, None, "request").into();
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Double;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Enabled;
    settings.session_token_mode = match signed.session {
        Some(_) => SessionTokenMode::Include,
        None => SessionTokenMode::Exclude,
    };
    settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
    settings.excluded_headers = None;
    if expires.is_some() {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = expires;
    }
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(signed.region)
        .name(signed.service)
        .time(time)
        .settings(settings)
        .build()
        .ok()?
        .into();
    let names: BTreeSet<&str> = signed.headers.split(';').collect();
    let host = request.header("host").filter(|_| names.contains("host"))?;
    let headers = request
        .headers
        .iter()
        .filter(|(name, _)| names.contains(name.as_str()))
        // The signer writes these itself.
        .filter(|(name, _)| !["x-amz-date", "host", SESSION_TOKEN].contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let query: Vec<&str> =
        request.query.split('&').filter(|it| !it.starts_with("X-Amz-") && !it.is_empty()).collect();
    let path = if request.sent.is_empty() { &request.path } else { &request.sent };
    let mut uri = format!("http://{host}{path}");
    if !query.is_empty() {
        uri.push('?');
        uri.push_str(&query.join("&"));
    }
    let body = match request.header("x-amz-content-sha256") {
        Some("UNSIGNED-PAYLOAD") => SignableBody::UnsignedPayload,
        _ => SignableBody::Bytes(&request.body),
    };
    let signable = SignableRequest::new(&request.method, uri, headers, body).ok()?;
    let (_, signature) = http_request::sign(signable, &parameters).ok()?.into_parts();
    Some(signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_presigned_request_ends_when_it_says_and_one_signed_in_its_header_after_fifteen_minutes() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let seconds = Duration::from_secs;
        for (age, expires, in_time) in [
            (60, Some(60), true),
            (61, Some(60), false),
            (604_800, Some(604_800), true),
            (604_801, Some(604_800), false),
            (900, None, true),
            (901, None, false),
        ] {
            let found = is_in_time(now, now - seconds(age), expires.map(seconds));
            assert_eq!(found, in_time, "{age} {expires:?}");
        }
        for (ahead, expires, in_time) in [
            (300, Some(1), true),
            (301, Some(604_800), false),
            (900, None, true),
            (901, None, false),
        ] {
            let found = is_in_time(now, now + seconds(ahead), expires.map(seconds));
            assert_eq!(found, in_time, "ahead {ahead} {expires:?}");
        }
    }

    #[test]
    fn a_lifetime_is_a_number_of_seconds_up_to_seven_days() {
        for (text, seconds) in
            [("0", Some(0)), ("60", Some(60)), ("604799", Some(604_799)), ("604800", Some(604_800))]
        {
            assert_eq!(lifetime(text).ok(), seconds.map(Duration::from_secs));
        }
        for text in ["", "-1", "60s", "604801", "31536000", "99999999999999999999"] {
            let error = lifetime(text).unwrap_err();
            assert_eq!((error.status, &*error.code), (400, "AuthorizationQueryParametersError"));
        }
    }
}
