//! What a developer pastes so that a host uses a provider that already runs, perhaps under a debugger.
//!
//! Pure. Follows Terraform's `reattach.go`, which reads the variable.

use serde_json::json;

use super::handshake::{APP_PROTOCOL, Address};

/// The notice, with the variable quoted for the shell, naming the provider `key` at `address`.
///
/// `Test` must be true: without it the host assumes protocol 5 and crashes.
pub(super) fn reattach_notice(key: &str, address: &Address, pid: u32) -> String {
    let value = json!({ key: {
        "Protocol": "grpc",
        "ProtocolVersion": APP_PROTOCOL,
        "Pid": pid,
        "Test": true,
        "Addr": { "Network": address.network, "String": address.text },
    }});
    let value = value.to_string();
    let variable = if cfg!(windows) {
        format!("$env:TF_REATTACH_PROVIDERS = '{}'", value.replace('\'', "''"))
    } else {
        format!("export TF_REATTACH_PROVIDERS='{}'", value.replace('\'', r"'\''"))
    };
    format!(
        "Serving until Ctrl-C. To use this process, run Terraform or OpenTofu in a shell where you pasted:\n\n\
         \t{variable}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn the_variable_is_one_shell_word_that_a_host_can_read() {
        let address = Address { network: "unix", text: "/tmp/it's here/socket".to_owned() };
        let notice = reattach_notice("ns/foo", &address, 7);
        let line = notice.lines().find_map(|line| line.trim().strip_prefix("export ")).unwrap();
        let script = format!("{line}; printf %s \"$TF_REATTACH_PROVIDERS\"");
        let shell = std::process::Command::new("/bin/sh").args(["-c", &script]).output().unwrap();
        let value: serde_json::Value = serde_json::from_slice(&shell.stdout).unwrap();
        assert_eq!(
            value,
            json!({ "ns/foo": {
                "Protocol": "grpc", "ProtocolVersion": 6, "Pid": 7, "Test": true,
                "Addr": { "Network": "unix", "String": "/tmp/it's here/socket" },
            }})
        );
    }
}
