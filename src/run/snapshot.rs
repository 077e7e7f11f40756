//! `tenantry snapshot`, and opening what it saved: a tenant in a file, to be looked at offline. The file is written whole
//! or not at all, and only its owner may read it.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

use super::exit::{ExitCode, Failure};
use super::whole::Whole;
use super::{Loaded, Output};
use crate::domain::text::Clean;
use crate::store::{BadSnapshot, Snapshot, SnapshotInfo};

fn failed(path: &Path, error: &BadSnapshot) -> Failure {
    let text = format!("cannot use the snapshot {}: {error}", path.display());
    match error {
        BadSnapshot::Io(_) => Failure::local(text),
        _ => Failure::usage(text),
    }
}

fn reader(path: &Path) -> Result<BufReader<File>, Failure> {
    // A million users are 80 MB: read in large pieces.
    File::open(path).map(|file| BufReader::with_capacity(1 << 20, file)).map_err(|error| failed(path, &error.into()))
}

/// Opens a saved snapshot. Whoever shows it must not offer to write: there is no tenant behind it.
pub fn open(path: &Path) -> Result<Loaded, Failure> {
    Snapshot::read(&mut reader(path)?).map_err(|error| failed(path, &error))
}

/// Loads with `load` and saves.
pub fn save(
    path: &Path,
    load: &dyn Fn(&mut dyn Write) -> Result<Loaded, Failure>,
    output: &mut Output<'_>,
) -> Result<ExitCode, Failure> {
    // Whatever can fail without the tenant fails before minutes are spent on loading it.
    let mut file = Whole::create(path)?;
    let snapshot = load(&mut *output.messages)?;
    snapshot.write(&mut file.out).map_err(|error| file.failed(&error))?;
    file.publish()?;
    writeln!(output.messages, "saved {} users to {}", snapshot.living_users(), path.display())?;
    let missing = super::audit::missing(&snapshot);
    match missing.first() {
        None => Ok(ExitCode::Clean),
        Some(first) => Err(Failure::new(ExitCode::Incomplete, format_args!("the snapshot is incomplete: {first}"))),
    }
}

/// Says what a saved snapshot is of.
pub fn info(path: &Path, output: &mut Output<'_>) -> Result<ExitCode, Failure> {
    let info = SnapshotInfo::read(&mut reader(path)?).map_err(|error| failed(path, &error))?;
    let tenant = info.organization.as_ref().map_or_else(
        || "unknown".to_owned(),
        |tenant| format!("{} ({}, {})", tenant.display_name, tenant.default_domain, tenant.id),
    );
    let missing: Vec<String> =
        info.parts.notices().map(|(part, why)| Clean::owned(format!("{}: {why}", part.as_str())).to_string()).collect();
    let missing = if missing.is_empty() { "nothing".to_owned() } else { missing.join("\n            ") };
    write!(
        output.out,
        "tenant      {}\nas of       {}\nusers       {}\ngroups      {}\nproducts    {}\nmissing     {missing}\nwritten by  tenantry {}\n",
        Clean::new(&tenant),
        info.now,
        info.users,
        info.groups,
        info.skus,
        Clean::new(&info.program),
    )?;
    Ok(ExitCode::Clean)
}
