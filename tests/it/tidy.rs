//! The layout rules of `docs/dev/ARCHITECTURE.md`, enforced.
