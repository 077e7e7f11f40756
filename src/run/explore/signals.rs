//! Signals become messages.

use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};

use super::Messages;
use crate::app::Msg;

/// Listens until the program ends. SIGINT is not among them: in raw mode Ctrl-C is a key.
pub(super) fn listen(runtime: &Handle, messages: &Messages) {
    let kinds: [(SignalKind, fn() -> Msg); 2] =
        [(SignalKind::hangup(), || Msg::HangUp), (SignalKind::terminate(), || Msg::Terminate)];
    for (kind, msg) in kinds {
        let messages = messages.clone();
        runtime.spawn(async move {
            // Without a handler the signal's own effect stays, which ends the program too.
            let Ok(mut stream) = signal(kind) else { return };
            while stream.recv().await.is_some() {
                messages.send(msg());
            }
        });
    }
}
