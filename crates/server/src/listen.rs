//! Connections: a bound on their number, on how long a header may take, and an orderly end.

use crate::guard::Peer;
use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// Connections at one time; who comes later waits.
const MOST_CONNECTIONS: usize = 1024;
/// A request's header must be there after this time.
const HEADER: Duration = Duration::from_secs(15);
/// What is under way may end in this time.
const GRACE: Duration = Duration::from_secs(3);

/// Serves until told to stop.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) -> io::Result<()> {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let (told, _) = watch::channel(());
    let mut stop = std::pin::pin!(stop);
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return Ok(()) };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Too many open files, or a caller that is gone: not a reason to end.
                eprintln!("lode serve: a connection was not accepted: {error}");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let mut stopping = told.subscribe();
        tokio::spawn(async move {
            let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
                request.extensions_mut().insert(Peer(peer.ip()));
                router.clone().oneshot(request.map(axum::body::Body::new) as Request)
            });
            let mut builder = hyper::server::conn::http1::Builder::new();
            builder.timer(TokioTimer::new()).header_read_timeout(HEADER).max_buf_size(64 * 1024);
            let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
            // A broken connection concerns nobody but its caller; one that idles ends with the server.
            tokio::select! {
                _ = connection.as_mut() => {}
                _ = stopping.changed() => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
            drop(place);
        });
    }
    told.send_replace(());
    let _ = tokio::time::timeout(GRACE, room.acquire_many(MOST_CONNECTIONS as u32)).await;
    Ok(())
}
