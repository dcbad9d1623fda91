//! Launch templates and their versions (LT1 to LT4). What they keep is in `launch_template_data.rs`.

use std::sync::Arc;

use super::{
    Operation,
    launch_template_data::{self as data, Data},
};
use crate::{
    api::{
        context::{Context, seed, timestamp},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        own::Owned,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::{Fields, Time},
    },
    catalog,
    model::{
        id::LaunchTemplateId,
        launch_template::{
            self as model, LaunchTemplate, TemplateVersion, unknown_id, unknown_version,
        },
        world::Tags,
    },
};

/// The most letters of a description.
const MAX_DESCRIPTION: usize = 255;

/// AWS's words for `DescribeLaunchTemplateVersions` that names neither a template nor versions that every template has.
const OF_ALL_OR_OF_ONE: &str = "To describe the launch template data for all your launch templates, for ‘--versions’ specify \
    ‘$Latest’, ‘$Default’, or both, and omit ‘--launch-template-id’, ‘--launch-template-name’, and version numbers. To describe \
    the launch template data for a specific launch template, specify ‘--launch-template-id’ or ‘--launch-template-name’, and \
    for ‘--versions’ specify one or more of the following values: ‘$Latest’, ‘$Default’, or one or more version numbers.";

/// Which template a request means.
pub(super) enum Reference {
    /// By its id.
    Id(LaunchTemplateId),
    /// By its name.
    Name(String),
}

impl Reference {
    /// `LaunchTemplateId` or `LaunchTemplateName` behind a prefix, if one of them is there.
    pub(super) fn read(
        parameters: &mut Parameters,
        prefix: &str,
    ) -> Result<Option<Self>, ApiError> {
        let id = parameters.text(&format!("{prefix}LaunchTemplateId"))?;
        let name = parameters.text(&format!("{prefix}LaunchTemplateName"))?;
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        match (given(id), given(name)) {
            (Some(_), Some(_)) => Err(ApiError::new(
                "InvalidParameterCombination",
                "The parameters LaunchTemplateId and LaunchTemplateName cannot be used together.",
            )),
            (Some(id), None) => LaunchTemplateId::read(&id).map(|id| Some(Self::Id(id))),
            (None, name) => Ok(name.map(Self::Name)),
        }
    }

    fn required(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Self::read(parameters, "")?.ok_or_else(|| ApiError::missing("LaunchTemplateId"))
    }

    /// The caller's template.
    pub(super) fn find<'c>(
        &self,
        context: &'c Context<'_>,
    ) -> Result<&'c Arc<LaunchTemplate>, ApiError> {
        match self {
            Self::Id(id) => id.find(context).ok_or_else(|| unknown_id(*id).into()),
            Self::Name(name) => {
                let world = context.world();
                let found = world.launch_template_named(&context.account, context.region, name);
                found.ok_or_else(|| unknown_name(name))
            }
        }
    }
}

fn unknown_name(name: &str) -> ApiError {
    ApiError::new(
        "InvalidLaunchTemplateName.NotFoundException",
        format!("The specified launch template, with template name {name}, does not exist."),
    )
}

/// The version that a text means: a number, `$Latest`, or `$Default` and nothing.
pub(super) fn version<'t>(
    template: &'t LaunchTemplate,
    text: Option<&str>,
) -> Result<&'t TemplateVersion, ApiError> {
    let number = match text.filter(|text| !text.is_empty()) {
        None | Some("$Default") => Some(template.default),
        Some("$Latest") => Some(template.newest()),
        Some(number) => number.parse().ok(),
    };
    let found = number.and_then(|number| template.version(number));
    found.ok_or_else(|| unknown_version(template, text.unwrap_or("$Default")).into())
}

fn creator(template: &LaunchTemplate) -> String {
    let partition = catalog::partition_of(template.region);
    format!("arn:{partition}:iam::{}:root", template.owner)
}

fn fields(template: &LaunchTemplate) -> Fields {
    Fields::new()
        .set("launchTemplateId", template.id)
        .set("launchTemplateName", &template.name)
        .set("createTime", Time::whole(template.created))
        .set("createdBy", creator(template))
        .set("defaultVersionNumber", template.default)
        .set("latestVersionNumber", template.newest())
        .tags(&template.tags)
}

