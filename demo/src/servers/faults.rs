//! A TCP proxy that makes a network behave badly, in user space.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// What is wrong with the way. It may be changed while connections are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Each piece of data comes so much later.
    Delay(Duration),
    /// Nothing passes any more; connections stay open, new ones are accepted.
    Blackhole,
    /// A connection is reset when so many bytes came from the server.
    ResetAfter(u64),
    /// So many bytes a second pass from the server.
    Throttle(u64),
}

/// A running proxy; stopped when dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    fault: Mutex<Fault>,
    n_open: AtomicUsize,
}

impl Proxy {
    /// Starts a proxy before a server.
    ///
    /// # Errors
    /// When no port or thread is to be had.
    pub fn start(server: SocketAddr) -> io::Result<Proxy> {
        let shared = Arc::new(Shared { fault: Mutex::new(Fault::None), n_open: AtomicUsize::new(0) });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("fault-proxy".to_owned()).spawn(move || {
            runtime.block_on(accept(listener, server, of_thread, stopped));
        })?;
        Ok(Proxy { address, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Where to connect to instead of the server.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what is wrong, also for open connections.
    pub fn set(&self, fault: Fault) {
        *self.shared.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// How many connections are open now.
    #[must_use]
    pub fn n_open(&self) -> usize {
        self.shared.n_open.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn fault(&self) -> Fault {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(
    listener: TcpListener,
    server: SocketAddr,
    shared: Arc<Shared>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => return,
            accepted = listener.accept() => {
                if let Ok((client, _)) = accepted {
                    connections.spawn(pass(client, server, Arc::clone(&shared)));
                }
            }
            _ = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

async fn pass(client: TcpStream, server: SocketAddr, shared: Arc<Shared>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    shared.n_open.fetch_add(1, Ordering::SeqCst);
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let ended = tokio::select! {
        ended = forward(from_client, to_server, &shared, Side::Client) => ended,
        ended = forward(from_server, to_client, &shared, Side::Server) => ended,
    };
    shared.n_open.fetch_sub(1, Ordering::SeqCst);
    drop(ended);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Client,
    Server,
}

/// Passes bytes until one side ends. Reset is made by closing a socket that lingers not at all.
async fn forward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    shared: &Shared,
    side: Side,
) -> io::Result<()> {
    let mut n_passed = 0_u64;
    let mut buffer = vec![0; 16 << 10];
    loop {
        let n = from.read(&mut buffer).await?;
        if n == 0 {
            return Ok(());
        }
        n_passed += n as u64;
        match shared.fault() {
            Fault::None => {}
            Fault::Delay(delay) => tokio::time::sleep(delay).await,
            Fault::Blackhole => {
                while shared.fault() == Fault::Blackhole {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            Fault::ResetAfter(limit) if side == Side::Server && n_passed > limit => {
                to.as_ref().set_zero_linger()?;
                to.forget();
                return Ok(());
            }
            Fault::ResetAfter(_) => {}
            Fault::Throttle(rate) if side == Side::Server => {
                let seconds = n as f64 / rate.max(1) as f64;
                tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
            }
            Fault::Throttle(_) => {}
        }
        to.write_all(buffer.get(..n).unwrap_or_default()).await?;
    }
}
