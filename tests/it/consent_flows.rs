//! Consent flows of a line's own: another language with its own templates, keywords and texts (product.md 3).

use crate::harness::World;

const STOPPED: &str = "Sie erhalten keine Nachrichten von Northwind Service mehr auf WhatsApp.";

#[tokio::test]
async fn the_german_line_asks_confirms_and_stops_in_german() {
    let world = World::start().await;
    let (eva, jonas) = (world.eva(), world.jonas());
    eva.asks(&jonas).await;
    let request = jonas.last();
    assert!(request.text.starts_with("Guten Tag, hier ist Eva Lang von Northwind Service."), "{}", request.text);
    assert_eq!(request.buttons.iter().map(|button| button.title.as_str()).collect::<Vec<_>>(), ["Ja", "Nein"]);
    jonas.taps("Ja").await;
    jonas.shows("Vielen Dank. Sie können jetzt hier mit Eva Lang von Northwind Service schreiben.");
    eva.sees("Jonas Weber accepted.");
    eva.types("Guten Tag, Herr Weber").await;
    assert_eq!(jonas.last().text, "Guten Tag, Herr Weber");
    jonas.types("Abmelden!").await;
    jonas.shows(STOPPED);
    eva.sees("Jonas Weber asked to stop.");
    let before = jonas.texts();
    jonas.types("stopp").await;
    assert_eq!(jonas.texts(), before, "answered once");
}
