//! Whole screens at several sizes, and every size without a panic.
#![allow(clippy::unwrap_used, reason = "a test may")]

mod app_world;

use app_world::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color as C;
use tenantry::app::{Color, JobEvent, Layer, Msg, RequestLine, StateInit};
use tenantry::domain::facts::FactSink;
use tenantry::domain::plan::Outcome;
use tenantry::store::Builder;
use tenantry::ui;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (160, 50)];

/// Screens worth a picture: name and the keys that lead there.
const SCREENS: [(&str, &str); 16] = [
    ("findings", ""),
    ("findings_of_kind", "j j Enter"),
    ("card", "1 j Enter Enter"),
    ("users", "2"),
    ("users_marked", "2 j Space Space v j"),
    ("user", "2 j j j j Enter"),
    ("groups", "3"),
    ("group", "3 Enter"),
    ("skus", "4 j"),
    ("location", "2 j u ger"),
    ("confirm", "2 j u Enter"),
    ("confirm_assign", "2 Space Space Space Space l a off Enter"),
    ("confirm_reprocess", "1 j j Enter f 1"),
    ("fix", "2 j j j j f"),
    ("help", "2 ?"),
    ("palette", "2 : mark"),
];

fn requests(driver: &mut Driver) {
    for (n, status) in [(1, Some(200)), (2, Some(429)), (3, None)] {
        driver.send(Msg::Request(RequestLine {
            method: "GET".to_owned(),
            path: format!("/users?$top=999&page={n}"),
            status,
            ms: 120 + n,
            retries: u32::from(n == 2),
            request_id: Some(format!("5b0c{n}")),
        }));
    }
}

fn snapshots(settings: &mut insta::Settings) {
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
}

#[test]
fn main_screens() {
    let mut settings = insta::Settings::clone_current();
    snapshots(&mut settings);
    settings.bind(|| {
        for (cols, rows) in SIZES {
            for (name, script) in SCREENS {
                let mut d = Driver::new(init(cols, rows));
                d.real_plans = true;
                d.keys(script);
                insta::assert_snapshot!(format!("{name}_{cols}x{rows}"), d.screen());
            }
            let mut d = Driver::new(init(cols, rows));
            d.keys("2 Space Space Space u Enter y 5");
            d.send(Msg::Job(JobEvent::Started { run: "20250602-1".to_owned(), total: 3 }));
            d.send(Msg::Job(JobEvent::Row { step: 0, outcome: Outcome::Done }));
            d.send(Msg::Job(JobEvent::Row { step: 1, outcome: Outcome::Unknown { why: "no answer".to_owned() } }));
            insta::assert_snapshot!(format!("runs_{cols}x{rows}"), d.screen());
            requests(&mut d);
            d.keys("6");
            insta::assert_snapshot!(format!("requests_{cols}x{rows}"), d.screen());
        }
    });
}

#[test]
fn audit_demo_ascii_and_loading() {
    let mut settings = insta::Settings::clone_current();
    snapshots(&mut settings);
    settings.bind(|| {
        let mut d = Driver::new(StateInit { demo: true, ascii: true, ..read_only(80, 24) });
        d.keys("2 j Enter");
        insta::assert_snapshot!("audit_demo_ascii_80x24", d.screen());
        let d = Driver::empty(init(80, 24));
        insta::assert_snapshot!("connecting_80x24", d.screen());
        let d = Driver::new(init(60, 20));
        insta::assert_snapshot!("findings_60x20", d.screen());
        let d = Driver::new(init(39, 9));
        assert_eq!(d.screen().lines().next(), Some("tenantry needs 40x10; q quits"));
    });
}

fn every_screen(start: StateInit) -> Vec<Driver> {
    let mut drivers = Vec::new();
    for (_, script) in SCREENS {
        let mut d = Driver::new(start.clone());
        d.keys(script);
        drivers.push(d);
    }
    let mut d = Driver::new(start.clone());
    d.keys("2 Space Space Space u Enter y 5");
    requests(&mut d);
    drivers.push(d);
    for script in ["6", "2 / sku:", "2 j x", "m", "2 Space / zzz Enter u", "2 l", "2 j l a", "s", "2 s", "2 y"] {
        let mut d = Driver::new(start.clone());
        d.keys(script);
        drivers.push(d);
    }
    drivers.push(Driver::empty(start));
    drivers
}

