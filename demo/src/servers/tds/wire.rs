//! Bytes of the protocol (MS-TDS): packets, what clients send, tokens that a server answers with.
//!
//! Written from the published specification, and from nothing else that stands in this project.

use std::io::{self, Read, Write};

pub(super) const BATCH: u8 = 0x01;
pub(super) const RPC: u8 = 0x03;
pub(super) const REPLY: u8 = 0x04;
pub(super) const ATTENTION: u8 = 0x06;
pub(super) const LOGIN: u8 = 0x10;
pub(super) const PRELOGIN: u8 = 0x12;

/// Bytes before the content of a packet.
const HEADER: usize = 8;

/// An error of the server's: number, severity and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SqlError {
    pub(super) number: i32,
    pub(super) class: u8,
    pub(super) message: String,
}

impl SqlError {
    pub(super) fn new(number: i32, class: u8, message: &str) -> SqlError {
        SqlError { number, class, message: message.to_owned() }
    }

    /// A statement that is none of those known here.
    pub(super) fn syntax(near: &str) -> SqlError {
        SqlError::new(102, 15, &format!("Incorrect syntax near '{near}'."))
    }
}

/// Both ways of a connection.
pub(super) trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// One whole message, of one or more packets: its type and its content.
pub(super) fn read_message(from: &mut dyn Read) -> io::Result<(u8, Vec<u8>)> {
    let mut content = Vec::new();
    loop {
        let mut header = [0; HEADER];
        from.read_exact(&mut header)?;
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        if length < HEADER {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a packet shorter than its header"));
        }
        let start = content.len();
        content.resize(start + length - HEADER, 0);
        from.read_exact(&mut content[start..])?;
        if content.len() > 256 << 20 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a message of more than 256 MiB"));
        }
        if header[1] & 1 != 0 {
            return Ok((header[0], content));
        }
    }
}

/// Writes one message in packets no longer than agreed.
pub(super) struct Message<'a> {
    to: &'a mut dyn Stream,
    kind: u8,
    content: Vec<u8>,
    size: usize,
    id: u8,
}

impl<'a> Message<'a> {
    pub(super) fn new(to: &'a mut dyn Stream, kind: u8, packet_size: usize) -> Message<'a> {
        Message { to, kind, content: Vec::with_capacity(packet_size), size: packet_size - HEADER, id: 0 }
    }

    /// Appends; whole packets leave at once.
    pub(super) fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.content.extend_from_slice(bytes);
        while self.content.len() > self.size {
            let rest = self.content.split_off(self.size);
            let packet = std::mem::replace(&mut self.content, rest);
            self.send(&packet, false)?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        let packet = std::mem::take(&mut self.content);
        self.send(&packet, true)?;
        self.to.flush()
    }

    fn send(&mut self, content: &[u8], is_last: bool) -> io::Result<()> {
        self.id = self.id.wrapping_add(1);
        let length = u16::try_from(content.len() + HEADER).unwrap_or(u16::MAX).to_be_bytes();
        let mut packet = vec![self.kind, u8::from(is_last), length[0], length[1], 0, 0, self.id, 0];
        packet.extend_from_slice(content);
        self.to.write_all(&packet)
    }
}

/// The content of a greeting that says this of encryption.
pub(super) fn prelogin(encryption: u8) -> Vec<u8> {
    // Version 16.0.1000, encryption, several results at once: no.
    let mut content = vec![0, 0, 16, 0, 6, 1, 0, 22, 0, 1, 4, 0, 23, 0, 1, 0xff];
    content.extend([16, 0, 0x03, 0xe8, 0, 0, encryption, 0]);
    content
}

/// What a client's greeting says of encryption.
pub(super) fn asked_encryption(content: &[u8]) -> Option<u8> {
    let mut rest = content;
    while let [kind, high, low, _, _, more @ ..] = rest {
        match kind {
            0xff => return None,
            1 => return content.get(usize::from(u16::from_be_bytes([*high, *low]))).copied(),
            _ => rest = more,
        }
    }
    None
}

/// What a client says to log in.
#[derive(Clone, Debug, Default)]
pub(super) struct Login {
    pub(super) packet_size: u32,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) database: String,
}

