use super::*;
use rstest::rstest;
use secrecy::ExposeSecret;
use std::path::PathBuf;

const SECRET: &str = "s3cr3t-of-nobody";

/// A file that is complete.
const WHOLE: &str = r#"
[teams]
app_id = "11111111-aaaa-4aaa-8aaa-111111111111"
tenant_id = "22222222-bbbb-4bbb-8bbb-222222222222"
client_secret = "s3cr3t-of-nobody"
[whatsapp]
access_token = "s3cr3t-of-nobody"
app_secrets = ["s3cr3t-of-nobody"]
verify_token = "s3cr3t-of-nobody"
"#;

struct Scene {
    dir: tempfile::TempDir,
}

impl Scene {
    fn new(toml: &str) -> Self {
        let scene = Self { dir: tempfile::tempdir().expect("a temporary folder") };
        scene.write("switchboard.toml", toml);
        scene
    }
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("writable");
    }
    fn load(&self, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::load(Some(&self.path("switchboard.toml")), variables(env))
    }
    /// The problems' text, which never holds the secret.
    fn refusal(&self, env: &[(&str, &str)]) -> String {
        let text = self.load(env).expect_err("refused").to_string();
        assert!(!text.contains(SECRET), "a secret was printed: {text}");
        text
    }
}

fn variables(env: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    env.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

/// `WHOLE` with one more line in a section.
fn with(section: &str, line: &str) -> String {
    if section.is_empty() {
        return format!("{line}\n{WHOLE}");
    }
    let head = format!("[{section}]");
    let toml = if WHOLE.contains(&head) { WHOLE.to_owned() } else { format!("{WHOLE}{head}\n") };
    toml.replace(&head, &format!("{head}\n{line}"))
}

#[test]
fn a_minimal_file_gets_the_documented_defaults() {
    let config = Scene::new(WHOLE).load(&[]).expect("complete");
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.store.path(), Some(Path::new("switchboard.db")));
    assert_eq!(config.teams.allowed_tenants, ["22222222-bbbb-4bbb-8bbb-222222222222"]);
    assert_eq!(config.teams.issuer, "https://api.botframework.com");
    assert_eq!(config.teams.allowed_service_hosts, ["smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"]);
    assert!(!config.teams.development_accept_unauthenticated);
    assert_eq!(config.whatsapp.graph_version, "v26.0");
    assert_eq!(config.log.format, LogFormat::Text);
    assert_eq!(config.directory, None);
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let scene = Scene::new(&with("server", "listen = \"127.0.0.1:1\""));
    assert_eq!(scene.load(&[]).expect("complete").server.listen.port(), 1);
    let config = scene.load(&[("SWITCHBOARD__SERVER__LISTEN", "[::1]:2"), ("OTHER", "x")]).expect("complete");
    assert_eq!(config.server.listen.to_string(), "[::1]:2");
    assert_eq!(config.origin("server.listen"), Origin::Variable("SWITCHBOARD__SERVER__LISTEN".to_owned()));
    assert_eq!(config.origin("teams.app_id"), Origin::File(scene.path("switchboard.toml")));
    assert_eq!(config.origin("log.filter"), Origin::Default);
}

#[test]
fn everything_can_come_from_the_environment_alone() {
    let env = variables(&[
        ("SWITCHBOARD__TEAMS__APP_ID", "12345"),
        ("SWITCHBOARD__TEAMS__TENANT_ID", "t"),
        ("SWITCHBOARD__TEAMS__CLIENT_SECRET", "true"),
        ("SWITCHBOARD__WHATSAPP__ACCESS_TOKEN", "[x"),
        ("SWITCHBOARD__WHATSAPP__APP_SECRETS", "a,b"),
        ("SWITCHBOARD__WHATSAPP__VERIFY_TOKEN", "007"),
        ("SWITCHBOARD__LOG__FORMAT", "json"),
        ("SWITCHBOARD__STORE__URL", ""),
    ]);
    let config = Config::load(None, env).expect("complete");
    assert_eq!(config.teams.app_id, "12345");
    assert_eq!(config.whatsapp.verify_token.expect("set").expose_secret(), "007", "a text stays what it is");
    assert_eq!(config.whatsapp.app_secrets.len(), 2);
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.store.url(), "sqlite://switchboard.db", "an empty variable is not set");
}

