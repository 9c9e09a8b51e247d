//! Compiles `proto/` with protox, so that cargo alone builds referrald: no protoc is asked for.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use protox::Compiler;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    println!("cargo:rerun-if-changed=migrations");
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir("proto/referrald/v1")? {
        let path = entry?.path();
        files.push(path.strip_prefix("proto")?.to_path_buf());
    }
    files.sort();
    let mut compiler = Compiler::new(["proto"])?;
    compiler.include_imports(true).include_source_info(true).open_files(files)?;
    compiler.open_file("google/rpc/error_details.proto")?;

    // These bytes keep comments and options for reflection; the set in prost's own types loses the options.
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("referrald.binpb"), compiler.encode_file_descriptor_set())?;

    let mut set = compiler.file_descriptor_set();
    // The annotations are read by people and by reflection; no Rust code is generated for them.
    set.file.retain(|file| ["referrald.v1", "google.protobuf"].contains(&file.package()));
    // Ordered maps, so that the same message always has the same bytes.
    tonic_prost_build::configure().btree_map(".").compile_fds(set)?;
    Ok(())
}
