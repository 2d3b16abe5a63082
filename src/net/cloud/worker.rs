//! Questions to the cloud, asked off the loop; answers come as events. Whoever is signed in is known here alone by their
//! token: it goes into the REST client, to the broker's task and into the account's file, and never into an event.

use crate::net::{
    camera::picture::Decoder,
    cloud::Access,
    cloud::budget::AttemptCounter,
    rest::{Cloud, Login, LoginStep, RestOptions, TfaKey},
};
use crate::{
    config::Secret,
    protocol::rest::{Region, RestError, RestErrorKind, devices::Device, mask, messages::MessageKind, notes, token},
    state::{
        cloud::{
            history::COVER,
            request::{CloudRequest, CloudResponse, LoginEvent},
            session::Identity,
        },
        event::{CloudEvent, Event},
    },
};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{mpsc, watch};

/// Port of the cloud's broker.
const BROKER_PORT: u16 = 8883;

/// Where the account's services are, and who is signed in at the start.
#[derive(Debug, Clone, Default)]
pub struct AccountOptions {
    /// The REST API.
    pub rest: RestOptions,
    /// Another broker than the region's.
    pub mqtt_host: Option<String>,
    /// Another port than 8883.
    pub mqtt_port: Option<u16>,
    /// Who is signed in, if somebody is; the token stands in [`RestOptions::token`].
    pub who: Option<Identity>,
    /// Keeps a sign-in for the next start, or forgets it.
    pub keeper: Option<Keeper>,
    /// Counts the connections to the broker, also those of other processes.
    pub counter: Option<AttemptCounter>,
    /// How long somebody waits for the broker; `None`: for as long as it takes.
    pub timeouts: Option<Duration>,
}

impl AccountOptions {
    /// Has connections to the broker counted beyond this process: whose, how many at most, and within which time. The
    /// answer is nothing, or how long there is none left. Called off the loop.
    #[must_use]
    pub fn counted_by<F>(self, count: F) -> Self
    where
        F: Fn(&str, usize, Duration) -> std::io::Result<Option<Duration>> + Send + Sync + 'static,
    {
        Self { counter: Some(AttemptCounter(Arc::new(count))), ..self }
    }
}

/// Keeps what is true of the account for the next start; called off the loop.
#[derive(Clone)]
pub struct Keeper(pub Arc<Keep>);

/// Writes what has changed.
pub(super) type Keep = dyn Fn(&Kept) -> std::io::Result<()> + Send + Sync;

/// What has changed of an account, as far as something is kept of it.
#[derive(Debug, Clone)]
pub enum Kept {
    /// Somebody has signed in.
    SignedIn(SignIn),
    /// Nobody is signed in any more.
    SignedOut,
    /// A printer has another name.
    Renamed,
    /// The account's printers were listed.
    Listed(Vec<Device>),
}

/// A sign-in that is to be kept.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Whose.
    pub who: Identity,
    /// E-mail address or phone number in full, if a person typed it.
    pub account: Option<Secret>,
    /// The token.
    pub token: Secret,
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keeper")
    }
}

/// Answers questions.
pub(in crate::net) struct CloudWorker {
    options: AccountOptions,
    cloud: Mutex<Cloud>,
    /// Ties an authenticator's code to the password that came before it, and whose it was.
    pending: Mutex<Option<(TfaKey, String)>>,
    /// Where one-time codes went, for as long as they may be typed.
    sent_to: Mutex<HashSet<String>>,
    access: watch::Sender<Option<Arc<Access>>>,
    events: mpsc::Sender<Event>,
    decoder: Decoder,
}

