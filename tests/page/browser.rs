//! A headless Chromium, driven through chromedriver: started for one test, ended with it.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    error::{CmdError, ErrorStatus},
};
use serde_json::{Value, json};

use crate::common::{root, scratch};

/// How long the page may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// A chromedriver process; it ends with the value.
struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// Starts it on a free port; `None` if it or Chromium is not installed.
    fn start() -> Option<Self> {
        Command::new("chromium").arg("--version").output().ok()?;
        Command::new("chromedriver").arg("--version").output().ok()?;
        // Two that begin at once may choose the same port; then one of them ends.
        (0..5).find_map(|_| Self::try_start()).or_else(|| panic!("chromedriver says no port"))
    }

    fn try_start() -> Option<Self> {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let mut lines = BufReader::new(stdout).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let rest = line.split("started successfully on port ").nth(1)?;
            rest.trim_end_matches('.').parse().ok()
        });
        let Some(port) = port else {
            let _ = child.wait();
            return None;
        };
        std::thread::spawn(move || lines.count());
        Some(Self { child, port })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The browser with the page open.
pub(crate) struct Page {
    client: Client,
    artifacts: PathBuf,
}

/// Opens the page in a browser, runs `test`, and closes the browser whatever happens.
pub(crate) fn with_page<F>(name: &str, test: impl FnOnce(Page) -> F + Send + 'static)
where
    F: Future<Output = ()> + Send + 'static,
{
    let Some(driver) = Driver::start() else {
        eprintln!("skipped: chromium or chromedriver is not installed; run tests/run --install");
        return;
    };
    let profile = scratch(&format!("browser-{name}"));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let outcome = runtime.block_on(async {
        let client = connect(&driver, &profile).await;
        let artifacts = root().join("artifacts/page");
        std::fs::create_dir_all(&artifacts).unwrap();
        let page = Page { client: client.clone(), artifacts };
        let outcome = tokio::spawn(test(page)).await;
        let _ = client.close().await;
        outcome
    });
    drop(driver);
    let _ = std::fs::remove_dir_all(profile);
    if let Err(failure) = outcome {
        std::panic::resume_unwind(failure.into_panic());
    }
}

async fn connect(driver: &Driver, profile: &std::path::Path) -> Client {
    // Without the flags on networking Chromium looks for its maker at every start. Nothing but this page is opened, so
    // it needs no sandbox, which root cannot have.
    let options = json!({
        "args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--host-resolver-rules=MAP *.test 127.0.0.1", "--disable-dev-shm-usage", "--force-device-scale-factor=1", "--window-size=1280,900",
            format!("--user-data-dir={}", profile.display()),
        ]
    });
    let capabilities = json!({ "browserName": "chrome", "goog:chromeOptions": options });
    let Value::Object(capabilities) = capabilities else { unreachable!("an object was written") };
    let connector = hyper_util::client::legacy::connect::HttpConnector::new();
    ClientBuilder::new(connector)
        .capabilities(capabilities)
        .connect(&format!("http://127.0.0.1:{}", driver.port))
        .await
        .expect("chromedriver opens a session")
}

impl Page {
    /// Opens a server's page, `width` by `height` inside, and waits until it shows an answer. It asks for no predictions.
    pub(crate) async fn open(&self, server: SocketAddr, width: u32, height: u32) {
        self.client.goto(&format!("http://{server}/icon.svg")).await.unwrap();
        self.run("localStorage.setItem('predict', 'off')").await;
        self.open_as_is(server, width, height).await;
    }

    /// Opens a server's page as it is at first, with predictions.
    pub(crate) async fn open_as_is(&self, server: SocketAddr, width: u32, height: u32) {
        self.client.goto(&format!("http://{server}/")).await.unwrap();
        let frame = self.run("return [outerWidth - innerWidth, outerHeight - innerHeight]").await;
        let extra = |index: usize| u32::try_from(frame[index].as_u64().unwrap_or(0)).unwrap();
        self.client.set_window_size(width + extra(0), height + extra(1)).await.unwrap();
        self.until("return document.documentElement.dataset.ready === 'true'").await;
    }

