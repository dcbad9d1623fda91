//! What the service list must say, row by row and for names that people look up.
//!
//! Deliberately does not: repeat the data; it names the rows that a rule would get wrong.

use super::*;
use crate::catalog::csv_file::rows;
use crate::catalog::expression::{assert_terms_exist, holds};
use crate::catalog::region::region;
use crate::catalog::service_row::{DIFFERENCES, NAME_PREFIXES};
use crate::catalog::{Evidence, ServiceZones};

const DATES: [CatalogDate; 2] = [CatalogDate::Sept2023, CatalogDate::Newest];

fn find(region_name: &str, date: CatalogDate, name: &str) -> &'static Service {
    service(region(region_name).unwrap(), date, name)
        .unwrap_or_else(|| panic!("{name} in {region_name}"))
}

fn names(region_name: &str, date: CatalogDate, name: &str) -> Vec<&'static str> {
    find(region_name, date, name).private_names.iter().map(String::as_str).collect()
}

#[test]
fn private_names_of_seoul() {
    let seoul = "ap-northeast-2";
    for (date, name, expected) in [
        (DATES[1], "cloudformation", "cloudformation.R.amazonaws.com"),
        (
            DATES[0],
            "kinesis-streams",
            "kinesis.R.amazonaws.com *.data-kinesis.R.amazonaws.com *.control-kinesis.R.amazonaws.com",
        ),
        (DATES[0], "monitoring", "monitoring.R.amazonaws.com"),
        (
            DATES[1],
            "monitoring",
            "monitoring.R.amazonaws.com monitoring.R.api.aws monitoring-fips.R.amazonaws.com monitoring-fips.R.api.aws",
        ),
        (DATES[0], "logs", "logs.R.amazonaws.com"),
        (DATES[1], "logs", "logs.R.amazonaws.com logs.R.api.aws"),
        (DATES[1], "bedrock-mantle", "bedrock-mantle.R.api.aws"),
        (DATES[1], "bedrock-agentcore-control", "bedrock-agentcore-control.R.amazonaws.com"),
        (DATES[1], "ecr.dkr", "*.dkr.ecr.R.amazonaws.com"),
        (
            DATES[1],
            "s3",
            "*.s3.R.amazonaws.com *.s3-control.R.amazonaws.com *.s3-accesspoint.R.amazonaws.com",
        ),
        (DATES[1], "ec2", "ec2.R.amazonaws.com"),
        (DATES[1], "s3-global.accesspoint", "*.accesspoint.s3-global.amazonaws.com"),
        (DATES[1], "iot.data", ""),
        (DATES[1], "dynamodb", ""),
        (DATES[1], "dynamodb-streams", ""),
        (DATES[1], "s3-outposts", ""),
    ] {
        let expected = expected.replace('R', seoul);
        assert_eq!(names(seoul, date, name).join(" "), expected, "{name} {date}");
    }
    let outposts = find(seoul, DATES[1], "s3-outposts");
    assert_eq!(outposts.listed_names, ["s3-outposts.ap-northeast-2.amazonaws.com"]);
}

#[test]
fn regions_differ() {
    let newest = CatalogDate::Newest;
    assert_eq!(names("us-east-1", newest, "ec2").len(), 2);
    assert_eq!(names("eu-central-1", newest, "ec2").len(), 1);
    assert_eq!(names("ap-south-1", newest, "lambda").len(), 1);
    assert_eq!(names("us-east-1", newest, "s3")[1], "*.s3-accesspoint.us-east-1.amazonaws.com");
    let streaming = names("eu-west-2", newest, "appstream.streaming");
    assert_eq!(streaming, ["streaming.appstreameu-west-2.amazonaws.com"]);
    let workspaces = find("us-east-1", newest, "aps-workspaces");
    assert_eq!(workspaces.base_names, ["vpce-svc-034e10f717dbfe0e8.us-east-1.vpce.amazonaws.com"]);
    assert!(!workspaces.id_assumed);
    assert_eq!(find("us-east-1", newest, "fsx").zones, ServiceZones::Count(5));
    let seoul = region("ap-northeast-2").unwrap();
    for (date, refused) in [(CatalogDate::Sept2023, true), (newest, false)] {
        let sts = find("ap-northeast-2", date, "sts");
        let zones: Vec<_> = sts.zones.of(seoul).map(|zone| zone.id).collect();
        assert_eq!(zones, ["apne2-az1", "apne2-az2", "apne2-az3"]);
        assert_eq!(sts.zones.lack(seoul, "ap-northeast-2d"), refused);
    }
    assert_eq!(find("ap-northeast-2", newest, "sqs").zones, ServiceZones::All);
    assert_eq!(service(seoul, CatalogDate::Sept2023, "bedrock"), None);
    assert!(service(seoul, newest, "bedrock").is_some_and(|bedrock| bedrock.region_assumed));
}

#[test]
fn base_names_and_gateways() {
    for (name, base) in [
        ("ecr.api", "api.ecr.us-west-2.vpce.amazonaws.com"),
        ("ecs-telemetry", "ecs-t.us-west-2.vpce.amazonaws.com"),
        ("dynamodb-streams", "streams.dynamodb.us-west-2.vpce.amazonaws.com"),
        ("s3-global.accesspoint", "accesspoint.s3-global.us-west-2.vpce.amazonaws.com"),
    ] {
        assert_eq!(find("us-west-2", CatalogDate::Newest, name).base_names, [base]);
    }
    let dynamodb = |date| find("us-west-2", date, "dynamodb");
    assert!(dynamodb(DATES[0]).gateway && !dynamodb(DATES[0]).interface);
    assert!(dynamodb(DATES[1]).gateway && dynamodb(DATES[1]).interface);
    let express = find("us-west-2", CatalogDate::Newest, "s3express");
    assert!(express.gateway && !express.interface && express.base_names.is_empty());
}

