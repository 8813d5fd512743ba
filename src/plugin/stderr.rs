//! Standard error, which somebody may have stopped reading.
//!
//! A pipe holds a few pages; who writes more waits for the reader, and if that was a log line, the whole
//! process waits. So only one thread ever writes, and everybody else leaves lines in a queue that never keeps
//! them waiting: what finds it full is counted and dropped. Knows nothing of what the lines say.

use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use tracing::error;

/// How much may wait to be written: many seconds of the most detailed log, and little beside what the process
/// takes.
const BYTES_MAX: usize = 4 << 20;

/// How long the last words are waited for. Together with the time that work gets after `Shutdown`, it must be
/// less than the two seconds after which the host kills.
const LAST_WORDS_TIME_MAX: Duration = Duration::from_millis(500);

/// The queue of this process. None until something is said.
static QUEUE: OnceLock<Option<Arc<Queue>>> = OnceLock::new();

/// Writes `line` as soon as somebody reads, and returns at once. Drops it where too much waits already.
pub(super) fn log(line: &[u8]) {
    if let Some(queue) = queue() {
        queue.push(line, Weight::Droppable);
    }
}

/// Writes `text`, which is never dropped, and waits for it, but not for long.
pub(super) fn tell(text: &str) {
    match queue() {
        Some(queue) => {
            queue.push(text.as_bytes(), Weight::Kept);
            queue.wait_written(LAST_WORDS_TIME_MAX);
        }
        // No thread is to be had. Nobody left to read it is no reason to fail.
        None => drop(io::stderr().lock().write_all(text.as_bytes())),
    }
}

/// Waits, but not for long, until all that was said is written. What is not is lost with the process.
pub(super) fn flush() {
    if let Some(Some(queue)) = QUEUE.get() {
        queue.wait_written(LAST_WORDS_TIME_MAX);
    }
}

/// The queue, with its thread; `None` where the system refuses one.
fn queue() -> Option<&'static Queue> {
    let start = || {
        let queue = Arc::new(Queue::default());
        let writer = Arc::clone(&queue);
        let write = move || {
            writer.write(
                // A host that is gone reads no log; that is not this line's problem.
                |line| drop(io::stderr().lock().write_all(line)),
                // Of the highest level, to be there at any; it finds the queue empty.
                |dropped| error!(dropped, "log lines are missing here: nobody read stderr in time"),
            );
        };
        thread::Builder::new().name("stderr".to_owned()).spawn(write).ok().map(|_| queue)
    };
    QUEUE.get_or_init(start).as_deref()
}

/// Lines on their way to the one who writes.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// How many lines were dropped since it was last said.
    dropped: u64,
    /// A line was taken and may not be written yet.
    writing: bool,
}

/// What becomes of a line that finds the queue full.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    Droppable,
    Kept,
}

/// What there is to do for the one who writes.
enum Next {
    Line(Vec<u8>),
    Dropped(u64),
}

impl Queue {
    fn push(&self, line: &[u8], weight: Weight) {
        let mut state = self.lock();
        if weight == Weight::Droppable && state.bytes + line.len() > BYTES_MAX {
            state.dropped = state.dropped.saturating_add(1);
            return;
        }
        state.bytes += line.len();
        state.lines.push_back(line.to_owned());
        self.changed.notify_all();
    }

    /// Passes every line to `write`, for ever; and to `tell_dropped` how many are missing, each time that all
    /// others are written.
    fn write(&self, write: impl Fn(&[u8]), tell_dropped: impl Fn(u64)) {
        loop {
            // Outside of the lock: either may wait, and the second pushes a line.
            match self.next() {
                Next::Line(line) => write(&line),
                Next::Dropped(dropped) => tell_dropped(dropped),
            }
        }
    }

    fn next(&self) -> Next {
        let mut state = self.lock();
        state.writing = false;
        self.changed.notify_all();
        loop {
            if let Some(line) = state.lines.pop_front() {
                state.bytes -= line.len();
                state.writing = true;
                return Next::Line(line);
            }
            if state.dropped > 0 {
                state.writing = true;
                return Next::Dropped(std::mem::take(&mut state.dropped));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until nothing is left to write, but no longer than `time_max`.
    fn wait_written(&self, time_max: Duration) {
        let unwritten = |state: &mut State| state.writing || !state.lines.is_empty() || state.dropped > 0;
        drop(self.changed.wait_timeout_while(self.lock(), time_max, unwritten));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(1);

    /// What is taken next, which must be there already.
    fn taken(queue: &Queue) -> String {
        assert!(
            {
                let state = queue.lock();
                !state.lines.is_empty() || state.dropped > 0
            },
            "nothing is there"
        );
        match queue.next() {
            Next::Line(line) => String::from_utf8(line).unwrap().trim_end().to_owned(),
            Next::Dropped(dropped) => format!("{dropped} dropped"),
        }
    }

    #[test]
    fn lines_are_written_in_the_order_in_which_they_came() {
        let queue = Queue::default();
        for line in ["one", "two", "three"] {
            queue.push(line.as_bytes(), Weight::Droppable);
        }
        assert_eq!([taken(&queue), taken(&queue), taken(&queue)], ["one", "two", "three"]);
    }

    #[test]
    fn nobody_waits_for_a_reader_and_what_was_dropped_is_told_once_the_rest_is_written() {
        let queue = Queue::default();
        let line = |letter: char| format!("{letter}{}", " ".repeat(BYTES_MAX / 2 - 1));
        for letter in ['a', 'b', 'c', 'd'] {
            queue.push(line(letter).as_bytes(), Weight::Droppable);
        }
        assert_eq!(taken(&queue), "a");
        queue.push(line('e').as_bytes(), Weight::Droppable);
        queue.push(line('f').as_bytes(), Weight::Droppable);
        assert_eq!([taken(&queue), taken(&queue), taken(&queue)], ["b", "e", "3 dropped"]);
        queue.push(line('g').as_bytes(), Weight::Droppable);
        assert_eq!(taken(&queue), "g");
    }

    #[test]
    fn what_must_be_told_finds_room_in_a_full_queue() {
        let queue = Queue::default();
        queue.push(&vec![b' '; BYTES_MAX], Weight::Droppable);
        queue.push(b"dropped", Weight::Droppable);
        queue.push(b"panic: lost", Weight::Kept);
        assert_eq!([taken(&queue), taken(&queue), taken(&queue)], ["", "panic: lost", "1 dropped"]);
    }

    #[test]
    fn the_end_waits_until_the_last_line_is_written_but_not_for_ever() {
        let queue = Queue::default();
        queue.push(b"line", Weight::Droppable);
        queue.wait_written(SOON);
        assert_eq!(taken(&queue), "line");
        assert!(queue.lock().writing, "it was taken, and nobody knows yet that it is written");
        queue.wait_written(SOON);

        queue.push(b"last", Weight::Droppable);
        thread::scope(|scope| {
            let writer = scope.spawn(|| [queue.next(), queue.next()].len());
            // Twice the patience of any test, and over as soon as the writer asks for a third.
            queue.wait_written(Duration::from_mins(1));
            queue.push(b"end", Weight::Kept);
            writer.join().unwrap();
        });
    }
}
