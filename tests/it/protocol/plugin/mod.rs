//! Statements 1 to 38: launch, TLS, services, logging, life cycle.
#![cfg(unix)]

mod debug;
mod handshake;
mod life;
mod log;
mod provider;
mod services;
mod tls;
