//! The buffers of a connection.

use std::fmt;

use ureq::unversioned::transport::Buffers;
use zeroize::zeroize_bytes;

/// Input and output. Secrets pass through the buffers, so they are wiped.
#[derive(Default)]
pub(super) struct WipedBuffers {
    input: Vec<u8>,
    /// The part of the input that is filled and not yet consumed.
    from: usize,
    to: usize,
    /// How much of the input has been filled at any time since it was last wiped.
    touched: usize,
    /// Whether the last `input_consume` consumed anything.
    progress: bool,
    output: Vec<u8>,
    /// How much of the output is waiting to be sent.
    held: usize,
}

/// The initial size of a buffer.
const SIZE: usize = 16 * 1024;
/// The largest size that the input grows to; ureq refuses longer headers before that.
const MAX_SIZE: usize = 8 * SIZE;
/// The room for the body that is kept free after a head that waits for it.
const FOR_BODY: usize = 4 * 1024;

impl WipedBuffers {
    /// Makes room for a head of about this size.
    pub(super) fn prepare(&mut self, head: usize) {
        let size = SIZE.max(head + 2 * FOR_BODY);
        if self.output.len() < size {
            self.output.resize(size, 0);
        }
        if self.input.is_empty() {
            self.input.resize(SIZE, 0);
        }
    }

    pub(super) fn held(&self) -> &[u8] {
        &self.output[..self.held]
    }

    pub(super) fn hold(&mut self, amount: usize) {
        self.held += amount;
    }

    pub(super) fn has_more(&self) -> bool {
        self.output.len() - self.held >= FOR_BODY
    }

    pub(super) fn wipe_output(&mut self) {
        zeroize_bytes(&mut self.output[..self.held]);
        self.held = 0;
    }

    pub(super) fn wipe(&mut self) {
        self.wipe_output();
        zeroize_bytes(&mut self.input[..self.touched]);
        (self.from, self.to, self.touched, self.progress) = (0, 0, 0, false);
        // Large answers are rare.
        if self.input.len() > SIZE {
            self.input = Vec::new();
        }
    }
}

impl Buffers for WipedBuffers {
    fn output(&mut self) -> &mut [u8] {
        &mut self.output[self.held..]
    }

    fn input(&self) -> &[u8] {
        &self.input[self.from..self.to]
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        if self.from == self.to {
            (self.from, self.to) = (0, 0);
        } else if self.to == self.input.len() {
            self.input.copy_within(self.from..self.to, 0);
            (self.from, self.to) = (0, self.to - self.from);
            if self.to > self.input.len() / 2 && self.input.len() < MAX_SIZE {
                self.grow();
            }
        }
        &mut self.input[self.to..]
    }

    fn input_appended(&mut self, amount: usize) {
        self.to += amount;
        self.touched = self.touched.max(self.to);
    }

    fn input_consume(&mut self, amount: usize) {
        self.progress = amount > 0;
        self.from += amount;
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        // Nothing is read before the request is sent, so the input is free.
        (&mut self.input[self.to..], &mut self.output[self.held..])
    }

    fn can_use_input(&self) -> bool {
        self.from < self.to && self.progress
    }
}

impl WipedBuffers {
    /// Doubles the input, and wipes the old buffer.
    fn grow(&mut self) {
        let mut larger = vec![0; 2 * self.input.len()];
        larger[..self.to].copy_from_slice(&self.input[..self.to]);
        zeroize_bytes(&mut self.input);
        self.input = larger;
    }
}

impl fmt::Debug for WipedBuffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WipedBuffers")
    }
}
