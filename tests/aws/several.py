"""A world with several of everything that an action lists, made by boto3: more than fit on a page of the smallest size."""

import json

from common import REGION, client, ec2

MANY = 7  # EC2's smallest page is 5
STACKS = 101  # CloudFormation's pages are 100
PROFILE = "web{}"

cloudformation = client("cloudformation")
cloud_map = client("servicediscovery")
elb = client("elb")
elbv2 = client("elbv2")
resolver = client("route53resolver")
profiles = client("route53profiles")
route53 = client("route53", region="us-east-1")


class World:
    """What was made, as far as a caller must name it."""


def network(world):
    world.vpcs = [ec2.create_vpc(CidrBlock=f"10.{100 + it}.0.0/16")["Vpc"]["VpcId"] for it in range(MANY)]
    world.vpc = world.vpcs[0]
    for vpc in world.vpcs:
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        ec2.create_egress_only_internet_gateway(VpcId=vpc)
        options = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": [f"{vpc}.example"]}])
        ec2.associate_dhcp_options(DhcpOptionsId=options["DhcpOptions"]["DhcpOptionsId"], VpcId=vpc)
        ec2.create_route_table(VpcId=vpc)
        ec2.create_tags(Resources=[vpc], Tags=[{"Key": key, "Value": vpc} for key in ("Name", "team")])
    world.subnets = [
        ec2.create_subnet(VpcId=world.vpc, CidrBlock=f"10.100.{it}.0/24", AvailabilityZone=f"{REGION}{'ac'[it % 2]}")
        for it in range(MANY)
    ]
    world.subnets = [it["Subnet"]["SubnetId"] for it in world.subnets]
    for it in range(MANY):
        ec2.create_network_interface(SubnetId=world.subnets[0])
        ec2.create_nat_gateway(SubnetId=world.subnets[it], ConnectivityType="private")
        ec2.allocate_address(Domain="vpc")
        peer = world.vpcs[it] if it else world.vpcs[1]
        ec2.create_vpc_peering_connection(VpcId=world.vpcs[2 if it == 0 else 0], PeerVpcId=peer)
    world.group = ec2.create_security_group(GroupName="wide", Description="d", VpcId=world.vpc)["GroupId"]
    for vpc in world.vpcs[1:]:
        ec2.associate_security_group_vpc(GroupId=world.group, VpcId=vpc)
    card = ec2.create_network_interface(SubnetId=world.subnets[0])["NetworkInterface"]["NetworkInterfaceId"]
    for it in range(MANY):
        ec2.create_network_interface_permission(
            NetworkInterfaceId=card, AwsAccountId=f"21098765432{it}", Permission="INSTANCE-ATTACH"
        )
    ranges = [{"CidrIp": f"10.{it}.0.0/16"} for it in range(MANY)]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": ranges}
    ec2.authorize_security_group_ingress(GroupId=world.group, IpPermissions=[rule])
    lists = [
        ec2.create_managed_prefix_list(
            PrefixListName=f"l{it}",
            AddressFamily="IPv4",
            MaxEntries=10,
            Entries=[{"Cidr": f"10.{other}.0.0/16"} for other in range(MANY)],
        )
        for it in range(3)
    ]
    world.prefix_list = lists[0]["PrefixList"]["PrefixListId"]


def instances(world):
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    world.instances = []
    for it in range(MANY):
        made = ec2.run_instances(
            ImageId=image,
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SubnetId=world.subnets[0],
            IamInstanceProfile={"Name": PROFILE.format(it)},
            BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}],
        )["Instances"]
        world.instances.append(made[0]["InstanceId"])
        template = ec2.create_launch_template(LaunchTemplateName=f"tpl{it}", LaunchTemplateData={"InstanceType": "t3.micro"})
        for _ in range(2):
            template_id = template["LaunchTemplate"]["LaunchTemplateId"]
            data = {"InstanceType": "t3.small"}
            ec2.create_launch_template_version(LaunchTemplateId=template_id, LaunchTemplateData=data)
        world.template = template_id


