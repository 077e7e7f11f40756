//! `tenantry audit`: the output is opened before the tenant is read, and a file appears whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::audit::{AuditDocument, AuditOptions, FailOn, audit_document};
use super::audit_csv::csv;
use super::audit_table::{markdown, text};
use super::exit::{ExitCode, Failure};
use super::list::read_filter;
use super::{Loaded, Output};
use crate::domain::kind::Kind;
use crate::domain::time::Timestamp;

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For eyes.
    Table,
    /// The audit document.
    Json,
    /// For spreadsheets.
    Csv,
    /// For tickets.
    Markdown,
}

/// What `audit` was asked for.
#[derive(Debug, Clone)]
pub struct AuditRequest {
    /// The form.
    pub format: Format,
    /// The file; standard output without one.
    pub file: Option<PathBuf>,
    /// The kinds; all without one.
    pub kinds: Vec<Kind>,
    /// The filter, as it was typed.
    pub filter: String,
    /// From which severity on to exit with 1.
    pub fail_on: FailOn,
}

/// Loads with `load`, audits, writes.
pub fn audit(
    request: &AuditRequest,
    load: &dyn Fn(&mut dyn Write) -> Result<Loaded, Failure>,
    output: &mut Output<'_>,
) -> Result<ExitCode, Failure> {
    // Whatever can fail without the tenant fails before minutes are spent on loading it.
    let query = read_filter(&request.filter)?;
    let file = request.file.as_deref().map(Whole::create).transpose()?;
    let snapshot = load(&mut *output.messages)?;
    let options = AuditOptions { kinds: request.kinds.clone(), query, generated: now() };
    let document = audit_document(&snapshot, options);
    match file {
        Some(mut file) => {
            write(&document, request.format, None, &mut file.out).map_err(|e| file.failed(&e))?;
            file.publish()?;
        }
        None => {
            let mut out = BufWriter::new(&mut *output.out);
            write(&document, request.format, output.width, &mut out)?;
            out.flush()?;
        }
    }
    let code = document.exit_code(request.fail_on);
    if document.is_complete() {
        return Ok(code);
    }
    // Said on standard error too: a pipeline sees no more than the code.
    let missing = document.notices().first().map(String::as_str).unwrap_or("some parts are missing");
    Err(Failure::new(code, format_args!("the audit is incomplete: {missing}")))
}

/// Writes a document in a form.
pub fn write(
    document: &AuditDocument<'_>,
    format: Format,
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Table => text(out, document, width),
        Format::Json => json(document, out),
        Format::Csv => csv(out, document),
        Format::Markdown => markdown(out, document),
    }
}

/// Writes a value as JSON that people can read, with a line feed at its end.
pub(super) fn json(value: &impl serde::Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_second())
}

/// A file that is written beside its place and moved there when it is whole. Only its owner may read it: it names
/// people and what they lack.
pub(super) struct Whole {
    pub(super) out: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl Whole {
    pub(super) fn create(path: &Path) -> Result<Whole, Failure> {
        let fail = |why: &dyn std::fmt::Display| Failure::local(format_args!("cannot write {}: {why}", path.display()));
        if path.is_dir() {
            return Err(fail(&"it is a directory"));
        }
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(fail(&format_args!("there is no folder {}", folder.display())));
        }
        // A temporary file is made with mode 0600. Its own name in the error would only puzzle.
        let file = NamedTempFile::new_in(folder).map_err(|e| fail(&e.kind()))?;
        Ok(Whole { out: BufWriter::new(file), path: path.to_owned() })
    }

    pub(super) fn failed(&self, error: &dyn std::fmt::Display) -> Failure {
        Failure::local(format_args!("cannot write {}: {error}", self.path.display()))
    }

    pub(super) fn publish(self) -> Result<(), Failure> {
        let Whole { out, path } = self;
        let fail = |why: &dyn std::fmt::Display| Failure::local(format_args!("cannot write {}: {why}", path.display()));
        let file = out.into_inner().map_err(|e| fail(&e.error()))?;
        file.as_file().sync_all().map_err(|e| fail(&e))?;
        file.persist(&path).map_err(|e| fail(&e.error))?;
        Ok(())
    }
}
