#!/usr/bin/env bash
# Describes everything a server holds by aws commands, as one does with a real account before `vpcdns import FOLDER`.
#
#   tests/aws/describe.sh FOLDER         # the server is at 127.0.0.1:1080 unless VPCDNS_TEST_HTTP says otherwise
#
# With a real account: the same commands without the endpoint.
set -euo pipefail

folder=$1
http=${VPCDNS_TEST_HTTP:-127.0.0.1:1080}
export AWS_ENDPOINT_URL="http://$http" AWS_DEFAULT_REGION=${AWS_DEFAULT_REGION:-ap-northeast-2} AWS_PAGER=
export AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID:-test} AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true

mkdir -p "$folder"
for what in vpcs subnets route-tables internet-gateways dhcp-options instances network-interfaces addresses vpc-endpoints \
    vpc-endpoint-service-configurations vpc-peering-connections security-groups; do
    aws ec2 "describe-$what" >"$folder/$what.json"
done
for vpc in $(aws ec2 describe-vpcs --query 'Vpcs[].VpcId' --output text); do
    for attribute in enableDnsSupport enableDnsHostnames; do
        aws ec2 describe-vpc-attribute --vpc-id "$vpc" --attribute $attribute >"$folder/$vpc-$attribute.json"
    done
done