fn version_fields(template: &LaunchTemplate, version: &TemplateVersion) -> Fields {
    Fields::new()
        .set("launchTemplateId", template.id)
        .set("launchTemplateName", &template.name)
        .set("versionNumber", version.number)
        .maybe("versionDescription", version.description.as_ref())
        .set("createTime", Time::whole(version.created))
        .set("createdBy", creator(template))
        .set("defaultVersion", version.number == template.default)
        .fields("launchTemplateData", data::shown(&version.data))
}

/// `VersionDescription` and `LaunchTemplateData`.
fn read_version(parameters: &mut Parameters) -> Result<(Option<String>, Data), ApiError> {
    let description = parameters.text("VersionDescription")?;
    if description.as_ref().is_some_and(|text| text.chars().count() > MAX_DESCRIPTION) {
        return Err(ApiError::value(format!(
            "Value for parameter VersionDescription is invalid. It has at most {MAX_DESCRIPTION} characters."
        )));
    }
    Ok((description, data::read(parameters)?))
}

/// `CreateLaunchTemplate`.
pub(super) struct CreateLaunchTemplate {
    name: String,
    description: Option<String>,
    data: Data,
    tags: Tags,
}

impl Operation for CreateLaunchTemplate {
    const WITHOUT_EFFECT: &'static [&'static str] = &["Operator"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("LaunchTemplateName")?;
        let (description, data) = read_version(parameters)?;
        if data.is_empty() {
            return Err(ApiError::missing("LaunchTemplateData"));
        }
        Ok(Self { name, description, data, tags: parameters.tag_specification("launch-template")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let version = TemplateVersion {
            number: 1,
            description: self.description.map(Into::into),
            created: context.now,
            data: self.data,
        };
        let template = LaunchTemplate {
            id: LaunchTemplateId::from_seed(seed()),
            tags: self.tags,
            name: self.name.into(),
            region: context.region,
            owner: context.account.as_str().into(),
            created: context.now,
            default: 1,
            latest: 1,
            versions: vec![version],
        };
        let id = template.id.to_string();
        let change = model::CreateLaunchTemplate { template }.into();
        let (id, after) = context.create("CreateLaunchTemplate", &id, vec![change])?;
        let id = LaunchTemplateId::read(&id)?;
        let made = after.world.launch_templates.get(&id).ok_or_else(|| unknown_id(id))?;
        Ok(Fields::new().fields("launchTemplate", fields(made)))
    }
}

/// `CreateLaunchTemplateVersion`.
pub(super) struct CreateLaunchTemplateVersion {
    template: Reference,
    source: Option<String>,
    description: Option<String>,
    data: Data,
}

impl Operation for CreateLaunchTemplateVersion {
    // Aliases are kept as they are written.
    const WITHOUT_EFFECT: &'static [&'static str] = &["ResolveAlias"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let template = Reference::required(parameters)?;
        let source = parameters.text("SourceVersion")?;
        let (description, data) = read_version(parameters)?;
        if data.is_empty() && source.is_none() {
            return Err(ApiError::missing("LaunchTemplateData"));
        }
        Ok(Self { template, source, description, data })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let template = self.template.find(context)?;
        let data = match &self.source {
            Some(source) => data::over(self.data, &version(template, Some(source))?.data),
            None => self.data,
        };
        let made = TemplateVersion {
            number: 0,
            description: self.description.map(Into::into),
            created: context.now,
            data,
        };
        let (id, number) = (template.id, template.latest + 1);
        let change = model::CreateLaunchTemplateVersion { template: id, version: made };
        let action = "CreateLaunchTemplateVersion";
        // A repeated request is answered with the version of the first one.
        let (number, after) = context.create(action, &number.to_string(), vec![change.into()])?;
        let template = after.world.launch_templates.get(&id).ok_or_else(|| unknown_id(id))?;
        let made = version(template, Some(&number))?;
        Ok(Fields::new().fields("launchTemplateVersion", version_fields(template, made)))
    }
}

/// `ModifyLaunchTemplate`: another default version.
pub(super) struct ModifyLaunchTemplate {
    template: Reference,
    default: Option<String>,
}