impl Login {
    pub(super) fn read(content: &[u8]) -> Option<Login> {
        let two =
            |at: usize| Some(usize::from(u16::from_le_bytes([*content.get(at)?, *content.get(at + 1)?])));
        let bytes = |at: usize| content.get(two(at)?..two(at)? + two(at + 2)? * 2);
        let text = |at: usize| Some(utf16(bytes(at)?));
        let plain: Vec<u8> = bytes(44)?.iter().map(|byte| (byte ^ 0xa5).rotate_left(4)).collect();
        Some(Login {
            packet_size: u32::from_le_bytes(content.get(8..12)?.try_into().ok()?),
            user: text(40)?,
            password: utf16(&plain),
            database: text(68)?,
        })
    }
}

/// Text of UTF-16, low byte first.
pub(super) fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
    String::from_utf16_lossy(&units)
}

pub(super) fn to_utf16(text: &str) -> Vec<u8> {
    if text.is_ascii() {
        // Cells of megabytes are tested without optimisation: the shortest loop there is.
        let mut bytes = vec![0; text.len() * 2];
        for (two, byte) in bytes.chunks_exact_mut(2).zip(text.as_bytes()) {
            two[0] = *byte;
        }
        return bytes;
    }
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A short text: the number of its units in one byte.
pub(super) fn short(out: &mut Vec<u8>, text: &str) {
    let units = to_utf16(text);
    out.push(u8::try_from(units.len() / 2).unwrap_or(0));
    out.extend(units);
}

fn token(out: &mut Vec<u8>, kind: u8, content: &[u8]) {
    out.push(kind);
    out.extend(u16::try_from(content.len()).unwrap_or(u16::MAX).to_le_bytes());
    out.extend_from_slice(content);
}

/// Says that the login was accepted, in version 7.4.
pub(super) fn login_ack(out: &mut Vec<u8>) {
    let mut content = vec![1, 0x74, 0, 0, 4];
    short(&mut content, "Microsoft SQL Server");
    content.extend([16, 0, 0x03, 0xe8]);
    token(out, 0xad, &content);
}

/// A change of the surroundings whose values are texts: 1 database, 2 language, 4 packet size.
pub(super) fn changed(out: &mut Vec<u8>, kind: u8, new: &str, old: &str) {
    let mut content = vec![kind];
    short(&mut content, new);
    short(&mut content, old);
    token(out, 0xe3, &content);
}

/// A change whose values are bytes: 7 collation, 8 transaction begun, 9 transaction committed.
pub(super) fn changed_bytes(out: &mut Vec<u8>, kind: u8, new: &[u8], old: &[u8]) {
    let mut content = vec![kind];
    for value in [new, old] {
        content.push(u8::try_from(value.len()).unwrap_or(0));
        content.extend_from_slice(value);
    }
    token(out, 0xe3, &content);
}

pub(super) fn error(out: &mut Vec<u8>, error: &SqlError) {
    let mut content = error.number.to_le_bytes().to_vec();
    content.extend([1, error.class]);
    let message = to_utf16(&error.message);
    content.extend(u16::try_from(message.len() / 2).unwrap_or(0).to_le_bytes());
    content.extend(message);
    short(&mut content, "TESTSERVER");
    short(&mut content, "");
    content.extend(1_u32.to_le_bytes());
    token(out, 0xaa, &content);
}

/// The end of a statement: 0xfd in a batch, 0xff in a procedure, 0xfe of a procedure.
pub(super) fn done(out: &mut Vec<u8>, kind: u8, status: u16, n_rows: u64) {
    out.push(kind);
    out.extend(status.to_le_bytes());
    out.extend(0xc1_u16.to_le_bytes());
    out.extend(n_rows.to_le_bytes());
}
