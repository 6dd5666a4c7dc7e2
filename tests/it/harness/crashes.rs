//! A server that ends as in a power cut: wherever its tasks are, they go no further.

use super::{PATIENCE, World, in_time};
use std::future::Future;
use std::time::Duration;
use switchboard::bridge::Directory;
use tokio::runtime::{Builder, Runtime};

/// How long webhooks are waited for before the clock is moved to their next repetition.
const BRIEFLY: Duration = Duration::from_millis(20);

/// A runtime of the server's own. Ending it drops every task at the place where it waits.
pub struct Apart(Option<Runtime>);

impl Apart {
    pub fn new() -> Self {
        Self(Some(Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")))
    }

    pub async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        self.0.as_ref().expect("not ended yet").spawn(work).await.expect("no panic")
    }

    async fn end(mut self) {
        let runtime = self.0.take().expect("not ended yet");
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(PATIENCE)).await.expect("no panic");
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        // A runtime must not be waited for where a test's own runtime runs.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl World {
    /// [`World::with_graph`], and the server can be made to crash.
    pub async fn crashable(change: impl FnOnce(&mut Directory)) -> Self {
        Self::build(change, true, super::graph).await
    }

    /// [`World::with_marks`], and the server can be made to crash.
    pub async fn crashable_with_marks() -> Self {
        Self::build(|_| {}, true, |config| config.teams.reactions.enabled = true).await
    }

    /// The server is gone at once: requests in flight are cut, nothing is tidied up.
    pub async fn crash(&self) {
        let server = self.server.write().expect("no panic under this lock").take().expect("a running server");
        server.runtime.expect("a world that may crash").end().await;
        // What its writer had been given is committed or not, as in a crash a moment later or earlier; but the next server must
        // not meet it at work.
        server.relay.store().close().await;
    }

    /// Starts a server on the same database; what WhatsApp could not tell meanwhile is told again.
    pub async fn recovers(&self) {
        self.start_again().await;
        in_time("every webhook is told again", async {
            while self.whatsapp.settled(BRIEFLY).await.is_err() {
                self.clock.advance(Duration::from_secs(1));
            }
        })
        .await;
        self.settle().await;
    }
}
