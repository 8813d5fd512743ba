//! `src/proto` is what the compiler makes of `proto/` today.
//!
//! The generated code is committed so that nobody needs a code generator to build the provider; this test
//! is what keeps it honest. It compares, it never writes: `make gen` does.

use std::fs;
use std::path::Path;

#[test]
fn the_generated_code_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scratch = tempfile::tempdir().unwrap();
    let modules = codegen::generate(&root.join("proto"), scratch.path()).unwrap();
    assert!(!modules.is_empty(), "the generator wrote nothing");

    for (name, generated) in &modules {
        let committed = fs::read_to_string(root.join("src/proto").join(name)).unwrap_or_default();
        // No `assert_eq`: a difference of thousands of lines tells nobody anything.
        assert!(*generated == committed, "src/proto/{name} is not what proto/ says: run `make gen`");
    }
    for entry in fs::read_dir(root.join("src/proto")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            name == "mod.rs" || modules.contains_key(&name),
            "src/proto/{name} is generated from nothing in proto/: delete it"
        );
    }
}
