# What labs.sh and patterns.sh have in common: which server is asked, and whether dig prints what is expected.
#
# The server is asked at 127.0.0.1:1080 (HTTP) and 127.0.0.1:1053 (DNS) unless VPCDNS_TEST_HTTP and VPCDNS_TEST_DNS
# say otherwise.

http=${VPCDNS_TEST_HTTP:-127.0.0.1:1080}
dns=${VPCDNS_TEST_DNS:-127.0.0.1:1053}
region=ap-northeast-2
export AWS_ENDPOINT_URL="http://$http" AWS_DEFAULT_REGION=$region AWS_PAGER=
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true

ask() { # ask ADDRESS NAME: what dig prints when ADDRESS asks, sorted, on one line
    local said
    # The system may give dig the server's own port, and then dig hears itself.
    for _ in 1 2 3; do
        said=$(dig "@${dns%:*}" -p "${dns##*:}" +short +tries=1 "+subnet=$1/32" "$2")
        [[ $said == *"query response not set"* ]] || break
    done
    printf '%s' "$said" | sort | tr '\n' ' ' | sed 's/ $//'
}

shows() { # shows ADDRESS NAME ANSWER: `public` is any address that is not of a VPC here
    local answer
    answer=$(ask "$1" "$2")
    [ "$3" = public ] && [ -n "$answer" ] && [[ $answer != 10.* ]] && answer=public
    if [ "$answer" = "$3" ]; then
        echo "ok: $1 asks $2: ${answer:-nothing}"
    else
        echo "NOT AS EXPECTED: $1 asks $2: '$answer', not '$3'" >&2
        exit 1
    fi
}
