//! The result of reading a world, the reasons why reading fails, and the merging of several worlds.

use std::{collections::HashSet, fmt, sync::Arc};

use crate::{
    import::text::{
        diagnostic::{Problem, Rank, Severity, Source, render_line},
        node::Pos,
    },
    model::{
        change::Change,
        resources::resources,
        security_group::default_group,
        switches::Switches,
        world::{Members, World},
    },
};

/// The most duplicates between two files that are listed.
const CLASHES: usize = 50;

/// A world that was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The text it was read from.
    pub source: Arc<Source>,
    /// The World.
    pub world: World,
    /// The Changes that make it.
    pub changes: Vec<Change>,
    /// The position of each Change in the text.
    pub positions: Vec<Pos>,
    /// The warnings. For another tool's file, also the notes: what was skipped, inferred and assumed.
    pub warnings: Failure,
}

/// Problems, each with the text it is about.
#[derive(Clone, Debug, Default)]
pub struct Failure {
    parts: Vec<(Option<Arc<Source>>, Problem)>,
}

impl Loaded {
    /// How much an importer skipped, inferred and assumed, in words; `None` if nothing. Notes that no answer depends on
    /// are counted separately.
    pub fn remarks(&self) -> Option<String> {
        let (ranked, others) = self.warnings.ranked(false);
        let count = |severity: Severity| {
            let count = ranked.count(severity);
            severity.remark().filter(|_| count > 0).map(|remark| format!("{count} {remark}"))
        };
        let counts = [Severity::Skipped, Severity::Inferred, Severity::Assumed].map(count);
        let mut told: Vec<String> = counts.into_iter().flatten().collect();
        if others > 0 {
            told.push(format!("{others} other note{}", if others == 1 { "" } else { "s" }));
        }
        (!told.is_empty()).then(|| told.join(", "))
    }

    /// The name of the file or built-in world.
    pub fn name(&self) -> &str {
        &self.source.name
    }
}

impl Failure {
    /// A failure with the problems of one text.
    pub fn of(source: &Arc<Source>, problems: Vec<Problem>) -> Self {
        let parts =
            problems.into_iter().map(|problem| (Some(Arc::clone(source)), problem)).collect();
        Self { parts }
    }

    /// A failure with one problem that belongs to no text.
    pub fn plain(problem: Problem) -> Self {
        Self { parts: vec![(None, problem)] }
    }

    /// Whether there are no problems.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// A failure with problems of several texts.
    pub(in crate::import) fn sourced(parts: Vec<(Option<Arc<Source>>, Problem)>) -> Self {
        Self { parts }
    }

    /// The problems with the texts they are about.
    pub(in crate::import) fn into_parts(self) -> Vec<(Option<Arc<Source>>, Problem)> {
        self.parts
    }

    /// Adds the problems of another failure.
    pub fn append(&mut self, mut other: Self) {
        self.parts.append(&mut other.parts);
    }

    /// The problems.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.parts.iter().map(|(_, problem)| problem)
    }

    /// How many problems have a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.problems().filter(|problem| problem.severity == severity).count()
    }

    /// The problems, the most important first, otherwise in their order. Without `all`, problems that no answer and no
    /// way of the traffic depends on are left out; the number says how many.
    pub fn ranked(&self, all: bool) -> (Self, usize) {
        let mut parts = self.parts.clone();
        parts.sort_by_key(|(_, problem)| problem.rank);
        let told = parts.partition_point(|(_, problem)| all || problem.rank < Rank::Other);
        let others = parts.split_off(told).len();
        (Self { parts }, others)
    }

    /// All problems as text, with a blank line between two.
    pub fn render(&self, color: bool) -> String {
        let mut lines = Lines::default();
        let shown: Vec<String> = self
            .parts
            .iter()
            .map(|(source, problem)| {
                let line = source.as_deref().and_then(|source| lines.find(source, problem.line));
                render_line(problem, line, color)
            })
            .collect();
        shown.join("\n\n")
    }
}

/// Finds lines by number. Continues from the last line found, so many problems of a huge file stay cheap.
#[derive(Default)]
struct Lines<'s> {
    source: Option<&'s Source>,
    /// The number of the line that `rest` begins with.
    line: usize,
    rest: &'s str,
}

