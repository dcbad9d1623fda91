//! The rules of security groups and network ACLs: what is read, and what is refused where.

use super::load_text;

#[test]
fn rules_of_groups_and_acls_have_problems_with_places() {
    let file = |groups: &str, acls: &str| {
        let text = format!(
            "vpcs:\n  V:\n    cidr: 10.0.0.0/16\n    security-groups: {groups}\n    network-acls: {acls}\n"
        );
        match load_text(&text) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.iter().map(|it| (it.line, it.message.clone())).collect(),
        }
    };
    for (rule, problem) in [
        ("tcp 443 from 10.0.0.0/16", ""),
        ("tcp from 2001:db8::/32", ""),
        ("icmp 8/0 from b", ""),
        ("50 from pl-00000001", ""),
        ("all from default", ""),
        ("tcp 443 to 10.0.0.0/16", "does not say `from` before its other end"),
        ("443", "`443` is not a rule"),
        ("tcp 1 2 from b", "is not a rule"),
        ("tcp 80-443-1 from b", "`80-443-1` are no ports"),
        ("tcp 443-80 from b", "Invalid TCP/UDP port range (443:80)"),
        ("tcp 65536 from b", "Ports are 0 to 65535"),
        ("50 443 from b", "`50` has no ports"),
        ("quic 443 from b", "Unknown protocol"),
        ("tcp 443 from c", "`c` is no range, prefix list or security group of this file"),
        ("tcp 443 from 10.0.0.1", "`10.0.0.1` is no range"),
        ("tcp 443 from 10.0.0.0/33", "`10.0.0.0/33` is no range"),
    ] {
        let problems = file(&format!("{{a: {{inbound: [{rule}]}}, b: {{}}}}"), "{}");
        match problem {
            "" => assert_eq!(problems, [], "{rule}"),
            _ => assert!(problems[0].0 == 4 && problems[0].1.contains(problem), "{problems:?}"),
        }
    }
    for (entry, problem) in [
        ("1: allow tcp 443 from 10.0.0.0/16", ""),
        ("32766: deny all from ::/0", ""),
        ("0: allow all from 10.0.0.0/16", "Value (0) for parameter ruleNumber is invalid"),
        ("x: allow all from 10.0.0.0/16", "`x` is no number of a rule"),
        ("1: tcp 443 from 10.0.0.0/16", "says neither `allow` nor `deny`"),
        ("1: allow tcp 443 from a", "`a` is no range of addresses"),
        ("1: allow tcp 443 to 10.0.0.0/16", "does not say `from`"),
    ] {
        let problems = file("{}", &format!("{{a: {{inbound: {{{entry}}}}}}}"));
        match problem {
            "" => assert_eq!(problems, [], "{entry}"),
            _ => assert!(problems[0].0 == 5 && problems[0].1.contains(problem), "{problems:?}"),
        }
    }
}
