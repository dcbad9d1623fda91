//! The requests: which are for a bucket of CDK's, and what each is answered.

use form_urlencoded::parse;
use time::{OffsetDateTime, macros::format_description};

use super::{
    chunks,
    shelf::{Place, Shelf},
};
use crate::api::{
    Reply, Request,
    auth::Caller,
    context::timestamp,
    error::ApiError,
    protocol::{S3, decoded},
    shape::Fields,
};

/// How the names of these buckets begin.
pub(super) const FRONT: &str = "cdk-";
/// The longest object that is stored.
pub(super) const LONGEST_OBJECT: usize = 16 * 1024 * 1024;
/// The most keys on a page of a list.
const PAGE: usize = 1_000;

/// Whether a path leads to one of these buckets.
pub(in crate::api) fn is_ours(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|bucket| bucket.starts_with(FRONT))
}

/// A parameter of the query.
fn parameter(request: &Request, name: &str) -> Option<String> {
    let mut all = parse(request.query.as_bytes());
    all.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// What asks about a bucket or an object itself, and not for its content.
const ABOUT: [&str; 12] = [
    "acl",
    "attributes",
    "cors",
    "delete",
    "lifecycle",
    "partNumber",
    "policy",
    "tagging",
    "uploadId",
    "uploads",
    "versioning",
    "versions",
];

/// Answers a request.
///
/// # Errors
///
/// `NoSuchKey`, `EntityTooLarge`, `IncompleteBody`; `NotImplemented` for every other request.
pub(in crate::api) fn answer(
    shelf: &Shelf,
    request: &Request,
    caller: &Caller,
    now: u64,
) -> Result<Reply, ApiError> {
    let (account, region) = (caller.account.as_str(), caller.region);
    let path = decoded(request.path.trim_start_matches('/'));
    let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
    let about = ABOUT.iter().find(|name| parameter(request, name).is_some());
    if let Some(about) = about {
        return Err(not_built(&format!("{} ?{about}", request.method)));
    }
    match (request.method.as_str(), key) {
        ("GET", "") if parameter(request, "location").is_some() => Ok(location(region)),
        ("GET", "") if parameter(request, "encryption").is_some() => Ok(encryption()),
        ("GET", "") => list(shelf, request, account, bucket),
        ("HEAD" | "PUT", "") => Ok(Reply::empty(200)),
        (method, key) => {
            let (account, bucket, key) = (account.to_owned(), bucket.to_owned(), key.to_owned());
            let place = Place { account, bucket, key };
            match method {
                "GET" | "HEAD" => get(shelf, &place),
                "PUT" if request.header("x-amz-copy-source").is_none() => {
                    put(shelf, place, request, now)
                }
                "DELETE" if !place.key.is_empty() => {
                    shelf.remove(&place);
                    Ok(Reply::empty(204))
                }
                _ => Err(not_built(method)),
            }
        }
    }
}

fn not_built(what: &str) -> ApiError {
    let words = format!("{what} is not built. Of S3, only what CDK needs for its own buckets is.");
    ApiError { status: 501, ..ApiError::new("NotImplemented", words) }
}

fn get(shelf: &Shelf, place: &Place) -> Result<Reply, ApiError> {
    let object = shelf.get(place).ok_or_else(|| ApiError {
        status: 404,
        ..ApiError::new("NoSuchKey", "The specified key does not exist.")
    })?;
    Ok(Reply {
        body: object.body.clone(),
        content_type: "application/octet-stream",
        headers: vec![("etag", object.tag.clone()), ("last-modified", http_date(object.at))],
        ..Reply::empty(200)
    })
}

fn put(shelf: &Shelf, place: Place, request: &Request, now: u64) -> Result<Reply, ApiError> {
    let incomplete =
        "You did not provide the number of bytes specified by the Content-Length HTTP header.";
    let body = chunks::body(request).ok_or_else(|| ApiError::new("IncompleteBody", incomplete))?;
    if body.len() > LONGEST_OBJECT {
        let words = "Your proposed upload exceeds the maximum allowed object size.";
        return Err(ApiError::new("EntityTooLarge", words));
    }
    let tag = shelf.put(place, body, now);
    Ok(Reply { headers: vec![("etag", tag)], ..Reply::empty(200) })
}

fn written(root: &str, text: &str, fields: &Fields) -> Reply {
    Reply::document(&S3, 200, S3::reply(root, text, fields))
}

/// The oldest region has none.
fn location(region: &str) -> Reply {
    let region = if region == "us-east-1" { "" } else { region };
    written("LocationConstraint", region, &Fields::new())
}

/// What every bucket has since 2023.
fn encryption() -> Reply {
    let rule = Fields::new()
        .fields("ApplyServerSideEncryptionByDefault", Fields::new().set("SSEAlgorithm", "AES256"))
        .set("BucketKeyEnabled", false);
    written("ServerSideEncryptionConfiguration", "", &Fields::new().fields("Rule", rule))
}

/// `ListObjectsV2`, and the older one.
fn list(shelf: &Shelf, request: &Request, account: &str, bucket: &str) -> Result<Reply, ApiError> {
    if parameter(request, "delimiter").is_some_and(|it| !it.is_empty()) {
        return Err(not_built("A list with a delimiter"));
    }
    let prefix = parameter(request, "prefix").unwrap_or_default();
    let most = match parameter(request, "max-keys") {
        None => PAGE,
        Some(text) => text.parse::<usize>().map(|it| it.min(PAGE)).map_err(|_| {
            ApiError::new(
                "InvalidArgument",
                "Provided max-keys not an integer or within integer range",
            )
        })?,
    };
    let after = ["continuation-token", "start-after", "marker"];
    let after = after.iter().find_map(|name| parameter(request, name)).unwrap_or_default();
    let mut found = shelf.list(account, bucket);
    found.retain(|(key, _)| key.starts_with(&prefix) && (after.is_empty() || *key > after));
    let is_cut = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| is_cut).map(|(key, _)| key.clone());
    let mut shown = Fields::new()
        .set("Name", bucket)
        .set("Prefix", prefix)
        .set("MaxKeys", most.to_string())
        .set("KeyCount", found.len().to_string())
        .set("IsTruncated", next.is_some())
        .maybe("NextContinuationToken", next.clone())
        .maybe("NextMarker", next);
    for (key, object) in found {
        let object = Fields::new()
            .set("Key", key)
            .set("LastModified", timestamp(object.at / 1_000 * 1_000))
            .set("ETag", object.tag.as_str())
            .set("Size", object.body.len().to_string())
            .set("StorageClass", "STANDARD");
        shown = shown.fields("Contents", object);
    }
    Ok(written("ListBucketResult", "", &shown))
}

fn http_date(milliseconds: u64) -> String {
    let form = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let time = OffsetDateTime::from_unix_timestamp(
        i64::try_from(milliseconds / 1_000).unwrap_or_default(),
    );
    time.ok().and_then(|time| time.format(form).ok()).unwrap_or_default()
}
