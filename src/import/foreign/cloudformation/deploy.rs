//! Evaluates a template that is being deployed: references give what was made of each resource so far.
//!
//! The importer evaluates a template at once and makes up ids. Here the caller asks for one resource after the other and
//! tells what came of it. A value that is still unknown then is an error, in AWS's words.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use data_encoding::BASE64;
use serde_json::{Map, Value};

use super::{
    condition::first_unknown, expand, intrinsic::literal, notebook::Notebook, refused,
    stack::Setting, stack::Stack, template::Template,
};
use crate::import::{
    Defaults,
    foreign::common::{Notes, value},
    text::{
        diagnostic::Source,
        node::{self, Kind, Node, Pos},
    },
};

/// In front of what CloudFormation says of a template that it refuses as a whole.
const REFUSED: &str = "CloudFormation refuses this template: ";

/// The most text that all values of a stack may contain, in bytes: its record keeps several copies of each.
const MAX_TEXT: usize = 8 << 20;
/// The most resources of a stack, with those that loops make.
const MAX_RESOURCES: usize = 500;

/// The type of a nested stack, whose attributes are its outputs.
const NESTED: &str = "AWS::CloudFormation::Stack";

/// What was made of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Made {
    /// What `Ref` gives.
    pub(crate) reference: String,
    /// What `Fn::GetAtt` gives, by attribute.
    pub(crate) attributes: Map<String, Value>,
    /// Whether every attribute has a value, made up where it is not in `attributes`.
    pub(crate) in_name: bool,
}

/// Where a template is deployed, and with what.
pub(crate) struct Given<'g> {
    /// The stack's name.
    pub(crate) stack: &'g str,
    /// Its ARN.
    pub(crate) stack_id: &'g str,
    /// The region's name.
    pub(crate) region: &'static str,
    /// The account.
    pub(crate) account: &'g str,
    /// The value of every parameter; of a parameter that names a stored one, the stored value.
    pub(crate) parameters: Vec<(String, String)>,
    /// What stacks export here.
    pub(crate) exports: &'g BTreeMap<String, String>,
    /// The value of each dynamic reference (`{{resolve:…}}`) in the template.
    pub(crate) resolved: &'g BTreeMap<String, String>,
}

/// A resource to make.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The logical id.
    pub(crate) name: String,
    /// The type.
    pub(crate) kind: String,
    /// `DeletionPolicy`.
    pub(crate) deletion: Option<String>,
    /// `UpdateReplacePolicy`.
    pub(crate) replacement: Option<String>,
    /// `Metadata`, as JSON.
    pub(crate) metadata: Option<String>,
    /// The names that it refers to, of resources and of parameters.
    pub(crate) uses: Vec<String>,
}

/// An output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    /// Its name.
    pub(crate) key: String,
    /// Its value.
    pub(crate) value: String,
    /// Its description.
    pub(crate) description: Option<String>,
    /// The name under which it is exported.
    pub(crate) export: Option<String>,
}

/// The state of a deployment inside the evaluation.
pub(super) struct Deployed {
    pub(super) stack_id: String,
    made: HashMap<String, Made>,
    pub(super) imports: BTreeSet<String>,
    resolved: BTreeMap<String, String>,
}

/// Parses a template.
///
/// # Errors
///
/// AWS's words about a text that is no template.
pub(crate) fn parse(text: &str) -> Result<Node, String> {
    let source = Source { name: "template".to_owned(), text: text.to_owned() };
    let is_json = text.trim_start().starts_with('{');
    let root = node::parse(&source).map_err(|problems| {
        let (line, column) = problems.first().map_or((0, 0), |it| (it.line, it.column));
        let language = if is_json { "JSON" } else { "YAML" };
        format!("Template format error: {language} not well-formed. (line {line}, column {column})")
    })?;
    if !matches!(root.kind, Kind::Map(_)) {
        return Err("Template format error: unsupported structure.".to_owned());
    }
    Ok(root)
}

