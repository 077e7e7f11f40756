//! The built program in a pseudo terminal: keys go in as bytes, the screen is what a terminal would show. Nothing
//! sleeps for a fixed time: a wait ends as soon as the screen shows what was waited for, or fails with the screen.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal};

/// How long anything may take on a slow machine under load.
pub const DEADLINE: Duration = Duration::from_secs(60);
/// How long a key that may come too early is given before it is pressed again.
const AGAIN: Duration = Duration::from_millis(700);

pub const ENTER: &str = "\r";
pub const ESC: &str = "\x1b";

/// What came out of the program.
struct Output {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    /// The reader is to end: the terminal is about to hang up.
    stop: bool,
}

type Shared = Arc<(Mutex<Output>, Condvar)>;

/// A program in a terminal.
pub struct Terminal {
    shared: Shared,
    reader: Option<JoinHandle<()>>,
    writer: Option<Box<dyn Write + Send>>,
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    _home: tempfile::TempDir,
}

/// How a program is started.
pub struct Start {
    command: CommandBuilder,
    home: tempfile::TempDir,
    size: (u16, u16),
}

/// The built program with arguments, with nothing of this machine's settings.
pub fn tenantry(arguments: &[&str]) -> Start {
    program(env!("CARGO_BIN_EXE_tenantry"), arguments)
}

/// Some program.
pub fn program(name: &str, arguments: &[&str]) -> Start {
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new(name);
    command.args(arguments);
    command.env_clear();
    command.env("HOME", home.path());
    for (name, folder) in [("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state"), ("XDG_CACHE_HOME", "cache")] {
        command.env(name, home.path().join(folder));
    }
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    command.cwd(home.path());
    Start { command, home, size: (80, 24) }
}

impl Start {
    pub fn env(mut self, name: &str, value: &str) -> Start {
        self.command.env(name, value);
        self
    }

    /// Columns and rows.
    pub fn size(mut self, columns: u16, rows: u16) -> Start {
        self.size = (columns, rows);
        self
    }

    /// A file below the home directory of the program.
    pub fn file(self, path: &str, text: &str) -> Start {
        let path = self.home.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub fn spawn(self) -> Terminal {
        let (columns, rows) = self.size;
        let pair = native_pty_system().openpty(pty_size(columns, rows)).unwrap();
        let child = pair.slave.spawn_command(self.command).unwrap();
        drop(pair.slave);
        let mut source = pair.master.try_clone_reader().unwrap();
        let parser = vt100::Parser::new(cells(rows), cells(columns), 0);
        let shared: Shared = Arc::new((Mutex::new(Output { parser, bytes: Vec::new(), stop: false }), Condvar::new()));
        let into = Arc::clone(&shared);
        let reader = std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            // The end of a pseudo terminal is an error on Linux.
            while let Ok(len @ 1..) = source.read(&mut buffer) {
                let mut output = into.0.lock().unwrap();
                output.parser.process(&buffer[..len]);
                output.bytes.extend_from_slice(&buffer[..len]);
                into.1.notify_all();
                if output.stop {
                    return;
                }
            }
        });
        let writer = Some(pair.master.take_writer().unwrap());
        Terminal { shared, reader: Some(reader), writer, master: Some(pair.master), child, _home: self.home }
    }
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

