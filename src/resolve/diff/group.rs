//! Asks from every client location, and groups the locations with equal results.

use std::{
    cell::{OnceCell, RefCell},
    collections::{HashMap, HashSet},
    hash::Hash,
    iter::once,
    rc::Rc,
};

use super::{
    guards::Guards,
    judged::Judged,
    names::Names,
    queries::{self, Query},
    reach::{Domains, Reach, Scope},
    sides::Sides,
    sites::{Key, Site, Sites},
    wanted::Wanted,
};
use crate::{
    language::Language,
    model::world::World,
    resolve::{
        question::Asker,
        survey::{Pattern, Progress},
    },
};

/// Client locations with equal results.
pub(super) struct Place<T> {
    /// The locations, as one phrase.
    pub(super) from: String,
    /// The locations, one by one.
    pub(super) places: Vec<String>,
    /// Whether a subnet is among them, which stands for a new instance in it.
    pub(super) new_instances: bool,
    /// What was found there.
    pub(super) groups: Vec<T>,
    /// The locations, by their numbers.
    pub(super) sites: Vec<usize>,
}

/// The client locations of two Worlds, and the names that may differ there.
pub(super) struct Asked<'s> {
    pub(super) sides: Sides<'s>,
    pub(super) sites: Sites,
    pub(super) reach: Reach,
    /// The only questions that are asked, if not all.
    pub(super) queries: Option<Vec<Query>>,
    all: OnceCell<Rc<Names>>,
    /// Those near any of the domains that anything reaches.
    reached: OnceCell<Names>,
    near: RefCell<HashMap<Domains, Rc<Names>>>,
    /// The names with different answers, by what decides answers; filled when the answers are compared.
    pub(super) different: RefCell<HashMap<Key, Rc<HashSet<Pattern>>>>,
    /// What breaks and mends, by what decides answers and ways.
    pub(super) judged: RefCell<HashMap<Key, Judged>>,
    sizes: OnceCell<HashMap<Option<String>, usize>>,
    guards: OnceCell<[Guards; 2]>,
}

impl<'s> Asked<'s> {
    /// Prepares a comparison.
    pub(super) fn new(sides: Sides<'s>, reach: Reach, queries: Option<Vec<Query>>) -> Self {
        Self {
            sides,
            sites: Sites::of(sides),
            reach,
            queries,
            all: OnceCell::new(),
            reached: OnceCell::new(),
            near: RefCell::default(),
            different: RefCell::default(),
            judged: RefCell::default(),
            sizes: OnceCell::new(),
            guards: OnceCell::new(),
        }
    }

    /// What decides the answers of a place. Each place has its own queries.
    pub(super) fn answer_key(&self, site: &Site) -> Key {
        match self.queries {
            None => site.answer_key(self.worlds()),
            Some(_) => site.alone(),
        }
    }

    /// What decides the answers and ways of a place.
    pub(super) fn way_key(&self, site: &Site) -> Key {
        match self.queries {
            None => {
                let guards = self.guards.get_or_init(|| self.worlds().map(Guards::of));
                site.key(self.worlds(), guards)
            }
            Some(_) => site.alone(),
        }
    }

    /// The names to ask at a place; `None` if there are none.
    fn names_at(&self, site: &Site) -> Option<Rc<Names>> {
        let scope = self.reach.scope(site);
        match &self.queries {
            Some(_) if scope == Scope::Nothing => None,
            Some(queries) => Some(Rc::new(queries::names(queries, site))),
            None => self.names(&scope),
        }
    }

    /// The names of a scope; `None` if there are none.
    fn names(&self, scope: &Scope) -> Option<Rc<Names>> {
        let snapshots = [self.sides.before, self.sides.after];
        match scope {
            Scope::Nothing => None,
            Scope::Everything => {
                Some(Rc::clone(self.all.get_or_init(|| Rc::new(Names::of(snapshots, Wanted::All)))))
            }
            Scope::Near(domains) => {
                let endpoints = &self.reach.endpoints;
                let reached = self.reached.get_or_init(|| {
                    Names::of(snapshots, Wanted::near(self.reach.domains(), endpoints))
                });
                let mut near = self.near.borrow_mut();
                let names = near.entry(Domains::clone(domains)).or_insert_with(|| {
                    Rc::new(reached.only(Wanted::near(once(domains), endpoints)))
                });
                Some(Rc::clone(names))
            }
        }
    }