impl Operation for ModifyLaunchTemplate {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        if parameters.holds("LaunchTemplateId") && parameters.holds("LaunchTemplateName") {
            return Err(ApiError::new(
                "InvalidParameterCombination",
                "Either provide launch template ID or launch template name to modify the template.",
            ));
        }
        let template = Reference::required(parameters)?;
        Ok(Self { template, default: parameters.text("SetDefaultVersion")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let template = self.template.find(context)?;
        let text = self.default.ok_or_else(|| ApiError::missing("DefaultVersion"))?;
        let default = version(template, Some(&text)).map_err(|error| {
            let words = format!(
                "The launch template version {text} is not found for the specified launch template."
            );
            ApiError { message: words, ..error }
        })?;
        let default = default.number;
        let id = template.id;
        let after =
            context.commit(&[model::ModifyLaunchTemplate { template: id, default }.into()])?;
        let made = after.world.launch_templates.get(&id).ok_or_else(|| unknown_id(id))?;
        Ok(Fields::new().fields("launchTemplate", fields(made)))
    }
}

/// `DeleteLaunchTemplate`.
pub(super) struct DeleteLaunchTemplate {
    template: Reference,
}

impl Operation for DeleteLaunchTemplate {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { template: Reference::required(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let template = self.template.find(context)?;
        let shown = fields(template);
        context.commit(&[model::DeleteLaunchTemplate { template: template.id }.into()])?;
        Ok(Fields::new().fields("launchTemplate", shown))
    }
}

/// `DeleteLaunchTemplateVersions`: those that can be deleted; the reply tells of each.
pub(super) struct DeleteLaunchTemplateVersions {
    template: Reference,
    versions: Vec<String>,
}

impl Operation for DeleteLaunchTemplateVersions {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let template = Reference::required(parameters)?;
        let versions = parameters.list("LaunchTemplateVersion")?;
        if versions.is_empty() {
            return Err(ApiError::missing("LaunchTemplateVersion"));
        }
        Ok(Self { template, versions })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let template = self.template.find(context)?;
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        for text in &self.versions {
            let number: u64 = text.parse().map_err(|_| {
                ApiError::value(format!(
                    "Value ({text}) for parameter LaunchTemplateVersion is invalid. It is no number."
                ))
            })?;
            let shown = Fields::new()
                .set("launchTemplateId", template.id)
                .set("launchTemplateName", &template.name)
                .set("versionNumber", number);
            let change = model::DeleteLaunchTemplateVersion { template: template.id, number };
            match context.commit(&[change.into()]) {
                Ok(_) => done.push(shown),
                Err(error) => {
                    let code = match template.version(number) {
                        Some(_) => "unexpectedError",
                        None => "launchTemplateVersionDoesNotExist",
                    };
                    let told = Fields::new().set("code", code).set("message", error.message);
                    failed.push(shown.fields("responseError", told));
                }
            }
        }
        Ok(Fields::new()
            .list("successfullyDeletedLaunchTemplateVersionSet", done)
            .list("unsuccessfullyDeletedLaunchTemplateVersionSet", failed))
    }
}

/// `DescribeLaunchTemplates`.
pub(super) type DescribeLaunchTemplates = Listing<LaunchTemplates>;

/// The templates with these ids and names.
pub(super) struct LaunchTemplates {
    wanted: Vec<Reference>,
}

impl Describe for LaunchTemplates {
    type Item<'c> = &'c Arc<LaunchTemplate>;

    const LIST: &'static str = "launchTemplates";

    const FILTERS: Filters<Self> = &[
        ("create-time", |template, _| texts([timestamp(template.created)])),
        ("launch-template-name", |template, _| texts([&template.name])),
    ];

    // AWS's services manage none of them.
    const WITHOUT_EFFECT: &'static [&'static str] = &["IncludeManagedResources"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let ids = parameters.list("LaunchTemplateId")?;
        let ids = ids.iter().map(|id| LaunchTemplateId::read(id).map(Reference::Id));
        let mut wanted = ids.collect::<Result<Vec<_>, _>>()?;
        let names = parameters.list("LaunchTemplateName")?;
        wanted.extend(names.into_iter().map(Reference::Name));
        Ok(Self { wanted })
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        if self.wanted.is_empty() {
            return Ok(context.all_own(&[], context.world().launch_templates.keys()));
        }
        let none = |error| ApiError {
            message:
                "At least one of the launch templates specified in the request does not exist."
                    .to_owned(),
            ..error
        };
        let found = self.wanted.iter().map(|it| it.find(context).map_err(none));
        let mut found = found.collect::<Result<Vec<_>, _>>()?;
        found.sort_by_key(|it| it.id);
        found.dedup_by_key(|it| it.id);
        Ok(found)
    }

    fn key(template: &Self::Item<'_>) -> String {
        template.id.to_string()
    }

