//! An owner's client: it logs in, sends batches and hears whether they went well. It reads no rows.
//!
//! Written from the published specification, beside the server; it goes to real servers too, unencrypted, where they
//! do not insist.

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use super::TdsError;
use super::wire::{self, Message, read_message, to_utf16, utf16};

/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where a server is, and as whom to write there: `mssql://user:password@host:port/database`.
#[derive(Clone, PartialEq, Eq)]
pub struct TdsUrl {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Account.
    pub user: String,
    /// Its password.
    pub password: String,
    /// Database; `master` where none is named.
    pub database: String,
}

impl TdsUrl {
    /// Of a text; `None` where it is none of that form.
    #[must_use]
    pub fn parse(url: &str) -> Option<TdsUrl> {
        let (account, place) = url.strip_prefix("mssql://")?.rsplit_once('@')?;
        let (user, password) = account.split_once(':')?;
        let (address, database) = place.split_once('/').unwrap_or((place, ""));
        let (host, port) = address.rsplit_once(':').unwrap_or((address, "1433"));
        let database = if database.is_empty() { "master" } else { database };
        let is_whole = ![host, user].contains(&"");
        let port = port.parse().ok().filter(|_| is_whole)?;
        let [host, user, password, database] = [host, user, password, database].map(str::to_owned);
        Some(TdsUrl { host, port, user, password, database })
    }
}

/// What a batch failed with.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The way there.
    #[error("the server cannot be reached")]
    Network(#[from] io::Error),
    /// The server's own words.
    #[error("the server refuses")]
    Server(#[from] TdsError),
    /// It only speaks encrypted, or not at all.
    #[error("{0}")]
    Protocol(&'static str),
}

/// A connection.
pub struct TdsClient {
    socket: TcpStream,
}

impl TdsClient {
    /// Logs in.
    ///
    /// # Errors
    /// When there is no such server, account or database, or it insists on encryption.
    pub fn connect(url: &TdsUrl) -> Result<TdsClient, ClientError> {
        let mut socket = TcpStream::connect((url.host.as_str(), url.port))?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        // 2: this side cannot encrypt.
        send(&mut socket, wire::PRELOGIN, &wire::prelogin(2))?;
        let (_, greeting) = read_message(&mut socket)?;
        if !matches!(wire::asked_encryption(&greeting), Some(0 | 2)) {
            return Err(ClientError::Protocol("the server insists on encryption"));
        }
        send(&mut socket, wire::LOGIN, &login(url))?;
        let (_, answer) = read_message(&mut socket)?;
        heard(&answer)?;
        Ok(TdsClient { socket })
    }

    /// Runs statements that give no rows; how many rows they changed.
    ///
    /// # Errors
    /// When the server refuses one.
    pub fn run(&mut self, text: &str) -> Result<u64, ClientError> {
        // One header: no transaction, one request at a time.
        let mut content = vec![22, 0, 0, 0, 18, 0, 0, 0, 2, 0];
        content.extend([0; 8]);
        content.extend([1, 0, 0, 0]);
        content.extend(to_utf16(text));
        send(&mut self.socket, wire::BATCH, &content)?;
        let (_, answer) = read_message(&mut self.socket)?;
        heard(&answer)
    }
}

fn send(socket: &mut TcpStream, kind: u8, content: &[u8]) -> io::Result<()> {
    let mut message = Message::new(socket, kind, 4096);
    message.put(content)?;
    message.finish()
}

fn login(url: &TdsUrl) -> Vec<u8> {
    let hidden: Vec<u8> = to_utf16(&url.password).iter().map(|byte| byte.rotate_left(4) ^ 0xa5).collect();
    let texts: [Vec<u8>; 9] = [
        to_utf16("owner"),
        to_utf16(&url.user),
        hidden,
        to_utf16("tongjian-demo"),
        to_utf16(&url.host),
        Vec::new(),
        Vec::new(),
        Vec::new(),
        to_utf16(&url.database),
    ];
    // Fixed: 36 bytes; places of nine texts; 6 bytes of an address; places of three more texts; a long length.
    let start = 36 + 9 * 4 + 6 + 3 * 4 + 4;
    let mut places = Vec::new();
    let mut data: Vec<u8> = Vec::new();
    let mut place = |bytes: &[u8], data: &mut Vec<u8>| {
        places.extend(u16::try_from(start + data.len()).unwrap_or(0).to_le_bytes());
        places.extend(u16::try_from(bytes.len() / 2).unwrap_or(0).to_le_bytes());
        data.extend_from_slice(bytes);
    };
    for text in &texts {
        place(text, &mut data);
    }
    let after = u16::try_from(start + data.len()).unwrap_or(0).to_le_bytes();
    places.extend([0; 6]);
    for _ in 0..3 {
        places.extend(after);
        places.extend([0, 0]);
    }
    places.extend([0; 4]);
    let mut content = u32::try_from(start + data.len()).unwrap_or(0).to_le_bytes().to_vec();
    content.extend(0x7400_0004_u32.to_le_bytes());
    content.extend(4096_u32.to_le_bytes());
    content.extend([0; 12]);
    // SQL of today's language, no warnings of a changed database held back.
    content.extend([0xe0, 0x03, 0, 0]);
    content.extend([0; 8]);
    content.extend(places);
    content.extend(data);
    content
}

/// The rows changed, or the first error.
fn heard(answer: &[u8]) -> Result<u64, ClientError> {
    let mut rest = answer;
    let mut n_changed = 0;
    let broken = || ClientError::Protocol("an answer that is none of the protocol");
    while let [kind, after @ ..] = rest {
        let (content, next) = match kind {
            0xfd..=0xff => {
                let (done, next) = after.split_at_checked(12).ok_or_else(broken)?;
                if done[0] & 0x10 != 0 {
                    n_changed += u64::from_le_bytes(done[4..12].try_into().map_err(|_| broken())?);
                }
                (&[][..], next)
            }
            0x79 => (&[][..], after.get(4..).ok_or_else(broken)?),
            0xaa | 0xab | 0xad | 0xe3 => {
                let [low, high, after @ ..] = after else { return Err(broken()) };
                let n = usize::from(u16::from_le_bytes([*low, *high]));
                after.split_at_checked(n).ok_or_else(broken)?
            }
            // Some features were granted: pairs up to a mark.
            0xae => (&[][..], &[][..]),
            _ => return Err(broken()),
        };
        if let (0xaa, [a, b, c, d, _, _, low, high, words @ ..]) = (kind, content) {
            let n = usize::from(u16::from_le_bytes([*low, *high])) * 2;
            return Err(ClientError::Server(TdsError {
                number: i32::from_le_bytes([*a, *b, *c, *d]),
                message: utf16(words.get(..n).unwrap_or_default()),
            }));
        }
        rest = next;
    }
    Ok(n_changed)
}
