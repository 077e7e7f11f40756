//! A small tenant, and a driver that plays keys against `update` and answers its effects at once.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::sync::Arc;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tenantry::app::{self, Code, Effect, Key, LoadEvent, Msg, PlanAnswer, PlanAsk, State, StateInit, Wanted, update};
use tenantry::domain::access::{Access, ReadOnly};
use tenantry::domain::facts::*;
use tenantry::domain::ids::{GroupId, PlanId, SkuId, TenantId, UserId};
use tenantry::domain::location::Location;
use tenantry::domain::plan::{self, Before, Change, Plan, PlanTenant, Prediction, Step};
use tenantry::domain::remedy::Verb;
use tenantry::domain::time::Timestamp;
use tenantry::store::{Builder, Snapshot};
use tenantry::ui;

pub const E3: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";
pub const E5: &str = "c7df2760-2c81-4ef7-b578-5b5392b571df";
pub const FLOW: &str = "f30db892-07e9-47e9-837c-80727f46fd3d";
const EXCHANGE: u128 = 0xefb8_7545_963c_4e0d_99df_69c6_916d_9eb0;
const TEAMS: u128 = 0x5757_7ad3_9c58_4c2f_8f1f_7d2a_4fe4_7ee4;

pub fn sku_id(text: &str) -> SkuId {
    SkuId::parse(text).unwrap()
}

pub fn user_id(n: u32) -> UserId {
    UserId::from_u128(0xa11c_e000_0000_4000_8000_0000_0000_0000 + u128::from(n))
}

pub fn group_id(n: u32) -> GroupId {
    GroupId::from_u128(0x9709_0000_0000_4000_8000_0000_0000_0000 + u128::from(n))
}

fn sku(id: &str, part: &str, enabled: i64, consumed: i64) -> Sku {
    let plan = |id: u128, name: &str| SkuPlan {
        id: PlanId::from_u128(id),
        name: name.to_owned(),
        for_users: true,
        status: "Success".to_owned(),
    };
    Sku {
        id: sku_id(id),
        part_number: part.to_owned(),
        for_users: true,
        capability: "Enabled".to_owned(),
        consumed,
        units: Units { enabled, ..Units::default() },
        plans: vec![plan(EXCHANGE, "EXCHANGE_S_ENTERPRISE"), plan(TEAMS, "TEAMS1")],
        subscriptions: Vec::new(),
    }
}

/// One user: name, usage location, states.
struct Person {
    name: &'static str,
    location: Option<&'static str>,
    enabled: bool,
    sync: Sync,
    states: Vec<(&'static str, Option<u32>, ErrorCode<'static>)>,
}

fn person(name: &'static str, location: Option<&'static str>) -> Person {
    Person { name, location, enabled: true, sync: Sync::Never, states: Vec::new() }
}

impl Person {
    fn with(mut self, sku: &'static str, group: Option<u32>, error: ErrorCode<'static>) -> Person {
        self.states.push((sku, group, error));
        self
    }

    fn off(mut self) -> Person {
        self.enabled = false;
        self
    }

    fn synced(mut self) -> Person {
        self.sync = Sync::Now;
        self
    }
}

fn people() -> Vec<Person> {
    use ErrorCode as E;
    vec![
        person("Anna Adler", Some("DE")).with(E3, Some(1), E::None),
        person("Bela Braun", None).with(E3, None, E::None),
        person("Carla Conti", None),
        person("Dan Dupont", Some("FR")).with(E5, Some(2), E::CountViolation),
        person("Eva Esposito", Some("IT")).with(E3, Some(1), E::MutuallyExclusiveViolation).with(E5, None, E::None),
        person("Finn Fischer", Some("DE")).with(E3, None, E::None).off(),
        person("Gina Garcia", Some("ES")).with(E3, None, E::None).with(E3, Some(1), E::None),
        person("Hana Horvat", Some("UK")).with(FLOW, None, E::None),
        person("Igor Ivanov", None).synced().with(E3, Some(1), E::None),
        person("王小明 Wang", Some("CN")),
        person("Zoë Müller", None).with(E3, None, E::None),
    ]
}

