//! What is missing, and how to get it; and the proof that the state is the fold of the log.

use protocol::{DoctorReport, DoctorRow, DoctorStatus, Error, ErrorCode, Reply};

use crate::ask::{VENDORS, store_error, vendors_program};
use crate::keep;
use crate::serve::Engine;
use crate::wire;

pub(crate) async fn report(engine: &Engine, rebuild: bool) -> Result<Reply, Error> {
    let mut rows = vec![git().await, shim(engine), environment(engine).await, home(engine)];
    rows.extend(programs(engine).await);
    rows.push(log(engine, rebuild).await?);
    Ok(Reply::Doctor(DoctorReport { rows }))
}

async fn git() -> DoctorRow {
    match repo::git_version().await {
        Ok(version) => good("git", version.to_string()),
        Err(error) => {
            bad("git", error.to_string(), "Install git 2.40 or newer and put it in the search path.")
        }
    }
}

fn shim(engine: &Engine) -> DoctorRow {
    let shim = &engine.actor.programs.shim;
    match shim.is_file() {
        true => good("coppice-shim", shim.display().to_string()),
        false => bad(
            "coppice-shim",
            format!("{} is not there", shim.display()),
            "Install Coppice completely: its programs belong in one folder.",
        ),
    }
}

async fn environment(engine: &Engine) -> DoctorRow {
    let environment = engine.actor.environment().await;
    let path = environment.get("PATH").map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    good("environment", format!("{}; PATH={path}", environment.source()))
}

/// Nobody needs all of them: one that can't be used is no fault.
async fn programs(engine: &Engine) -> Vec<DoctorRow> {
    let environment = engine.actor.environment().await;
    let row = |adapter: &plan::Adapter| match vendors_program(*adapter, &environment) {
        Ok(()) => {
            let others = VENDORS.iter().filter(|other| *other != adapter);
            let others: Vec<&str> = others.map(|other| wire::adapter(*other)).collect();
            let reviews = format!(
                "ready; it reviews what {} builds where a plan names no reviewer",
                others.join(" or ")
            );
            good(wire::adapter(*adapter), reviews)
        }
        Err(error) => DoctorRow {
            status: DoctorStatus::Warning,
            hint: Some("Needed only by plans that name it.".to_owned()),
            ..good(wire::adapter(*adapter), error.to_string())
        },
    };
    VENDORS.iter().map(row).collect()
}

fn home(engine: &Engine) -> DoctorRow {
    let at = engine.home.root().display();
    // What was lost before this engine began is said once, by the store, and shown as long as it lives.
    match (engine.store.loss(), engine.store.warning()) {
        (Some(loss), _) => {
            bad("data directory", format!("{at}: {loss}"), "Compare with the branches before you go on.")
        }
        (None, Some(warning)) => DoctorRow {
            status: DoctorStatus::Warning,
            hint: Some("Choose a data directory on a local disk with COPPICE_HOME.".to_owned()),
            ..good("data directory", format!("{at}: {warning}"))
        },
        (None, None) => good("data directory", at.to_string()),
    }
}

/// Folds the whole log and compares; with `rebuild` the rows are replaced by the fold.
async fn log(engine: &Engine, rebuild: bool) -> Result<DoctorRow, Error> {
    let failed = |error: keep::LoadError| Error::new(ErrorCode::Store, error.to_string());
    let (_, folded) = keep::fold(&engine.store).await.map_err(failed)?;
    let stored = engine.store.load_all().await.map_err(store_error)?;
    let value = |body: &str| serde_json::from_str::<serde_json::Value>(body).unwrap_or_default();
    let key = |kind: &str, key: &str| format!("{kind} {key}");
    let folded_rows: std::collections::BTreeMap<_, _> =
        folded.iter().map(|put| (key(&put.kind, &put.key), value(&put.body))).collect();
    let stored_rows: std::collections::BTreeMap<_, _> =
        stored.iter().map(|row| (key(&row.kind, &row.key), value(&row.body))).collect();
    let differing: Vec<&String> = folded_rows
        .keys()
        .chain(stored_rows.keys())
        .filter(|name| folded_rows.get(*name) != stored_rows.get(*name))
        .collect();
    if differing.is_empty() {
        let found =
            format!("{} events give exactly the {} stored rows", engine.store.last_seq(), stored.len());
        return Ok(good("log", found));
    }
    if rebuild {
        engine.store.replace_entities(folded).await.map_err(store_error)?;
        let found = format!("{} rows differed and were made anew from the log", differing.len());
        return Ok(DoctorRow {
            hint: Some("Restart the engine (`coppice shutdown`) so that it reads them.".to_owned()),
            ..good("log", found)
        });
    }
    let found = format!("{} rows differ from the log, such as {}", differing.len(), differing[0]);
    Ok(bad("log", found, "Run `coppice doctor --rebuild`: it makes them anew from the log."))
}

fn good(name: &str, found: String) -> DoctorRow {
    DoctorRow { name: name.to_owned(), status: DoctorStatus::Good, found, hint: None }
}

fn bad(name: &str, found: String, hint: &str) -> DoctorRow {
    DoctorRow { name: name.to_owned(), status: DoctorStatus::Bad, found, hint: Some(hint.to_owned()) }
}