#[test]
fn the_password_of_a_database_is_shown_nowhere() {
    let scene = Scene::new(&with("store", "url_file = \"database-url\""));
    for (url, shown) in [
        ("postgres://u:s3cr3t-of-nobody@h:6000/d?sslmode=require", "postgres://u@h:6000/d (from file "),
        ("postgresql://u:s3cr3t-of-nobody@/?s3cr3t@h/d?password=s3cr3t-of-nobody", "postgresql://u@h/d (from file "),
    ] {
        std::fs::write(scene.path("database-url"), format!("{url}\n")).expect("written");
        let config = scene.load(&[]).expect("complete");
        assert_eq!((config.store.url(), config.store.path()), (url, None));
        let told = format!("{config:?} {}", config.table());
        assert!(told.contains(shown) && !told.contains("s3cr3t"), "{told}");
    }
}

#[rstest]
#[case::toml(r#"["a.example", "b.example:8443"]"#)]
#[case::loose("[a.example, b.example:8443]")]
#[case::commas(" a.example , b.example:8443,")]
fn a_list_in_the_environment(#[case] text: &str) {
    let config = Scene::new(WHOLE).load(&[("SWITCHBOARD__TEAMS__ALLOWED_SERVICE_HOSTS", text)]).expect("complete");
    assert_eq!(config.teams.allowed_service_hosts, ["a.example", "b.example:8443"]);
}

#[rstest]
#[case::key("teams", "app_idd = \"s3cr3t-of-nobody\"", "teams.app_idd is not a known key; [teams] knows: app_id, ")]
#[case::top("", "tems = \"x\"", "tems is not a known key; known here: directory, [server]")]
#[case::section("tems", "app_id = \"x\"", "tems is not a known key")]
#[case::section_as_value("", "log = 5", "log is a section, not a value")]
#[case::number("teams", "scope = 5", "teams.scope must be a text")]
#[case::flag("teams", "development_accept_unauthenticated = \"s3cr3t-of-nobody\"", "must be true or false")]
#[case::list("teams", "allowed_tenants = \"s3cr3t-of-nobody\"", "teams.allowed_tenants must be a list of texts")]
#[case::zero("limits", "teams_chat_burst = 0", "limits.teams_chat_burst must be a whole number from 1 to 100000")]
#[case::negative("limits", "teams_chat_burst = -1", "limits.teams_chat_burst must be a whole number from 1 to 100000")]
#[case::too_many("limits", "whatsapp_number_per_second = 100001", "limits.whatsapp_number_per_second must be a whole number")]
#[case::fraction("limits", "whatsapp_client_seconds = 0.5", "limits.whatsapp_client_seconds must be a whole number")]
#[case::quoted("limits", "whatsapp_client_seconds = \"6\"", "limits.whatsapp_client_seconds must be a whole number")]
#[case::listen("server", "listen = \"localhost\"", "server.listen must be an IP address and a port")]
#[case::format("log", "format = \"s3cr3t-of-nobody\"", "log.format must be one of: text, json")]
#[case::filter("log", "filter = \"a=b=c\"", "log.filter is not a filter")]
#[case::store("store", "url = \"mysql://u:s3cr3t-of-nobody@h/d\"", "\"mysql\"; this version knows sqlite://")]
#[case::store_twice("store", "url = \"postgres://u:s3cr3t-of-nobody@h/d\"\nurl_file = \"x\"", "store.url_file is given beside store.url")]
#[case::store_path("store", "url = \"sqlite://\"", "store.url must be sqlite:// and a path")]
#[case::http("whatsapp", "graph_url = \"http://graph.facebook.com\"", "whatsapp.graph_url must be https://; http:// is for loopback")]
#[case::password("teams", "login_url = \"https://u:s3cr3t-of-nobody@h/\"", "teams.login_url must not hold a user or password")]
#[case::no_url("teams", "issuer = \"api.botframework.com\"", "teams.issuer must be a URL")]
#[case::version("whatsapp", "graph_version = \"26\"", "whatsapp.graph_version must look like v26.0")]
#[case::tenants("teams", "allowed_tenants = [\"*\"]", "teams.allowed_tenants must hold tenants' ids")]
#[case::no_hosts("teams", "allowed_service_hosts = []", "teams.allowed_service_hosts is empty")]
#[case::public("server", "public_url = \"http://switchboard.example\"", "server.public_url must be https://")]
fn a_wrong_value_is_refused_with_file_key_and_reason(#[case] section: &str, #[case] line: &str, #[case] expected: &str) {
    let scene = Scene::new(&with(section, line));
    let text = scene.refusal(&[]);
    assert!(text.contains(&format!("{}: ", scene.path("switchboard.toml").display())), "{text}");
    assert!(text.contains(expected), "{text}");
}

