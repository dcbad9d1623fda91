//! A service: its name, its version, its protocol and its actions; and which one a request is for.

use super::{
    Request, auth, cloudformation,
    context::{CommonParameters, Context},
    ec2, elb, elbv2,
    error::ApiError,
    iam,
    parameter::Parameters,
    protocol::{AwsQuery, Json, Protocol, RestXml, S3, Words, form, json},
    route53, route53profiles, route53resolver, servicediscovery,
    shape::Fields,
    ssm, sts,
};

/// A service of AWS's.
#[derive(Debug)]
pub struct ApiService {
    /// The name, as a signature's scope has it.
    pub name: &'static str,
    /// The name, as people have it.
    pub title: &'static str,
    /// The version of the API.
    pub version: &'static str,
    /// What stands before the action in `X-Amz-Target`.
    pub(super) target: Option<&'static str>,
    /// The XML namespace of replies.
    pub(super) namespace: &'static str,
    pub(super) protocol: &'static dyn Protocol,
    /// Takes the parameters that any of the actions may have.
    pub(super) common: fn(&mut Parameters) -> Result<CommonParameters, ApiError>,
    /// The actions that are built.
    pub actions: &'static [Action],
}

/// An action that is built.
#[derive(Debug)]
pub struct Action {
    /// The name.
    pub name: &'static str,
    /// The file that has it, without `.rs`.
    pub file: &'static str,
    /// The filters it has beside those by tags, if it lists things.
    pub filters: fn() -> Vec<&'static str>,
    /// The parameters that are taken and change nothing.
    pub without_effect: &'static [&'static str],
    /// Those of the filters that match nothing.
    pub matches_nothing: &'static [&'static str],
    pub(super) call: fn(&mut Parameters, &Context<'_>) -> Result<Fields, ApiError>,
}

/// An action's parameters, read and checked, which it then works on.
pub(super) trait Operation: Sized {
    /// The documented parameters that are taken and change nothing; docs/api-coverage.md lists them. Each stands for
    /// everything below it, and `N` for the number of an element.
    const WITHOUT_EFFECT: &'static [&'static str] = &[];

    /// The documented filters that match nothing, of an action that lists things.
    const MATCHES_NOTHING: &'static [&'static str] = &[];

    /// The filters, of an action that lists things.
    fn filters() -> Vec<&'static str> {
        Vec::new()
    }

    /// Takes the action's parameters.
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError>;

    /// Does it.
    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError>;
}

/// Reads an action's parameters, refuses what is left of them that AWS does not document and ids that are not the caller's, and does it.
pub(super) fn call<O: Operation>(
    parameters: &mut Parameters,
    context: &Context<'_>,
) -> Result<Fields, ApiError> {
    let operation = O::read(parameters)?;
    parameters.pass_over(O::WITHOUT_EFFECT);
    parameters.finish(context)?;
    operation.run(context)
}

/// `ACTIONS`: a service's actions, by the file that has them.
macro_rules! actions {
    ($($file:ident { $($action:ident)* })*) => {
        const ACTIONS: &[$crate::api::service::Action] = &[
            $($($crate::api::service::Action {
                name: stringify!($action),
                file: stringify!($file),
                filters: <$file::$action as $crate::api::service::Operation>::filters,
                without_effect: <$file::$action as $crate::api::service::Operation>::WITHOUT_EFFECT,
                matches_nothing: <$file::$action as $crate::api::service::Operation>::MATCHES_NOTHING,
                call: $crate::api::service::call::<$file::$action>,
            },)*)*
        ];
    };
}
pub(super) use actions;

/// The services that are built.
pub static SERVICES: &[&ApiService] = &[
    &ec2::SERVICE,
    &cloudformation::SERVICE,
    &elbv2::SERVICE,
    &elb::SERVICE,
    &iam::SERVICE,
    &route53::SERVICE,
    &route53profiles::SERVICE,
    &route53resolver::SERVICE,
    &servicediscovery::SERVICE,
    &ssm::SERVICE,
    &sts::SERVICE,
];

