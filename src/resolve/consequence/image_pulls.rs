//! T5: pulls of images take both endpoints of ECR and S3; agents of ECS and nodes of EKS take more.

use super::{
    family::{self, Family},
    finding::Finding,
    scene::Scene,
};

const ECR: Family = Family {
    rule: "T5",
    title: "ECR",
    signs: &["ecr.api", "ecr.dkr"],
    weak_signs: &[],
    needs: &["ecr.api", "ecr.dkr", "s3"],
    wants: &[],
};

const ECS: Family = Family {
    rule: "T5",
    title: "ECS",
    signs: &["ecs", "ecs-agent", "ecs-telemetry"],
    // The API of ECS alone serves those who deploy.
    weak_signs: &["ecs"],
    needs: &["ecs", "ecs-agent", "ecs-telemetry"],
    // The usual log driver.
    wants: &["logs"],
};

const EKS: Family = Family {
    rule: "T5",
    title: "EKS",
    signs: &["eks", "eks-auth"],
    weak_signs: &["eks"],
    needs: &["ec2", "ecr.api", "ecr.dkr", "s3"],
    // Roles of service accounts.
    wants: &["sts"],
};

pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    family::look(scene, &ECR, false, found);
    family::look(scene, &ECS, false, found);
    family::look(scene, &EKS, scene.known.clusters.contains(&scene.vpc.id), found);
}
