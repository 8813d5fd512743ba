//! The go-plugin half of the pipe: handshake, mutual TLS, services, logging, serving and shutdown. Knows no Terraform.