    fn tags<'i>(template: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&template.tags)
    }

    fn fields(_: &Context<'_>, template: Self::Item<'_>) -> Fields {
        fields(template)
    }
}

/// `DescribeLaunchTemplateVersions`.
pub(super) type DescribeLaunchTemplateVersions = Listing<TemplateVersions>;

/// Versions of one template, or the latest or default ones of all.
pub(super) struct TemplateVersions {
    template: Option<Reference>,
    versions: Vec<String>,
    least: Option<u64>,
    most: Option<u64>,
}

/// What a version has under names of a request, in which `N` stands for a number.
fn given((_, version): &(&Arc<LaunchTemplate>, &TemplateVersion), names: &[&str]) -> Vec<String> {
    let data = version.data.iter().filter(|(name, _)| names.contains(&&*data::numbered(name)));
    texts(data.map(|(_, value)| value))
}

impl Describe for TemplateVersions {
    type Item<'c> = (&'c Arc<LaunchTemplate>, &'c TemplateVersion);

    const LIST: &'static str = "launchTemplateVersionSet";

    const FILTERS: Filters<Self> = &[
        ("create-time", |(_, version), _| texts([timestamp(version.created)])),
        ("ebs-optimized", |it, _| given(it, &["EbsOptimized"])),
        ("host-resource-group-arn", |it, _| given(it, &["Placement.HostResourceGroupArn"])),
        ("http-endpoint", |it, _| given(it, &["MetadataOptions.HttpEndpoint"])),
        ("http-protocol-ipv4", |it, _| given(it, &["MetadataOptions.HttpEndpoint"])),
        ("http-tokens", |it, _| given(it, &["MetadataOptions.HttpTokens"])),
        ("iam-instance-profile", |it, _| {
            given(it, &["IamInstanceProfile.Arn", "IamInstanceProfile.Name"])
        }),
        ("image-id", |it, _| given(it, &["ImageId"])),
        ("instance-type", |it, _| given(it, &["InstanceType"])),
        ("is-default-version", |(template, version), _| {
            texts([template.default == version.number])
        }),
        ("kernel-id", |it, _| given(it, &["KernelId"])),
        ("license-configuration-arn", |it, _| {
            given(it, &["LicenseSpecification.N.LicenseConfigurationArn"])
        }),
        ("network-card-index", |it, _| given(it, &["NetworkInterface.N.NetworkCardIndex"])),
        ("ram-disk-id", |it, _| given(it, &["RamDiskId"])),
    ];

    // Aliases are shown as they were written, and AWS's services manage no template.
    const WITHOUT_EFFECT: &'static [&'static str] = &["IncludeManagedResources", "ResolveAlias"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let template = Reference::read(parameters, "")?;
        let versions = parameters.list("LaunchTemplateVersion")?;
        let (least, most) = (parameters.parsed("MinVersion")?, parameters.parsed("MaxVersion")?);
        let is_common = |text: &String| text == "$Latest" || text == "$Default";
        let of_all = !versions.is_empty() && versions.iter().all(is_common);
        if template.is_none() && !of_all {
            // A number alone is a wrong value; without any version something is missing.
            let code =
                if versions.is_empty() { "MissingParameter" } else { "InvalidParameterValue" };
            return Err(ApiError::new(code, OF_ALL_OR_OF_ONE));
        }
        Ok(Self { template, versions, least, most })
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let templates = match &self.template {
            Some(template) => vec![template.find(context)?],
            None => context.all_own(&[], context.world().launch_templates.keys()),
        };
        let mut found: Vec<Self::Item<'c>> = Vec::new();
        for template in templates {
            let within = |version: &&TemplateVersion| {
                self.least.is_none_or(|least| least <= version.number)
                    && self.most.is_none_or(|most| version.number <= most)
            };
            if self.versions.is_empty() {
                let all = template.versions.iter().filter(within);
                found.extend(all.map(|version| (template, version)));
            }
            for text in &self.versions {
                let one = version(template, Some(text))?;
                if !found.iter().any(|(of, it)| of.id == template.id && it.number == one.number) {
                    found.push((template, one));
                }
            }
        }
        Ok(found)
    }

    /// The newest version of a template comes first.
    fn key((template, version): &Self::Item<'_>) -> String {
        format!("{}/{:020}", template.id, u64::MAX - version.number)
    }

    fn fields(_: &Context<'_>, (template, version): Self::Item<'_>) -> Fields {
        version_fields(template, version)
    }
}