impl std::fmt::Debug for CloudWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CloudWorker")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CloudWorker {
    pub(in crate::net) fn new(
        options: AccountOptions,
        access: watch::Sender<Option<Arc<Access>>>,
        events: mpsc::Sender<Event>,
        decoder: Decoder,
    ) -> Self {
        let cloud = Mutex::new(Cloud::new(options.rest.clone()));
        let clerk =
            Self { cloud, options, pending: Mutex::default(), sent_to: Mutex::default(), access, events, decoder };
        if let (Some(who), Some(token)) = (&clerk.options.who, &clerk.options.rest.token) {
            clerk.access.send_replace(Some(Arc::new(clerk.access_of(who, token))));
        }
        clerk
    }

    /// What the broker's task needs.
    fn access_of(&self, who: &Identity, token: &Secret) -> Access {
        Access {
            host: self.options.mqtt_host.clone().unwrap_or_else(|| who.region.mqtt_host().to_owned()),
            port: self.options.mqtt_port.unwrap_or(BROKER_PORT),
            trust: self.options.rest.trust.clone(),
            user: token::mqtt_user(&who.uid),
            token: token.clone(),
        }
    }

    /// The client for a region: an account lives in one alone.
    fn cloud(&self, region: Region) -> Cloud {
        let mut cloud = lock(&self.cloud);
        if cloud.region() != region {
            *cloud = Cloud::new(RestOptions { region, token: None, ..self.options.rest.clone() });
        }
        cloud.clone()
    }

    /// Answers one request.
    pub(in crate::net) async fn answer(self: Arc<Self>, request: CloudRequest) {
        let login = match request {
            CloudRequest::SendCode { region, account } => self.send_code(&self.cloud(region), account.expose()).await,
            CloudRequest::Code { region, account, code } => {
                let cloud = self.cloud(region);
                let step = cloud.login_code(account.expose(), &Secret::new(code.expose())).await;
                self.step(step, account.expose(), cloud).await
            }
            CloudRequest::Password { region, account, password } => {
                let cloud = self.cloud(region);
                let step = cloud.login_password(account.expose(), &Secret::new(password.expose())).await;
                self.step(step, account.expose(), cloud).await
            }
            CloudRequest::Authenticator(code) => self.authenticator(&Secret::new(code.expose())).await,
            CloudRequest::Token { region, token } => {
                let cloud = self.cloud(region);
                match cloud.login_token(&Secret::new(token.expose())).await {
                    Ok(login) => self.done(login, None, &cloud).await,
                    Err(e) => failed(&e),
                }
            }
            CloudRequest::SignOut => {
                self.drop_token();
                self.keep(Kept::SignedOut).await;
                LoginEvent::SignedOut
            }
            CloudRequest::DropToken => return self.drop_token(),
            other => return self.question(other).await,
        };
        self.tell(CloudResponse::Login(login)).await;
    }

    async fn tell(&self, response: CloudResponse) {
        let _ = self.events.send(Event::Cloud(CloudEvent::Response(response))).await;
    }

    fn drop_token(&self) {
        lock(&self.cloud).set_token(None);
        self.access.send_replace(None);
    }

    /// Has a one-time code sent. One that went to the same account a moment ago is still good: who closed the form to look
    /// for it is asked for that one.
    async fn send_code(&self, cloud: &Cloud, account: &str) -> LoginEvent {
        match cloud.send_code(account).await {
            Ok(()) => {
                lock(&self.sent_to).insert(account.to_owned());
                LoginEvent::CodeSent { again_in: self.options.rest.pace.code_gap }
            }
            Err(RestError { trouble: RestErrorKind::Budget { wait_s }, .. })
                if lock(&self.sent_to).contains(account) =>
            {
                LoginEvent::CodeSent { again_in: Duration::from_secs(wait_s) }
            }
            Err(e) => failed(&e),
        }
    }

    async fn authenticator(&self, code: &Secret) -> LoginEvent {
        let Some((key, account)) = lock(&self.pending).clone() else {
            return failed(&RestError::before(RestErrorKind::TfaExpired));
        };
        let cloud = lock(&self.cloud).clone();
        match cloud.login_tfa(&key, code).await {
            Ok(login) => self.done(login, Some(account), &cloud).await,
            Err(e) => failed(&e),
        }
    }

    async fn step(&self, step: Result<LoginStep, RestError>, account: &str, cloud: Cloud) -> LoginEvent {
        match step {
            Ok(LoginStep::Done(login)) => self.done(login, Some(account.to_owned()), &cloud).await,
            // The cloud does not send it by itself for certain, so it is asked for.
            Ok(LoginStep::NeedsCode) => self.send_code(&cloud, account).await,
            Ok(LoginStep::NeedsTfa(key)) => {
                *lock(&self.pending) = Some((key, account.to_owned()));
                LoginEvent::WantsAuthenticator
            }
            Err(e) => failed(&e),
        }
    }

    /// A login is complete: whose it is, the broker, the file.
    async fn done(&self, login: Login, account: Option<String>, cloud: &Cloud) -> LoginEvent {
        *lock(&self.pending) = None;
        lock(&self.sent_to).clear();
        let uid = match login.uid.clone() {
            Some(uid) => Ok(uid),
            None => cloud.preference().await.map(|p| p.uid.map(|id| id.to_string()).unwrap_or_default()),
        };
        let uid = match uid {
            Ok(uid) if !uid.is_empty() => uid,
            Ok(_) => return LoginEvent::Failed("the cloud did not report the account number; try again".to_owned()),
            Err(e) => return failed(&e),
        };
        let shown = account.as_deref().map(mask::account);
        let who =
            Identity { account: shown, uid, region: cloud.region(), ends: login.expires_at, lasts: login.expires_in_s };
        self.access.send_replace(Some(Arc::new(self.access_of(&who, &login.token))));
        let account = account.map(|account| Secret::new(account.as_str()));
        self.keep(Kept::SignedIn(SignIn { who: who.clone(), account, token: login.token })).await;
        LoginEvent::SignedIn(who)
    }

    /// Keeps what has changed. Where that fails a person is told: it is not what they expect.
    async fn keep(&self, change: Kept) {
        let Some(Keeper(keep)) = self.options.keeper.clone() else { return };
        let kept = tokio::task::spawn_blocking(move || keep(&change)).await;
        if let Ok(Err(error)) = kept {
            tracing::warn!(%error, "what is known of the account could not be kept or forgotten");
            self.tell(CloudResponse::Login(LoginEvent::NotKept(error.to_string()))).await;
        }
    }

    /// A request of somebody who is signed in.
    async fn question(&self, request: CloudRequest) {
        let cloud = lock(&self.cloud).clone();
        let asked_with = cloud.token();
        let Some((response, over)) = self.ask(&cloud, request).await else { return };
        // Unless there is another token by now, this one is over everywhere.
        let text = |token: Option<Secret>| token.map(|token| token.expose_secret().to_owned());
        let same = || text(lock(&self.cloud).token()) == text(asked_with);
        if over && same() {
            self.access.send_replace(None);
            self.tell(CloudResponse::Login(LoginEvent::Expired)).await;
        }
        self.tell(response).await;
    }

    /// Asks, and tells whether the answer says that the token is not good any more.
    async fn ask(&self, cloud: &Cloud, request: CloudRequest) -> Option<(CloudResponse, bool)> {
        use CloudRequest as Ask;
        use CloudResponse as Answer;
        Some(match request {
            Ask::Devices => {
                let answer = cloud.devices().await;
                if let Ok(devices) = &answer {
                    self.keep(Kept::Listed(devices.clone())).await;
                }
                told(answer, Answer::Devices)
            }
            Ask::Check => {
                // What is remembered says nothing about now.
                cloud.forget();
                told(cloud.preference().await, |answer| Answer::Preference(Box::new(answer)))
            }
            Ask::Rename { serial, name } => {
                let answer = cloud.rename_device(&serial, &name).await;
                if answer.is_ok() {
                    self.keep(Kept::Renamed).await;
                }
                told(answer, |answer| Answer::Rename { serial, name, answer })
            }
            Ask::Versions(serial) => {
                told(cloud.device_version(&serial).await, |answer| Answer::Versions(serial, answer))
            }
            Ask::Jobs => told(cloud.device_jobs().await, Answer::Jobs),
            Ask::Tasks(query) => told(cloud.tasks(&query).await, |answer| Answer::Tasks(query, answer)),
            Ask::Task(id) => told(cloud.task(&id).await, |answer| Answer::Task(id, Box::new(answer))),
            Ask::Cover { of, from } => {
                let picture = match cloud.picture(&from).await {
                    Ok(bytes) => self.decoder.clone().decode(Arc::from(&bytes[..]), COVER).await.ok().map(Arc::new),
                    Err(_) => None,
                };
                (Answer::Cover(of, picture), false)
            }
            Ask::Messages(number) => {
                let kind = *MessageKind::ALL.iter().find(|kind| kind.number() == number)?;
                told(cloud.messages(kind, None, None).await, |answer| Answer::Messages(number, answer))
            }
            Ask::MessageCount => {
                let count = cloud.message_count().await.map(|body| notes::unread(&body));
                told(count, Answer::MessageCount)
            }
            Ask::Notifications => {
                let notes = cloud.unread_notifications().await.map(|body| notes::lines(&body));
                told(notes, Answer::Notifications)
            }
            Ask::Projects => told(cloud.projects(None).await, Answer::Projects),
            Ask::Project(id) => told(cloud.project(&id).await, |answer| Answer::Project(Box::new(answer))),
            Ask::Profile => told(cloud.profile().await, |answer| Answer::Profile(Box::new(answer))),
            Ask::Preference => told(cloud.preference().await, |answer| Answer::Preference(Box::new(answer))),
            Ask::SendCode { .. }
            | Ask::Code { .. }
            | Ask::Password { .. }
            | Ask::Authenticator(_)
            | Ask::Token { .. }
            | Ask::SignOut
            | Ask::DropToken => return None,
        })
    }
}

/// An answer as it is told, and whether it says that the token is not good any more.
fn told<T>(
    answer: Result<T, RestError>,
    response: impl FnOnce(Result<T, RestError>) -> CloudResponse,
) -> (CloudResponse, bool) {
    let over = answer.as_ref().is_err_and(RestError::needs_login);
    (response(answer), over)
}

fn failed(error: &RestError) -> LoginEvent {
    let why = error.in_words();
    if error.trouble == RestErrorKind::TfaExpired { LoginEvent::TooLate(why) } else { LoginEvent::Failed(why) }
}
