//! Names to addresses, by the system's own resolver.

use std::net::ToSocketAddrs as _;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::thread::on_thread;

/// Asks the system. Where it refuses the thread in which to wait for it, the name is not resolved, as if the
/// network were down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The port is the caller's: 0 stands for "none said".
            let look_up = move || (name.as_str(), 0).to_socket_addrs();
            let addresses: Addrs = Box::new(on_thread("resolver", look_up).await??);
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(name: &str) -> bool {
        let found = SystemResolver.resolve(name.parse().unwrap()).await;
        found.is_ok_and(|mut addresses| addresses.all(|address| address.ip().is_loopback()))
    }

    #[tokio::test]
    async fn a_name_is_looked_up_or_an_error() {
        assert!(check("localhost").await);
        assert!(!check(&format!("{}.invalid", "a".repeat(64))).await, "no name: nobody is asked");
    }
}
