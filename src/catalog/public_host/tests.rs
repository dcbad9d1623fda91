//! Which names the internet knows, and which it must not.
//!
//! Deliberately does not: test addresses.

use super::*;
use crate::catalog::table::assert_terms_exist;

fn found(name: &str) -> Option<(&'static str, &'static str, bool)> {
    find_public_host(name).map(|(region, host)| {
        (region.map_or("", |region| region.name), host.host.as_str(), host.known)
    })
}

#[test]
fn names_that_exist() {
    for name in [
        "cloudformation.R.amazonaws.com",
        "s3.R.amazonaws.com",
        "s3-r-w.R.amazonaws.com",
        "email-smtp.R.amazonaws.com",
        "oidc.eks.R.amazonaws.com",
        "oidc-eks.R.api.aws",
        "R.queue.amazonaws.com",
        "dynamodb.R.amazonaws.com",
    ] {
        let name = name.replace('R', "ap-northeast-2");
        assert_eq!(found(&name), Some(("ap-northeast-2", &*name, true)), "{name}");
    }
    for name in ["sts", "s3", "iam", "route53", "queue"] {
        let name = format!("{name}.amazonaws.com");
        assert_eq!(found(&name), Some(("", &*name, true)), "{name}");
    }
    assert!(found("eks.ap-northeast-2.api.aws").is_some());
    assert!(found("ec2.us-east-1.api.aws").is_some_and(|(.., known)| known));
    assert!(found("kms.cn-north-1.amazonaws.com.cn").is_some_and(|(.., known)| known));
}

#[test]
fn wildcards() {
    for (name, host) in [
        ("my.bucket.s3.R.amazonaws.com", "*.s3.R.amazonaws.com"),
        ("b.s3.dualstack.R.amazonaws.com", "*.s3.dualstack.R.amazonaws.com"),
        ("a.s3-accesspoint.R.amazonaws.com", "*.s3-accesspoint.R.amazonaws.com"),
        ("123456789012.s3-control.R.amazonaws.com", "*.s3-control.R.amazonaws.com"),
        ("123456789012.dkr.ecr.R.amazonaws.com", "*.dkr.ecr.R.amazonaws.com"),
        ("abc123.execute-api.R.amazonaws.com", "*.execute-api.R.amazonaws.com"),
        ("abc123.lambda-url.R.on.aws", "*.lambda-url.R.on.aws"),
        ("abc-ats.iot.R.amazonaws.com", "*.iot.R.amazonaws.com"),
        ("d-111.d.codeartifact.R.amazonaws.com", "*.d.codeartifact.R.amazonaws.com"),
        ("bucket.s3.amazonaws.com", "*.s3.amazonaws.com"),
        ("m.accesspoint.s3-global.amazonaws.com", "*.accesspoint.s3-global.amazonaws.com"),
        ("b.s3-website-R.amazonaws.com", "*.s3-website-R.amazonaws.com"),
    ] {
        let (name, host) = (name.replace('R', "us-west-2"), host.replace('R', "us-west-2"));
        assert_eq!(found(&name).map(|found| found.1), Some(&*host), "{name}");
    }
    let bucket = find_public_host("bucket.s3.ap-northeast-2.amazonaws.com");
    assert_eq!(bucket.map(|(_, host)| host.service), Some("s3"));
}

#[test]
fn names_that_do_not_exist() {
    for name in [
        "ec2.eu-central-1.api.aws",
        "dkr.ecr.ap-northeast-2.amazonaws.com",
        "devicefarm.ap-northeast-2.amazonaws.com",
        "no-such-service.ap-northeast-2.amazonaws.com",
        "below.kms.ap-northeast-2.amazonaws.com",
        "kms.xx-north-1.amazonaws.com",
        "ap-northeast-2.amazonaws.com",
        "amazonaws.com",
        "",
    ] {
        assert_eq!(found(name), None, "{name}");
    }
}

#[test]
fn lists_are_sorted_and_filled_in() {
    let every = regions().iter().map(public_hosts).chain([global_hosts()]);
    for hosts in every {
        assert!(hosts.windows(2).all(|two| two[0].host < two[1].host));
        for PublicHost { host, service, .. } in hosts {
            assert!(!host.contains(['{', '}', ' ']) && !service.is_empty(), "{host}");
            assert!(!host[1..].contains('*'), "{host}");
        }
    }
    assert!(public_hosts(region("ap-northeast-2").unwrap()).len() > 1000);
    assert!(
        global_hosts().iter().all(|host| regions().iter().all(|r| !host.host.contains(r.name)))
    );
}

#[test]
fn every_row_is_whole() {
    for [service, variant, pattern, place, _] in rows(HOSTS) {
        assert!(Variant::parse(variant).is_some() && !pattern.is_empty(), "{service}");
        assert_terms_exist(place);
    }
    for [service, variant, pattern, place, known, source] in rows(MORE_HOSTS) {
        assert!(Variant::parse(variant).is_some() && !pattern.is_empty(), "{service}");
        assert!(matches!(known, "yes" | "no") && !source.is_empty(), "{service}");
        assert_terms_exist(place);
    }
}
