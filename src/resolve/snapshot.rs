//! A World with everything that is compiled from it, replaced as a whole.
//!
//! A reader loads one Snapshot for a whole batch of questions, so no answer mixes two Worlds.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
};

use ipnetwork::IpNetwork;

use super::{
    above::Published,
    answer::Outcome,
    index::Index,
    places::{Located, Places},
    public::PublicNames,
    question::{Asker, Question},
    trace::Tracer,
    view::View,
};
use crate::model::{
    change::{Change, Touched},
    id::VpcId,
    map::Shared,
    refusal::Refusal,
    world::World,
};

/// A World, its Views, and where addresses belong.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The World.
    pub world: World,
    /// What the internet answers beside the World.
    pub public: Arc<PublicNames>,
    views: Shared<VpcId, Arc<View>>,
    places: Places,
    /// The names above what VPCs show to everybody.
    pub published: Published,
    /// What is looked up across VPCs.
    pub index: Index,
    /// The default client, once it was looked up. Snapshots with the same default client share it.
    default_asker: Arc<OnceLock<Asker>>,
}

impl Snapshot {
    /// Compiles a World.
    pub fn new(world: World, public: Arc<PublicNames>) -> Self {
        let mut snapshot = Self {
            world,
            public,
            views: Shared::default(),
            places: Places::default(),
            published: Published::default(),
            index: Index::default(),
            default_asker: Arc::default(),
        };
        let all = snapshot.world.vpcs.keys().copied().collect();
        snapshot.recompile(&Touched(all));
        snapshot
    }

    /// The Snapshot after a Change. Only the touched Views are compiled again.
    ///
    /// # Errors
    ///
    /// AWS's refusal.
    pub fn apply(&self, change: &Change) -> Result<Self, Refusal> {
        let (world, touched) = self.world.apply(change)?;
        let mut next = self.after(world, &touched);
        if keeps_the_default_asker(change) {
            next.default_asker = Arc::clone(&self.default_asker);
        }
        Ok(next)
    }

    /// The Snapshot of the World after this one. Only the touched Views are compiled again.
    #[must_use]
    pub fn after(&self, world: World, touched: &Touched) -> Self {
        let index = self.index.after(&self.world, &world);
        let mut next = Self { world, index, default_asker: Arc::default(), ..self.clone() };
        next.recompile(touched);
        next
    }

    fn recompile(&mut self, touched: &Touched) {
        for vpc in &touched.0 {
            match View::compile(&self.world, *vpc) {
                Some(view) => self.views.insert(*vpc, Arc::new(view)),
                None => self.views.remove(vpc),
            };
            self.places.update(&self.world, *vpc);
            self.published.update(&self.world, *vpc);
        }
    }

    /// Whether every TTL is shown in full: a choice of the World's, or of the server's.
    pub fn whole_ttls(&self) -> bool {
        self.world.switches.whole_ttls || self.public.whole_ttls
    }

    /// The View of a VPC; `None` if it does not exist.
    pub fn view(&self, vpc: VpcId) -> Option<&View> {
        self.views.get(&vpc).map(|view| &**view)
    }

    /// Answers a question of class IN.
    pub fn answer<'s, T: Tracer>(&'s self, question: &Question<'_>, trace: &mut T) -> Outcome<'s> {
        super::resolve(self, question, trace)
    }

    /// Where an address belongs: within `vpc` if it is given, else among all VPCs.
    pub fn locate(&self, vpc: Option<VpcId>, address: IpAddr) -> Located {
        self.places.locate(vpc, address)
    }

    /// Where a network belongs: within `vpc` if it is given, else among all VPCs.
    pub fn locate_network(&self, vpc: Option<VpcId>, network: IpNetwork) -> Located {
        self.places.locate_network(vpc, network)
    }

    /// The VPCs in which an instance holds an address.
    pub fn holders(&self, address: IpAddr) -> impl Iterator<Item = VpcId> {
        self.places.holders(address)
    }

    /// The default client: the one in the world file, else its first VPC, else the internet.
    pub fn default_asker(&self) -> Asker {
        *self.default_asker.get_or_init(|| self.places.default_asker(&self.world))
    }
}

/// True if a Change keeps all names and the first VPC, so the default client need not be looked up again. Many Changes
/// for which this is false would keep them too.
fn keeps_the_default_asker(change: &Change) -> bool {
    matches!(
        change,
        Change::ModifyVpcAttribute(_)
            | Change::CreateVpcEndpoint(_)
            | Change::ModifyVpcEndpoint(_)
            | Change::DeleteVpcEndpoints(_)
            | Change::SetEndpointHealth(_)
            | Change::Settle(_)
            | Change::ChangeResourceRecordSets(_)
            | Change::UseClientToken(_)
            | Change::SetFaults(_)
            | Change::SetStack(_)
            | Change::RegisterCloudMapInstance(_)
            | Change::DeregisterCloudMapInstance(_)
            | Change::SetCloudMapHealth(_)
    )
}
