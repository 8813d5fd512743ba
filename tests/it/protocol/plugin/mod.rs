//! Statements 1 to 38: launch, TLS, services, logging, life cycle.
