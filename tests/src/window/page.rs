//! What a person sees of the page, and what they do to it. Things are found by their `data-testid`.

use std::time::{Duration, Instant};

use fantoccini::actions::{
    Actions, InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::{Result, Trouble};

/// How long anything that is waited for may take.
const LIMIT: Duration = Duration::from_secs(30);

/// One look lasts at most so long, so that a page that is loaded again in the middle is looked at anew.
const LOOK: Duration = Duration::from_secs(3);

/// Looks with every frame until the body is something, then gives it. The body is part of the script: the
/// page's own policy lets nobody make functions of text.
fn watch(body: &str) -> String {
    format!(
        "
        const [given, limit, done] = arguments;
        const by = (id) => document.querySelector(`[data-testid=\"${{id}}\"]`);
        const look = () => {{ {body} }};
        const end = performance.now() + limit;
        const again = () => {{
            const seen = look();
            if (seen || performance.now() > end) done(seen || null);
            else requestAnimationFrame(again);
        }};
        again();"
    )
}

/// A place in the window, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    pub x: f64,
    pub y: f64,
}

impl Spot {
    #[must_use]
    pub fn moved(self, x: f64, y: f64) -> Self {
        Self { x: self.x + x, y: self.y + y }
    }
}

#[derive(Debug, Clone)]
pub struct Page {
    client: Client,
}

