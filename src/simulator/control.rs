//! Control of running printers: what tests and the `simulate` command may do to a running printer.

use super::fault::Fault;
use super::printer::Printer;
use super::sim::SimPrinter;
use super::{RecordedRequest, SimulationError, camera, ftps, mqtt, tls};
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Control over one running printer.
pub struct PrinterControl {
    printer: Arc<Printer>,
    bind: IpAddr,
    /// The servers while there is power: a token that ends them, and the tasks that hold the ports.
    servers: Mutex<Option<(CancellationToken, TaskTracker)>>,
}

impl fmt::Debug for PrinterControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrinterControl").field("printer", &self.printer.card).finish_non_exhaustive()
    }
}

/// Listens at an address; gives the port it got.
pub(super) async fn listen(address: SocketAddr) -> Result<(TcpListener, u16), SimulationError> {
    let failed = |source| SimulationError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    Ok((listener, port))
}

/// Listens again at an address that was ours. A passing connection of somebody else may have its port for a moment.
pub(super) async fn listen_again(address: SocketAddr) -> Result<TcpListener, SimulationError> {
    let mut attempts = 0;
    loop {
        match listen(address).await {
            Ok((listener, _)) => return Ok(listener),
            Err(e) if attempts == 60 => return Err(e),
            Err(_) => attempts += 1,
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

impl PrinterControl {
    pub(super) fn new(printer: Arc<Printer>, bind: IpAddr) -> Self {
        Self { printer, bind, servers: Mutex::default() }
    }

    pub(super) fn printer(&self) -> &Arc<Printer> {
        &self.printer
    }

    /// Takes connections on all listeners.
    pub(super) fn open(&self, mqtt: TcpListener, camera: TcpListener, files: TcpListener) {
        let (power, tasks) = (self.printer.stop.child_token(), TaskTracker::new());
        let printer = Arc::clone(&self.printer);
        accept(&tasks, &power, mqtt, move |tcp| until_cut(&printer, mqtt::serve(Arc::clone(&printer), tcp)));
        let printer = Arc::clone(&self.printer);
        accept(&tasks, &power, camera, move |tcp| until_cut(&printer, camera::serve(Arc::clone(&printer), tcp)));
        let printer = Arc::clone(&self.printer);
        accept(&tasks, &power, files, move |tcp| until_cut(&printer, ftps::serve(Arc::clone(&printer), tcp)));
        tasks.close();
        *self.servers.lock().unwrap_or_else(PoisonError::into_inner) = Some((power, tasks));
    }

    /// Makes something go wrong from now on.
    pub fn set_fault(&self, fault: Fault) {
        self.printer.faults(|f| f.set(fault));
        if let Fault::Shows(shown) = fault {
            self.printer.machine().sim.show(shown);
        }
        self.follow_faults();
        match fault {
            Fault::PowerCut | Fault::PowerCutUnfinished => {
                self.printer.cut();
                self.with_printer(|sim| sim.restart(fault == Fault::PowerCutUnfinished));
            }
            Fault::Flicker => self.with_printer(SimPrinter::flicker),
            _ => {}
        }
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.printer.faults(super::fault::Faults::clear);
        self.printer.machine().sim.recover();
        self.follow_faults();
    }

    /// Some faults live in the machine itself.
    fn follow_faults(&self) {
        let [locked, no_card] = self.printer.faults(|f| [Fault::Locked, Fault::NoCard].map(|fault| f.has(fault)));
        let odd = self.printer.faults(|f| f.odd());
        let sim = &mut self.printer.machine().sim;
        sim.locked = locked;
        if sim.no_card != no_card {
            sim.no_card = no_card;
            sim.mark_dirty();
        }
        sim.set_odd(odd);
    }

    /// Pulls the plug: ports closed, connections gone, the cloud told. The simulation keeps time. Returns when the
    /// ports are free.
    pub async fn power_off(&self) {
        self.printer.set_power(false);
        self.lan_off().await;
    }

    /// Plugs it in again, on the same ports. Fails when somebody took them meanwhile.
    pub async fn power_on(&self) -> Result<(), SimulationError> {
        self.lan_on().await?;
        self.printer.set_power(true);
        Ok(())
    }

    /// Takes the printer from the LAN: ports closed, connections gone. The cloud does not notice.
    pub async fn lan_off(&self) {
        let servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((power, tasks)) = servers {
            power.cancel();
            tasks.wait().await;
            // Only now can no connection slip in between.
            self.printer.cut();
        }
    }

    /// Gives it back to the LAN, on the same ports; a printer that is only in the cloud has none.
    pub async fn lan_on(&self) -> Result<(), SimulationError> {
        let open = self.servers.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if open || self.printer.card.mqtt_port == 0 {
            return Ok(());
        }
        let mqtt = listen_again((self.bind, self.printer.card.mqtt_port).into()).await?;
        let camera = listen_again((self.bind, self.printer.card.camera_port).into()).await?;
        let files = listen_again((self.bind, self.printer.card.ftps_port).into()).await?;
        self.open(mqtt, camera, files);
        Ok(())
    }

    /// Gives the printer a way to the cloud, or takes it. Its servers on the LAN do not notice.
    pub fn set_uplink(&self, there: bool) {
        self.printer.set_uplink(there);
    }

    /// Drops all connections without a goodbye; new ones are taken at once.
    pub fn cut(&self) {
        self.printer.cut();
    }

    /// Changes the certificate for new connections; gives its fingerprint.
    pub fn new_certificate(&self) -> Result<String, SimulationError> {
        let number = self.printer.certificates.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        let (config, fingerprint) = tls::certificate(&self.printer.card.serial, number)?;
        self.printer.set_tls(config);
        Ok(fingerprint)
    }

    /// Changes the access code, as switching LAN-only or developer mode does, and drops all connections.
    pub fn set_access_code(&self, code: &str) {
        self.printer.set_access_code(code);
    }

    /// Every request that ever reached the printer, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.printer.requests()
    }

    /// Number of MQTT sessions that are up on the LAN.
    pub fn connections(&self) -> usize {
        self.printer.connections.load(Ordering::Relaxed)
    }

    /// Number of viewers of the camera.
    pub fn camera_connections(&self) -> usize {
        self.printer.cameras.load(Ordering::Relaxed)
    }

    /// How often a file was fetched.
    pub fn fetched(&self) -> usize {
        self.printer.fetched.load(Ordering::Relaxed)
    }

    /// Looks into the machine or changes it; what changed is reported at once.
    #[doc(hidden)]
    pub fn with_printer<T>(&self, f: impl FnOnce(&mut SimPrinter) -> T) -> T {
        let result = f(&mut self.printer.machine().sim);
        self.printer.report_change();
        result
    }

    /// Publishes any bytes on the report topic.
    pub fn publish_raw(&self, bytes: Vec<u8>) {
        self.printer.publish_raw(bytes.into());
    }
}

/// Serves until its connection is cut. Dropping the stream without a goodbye is what a printer that dies looks like.
fn until_cut<F: Future<Output = ()>>(printer: &Printer, serve: F) -> impl Future<Output = ()> + use<F> {
    let cut = printer.cut_token();
    async move {
        let _ = cut.run_until_cancelled_owned(serve).await;
    }
}

/// Takes connections until the power ends, and serves each in a task of its own.
pub(super) fn accept<F>(
    tasks: &TaskTracker,
    power: &CancellationToken,
    listener: TcpListener,
    serve: impl Fn(TcpStream) -> F + Send + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let power = power.clone();
    tasks.spawn(async move {
        loop {
            tokio::select! {
                biased;
                () = power.cancelled() => return,
                // A failed accept, for want of file descriptors or so, must not spin.
                client = listener.accept() => match client {
                    Ok((tcp, _)) => drop(tokio::spawn(serve(tcp))),
                    Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
                },
            }
        }
    });
}