impl Terminal {
    fn output(&self) -> MutexGuard<'_, Output> {
        self.shared.0.lock().unwrap()
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        self.output().parser.screen().contents()
    }

    /// Looks at the screen as a terminal knows it.
    pub fn look<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.output().parser.screen())
    }

    /// Everything that was written to the terminal so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.output().bytes.clone()
    }

    /// Waits until the condition holds, no longer than this. Says whether it came to hold.
    fn holds(&self, limit: Duration, condition: &dyn Fn(&str) -> bool) -> bool {
        let until = Instant::now() + limit;
        let mut output = self.output();
        loop {
            if condition(&output.parser.screen().contents()) {
                return true;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            output = self.shared.1.wait_timeout(output, left).unwrap().0;
        }
    }

    /// Waits until the screen satisfies the condition.
    #[track_caller]
    pub fn wait(&self, what: &str, condition: impl Fn(&str) -> bool) {
        assert!(self.holds(DEADLINE, &condition), "waited in vain for {what}:\n{}", self.screen());
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    pub fn shows(&self, text: &str) {
        self.wait(text, |screen| screen.contains(text));
    }

    /// Waits until the screen does not show a text any more.
    #[track_caller]
    pub fn hides(&self, text: &str) {
        self.wait(&format!("{text} to go away"), |screen| !screen.contains(text));
    }

    /// Waits until something that is more than text holds.
    #[track_caller]
    pub fn until(&self, what: &str, condition: impl Fn(&Terminal) -> bool) {
        let until = Instant::now() + DEADLINE;
        while !condition(self) {
            assert!(Instant::now() < until, "waited in vain for {what}:\n{}", self.screen());
            let output = self.output();
            drop(self.shared.1.wait_timeout(output, Duration::from_millis(20)).unwrap());
        }
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        let writer = self.writer.as_mut().expect("the terminal hung up");
        writer.write_all(keys.as_bytes()).and_then(|()| writer.flush()).unwrap();
    }

    /// Types and waits for a text.
    #[track_caller]
    pub fn type_until(&mut self, keys: &str, text: &str) {
        self.keys(keys);
        self.shows(text);
    }

    /// Presses a key again and again until the condition holds: what comes too early does not count.
    #[track_caller]
    pub fn insist(&mut self, keys: &str, what: &str, condition: impl Fn(&str) -> bool) {
        let until = Instant::now() + DEADLINE;
        while Instant::now() < until {
            self.keys(keys);
            if self.holds(AGAIN, &condition) {
                return;
            }
        }
        panic!("pressed {keys:?} in vain for {what}:\n{}", self.screen());
    }

    /// Waits until nothing was written for this long, and says how often something was.
    pub fn quiet_for(&self, span: Duration) -> usize {
        let mut broken = 0;
        let mut output = self.output();
        loop {
            let before = output.bytes.len();
            let (next, time) =
                self.shared.1.wait_timeout_while(output, span, |output| output.bytes.len() == before).unwrap();
            output = next;
            if time.timed_out() {
                return broken;
            }
            broken += 1;
            assert!(broken < 200, "the screen never comes to rest:\n{}", output.parser.screen().contents());
        }
    }

    /// The terminal has another size from now on.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        // First the screen that interprets, then the program that draws on it.
        self.output().parser.screen_mut().set_size(cells(rows), cells(columns));
        self.master.as_ref().expect("the terminal hung up").resize(pty_size(columns, rows)).unwrap();
    }

    /// Whether the terminal hands over keys one by one and unechoed, as its settings say.
    pub fn is_raw(&self) -> bool {
        let name = self.master.as_ref().and_then(|m| m.tty_name()).unwrap();
        raw(&tty(&name))
    }

    /// Keeps the settings of the terminal alive beyond the end of the program.
    pub fn hold(&self) -> Held {
        Held(tty(&self.master.as_ref().and_then(|m| m.tty_name()).unwrap()))
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.process_id().unwrap()).unwrap()).unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        rustix::process::kill_process(self.pid(), signal).unwrap();
    }

    /// The terminal goes away, as when a connection breaks.
    pub fn hang_up(&mut self) {
        self.output().stop = true;
        // The reader holds the terminal until it has read once more: a resize makes the program write.
        let (rows, columns) = self.look(vt100::Screen::size);
        self.resize(columns.get() + 1, rows.get());
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.writer = None;
        self.master = None;
    }

    /// Waits for the end of the program: its exit code, and the signal that ended it, if one did.
    #[track_caller]
    pub fn ends(&mut self) -> (u32, Option<String>) {
        let until = Instant::now() + DEADLINE;
        // A process cannot be waited for with a limit: it is asked, at the rate that a condition variable times out.
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status.exit_code(), status.signal().map(str::to_owned));
            }
            let output = self.shared.0.lock().unwrap();
            drop(self.shared.1.wait_timeout(output, Duration::from_millis(20)).unwrap());
        }
        panic!("the program does not end:\n{}", self.screen());
    }

    /// After the end: everything that was written has been read.
    pub fn drained(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A failed test leaves no program behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The terminal from the side of the program. While this lives its settings do.
pub struct Held(std::fs::File);

impl Held {
    pub fn is_raw(&self) -> bool {
        raw(&self.0)
    }
}

fn tty(name: &Path) -> std::fs::File {
    use std::os::unix::fs::OpenOptionsExt;
    let no_control = i32::try_from(rustix::fs::OFlags::NOCTTY.bits()).unwrap();
    std::fs::OpenOptions::new().read(true).write(true).custom_flags(no_control).open(name).unwrap()
}

fn raw(tty: &std::fs::File) -> bool {
    use rustix::termios::LocalModes;
    let modes = rustix::termios::tcgetattr(tty).unwrap().local_modes;
    !modes.intersects(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
}

/// Ends the program with `q` and checks that the terminal is as it was.
#[track_caller]
pub fn quit_and_check(mut terminal: Terminal) {
    let held = terminal.hold();
    assert!(held.is_raw() && terminal.look(vt100::Screen::alternate_screen));
    terminal.keys("q");
    assert_eq!(terminal.ends(), (0, None), "{}", terminal.screen());
    check_restored(terminal, held);
}

/// The terminal of a program that has ended is as it was.
#[track_caller]
pub fn check_restored(mut terminal: Terminal, held: Held) {
    assert!(!held.is_raw(), "the terminal is still raw");
    drop(held);
    terminal.drained();
    terminal.look(|screen| {
        assert!(!screen.alternate_screen(), "still on the other screen");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is still on");
        assert_eq!(screen.contents().trim(), "", "something was left on the screen");
    });
}
