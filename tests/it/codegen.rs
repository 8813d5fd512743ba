//! `src/proto` is what the compiler makes of `proto/` today.
