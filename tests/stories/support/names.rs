//! What a screen reader is told of a page: names and roles as the browser computes them.

use super::Browser;
use serde_json::{Value, json};
use thirtyfour::{TypingData, WebElement};

impl Browser {
    /// Focuses the control of this name behind a heading, and presses a key.
    pub async fn press_named(&self, level: &str, heading: &str, name: &str, key: impl Into<TypingData>) {
        let (found, role) = self.named(level, heading, name).await;
        assert!(!["none", "generic"].contains(&role.as_str()), "{name} is no control to a screen reader");
        found.focus().await.unwrap();
        self.keys(key).await;
    }

    /// Role and value of the field of this name behind a heading.
    pub async fn read_named(&self, level: &str, heading: &str, name: &str) -> (String, String) {
        let (found, role) = self.named(level, heading, name).await;
        (role, found.prop("value").await.unwrap().unwrap_or_default())
    }

    /// The first such control behind the heading, in the order of the page; of names that end so.
    async fn named(&self, level: &str, heading: &str, name: &str) -> (WebElement, String) {
        let mut heard = Vec::new();
        for _ in 0..5 {
            heard.clear();
            let mut behind = false;
            for element in self.all(&format!("{level}, button, summary, a[href], textarea, input, select")).await {
                if element.tag_name().await.is_ok_and(|tag| tag == level) {
                    // A heading is read as it stands.
                    behind = element.text().await.is_ok_and(|text| text.trim() == heading);
                } else if behind {
                    let Some(label) = self.computed(&element, "label").await else { continue };
                    heard.push(label.clone());
                    let is_it = label == name || label.ends_with(&format!(" {name}"));
                    if is_it && element.is_displayed().await.unwrap_or(false) {
                        let role = self.computed(&element, "role").await.unwrap_or_default();
                        return (element, role);
                    }
                }
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("behind {heading} there is no {name}: {heard:?}");
    }

    /// WebDriver's "Get Computed Label" and "Get Computed Role".
    async fn computed(&self, element: &WebElement, what: &str) -> Option<String> {
        let path = format!("element/{}/computed{what}", element.element_id());
        let answer: Value = self.raw(&path).await?;
        (answer["value"] != json!(null)).then(|| answer["value"].as_str().unwrap_or_default().trim().to_owned())
    }
}
