//! Which names the internet knows, and which it must not.
//!
//! Deliberately does not: test addresses.

use super::*;
use crate::catalog::expression::assert_terms_exist;

const DATES: [CatalogDate; 2] = [CatalogDate::Sept2023, CatalogDate::Newest];

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
    let every = DATES.into_iter().flat_map(|date| {
        regions().iter().map(move |r| public_hosts(r, date)).chain([global_hosts(date)])
    });
    for hosts in every {
        assert!(hosts.windows(2).all(|two| two[0].host < two[1].host));
        for PublicHost { host, service, .. } in hosts {
            assert!(!host.contains(['{', '}', ' ']) && !service.is_empty(), "{host}");
            assert!(!host[1..].contains('*'), "{host}");
        }
    }
    assert!(public_hosts(region("ap-northeast-2").unwrap(), CatalogDate::Newest).len() > 1000);
    assert!(
        global_hosts(CatalogDate::Newest)
            .iter()
            .all(|host| regions().iter().all(|r| !host.host.contains(r.name)))
    );
}

#[test]
fn every_row_is_whole() {
    for [service, variant, pattern, expression, _] in rows(HOSTS) {
        assert!(Variant::parse(variant).is_some() && !pattern.is_empty(), "{service}");
        assert_terms_exist(expression);
    }
    for [service, variant, pattern, expression, known, since, source] in rows(MORE_HOSTS) {
        assert!(Variant::parse(variant).is_some() && !pattern.is_empty(), "{service}");
        assert!(matches!(since, "" | "2023-09"), "{service}");
        assert!(matches!(known, "yes" | "no") && !source.is_empty(), "{service}");
        assert_terms_exist(expression);
    }
}

#[test]
fn a_name_in_the_dual_stack_domain_answers_both_families() {
    for region in regions() {
        for host in public_hosts(region, CatalogDate::Newest) {
            let dual = host.host.ends_with(&format!(".{}", region.dual_stack_dns_suffix));
            assert!(!dual || host.v6 > 0, "{}", host.host);
            assert_eq!(host.v6 > 0, host.variant.is_dual_stack(), "{}", host.host);
            assert!((1..=8).contains(&host.v4) && host.v6 <= 8, "{}", host.host);
        }
    }
}

#[test]
fn every_recorded_count_is_of_a_name_that_exists() {
    for [pattern, expression, v4, v6, source] in rows(COUNTS) {
        assert!(v4.parse::<u8>().is_ok_and(|count| count <= 8), "{pattern}");
        assert!(v6.parse::<u8>().is_ok_and(|count| count <= 8) && !source.is_empty(), "{pattern}");
        assert_terms_exist(expression);
        let region = regions().iter().rfind(|region| holds(expression, region)).unwrap();
        let name = fill(pattern, region);
        let of_region = public_hosts(region, CatalogDate::Newest);
        let mut all = of_region.iter().chain(global_hosts(CatalogDate::Newest));
        assert!(all.any(|host| host.host == name), "{name}");
    }
}

#[test]
fn what_was_not_there_in_2023_has_no_name_then() {
    let exists = |region_name: &str, date, name: &str| {
        public_hosts(region(region_name).unwrap(), date).iter().any(|host| host.host == name)
    };
    let [then, now] = DATES;
    for (region_name, name, was) in [
        ("eu-west-1", "ssm.eu-west-1.amazonaws.com", true),
        ("eu-west-1", "ssm.eu-west-1.api.aws", false),
        ("eu-west-1", "ec2.eu-west-1.api.aws", true),
        ("eu-west-1", "athena.eu-west-1.api.aws", true),
        ("eu-west-1", "datazone.eu-west-1.api.aws", false),
        ("eu-west-1", "*.s3.eu-west-1.amazonaws.com", true),
        ("eu-west-1", "s3.dualstack.eu-west-1.amazonaws.com", true),
        ("eu-west-1", "*.ddb.eu-west-1.amazonaws.com", false),
        ("us-west-1", "aoss.us-west-1.amazonaws.com", false),
        ("us-west-2", "aoss.us-west-2.amazonaws.com", true),
        ("mx-central-1", "sts.mx-central-1.amazonaws.com", false),
        ("mx-central-1", "*.s3.mx-central-1.amazonaws.com", false),
    ] {
        assert_eq!(exists(region_name, then, name), was, "{name}");
        assert!(exists(region_name, now, name), "{name}");
    }
}

#[test]
fn addresses_of_s3_and_dynamodb_lie_in_their_prefix_lists() {
    let mut tried = 0;
    for region in regions() {
        for host in public_hosts(region, CatalogDate::Newest) {
            let list = match host.service {
                "s3" | "s3-control" => "s3",
                "dynamodb" => "dynamodb",
                _ => continue,
            };
            let list = &crate::catalog::prefix_list(region, list).unwrap().cidrs;
            let made =
                crate::catalog::addresses_v4(Some(region), host.service, &host.host, host.v4);
            assert_eq!(made.len(), usize::from(host.v4), "{}", host.host);
            for address in made {
                let inside = list.iter().any(|network| network.contains(address.into()));
                assert!(inside || list.is_empty(), "{} {address}", host.host);
                tried += usize::from(inside);
            }
        }
    }
    assert!(tried > 500, "{tried}");
}
