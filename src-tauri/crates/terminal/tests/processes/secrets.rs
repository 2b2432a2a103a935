//! The environment of a run is nobody's business, and neither is its socket.

use crate::common::{Place, Watch, ended};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use terminal::Kill;

const SECRET: &str = "s3cr3t-t0k3n-value";

fn holds(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
}

fn search(dir: &Path) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path);
        } else if let Ok(bytes) = std::fs::read(&path).map_err(|_| assert!(path.ends_with("sock"))) {
            assert!(!holds(&bytes), "the secret is in {}", path.display());
        }
    }
}

#[tokio::test]
async fn the_environment_is_neither_on_disk_nor_in_a_command_line() {
    let place = Place::new();
    let mut spec = place.script("echo ${#TOKEN}; read x");
    spec.env.push(("TOKEN".into(), SECRET.into()));
    let run = place.start(&spec).await;
    Watch::attach(&place.run_dir()).await.until("18").await;
    let shim = run.identity().pid;
    for file in ["cmdline", "environ"] {
        assert!(
            !holds(&std::fs::read(format!("/proc/{shim}/{file}")).unwrap()),
            "it is in the shim's {file}"
        );
    }
    search(place.dir.path());
    run.kill(Kill::Now);
    ended(&run).await;
    search(place.dir.path());
}

#[tokio::test]
async fn folder_socket_and_files_are_for_one_user() {
    let place = Place::new();
    std::fs::create_dir(place.run_dir()).unwrap();
    std::fs::set_permissions(place.run_dir(), PermissionsExt::from_mode(0o755)).unwrap();
    let run = place.sh("umask; echo ready; read x").await;
    let mut watch = Watch::attach(&place.run_dir()).await;
    watch.until("ready").await;
    let mode = |path: &Path| std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.run_dir()), 0o700);
    for name in ["sock", "log", "claim", "child"] {
        assert_eq!(mode(&place.run_dir().join(name)), 0o600, "{name}");
    }
    // The run itself gets the mask it would have had anywhere.
    let ours = rustix::process::umask(rustix::fs::Mode::empty());
    rustix::process::umask(ours);
    assert!(watch.text.contains(&format!("{:04o}", ours.as_raw_mode())), "{}", watch.text);
    run.kill(Kill::Now);
    ended(&run).await;
}

#[tokio::test]
async fn the_shim_holds_nothing_of_ours() {
    let place = Place::new();
    // A descriptor that is inherited on purpose, as careless libraries leave them.
    let kept = std::fs::File::open("/dev/zero").unwrap();
    rustix::io::fcntl_setfd(&kept, rustix::io::FdFlags::empty()).unwrap();
    let run = place.sh("ls -l /proc/self/fd; echo listed; read x").await;
    let mut watch = Watch::attach(&place.run_dir()).await;
    watch.until("listed").await;
    assert!(!watch.text.contains("/dev/zero"), "{}", watch.text);
    let open: Vec<String> = std::fs::read_dir(format!("/proc/{}/fd", run.identity().pid))
        .unwrap()
        .filter_map(|fd| Some(std::fs::read_link(fd.ok()?.path()).ok()?.display().to_string()))
        .collect();
    assert!(!open.iter().any(|target| target == "/dev/zero" || target.starts_with("pipe:")), "{open:?}");
    let session = |pid: i32| -> i32 {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        stat.rsplit(')').next().unwrap().split_whitespace().nth(3).unwrap().parse().unwrap()
    };
    let shim = run.identity().pid;
    assert_eq!(session(shim), shim);
    let child = run.child().await.unwrap();
    assert_eq!(session(child), child);
    run.kill(Kill::Now);
    ended(&run).await;
}