#[test]
fn limits_come_from_the_file_and_the_environment() {
    let scene = Scene::new(&with("limits", "whatsapp_number_per_second = 1000\nteams_chat_burst = 1"));
    let limits = scene.load(&[("SWITCHBOARD__LIMITS__TEAMS_CHAT_BURST", "100000")]).expect("complete").limits;
    assert_eq!((limits.whatsapp_number_per_second.get(), limits.teams_chat_burst.get()), (1_000, 100_000));
    assert_eq!(limits.teams_tenant_per_second.get(), 50, "the default");
    for wrong in ["0", "100001", "2.0", "two", "-1"] {
        let text = scene.refusal(&[("SWITCHBOARD__LIMITS__TEAMS_CHAT_BURST", wrong)]);
        assert!(text.contains("limits.teams_chat_burst must be a whole number from 1 to 100000"), "{text}");
    }
}

#[rstest]
#[case::everything("*")]
#[case::shared_domain(&["*", ".trafficmanager.net"].concat())]
#[case::suffix(".trafficmanager.net")]
#[case::bare_shared_domain("trafficmanager.net")]
#[case::shared_domain_with_port("trafficmanager.net:8443")]
#[case::scheme("https://smba.trafficmanager.net")]
#[case::path("smba.trafficmanager.net/amer")]
#[case::user("x@smba.trafficmanager.net")]
#[case::blank("")]
fn a_service_host_is_one_exact_host(#[case] entry: &str) {
    let text = Scene::new(&with("teams", &format!("allowed_service_hosts = [{entry:?}]"))).refusal(&[]);
    assert!(text.contains("teams.allowed_service_hosts holds") && text.contains("name each host exactly"), "{text}");
}

#[rstest]
#[case("127.0.0.1:3979")]
#[case("localhost:3979")]
#[case("[::1]:3979")]
#[case("smba.trafficmanager.net:443")]
#[case("SMBA.trafficmanager.net")]
fn a_service_host_may_have_a_port(#[case] entry: &str) {
    let config = Scene::new(&with("teams", &format!("allowed_service_hosts = [{entry:?}]"))).load(&[]).expect("complete");
    assert_eq!(config.teams.allowed_service_hosts, [entry.to_lowercase()]);
}

#[rstest]
#[case("http://127.0.0.1:9000/", "http://127.0.0.1:9000")]
#[case("http://[::1]:9000", "http://[::1]:9000")]
#[case("http://localhost:9000/graph", "http://localhost:9000/graph")]
fn http_is_for_loopback(#[case] url: &str, #[case] kept: &str) {
    let config = Scene::new(&with("whatsapp", &format!("graph_url = {url:?}"))).load(&[]).expect("complete");
    assert_eq!(config.whatsapp.graph_url, kept);
}

#[test]
fn graph_is_asked_only_where_it_is_enabled() {
    let config = Scene::new(WHOLE).load(&[]).expect("complete");
    assert!(!config.teams.graph.enabled);
    assert_eq!(config.teams.graph.base_url, "https://graph.microsoft.com/v1.0");

    let scene = Scene::new(&with("teams.graph", "enabled = true\napp_catalog_id = \"c-1\"\nbase_url = \"http://127.0.0.1:9000/v1.0/\""));
    let graph = scene.load(&[("SWITCHBOARD__TEAMS__GRAPH__APP_CATALOG_ID", "c-2")]).expect("complete").teams.graph;
    assert!(graph.enabled);
    assert_eq!((graph.app_catalog_id.as_str(), graph.base_url.as_str()), ("c-2", "http://127.0.0.1:9000/v1.0"));
}

#[rstest]
#[case::emoji("read = \"👀\"", "teams.reactions.read must be an id")]
#[case::nothing("failed = \"\"", "teams.reactions.failed must be an id")]
#[case::path("delivered = \"a/b\"", "teams.reactions.delivered must be an id")]
#[case::twice("read = \"26a0_warningsign\"", "teams.reactions.failed is \"26a0_warningsign\" again")]
#[case::key("seen = \"x\"", "teams.reactions.seen is not a known key; [teams.reactions] knows: enabled, ")]
fn reactions_have_names_of_their_own(#[case] line: &str, #[case] expected: &str) {
    let config = Scene::new(WHOLE).load(&[]).expect("complete");
    assert!(!config.teams.reactions.enabled);
    let refusal = Scene::new(&with("teams.reactions", line)).refusal(&[]);
    assert!(refusal.contains(expected), "{refusal}");
}

