//! S3, as far as CDK needs it: the buckets whose names begin with `cdk-`, to which it uploads templates and files.
//!
//! Every such bucket is there, as after `cdk bootstrap`, and empty at first. Each account has its own. Objects are kept
//! in memory (`shelf`), and end with the process. Every other bucket, and every other request, is not built.

mod chunks;
mod request;
mod shelf;

use std::sync::Arc;

use super::protocol::decoded;
use request::LONGEST_OBJECT;
pub(super) use request::{answer, is_ours};
pub(super) use shelf::{BYTES, Place, Shelf};

/// The longest body of a request: an object, with room for what its pieces have around them.
pub(super) const LONGEST_BODY: usize = LONGEST_OBJECT + 64 * 1024;

/// The object that a template's URL leads to: `https://BUCKET.s3.REGION.amazonaws.com/KEY`,
/// `https://s3.REGION.amazonaws.com/BUCKET/KEY`, or the latter at this server. `None` if it is no URL of these.
fn place(url: &str, account: &str) -> Option<Place> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let rest = rest.split(['?', '#']).next()?;
    let (host, path) = rest.split_once('/')?;
    let (bucket, key) = match host.split_once(".s3.").or_else(|| host.split_once(".s3-")) {
        Some((bucket, _)) if host.ends_with(".amazonaws.com") => (bucket, path),
        _ => path.split_once('/')?,
    };
    let (bucket, key) = (decoded(bucket), decoded(key));
    Some(Place { account: account.to_owned(), bucket, key }).filter(|it| !it.key.is_empty())
}

/// The object with a key in one of these buckets of an account. `None` if the bucket is another one, of which nothing is
/// known.
pub(super) fn look_up(
    shelf: Option<&Shelf>,
    account: &str,
    bucket: &str,
    key: &str,
) -> Option<Option<Arc<shelf::Object>>> {
    let (account, bucket, key) = (account.to_owned(), bucket.to_owned(), key.to_owned());
    at(shelf, &Place { account, bucket, key })
}

fn at(shelf: Option<&Shelf>, place: &Place) -> Option<Option<Arc<shelf::Object>>> {
    let is_kept = place.bucket.starts_with(request::FRONT);
    is_kept.then(|| shelf.and_then(|shelf| shelf.get(place)))
}

/// The text of an object that a URL leads to.
///
/// # Errors
///
/// What CloudFormation says of such a URL.
pub(super) fn text_at(shelf: Option<&Shelf>, url: &str, account: &str) -> Result<String, String> {
    let place = place(url, account).ok_or("TemplateURL must be a supported URL.")?;
    let found = at(shelf, &place).ok_or_else(|| {
        format!(
            "S3 error: this server keeps only buckets named cdk-…, and not {}; send the template as TemplateBody",
            place.bucket
        )
    })?;
    let object = found.ok_or("S3 error: The specified key does not exist.")?;
    String::from_utf8(object.body.clone())
        .map_err(|_| "Template format error: it is not UTF-8.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_found_by_its_url() {
        for (url, expected) in [
            ("https://cdk-a.s3.us-east-1.amazonaws.com/t/a.json", Some(("cdk-a", "t/a.json"))),
            ("https://cdk-a.s3-us-west-2.amazonaws.com/a.json", Some(("cdk-a", "a.json"))),
            ("https://cdk-a.s3.amazonaws.com/a%20b.json?v=1", Some(("cdk-a", "a b.json"))),
            ("https://s3.us-east-1.amazonaws.com/cdk-a/t/a.json", Some(("cdk-a", "t/a.json"))),
            ("http://127.0.0.1:4566/cdk-a/a.json", Some(("cdk-a", "a.json"))),
            ("http://localhost:4566/cdk-a/", None),
            ("http://localhost:4566/cdk-a", None),
            ("s3://cdk-a/a.json", None),
            ("", None),
        ] {
            let found = place(url, "1");
            let found = found.as_ref().map(|it| (it.bucket.as_str(), it.key.as_str()));
            assert_eq!(found, expected, "{url}");
        }
    }
}
