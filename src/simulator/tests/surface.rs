//! What both worlds have: the control surface, the clock, the page, the end.

use super::*;

#[tokio::test]
async fn the_page_needs_nothing_from_outside_and_runs_under_its_policy() {
    let stage = stage().await;
    let response = stage.http.get(stage.teams.base_url()).send().await.expect("answers");
    let policy = response.headers()["content-security-policy"].to_str().expect("ASCII").to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
    let page = response.text().await.expect("HTML");
    assert!(!page.contains("<script>") && !page.contains("style=") && !page.contains("https://"));
    for name in ["app.js", "attach.js", "cards.js", "messages.js", "rooms.js", "samples.js", "search.js", "style.css"] {
        assert!(page.contains(name));
        let file = stage.http.get(format!("{}/{name}", stage.whatsapp.base_url())).send().await.expect("answers");
        let text = file.text().await.expect("text");
        assert!(!text.is_empty() && !text.contains("innerHTML"));
    }
}

#[tokio::test]
async fn the_control_surface_does_the_same_over_http_and_refuses_foreign_pages() {
    let stage = stage().await;
    let base = stage.whatsapp.base_url().to_owned();
    let request = stage.http.post(format!("{base}/_sim/phones/tom/type")).json(&json!({"text": "hi"}));
    let answer: Value = request.send().await.expect("answers").json().await.expect("JSON");
    assert_eq!(answer["wamid"], stage.whatsapp.phone("tom").expect("known")[0].wamid);
    let foreign = stage.http.get(format!("{base}/_sim/state")).header("origin", "https://evil.example").send().await.expect("answers");
    assert_eq!(foreign.status(), 403);
    let own = stage.http.get(format!("{base}/_sim/state")).header("origin", "http://127.0.0.1:9").send().await.expect("answers");
    assert_eq!(own.headers()["access-control-allow-origin"].to_str().ok(), Some("http://127.0.0.1:9"));
    let moved = stage.http.post(format!("{base}/_sim/clock")).json(&json!({"advance_seconds": 3_600})).send().await.expect("answers");
    assert_eq!(moved.status(), 200);
    assert_eq!(stage.clock.now(), noon() + chrono::Duration::hours(1));
}

#[tokio::test]
async fn a_clock_that_is_the_machines_is_not_moved_and_an_open_address_is_not_served() {
    let world = WhatsAppWorld::start(loopback().await, defaults().whatsapp, Clock::System).await.expect("starts");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = http.post(format!("{}/_sim/clock", world.base_url())).json(&json!({"advance_seconds": 1}));
    assert_eq!(request.send().await.expect("answers").status(), 409);
    let open = TcpListener::bind("0.0.0.0:0").await.expect("a port");
    let refused = WhatsAppWorld::start(open, defaults().whatsapp, Clock::System).await;
    assert!(matches!(refused, Err(StartError::NotLoopback(_))));
}

#[tokio::test]
async fn a_stopped_world_answers_nobody() {
    let stage = stage().await;
    let url = format!("{}/_sim/clock", stage.teams.base_url());
    assert_eq!(stage.http.get(&url).send().await.expect("answers").status(), 200);
    stage.teams.stop();
    stage.http.get(&url).send().await.expect_err("gone, the kept connection too");
}