#[rstest]
#[case::no_app("enabled = true", "teams.graph.app_catalog_id is missing")]
#[case::files_alone("files = true", "teams.graph.files needs teams.graph.enabled")]
#[case::path_as_id("app_catalog_id = \"a/b\"", "teams.graph.app_catalog_id must be an id")]
#[case::http("base_url = \"http://graph.microsoft.com/v1.0\"", "teams.graph.base_url must be https://; http:// is for loopback")]
#[case::scope("scope = \"a b\"", "teams.graph.scope must be one scope")]
#[case::key("catalog = \"x\"", "teams.graph.catalog is not a known key; [teams.graph] knows: enabled, ")]
#[case::flag("enabled = \"s3cr3t-of-nobody\"", "teams.graph.enabled must be true or false")]
fn a_wrong_setting_of_graph_is_refused(#[case] line: &str, #[case] expected: &str) {
    let text = Scene::new(&with("teams.graph", line)).refusal(&[]);
    assert!(text.contains(expected), "{text}");
    assert_eq!(text.lines().count(), 2, "one problem: {text}");
}

#[rstest]
#[case::as_a_value("teams", "graph = true", "teams.graph is a section, not a value")]
#[case::inside_what_is_none("teams", "x = { y = 1 }", "teams.x is not a known key; [teams] knows: app_id, ")]
#[case::at_the_top("", "[graph]\nenabled = true", "graph is not a known key; known here: directory, [server], ")]
fn a_section_stands_where_it_belongs(#[case] section: &str, #[case] line: &str, #[case] expected: &str) {
    let text = Scene::new(&with(section, line)).refusal(&[("SWITCHBOARD__TEAMS__X__Y", "")]);
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("teams.x.y is not a known key; there is no section [teams.x]"), "{text}");
}

#[test]
fn graph_needs_a_token_even_where_the_bot_needs_none() {
    let toml = WHOLE.replace("client_secret = \"s3cr3t-of-nobody\"", "development_accept_unauthenticated = true");
    let scene = Scene::new(&format!("{toml}[teams.graph]\napp_catalog_id = \"c-1\""));
    scene.load(&[]).expect("complete without Graph");
    let text = scene.refusal(&[("SWITCHBOARD__TEAMS__GRAPH__ENABLED", "true")]);
    assert!(text.contains("teams.graph.enabled needs teams.tenant_id and teams.client_secret"), "{text}");
}

#[test]
fn accepting_without_a_token_needs_a_loopback_listener() {
    let scene = Scene::new(&with("teams", "development_accept_unauthenticated = true"));
    assert!(scene.load(&[]).expect("complete").teams.development_accept_unauthenticated);
    for open in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080"] {
        let text = scene.refusal(&[("SWITCHBOARD__SERVER__LISTEN", open)]);
        assert!(
            text.contains("teams.development_accept_unauthenticated is only possible while server.listen is a loopback address"),
            "{text}"
        );
    }
}

#[test]
fn a_tenant_named_by_its_domain_needs_the_allowed_ones_by_id() {
    let scene = Scene::new(&WHOLE.replace("22222222-bbbb-4bbb-8bbb-222222222222", "contoso.onmicrosoft.com"));
    assert!(scene.refusal(&[]).contains("teams.tenant_id is a domain"));
    scene.load(&[("SWITCHBOARD__TEAMS__ALLOWED_TENANTS", "33333333-cccc-4ccc-8ccc-333333333333")]).expect("complete");
}

#[test]
fn an_unknown_variable_with_our_prefix_is_refused_by_name() {
    let text = Scene::new(WHOLE).refusal(&[("SWITCHBOARD__TEAMS__APPID", SECRET), ("SWITCHBOARD__X__Y", "")]);
    assert!(text.contains("environment variable SWITCHBOARD__TEAMS__APPID: teams.appid is not a known key"), "{text}");
    assert!(text.contains("environment variable SWITCHBOARD__X__Y: x.y is not a known key; there is no section [x]"), "{text}");
}

