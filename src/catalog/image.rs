//! Knows: the public images that people launch most, by the names they have in every region, and the parameters of Systems
//! Manager that lead to them.
//!
//! Deliberately does not: know an image's id, which differs by region and release and is made up elsewhere.

use std::sync::OnceLock;

use super::csv_file::{csv_text, rows};

const IMAGES: &str = csv_text!("images.csv");

/// A public image.
#[derive(Debug)]
pub struct Image {
    /// Its name.
    pub name: &'static str,
    /// The account that publishes it.
    pub owner: &'static str,
    /// What AWS calls that account, if it has a word for it.
    pub alias: Option<&'static str>,
    /// The processors it is made for.
    pub architecture: &'static str,
    /// The device of its root volume.
    pub root_device: &'static str,
    /// What its publisher says of it.
    pub description: &'static str,
    /// What stands behind `/aws/service/ami-amazon-linux-latest/` in the parameters that have its id.
    pub parameters: Vec<&'static str>,
}

/// Every image, Amazon Linux 2023 for x86 first.
pub fn images() -> &'static [Image] {
    static ALL: OnceLock<Vec<Image>> = OnceLock::new();
    ALL.get_or_init(|| {
        let read =
            |[name, owner, alias, architecture, root_device, description, parameters]: [_; 7]| {
                Image {
                    name,
                    owner,
                    alias: Some(alias).filter(|alias: &&str| !alias.is_empty()),
                    architecture,
                    root_device,
                    description,
                    parameters: parameters.split_whitespace().collect(),
                }
            };
        rows::<7>(IMAGES).map(read).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_leads_to_one_image() {
        let mut parameters: Vec<_> = images().iter().flat_map(|it| &it.parameters).collect();
        assert_eq!(images()[0].parameters[0], "al2023-ami-kernel-default-x86_64");
        assert_eq!(parameters.len(), 19);
        parameters.sort_unstable();
        parameters.dedup();
        assert_eq!(parameters.len(), 19);
        assert!(images().iter().all(|it| matches!(it.architecture, "x86_64" | "arm64")));
        assert!(images().iter().all(|it| it.owner.len() == 12));
    }
}