fn named(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

impl Page {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// For what only a driver can be asked.
    pub fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }

    /// Waits until the body of a function of `given` and `by` (a test id's element) returns something.
    /// The message says what did not happen.
    pub async fn until(&self, what: &str, body: &str, given: Value) -> Result<Value> {
        self.until_within(LIMIT, what, body, given).await
    }

    pub async fn until_within(&self, limit: Duration, what: &str, body: &str, given: Value) -> Result<Value> {
        let deadline = Instant::now() + limit;
        let script = watch(body);
        let mut refused = String::new();
        loop {
            let look = LOOK.min(deadline.saturating_duration_since(Instant::now())).as_millis();
            let arguments = vec![given.clone(), json!(u64::try_from(look).unwrap_or(0))];
            match self.client.execute_async(&script, arguments).await {
                Ok(Value::Null) => {}
                Ok(seen) => return Ok(seen),
                // The page may be on its way out or in.
                Err(error) => refused = error.to_string(),
            }
            if Instant::now() >= deadline {
                let page = format!("{refused}\n{}", self.report().await);
                return Err(Trouble::Never { what: what.to_owned(), page });
            }
        }
    }

    /// Where the page is and what it says, for messages.
    pub async fn report(&self) -> String {
        let said = "return `${location.hash}\n${document.body.innerText}`";
        match self.client.execute(said, vec![]).await {
            Ok(text) => text.as_str().unwrap_or_default().to_owned(),
            Err(error) => format!("The page can't be read: {error}"),
        }
    }

    /// Waits for the thing of this name.
    pub async fn find(&self, id: &str) -> Result<Element> {
        self.until(&format!("{id} is there"), "return by(given) !== null", json!(id)).await?;
        Ok(self.client.find(Locator::Css(&named(id))).await?)
    }

    /// Waits until the thing is there and can be used, and clicks it. What a frame replaces meanwhile is
    /// looked for again.
    pub async fn click(&self, id: &str) -> Result<()> {
        let deadline = Instant::now() + LIMIT;
        let usable = "const it = by(given); return it !== null && !it.disabled";
        loop {
            self.until(&format!("{id} can be clicked"), usable, json!(id)).await?;
            let clicked = match self.client.find(Locator::Css(&named(id))).await {
                Ok(element) => element.click().await,
                Err(error) => Err(error),
            };
            match clicked {
                Err(_) if Instant::now() < deadline => {}
                settled => return Ok(settled?),
            }
        }
    }

    /// Waits until the thing's text contains `text`.
    pub async fn see(&self, id: &str, text: &str) -> Result<()> {
        let body = "return by(given[0])?.innerText.includes(given[1])";
        self.until(&format!("{id} says “{text}”"), body, json!([id, text])).await.map(drop)
    }

    /// Waits until nothing of this name is there.
    pub async fn gone(&self, id: &str) -> Result<()> {
        self.until(&format!("{id} is gone"), "return by(given) === null", json!(id)).await.map(drop)
    }

    /// The thing's text, once it is there.
    pub async fn text(&self, id: &str) -> Result<String> {
        Ok(self.find(id).await?.text().await?)
    }

    /// An attribute of the thing, once it is there.
    pub async fn attribute(&self, id: &str, name: &str) -> Result<Option<String>> {
        Ok(self.find(id).await?.attr(name).await?)
    }

    /// Replaces what a field holds, and goes out of it: fields save themselves.
    pub async fn fill(&self, id: &str, text: &str) -> Result<()> {
        // Over what is chosen, as a person does: a field that a script has emptied is filled again by the page.
        let choose =
            "const it = by(given); it?.focus(); it?.select(); return it && document.activeElement === it";
        self.until(&format!("{id} takes a text"), choose, json!(id)).await?;
        let keys = if text.is_empty() { "\u{e003}" } else { text };
        self.find(id).await?.send_keys(keys).await?;
        self.client.execute("document.activeElement?.blur()", vec![]).await?;
        Ok(())
    }

    /// Types into a field without leaving it.
    pub async fn type_into(&self, id: &str, text: &str) -> Result<()> {
        Ok(self.find(id).await?.send_keys(text).await?)
    }

    /// Chooses an option of a select by its value.
    pub async fn choose(&self, id: &str, value: &str) -> Result<()> {
        let present = "return [...(by(given[0])?.options ?? [])].some((o) => o.value === given[1])";
        self.until(&format!("{id} offers {value}"), present, json!([id, value])).await?;
        Ok(self.find(id).await?.select_by_value(value).await?)
    }

    /// Presses keys one after another, wherever the focus is.
    pub async fn press(&self, keys: &str) -> Result<()> {
        let mut pressed = KeyActions::new("keys".into());
        for value in keys.chars() {
            pressed = pressed.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        Ok(self.client.perform_actions(pressed).await?)
    }

    /// The middle of a thing, once it stands still for a frame.
    pub async fn middle(&self, id: &str) -> Result<Spot> {
        let body = "
            const box = by(given)?.getBoundingClientRect();
            if (!box || box.width === 0) return null;
            const at = `${box.x} ${box.y}`;
            const still = window.__stillAt === at;
            window.__stillAt = at;
            return still ? [box.x + box.width / 2, box.y + box.height / 2] : null;
        ";
        let found = self.until(&format!("{id} stands still"), body, json!(id)).await?;
        let at = |n: usize| found[n].as_f64().unwrap_or_default();
        Ok(Spot { x: at(0), y: at(1) })
    }

    /// Double-clicks a place.
    pub async fn double_click(&self, spot: Spot) -> Result<()> {
        let mut pointer = MouseActions::new("mouse".into()).then(to(spot));
        for _ in 0..2 {
            pointer = pointer.then(DOWN).then(UP);
        }
        Ok(self.client.perform_actions(pointer).await?)
    }

    /// Drags from one place to another, by way of the middle as a hand does.
    pub async fn drag(&self, from: Spot, until: Spot) -> Result<()> {
        let half = Spot { x: f64::midpoint(from.x, until.x), y: f64::midpoint(from.y, until.y) };
        let pointer = MouseActions::new("mouse".into())
            .then(to(from))
            .then(DOWN)
            .then(to(half))
            .then(to(until.moved(-2.0, 0.0)))
            .then(to(until))
            .then(UP);
        Ok(self.client.perform_actions(Actions::from(pointer)).await?)
    }

    /// What a run's terminal holds, as text; waits until it is shown.
    pub async fn terminal(&self, run: &str) -> Result<String> {
        let shown = format!("the terminal of {run} is shown");
        let text = self
            .until(&shown, &format!("{TERMINAL} return text === null ? null : [text]"), json!([run]))
            .await?;
        Ok(text[0].as_str().unwrap_or_default().to_owned())
    }

    /// Waits until a run's terminal holds the text.
    pub async fn see_in_terminal(&self, run: &str, text: &str) -> Result<()> {
        let what = format!("the terminal of {run} says “{text}”");
        let body = format!("{TERMINAL} return text !== null && text.includes(given[1])");
        self.until(&what, &body, json!([run, text])).await.map(drop)
    }

    /// Types into a run's terminal as a person does.
    pub async fn type_into_terminal(&self, run: &str, text: &str) -> Result<()> {
        let keyboard = format!("{} .xterm-helper-textarea", named(&format!("terminal-{run}")));
        let waits = "return document.querySelector(given) !== null";
        self.until(&format!("the terminal of {run} takes keys"), waits, json!(keyboard)).await?;
        Ok(self.client.find(Locator::Css(&keyboard)).await?.send_keys(text).await?)
    }
}

/// All lines of a terminal's buffer; a line that goes on in the next is one.
const TERMINAL: &str = "
    const buffer = window.__coppiceTerminals?.get(given[0])?.buffer.active;
    let text = buffer ? '' : null;
    for (let row = 0; buffer && row < buffer.length; row++) {
        const line = buffer.getLine(row);
        text += (row > 0 && !line.isWrapped ? '\\n' : '') + line.translateToString(true);
    }
";

const DOWN: PointerAction = PointerAction::Down { button: MOUSE_BUTTON_LEFT };
const UP: PointerAction = PointerAction::Up { button: MOUSE_BUTTON_LEFT };

/// To the whole pixel: the driver knows no others.
fn to(spot: Spot) -> PointerAction {
    PointerAction::MoveTo { duration: Some(Duration::from_millis(20)), x: spot.x.round(), y: spot.y.round() }
}
