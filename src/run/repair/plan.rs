//! `tenantry plan`: from kinds, filters or a file of objects to a plan file. Nothing is written to the tenant.

use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use std::path::PathBuf;

use super::outline::outline;
use super::values::{self, Key, Values};
use crate::domain::facts::Row;
use crate::domain::ids::{GroupId, UserId};
use crate::domain::kind::{Kind, Subject};
use crate::domain::plan::{Ask, GroupLicenses, build_all};
use crate::domain::remedy::Verb;
use crate::query;
use crate::run::exit::{ExitCode, Failure};
use crate::run::list::read_filter;
use crate::run::whole::Whole;
use crate::run::{Loaded, Output};
use crate::store::{Snapshot, UserOrder};

/// What `plan` was asked for.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    /// The kinds of findings to repair.
    pub kinds: Vec<Kind>,
    /// How.
    pub verb: Option<Verb>,
    /// A filter, or `@FILE`.
    pub users: Option<String>,
    /// A filter, or `@FILE`.
    pub groups: Option<String>,
    /// `KEY=VALUE`.
    pub set: Vec<String>,
    /// Where the plan goes.
    pub file: PathBuf,
}

/// Objects by name with values of their own, from a file.
type Lines = Vec<(String, Values)>;

/// Where objects come from.
enum Source {
    All,
    Filter(query::Query),
    File(Lines),
}

fn source(given: Option<&str>, column: &str) -> Result<Source, Failure> {
    let Some(given) = given else { return Ok(Source::All) };
    let Some(path) = given.strip_prefix('@') else { return read_filter(given).map(Source::Filter) };
    let text =
        std::fs::read_to_string(path).map_err(|error| Failure::usage(format_args!("cannot read {path}: {error}")))?;
    read_lines(text.trim_start_matches('\u{feff}'), column, path).map(Source::File)
}

/// One id or name a line, or CSV with headers.
fn read_lines(text: &str, column: &str, path: &str) -> Result<Lines, Failure> {
    let wrong = |line: usize, why: &dyn std::fmt::Display| Failure::usage(format_args!("{path} line {line}: {why}"));
    let first = text.lines().next().unwrap_or_default();
    let header = first.split(',').any(|cell| cell.trim().trim_matches('"').eq_ignore_ascii_case(column));
    let mut lines = Lines::new();
    if header {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|e| wrong(1, &e))?.clone();
        let mut keys = Vec::new();
        for name in &headers {
            let key = Key::parse(name);
            if key.is_none() && !name.eq_ignore_ascii_case(column) {
                let known = Key::ALL.map(Key::name).join(", ");
                return Err(wrong(1, &format_args!("there is no column `{name}`; the columns are {column}, {known}")));
            }
            keys.push(key);
        }
        for record in reader.records() {
            let record = record.map_err(|e| Failure::usage(format_args!("{path}: {e}")))?;
            let mut values = Values::default();
            let mut name = String::new();
            for (key, cell) in keys.iter().zip(&record) {
                match key {
                    Some(key) => values.put(*key, cell),
                    None => name = cell.to_owned(),
                }
            }
            if name.is_empty() {
                let line = record.position().map_or(0, |p| p.line() as usize);
                return Err(wrong(line, &format_args!("no {column}")));
            }
            lines.push((name, values));
        }
    } else {
        let names = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.extend(names.map(|name| (name.to_owned(), Values::default())));
    }
    let mut seen = HashSet::new();
    match lines.iter().find(|(name, _)| !seen.insert(name.to_lowercase())) {
        Some((name, _)) => Err(Failure::usage(format_args!("{path} names {name} twice"))),
        None if lines.is_empty() => Err(Failure::usage(format_args!("{path} names nobody"))),
        None => Ok(lines),
    }
}

