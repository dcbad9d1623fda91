//! What stacks export, and which stacks import it.

use super::{Paging, validation, work};
use crate::api::{
    context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
};

/// `ListExports`.
pub(in crate::api) struct ListExports(Paging);

impl Operation for ListExports {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Paging::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let mut all = Vec::new();
        for stack in work::own(context, context.world()).filter(|stack| stack.is_living()) {
            for output in &stack.outputs {
                let Some(name) = &output.export else { continue };
                let shown = Fields::new()
                    .set("ExportingStackId", stack.arn())
                    .set("Name", name)
                    .set("Value", &output.value);
                all.push((name.clone(), shown));
            }
        }
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(self.0.reply("Exports", all))
    }
}

/// `ListImports`.
pub(in crate::api) struct ListImports {
    name: String,
    paging: Paging,
}

impl Operation for ListImports {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { name: parameters.required("ExportName")?, paging: Paging::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let all = work::own(context, context.world());
        let users = all.filter(|it| it.is_living() && it.imports.contains(&self.name));
        let mut names: Vec<String> = users.map(|stack| stack.name.to_string()).collect();
        names.sort_unstable();
        if names.is_empty() {
            let words = format!("Export '{}' is not imported by any stack.", self.name);
            return Err(validation(&words));
        }
        let keyed = names.into_iter().map(|name| (name.clone(), name));
        let (shown, token) = crate::api::page::cut(keyed, self.paging.0.as_deref(), super::PAGE);
        Ok(Fields::new().texts("Imports", shown).maybe("NextToken", token))
    }
}
