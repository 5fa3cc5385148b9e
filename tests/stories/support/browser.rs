//! A person at a screen: a Chromium that ends with the story.
//!
//! The portal (127.0.0.2) and the application (localhost) are different sites, and third-party cookies are blocked: the
//! application's frame is as foreign as in a real Bitrix24.

use super::{Portal, bitrix::Opening};
use serde_json::{Value, json};
use std::{
    future::Future,
    io::{BufRead, BufReader, Read, Write},
    mem::ManuallyDrop,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};
use thirtyfour::{
    Capabilities, ChromiumLikeCapabilities, DesiredCapabilities, Key, LoggingPrefsLogLevel, WebDriver, WebElement,
    prelude::*,
};

/// How long a person waits for something to appear; generous, because builders share machines.
const PATIENCE: Duration = Duration::from_secs(30);

const FIELDS: &str = "const a = document.activeElement; return [`focus: ${a?.outerHTML.slice(0, 120)}`, \
                      ...[...document.querySelectorAll('textarea, [type=text]')].filter(e => e.checkVisibility()) \
                      .map(e => `${e.name}: ${e.value}`)]";

const GLANCE: Duration = Duration::from_millis(100);

/// The screen and its habits.
#[derive(Clone, Copy)]
pub struct Screen {
    pub width: u32,
    pub height: u32,
    pub dark: bool,
    /// Whether pages of the application may run scripts.
    pub script: bool,
    /// What the browser asks for where no portal says who reads.
    pub lang: &'static str,
}

impl Default for Screen {
    fn default() -> Self {
        Self { width: 1280, height: 800, dark: false, script: true, lang: "en-US" }
    }
}

/// One Chromium with its driver.
pub struct Browser {
    driver: ManuallyDrop<WebDriver>,
    process: Driver,
    profile: Profile,
    /// How much of Chromium's log has been read.
    heard: AtomicUsize,
}

impl Drop for Browser {
    /// Without a word of the runtime, which may be in the middle of a panic.
    fn drop(&mut self) {
        let session = self.driver.session_id().to_string();
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.process.port)) {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            let _ =
                write!(stream, "DELETE /session/{session} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            let _ = stream.read(&mut [0; 64]);
        }
    }
}

