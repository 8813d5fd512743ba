//! A directory for runs of a real host: its own home, a mirror that holds a provider, and nothing of the
//! developer's machine: no environment, no home directory, no CLI configuration.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use terraform_provider_tencentcloud::ambient::{Env, ProcessEnv};

/// Where the tests and the examples say the provider comes from.
pub const SOURCE: &str = "tencentcloud-access/tencentcloud";

/// Where the public provider comes from. A host needs the provider of every object that it has in its state,
/// also of one that is to be moved, and asks it for nothing then: ours stands in for it.
pub const PUBLIC_SOURCE: &str = "tencentcloudstack/tencentcloud";

/// The version of the provider in the mirror. No configuration asks for one.
const VERSION: &str = "1.0.0";

/// A working directory that is not initialised yet.
#[derive(Debug)]
pub struct Sandbox {
    directory: TempDir,
}

impl Sandbox {
    /// A fresh one, whose mirror has `provider` for [`SOURCE`] and [`PUBLIC_SOURCE`] at either registry's
    /// address. An error if there is no such file, or no room.
    pub fn new(provider: &Path) -> io::Result<Self> {
        let sandbox = Self { directory: TempDir::with_prefix("tf")? };
        for folder in ["home", "tmp", "work"] {
            fs::create_dir(sandbox.inside(folder))?;
        }
        let mirror = sandbox.inside("mirror");
        fill_mirror(&mirror, provider)?;
        let mirror = format!("filesystem_mirror {{ path = \"{}\" }}", mirror.display());
        fs::write(sandbox.inside("cli.tfrc"), format!("provider_installation {{\n  {mirror}\n}}\n"))?;
        Ok(sandbox)
    }

    /// A place in it.
    pub fn inside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A place in the working directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.inside("work").join(name)
    }

    /// Writes a file of the working directory, and the folders that it is in.
    pub fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let path = self.path(name);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)
    }

    /// Writes a configuration that needs the provider of the mirror.
    pub fn require_provider(&self) -> io::Result<()> {
        let required = format!("tencentcloud = {{ source = {SOURCE:?} }}");
        let text = format!("terraform {{\n  required_providers {{\n    {required}\n  }}\n}}\n");
        self.write("terraform.tf", &text)
    }

    /// What every command of the host runs with.
    pub fn environment(&self) -> Vec<(String, String)> {
        let path = |name| self.inside(name).display().to_string();
        let environment = [
            ("PATH", ProcessEnv.var("PATH").unwrap_or_default()),
            ("HOME", path("home")),
            ("TMPDIR", path("tmp")),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("TF_CLI_CONFIG_FILE", path("cli.tfrc")),
            ("TF_IN_AUTOMATION", "1".to_owned()),
            ("TF_INPUT", "0".to_owned()),
            ("CHECKPOINT_DISABLE", "1".to_owned()),
            ("TENCENTCLOUD_SECRET_ID", simulator::SECRET_ID.to_owned()),
            ("TENCENTCLOUD_SECRET_KEY", simulator::SECRET_KEY.to_owned()),
        ];
        environment.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }

    /// A command of `host` in the working directory, with an empty environment and no input.
    pub fn command(&self, host: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(host);
        command.args(arguments).arg("-no-color").current_dir(self.path("")).env_clear().stdin(Stdio::null());
        command
    }
}

/// Lays the provider out as `make install` does, for either registry's address.
fn fill_mirror(mirror: &Path, provider: &Path) -> io::Result<()> {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let system = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    let registries = ["registry.terraform.io", "registry.opentofu.org"];
    for (registry, source) in registries.iter().flat_map(|of| [(of, SOURCE), (of, PUBLIC_SOURCE)]) {
        let package =
            mirror.join(registry).join(source).join(VERSION).join(format!("{system}_{architecture}"));
        fs::create_dir_all(&package)?;
        let binary = package.join(format!("terraform-provider-tencentcloud_v{VERSION}"));
        // A copy only where the sandbox is on another file system.
        if fs::hard_link(provider, &binary).is_err() {
            fs::copy(provider, &binary)?;
        }
    }
    Ok(())
}
