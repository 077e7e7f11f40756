//! The thread that writes to the terminal: a terminal that does not read holds up nobody. When a frame has left,
//! somebody is told.

use std::fs::File;
use std::io::Write;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// What is written.
enum Job {
    /// A frame; its end is reported.
    Frame(Vec<u8>),
    /// Commands between frames.
    Control(Vec<u8>),
    /// Tell when everything before this has left.
    Done(Sender<()>),
}

/// The giving end.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Sender<Job>,
}

impl Writer {
    /// Starts the thread; it ends when this end is dropped or the terminal is gone.
    pub(super) fn start(terminal: File, flushed: impl Fn() + Send + 'static) -> std::io::Result<Writer> {
        let (jobs, inbox) = channel();
        std::thread::Builder::new().name("terminal".to_owned()).spawn(move || write(terminal, &inbox, flushed))?;
        Ok(Writer { jobs })
    }

    pub(super) fn frame(&self, bytes: Vec<u8>) {
        // Once the thread has ended the terminal is gone, and the watcher of hang-ups ends the program.
        let _ = self.jobs.send(Job::Frame(bytes));
    }

    pub(super) fn control(&self, bytes: Vec<u8>) {
        let _ = self.jobs.send(Job::Control(bytes));
    }

    /// Waits until everything was written, but no longer than this: a terminal may never read again.
    pub(super) fn drain(&self, limit: Duration) -> bool {
        let (done, wait) = channel();
        self.jobs.send(Job::Done(done)).is_ok() && wait.recv_timeout(limit).is_ok()
    }
}

fn write(mut terminal: File, inbox: &Receiver<Job>, flushed: impl Fn()) {
    while let Ok(job) = inbox.recv() {
        let written = match job {
            Job::Frame(bytes) => {
                let written = terminal.write_all(&bytes);
                flushed();
                written
            }
            Job::Control(bytes) => terminal.write_all(&bytes),
            Job::Done(done) => {
                let _ = done.send(());
                Ok(())
            }
        };
        if written.is_err() {
            // Frames that come later are taken and dropped, so that nobody waits for their end in vain.
            while let Ok(job) = inbox.recv() {
                match job {
                    Job::Frame(_) => flushed(),
                    Job::Done(done) => {
                        let _ = done.send(());
                    }
                    Job::Control(_) => {}
                }
            }
        }
    }
}
