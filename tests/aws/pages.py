"""Every paginator of botocore, of every action that is built, over a world with several of everything.

The list comes from botocore's own data and from docs/api-coverage.md: a new action with a paginator is walked at once, and
fails here if there are no two pages of it to walk.
"""

import several
from botocore import xform_name
from built import actions, data
from common import client, same

# Of these there is never more than one page: nothing is ever listed, one thing, or as many change sets as a stack may have.
NEVER_TWO_PAGES = {
    "DescribeAddressesAttribute",
    "DescribeFlowLogs",
    "ListAccountAliases",
    "ListAttachedRolePolicies",
    "ListChangeSets",
    "ListInstanceProfilesForRole",
    "ListRolePolicies",
}


def arguments(world):
    """What a caller must name, for each action that requires it."""
    resolver_endpoint = {"ResolverEndpointId": world.endpoint}
    role = {"RoleName": several.PROFILE.format(0)}
    return {
        "DescribeChangeSet": {"StackName": world.stack, "ChangeSetName": world.change_set},
        "DescribeImages": {"Owners": ["amazon"]},
        "DescribeLaunchTemplateVersions": {"LaunchTemplateId": world.template},
        "DescribeListenerCertificates": {"ListenerArn": world.listener},
        "DescribeRules": {"ListenerArn": world.listener},
        "DescribeStackEvents": {"StackName": world.stack},
        "DescribeTrustStoreAssociations": {"TrustStoreArn": world.trust_store},
        "DescribeTrustStoreRevocations": {"TrustStoreArn": world.trust_store},
        "DescribeVpcEndpointServicePermissions": {"ServiceId": world.service},
        "GetManagedPrefixListEntries": {"PrefixListId": world.prefix_list},
        "GetParametersByPath": {"Path": "/aws/service/global-infrastructure/regions"},
        "ListAttachedRolePolicies": role,
        "ListChangeSets": {"StackName": world.stack},
        "ListCidrBlocks": {"CollectionId": world.collection},
        "ListCidrLocations": {"CollectionId": world.collection},
        "ListProfileResourceAssociations": {"ProfileId": world.profile},
        "ListFirewallDomains": {"FirewallDomainListId": world.domains},
        "ListFirewallRules": {"FirewallRuleGroupId": world.rule_group},
        "ListImports": {"ExportName": world.export},
        "ListInstanceProfilesForRole": role,
        "ListInstances": {"ServiceId": world.service_of_map},
        "ListResolverEndpointIpAddresses": resolver_endpoint,
        "ListResourceRecordSets": {"HostedZoneId": world.zone},
        "ListRolePolicies": role,
        "ListStackResources": {"StackName": world.stack},
        "ListTagsForResource": {"ResourceArn": world.rule["Arn"]},
        "ListVPCAssociationAuthorizations": {"HostedZoneId": world.zone, "MaxResults": "2"},
        ("elbv2", "DescribeListeners"): {"LoadBalancerArn": world.application},
    }


def smallest(by, action, limit):
    """The smallest page that botocore's model lets a caller ask for."""
    members = by.meta.service_model.operation_model(action).input_shape.members
    return int(members[limit].metadata.get("min", 1))


def walk(by, action, given, settings):
    """Walks one paginator in the smallest pages and in the server's own: both show the same things, each once."""
    pages = by.get_paginator(xform_name(action))
    results = settings["result_key"]
    results = results if isinstance(results, list) else [results]
    whole = list(pages.paginate(**given))
    limit = settings.get("limit_key")
    counted = [sum(len(page[key]) for page in whole) for key in results]
    if limit is None:
        small, size = whole, None
    else:
        # At most some nine pages of what there is a lot of.
        size = max(smallest(by, action, limit), max(counted) // 8)
        small = list(pages.paginate(**given, PaginationConfig={"PageSize": size}))
    for key in results:
        shown = [it for page in small for it in page[key]]
        unpaged = [it for page in whole for it in page[key]]
        same(shown, unpaged)
        # Two services of a name differ in their type only, which is no part of the name.
        if key != "ServiceNames":
            same(len({repr(it) for it in shown}), len(shown))
    if action in NEVER_TWO_PAGES:
        return len(small)
    assert len(small) > 1, f"one page with {counted}: make more in several.py, or name it in NEVER_TWO_PAGES"
    if size is not None:
        sizes = [max(len(page[key]) for key in results) for page in small]
        same(sizes[:-1], [size] * (len(sizes) - 1))
        assert 0 < sizes[-1] <= size, f"{action}: {sizes}"
        # A caller that stops in the middle goes on from there.
        if isinstance(settings["result_key"], str):
            half = (max(counted) + 1) // 2
            first = pages.paginate(**given, PaginationConfig={"PageSize": size, "MaxItems": half}).build_full_result()
            rest = {"PageSize": size, "StartingToken": first["NextToken"]}
            rest = pages.paginate(**given, PaginationConfig=rest).build_full_result()
            same(first[results[0]] + rest[results[0]], unpaged)
    return len(small)


def walk_all():
    world, seen = several.made(), 0
    named, clients, faults = arguments(world), {}, []
    for service, action in actions():
        known = data(service, "paginators-1")["pagination"]
        if action not in known:
            continue
        if service not in clients:
            clients[service] = client(service, region="us-east-1" if service == "route53" else several.REGION)
        given = named.get((service, action), named.get(action, {}))
        try:
            walk(clients[service], action, given, known[action])
        except Exception as fault:
            faults.append(f"{service} {action}: {type(fault).__name__}: {str(fault)[:1_000]}")
        seen += 1
    assert not faults, "\n".join(faults)
    return seen


seen = walk_all()
assert seen >= 79, seen