impl<'s> Lines<'s> {
    fn find(&mut self, source: &'s Source, line: usize) -> Option<&'s str> {
        if line == 0 {
            return None;
        }
        let same = self.source.is_some_and(|known| std::ptr::eq(known, source));
        if !same || line < self.line {
            *self = Self { source: Some(source), line: 1, rest: &source.text };
        }
        while self.line < line {
            self.rest = self.rest.split_once('\n')?.1;
            self.line += 1;
        }
        self.rest.lines().next()
    }
}

/// One line for each problem.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            if problem.line > 0 {
                write!(f, "{}:{}:{}: ", problem.file, problem.line, problem.column)?;
            } else if problem.severity.remark().is_some() {
                write!(f, "{}: ", problem.file)?;
            }
            if let Some(remark) = problem.severity.remark() {
                write!(f, "{remark}: ")?;
            }
            f.write_str(&problem.message)?;
            if let Some(hint) = &problem.hint {
                write!(f, " ({hint})")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// Merges several worlds into one. If more than one sets a switch or the default client, the last one counts.
///
/// # Errors
///
/// An id, a load balancer's name or a public address that two of them have.
pub fn merge(worlds: Vec<Loaded>) -> Result<Loaded, Failure> {
    let mut worlds = worlds.into_iter();
    let Some(mut merged) = worlds.next() else {
        return Ok(Loaded {
            source: Arc::default(),
            world: World::default(),
            changes: Vec::new(),
            positions: Vec::new(),
            warnings: Failure::default(),
        });
    };
    // The file of each id, for messages.
    let mut sources = vec![(merged.changes.len(), Arc::clone(&merged.source))];
    let mut failure = Failure::default();
    for mut next in worlds {
        let clashes = join(&mut merged.world, &next.world);
        for clash in clashes.iter().take(CLASHES) {
            failure.parts.push(clash_problem(clash, &merged, &sources, &next));
        }
        if let Some(more) = clashes.len().checked_sub(CLASHES).filter(|more| *more > 0) {
            let message = format!("{more} more are not listed");
            failure.parts.push((None, Problem::whole(next.name(), message)));
        }
        merged.changes.append(&mut next.changes);
        merged.positions.append(&mut next.positions);
        merged.warnings.append(next.warnings);
        sources.push((merged.changes.len(), Arc::clone(&next.source)));
    }
    if failure.parts.is_empty() { Ok(merged) } else { Err(failure) }
}

fn clash_problem(
    clash: &str,
    merged: &Loaded,
    sources: &[(usize, Arc<Source>)],
    next: &Loaded,
) -> (Option<Arc<Source>>, Problem) {
    let maker = |changes: &[Change]| changes.iter().position(|change| makes(change, clash));
    let first = maker(&merged.changes)
        .and_then(|index| sources.iter().find(|(end, _)| index < *end))
        .map_or("another file", |(_, source)| source.name.as_str());
    let position = maker(&next.changes).and_then(|index| next.positions.get(index)).copied();
    let message = format!("{clash} is in {first} and in {}", next.name());
    let source = &next.source;
    let pos = position.unwrap_or_default();
    let problem =
        crate::import::text::node::at(&source.name, &source.text, pos, Severity::Error, &message);
    let hint =
        "define it in one file only; where a file gives no `id`, vpcdns makes the id from the name";
    (Some(Arc::clone(source)), Problem { hint: Some(hint.to_owned()), ..problem })
}

/// Whether a Change makes the resource with this id, or assigns this public address.
fn makes(change: &Change, id: &str) -> bool {
    let more = match change {
        Change::RunInstances(run) => run.instance.public_address.map(|it| it.to_string()),
        Change::CreateVpc(create) => Some(create.vpc.main_route_table.to_string()),
        _ => None,
    };
    change.made().as_deref() == Some(id) || more.as_deref() == Some(id)
}

/// Adds everything of a world to another. Gives the ids that both have.
fn join(world: &mut World, next: &World) -> Vec<String> {
    // If both have the same VPC, only the VPC is reported, not its main route table and default group too.
    let of_vpcs: HashSet<String> = next
        .vpcs
        .values()
        .filter(|vpc| world.vpcs.contains_key(&vpc.id))
        .flat_map(|vpc| [vpc.main_route_table.to_string(), default_group(vpc.id).to_string()])
        .collect();
    let mut clashes = Vec::new();
    macro_rules! join_maps {
        ($($map:ident)*) => {$(
            for (key, value) in &next.$map {
                if world.$map.insert(key.clone(), value.clone()).is_some() {
                    clashes.push(key.to_string());
                }
            }
        )*};
    }
    macro_rules! join_resources {
        ($(#[$doc:meta] $map:ident $id:ty => $type:ty;)*) => {
            // Every field is named, so a new one cannot be forgotten.
            let World {
                $($map: _,)*
                members: _,
                guests: _,
                terminated: _,
                private_addresses: _,
                interface_addresses: _,
                public_addresses: _,
                client_tokens: _,
                derived_tags: _,
                other_names: _,
                switches: _,
                faults: _,
                default_client: _,
                generation: _,
                // A store keeps these counts.
                counted: _,
            } = next;
            join_maps!($($map)*);
        };
    }
    resources! { maps => join_resources }
    join_maps!(terminated public_addresses client_tokens derived_tags other_names);
    for (key, instance) in &next.private_addresses {
        world.private_addresses.insert(*key, *instance);
    }
    for (instance, guest) in &next.guests {
        world.guests.insert(*instance, Arc::clone(guest));
    }
    for (key, interface) in &next.interface_addresses {
        world.interface_addresses.insert(*key, *interface);
    }
    for (vpc, members) in &next.members {
        let mut members = Members::clone(members);
        // The VPCs of this world come after those of the worlds before it.
        members.since += world.generation;
        world.members.insert(*vpc, Arc::new(members));
    }
    if *next.switches != Switches::default() {
        world.switches = Arc::clone(&next.switches);
    }
    world.faults = world.faults.iter().chain(&*next.faults).cloned().collect();
    if next.default_client.is_some() {
        world.default_client.clone_from(&next.default_client);
    }
    world.generation += next.generation;
    clashes.retain(|clash| !of_vpcs.contains(clash));
    clashes.sort();
    clashes.dedup();
    clashes
}

#[cfg(test)]
mod tests;
