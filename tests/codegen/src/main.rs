//! `make gen`: writes `src/proto` anew. Run from the repository's root.

use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), codegen::Error> {
    let scratch = env::temp_dir().join(format!("codegen-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let modules = codegen::generate(Path::new("proto"), &scratch);
    fs::remove_dir_all(&scratch)?;
    for (name, text) in modules? {
        fs::write(Path::new("src/proto").join(name), text)?;
    }
    Ok(())
}
