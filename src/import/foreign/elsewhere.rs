//! Files that look as if they could be imported but cannot, and what to export instead.

use crate::import::text::node::{Kind, Node};

/// The top-level keys of a file, what the file is, and what to do.
const FORMS: &[(&[&str], &str, &str)] = &[
    (
        &["deployment", "version"],
        "a Pulumi stack export",
        "Pulumi's state is not supported; export what the stack made with `aws ec2 describe-vpcs`, \
         `describe-subnets`, `describe-vpc-endpoints` and the like",
    ),
    (
        &["configurationItems"],
        "a snapshot or history of AWS Config",
        "its items are not supported; export the same resources with `aws ec2 describe-vpcs`, `describe-subnets`, \
         `describe-vpc-endpoints` and the like",
    ),
    (
        &["StackResourceSummaries"],
        "the output of `aws cloudformation list-stack-resources`",
        "it has only ids; export the stack's template with `aws cloudformation get-template --template-stage \
         Processed`",
    ),
    (
        &["StackResources"],
        "the output of `aws cloudformation describe-stack-resources`",
        "it has only ids; export the stack's template with `aws cloudformation get-template --template-stage \
         Processed`",
    ),
    (
        &["StackSummaries"],
        "the output of `aws cloudformation list-stacks`",
        "it has only names; export a stack's template with `aws cloudformation get-template --template-stage \
         Processed`",
    ),
    (
        &["ParameterKey"],
        "a file of parameters",
        "give it with --parameter-file, and the template as the file",
    ),
    (
        &["Parameters"],
        "a file of parameters",
        "give it with --parameter-file, and the template as the file",
    ),
    (&["artifacts", "version"], "the manifest of a cloud assembly", "give its folder instead"),
    (
        &["resources", "runtime"],
        "a Pulumi program",
        "it is not run; export what the stack made with `aws ec2 describe-vpcs` and the like",
    ),
];

/// What a file of another kind is, and what to do; `None` if vpcdns does not recognise it.
pub(in crate::import) fn recognize(root: &Node) -> Option<(&'static str, &'static str)> {
    let has = |node: &Node, key: &str| node.entries().iter().any(|(known, _)| known.text == key);
    let node = match &root.kind {
        Kind::Seq(items) => items.first()?,
        _ => root,
    };
    let found = FORMS.iter().find(|(keys, ..)| keys.iter().all(|key| has(node, key)));
    found.map(|(_, what, hint)| (*what, *hint))
}
