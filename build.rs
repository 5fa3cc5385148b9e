//! New migrations and templates must trigger a build.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
