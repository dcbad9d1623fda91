"""The list of endpoint services, by boto3 (spec 9.6, A40 to A44)."""

import re

from common import client, ec2, refused, same

pages = list(ec2.get_paginator("describe_vpc_endpoint_services").paginate(PaginationConfig={"PageSize": 100}))
names = [name for page in pages for name in page["ServiceNames"]]
details = [detail for page in pages for detail in page["ServiceDetails"]]
assert len(pages) > 1 and all(len(page["ServiceNames"]) <= 100 for page in pages)
assert names == sorted(names)
assert names == [detail["ServiceName"] for detail in details]
whole = ec2.describe_vpc_endpoint_services()
assert whole["ServiceNames"] == names
assert "NextToken" not in whole, whole["NextToken"]


def of(name, kind):
    found = [
        it
        for it in details
        if it["ServiceName"] == f"com.amazonaws.ap-northeast-2.{name}" and it["ServiceType"] == [{"ServiceType": kind}]
    ]
    same(len(found), 1)
    return found[0]


cfn = of("cloudformation", "Interface")
same(cfn["PrivateDnsName"], "cloudformation.ap-northeast-2.amazonaws.com")
same(cfn["PrivateDnsNames"], [{"PrivateDnsName": cfn["PrivateDnsName"]}])
same(cfn["BaseEndpointDnsNames"], ["cloudformation.ap-northeast-2.vpce.amazonaws.com"])
same([cfn["Owner"], cfn["AcceptanceRequired"], cfn["ManagesVpcEndpoints"]], ["amazon", False, False])
same(cfn["PrivateDnsNameVerificationState"], "verified")
same(cfn["AvailabilityZones"], ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c", "ap-northeast-2d"])
same(cfn["ServiceRegion"], "ap-northeast-2")
gateway = of("s3", "Gateway")
same(gateway["BaseEndpointDnsNames"], ["s3.ap-northeast-2.amazonaws.com"])
assert "PrivateDnsName" not in gateway
same(of("s3", "Interface")["PrivateDnsNames"][0], {"PrivateDnsName": "*.s3.ap-northeast-2.amazonaws.com"})

# A40, N10, L36: what holds for every service.
for detail in details:
    assert re.fullmatch("vpce-svc-[0-9a-f]{17}", detail["ServiceId"]), detail["ServiceId"]
    private = [it["PrivateDnsName"] for it in detail["PrivateDnsNames"]]
    same(detail.get("PrivateDnsName"), private[0] if private else None)
    same(detail.get("PrivateDnsNameVerificationState"), "verified" if private else None)

# N9, N25, N27: names of other shapes, and the gateway service of directory buckets.
assert "aws.api.ap-northeast-2.kendra-ranking" in names
regionless = [it for it in details if it["ServiceName"] == "com.amazonaws.s3-global.accesspoint"]
same([it["PrivateDnsName"] for it in regionless], ["*.accesspoint.s3-global.amazonaws.com"])
same(of("s3express", "Gateway")["ServiceType"], [{"ServiceType": "Gateway"}])


def filtered(name, value):
    shown = ec2.describe_vpc_endpoint_services(Filters=[{"Name": name, "Values": [value]}])
    return shown["ServiceNames"]


assert "com.amazonaws.ap-northeast-2.dynamodb" in filtered("service-type", "Gateway")
same(filtered("service-name", "*.cloudformation"), ["com.amazonaws.ap-northeast-2.cloudformation"])
same(filtered("owner", "123456789012"), [])
remote = ec2.describe_vpc_endpoint_services(ServiceRegions=["us-east-1"])["ServiceDetails"]
same({it["ServiceRegion"] for it in remote}, {"us-east-1"})
assert 0 < len(remote) < 30, len(remote)
assert len(client(region="us-east-1").describe_vpc_endpoint_services()["ServiceNames"]) > len(remote)
refused("InvalidServiceName", ec2.describe_vpc_endpoint_services, ServiceNames=["com.amazonaws.x.y"])
