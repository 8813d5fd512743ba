//! The mini-host: starts the real binary as Terraform does and speaks the protocol to it.
