//! CloudFormation: stacks, whose resources are made by the operations of the other services.
//!
//! A request makes, updates or deletes a whole stack at once, as one commit (`work`). `deploy` goes through the resources
//! of a template, `make` makes one of them by the table in `kind`, and `draft` keeps what happened. The template is
//! evaluated by the importer's evaluator.

mod change_set;
mod deploy;
mod describe;
mod draft;
mod export;
mod imported;
mod kind;
mod make;
mod nested;
mod pace;
mod parameters;
mod policy;
mod request;
mod resource;
mod stack;
mod stack_policy;
mod tagging;
mod template;
mod template_view;
mod work;

use super::{
    context::CommonParameters,
    error::ApiError,
    page,
    parameter::Parameters,
    protocol::AwsQuery,
    service::{ApiService, actions},
    shape::Fields,
};

/// The service.
pub(super) static SERVICE: ApiService = ApiService {
    name: "cloudformation",
    title: "CloudFormation",
    version: "2010-05-15",
    target: None,
    namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
    protocol: &AwsQuery,
    common: |_| Ok(CommonParameters::default()),
    actions: ACTIONS,
};

actions! {
    change_set { CreateChangeSet DescribeChangeSet ExecuteChangeSet DeleteChangeSet ListChangeSets }
    describe { DescribeStacks ListStacks DescribeStackEvents }
    export { ListExports ListImports }
    policy { SetStackPolicy GetStackPolicy UpdateTerminationProtection SignalResource }
    resource { DescribeStackResource DescribeStackResources ListStackResources }
    stack { CreateStack UpdateStack DeleteStack }
    template_view { GetTemplate GetTemplateSummary ValidateTemplate }
}

/// The things on a page.
const PAGE: usize = 100;

/// `ValidationError`.
fn validation(words: &str) -> ApiError {
    ApiError::new("ValidationError", words)
}

/// A stack that is not there, in the words of most actions.
fn no_stack(name: &str) -> ApiError {
    validation(&format!("Stack with id {name} does not exist"))
}

/// The same in the words of some actions.
fn no_such_stack(name: &str) -> ApiError {
    validation(&format!("Stack [{name}] does not exist"))
}

/// Takes a list that a client sends empty: the name with nothing.
fn take_empty(parameters: &mut Parameters, name: &str) -> Result<(), ApiError> {
    match parameters.text(name)?.as_deref() {
        None | Some("") => Ok(()),
        Some(_) => Err(validation(&format!("The parameter {name} must be a list"))),
    }
}

/// A list of texts, which may be sent empty.
fn texts(parameters: &mut Parameters, name: &str) -> Result<Vec<String>, ApiError> {
    take_empty(parameters, name)?;
    parameters.list(name)
}

/// The page that a request asks for: the key of the last thing on the page before.
struct Paging(Option<String>);

impl Paging {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        match parameters.text("NextToken")? {
            None => Ok(Self(None)),
            Some(token) => match page::key_of(&token) {
                Some(key) => Ok(Self(Some(key))),
                None => Err(validation("The token is invalid")),
            },
        }
    }

    /// The reply: the things of this page, which are sorted by their keys.
    fn reply(
        &self,
        list: &'static str,
        things: impl IntoIterator<Item = (String, Fields)>,
    ) -> Fields {
        let (shown, token) = page::cut(things, self.0.as_deref(), PAGE);
        Fields::new().list(list, shown).maybe("NextToken", token)
    }
}
