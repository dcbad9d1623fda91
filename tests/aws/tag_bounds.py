"""Tags at their bounds, in every service: keys of 128 characters, values of 256, and as many as a resource may have; not one more."""

from botocore.exceptions import ClientError
from common import ACCOUNT, REGION, client, ec2, same

vpc = ec2.create_vpc(CidrBlock="10.71.0.0/16")["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.71.1.0/24")["Subnet"]["SubnetId"]
elb, elbv2, ssm, r53 = (client(it, checked=False) for it in ("elb", "elbv2", "ssm", "route53"))
resolver, cloud_map, profiles = (client(it, checked=False) for it in ("route53resolver", "servicediscovery", "route53profiles"))
heard = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}
elb.create_load_balancer(LoadBalancerName="web", Subnets=[subnet], Listeners=[heard], Scheme="internal")
[made] = elbv2.create_load_balancer(Name="net", Type="network", Scheme="internal", Subnets=[subnet])["LoadBalancers"]
zone = r53.create_hosted_zone(Name="a.example", CallerReference="z", VPC={"VPCRegion": REGION, "VPCId": vpc})["HostedZone"]["Id"]
zone = zone.rsplit("/", 1)[1]
bad = resolver.create_firewall_domain_list(CreatorRequestId="l", Name="l")["FirewallDomainList"]["Arn"]
profile = profiles.create_profile(Name="p", ClientToken="p")["Profile"]["Arn"]
operation = cloud_map.create_http_namespace(Name="n")["OperationId"]
space = cloud_map.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
space = f"arn:aws:servicediscovery:{REGION}:{ACCOUNT}:namespace/{space}"
ssm.put_parameter(Name="/p", Value="v", Type="String")


def pairs(tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def shown(found):
    return {it["Key"]: it["Value"] for it in found}


# How a resource is tagged and its tags are removed, and what it has.
SERVICES = {
    "ec2": (
        lambda tags: ec2.create_tags(Resources=[vpc], Tags=pairs(tags)),
        lambda keys: ec2.delete_tags(Resources=[vpc], Tags=[{"Key": it} for it in keys]),
        lambda: shown(ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [vpc]}])["Tags"]),
    ),
    "elb": (
        lambda tags: elb.add_tags(LoadBalancerNames=["web"], Tags=pairs(tags)),
        lambda keys: elb.remove_tags(LoadBalancerNames=["web"], Tags=[{"Key": it} for it in keys]),
        lambda: shown(elb.describe_tags(LoadBalancerNames=["web"])["TagDescriptions"][0]["Tags"]),
    ),
    "elbv2": (
        lambda tags: elbv2.add_tags(ResourceArns=[made["LoadBalancerArn"]], Tags=pairs(tags)),
        lambda keys: elbv2.remove_tags(ResourceArns=[made["LoadBalancerArn"]], TagKeys=keys),
        lambda: shown(elbv2.describe_tags(ResourceArns=[made["LoadBalancerArn"]])["TagDescriptions"][0]["Tags"]),
    ),
    "route53": (
        lambda tags: [r53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=pairs({key: value})) for key, value in tags.items()],
        lambda keys: [r53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, RemoveTagKeys=[it]) for it in keys],
        lambda: shown(r53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone)["ResourceTagSet"]["Tags"]),
    ),
    "route53resolver": (
        lambda tags: resolver.tag_resource(ResourceArn=bad, Tags=pairs(tags)),
        lambda keys: resolver.untag_resource(ResourceArn=bad, TagKeys=keys),
        lambda: shown(resolver.list_tags_for_resource(ResourceArn=bad, MaxResults=100)["Tags"]),
    ),
    "route53profiles": (
        lambda tags: profiles.tag_resource(ResourceArn=profile, Tags=tags),
        lambda keys: profiles.untag_resource(ResourceArn=profile, TagKeys=keys),
        lambda: profiles.list_tags_for_resource(ResourceArn=profile)["Tags"],
    ),
    "servicediscovery": (
        lambda tags: cloud_map.tag_resource(ResourceARN=space, Tags=pairs(tags)),
        lambda keys: cloud_map.untag_resource(ResourceARN=space, TagKeys=keys),
        lambda: shown(cloud_map.list_tags_for_resource(ResourceARN=space)["Tags"]),
    ),
    "ssm": (
        lambda tags: ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId="/p", Tags=pairs(tags)),
        lambda keys: ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId="/p", TagKeys=keys),
        lambda: shown(ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/p")["TagList"]),
    ),
}


