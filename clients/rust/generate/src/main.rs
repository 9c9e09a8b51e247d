//! Writes `clients/rust/src/generated` from `proto/`: run in the project's root, by `scripts/clients generate rust`.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use protox::Compiler;

const OUT: &str = "clients/rust/src/generated";

fn main() -> Result<(), Box<dyn Error>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir("proto/referrald/v1")? {
        files.push(entry?.path());
    }
    files.sort();
    let mut compiler = Compiler::new(["proto"])?;
    let mut set = compiler.include_imports(true).include_source_info(true).open_files(files)?.file_descriptor_set();
    // The annotations are for people and for reflection.
    set.file.retain(|file| ["referrald.v1", "google.protobuf"].contains(&file.package()));
    fs::create_dir_all(OUT)?;
    tonic_prost_build::configure().build_server(false).build_transport(false).out_dir(OUT).compile_fds(set)?;
    Ok(())
}