struct Driver {
    child: Child,
    port: u16,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Profile(PathBuf);

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The driver takes a port of IPv4 and then wants the same one of IPv6; where somebody has that it ends, and another try
/// gets another port.
fn start_driver() -> Driver {
    (0..5).find_map(|_| try_driver()).expect("chromedriver names its port")
}

fn try_driver() -> Option<Driver> {
    let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
    let child = Command::new(&program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.unwrap_or_else(|error| {
        panic!("browser stories need {program} ({error}). On Debian: apt-get install chromium chromium-driver")
    });
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port = lines.find_map(|line| {
        let line = line.ok()?;
        line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok()
    });
    let Some(port) = port else {
        child.wait().unwrap();
        return None;
    };
    // Whatever it says later must find a reader.
    std::thread::spawn(move || lines.for_each(drop));
    Some(Driver { port, child })
}

fn capabilities(profile: &Path, screen: Screen) -> Capabilities {
    let mut wanted = DesiredCapabilities::chrome();
    let size = format!("--window-size={},{}", screen.width, screen.height);
    let folder = format!("--user-data-dir={}", profile.display());
    let lang = format!("--accept-lang={}", screen.lang);
    for flag in [
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-extensions",
        "--disable-sync",
        "--no-first-run",
        "--no-default-browser-check",
        "--no-proxy-server",
        "--hide-scrollbars=false",
        "--lang=en-US",
        "--host-resolver-rules=MAP foreign.test 127.0.0.1",
        &size,
        &folder,
        &lang,
    ] {
        wanted.add_arg(flag).unwrap();
    }
    // A mouse; and the colours, for every frame: what DevTools emulates ends at the edge of a site.
    let mouse = "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4";
    let dark = if screen.dark { ",preferredColorScheme=0" } else { "" };
    wanted.add_arg(&format!("--blink-settings={mouse}{dark}")).unwrap();
    let scripts = if screen.script { 1 } else { 2 };
    let habits = json!({
        "profile": {
            "block_third_party_cookies": true, "cookie_controls_mode": 1,
            "managed_default_content_settings": {"javascript": scripts},
        },
    });
    wanted.add_experimental_option("prefs", habits).unwrap();
    wanted.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
    wanted.into()
}

impl Browser {
    pub async fn start() -> Self {
        Self::with(Screen::default()).await
    }

    pub async fn with(screen: Screen) -> Self {
        let profile = std::env::temp_dir().join(format!("handback-browser-{}", super::stack::unique()));
        let process = start_driver();
        let url = format!("http://127.0.0.1:{}", process.port);
        let driver = WebDriver::new(url, capabilities(&profile, screen)).await;
        let driver = driver.expect("Chromium starts; on Debian: apt-get install chromium chromium-driver");
        let browser =
            Self { driver: ManuallyDrop::new(driver), process, profile: Profile(profile), heard: AtomicUsize::new(0) };
        browser.resize(screen.width, screen.height).await;
        browser
    }

    /// What WebDriver has no word for.
    async fn devtools(&self, command: &str, params: Value) -> Value {
        let session = self.driver.session_id().to_string();
        let url = format!("http://127.0.0.1:{}/session/{session}/goog/cdp/execute", self.process.port);
        let asked = super::visitor::client().post(url).json(&json!({"cmd": command, "params": params}));
        asked.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    /// What WebDriver answers about something of this session.
    pub(super) async fn raw(&self, path: &str) -> Option<Value> {
        let url = format!("http://127.0.0.1:{}/session/{}/{path}", self.process.port, self.driver.session_id());
        super::visitor::client().get(url).send().await.ok()?.json().await.ok()
    }

    pub(super) async fn all(&self, css: &str) -> Vec<WebElement> {
        self.driver.find_all(By::Css(css)).await.unwrap_or_default()
    }

    /// The visible part of the page, exactly.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    pub async fn go(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
    }

    /// Opens a page of the portal as one of its people.
    pub async fn visit(&self, portal: &Portal, user: i64, path: &str) {
        let joint = if path.contains('?') { '&' } else { '?' };
        self.go(&format!("http://{}{path}{joint}as={user}", portal.domain)).await;
    }

    /// Opens the application's slider page and goes into its frame.
    pub async fn open(&self, portal: &Portal, user: i64) {
        self.visit(portal, user, "/marketplace/app/").await;
        self.frame("queue").await;
    }

    /// Opens a place in a window of its own, outside of every portal, by pressing a plain form's button.
    pub async fn open_alone(&self, opening: &Opening) {
        let hidden = |(name, value): &(String, String)| {
            format!("<input type=hidden name='{name}' value='{}'>", value.replace('&', "&amp;").replace('\'', "&#39;"))
        };
        let (url, fields) = (opening.url.replace('&', "&amp;"), opening.body.iter().map(hidden).collect::<String>());
        let form = format!("<form method=post action='{url}'>{fields}<button>Open</button></form>");
        self.go(&foreign_site(form)).await;
        self.click("button").await;
        self.until("document.querySelector('main[data-page]') && document.readyState == 'complete'").await;
    }

    /// Out of every frame.
    pub async fn top(&self) {
        self.driver.enter_default_frame().await.unwrap();
    }

    /// Into the application's frame of the page on top, as soon as it shows this page.
    pub async fn frame(&self, page: &str) {
        self.frame_in(&[".app-frame iframe"], page).await;
    }

    /// The same through several frames: a slider, then the frame in it.
    pub async fn frame_in(&self, path: &[&str], page: &str) {
        let shown =
            format!("[...document.querySelectorAll('main[data-page]')].map(m => m.dataset.page)[0] == '{page}'");
        let ready = format!("document.readyState == 'complete' && {shown}");
        self.wait_for(&format!("the {page} page in {path:?}"), || async {
            self.top().await;
            for css in path {
                self.driver.find(By::Css(*css)).await.ok()?.enter_frame().await.ok()?;
            }
            (self.try_js(&format!("return {ready}")).await? == true).then_some(())
        })
        .await;
    }

    /// Into a frame, whatever it shows.
    pub async fn enter(&self, css: &str) {
        self.find(css).await.enter_frame().await.unwrap();
    }

    /// Into the nth frame of the page on top.
    pub async fn frame_number(&self, nth: u16) {
        self.top().await;
        self.driver.enter_frame(nth).await.unwrap();
    }

    /// To the nth window, as soon as it is there.
    pub async fn to_window(&self, nth: usize) {
        let window = self.wait_for("a window", || async { self.driver.windows().await.ok()?.get(nth).cloned() }).await;
        self.driver.switch_to_window(window).await.unwrap();
    }

    /// Waits until the console says something of this, and takes that off it.
    pub async fn wait_for_log(&self, words: &str) {
        self.wait_for(words, || async {
            let log = self.log().await;
            assert!(log.iter().all(|line| line.contains(words) || line.contains("BLOCKED")), "{log:#?}");
            (!log.is_empty()).then_some(())
        })
        .await;
    }

    async fn wait_for<T, F: Future<Output = Option<T>>>(&self, what: &str, mut ask: impl FnMut() -> F) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            if began.elapsed() > PATIENCE {
                let text = self.try_js("return `${location.href}: ${document.body.innerText}`").await;
                // What is not among the page's words: what the fields hold, what the focus is on.
                let fields = self.try_js(FIELDS).await;
                panic!("{what} did not come: {text:?}; {fields:?}; {:?}", self.log().await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn try_js(&self, script: &str) -> Option<Value> {
        self.driver.execute(script, vec![]).await.ok().map(|answer| answer.json().clone())
    }

    /// What a script answers in the current frame.
    pub async fn js(&self, script: &str) -> Value {
        let answer = self.driver.execute(script, vec![]).await;
        answer.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
    }

    /// Runs a script that answers through `done`.
    pub async fn js_async(&self, script: &str) -> Value {
        let script = format!("const done = arguments[arguments.length - 1]; {script}");
        self.driver.execute_async(script, vec![]).await.unwrap().json().clone()
    }

    /// Waits until an expression is true.
    pub async fn until(&self, expression: &str) {
        let script = format!("return !!({expression})");
        self.wait_for(expression, || async { (self.try_js(&script).await? == true).then_some(()) }).await;
    }

    pub async fn text(&self, css: &str) -> String {
        self.js(&format!("return document.querySelector({}).innerText", json!(css))).await.as_str().unwrap().to_owned()
    }

    /// Everything that the current frame shows.
    pub async fn shown(&self) -> String {
        self.text("body").await
    }

    /// How many elements there are.
    pub async fn count(&self, css: &str) -> u64 {
        self.js(&format!("return document.querySelectorAll({}).length", json!(css))).await.as_u64().unwrap()
    }

    async fn find(&self, css: &str) -> WebElement {
        self.wait_for(css, || async { self.driver.find(By::Css(css)).await.ok() }).await
    }

    /// What has just unfolded makes the page higher, and a moment later its frame: a hand presses when that is over, half a
    /// second later at the latest.
    async fn comes_to_rest(&self) {
        let rests = "return self === top || document.documentElement.scrollHeight <= innerHeight";
        for _ in 0..10 {
            if self.try_js(rests).await != Some(Value::Bool(false)) {
                return;
            }
            tokio::time::sleep(GLANCE / 2).await;
        }
    }

    pub async fn click(&self, css: &str) {
        self.comes_to_rest().await;
        // A list that has just been scrolled, or was read anew, comes to rest first.
        for _ in 0..20 {
            match self.find(css).await.click().await {
                Err(error) if ["intercepted", "stale"].iter().any(|word| error.to_string().contains(word)) => {
                    // The bar at the foot may hang over it: a hand would turn the wheel.
                    let to_the_middle =
                        format!("document.querySelector({})?.scrollIntoView({{block: 'center'}})", json!(css));
                    self.try_js(&to_the_middle).await;
                    tokio::time::sleep(GLANCE).await
                }
                done => return done.unwrap_or_else(|error| panic!("{css}: {error}")),
            }
        }
        self.find(css).await.click().await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Clicks twice at one place, as a hand does: what has come there in between gets the second click.
    pub async fn double_click(&self, css: &str, gap: Duration) {
        let middle = |scroll: &str, css: &str| {
            format!(
                "const e = document.querySelector({}); {scroll} const r = e.getBoundingClientRect(); \
                 return [r.x + r.width / 2, r.y + r.height / 2, r.x, r.y]",
                json!(css)
            )
        };
        let point = |at: Value, nth: usize| at[nth].as_f64().unwrap();
        // The page around the frame is another process and scrolls a little later.
        self.js(&middle("e.scrollIntoView({block: 'center'});", css)).await;
        self.settle().await;
        let inner = self.js(&middle("", css)).await;
        self.top().await;
        let frame = self.js(&middle("", ".app-frame iframe")).await;
        let (x, y) = (point(inner.clone(), 0) + point(frame.clone(), 2), point(inner, 1) + point(frame, 3));
        for nth in 1..=2 {
            for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
                let event = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": nth});
                self.devtools("Input.dispatchMouseEvent", event).await;
            }
            tokio::time::sleep(gap).await;
        }
        self.enter(".app-frame iframe").await;
    }

    pub async fn type_into(&self, css: &str, text: &str) {
        self.find(css).await.send_keys(text).await.unwrap();
    }

    /// Presses keys wherever the focus is.
    pub async fn keys(&self, keys: impl Into<thirtyfour::TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.unwrap();
    }

    pub async fn ctrl_enter(&self) {
        let chain = self.driver.action_chain().key_down(Key::Control).key_down(Key::Enter);
        chain.key_up(Key::Enter).key_up(Key::Control).perform().await.unwrap();
    }

    /// The name of what has the focus: its words and its element.
    pub async fn focus(&self) -> String {
        let script = "const e = document.activeElement; return `${e.tagName} ${e.innerText ?? ''}`.trim()";
        self.js(script).await.as_str().unwrap().to_owned()
    }

    /// Presses Tab until the focus is where it should be; counts the presses.
    pub async fn tab_to(&self, css: &str) -> usize {
        let there = format!("return document.activeElement.matches({})", json!(css));
        for presses in 0..60 {
            if self.js(&there).await == true {
                return presses;
            }
            self.keys(Key::Tab).await;
        }
        panic!("Tab does not reach {css}; the focus is on {}", self.focus().await);
    }

    /// `data-outcome` of a task becomes this.
    pub async fn outcome(&self, task: i64, outcome: &str) {
        let row = format!("document.querySelector('[data-task-id=\"{task}\"]')");
        self.until(&format!("{row}?.dataset.outcome == '{outcome}'")).await;
    }

    /// Opens the details of a row, types the reason and presses the button.
    pub async fn return_task(&self, task: i64, reason: &str) {
        let row = row(task);
        self.click(&format!("{row} details.return > summary")).await;
        self.type_into(&format!("{row} details[open] textarea"), reason).await;
        self.click(&format!("{row} details.return[open] button.primary")).await;
    }

    /// Writes down what runs afoul of the content security policy from now on.
    pub async fn watch_policy(&self) {
        self.js("window.violations = []; addEventListener('securitypolicyviolation', \
             e => violations.push(`${e.violatedDirective} ${e.blockedURI}`))")
            .await;
    }

    /// What the consoles of all frames say since the last look, and errors of the page on top. WebDriver does not hear
    /// frames of other sites; Chromium's own log does, and our pages have nothing to say there at all.
    pub async fn log(&self) -> Vec<String> {
        let entries = self.driver.browser_log().await.unwrap_or_default();
        let mut log: Vec<String> = entries.into_iter().filter(|e| e.level == "SEVERE").map(|e| e.message).collect();
        let text = std::fs::read(self.profile.0.join("chrome_debug.log")).expect("Chromium keeps a log");
        let heard = self.heard.swap(text.len(), Ordering::Relaxed);
        let lines = String::from_utf8_lossy(&text[heard..]).into_owned();
        log.extend(lines.lines().filter(|line| line.contains(":CONSOLE:")).map(str::to_owned));
        log
    }

    /// Takes errors that the story provoked off the console: each holds this.
    pub async fn forgive(&self, words: &str) {
        assert!(self.may_have_said(words).await > 0, "the console says nothing of {words}");
    }

    /// The same, where a browser may as well say nothing; how many there were.
    pub async fn may_have_said(&self, words: &str) -> usize {
        let log = self.log().await;
        assert!(log.iter().all(|line| line.contains(words)), "{log:#?}");
        log.len()
    }

    /// Lets fonts, heights and animations come to rest.
    pub async fn settle(&self) {
        tokio::time::sleep(Duration::from_millis(600)).await;
    }

    /// A picture of the screen.
    pub async fn picture(&self, path: &Path) {
        std::fs::write(path, self.driver.screenshot_as_png().await.unwrap()).unwrap();
    }

    /// Whether the current frame would have to be scrolled sideways.
    pub async fn scrolls_sideways(&self) -> bool {
        self.js("return document.documentElement.scrollWidth > document.documentElement.clientWidth").await == true
    }

    /// The end: nothing went wrong on any page, and no dialog is open.
    pub async fn finish(self) {
        assert!(self.driver.get_alert_text().await.is_err(), "a dialog is open");
        assert_eq!(self.log().await, Vec::<String>::new(), "errors on the console");
    }
}

/// Somebody else's site with one page; answers its address.
pub fn foreign_site(body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let asked = stream.read(&mut [0; 4096]).unwrap_or(0);
            // A browser opens connections ahead of time; a page is told to those who ask.
            if asked > 0 {
                let page = format!("<!doctype html><title>Foreign</title><link rel=icon href='data:,'>{body}");
                let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}", page.len());
                let _ = write!(stream, "{head}\r\nConnection: close\r\n\r\n{page}");
            }
        }
    });
    format!("http://foreign.test:{port}/")
}

/// The row of a task.
pub fn row(task: i64) -> String {
    format!("[data-task-id=\"{task}\"]")
}
