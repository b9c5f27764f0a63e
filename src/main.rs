//! The program: what each of its commands does.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use kith::admin::restore;
use kith::admin::{self, AdminCommand, MailCommand};
use kith::admin::{Cli, Command};
use kith::app::{App, OptionalParts, Parts};
use kith::auth::signing;
use kith::config::{DatabaseUrl, MailRoute, Settings};
use kith::features::accounts::RelyingParty;
use kith::features::zone_rules;
use kith::http::{metrics, server};
use kith::platform::crypto::keys::Keys;
use kith::platform::crypto::{PasswordCost, Passwords};
use kith::platform::db::BeginWrite;
use kith::platform::mail::Mailer;
use kith::platform::storage::FileStore;
use kith::platform::time::civil::ZoneName;
use kith::platform::time::clock::Clock;
use kith::platform::{db, logging};
use kith::{api, background, demo};
use mimalloc::MiMalloc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A request makes some hundred short-lived allocations, and often another thread frees them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How long a load balancer has to notice that this server is stopping.
const NOTICE: Duration = Duration::from_secs(5);
const DRAIN: Duration = Duration::from_secs(25);
/// How long the program waits at its end for tasks that nothing needs any more. When a pool of sqlx
/// 0.9 is closed, its count of idle connections can wrap below zero, and then its maintenance task
/// counts down from there and never ends.
const LAST_TASKS: Duration = Duration::from_secs(2);

fn main() -> anyhow::Result<()> {
    let cli = Cli::read();
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("the crypto provider cannot be installed"))?;
    logging::start(&cli.settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(async {
        match cli.command.unwrap_or(Command::Serve) {
            Command::Serve => serve(&cli.settings).await,
            Command::Migrate => migrate(&cli.settings).await,
            Command::Demo { time_zone } => show_a_family(&cli.settings, time_zone.as_deref()).await,
            Command::Backup { file } => back_up(&cli.settings, &file).await,
            Command::SkipMails { before } => skip_mails(&cli.settings, before).await,
            Command::Admin {
                command:
                    AdminCommand::Mail {
                        command: MailCommand::Test { address },
                    },
            } => test_mail(&cli.settings, &address).await,
            Command::Admin { command } => administer(&cli.settings, command).await,
            Command::Openapi { export } => print_document(export),
            Command::Healthcheck => check_health(&cli.settings).await,
        }
    });
    runtime.shutdown_timeout(LAST_TASKS);
    done
}

/// Opens the application on its database. A SQLite file is migrated first.
async fn open(settings: &Settings, mailer: Mailer) -> anyhow::Result<App> {
    let url = settings.database()?;
    let passwords = Passwords::new(PasswordCost::STANDARD, settings.password_rules()?)?;
    let mut optional = OptionalParts::default();
    if let Some(relying_party) = RelyingParty::of_settings(settings)? {
        optional.insert(relying_party);
    }
    let public_url = settings.public_url()?;
    let previous = settings.previous_secret_key()?;
    reach(settings, &url).await?;
    // An operator who restored a database without its key is told before anything is written.
    let sealed = explain(settings, &url, db::find_sealed_sample(&url).await)?;
    let key = settings.secret_key(sealed.is_some())?;
    let keys = Keys::derive_after(&key, previous.as_ref())?;
    admin::check_seal(&keys, sealed.as_deref())?;
    if matches!(url, DatabaseUrl::Sqlite(_)) {
        explain(settings, &url, db::migrate(&url).await)?;
    }
    let db = db::connect(&url, settings.database_connections).await;
    let db = explain(settings, &url, db)?;
    db::check_schema(&db).await?;
    let app = App::new(Parts {
        db,
        clock: Clock::real(),
        keys,
        files: open_files(settings).await?,
        mailer,
        passwords,
        optional,
        public_url,
        signups_allowed: settings.signups_allowed,
        tries_per_minute: settings.tries_per_minute,
        limits: settings.limits(),
        trusted_proxies: settings.trusted_proxies.clone(),
        cors_origins: settings.cors_origins.clone(),
        signing_key_days: settings.signing_key_days,
    });
    admin::check_secret_key(&app).await?;
    signing::prepare(&app).await?;
    Ok(app)
}