/// Loads with `load`, plans, writes the file and says what stands in it.
pub fn plan(
    request: &PlanRequest,
    load: &dyn Fn(&mut dyn Write) -> Result<Loaded, Failure>,
    output: &mut Output<'_>,
) -> Result<ExitCode, Failure> {
    // Whatever can fail without the tenant fails before minutes are spent on loading it.
    let set = Values::parse(&request.set)?;
    let (users, groups) = (source(request.users.as_deref(), "user")?, source(request.groups.as_deref(), "group")?);
    if request.kinds.is_empty() && request.users.is_none() && request.groups.is_none() {
        return Err(Failure::usage("say whom: --kind, --users or --groups"));
    }
    if request.kinds.is_empty() && request.verb.is_none() {
        return Err(Failure::usage(format_args!("say --verb: {}", verbs(&Verb::PLANNED))));
    }
    let mut file = Whole::create(&request.file)?;
    let snapshot = load(&mut *output.messages)?;
    let verb = verb(request, &snapshot)?;
    let asks = if verb == Verb::HandOff {
        hand_off(request, &users, &set, &snapshot)?
    } else if request.kinds.is_empty() && request.users.is_none() {
        of_groups(verb, chosen_groups(&groups, &snapshot)?, &set, &snapshot)?
    } else {
        of_users(verb, chosen_users(request, &users, &snapshot)?, &set, &snapshot)?
    };
    let plan = build_all(&asks, &*snapshot).map_err(Failure::usage)?;
    let document = plan.document().map_err(Failure::local)?;
    file.out.write_all(document.as_bytes()).map_err(|e| file.failed(&e))?;
    file.publish()?;
    write!(output.messages, "{}", outline(&plan))?;
    writeln!(output.messages, "written to {}; nothing is changed until `tenantry apply`", request.file.display())?;
    let something = !plan.steps.is_empty() || !plan.hand_offs.is_empty();
    Ok(if something { ExitCode::Clean } else { ExitCode::Refused })
}

fn verbs(verbs: &[Verb]) -> String {
    verbs.iter().map(|v| v.as_str()).collect::<Vec<_>>().join(", ")
}

/// The verb that was given, or the only one that the kinds have.
fn verb(request: &PlanRequest, snapshot: &Snapshot) -> Result<Verb, Failure> {
    /// Enough findings to know their remedies: they are the same for a kind.
    const LOOKED_AT: usize = 200;
    if let Some(verb) = request.verb {
        return Ok(verb);
    }
    let mut found: BTreeMap<Verb, String> = BTreeMap::new();
    let of_kind = |at: &_| snapshot.found_head(*at).is_some_and(|(kind, ..)| request.kinds.contains(&kind));
    for at in snapshot.findings().all().filter(of_kind).take(LOOKED_AT) {
        for remedy in snapshot.describe(at).into_iter().flat_map(|f| f.remedies) {
            let possible = if remedy.possible { "" } else { " (not here)" };
            found.entry(remedy.verb).or_insert_with(|| format!("{}: {}{possible}", remedy.verb, remedy.summary));
        }
    }
    match found.keys().copied().collect::<Vec<_>>().as_slice() {
        [one] => Ok(*one),
        [] => Err(Failure::usage("there is no finding of that kind, or nothing that could be done about it")),
        _ => {
            let lines: Vec<String> = found.into_values().map(|line| format!("  {line}")).collect();
            Err(Failure::usage(format_args!("there is more than one remedy, say --verb:\n{}", lines.join("\n"))))
        }
    }
}

/// Users in their order, each with values of its own.
fn chosen_users(request: &PlanRequest, source: &Source, snapshot: &Snapshot) -> Result<Vec<(UserId, Values)>, Failure> {
    let mut chosen: Vec<(UserId, Values)> = match source {
        Source::File(lines) => lines
            .iter()
            .map(|(name, v)| Ok((values::user(name, snapshot)?, v.clone())))
            .collect::<Result<_, Failure>>()?,
        Source::Filter(query) => {
            // Nobody cancels this, so there is always an answer.
            let rows = query::users(snapshot, query, None, UserOrder::Upn, &|| false).unwrap_or_default();
            rows.iter().map(|&row| (snapshot.user_at(Row(row)).id(), Values::default())).collect()
        }
        Source::All => Vec::new(),
    };
    if request.kinds.is_empty() {
        return Ok(chosen);
    }
    if let Some(kind) = request.kinds.iter().find(|k| !snapshot.findings().checked().any(|c| c == **k)) {
        return Err(Failure::unreachable(format_args!("what {kind} needs could not be loaded to the end")));
    }
    let wanted: Option<BTreeMap<UserId, Values>> = (!matches!(source, Source::All)).then(|| chosen.drain(..).collect());
    let of_kinds: Vec<_> = snapshot.findings().all().filter_map(|at| snapshot.found(at)).collect();
    let in_groups: HashSet<GroupId> = of_kinds
        .iter()
        .filter(|f| request.kinds.contains(&f.kind) && f.kind.subject() == Subject::Group)
        .filter_map(|f| f.group)
        .collect();
    let mut seen = HashSet::new();
    for found in of_kinds {
        let named = request.kinds.contains(&found.kind)
            || found.kind.is_state() && found.group.is_some_and(|g| in_groups.contains(&g));
        let Some(user) = found.user.filter(|_| named) else { continue };
        let own = match &wanted {
            Some(wanted) => match wanted.get(&user) {
                Some(values) => values.clone(),
                None => continue,
            },
            None => Values::default(),
        };
        let mut values = own;
        if let Some(sku) = found.sku.filter(|_| values.get(Key::Sku).is_none()) {
            values.put(Key::Sku, &sku.to_string());
        }
        if seen.insert(user) {
            chosen.push((user, values));
        }
    }
    Ok(chosen)
}

