//! Notices that the terminal is gone. A closed SSH connection does not always come as a signal, and a program that does
//! not notice spins or lives on.

use std::io;
use std::os::fd::AsFd;
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};

/// Calls once when the terminal hung up. The thread sleeps until then and costs nothing.
pub fn watch_hang_up(gone: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let tty = io::stdin().as_fd().try_clone_to_owned()?;
    thread::Builder::new().name("hang-up".to_owned()).spawn(move || {
        loop {
            // No event is asked for: hang-up and error are always told.
            let mut fds = [PollFd::new(&tty, PollFlags::empty())];
            match poll(&mut fds, None) {
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return,
                Ok(_) if fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) => {
                    return gone();
                }
                Ok(_) => {}
            }
        }
    })?;
    Ok(())
}
