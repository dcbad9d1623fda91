//! T4: Session Manager takes several endpoints. Without one of them an instance does not register.

use super::{
    family::{self, Family},
    finding::Finding,
    scene::Scene,
};

const SESSION_MANAGER: Family = Family {
    rule: "T4",
    title: "Session Manager",
    signs: &["ssm", "ssmmessages", "ec2messages"],
    // Alone they serve Parameter Store, and ECS Exec.
    weak_signs: &["ssm", "ssmmessages"],
    needs: &["ssm", "ssmmessages"],
    wants: &[],
};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    family::look(scene, &SESSION_MANAGER, false, found);
}