/// Refuses a template as AWS does before it makes anything.
///
/// # Errors
///
/// AWS's words.
pub(crate) fn check(root: &Node) -> Result<(), String> {
    let mut notes = Notes::default();
    refused::check(root, &mut Notebook::new(&mut notes));
    match notes.first_fault() {
        Some(fault) => Err(fault.strip_prefix(REFUSED).unwrap_or(fault).to_owned()),
        None => Ok(()),
    }
}

/// Evaluates a template step by step.
///
/// # Errors
///
/// AWS's words, if the template is refused as a whole.
pub(crate) fn deploy<T>(
    root: &Node,
    given: &Given<'_>,
    then: impl FnOnce(&mut Evaluation<'_, '_>) -> T,
) -> Result<T, String> {
    let expanded = expand(root, &given.parameters);
    let root = expanded.as_ref().unwrap_or(root);
    check(root)?;
    let count = root.get("Resources").map_or(0, |it| it.entries().len());
    if count > MAX_RESOURCES {
        return Err(format!(
            "Template format error: Number of resources, {count}, is greater than maximum allowed, {MAX_RESOURCES}"
        ));
    }
    let defaults = Defaults {
        region: given.region,
        account: given.account.into(),
        parameters: given.parameters.clone(),
        ..Defaults::default()
    };
    let mut notes = Notes::default();
    let mut notebook = Notebook::new(&mut notes);
    let template = Template::read(root, ("", given.stack.to_owned()), &defaults, &mut notebook);
    let passed = BTreeMap::new();
    let setting = Setting {
        defaults: &defaults,
        given: &defaults.parameters,
        passed: &passed,
        imports: given.exports,
        files: &[],
        path: &[0],
    };
    let mut stack = Stack::new(&template, setting, notebook);
    stack.deployed = Some(Deployed {
        stack_id: given.stack_id.to_owned(),
        made: HashMap::new(),
        imports: BTreeSet::new(),
        resolved: given.resolved.clone(),
    });
    stack.limit_text(MAX_TEXT);
    stack.leave_out();
    if let Some(fault) = stack.notes.first_fault() {
        return Err(format!("Template error: {fault}"));
    }
    check_left_out(&mut stack)?;
    Ok(then(&mut Evaluation { stack }))
}

/// Refuses a template that uses a resource whose condition is false. What stands in the branch of an `Fn::If` that is not
/// taken uses nothing, and a `DependsOn` may name it.
fn check_left_out(stack: &mut Stack<'_, '_>) -> Result<(), String> {
    let template = stack.template;
    let kept = template.resources.iter().enumerate();
    let kept = kept.filter(|(index, _)| !stack.left_out.contains(index));
    let resources = kept.flat_map(|(_, entry)| refused::parts(entry.node)).collect();
    let outputs = template.outputs.iter().map(|(_, output)| output);
    let outputs = outputs.filter(|output| stack.is_told(output)).collect();
    for (block, values) in [("Resources", resources), ("Outputs", outputs)] {
        let mut names = refused::names_within(values, |node| stack.branch(node));
        let is_left_out =
            |name: &str| template.indexes.get(name).is_some_and(|it| stack.left_out.contains(it));
        names.retain(|name| is_left_out(name));
        names.sort_unstable();
        names.dedup();
        if !names.is_empty() {
            let names = names.join(", ");
            return Err(format!(
                "Unresolved resource dependencies [{names}] in the {block} block of the template"
            ));
        }
    }
    Ok(())
}

/// An evaluation under way.
pub(crate) struct Evaluation<'n, 'a> {
    stack: Stack<'n, 'a>,
}

