//! The identity of a machine and of a pod.

use super::*;

const METADATA: &str = "http://metadata.example.com";

fn instance(world: &World, role: Option<&str>) -> InstanceRoleSource {
    let metadata = Endpoint::parse(METADATA).unwrap();
    InstanceRoleSource::new(world.client(), metadata, role.map(str::to_owned))
}

#[tokio::test(start_paused = true)]
async fn a_machine_has_the_keys_of_its_role_named_or_not() {
    for (role, calls) in [(Some("ops"), 2), (None, 3)] {
        let world = World::of(Cloud::new().with_instance_role("ops"));
        assert_eq!(world.signer(instance(&world, role)).await, world.session(0));
        assert_eq!(world.cloud().journal().len(), calls);
    }
}

#[tokio::test(start_paused = true)]
async fn a_machine_without_keys_says_what_is_missing() {
    let check = async |cloud: Cloud, role: Option<&str>, expected: &str| {
        let world = World::of(cloud);
        let told = with_causes(&world.error(instance(&world, role)).await);
        assert!(told.contains(expected), "{told}");
    };
    let refusing = Behaviour { metadata_code: Some("Failed".to_owned()), ..Behaviour::default() };
    let bound = || Cloud::new().with_instance_role("ops");
    check(Cloud::new(), None, "knows no role of this machine").await;
    check(bound(), Some("other"), "does not know the role `other`").await;
    check(bound().with_behaviour(refusing), Some("ops"), "has no keys for the role: Failed").await;
    for name in ["../../user-data", "a/b", "a?b", ".", "a b"] {
        check(bound(), Some(name), "is not the name of a role").await;
    }
}

/// Nobody answers: three short attempts, then it is told.
#[tokio::test(start_paused = true)]
async fn a_machine_that_is_none_is_found_out_in_seconds() {
    let behaviour = Behaviour { latency: Duration::from_mins(5), ..Behaviour::default() };
    let world = World::of(Cloud::new().with_instance_role("ops").with_behaviour(behaviour));
    let told = with_causes(&world.error(instance(&world, Some("ops"))).await);
    assert!(told.contains("no answer from the metadata service") && told.contains("within 2 s"), "{told}");
    assert!(world.started.elapsed() < Duration::from_secs(8), "{:?}", world.started.elapsed());
}

#[tokio::test]
async fn a_pod_has_what_the_cluster_set() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    std::fs::write(&file, "jwt\n").unwrap();
    let file = file.to_str().unwrap();
    let variables = [
        ("TKE_REGION", "ap-singapore"),
        ("TKE_PROVIDER_ID", "tke"),
        ("TKE_WEB_IDENTITY_TOKEN_FILE", file),
        ("TKE_ROLE_ARN", ROLE),
    ];
    let world = World::of(Cloud::new().with_role(ROLE).with_web_identity_provider("tke", "jwt"));
    let source = pod_identity(&world.client(), &env(&variables)).unwrap();
    assert_eq!(world.signer(source).await, world.session(0));
    let headers = world.cloud().journal()[0].headers.clone();
    assert_eq!(headers.get("x-tc-region").map(String::as_str), Some("ap-singapore"));

    for missing in 0..variables.len() {
        let mut left = variables.to_vec();
        let (name, _) = left.remove(missing);
        let told = with_causes(&pod_identity(&world.client(), &env(&left)).unwrap_err());
        assert!(told.contains(&format!("`{name}`")), "{told}");
    }
}
