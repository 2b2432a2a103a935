//! What is typed, in order, without ever holding up the one who types.

use super::hub::Hub;
use crate::os;
use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// A process that reads nothing must not fill our memory with what is typed at it.
const MOST_WAITING: usize = 1 << 20;

/// Bytes on their way to the process.
#[derive(Debug, Default)]
pub(crate) struct Keyboard {
    waiting: Mutex<VecDeque<u8>>,
    typed: Condvar,
}

impl Keyboard {
    /// Starts the thread that types.
    pub(crate) fn start(hub: Arc<Hub>) -> io::Result<Arc<Keyboard>> {
        let keyboard = Arc::new(Keyboard::default());
        let typing = Arc::clone(&keyboard);
        std::thread::Builder::new().name("input".into()).spawn(move || typing.run(&hub))?;
        Ok(keyboard)
    }

    /// Queues all of it, or nothing where there is no room.
    pub(crate) fn type_in(&self, hub: &Hub, bytes: &[u8]) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() + bytes.len() > MOST_WAITING {
            return false;
        }
        waiting.extend(bytes);
        hub.lock().input_waiting = waiting.len() as u64;
        self.typed.notify_one();
        true
    }

    fn run(&self, hub: &Hub) {
        loop {
            let chunk: Vec<u8> = {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                while waiting.is_empty() {
                    waiting = self.typed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                }
                // Left in the queue until the terminal has it: the room is what is really free.
                waiting.iter().take(4096).copied().collect()
            };
            let written = match rustix::io::write(&hub.master, &chunk) {
                Ok(written) => written,
                Err(rustix::io::Errno::INTR) => 0,
                Err(rustix::io::Errno::AGAIN) => {
                    if os::wait_writable(hub.master.as_fd()).is_err() {
                        return;
                    }
                    0
                }
                Err(_) => return,
            };
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.drain(..written);
            hub.lock().input_waiting = waiting.len() as u64;
        }
    }
}