/// The findings of the kinds, of the users that were named if any were.
fn hand_off(request: &PlanRequest, users: &Source, set: &Values, snapshot: &Snapshot) -> Result<Vec<Ask>, Failure> {
    set.only(keys(Verb::HandOff), Verb::HandOff.as_str())?;
    if request.kinds.is_empty() {
        return Err(Failure::usage("hand-off is about findings: say --kind"));
    }
    let location = set.get(Key::Location).map(values::location).transpose()?;
    let named: Option<HashSet<UserId>> = match users {
        Source::All => None,
        _ => Some(chosen_users(request, users, snapshot)?.into_iter().map(|(user, _)| user).collect()),
    };
    let all = snapshot.findings().all().filter_map(|at| snapshot.found(at));
    let wanted = all.filter(|f| request.kinds.contains(&f.kind));
    let found = wanted.filter(|f| named.as_ref().is_none_or(|n| f.user.is_some_and(|u| n.contains(&u))));
    Ok(vec![Ask::HandOff { found: found.collect(), location }])
}

fn chosen_groups(source: &Source, snapshot: &Snapshot) -> Result<Vec<(GroupId, Values)>, Failure> {
    match source {
        Source::File(lines) => lines.iter().map(|(name, v)| Ok((values::group(name, snapshot)?, v.clone()))).collect(),
        Source::Filter(query) => {
            Ok(query::groups(snapshot, query, None).into_iter().map(|id| (id, Values::default())).collect())
        }
        Source::All => Ok(Vec::new()),
    }
}

/// The keys that a verb has a use for.
fn keys(verb: Verb) -> &'static [Key] {
    match verb {
        Verb::SetUsageLocation => &[Key::Location],
        Verb::AssignLicense => &[Key::Sku, Key::Disable],
        Verb::RemoveLicense => &[Key::Sku],
        Verb::ChangePlans => &[Key::Sku, Key::Enable, Key::Disable],
        Verb::SwapLicense => &[Key::Sku, Key::ToSku, Key::Disable],
        Verb::JoinGroup | Verb::LeaveGroup => &[Key::Group],
        Verb::ChangeGroupLicenses => &[Key::Sku, Key::ToSku, Key::Enable, Key::Disable],
        Verb::HandOff => &[Key::Location],
        _ => &[],
    }
}