#[test]
fn china_and_the_isolated_partitions_have_other_prefixes() {
    let newest = CatalogDate::Newest;
    let ec2 = find("cn-north-1", newest, "ec2");
    assert_eq!(ec2.name, "cn.com.amazonaws.cn-north-1.ec2");
    assert_eq!(ec2.private_names, ["ec2.cn-north-1.amazonaws.com.cn"]);
    assert_eq!(ec2.base_names, ["ec2.cn-north-1.vpce.amazonaws.com.cn"]);
    assert!(ec2.region_assumed);
    let s3 = find("cn-north-1", newest, "s3");
    assert!(s3.interface && s3.name.starts_with("cn."));
    assert!(find("cn-north-1", newest, "com.amazonaws.cn-north-1.s3").gateway);
    assert_eq!(find("cn-north-1", newest, "kms").name, "com.amazonaws.cn-north-1.kms");
    assert!(find("cn-north-1", newest, "transcribe.cn").name.starts_with("cn."));
    assert_eq!(names("cn-north-1", newest, "rds"), ["rds-api.cn-north-1.amazonaws.com.cn"]);
    assert_eq!(
        find("eusc-de-east-1", newest, "ecr.dkr").name,
        "eu.amazonaws.eusc-de-east-1.ecr.dkr"
    );
}

#[test]
fn the_list_of_september_2023_is_the_measured_rows() {
    for region in regions().iter().filter(|region| region.measured) {
        let listed: Vec<&str> =
            services(region, DATES[0]).iter().map(|service| service.name.as_str()).collect();
        let measured = all().filter(|row| {
            let seen = row.regions_2023.trim_start_matches('?');
            let rule = row.evidence.starts_with("outputs-2023-09");
            (rule || row.service.ends_with("}.dynamodb")) && holds(seen, region)
        });
        let mut measured: Vec<String> =
            measured.map(|row| row.service.replace("{r}", region.name)).collect();
        measured.sort();
        assert_eq!(listed, measured, "{}", region.name);
    }
    assert_eq!(services(region("us-east-1").unwrap(), DATES[0]).len(), 236 + 1);
    for row in all() {
        let measured = row.evidence.starts_with("outputs-2023-09");
        let dynamodb = row.types_2023 == "gateway";
        assert_eq!(row.since == "2023-09", measured || dynamodb, "{}", row.service);
        assert_eq!(row.regions_2023.is_empty(), !measured && !dynamodb, "{}", row.service);
        assert!(row.names_2023.is_empty() || row.evidence == "outputs-2023-09+docs");
    }
    assert_eq!(all().filter(|row| row.evidence.starts_with("outputs-2023-09")).count(), 239);
}

#[test]
fn every_row_is_whole() {
    let rows_of: Vec<&str> = all().map(|row| row.service).collect();
    assert!(rows_of.is_sorted());
    for row in all() {
        assert!(Evidence::parse(row.evidence).is_some(), "{}", row.service);
        assert!(row.types.split(' ').all(|word| matches!(word, "interface" | "gateway")));
        assert!(matches!(row.policy, "" | "yes" | "no" | "mixed"), "{}", row.service);
        assert_terms_exist(row.regions);
        if !row.regions_2023.is_empty() {
            assert_terms_exist(row.regions_2023);
        }
    }
    assert!(rows::<5>(DIFFERENCES).is_sorted());
    for [service, regions, column, value, _] in rows(DIFFERENCES) {
        assert!(rows_of.contains(&service), "{service}");
        assert!(matches!(column, "names" | "base" | "id" | "zones"), "{column}");
        assert!(!value.is_empty());
        assert_terms_exist(regions);
        if column == "zones" {
            let region = region(regions).unwrap();
            let listed = ServiceZones::parse(value, true).of(region).count();
            let told = value.parse().unwrap_or_else(|_| value.split(' ').count());
            assert_eq!(listed, told, "{service} {regions}: {value}");
            assert!(told < region.zones.len(), "{service} {regions}: {value}");
        }
    }
    for [region_name, _, suffixes] in rows(NAME_PREFIXES) {
        let found = |entry: &str| {
            let suffix = entry.split_once('=').map_or(entry, |(_, to)| to);
            service(region(region_name).unwrap(), DATES[1], suffix).is_some()
        };
        let missing: Vec<&str> = suffixes.split(' ').filter(|entry| !found(entry)).collect();
        assert_eq!(missing, [""; 0], "{region_name}");
    }
}

#[test]
fn every_region_lists_each_name_once_and_fills_every_pattern() {
    for region in regions() {
        for date in DATES {
            let services = services(region, date);
            assert!(services.windows(2).all(|two| two[0].name < two[1].name), "{}", region.name);
            for own in services {
                let names = [&own.private_names, &own.base_names, &own.public_hosts];
                let mut all = names.into_iter().flatten().chain([&own.name, &own.suffix]);
                assert!(all.all(|name| !name.contains(['{', '}', ' ']) && !name.is_empty()));
                assert_eq!(own.id.len(), 26, "{}", own.id);
                assert_eq!(service(region, date, &own.name), Some(own));
            }
        }
    }
    assert!(services(region("ap-northeast-2").unwrap(), DATES[1]).len() > 300);
}