#[test]
fn no_size_panics() {
    let mut random = fastrand::Rng::with_seed(1);
    for mut d in every_screen(init(100, 30)) {
        let mut sizes: Vec<(u16, u16)> = (0..60).map(|_| (random.u16(0..=200), random.u16(0..=60))).collect();
        sizes.extend([(0, 0), (1, 1), (0, 60), (200, 0), (40, 10), (39, 10), (40, 9), (119, 10), (120, 10), (200, 60)]);
        for (cols, rows) in sizes {
            d.send(Msg::Resize { cols, rows });
            dump(&d.state, cols, rows);
            // The terminal may have another size than the state knows of, for a moment.
            dump(&d.state, random.u16(0..=200), random.u16(0..=60));
        }
    }
}

#[test]
fn without_color_no_cell_has_one() {
    for d in every_screen(StateInit { color: Color::Mono, ..init(120, 40) }) {
        let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
        terminal.draw(|frame| ui::draw(&d.state, frame)).unwrap();
        for cell in terminal.backend().buffer().content() {
            assert!(cell.fg == C::Reset && cell.bg == C::Reset, "{:?}", cell);
        }
    }
}

#[test]
fn on_an_ascii_screen_the_program_itself_writes_ascii() {
    for d in every_screen(StateInit { ascii: true, ..init(120, 40) }) {
        // Names of the tenant and of countries keep their letters.
        let own = d.screen().replace("Zoë Müller", "").replace("王小明", "");
        let strange: String = own.chars().filter(|c| !c.is_ascii() && !c.is_alphabetic()).collect();
        assert_eq!(strange, "", "{own}");
    }
}

#[test]
fn a_hostile_name_acts_on_no_screen() {
    let attack = "Eve\u{1b}]0;x\u{7}\u{202e}\u{9b}31m\u{200b}";
    let mut builder = Builder::new(now());
    fill(&mut builder, 0);
    let mut group = tenantry::domain::facts::Group::unknown(group_id(1));
    group.display_name = attack.to_owned();
    group.rule = Some(attack.to_owned());
    builder.group(group);
    let facts = tenantry::domain::facts::UserFacts {
        id: user_id(1),
        upn: attack,
        display_name: attack,
        mail: Some(attack),
        usage_location: Some(attack),
        country: Some(attack),
        department: Some(attack),
        office: Some(attack),
        enabled: Some(true),
        user_type: Default::default(),
        sync: Default::default(),
        provisioning_error: false,
        assigned: &[],
        states: &[],
        proxies: &[],
    };
    builder.user(&facts);
    let snapshot = builder.snapshot();
    for script in [
        "",
        "2",
        "2 / Eve Enter Enter",
        "2 / Eve Enter u",
        "2 / Eve Enter u Enter",
        "2 / Eve Enter y",
        "2 / Eve Enter f",
        "2 / Eve Enter x",
        "3 Enter",
        "2 / Eve Enter u Enter y 5",
    ] {
        for size in SIZES {
            let mut d = Driver::empty(StateInit {
                who: attack.to_owned(),
                tenant: Some(attack.to_owned()),
                ..init(size.0, size.1)
            });
            d.send(Msg::Snapshot(snapshot.clone()));
            d.send(Msg::Notice { text: attack.to_owned(), severity: tenantry::domain::kind::Severity::Error });
            let screen = d.screen();
            d.keys(script);
            for screen in [screen, d.screen()] {
                let acting = screen.chars().any(|c| (c.is_control() && c != '\n') || "\u{202e}\u{200b}".contains(c));
                assert!(!acting, "{script}: {screen:?}");
            }
        }
    }
}

#[test]
fn a_frame_of_a_filter_error_underlines_its_column() {
    let mut d = Driver::new(init(80, 24));
    d.keys("2 / a Space dpt:x");
    assert!(matches!(d.state.layers.last(), Some(Layer::Filter(_))));
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal.draw(|frame| ui::draw(&d.state, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let underlined: String = (0..80)
        .filter(|x| buffer[(*x, 22)].modifier.contains(ratatui::style::Modifier::UNDERLINED))
        .map(|x| buffer[(x, 22)].symbol())
        .collect();
    assert_eq!(underlined, "dpt:x");
}
