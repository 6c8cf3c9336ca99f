//! The way to the server: TCP, and TLS as the protocol wraps it.
//!
//! Client and server first tell each other whether they encrypt (PRELOGIN). The messages of the TLS handshake then
//! travel inside packets of that kind; after it, TLS lies under everything. All of this is done here, with the
//! project's own TLS and its own idea of whom to believe. The driver is given what is left: a way that, asked the
//! same again, says that nothing is to be encrypted.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::{Options, Tls, tls};

/// Type of a packet of the greeting.
const PRELOGIN: u8 = 0x12;
/// Type of a packet that the server answers with.
const REPLY: u8 = 0x04;
/// Bytes before the content of a packet.
const HEADER: usize = 8;
/// What a packet carries at most before its size is agreed.
const CONTENT: usize = 4096 - HEADER;

/// Why no way came about.
#[derive(Debug)]
pub(crate) enum WayError {
    /// The network's words.
    Network(String),
    /// Not encrypted as it should be: why.
    Tls(String),
    /// Neither a SQL Server nor what looks like one.
    Protocol(String),
}

/// A way that is open, and encrypted where it should be.
pub(crate) struct Way {
    socket: Socket,
    greeting: Greeting,
}

enum Socket {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<Wrapped>>),
}

/// The driver's own greeting is answered here.
enum Greeting {
    /// What it wrote of it so far.
    Heard(Vec<u8>),
    /// What it has not yet read of the answer.
    Answer(Vec<u8>),
    Done,
}

/// What a side says of encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    LoginOnly,
    Yes,
    CanNot,
    Must,
}

impl Says {
    fn of(byte: u8) -> Option<Says> {
        Some(match byte {
            0 => Says::LoginOnly,
            1 => Says::Yes,
            2 => Says::CanNot,
            3 => Says::Must,
            _ => return None,
        })
    }
}

/// Opens a way as the options say.
pub(crate) async fn open(options: &Options) -> Result<Way, WayError> {
    let config = tls::config(&options.tls).map_err(WayError::Tls)?;
    let mut socket = TcpStream::connect((options.host.as_str(), options.port)).await.map_err(network)?;
    socket.set_nodelay(true).map_err(network)?;
    let asked = if config.is_some() { Says::Yes } else { Says::CanNot };
    let answered = greet(&mut socket, asked).await?;
    let socket = match (config, answered) {
        (None, Says::Must | Says::Yes) => {
            return Err(WayError::Tls("the server insists on encryption".to_owned()));
        }
        (None, Says::CanNot | Says::LoginOnly) => Socket::Plain(socket),
        (Some(_), Says::CanNot) if options.tls == Tls::Preferred => Socket::Plain(socket),
        (Some(_), Says::CanNot) => return Err(WayError::Tls("the server has no encryption".to_owned())),
        (Some(config), Says::Yes | Says::Must | Says::LoginOnly) => {
            Socket::Encrypted(Box::new(encrypt(socket, config, &options.host).await?))
        }
    };
    Ok(Way { socket, greeting: Greeting::Heard(Vec::new()) })
}

fn network(error: io::Error) -> WayError {
    WayError::Network(error.to_string())
}

/// Asks for encryption, and says what the server said.
async fn greet(socket: &mut TcpStream, asked: Says) -> Result<Says, WayError> {
    socket.write_all(&packet(PRELOGIN, &greeting(asked))).await.map_err(network)?;
    let mut header = [0; HEADER];
    socket.read_exact(&mut header).await.map_err(network)?;
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    if !matches!(header[0], REPLY | PRELOGIN) || length < HEADER {
        return Err(WayError::Protocol("what answers is no SQL Server".to_owned()));
    }
    let mut content = vec![0; length - HEADER];
    socket.read_exact(&mut content).await.map_err(network)?;
    encryption(&content)
        .and_then(Says::of)
        .ok_or_else(|| WayError::Protocol("the server's greeting says nothing of encryption".to_owned()))
}

/// The content of a greeting: a table of options (kind, place, length), then what they say.
fn greeting(says: Says) -> Vec<u8> {
    let says = match says {
        Says::LoginOnly => 0,
        Says::Yes => 1,
        Says::CanNot => 2,
        Says::Must => 3,
    };
    // Version (6 bytes), encryption (1), instance (1), thread (4), several results at once (1).
    let options: [(u8, &[u8]); 5] = [(0, &[0; 6]), (1, &[says]), (2, &[0]), (3, &[0; 4]), (4, &[0])];
    let mut table = Vec::new();
    let mut content = Vec::new();
    let n_table = u16::try_from(options.len() * 5 + 1).unwrap_or(u16::MAX);
    for (kind, bytes) in options {
        let place = n_table + u16::try_from(content.len()).unwrap_or(u16::MAX);
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        table.push(kind);
        table.extend(place.to_be_bytes());
        table.extend(length.to_be_bytes());
        content.extend_from_slice(bytes);
    }
    table.push(0xff);
    table.extend(content);
    table
}