fn of_users(verb: Verb, users: Vec<(UserId, Values)>, set: &Values, snapshot: &Snapshot) -> Result<Vec<Ask>, Failure> {
    set.only(keys(verb), verb.as_str())?;
    if users.is_empty() {
        return Err(Failure::usage("nobody matches"));
    }
    if verb == Verb::SetUsageLocation {
        let one = |(user, own): (UserId, Values)| Ok((user, values::location(own.over(set).need(Key::Location)?)?));
        return Ok(vec![Ask::SetUsageLocation { to: users.into_iter().map(one).collect::<Result<_, Failure>>()? }]);
    }
    // A value that a verb has no use for is a hint of the finding; it must not split the users into plans of one.
    let relevant = |own: &Values| {
        let mut kept = Values::default();
        let all = set.over(own);
        let own = if keys(verb).contains(&Key::Sku) && set.get(Key::Sku).is_none() { own.over(set) } else { all };
        keys(verb).iter().for_each(|key| kept.put(*key, own.get(*key).unwrap_or_default()));
        kept
    };
    let mut same: Vec<(Values, Vec<UserId>)> = Vec::new();
    let mut places: BTreeMap<Values, usize> = BTreeMap::new();
    for (user, own) in users {
        let values = relevant(&own);
        let at = *places.entry(values.clone()).or_insert_with(|| {
            same.push((values, Vec::new()));
            same.len() - 1
        });
        if let Some((_, list)) = same.get_mut(at) {
            list.push(user);
        }
    }
    same.into_iter().map(|(values, users)| ask(verb, users, &values, snapshot)).collect()
}

fn ask(verb: Verb, users: Vec<UserId>, values: &Values, snapshot: &Snapshot) -> Result<Ask, Failure> {
    let sku = |key| values.need(key).and_then(|text| values::sku(text, snapshot));
    let plans = |key, sku| values::plans(values.get(key), sku, snapshot);
    let group = || values.need(Key::Group).and_then(|text| values::group(text, snapshot));
    Ok(match verb {
        Verb::Reprocess => Ask::Reprocess { users },
        Verb::AssignLicense => {
            let sku = sku(Key::Sku)?;
            Ask::AssignLicense { users, sku, disabled: plans(Key::Disable, sku)? }
        }
        Verb::RemoveLicense => Ask::RemoveLicense { users, sku: sku(Key::Sku)? },
        Verb::ChangePlans => {
            let sku = sku(Key::Sku)?;
            Ask::ChangePlans { users, sku, enable: plans(Key::Enable, sku)?, disable: plans(Key::Disable, sku)? }
        }
        Verb::SwapLicense => {
            let (from, to) = (sku(Key::Sku)?, sku(Key::ToSku)?);
            Ask::SwapLicense { users, from, to, disabled: plans(Key::Disable, to)? }
        }
        Verb::JoinGroup => Ask::JoinGroup { users, group: group()? },
        Verb::LeaveGroup => Ask::LeaveGroup { users, group: group()? },
        other => return Err(Failure::usage(format_args!("{other} cannot be planned for users"))),
    })
}

fn of_groups(
    verb: Verb,
    groups: Vec<(GroupId, Values)>,
    set: &Values,
    snapshot: &Snapshot,
) -> Result<Vec<Ask>, Failure> {
    set.only(keys(verb), verb.as_str())?;
    if groups.is_empty() {
        return Err(Failure::usage("no group matches"));
    }
    let all = |groups: Vec<(GroupId, Values)>| groups.into_iter().map(|(id, _)| id).collect();
    match verb {
        Verb::PauseRule => Ok(vec![Ask::ProcessRule { groups: all(groups), on: false }]),
        Verb::ResumeRule => Ok(vec![Ask::ProcessRule { groups: all(groups), on: true }]),
        Verb::ChangeGroupLicenses => {
            let one = |(group, own): (GroupId, Values)| {
                let licenses = group_licenses(&own.over(set), snapshot)?;
                Ok(Ask::ChangeGroupLicenses { groups: vec![group], licenses })
            };
            groups.into_iter().map(one).collect()
        }
        other => Err(Failure::usage(format_args!("{other} cannot be planned for groups; say --users"))),
    }
}

/// `sku` alone gives the product or switches its plans; with `to-sku` it is replaced, with `to-sku=none` taken.
fn group_licenses(values: &Values, snapshot: &Snapshot) -> Result<GroupLicenses, Failure> {
    let sku = values::sku(values.need(Key::Sku)?, snapshot)?;
    let (add, remove) = match values.get(Key::ToSku) {
        None => (Some(sku), None),
        Some(none) if none.eq_ignore_ascii_case("none") => (None, Some(sku)),
        Some(to) => (Some(values::sku(to, snapshot)?), Some(sku)),
    };
    let plans = |key| values::plans(values.get(key), add.unwrap_or(sku), snapshot);
    Ok(GroupLicenses { add, remove, enable: plans(Key::Enable)?, disable: plans(Key::Disable)? })
}
