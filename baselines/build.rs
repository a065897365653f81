//! Tells the linker where libtorch lies, so that no environment variable is needed at run time.

#[expect(clippy::disallowed_methods, reason = "build scripts are told by environment variables")]
fn main() {
    println!("cargo:rerun-if-env-changed=DEP_TCH_LIBTORCH_LIB");
    let folder = std::env::var("DEP_TCH_LIBTORCH_LIB").expect("torch-sys publishes the folder of libtorch");
    println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    // Dependents read this as DEP_REPOPEFT_TORCH_LIB: link arguments do not travel by themselves.
    println!("cargo:LIB={folder}");
}