/// The facts of the small tenant, `more` ordinary users on top, put into a builder.
pub fn fill(builder: &mut Builder, more: u32) {
    builder.organization(Organization {
        id: TenantId::from_u128(0x7e4a),
        display_name: "Contoso".to_owned(),
        default_domain: "contoso.com".to_owned(),
        domains: vec!["contoso.com".to_owned()],
        country: Some("DE".to_owned()),
        default_usage_location: Some("DE".to_owned()),
        synced: false,
    });
    builder.skus(vec![
        sku(E3, "ENTERPRISEPACK", 20, 6),
        sku(E5, "ENTERPRISEPREMIUM", 2, 3),
        sku(FLOW, "FLOW_FREE", 10_000, 1),
    ]);
    builder.subscriptions(Vec::new());
    let people = people();
    for (n, p) in people.iter().enumerate() {
        let n = n as u32;
        let upn = format!("user{n}@contoso.com");
        let states: Vec<LicenseState<'_>> = p
            .states
            .iter()
            .map(|(sku, group, error)| LicenseState {
                sku: sku_id(sku),
                path: group.map_or(Path::Direct, |g| Path::Group(group_id(g))),
                disabled: &[],
                state: if *error == ErrorCode::None { AssignmentState::Active } else { AssignmentState::Error },
                error: *error,
                updated: Timestamp::parse("2025-03-01T08:00:00Z"),
            })
            .collect();
        put_user(builder, user_id(n), &upn, p, &states);
    }
    for n in 0..more {
        let upn = format!("plain{n}@contoso.com");
        let name: &'static str = "Plain Person";
        put_user(builder, user_id(10_000 + n), &upn, &person(name, Some("DE")), &[]);
    }
    for (n, name, sku, members) in [(1, "Sales E3", E3, vec![0u32, 4, 6, 8]), (2, "Managers E5", E5, vec![3])] {
        let mut group = Group::unknown(group_id(n));
        group.display_name = name.to_owned();
        group.security = true;
        group.processing = Processing::Complete;
        group.licenses = vec![GroupLicense { sku: sku_id(sku), disabled: Vec::new() }];
        builder.group(group);
        let mut users: Vec<UserId> = members.into_iter().map(user_id).collect();
        users.sort_unstable();
        builder.members(group_id(n), Members { users: users.into(), groups: Vec::new(), others: 0 });
    }
    for part in Part::ALL {
        builder.part(part, Progress::Complete);
    }
}

