//! The metadata settings of an instance, in the form of a world file.
//!
//! A world file cannot contain user data that is not text. Its invalid bytes are replaced.

use serde_json::{Map, Value};

use super::entry::put_text;
use crate::model::{
    guest::{Guest, MetadataOptions},
    id::InstanceId,
    world::World,
};

/// The `metadata` of an instance; empty if it has no settings.
pub(super) fn metadata(world: &World, instance: InstanceId) -> Map<String, Value> {
    let Guest { options, image, key, role, user_data } = world.guest(instance);
    let usual = MetadataOptions::default();
    let differs = |value: bool, usual: bool, word: &'static str| (value != usual).then_some(word);
    let mut map = Map::new();
    put_text(&mut map, "endpoint", differs(options.enabled, usual.enabled, "disabled"));
    put_text(
        &mut map,
        "tokens",
        differs(options.tokens_required, usual.tokens_required, "required"),
    );
    put_text(&mut map, "tags", differs(options.tags, usual.tags, "enabled"));
    put_text(&mut map, "image", image);
    put_text(&mut map, "key-name", key.as_ref().map(|key| &key.name));
    put_text(&mut map, "public-key", key.as_ref().map(|key| &key.openssh));
    put_text(&mut map, "role", role);
    put_text(&mut map, "user-data", user_data.as_deref().map(String::from_utf8_lossy));
    map
}

#[cfg(test)]
mod tests {
    use crate::{
        export,
        import::{Defaults, text::diagnostic::Source, world},
    };

    #[test]
    fn what_was_read_is_written_again() {
        let text = "
vpcs:
  Shop:
    cidr: 10.0.0.0/16
    subnets:
      app:
        cidr: 10.0.1.0/24
        zone: ap-northeast-2a
        instances:
          plain: {address: 10.0.1.10}
          told:
            address: 10.0.1.11
            metadata:
              endpoint: disabled
              tokens: required
              tags: enabled
              image: ami-0123456789abcdef0
              key-name: my-key
              public-key: ssh-ed25519 AAAA x
              role: shop
              user-data: \"#!/bin/sh\\necho '1: 2'\\n\"
faults:
  - {name: \"*.shop.internal\", from: told, answer: timeout}
  - {from: app, delay: 250}
  - {name: a.b, from: Shop, answer: nxdomain, delay: 10}
";
        let read = |text: &str| {
            let source = Source { name: "t".to_owned(), text: text.to_owned() };
            world::load(&source, &Defaults::default()).unwrap().world
        };
        let world = read(text);
        let again = read(&export::yaml(&world));
        assert_eq!((world.faults.len(), world.guests.len()), (3, 1));
        assert_eq!(again.faults, world.faults);
        for instance in world.instances.keys() {
            assert_eq!(again.guest(*instance), world.guest(*instance));
        }
    }
}