/// Opens the store of pictures. A folder in which nothing can be written is told now, not to the
/// first person who sends a picture.
async fn open_files(settings: &Settings) -> anyhow::Result<FileStore> {
    let (folder, setting) = settings.files();
    let explain = || format!("{setting} ({}) cannot be used", folder.display());
    let files = FileStore::in_folder(&folder).with_context(explain)?;
    files.check().await.with_context(explain)?;
    Ok(files)
}

/// Adds to an error which database it is about.
fn explain<T>(
    settings: &Settings,
    url: &DatabaseUrl,
    done: anyhow::Result<T>,
) -> anyhow::Result<T> {
    let setting = settings.database_setting();
    done.with_context(|| format!("{setting} ({}) cannot be used", url.shown()))
}

/// Finds out why the server of a database cannot be reached. A pool would only say that it waited.
async fn reach(settings: &Settings, url: &DatabaseUrl) -> anyhow::Result<()> {
    let Some((host, port)) = url.server() else {
        return Ok(());
    };
    let mut tries = 3;
    loop {
        let connect = tokio::net::TcpStream::connect((host.as_str(), port));
        let why = match tokio::time::timeout(Duration::from_secs(2), connect).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => format!("{host}:{port} cannot be reached: {error}"),
            Err(_) => format!("{host}:{port} does not answer"),
        };
        tries -= 1;
        if tries == 0 {
            return explain(settings, url, Err(anyhow::anyhow!(why)));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn close(app: &App) -> anyhow::Result<()> {
    let closed = app.db().clone().close().await;
    closed.context("the database could not be closed")
}

/// Listens on the address of this setting.
async fn listen(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let advice = if error.kind() == ErrorKind::AddrInUse {
            ". Another program uses this port, perhaps a Kith that is still stopping: end it, wait \
             a few seconds, or set another port"
        } else {
            ""
        };
        anyhow::anyhow!("cannot listen on {address} ({setting}): {error}{advice}")
    })
}

async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let route = settings.mail_route()?;
    // This takes as long as opening the database does, and neither needs the other.
    tokio::task::spawn_blocking(api::prepare);
    let app = open(settings, settings.mailer()?).await?;
    if let Err(problem) = app.shred_deleted(db::HOWEVER_LARGE).await {
        tracing::warn!(
            ?problem,
            "deleted data could not be overwritten on disk; the next start tries again"
        );
    }
    follow_zone_rules(&app).await;

    let stop = CancellationToken::new();
    if let Some(address) = settings.metrics_addr {
        let listener = listen(address, "METRICS_ADDR").await?;
        let metrics = metrics::metrics_router(metrics::measure()?);
        let stop = stop.clone();
        tokio::spawn(async move { server::serve(listener, metrics, &[], stop).await });
    }
    let listener = listen(settings.listen_addr, "LISTEN_ADDR").await?;
    greet(&app, listener.local_addr()?, &settings.database()?, &route);

    background::start(&app);
    let mailer = app.mailer().clone();
    tokio::spawn(async move { mailer.check().await });
    let serving = tokio::spawn({
        let (app, stop) = (app.clone(), stop.clone());
        async move {
            let router = api::router(app.clone());
            server::serve(listener, router, app.trusted_proxies(), stop).await;
        }
    });
    wait_for_the_end(&app, &stop).await?;
    serving.await?;
    app.task_tracker().close();
    if tokio::time::timeout(DRAIN, app.task_tracker().wait())
        .await
        .is_err()
    {
        tracing::warn!("some work did not end in time and was stopped");
    }
    close(&app).await
}

/// Runs before the first request and the first reminder. Times that could not be adjusted stay as
/// they were, and the hourly loop tries again.
async fn follow_zone_rules(app: &App) {
    match zone_rules::follow(app, zone_rules::version()).await {
        Ok(0) => {}
        Ok(corrected) => tracing::info!(
            corrected,
            rules = zone_rules::version(),
            "times were adjusted to newer time zone rules"
        ),
        Err(problem) => tracing::error!(
            ?problem,
            rules = zone_rules::version(),
            "times could not be adjusted to newer time zone rules; the next try is in an hour"
        ),
    }
}

/// Waits for a signal. Then the server is no longer ready, and a little later it accepts no more
/// connections. A second signal ends the program at once.
async fn wait_for_the_end(app: &App, stop: &CancellationToken) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let by_hand = tokio::select! {
        _ = terminate.recv() => false,
        _ = interrupt.recv() => true,
    };
    tracing::info!("stopping");
    app.stopping().cancel();
    if !by_hand {
        tokio::select! {
            () = tokio::time::sleep(NOTICE) => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
    stop.cancel();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        std::process::exit(1);
    });
    Ok(())
}