fn put_user(builder: &mut Builder, id: UserId, upn: &str, p: &Person, states: &[LicenseState<'_>]) {
    let assigned: Vec<AssignedLicense<'_>> =
        states.iter().filter(|s| s.state.grants()).map(|s| AssignedLicense { sku: s.sku, disabled: &[] }).collect();
    builder.user(&UserFacts {
        id,
        upn,
        display_name: p.name,
        mail: Some(upn),
        usage_location: p.location,
        country: None,
        department: Some("Sales"),
        office: None,
        enabled: Some(p.enabled),
        user_type: UserType::Member,
        sync: p.sync,
        provisioning_error: false,
        assigned: &assigned,
        states,
        proxies: &[],
    });
}

pub fn now() -> Timestamp {
    Timestamp::parse("2025-06-02T14:32:00Z").unwrap()
}

pub fn snapshot(more: u32) -> Arc<Snapshot> {
    let mut builder = Builder::new(now());
    fill(&mut builder, more);
    builder.snapshot()
}

pub fn init(cols: u16, rows: u16) -> StateInit {
    StateInit { who: "admin@contoso.com".to_owned(), cols, rows, ..StateInit::default() }
}

pub fn read_only(cols: u16, rows: u16) -> StateInit {
    let mut access = Access::fix();
    access.tighten(ReadOnly::Flag);
    StateInit { access, ..init(cols, rows) }
}

/// The users that a plan ask is for.
pub fn users_of(ask: &PlanAsk) -> Vec<UserId> {
    match &ask.wanted {
        Wanted::These(plan::Ask::SetUsageLocation { to }) => to.iter().map(|(user, _)| *user).collect(),
        Wanted::These(
            plan::Ask::Reprocess { users }
            | plan::Ask::AssignLicense { users, .. }
            | plan::Ask::RemoveLicense { users, .. }
            | plan::Ask::ChangePlans { users, .. }
            | plan::Ask::SwapLicense { users, .. }
            | plan::Ask::JoinGroup { users, .. }
            | plan::Ask::LeaveGroup { users, .. },
        ) => users.clone(),
        Wanted::These(plan::Ask::ChangeGroupLicenses { .. } | plan::Ask::ProcessRule { .. }) => Vec::new(),
        Wanted::AllOf(kind, _) => {
            let all = ask.snapshot.findings().all().filter_map(|at| ask.snapshot.found(at));
            all.filter(|f| f.kind == *kind).filter_map(|f| f.user).collect()
        }
    }
}

/// A plan that sets the usage location DE, whatever was asked for: the dialog is what is tested here.
pub fn fake_plan(ask: &PlanAsk) -> Plan {
    let snapshot = &ask.snapshot;
    let users = users_of(ask);
    let steps: Vec<Step> = users
        .iter()
        .map(|id| {
            let user = snapshot.user(*id);
            let change = Change::SetUsageLocation { to: Location::parse("DE").unwrap() };
            Step {
                target: (*id).into(),
                upn: user.map(|u| u.upn().to_owned()).unwrap_or_default(),
                name: user.map(|u| u.name().to_owned()).unwrap_or_default(),
                request: change.request(*id),
                change,
                before: Before {
                    usage_location: Some(user.and_then(|u| u.usage_location()).map(str::to_owned)),
                    ..Before::default()
                },
                predicted: Prediction { summary: "none -> DE".to_owned(), ..Prediction::default() },
                invertible: true,
            }
        })
        .collect();
    Plan {
        schema: plan::SCHEMA.to_owned(),
        tenant: PlanTenant::new(snapshot.organization().unwrap(), u64::from(snapshot.living_users())),
        as_of: snapshot.now(),
        verb: Verb::SetUsageLocation,
        title: format!("Set usage location DE for {} users", steps.len()),
        steps,
        refusals: Vec::new(),
        seats: Vec::new(),
        warnings: Vec::new(),
        scopes: vec!["User.ReadWrite.All".to_owned()],
        takes_away: false,
        members: 0,
        hand_offs: vec![],
    }
}

/// Plays messages and answers effects.
pub struct Driver {
    pub state: State,
    pub clock: u64,
    /// Every effect that was not answered here, in order.
    pub effects: Vec<Effect>,
    /// Answer view asks at once.
    pub answer_views: bool,
    /// Answer plan asks at once.
    pub answer_plans: bool,
    /// Answer them with the real planner, not with a plan that always has a step.
    pub real_plans: bool,
    pub plans_asked: Vec<PlanAsk>,
}

impl Driver {
    pub fn empty(init: StateInit) -> Driver {
        Driver {
            state: State::new(init),
            clock: 1_000,
            effects: Vec::new(),
            answer_views: true,
            answer_plans: true,
            real_plans: false,
            plans_asked: Vec::new(),
        }
    }

    /// A driver on the loaded small tenant.
    pub fn new(init: StateInit) -> Driver {
        let mut driver = Driver::empty(init);
        driver.send(Msg::Snapshot(snapshot(0)));
        driver.send(Msg::Load(LoadEvent::Finished));
        driver
    }

    pub fn send(&mut self, msg: Msg) {
        let mut queue: Vec<Effect> = update(&mut self.state, msg);
        while !queue.is_empty() {
            let effect = queue.remove(0);
            match effect {
                Effect::View(ask) if self.answer_views => {
                    let answer = app::answer_view(&ask, &|| false).unwrap();
                    queue.extend(update(&mut self.state, Msg::View(answer)));
                }
                Effect::Plan(ask) => {
                    self.plans_asked.push(ask.clone());
                    if self.real_plans {
                        queue.extend(update(&mut self.state, Msg::Plan(app::answer_plan(&ask))));
                    } else if self.answer_plans {
                        let answer = PlanAnswer { generation: ask.generation, result: Ok(Arc::new(fake_plan(&ask))) };
                        queue.extend(update(&mut self.state, Msg::Plan(answer)));
                    } else {
                        self.effects.push(Effect::Plan(ask));
                    }
                }
                other => self.effects.push(other),
            }
        }
    }

    /// A key without a frame in between and without time passing.
    pub fn raw(&mut self, key: Key) {
        let at_ms = self.clock;
        self.send(Msg::Key { key, at_ms, burst: false });
    }

    /// A frame, then a second passes.
    pub fn paint(&mut self) {
        self.send(Msg::Painted { at_ms: self.clock });
        self.clock += 1_000;
    }

    pub fn key(&mut self, key: Key) {
        self.paint();
        self.raw(key);
        self.paint();
    }

    /// A script: words are keys by name, other words are typed letter by letter.
    pub fn keys(&mut self, script: &str) {
        for word in script.split(' ').filter(|w| !w.is_empty()) {
            let code = match word {
                "Enter" => Code::Enter,
                "Esc" => Code::Esc,
                "Tab" => Code::Tab,
                "BackTab" => Code::BackTab,
                "Space" => Code::Char(' '),
                "Down" => Code::Down,
                "Up" => Code::Up,
                "PgDn" => Code::PageDown,
                "Home" => Code::Home,
                "End" => Code::End,
                _ => {
                    for c in word.chars() {
                        self.key(Key::char(c));
                    }
                    continue;
                }
            };
            self.key(Key::plain(code));
        }
    }

    pub fn screen(&self) -> String {
        let (cols, rows) = self.state.size();
        dump(&self.state, cols, rows)
    }

    pub fn notice(&self) -> String {
        self.state.notices.current().map(|n| n.text.as_str().to_owned()).unwrap_or_default()
    }

    pub fn confirm(&self) -> Option<&app::Confirm> {
        match self.state.layers.last() {
            Some(app::Layer::Confirm(confirm)) => Some(confirm),
            _ => None,
        }
    }

    pub fn applied(&self) -> usize {
        self.effects.iter().filter(|e| matches!(e, Effect::Apply(_))).count()
    }
}

/// The screen as plain text.
pub fn dump(state: &State, cols: u16, rows: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(cols, rows)).unwrap();
    terminal.draw(|frame| ui::draw(state, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let mut out = String::new();
    for y in 0..rows {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..cols {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            skip = app::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
