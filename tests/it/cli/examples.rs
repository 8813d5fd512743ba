//! The examples, word for word: what the registry pages quote must work as it stands.

use std::fs;
use std::path::{Path, PathBuf};

use super::{OPS, member, organization, writes};
use support::workspace::{Workspace, on_every_host};

/// The files of a folder of `examples`, in order.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn name(file: &Path) -> &str {
    file.file_name().unwrap().to_str().unwrap()
}

/// The text of an example of the resource.
fn example(name: &str) -> String {
    let folder = OPS.trim_end_matches(".ops");
    let path = format!("{}/examples/resources/{folder}/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_resource_example_applies_as_it_stands() {
    let names: Vec<PathBuf> = files(&format!("resources/{}", OPS.trim_end_matches(".ops")));
    let names: Vec<&str> =
        names.iter().map(|file| name(file)).filter(|name| name.starts_with("resource")).collect();
    assert!(names.len() > 1, "{names:?}");
    on_every_host(organization, |run| {
        for name in &names {
            let step = run.step(&example(name));
            assert!(!step.state.all_grants().is_empty(), "{name} grants nothing");
        }
    });
}

#[test]
fn every_data_source_example_applies_as_it_stands() {
    let cloud = || {
        organization()
            .with_identity(101, "identity-1")
            .with_member(member(101), "member-1")
            .with_member(member(102), "member-2")
            .with_tag(member(5), "environment", "production")
            .with_grant(member(6), 12)
    };
    let mut texts = Vec::new();
    for folder in files("data-sources") {
        let folder = format!("data-sources/{}", name(&folder));
        texts.extend(files(&folder).iter().map(|file| fs::read_to_string(file).unwrap()));
    }
    assert!(texts.len() > 5, "{texts:?}");
    on_every_host(cloud, |run| {
        for text in &texts {
            // A review tells what was there before the apply that it is planned with.
            if text.contains("tencentcloud_org_access_review") {
                run.try_apply(text).succeeded();
            }
            run.step(text);
            let grants = text.matches("resource \"tencentcloud_").count();
            assert_eq!(grants > 0, !run.state().all_grants().is_empty(), "{text}");
        }
    });
}

#[test]
fn every_function_example_applies_as_it_stands() {
    // The examples have identities 13 and 27.
    let cloud = || organization().with_identity(27, "auditor");
    let folders = files("functions");
    assert!(folders.len() > 2, "{folders:?}");
    on_every_host(cloud, |run| {
        for folder in &folders {
            run.step(&fs::read_to_string(folder.join("function.tf")).unwrap());
        }
        assert_eq!(run.state().all_grants().len(), 4, "those of `parse_grant_id`, the last one");
    });
}

#[test]
fn the_import_examples_import_the_resource_of_the_first_example() {
    on_every_host(organization, |run| {
        let created = run.step(&example("resource.tf")).state;
        let address = created.resources().into_keys().next().unwrap();

        run.run(&["state", "rm", &address]).succeeded();
        let both = format!("{}\n{}", example("resource.tf"), example("import-by-string-id.tf"));
        let step = run.step(&both);
        assert!(step.plan.busy().is_empty(), "a pure import: {:?}", step.plan.busy());
        assert_eq!(writes(&step.calls), 0);
        assert_eq!(step.state.resource(&address), created.resource(&address));

        run.run(&["state", "rm", &address]).succeeded();
        run.write("main.tf", &example("resource.tf"));
        let script = example("import.sh");
        let command = script.lines().find_map(|line| line.strip_prefix("terraform ")).unwrap();
        let arguments: Vec<&str> = command.split(' ').map(|argument| argument.trim_matches('\'')).collect();
        run.run(&arguments).succeeded();
        assert_eq!(run.state().resource(&address), created.resource(&address));
    });
}

#[test]
fn every_provider_example_is_valid_and_everything_is_formatted() {
    on_every_host(organization, |run| {
        for file in files("provider")
            .iter()
            .filter(|file| file.extension().is_some_and(|extension| extension == "tf"))
        {
            let text = fs::read_to_string(file).unwrap();
            // What the sandbox says of its own, an example may say itself.
            run.write("terraform.tf", if text.contains("required_providers") { "" } else { REQUIRED });
            run.write("main.tf", &text);
            let outcome = run.run(&["validate", "-json"]).succeeded();
            assert!(outcome.diagnostics().is_empty(), "{}:\n{outcome}", name(file));
        }
        let examples = format!("{}/examples", env!("CARGO_MANIFEST_DIR"));
        run.run(&["fmt", "-check", "-recursive", &examples]).succeeded();
    });
}

#[test]
fn every_example_module_passes_its_own_tests_without_credentials() {
    on_every_host(organization, |run| {
        for name in ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"] {
            run.set(name, "");
        }
        run.server.cloud().no_more_calls();
        run.write("terraform.tf", "");
        for module in files("modules") {
            copy(&module, name(&module), run);
            let folder = format!("-chdir={}", name(&module));
            run.run(&[&folder, "init"]).succeeded();
            run.run(&[&folder, "test"]).succeeded();
        }
    });
}

const REQUIRED: &str = "terraform {\n  required_providers {\n    tencentcloud = { source = \"tencentcloud-access/tencentcloud\" }\n  }\n}\n";

/// Copies a folder into the working directory, as `to`.
fn copy(folder: &Path, to: &str, run: &Workspace) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let to = format!("{to}/{}", name(&path));
        if path.is_dir() {
            copy(&path, &to, run);
        } else {
            run.write(&to, &fs::read_to_string(&path).unwrap());
        }
    }
}