impl ApiService {
    /// The action of a name.
    pub(super) fn action(&self, name: &str) -> Option<&'static Action> {
        self.actions.iter().find(|action| action.name == name)
    }
}

/// The service that a request is for.
#[derive(Debug)]
pub(super) enum Chosen {
    /// One that is built.
    Built(&'static ApiService),
    /// One that is not built, by its name, and the form its errors have.
    NotBuilt(String, &'static dyn Words),
}

impl Chosen {
    /// The service by the request's `X-Amz-Target`, by the scope of its signature, by its path, by its `Version`, or by its
    /// `Action`. A request that tells nothing is for EC2.
    pub(super) fn of(request: &Request) -> Self {
        let scope = auth::scope(request);
        if let Some((target, _)) = json::target(request) {
            let known = SERVICES.iter().find(|service| service.target == Some(target));
            return match known {
                Some(service) => Self::Built(service),
                None => {
                    Self::NotBuilt(scope.unwrap_or_else(|| target.to_owned()), json_of(request))
                }
            };
        }
        let (version, action) = (form::peek(request, "Version"), form::peek(request, "Action"));
        // Both services of Elastic Load Balancing have one scope; only the version tells them apart.
        let scoped = || SERVICES.iter().filter(|it| scope.as_deref() == Some(it.name));
        let exact = scoped().find(|it| version.as_deref() == Some(it.version));
        if let Some(service) = exact.or_else(|| scoped().next()) {
            return Self::Built(service);
        }
        if scope.is_none() && route53::PROTOCOL.has(&request.path) {
            return Self::Built(&route53::SERVICE);
        }
        let by_version = SERVICES.iter().find(|it| version.as_deref() == Some(it.version));
        let by_action = || {
            let action = action.as_deref().filter(|_| version.is_none())?;
            SERVICES.iter().find(|service| service.action(action).is_some())
        };
        if let Some(service) = by_version.or_else(by_action) {
            return Self::Built(service);
        }
        match scope {
            Some(name) => {
                let words = words(request, &name, action.is_some());
                Self::NotBuilt(name, words)
            }
            None => Self::Built(&ec2::SERVICE),
        }
    }

    /// How errors are written.
    pub(super) fn words(&self) -> &'static dyn Words {
        match self {
            Self::Built(service) => service.protocol,
            Self::NotBuilt(_, words) => *words,
        }
    }

    /// The XML namespace.
    pub(super) fn namespace(&self) -> Option<&'static str> {
        match self {
            Self::Built(service) => Some(service.namespace),
            Self::NotBuilt(..) => None,
        }
    }

    /// The name, as a signature's scope has it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Built(service) => service.name,
            Self::NotBuilt(name, _) => name,
        }
    }
}

/// The error of a service that is not built.
pub(super) fn not_built(name: &str, words: &dyn Words) -> ApiError {
    let mut built: Vec<&str> = SERVICES.iter().map(|service| service.name).collect();
    built.dedup();
    let built = built.join(", ");
    // The name is the client's own.
    let name: String = name.chars().take(100).collect();
    tracing::info!(%name, "a request for a service that is not built");
    words.not_built(format!(
        "The service '{name}' is not built into this server. Built are: {built}."
    ))
}

/// How a service that is not built writes its errors.
fn words(request: &Request, name: &str, is_query: bool) -> &'static dyn Words {
    match name {
        "s3" | "s3express" => &S3,
        "cloudfront" => &RestXml::WORDS,
        _ if is_query => &AwsQuery,
        _ => json_of(request),
    }
}

fn json_of(request: &Request) -> &'static dyn Words {
    match request.header("content-type") {
        Some(kind) if kind.starts_with("application/x-amz-json-1.0") => &Json::V1_0,
        _ => &Json::V1_1,
    }
}
