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
/// How far a request's time may be from ours.
const SKEW: Duration = Duration::from_secs(15 * 60);

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
    headers: &'r str,
    signature: &'r str,
    time: &'r str,
    expires: Option<&'r str>,
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

fn is_account(key: &str) -> bool {
    key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_digit())
}

fn decode(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

impl<'r> Signed<'r> {
    fn of(request: &'r Request, query: &'r [(String, String)]) -> Option<Self> {
        let parameter =
            |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let (credential, headers, signature, time, expires);
        if let Some(header) = request.header("authorization") {
            let parts = header.strip_prefix("AWS4-HMAC-SHA256")?;
            let part = |name: &str| {
                parts.split(',').find_map(|it| it.trim().strip_prefix(name)?.strip_prefix('='))
            };
            credential = part("Credential")?;
            headers = part("SignedHeaders").unwrap_or_default();
            signature = part("Signature").unwrap_or_default();
            time = request.header("x-amz-date").unwrap_or_default();
            expires = None;
        } else {
            credential = parameter("X-Amz-Credential")?;
            headers = parameter("X-Amz-SignedHeaders").unwrap_or_default();
            signature = parameter("X-Amz-Signature").unwrap_or_default();
            time = parameter("X-Amz-Date").unwrap_or_default();
            expires = Some(parameter("X-Amz-Expires").unwrap_or_default());
        }
        let mut scope = credential.split('/');
        Some(Self {
            key: scope.next()?,
            date: scope.next()?,
            region: scope.next()?,
            service: scope.next()?,
            headers,
            signature,
            time,
            expires,
        })
    }
}

/// Checks that a request is signed with the token as the secret.
///
/// # Errors
///
/// `MissingAuthenticationToken`, `AuthFailure`, `RequestExpired` or `SignatureDoesNotMatch`; all of them 401 or 403.
pub(super) fn verify(request: &Request, token: &str) -> Result<(), ApiError> {
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
    let form = format_description!("[year][month][day]T[hour][minute][second]Z");
    let time: SystemTime =
        PrimitiveDateTime::parse(signed.time, form).map_err(|_| mismatch())?.assume_utc().into();
    let age = SystemTime::now().duration_since(time).unwrap_or_else(|ahead| ahead.duration());
    let expires = match signed.expires {
        Some(seconds) => Some(Duration::from_secs(seconds.parse().map_err(|_| mismatch())?)),
        None => None,
    };
    if age > expires.unwrap_or(SKEW).max(SKEW) || !signed.time.starts_with(signed.date) {
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

/// The signature the same request gets from AWS's signer.
fn sign_again(
    request: &Request,
    signed: &Signed<'_>,
    token: &str,
    time: SystemTime,
    expires: Option<Duration>,
) -> Option<String> {
    let identity = Credentials::new(signed.key, token, None, None, "request").into();
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Double;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Enabled;
    settings.session_token_mode = SessionTokenMode::Exclude;
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
        .filter(|(name, _)| names.contains(name.as_str()) && name != "x-amz-date" && name != "host")
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let query: Vec<&str> =
        request.query.split('&').filter(|it| !it.starts_with("X-Amz-") && !it.is_empty()).collect();
    let mut uri = format!("http://{host}{}", request.path);
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
