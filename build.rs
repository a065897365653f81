//! Passes the folder of libtorch on to the linker of the binary and of the tests.

#[expect(clippy::disallowed_methods, reason = "build scripts are told by environment variables")]
fn main() {
    println!("cargo:rerun-if-env-changed=DEP_REPOPEFT_TORCH_LIB");
    if let Ok(folder) = std::env::var("DEP_REPOPEFT_TORCH_LIB") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
