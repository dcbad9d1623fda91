"""Route 53 between accounts: nobody reads another's VPC or takes another's name; what a health check may depend on; limits."""

from common import REGION, client, dig, ec2, refused, same

r53 = client("route53", region="us-east-1")
theirs = client("route53", region="us-east-1", account="222222222222")
their_ec2 = client("ec2", account="222222222222")


def vpc_of(api, cidr):
    made = api.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    api.modify_vpc_attribute(VpcId=made, EnableDnsHostnames={"Value": True})
    return {"VPCRegion": REGION, "VPCId": made}


def zone_of(api, name, **more):
    zone = api.create_hosted_zone(Name=name, CallerReference=name, **more)["HostedZone"]["Id"]
    return zone.removeprefix("/hostedzone/")


def put(api, zone, name, value, rtype="A", **more):
    record = {"Name": name, "Type": rtype, "TTL": 60, "ResourceRecords": [{"Value": value}], **more}
    change = {"Action": "UPSERT", "ResourceRecordSet": record}
    return api.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})


# A test answer is never what another account's VPC resolves.
mine, their_vpc = vpc_of(ec2, "10.61.0.0/16"), vpc_of(their_ec2, "10.63.0.0/16")
secret = zone_of(theirs, "secret.their", VPC=their_vpc)
put(theirs, secret, "db.secret.their", "10.63.0.77")
lure = zone_of(r53, "lure.mine", VPC=mine)
put(r53, lure, "x.lure.mine", "db.secret.their", "CNAME")
r53.create_vpc_association_authorization(HostedZoneId=lure, VPC=their_vpc)
theirs.associate_vpc_with_hosted_zone(HostedZoneId=lure, VPC=their_vpc)
same(dig("x.lure.mine", "10.63.0.9"), ["10.63.0.77", "db.secret.their."])
asked = {"HostedZoneId": lure, "RecordName": "x.lure.mine", "RecordType": "A"}
assert "10.63.0.77" not in r53.test_dns_answer(**asked)["RecordData"]
r53.disassociate_vpc_from_hosted_zone(HostedZoneId=lure, VPC=mine)
refused("InvalidInput", r53.test_dns_answer, text="no VPC of this account", **asked)

# A public name stays with whoever had it first, and so do the names below it.
shop = zone_of(r53, "shop.example")
put(r53, shop, "www.shop.example", "203.0.113.1")
for number in range(6):
    taken = theirs.create_hosted_zone(Name="shop.example", CallerReference=f"again{number}")["HostedZone"]["Id"]
    put(theirs, taken.removeprefix("/hostedzone/"), "www.shop.example", "203.0.113.66")
    same(dig("www.shop.example"), ["203.0.113.1"])
below = zone_of(theirs, "www.shop.example")
put(theirs, below, "www.shop.example", "203.0.113.66")
same(dig("www.shop.example"), ["203.0.113.1"])
own_below = zone_of(r53, "api.shop.example")
put(r53, own_below, "api.shop.example", "203.0.113.2")
same(dig("api.shop.example"), ["203.0.113.2"])

# What a health check may depend on.
tcp = {"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 80}
plain = r53.create_health_check(CallerReference="plain", HealthCheckConfig=tcp)["HealthCheck"]["Id"]
of_plain = {"Type": "CALCULATED", "HealthThreshold": 1, "ChildHealthChecks": [plain]}
calculated = r53.create_health_check(CallerReference="calculated", HealthCheckConfig=of_plain)["HealthCheck"]["Id"]
checks = {it["Id"]: it["HealthCheckConfig"].get("ChildHealthChecks") for it in r53.list_health_checks()["HealthChecks"]}
same(checks, {plain: None, calculated: [plain]})
change = r53.update_health_check
refused("InvalidInput", change, HealthCheckId=calculated, ChildHealthChecks=[plain] * 2, text="twice")
refused("InvalidInput", change, HealthCheckId=calculated, ChildHealthChecks=[calculated], text="calculated")
put(r53, shop, "checked.shop.example", "203.0.113.3", SetIdentifier="a", Weight=1, HealthCheckId=calculated)
put(r53, shop, "checked.shop.example", "203.0.113.4", SetIdentifier="b", Weight=0)
same(dig("checked.shop.example"), ["203.0.113.3"])
change(HealthCheckId=plain, Inverted=True)
same(dig("checked.shop.example"), ["203.0.113.4"])
change(HealthCheckId=calculated, HealthThreshold=0)
same(dig("checked.shop.example"), ["203.0.113.3"])

# A name has at most 100 sets of a type.
for number in range(100):
    put(r53, shop, "many.shop.example", "203.0.113.5", SetIdentifier=str(number), Weight=1)
refused(
    "InvalidChangeBatch", put, api=r53, zone=shop, name="many.shop.example", value="203.0.113.5", SetIdentifier="x", Weight=1
)
same(dig("many.shop.example"), ["203.0.113.5"])
