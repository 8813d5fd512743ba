//! The operations, driven with resources whose behaviour is a closure.
