//! Ids of images. AWS gives an image another id in every region; ours are made up, always the same.

use std::sync::Arc;

use super::id::{RegionName, seed_of};
use crate::catalog::{Image, images};

/// The id of a public image in a region.
pub fn image_id(image: &Image, region: RegionName) -> Arc<str> {
    let is_usual = images().first().is_some_and(|first| first.name == image.name);
    let name = if is_usual { region.to_owned() } else { format!("{region}/{}", image.name) };
    format!("ami-{:017x}", seed_of("image", name) & ((1 << 68) - 1)).into()
}

/// The public image with this id in a region.
pub fn image_of(id: &str, region: RegionName) -> Option<&'static Image> {
    images().iter().find(|image| *image_id(image, region) == *id)
}

/// The id that a parameter below `/aws/service/ami-amazon-linux-latest/` has in a region.
pub fn image_of_parameter(parameter: &str, region: RegionName) -> Option<Arc<str>> {
    let found = images().iter().find(|image| image.parameters.contains(&parameter));
    found.map(|image| image_id(image, region))
}
