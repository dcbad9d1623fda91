//! What a tool leaves behind.

use serde_json::Value;

use super::{Server, client::Client};

/// Checks that nothing is there but a default VPC with its parts, and what is still described after its deletion. Says whether
/// there is a default VPC.
pub fn check_nothing_left(server: &Server) -> bool {
    let (status, body) = Client::new(server.http).get("/moto-api/data.json").unwrap();
    assert_eq!(status, 200, "{body}");
    let data: Value = serde_json::from_str(&body).unwrap();
    let mut vpcs = data["ec2"]["VPC"].as_array().into_iter().flatten();
    let default = vpcs.find(|it| it["is_default"] == true).map(|it| &it["id"]);
    for (service, kinds) in data.as_object().unwrap() {
        for (kind, things) in kinds.as_object().unwrap() {
            for thing in things.as_array().unwrap() {
                let is_default =
                    default.is_some_and(|it| thing["id"] == *it || thing["vpc"] == *it);
                let is_past = thing["deleted"].as_u64().is_some_and(|at| at > 0);
                assert!(is_default || is_past, "{service} {kind}: {thing}");
            }
        }
    }
    default.is_some()
}
