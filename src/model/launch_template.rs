//! Launch templates: parameters of launches that are kept, in versions. What a parameter means is the API's business.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{LaunchTemplateId, RegionName},
    refusal::Refusal,
    world::{Tags, World},
};

/// The most templates of an account in a region (LT4).
const MAX_TEMPLATES: usize = 5_000;
/// The most versions of a template (LT4).
const MAX_VERSIONS: usize = 10_000;
/// The most bytes in all versions of a template. AWS has no such limit; a row of the store has.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// A launch template.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LaunchTemplate {
    /// Its id.
    pub id: LaunchTemplateId,
    /// Its tags.
    pub tags: Tags,
    /// Its name, unique in its account and region.
    pub name: Arc<str>,
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// When it was made, in milliseconds since the epoch.
    pub created: u64,
    /// The number of its default version.
    pub default: u64,
    /// The number of the newest version that was made.
    pub latest: u64,
    /// Its versions, the oldest first.
    pub versions: Vec<TemplateVersion>,
}

/// A version of a launch template.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TemplateVersion {
    /// Its number.
    pub number: u64,
    /// What its owner says of it.
    pub description: Option<Arc<str>>,
    /// When it was made, in milliseconds since the epoch.
    pub created: u64,
    /// The parameters, by their names in a request.
    pub data: Vec<(String, String)>,
}

/// `CreateLaunchTemplate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateLaunchTemplate {
    /// The template.
    pub template: LaunchTemplate,
}

/// `CreateLaunchTemplateVersion`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateLaunchTemplateVersion {
    /// The template.
    pub template: LaunchTemplateId,
    /// The version; it gets the next number.
    pub version: TemplateVersion,
}

/// `ModifyLaunchTemplate`: another default version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyLaunchTemplate {
    /// The template.
    pub template: LaunchTemplateId,
    /// The number of the version.
    pub default: u64,
}

/// `DeleteLaunchTemplateVersions`, one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteLaunchTemplateVersion {
    /// The template.
    pub template: LaunchTemplateId,
    /// The number of the version.
    pub number: u64,
}

/// `DeleteLaunchTemplate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteLaunchTemplate {
    /// The template.
    pub template: LaunchTemplateId,
}

/// The refusal of an id that no template has (LT2).
pub fn unknown_id(id: LaunchTemplateId) -> Refusal {
    Refusal::new(
        "InvalidLaunchTemplateId.NotFound",
        format!("The specified launch template, with template ID {id}, does not exist."),
        "LT2",
    )
}

/// The refusal of a version that a template does not have (LT2).
pub fn unknown_version(template: &LaunchTemplate, version: &str) -> Refusal {
    Refusal::new(
        "InvalidLaunchTemplateId.VersionNotFound",
        format!(
            "Could not find the specified version {version} for the launch template with ID {}.",
            template.id
        ),
        "LT2",
    )
}

impl LaunchTemplate {
    /// The version with a number.
    pub fn version(&self, number: u64) -> Option<&TemplateVersion> {
        self.versions.iter().find(|it| it.number == number)
    }

    /// The number of the newest version that is there.
    pub fn newest(&self) -> u64 {
        self.versions.last().map_or(self.latest, |it| it.number)
    }
}

impl World {
    /// The launch template of that name in an account and region.
    pub fn launch_template_named(
        &self,
        owner: &str,
        region: RegionName,
        name: &str,
    ) -> Option<&Arc<LaunchTemplate>> {
        self.launch_templates
            .values()
            .find(|it| *it.owner == *owner && it.region == region && *it.name == *name)
    }

    fn found_template(&self, id: LaunchTemplateId) -> Result<LaunchTemplate, Refusal> {
        let found = self.launch_templates.get(&id).ok_or_else(|| unknown_id(id))?;
        Ok(LaunchTemplate::clone(found))
    }

    fn put_template(&mut self, template: LaunchTemplate) -> Touched {
        self.launch_templates.insert(template.id, Arc::new(template));
        Touched::nothing()
    }
}

impl CreateLaunchTemplate {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let template = &self.template;
        duplicate(&world.launch_templates, &template.id)?;
        let legal = |it: char| it.is_ascii_alphanumeric() || "-()./_".contains(it);
        if !(3..=128).contains(&template.name.len()) || !template.name.chars().all(legal) {
            return Err(Refusal::new(
                "InvalidLaunchTemplateName.MalformedException",
                "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the \
                 following characters: - ( ) . / _.",
                "LT1",
            ));
        }
        if world.launch_template_named(&template.owner, template.region, &template.name).is_some() {
            return Err(Refusal::new(
                "InvalidLaunchTemplateName.AlreadyExistsException",
                "Launch template name already in use.",
                "LT1",
            ));
        }
        let own =
            |it: &&Arc<LaunchTemplate>| it.owner == template.owner && it.region == template.region;
        if world.launch_templates.values().filter(own).count() >= MAX_TEMPLATES {
            return Err(Refusal::new(
                "LaunchTemplateLimitExceeded",
                format!(
                    "The maximum number of launch templates, {MAX_TEMPLATES}, has been reached."
                ),
                "LT4",
            ));
        }
        if are_too_long(&template.versions) {
            return Err(Refusal::value(
                format!("A launch template holds at most {MAX_BYTES} bytes."),
                "LT4",
            ));
        }
        Ok(world.put_template(template.clone()))
    }
}

/// Whether versions hold more bytes than a template may keep.
fn are_too_long<'v>(versions: impl IntoIterator<Item = &'v TemplateVersion>) -> bool {
    let data = versions.into_iter().flat_map(|version| &version.data);
    data.map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_BYTES
}

impl CreateLaunchTemplateVersion {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut template = world.found_template(self.template)?;
        if template.versions.len() >= MAX_VERSIONS
            || are_too_long(template.versions.iter().chain([&self.version]))
        {
            return Err(Refusal::new(
                "VersionLimitExceeded",
                format!(
                    "The maximum number of versions, {MAX_VERSIONS}, or of bytes in them, {MAX_BYTES}, has been reached."
                ),
                "LT4",
            ));
        }
        template.latest += 1;
        let version = TemplateVersion { number: template.latest, ..self.version.clone() };
        template.versions.push(version);
        Ok(world.put_template(template))
    }
}

impl ModifyLaunchTemplate {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut template = world.found_template(self.template)?;
        if template.version(self.default).is_none() {
            return Err(unknown_version(&template, &self.default.to_string()));
        }
        template.default = self.default;
        Ok(world.put_template(template))
    }
}

impl DeleteLaunchTemplateVersion {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut template = world.found_template(self.template)?;
        if template.default == self.number {
            return Err(Refusal::value(
                "The default version of a launch template cannot be deleted.",
                "LT2",
            ));
        }
        let before = template.versions.len();
        template.versions.retain(|it| it.number != self.number);
        if template.versions.len() == before {
            return Err(unknown_version(&template, &self.number.to_string()));
        }
        Ok(world.put_template(template))
    }
}

impl DeleteLaunchTemplate {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.found_template(self.template)?;
        world.launch_templates.remove(&self.template);
        Ok(Touched::nothing())
    }
}
