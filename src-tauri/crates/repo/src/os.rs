//! What differs by operating system: how children die with us, how paths become bytes, which
//! file-system calls exist. Linux is complete; elsewhere the fallbacks are plainer, never wrong.

#[cfg(target_os = "linux")]
#[path = "os/linux.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "os/other.rs"]
mod system;

pub(crate) use system::*;

#[cfg(unix)]
#[path = "os/beneath.rs"]
pub(crate) mod beneath;
#[cfg(not(unix))]
#[path = "os/beneath_other.rs"]
pub(crate) mod beneath;