impl<'n> Evaluation<'n, '_> {
    /// The resources, each after those that it refers to. Where two may come in either order, the text decides.
    pub(crate) fn resources(&self) -> Vec<Wanted> {
        let template = self.stack.template;
        let is_kept = |index: &usize| !self.stack.left_out.contains(index);
        let indexes: Vec<usize> = (0..template.resources.len()).filter(is_kept).collect();
        let uses = |index: usize| -> Vec<usize> {
            let Some(entry) = template.resources.get(index) else { return Vec::new() };
            let names = refused::names_in(entry.node);
            let mut used: Vec<usize> =
                names.iter().filter_map(|name| template.indexes.get(&**name)).copied().collect();
            used.retain(|used| is_kept(used) && *used != index);
            used.sort_unstable();
            used.dedup();
            used
        };
        let used: HashMap<usize, Vec<usize>> = indexes.iter().map(|it| (*it, uses(*it))).collect();
        let mut users: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut open: HashMap<usize, usize> = HashMap::new();
        for (index, used) in &used {
            open.insert(*index, used.len());
            for one in used {
                users.entry(*one).or_default().push(*index);
            }
        }
        // What needs a gateway is refused until the gateway is attached, which no reference tells.
        let rank = |index: usize| match template.resources.get(index).map_or("", |it| it.kind) {
            "AWS::EC2::VPCGatewayAttachment" => 0,
            "AWS::EC2::Route"
            | "AWS::EC2::NatGateway"
            | "AWS::EC2::GatewayRouteTableAssociation" => 2,
            _ => 1,
        };
        let mut ready: BTreeSet<(u8, usize)> = indexes
            .iter()
            .filter(|index| open.get(index) == Some(&0))
            .map(|index| (rank(*index), *index))
            .collect();
        let mut ordered = Vec::new();
        while let Some((_, index)) = ready.pop_first() {
            ordered.push(index);
            for user in users.get(&index).into_iter().flatten() {
                if let Some(left) = open.get_mut(user) {
                    *left -= 1;
                    if *left == 0 {
                        ready.insert((rank(*user), *user));
                    }
                }
            }
        }
        let wanted = |index: usize| {
            let entry = template.resources.get(index)?;
            let named = |key: &str| {
                entry.node.get(key).and_then(|it| literal(it, false)).map(str::to_owned)
            };
            Some(Wanted {
                name: entry.name.to_owned(),
                kind: entry.kind.to_owned(),
                deletion: named("DeletionPolicy"),
                replacement: named("UpdateReplacePolicy"),
                metadata: entry.node.get("Metadata").map(|it| it.to_json().to_string()),
                uses: refused::names_in(entry.node),
            })
        };
        ordered.into_iter().filter_map(wanted).collect()
    }

    /// The properties of a resource, whose references were made already.
    ///
    /// # Errors
    ///
    /// AWS's words about a value that cannot be told.
    pub(crate) fn properties(&mut self, name: &str) -> Result<Map<String, Value>, String> {
        let Some(index) = self.stack.template.indexes.get(name).copied() else {
            return Ok(Map::new());
        };
        let properties = self.stack.properties(index);
        let Some(properties) = properties else { return Ok(Map::new()) };
        self.known(&properties)?;
        match properties.to_json() {
            Value::Object(map) => Ok(map),
            _ => Ok(Map::new()),
        }
    }

    /// Tells what was made of a resource.
    pub(crate) fn made(&mut self, name: &str, made: Made) {
        if let Some(deployed) = &mut self.stack.deployed {
            deployed.made.insert(name.to_owned(), made);
        }
    }

    /// The outputs.
    ///
    /// # Errors
    ///
    /// As [`Evaluation::properties`].
    pub(crate) fn outputs(&mut self) -> Result<Vec<Output>, String> {
        let mut outputs = Vec::new();
        for (key, output) in self.stack.template.outputs {
            if !self.stack.is_told(output) {
                continue;
            }
            let Some(value) = output.get("Value") else { continue };
            let value = self.text(value)?;
            let export = output.get("Export").and_then(|it| it.get("Name"));
            let export = export.map(|name| self.text(name)).transpose()?;
            let description = output.get("Description").and_then(Node::text).map(str::to_owned);
            outputs.push(Output { key: key.text.clone(), value, description, export });
        }
        Ok(outputs)
    }

    /// The names of the exports that were read so far.
    pub(crate) fn imports(&self) -> Vec<String> {
        let deployed = self.stack.deployed.iter();
        deployed.flat_map(|it| it.imports.iter().cloned()).collect()
    }

    fn text(&mut self, node: &'n Node) -> Result<String, String> {
        let value = self.stack.value(node).unwrap_or_else(|| value::text(node.pos, ""));
        self.known(&value)?;
        Ok(match value.to_json() {
            Value::String(text) => text,
            Value::Array(items) => {
                let texts = items.iter().map(|it| it.as_str().unwrap_or_default());
                texts.collect::<Vec<_>>().join(",")
            }
            _ => String::new(),
        })
    }

    /// Refuses a value of which a part is not known.
    fn known(&self, node: &Node) -> Result<(), String> {
        if let Some(fault) = self.stack.notes.first_fault() {
            return Err(format!("Template error: {fault}"));
        }
        let Some(what) = first_unknown(node) else { return Ok(()) };
        if let Some(name) = what.strip_prefix("import ") {
            return Err(format!("No export named {name} found."));
        }
        Err(format!("Template error: {what} has no value"))
    }
}

