//! The migrations are embedded in the program: a new file among them has to rebuild it.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