fn greet(app: &App, address: std::net::SocketAddr, url: &DatabaseUrl, route: &MailRoute) {
    let database = url.shown();
    let mails = match route {
        MailRoute::Folder(folder) => format!("files in {}", folder.display()),
        MailRoute::Smtp(server) => format!("SMTP, {}:{}", server.host, server.port),
    };
    println!(
        "Kith {}\n  API            {}/v1 (listening on {address})\n  Documentation  {}/docs\n  Database       {database}\n  Emails         {mails}",
        env!("CARGO_PKG_VERSION"),
        app.public_url(),
        app.public_url(),
    );
}

async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    let url = settings.database()?;
    let shown = url.shown();
    reach(settings, &url).await?;
    let applied = explain(settings, &url, db::migrate(&url).await)?;
    match applied.len() {
        0 => println!("{shown}: already up to date, nothing to do"),
        number => println!(
            "{shown}: now up to date, {number} migrations applied: {}",
            applied.join(", ")
        ),
    }
    Ok(())
}

async fn test_mail(settings: &Settings, address: &str) -> anyhow::Result<()> {
    match settings.mail_route()? {
        MailRoute::Folder(_) => println!("SMTP_URL is not set: emails are written as files"),
        MailRoute::Smtp(server) => println!("SMTP, {}:{}", server.host, server.port),
    }
    let (mailer, url) = (settings.mailer()?, settings.public_url()?);
    if settings.public_url_is_local()? {
        println!("WARNING: PUBLIC_URL is {url}: links in emails open on this machine only");
    }
    let mut said = |step| println!("  {step}");
    admin::send_test_mail(&mailer, url, address, &Clock::real(), &mut said).await?;
    println!("The email was sent. Look into the mailbox and its junk folder");
    Ok(())
}

/// Fills the database with the demo family. Its emails are not sent.
async fn show_a_family(settings: &Settings, zone: Option<&str>) -> anyhow::Result<()> {
    let zone = match zone {
        Some(name) => ZoneName::named(name).with_context(|| {
            format!("there is no time zone {name:?}: write a name like Europe/Berlin")
        })?,
        None => ZoneName::of_this_machine(),
    };
    let app = open(settings, settings.silent_mailer()?).await?;
    let family = demo::fill(&app, &zone).await?;
    println!("{family}");
    close(&app).await
}

async fn back_up(settings: &Settings, file: &Path) -> anyhow::Result<()> {
    let bytes = db::back_up(&settings.database()?, file).await?;
    println!("{} has {bytes} bytes and is complete", file.display());
    Ok(())
}

async fn skip_mails(settings: &Settings, before: Option<DateTime<Utc>>) -> anyhow::Result<()> {
    let app = open(settings, settings.silent_mailer()?).await?;
    let before = before.unwrap_or_else(|| app.clock().now());
    let skipped = restore::skip_mails(&app, before)
        .await
        .map_err(|problem| anyhow::anyhow!("the emails could not be skipped: {problem:?}"))?;
    println!(
        "Of those due before {}, {} reminders and {} queued emails will not be sent",
        before.to_rfc3339_opts(SecondsFormat::Secs, true),
        skipped.reminders,
        skipped.queued,
    );
    close(&app).await
}

async fn administer(settings: &Settings, command: AdminCommand) -> anyhow::Result<()> {
    let app = open(settings, settings.silent_mailer()?).await?;
    println!("{}", admin::run(&app, command).await?);
    close(&app).await
}

fn print_document(of_export: bool) -> anyhow::Result<()> {
    let document = if of_export {
        api::account_export_schema()
    } else {
        api::document()
    };
    println!("{}", serde_json::to_string_pretty(&document)?);
    Ok(())
}

/// Asks `/readyz` of the server that listens on the configured address.
async fn check_health(settings: &Settings) -> anyhow::Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let mut address = settings.listen_addr;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let ask = async {
        let mut stream = tokio::net::TcpStream::connect(address).await?;
        let request = "GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        anyhow::Ok(answer)
    };
    let answer = tokio::time::timeout(Duration::from_secs(5), ask)
        .await
        .context("the server did not answer within 5 seconds")?
        .with_context(|| format!("no server answers at {address}"))?;
    anyhow::ensure!(
        answer.starts_with("HTTP/1.1 204"),
        "the server is not ready"
    );
    Ok(())
}