impl Stack<'_, '_> {
    /// What `Ref` gives for a resource that was made.
    pub(super) fn made_id(&mut self, name: &str, pos: Pos) -> Node {
        match self.made(name).map(|made| made.reference.clone()) {
            Some(id) => self.text(pos, id),
            None => self.unknown(pos, format!("{name}, which is not made yet,")),
        }
    }

    /// What `Fn::GetAtt` gives for a resource that was made.
    pub(super) fn made_attribute(&mut self, name: &str, attribute: &str, pos: Pos) -> Node {
        let Some(made) = self.made(name) else {
            return self.unknown(pos, format!("{name}, which is not made yet,"));
        };
        let found = made.attributes.get(attribute).cloned();
        let (in_name, reference) = (made.in_name, made.reference.clone());
        match found {
            Some(Value::Array(items)) => {
                let mut nodes = Vec::new();
                for item in items {
                    let text = item.as_str().unwrap_or_default().to_owned();
                    nodes.push(self.text(pos, text));
                }
                value::list(pos, nodes)
            }
            Some(Value::String(text)) => self.text(pos, text),
            Some(other) => self.text(pos, other.to_string()),
            None if in_name => {
                let text = self.made_up(name, attribute, &reference);
                self.text(pos, text)
            }
            None => {
                let message = format!(
                    "resource {name} does not support attribute type {attribute} in Fn::GetAtt"
                );
                self.broken(pos, message)
            }
        }
    }

    /// A text with the values of its dynamic references, if the template is deployed.
    pub(super) fn resolved(&self, text: &str) -> String {
        let resolved = self.deployed.iter().flat_map(|it| &it.resolved);
        let mut made = text.to_owned();
        for (reference, value) in resolved.filter(|(reference, _)| text.contains(*reference)) {
            made = made.replace(reference, value);
        }
        made
    }

    fn made(&self, name: &str) -> Option<&Made> {
        self.deployed.as_ref().and_then(|it| it.made.get(name))
    }

    /// An attribute of a resource that exists in name only.
    fn made_up(&self, name: &str, attribute: &str, reference: &str) -> String {
        let kind = self.template.indexes.get(name);
        let kind = kind.and_then(|it| self.template.resources.get(*it)).map_or("", |it| it.kind);
        if kind == NESTED || !attribute.ends_with("Arn") {
            return format!("{reference}-{attribute}");
        }
        if reference.starts_with("arn:") {
            return reference.to_owned();
        }
        let service = kind.split("::").nth(1).unwrap_or("custom").to_ascii_lowercase();
        let partition = self.region.map_or("aws", |region| region.partition);
        let (region, account) = (self.defaults.region, &self.defaults.account);
        if service == "iam" {
            let what = kind.rsplit("::").next().unwrap_or_default();
            let what = if what == "InstanceProfile" { "instance-profile" } else { "role" };
            return format!("arn:{partition}:iam::{account}:{what}/{reference}");
        }
        format!("arn:{partition}:{service}:{region}:{account}:{reference}")
    }

    /// What `Fn::Base64` gives. The importer reads the text itself, and a deployment what AWS is sent.
    pub(super) fn base64(&mut self, pos: Pos, text: String) -> Node {
        let text = if self.deployed.is_some() { BASE64.encode(text.as_bytes()) } else { text };
        self.text(pos, text)
    }
}
