//! Changes: the only way from one World to the next.
//!
//! Each is named and parameterised as the EC2 action that makes it and carries every id and address it uses. It gives
//! the next World or AWS's refusal; a refused Change leaves nothing behind.

use smallvec::SmallVec;

use super::{
    client_token::UseClientToken,
    fault::SetFaults,
    id::VpcId,
    map::Map,
    other_names::SetOtherNames,
    refusal::Refusal,
    resources::resources,
    switches::Switches,
    tag::{CreateTags, DeleteTags},
    world::World,
};

/// The VPCs whose Views a Change alters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched(pub SmallVec<[VpcId; 2]>);

impl Touched {
    /// None.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// One.
    pub fn vpc(vpc: VpcId) -> Self {
        Self(SmallVec::from_slice(&[vpc]))
    }

    /// Both.
    pub fn join(&mut self, other: Self) {
        for vpc in other.0 {
            if !self.0.contains(&vpc) {
                self.0.push(vpc);
            }
        }
    }
}

macro_rules! changes {
    ($($name:ident,)*) => {
        /// One change of the World.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Change {
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name(Box<$name>),
            )*
        }

        $(
            impl From<$name> for Change {
                fn from(change: $name) -> Self {
                    Self::$name(Box::new(change))
                }
            }
        )*

        impl Change {
            /// The name of the action.
            pub fn action(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }

            fn apply_to(&self, world: &mut World) -> Result<Touched, Refusal> {
                match self {
                    $(Self::$name(change) => change.apply(world),)*
                }
            }
        }
    };
}

macro_rules! changes_of_resources {
    ($($($path:tt)::+ { $($name:ident)+ })*) => {
        $(use $($path)::+::{$($name),+};)*

        changes! {
            $($($name,)+)*
            UseClientToken,
            CreateTags,
            DeleteTags,
            SetSwitches,
            SetDefaultClient,
            SetOtherNames,
            SetFaults,
        }
    };
}

resources! { changes => changes_of_resources }

macro_rules! made {
    ($($change:ident $it:ident => $made:expr;)*) => {
        impl Change {
            /// The id of the resource that it makes.
            pub fn made(&self) -> Option<String> {
                match self {
                    $(Self::$change($it) => Some($made.to_string()),)*
                    _ => None,
                }
            }
        }
    };
}

resources! { made_by => made }

/// The choices a world file makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetSwitches {
    /// The choices.
    pub switches: Switches,
}

/// The client that a query counts as, if nothing else says where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetDefaultClient {
    /// A name or id, or `internet`.
    pub client: String,
}

impl SetSwitches {
    fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.switches = std::sync::Arc::new(self.switches);
        Ok(Touched(world.vpcs.keys().copied().collect()))
    }
}

impl SetDefaultClient {
    fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.default_client = Some(self.client.as_str().into());
        Ok(Touched::nothing())
    }
}

impl World {
    /// Applies the Change. Gives the next World and the Views that differ.
    ///
    /// # Errors
    ///
    /// AWS's refusal; this World is unchanged either way.
    pub fn apply(&self, change: &Change) -> Result<(Self, Touched), Refusal> {
        let mut next = self.clone();
        let touched = next.apply_in_place(change)?;
        Ok((next, touched))
    }

    /// Changes this World in place, without copying what no other World shares. Gives the Views that differ.
    ///
    /// # Errors
    ///
    /// AWS's refusal. This World may then be half changed; drop it.
    pub fn apply_in_place(&mut self, change: &Change) -> Result<Touched, Refusal> {
        let touched = change.apply_to(self)?;
        self.generation += 1;
        Ok(touched)
    }
}

/// Refuses an id that is in use. AWS makes ids itself, so the error text is ours.
pub(super) fn duplicate<K, V>(map: &Map<K, V>, id: &K) -> Result<(), Refusal>
where
    K: std::hash::Hash + Eq + Clone + Ord + std::fmt::Display,
    V: Clone,
{
    if map.contains_key(id) {
        return Err(Refusal::value(format!("The id {id} is already in use"), "N3"));
    }
    Ok(())
}