/// What a greeting says of encryption.
pub(crate) fn encryption(content: &[u8]) -> Option<u8> {
    let mut rest = content;
    loop {
        match rest {
            [1, high, low, _, _, ..] => {
                return content.get(usize::from(u16::from_be_bytes([*high, *low]))).copied();
            }
            [0xff, ..] => return None,
            [_, _, _, _, _, more @ ..] => rest = more,
            _ => return None,
        }
    }
}

fn packet(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + HEADER).unwrap_or(u16::MAX);
    let [high, low] = length.to_be_bytes();
    let mut packet = vec![kind, 1, high, low, 0, 0, 1, 0];
    packet.extend_from_slice(content);
    packet
}

async fn encrypt(
    socket: TcpStream,
    config: Arc<ClientConfig>,
    host: &str,
) -> Result<TlsStream<Wrapped>, WayError> {
    let name = ServerName::try_from(host.to_owned()).map_err(|error| WayError::Tls(error.to_string()))?;
    let wrapped = Wrapped { socket, is_wrapping: true, out: Vec::new(), header: Vec::new(), n_content: 0 };
    let mut encrypted =
        TlsConnector::from(config).connect(name, wrapped).await.map_err(|error| {
            match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(error) => WayError::Tls(error.to_string()),
                None => WayError::Network(error.to_string()),
            }
        })?;
    encrypted.get_mut().0.is_wrapping = false;
    Ok(encrypted)
}

/// A socket whose bytes travel inside packets of the greeting as long as the handshake lasts.
struct Wrapped {
    socket: TcpStream,
    is_wrapping: bool,
    /// Written but not yet sent, in packets.
    out: Vec<u8>,
    /// What was read of the next packet's header.
    header: Vec<u8>,
    /// What is still to be read of a packet's content.
    n_content: usize,
}

impl Wrapped {
    fn send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.out.is_empty() {
            let n_sent = std::task::ready!(Pin::new(&mut self.socket).poll_write(cx, &self.out))?;
            if n_sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.out.drain(..n_sent);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Wrapped {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.is_wrapping {
            return Pin::new(&mut this.socket).poll_read(cx, into);
        }
        std::task::ready!(this.send(cx))?;
        while this.n_content == 0 {
            let mut byte = [0; HEADER];
            let mut some = ReadBuf::new(byte.get_mut(this.header.len()..).unwrap_or_default());
            std::task::ready!(Pin::new(&mut this.socket).poll_read(cx, &mut some))?;
            if some.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.header.extend_from_slice(some.filled());
            if let [_, _, high, low, ..] = *this.header
                && this.header.len() == HEADER
            {
                this.n_content = usize::from(u16::from_be_bytes([high, low])).saturating_sub(HEADER);
                this.header.clear();
            }
        }
        let mut some = into.take(this.n_content);
        std::task::ready!(Pin::new(&mut this.socket).poll_read(cx, &mut some))?;
        let n_read = some.filled().len();
        this.n_content -= n_read;
        // The bytes are there already, in the same memory.
        let filled = some.filled().to_vec();
        into.put_slice(&filled);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wrapped {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if !this.is_wrapping {
            return Pin::new(&mut this.socket).poll_write(cx, bytes);
        }
        for some in bytes.chunks(CONTENT) {
            this.out.extend(packet(PRELOGIN, some));
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        std::task::ready!(this.send(cx))?;
        Pin::new(&mut this.socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(cx)
    }
}

impl AsyncRead for Way {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match &mut this.greeting {
            Greeting::Heard(_) => return Poll::Ready(Err(io::Error::other("no greeting was sent"))),
            Greeting::Answer(answer) => {
                let n_read = answer.len().min(into.remaining());
                into.put_slice(&answer.drain(..n_read).collect::<Vec<u8>>());
                if answer.is_empty() {
                    this.greeting = Greeting::Done;
                }
                return Poll::Ready(Ok(()));
            }
            Greeting::Done => {}
        }
        match &mut this.socket {
            Socket::Plain(socket) => Pin::new(socket).poll_read(cx, into),
            Socket::Encrypted(socket) => Pin::new(socket).poll_read(cx, into),
        }
    }
}

impl AsyncWrite for Way {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Greeting::Heard(heard) = &mut this.greeting {
            heard.extend_from_slice(bytes);
            if let [_, _, high, low, ..] = **heard
                && heard.len() >= usize::from(u16::from_be_bytes([high, low]))
            {
                this.greeting = Greeting::Answer(packet(REPLY, &greeting(Says::CanNot)));
            }
            return Poll::Ready(Ok(bytes.len()));
        }
        match &mut this.socket {
            Socket::Plain(socket) => Pin::new(socket).poll_write(cx, bytes),
            Socket::Encrypted(socket) => Pin::new(socket).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().socket {
            Socket::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Socket::Encrypted(socket) => Pin::new(socket).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().socket {
            Socket::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Socket::Encrypted(socket) => Pin::new(socket).poll_shutdown(cx),
        }
    }
}