#[test]
fn all_problems_are_told_together() {
    let scene = Scene::new("[teams]\napp = \"x\"\n[log]\nformat = \"xml\"\n[whatsapp]\ngraph_version = \"9\"\n");
    let text = scene.refusal(&[("SWITCHBOARD__STORE__URL", "mysql://h")]);
    for part in [
        "teams.app is not a known key",
        "log.format must be",
        "whatsapp.graph_version must look",
        "store.url names a store",
        "teams.app_id is missing",
        "teams.tenant_id is missing",
        "teams.client_secret is missing: set it, or teams.client_secret_file",
        "whatsapp.access_token is missing",
        "whatsapp.app_secrets is missing",
        "whatsapp.verify_token is missing",
    ] {
        assert!(text.contains(part), "{part} is not told in:\n{text}");
    }
    assert_eq!(text.lines().count(), 1 + 10, "{text}");
}

#[test]
fn two_wrong_hosts_are_two_problems_and_a_wrong_type_is_not_also_missing() {
    let toml =
        with("teams", "allowed_service_hosts = [\"a/b\", \"c d\"]").replace("verify_token = \"s3cr3t-of-nobody\"", "verify_token = 7");
    let text = Scene::new(&toml).refusal(&[]);
    assert!(text.contains("\"a/b\"") && text.contains("\"c d\"") && text.contains("whatsapp.verify_token must be a text"), "{text}");
    assert_eq!(text.lines().count(), 1 + 3, "{text}");
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_line_and_without_its_content() {
    let scene = Scene::new("[teams]\napp_id = \"a\"\nclient_secret = \"s3cr3t-of-nobody\n");
    assert!(scene.refusal(&[]).contains("switchboard.toml: line 3 is not TOML"));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let text = Config::load(Some(Path::new("/nowhere/switchboard.toml")), []).expect_err("refused").to_string();
    assert!(text.contains("/nowhere/switchboard.toml cannot be read: No such file"), "{text}");
}

#[test]
fn secrets_come_from_files_beside_the_configuration_without_their_final_line_break() {
    let toml = WHOLE
        .replace("client_secret = \"s3cr3t-of-nobody\"", "client_secret_file = \"one\"")
        .replace("app_secrets = [\"s3cr3t-of-nobody\"]", "app_secrets_files = [\"one\", \"two\"]");
    let scene = Scene::new(&toml);
    scene.write("one", "first\n");
    scene.write("two", "second\r\n");
    let config = scene.load(&[]).expect("complete");
    assert_eq!(config.teams.client_secret.as_ref().expect("set").expose_secret(), "first");
    assert_eq!(config.whatsapp.app_secrets.iter().map(|s| s.expose_secret().to_owned()).collect::<Vec<_>>(), ["first", "second"]);
    let rows = config.rows();
    let row = rows.iter().find(|row| row.key == "teams.client_secret").expect("a row");
    assert_eq!(row.value, format!("set (from file {})", scene.path("one").display()));
    assert_eq!(row.from, scene.path("switchboard.toml").display().to_string());
    assert!(!rows.iter().any(|row| row.key.ends_with("_file")));
}

#[test]
fn a_secret_given_twice_is_refused() {
    let scene = Scene::new(&with("whatsapp", "access_token_file = \"one\"\napp_secrets_files = [\"one\"]"));
    scene.write("one", SECRET);
    let text = scene.refusal(&[]);
    assert!(text.contains("whatsapp.access_token_file is given beside whatsapp.access_token"), "{text}");
    assert!(text.contains("whatsapp.app_secrets_files is given beside whatsapp.app_secrets"), "{text}");
    let scene = Scene::new(WHOLE);
    scene.write("one", SECRET);
    let one = scene.path("one");
    let text = scene.refusal(&[("SWITCHBOARD__TEAMS__CLIENT_SECRET_FILE", one.to_str().expect("UTF-8"))]);
    assert!(
        text.contains("environment variable SWITCHBOARD__TEAMS__CLIENT_SECRET_FILE: teams.client_secret_file is given beside"),
        "{text}"
    );
}

#[rstest]
#[case::missing(None, "which cannot be read")]
#[case::empty(Some("\n"), "which is empty")]
#[case::two_lines(Some("s3cr3t-of-nobody\ns3cr3t-of-nobody\n"), "holds a space or a line break")]
fn a_secret_file_that_cannot_be_used_is_named(#[case] content: Option<&str>, #[case] expected: &str) {
    let scene = Scene::new(&WHOLE.replace("verify_token = \"s3cr3t-of-nobody\"", "verify_token_file = \"v\""));
    if let Some(content) = content {
        scene.write("v", content);
    }
    let text = scene.refusal(&[]);
    assert!(text.contains("whatsapp.verify_token") && text.contains(expected), "{text}");
    assert_eq!(text.lines().count(), 2, "one problem, told once: {text}");
}

#[test]
fn no_secret_is_printed() {
    let config = Scene::new(WHOLE).load(&[]).expect("complete");
    let printed = format!("{config:?} {} {}", config.table(), serde_json::to_string(&config.rows()).expect("JSON"));
    assert!(!printed.contains(SECRET));
    assert!(config.table().to_string().contains("1 set"));
}

#[test]
fn what_is_missing_is_shown_as_missing() {
    let (config, problems) = Config::inspect(None, []);
    let missing: Vec<String> = config.rows().into_iter().filter(|row| row.value == "missing").map(|row| row.key).collect();
    assert_eq!(
        missing,
        [
            "teams.app_id",
            "teams.tenant_id",
            "teams.allowed_tenants",
            "teams.client_secret",
            "whatsapp.access_token",
            "whatsapp.app_secrets",
            "whatsapp.verify_token"
        ]
    );
    assert_eq!(problems.len(), 6);
}

#[test]
fn every_key_has_a_row_a_field_and_a_place_in_the_example() {
    let rows: Vec<String> = Config::default().rows().into_iter().map(|row| row.key).collect();
    let example = include_str!("../../deploy/switchboard.example.toml");
    let mut section = String::new();
    let mut mentioned = Vec::new();
    for line in example.lines() {
        let line = line.trim_start_matches("# ").trim_start_matches('#');
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.to_owned();
        } else if let Some((key, _)) =
            line.split_once(" = ").filter(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
        {
            mentioned.push(keys::full(&section, key));
        }
    }
    for key in keys::all() {
        assert!(mentioned.contains(&key), "{key} is not in deploy/switchboard.example.toml");
        let told_with = key.trim_end_matches("_files").trim_end_matches("_file");
        assert!(rows.iter().any(|row| row == told_with), "{key} has no row");
    }
    for key in &mentioned {
        assert!(keys::all().any(|known| known == *key), "{key} of the example is not a key");
    }
}

#[test]
fn every_key_of_the_list_is_a_field_of_the_tree() {
    for (section, entries) in keys::SECTIONS {
        for (key, shape) in *entries {
            let value = match shape {
                keys::Shape::Flag => "true",
                keys::Shape::Count => "1",
                keys::Shape::Address => "127.0.0.1:1",
                keys::Shape::Choice(choices) => choices[0],
                keys::Shape::Text | keys::Shape::List => "x",
            };
            let name = format!("SWITCHBOARD__{}", keys::full(section, key).to_uppercase().replace('.', "__"));
            let mut problems = Vec::new();
            let config = layers::read(None, variables(&[(&name, value)]), &mut problems);
            assert_eq!(problems, [], "{name}");
            assert_eq!(config.origin(&keys::full(section, key)), Origin::Variable(name));
        }
    }
}

#[test]
fn the_example_is_a_configuration() {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/switchboard.example.toml"));
    let secrets = [
        ("SWITCHBOARD__TEAMS__CLIENT_SECRET", SECRET),
        ("SWITCHBOARD__WHATSAPP__ACCESS_TOKEN", SECRET),
        ("SWITCHBOARD__WHATSAPP__APP_SECRETS", SECRET),
        ("SWITCHBOARD__WHATSAPP__VERIFY_TOKEN", SECRET),
    ];
    let config = Config::load(Some(path), variables(&secrets)).expect("the example");
    assert_eq!(config.directory.as_deref(), Some(path.with_file_name("directory.example.toml").as_path()));

    // Every default in it is commented out, and is the default: uncommented, nothing changes.
    let text = std::fs::read_to_string(path).expect("the example");
    let optional = |line: &str| line.strip_prefix('#').filter(|line| line.contains(" = ") && !line.starts_with(' ')).map(str::to_owned);
    let uncommented: String = text.lines().map(|line| optional(line).unwrap_or_else(|| line.to_owned()) + "\n").collect();
    let scene = Scene::new(&uncommented);
    let other = scene.load(&secrets).expect("the example with every default written out");
    let values = |config: &Config| {
        config.rows().into_iter().map(|row| (row.key, row.value)).filter(|(key, _)| key != "directory").collect::<Vec<_>>()
    };
    assert_eq!(values(&other), values(&config));
}