def balancers(world):
    world.balancers = [
        elbv2.create_load_balancer(Name=f"n{it}", Type="network", Scheme="internal", Subnets=world.subnets[:1])
        for it in range(3)
    ]
    world.balancers = [it["LoadBalancers"][0]["LoadBalancerArn"] for it in world.balancers]
    made = elbv2.create_load_balancer(Name="app", Scheme="internal", Subnets=world.subnets[:2], SecurityGroups=[world.group])
    world.application = made["LoadBalancers"][0]["LoadBalancerArn"]
    targets = [
        elbv2.create_target_group(Name=f"g{it}", Protocol="HTTP", Port=80, VpcId=world.vpc)["TargetGroups"][0]
        for it in range(3)
    ]
    world.target_group = targets[0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": world.target_group}]
    certificate = f"arn:aws:acm:{REGION}:123456789012:certificate/{{}}"
    for port in (80, 81, 443):
        secure = {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": certificate.format("first")}]}
        more = secure if port == 443 else {"Protocol": "HTTP"}
        made = elbv2.create_listener(LoadBalancerArn=world.application, Port=port, DefaultActions=forward, **more)
        world.listener = made["Listeners"][0]["ListenerArn"]
    for it in range(3):
        elbv2.add_listener_certificates(ListenerArn=world.listener, Certificates=[{"CertificateArn": certificate.format(it)}])
        paths = [{"Field": "path-pattern", "Values": [f"/{it}"]}]
        elbv2.create_rule(ListenerArn=world.listener, Priority=it + 1, Conditions=paths, Actions=forward)
    place = {"CaCertificatesBundleS3Bucket": "certificates", "CaCertificatesBundleS3Key": "ca.pem"}
    stores = [elbv2.create_trust_store(Name=f"t{it}", **place)["TrustStores"][0]["TrustStoreArn"] for it in range(3)]
    world.trust_store = stores[0]
    lists = [{"S3Bucket": "certificates", "S3Key": f"{it}.crl"} for it in range(3)]
    elbv2.add_trust_store_revocations(TrustStoreArn=world.trust_store, RevocationContents=lists)
    for it in range(2):
        made = elbv2.create_load_balancer(Name=f"app{it}", Scheme="internal", Subnets=world.subnets[:2])["LoadBalancers"][0]
        elbv2.create_listener(
            LoadBalancerArn=made["LoadBalancerArn"],
            Port=443,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
            MutualAuthentication={"Mode": "verify", "TrustStoreArn": world.trust_store},
            **secure,
        )
    elbv2.register_targets(TargetGroupArn=world.target_group, Targets=[{"Id": it} for it in world.instances[:3]])
    port = {"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 80}
    for it in range(3):
        elb.create_load_balancer(LoadBalancerName=f"classic{it}", Listeners=[port], Subnets=world.subnets[:1], Scheme="internal")
    instances_of = [{"InstanceId": it} for it in world.instances[:3]]
    elb.register_instances_with_load_balancer(LoadBalancerName="classic0", Instances=instances_of)


def endpoints(world):
    ec2.create_vpc_endpoint(VpcId=world.vpc, ServiceName=f"com.amazonaws.{REGION}.s3")
    for name in ("sqs", "sns"):
        ec2.create_vpc_endpoint(
            VpcId=world.vpc,
            VpcEndpointType="Interface",
            ServiceName=f"com.amazonaws.{REGION}.{name}",
            SubnetIds=world.subnets[:1],
        )
    for arn in world.balancers:
        service = ec2.create_vpc_endpoint_service_configuration(AcceptanceRequired=True, NetworkLoadBalancerArns=[arn])
        service = service["ServiceConfiguration"]
        world.service = service["ServiceId"]
        people = [f"arn:aws:iam::21098765432{it}:root" for it in range(3)]
        ec2.modify_vpc_endpoint_service_permissions(ServiceId=world.service, AddAllowedPrincipals=people)
        ec2.create_vpc_endpoint(
            VpcId=world.vpc,
            VpcEndpointType="Interface",
            ServiceName=service["ServiceName"],
            SubnetIds=world.subnets[:1],
        )
    topic = "arn:aws:sns:{}:123456789012:t{}"
    for it in range(MANY):
        arn = topic.format(REGION, it)
        ec2.create_vpc_endpoint_connection_notification(
            ServiceId=world.service, ConnectionNotificationArn=arn, ConnectionEvents=["Accept"]
        )


def zones(world):
    world.zones = []
    for it in range(3):
        here = {"VPCRegion": REGION, "VPCId": world.vpc}
        made = route53.create_hosted_zone(Name=f"z{it}.internal", CallerReference=f"z{it}", VPC=here)
        world.zone = made["HostedZone"]["Id"]
        world.zones.append(world.zone)
        check = {"Type": "TCP", "IPAddress": f"192.0.2.{it + 1}", "Port": 80}
        route53.create_health_check(CallerReference=f"h{it}", HealthCheckConfig=check)
    records = [("A", "10.0.0.1", None), ("TXT", '"t"', None), ("A", "10.0.0.2", "one"), ("A", "10.0.0.3", "two")]
    for name, (kind, value, weighted) in enumerate(records):
        record = {"Name": f"{'w' if weighted else name}.z2.internal", "Type": kind, "TTL": 5}
        record["ResourceRecords"] = [{"Value": value}]
        if weighted:
            record.update(SetIdentifier=weighted, Weight=1)
        change = {"Action": "CREATE", "ResourceRecordSet": record}
        route53.change_resource_record_sets(HostedZoneId=world.zone, ChangeBatch={"Changes": [change]})
    for it in range(3):
        group = f"arn:aws:logs:us-east-1:123456789012:log-group:g{it}:*"
        public = route53.create_hosted_zone(Name=f"p{it}.example.org", CallerReference=f"p{it}")["HostedZone"]["Id"]
        route53.create_query_logging_config(HostedZoneId=public, CloudWatchLogsLogGroupArn=group)
        collection = route53.create_cidr_collection(Name=f"c{it}", CallerReference=f"c{it}")["Collection"]["Id"]
        world.collection = collection
    places = [
        {"LocationName": f"l{it}", "Action": "PUT", "CidrList": [f"192.0.{it}.0/24", f"198.51.{it}.0/24"]} for it in range(3)
    ]
    route53.change_cidr_collection(Id=world.collection, Changes=places)
    theirs = client(account="222222222222")
    for it in range(3):
        other = theirs.create_vpc(CidrBlock=f"10.{it}.0.0/16")["Vpc"]["VpcId"]
        there = {"VPCRegion": REGION, "VPCId": other}
        route53.create_vpc_association_authorization(HostedZoneId=world.zone, VPC=there)
    spaces = [
        cloud_map.create_private_dns_namespace(Name=f"s{it}.local", Vpc=world.vpc)["OperationId"] for it in range(3)
    ]
    space = cloud_map.get_operation(OperationId=spaces[0])["Operation"]["Targets"]["NAMESPACE"]
    records = {"DnsRecords": [{"Type": "A", "TTL": 5}]}
    for it in range(3):
        world.service_of_map = cloud_map.create_service(Name=f"v{it}", NamespaceId=space, DnsConfig=records)["Service"]["Id"]
    for it in range(3):
        given = {"AWS_INSTANCE_IPV4": f"10.100.0.{200 + it}"}
        cloud_map.register_instance(ServiceId=world.service_of_map, InstanceId=f"n{it}", Attributes=given)


def resolving(world):
    for it in range(3):
        ends = {"Direction": "OUTBOUND", "SecurityGroupIds": [world.group]}
        addresses = [{"SubnetId": subnet} for subnet in world.subnets[:2]]
        made = resolver.create_resolver_endpoint(CreatorRequestId=f"e{it}", IpAddresses=addresses, **ends)
        world.endpoint = made["ResolverEndpoint"]["Id"]
        rule = {"RuleType": "FORWARD", "DomainName": f"r{it}.example", "TargetIps": [{"Ip": "192.0.2.9"}]}
        rule = resolver.create_resolver_rule(CreatorRequestId=f"r{it}", ResolverEndpointId=world.endpoint, **rule)
        world.rule = rule["ResolverRule"]
        resolver.associate_resolver_rule(ResolverRuleId=world.rule["Id"], VPCId=world.vpc)
        config = {"Name": f"q{it}", "DestinationArn": f"arn:aws:s3:::b{it}", "CreatorRequestId": f"q{it}"}
        config = resolver.create_resolver_query_log_config(**config)["ResolverQueryLogConfig"]
        resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=config["Id"], ResourceId=world.vpcs[it])
        names = resolver.create_firewall_domain_list(CreatorRequestId=f"l{it}", Name=f"l{it}")["FirewallDomainList"]
        world.domains = names["Id"]
        group = resolver.create_firewall_rule_group(CreatorRequestId=f"g{it}", Name=f"g{it}")["FirewallRuleGroup"]
        world.rule_group = group["Id"]
        joined = {"FirewallRuleGroupId": group["Id"], "VpcId": world.vpc, "Name": f"a{it}"}
        resolver.associate_firewall_rule_group(CreatorRequestId=f"a{it}", Priority=200 + it, **joined)
    tags = [{"Key": f"k{it}", "Value": "v"} for it in range(3)]
    resolver.tag_resource(ResourceArn=world.rule["Arn"], Tags=tags)
    named = [f"d{it}.example" for it in range(3)]
    resolver.update_firewall_domains(FirewallDomainListId=world.domains, Operation="ADD", Domains=named)
    lists = resolver.list_firewall_domain_lists()["FirewallDomainLists"]
    for it, names in enumerate(lists[:3]):
        rule = {"FirewallDomainListId": names["Id"], "FirewallRuleGroupId": world.rule_group}
        resolver.create_firewall_rule(CreatorRequestId=f"f{it}", Priority=it + 1, Action="ALERT", Name=f"f{it}", **rule)
    for vpc in world.vpcs:
        resolver.update_firewall_config(ResourceId=vpc, FirewallFailOpen="ENABLED")
        resolver.update_resolver_config(ResourceId=vpc, AutodefinedReverseFlag="DISABLE")
        resolver.update_resolver_dnssec_config(ResourceId=vpc, Validation="ENABLE")


def profiled(world):
    made = [profiles.create_profile(Name=f"p{it}", ClientToken=f"p{it}")["Profile"]["Id"] for it in range(3)]
    world.profile = made[0]
    for it, profile in enumerate(made):
        profiles.associate_profile(ProfileId=profile, ResourceId=world.vpcs[it], Name=f"a{it}")
    for it, zone in enumerate(world.zones):
        arn = f"arn:aws:route53:::{zone.strip('/')}"
        profiles.associate_resource_to_profile(ProfileId=world.profile, Name=f"r{it}", ResourceArn=arn)


def stacks(world):
    nothing = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    resources = {f"H{it}": nothing for it in range(STACKS)}
    exports = {f"O{it}": {"Value": str(it), "Export": {"Name": f"x{it}"}} for it in range(STACKS)}
    body = json.dumps({"Resources": resources, "Outputs": exports})
    world.stack, world.export = "wide", "x0"
    cloudformation.create_stack(StackName=world.stack, TemplateBody=body)
    shared = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::ImportValue": world.export}}}
    shared = {"Resources": {"H": shared}}
    for it in range(STACKS):
        cloudformation.create_stack(StackName=f"s{it}", TemplateBody=json.dumps(shared))
    # All but one of the resources go, and others come: as many changes.
    other = json.dumps({"Resources": {"H0": nothing, **{f"N{it}": nothing for it in range(STACKS)}}, "Outputs": exports})
    world.change_set = "other"
    cloudformation.create_change_set(StackName=world.stack, ChangeSetName=world.change_set, TemplateBody=other)


def made():
    """Makes it all, in a server that holds nothing."""
    world = World()
    for part in (network, instances, balancers, endpoints, zones, resolving, profiled, stacks):
        part(world)
    return world