def is_refused(call, tags):
    try:
        call(tags)
    except ClientError:
        return True
    return False


MOST = 50
for name, (add, remove, read) in SERVICES.items():
    print(name)
    same(read(), {})
    for size, length in ((1, 0), (128, 256)):
        tag = {"k" * size: "v" * length}
        add(tag)
        same(read(), tag)
        remove(list(tag))
        same(read(), {})
    wrong = [{"": "v"}, {"k" * 129: "v"}, {"k": "v" * 257}]
    # What Systems Manager says of such keys is not known.
    if name != "ssm":
        wrong.append({"aws:k": "v"})
    for tag in wrong:
        same((is_refused(add, tag), tag), (True, tag))
    same(read(), {})
    # A key that is there gets another value.
    add({"k": "v", "l": "w"})
    add({"k": "x"})
    same(read(), {"k": "x", "l": "w"})
    remove(["k", "none"])
    same(read(), {"l": "w"})
    remove(["l"])
    many = {f"k{it}": str(it) for it in range(MOST)}
    # Route 53 is asked for one after the other here.
    if name != "route53":
        same(is_refused(add, {**many, "more": "v"}), True)
    add(many)
    same(len(read()), MOST)
    same(is_refused(add, {"more": "v"}), True)
    add({"k0": "again"})
    same((read()["k0"], len(read())), ("again", MOST))

# What is made with tags; how many it may be made with.
cfn = client("cloudformation", checked=False)
BODY = '{"Resources": {"Gate": {"Type": "AWS::EC2::InternetGateway"}}}'
CREATED = {
    "vpc": (lambda tags, name: ec2.create_vpc(CidrBlock="10.72.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}]), 50),
    "elb": (lambda tags, name: elb.create_load_balancer(LoadBalancerName=name, Subnets=[subnet], Listeners=[heard], Scheme="internal", Tags=tags), 50),
    "elbv2": (lambda tags, name: elbv2.create_target_group(Name=name, Protocol="TCP", Port=80, VpcId=vpc, Tags=tags), 50),
    "list": (lambda tags, name: resolver.create_firewall_domain_list(CreatorRequestId=name, Name=name, Tags=tags), 200),
    "space": (lambda tags, name: cloud_map.create_http_namespace(Name=name, Tags=tags), 50),
    "profile": (lambda tags, name: profiles.create_profile(Name=name, ClientToken=name, Tags=tags), 50),
    "parameter": (lambda tags, name: ssm.put_parameter(Name=f"/{name}", Value="v", Type="String", Tags=tags), None),
    "stack": (lambda tags, name: cfn.create_stack(StackName=name, TemplateBody=BODY, Tags=tags), 50),
}
for name, (make, most) in CREATED.items():
    print(name)
    for number, (tags, ends_well) in enumerate((
        ([{"Key": "k" * 128, "Value": "v" * 256}], True),
        ([{"Key": "k" * 129, "Value": "v"}], False),
        ([{"Key": "k", "Value": "v" * 257}], False),
        ([{"Key": "", "Value": "v"}], False),
        ([{"Key": f"k{it}", "Value": "v"} for it in range(most or 1)], True),
        ([{"Key": f"k{it}", "Value": "v"} for it in range((most or 1) + 1)], not most),
        ([{"Key": "k", "Value": "v"}, {"Key": "k", "Value": "v"}], False),
    )):
        same((number, is_refused(lambda it: make(it, f"{name}{number}"), tags)), (number, not ends_well))