    /// Makes what is seen of the page `width` by `height`.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.unwrap();
        let frame = self.run("return [outerHeight - innerHeight]").await;
        let extra = u32::try_from(frame[0].as_u64().unwrap_or(0)).unwrap();
        if extra > 0 {
            self.client.set_window_size(width, height + extra).await.unwrap();
        }
        self.until(&format!("return innerWidth === {width}")).await;
    }

    /// Opens any address.
    pub(crate) async fn visit(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Runs a script; what it returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| {
            panic!("{script}: {error}");
        })
    }

    /// Runs a script that calls the function it is given last.
    pub(crate) async fn run_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute_async(script, arguments).await.unwrap()
    }

    /// Waits until a script returns true.
    pub(crate) async fn until(&self, script: &str) {
        let begun = Instant::now();
        while self.run(script).await != Value::Bool(true) {
            if begun.elapsed() > PATIENCE {
                self.shot("failed").await;
                let text = self.text("body").await;
                panic!("it never came true: {script}\n{text}");
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Waits until an element's text is as wanted.
    pub(crate) async fn until_text(&self, selector: &str, wanted: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        loop {
            let text = self.text(selector).await;
            if wanted(&text) {
                return text;
            }
            if begun.elapsed() > PATIENCE {
                self.shot("failed").await;
                panic!("the text of {selector} stayed: {text}");
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// The text of an element, empty if there is none.
    pub(crate) async fn text(&self, selector: &str) -> String {
        let script =
            format!("return document.querySelector({})?.textContent ?? ''", quoted(selector));
        self.run(&script).await.as_str().unwrap_or_default().to_owned()
    }

    /// The texts of all elements.
    pub(crate) async fn texts(&self, selector: &str) -> Vec<String> {
        let script = format!(
            "return [...document.querySelectorAll({})].map((it) => it.textContent)",
            quoted(selector)
        );
        serde_json::from_value(self.run(&script).await).unwrap()
    }

    /// The verdict and the data of the answer that is shown.
    pub(crate) async fn verdict(&self) -> String {
        self.told("#verdict").await
    }

    /// Waits until the verdict and the data are as wanted.
    pub(crate) async fn until_verdict(&self, wanted: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        loop {
            let told = self.verdict().await;
            if wanted(&told) {
                return;
            }
            if begun.elapsed() > PATIENCE {
                self.shot("failed").await;
                panic!("the verdict stayed: {told}");
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// What an element tells in the server's own words; empty if there is none.
    pub(crate) async fn told(&self, selector: &str) -> String {
        let script =
            format!("return document.querySelector({})?.dataset.told ?? ''", quoted(selector));
        self.run(&script).await.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks as a mouse does: the element must be visible and nothing may cover it.
    pub(crate) async fn click(&self, selector: &str) {
        let script = format!(
            "document.querySelector({})?.scrollIntoView({{ block: 'center' }})",
            quoted(selector)
        );
        for attempt in 0.. {
            self.run(&script).await;
            let clicked = match self.client.find(Locator::Css(selector)).await {
                Ok(element) => element.click().await,
                Err(error) => Err(error),
            };
            match clicked {
                Ok(()) => return,
                // The page drew itself anew in between.
                Err(error) if drawn_anew(&error) && attempt < 5 => {}
                Err(error) => panic!("{selector}: {error}"),
            }
        }
    }

    /// Sends keys to an element.
    pub(crate) async fn keys(&self, selector: &str, keys: &str) {
        for attempt in 0.. {
            let element = self.client.find(Locator::Css(selector)).await.unwrap();
            match element.send_keys(keys).await {
                Ok(()) => return,
                Err(error) if drawn_anew(&error) && attempt < 5 => {}
                Err(error) => panic!("{selector}: {error}"),
            }
        }
    }

    /// Sends keys to whatever has the focus.
    pub(crate) async fn type_keys(&self, keys: &str) {
        let element = self.client.active_element().await.unwrap();
        element.send_keys(keys).await.unwrap();
    }

    /// Chooses an option of a select by its value.
    pub(crate) async fn choose(&self, selector: &str, value: &str) {
        let begun = Instant::now();
        loop {
            let element = self.client.find(Locator::Css(selector)).await.unwrap();
            match element.select_by_value(value).await {
                Ok(()) => return,
                Err(error) if drawn_anew(&error) && begun.elapsed() < PATIENCE => {}
                Err(error) => panic!("{selector}: {error}"),
            }
        }
    }

    /// Keeps a picture of the page.
    pub(crate) async fn shot(&self, name: &str) {
        let png = self.client.screenshot().await.unwrap();
        std::fs::write(self.artifacts.join(format!("{name}.png")), png).unwrap();
    }
}

/// Whether an element was replaced while something was done to it.
fn drawn_anew(error: &CmdError) -> bool {
    match error {
        CmdError::Standard(error) => matches!(
            error.error,
            ErrorStatus::StaleElementReference | ErrorStatus::ElementNotInteractable
        ),
        _ => false,
    }
}

/// A text as a JavaScript string.
pub(crate) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