    pub(super) fn worlds(&self) -> [&'s World; 2] {
        [&self.sides.before.world, &self.sides.after.world]
    }

    /// Runs `find` for every client location, but once for those of equal keys. Groups locations with equal results and
    /// leaves out empty ones.
    pub(super) fn each_place<T: Eq + Hash>(
        &self,
        key: impl Fn(&Site) -> Key,
        progress: Progress<'_>,
        find: impl Fn(&Site, &Names) -> Vec<T>,
    ) -> Vec<Place<T>> {
        let mut asked: HashMap<Key, Rc<Vec<T>>> = HashMap::new();
        let mut turns: HashMap<Rc<Vec<T>>, usize> = HashMap::new();
        let mut places: Vec<Vec<usize>> = Vec::new();
        for (done, site) in self.sites.both.iter().enumerate() {
            progress(done, self.sites.both.len());
            let Some(names) = self.names_at(site) else { continue };
            let found = asked.entry(key(site)).or_insert_with(|| Rc::new(find(site, &names)));
            if found.is_empty() {
                continue;
            }
            let turn = *turns.entry(Rc::clone(found)).or_insert(places.len());
            match places.get_mut(turn) {
                Some(places) => places.push(done),
                None => places.push(vec![done]),
            }
        }
        drop(asked);
        let mut found: Vec<(Rc<Vec<T>>, usize)> = turns.into_iter().collect();
        found.sort_by_key(|(_, turn)| *turn);
        found
            .into_iter()
            .zip(places)
            .map(|((groups, _), sites)| {
                let places = self.sites_at(&sites);
                Place {
                    from: phrase(&places, self.sizes(), self.sides.language),
                    places: places.iter().map(|site| site.label.clone()).collect(),
                    new_instances: places.iter().any(|it| matches!(it.after, Asker::Subnet(..))),
                    groups: Rc::into_inner(groups).unwrap_or_default(),
                    sites,
                }
            })
            .collect()
    }

    /// The locations of these numbers.
    pub(super) fn sites_at(&self, numbers: &[usize]) -> Vec<&Site> {
        numbers.iter().filter_map(|number| self.sites.both.get(*number)).collect()
    }

    /// Locations as one phrase.
    pub(super) fn phrase(&self, numbers: &[usize]) -> String {
        phrase(&self.sites_at(numbers), self.sizes(), self.sides.language)
    }

    /// How many client locations each VPC has.
    fn sizes(&self) -> &HashMap<Option<String>, usize> {
        self.sizes.get_or_init(|| {
            let mut sizes = HashMap::new();
            for site in &self.sites.both {
                *sizes.entry(site.vpc.clone()).or_default() += 1;
            }
            sizes
        })
    }
}

/// Client locations as a phrase. If all locations of a VPC are among them, the phrase names the VPC instead.
fn phrase(places: &[&Site], sizes: &HashMap<Option<String>, usize>, say: Language) -> String {
    let mut order: Vec<Option<&str>> = Vec::new();
    let mut here: HashMap<Option<&str>, Vec<&str>> = HashMap::new();
    for site in places {
        let vpc = site.vpc.as_deref();
        let labels = here.entry(vpc).or_default();
        if labels.is_empty() {
            order.push(vpc);
        }
        labels.push(&site.label);
    }
    let part = |vpc: Option<&str>| {
        let labels = here.get(&vpc).map(Vec::as_slice).unwrap_or_default();
        match vpc {
            None => labels.first().map_or_else(String::new, |label| (*label).to_owned()),
            Some(vpc) if sizes.get(&Some(vpc.to_owned())) == Some(&labels.len()) => {
                say.anywhere_in(vpc)
            }
            Some(vpc) => say.places_in(labels.join(", "), vpc),
        }
    };
    order.into_iter().map(part).collect::<Vec<_>>().join("; ")
}
