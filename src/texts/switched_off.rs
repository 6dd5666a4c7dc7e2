//! Sentences about colleagues, lines and the whole that an administrator switches off or on.

pub const FOR_YOU: &str = "Your administrator has switched off WhatsApp for you. Nothing was sent.";

/// Somebody asks who cannot use a line, or the whole, that is switched off.
pub fn for_what(what: &str) -> String {
    format!("Your administrator has switched off WhatsApp for {what}. Nothing was sent.")
}

/// Somebody asks who belongs to other lines.
pub fn not_of_line(line: &str) -> String {
    format!("You are not enabled for {line}. Nothing was sent. Ask your administrator.")
}

/// To those who stay in a conversation.
pub fn left(colleague: &str, client: &str) -> String {
    format!("{colleague} was switched off by your administrator and takes no part in the conversation with {client} any more.")
}

/// To supervisors: clients whom nobody has any more.
pub fn left_alone(colleague: &str, line: &str, clients: &[String]) -> String {
    let what = match clients.len() {
        1 => "One client has no colleague now".to_owned(),
        count => format!("{count} clients have no colleague now"),
    };
    format!(
        "{colleague} was switched off by your administrator for {line}. {what}: {}. Who writes is offered to the line; a colleague can also go \
         on with them from Contacts.",
        named(clients)
    )
}

/// To a colleague who is switched on again.
pub fn back(line: &str, clients: &[String]) -> String {
    format!("Your administrator has switched on WhatsApp for you again for {line}. These clients are yours as before: {}.", named(clients))
}

/// Names in a sentence; beyond these they are counted.
const NAMED: usize = 10;

fn named(clients: &[String]) -> String {
    let mut shown: Vec<String> = clients.iter().take(NAMED).cloned().collect();
    if clients.len() > NAMED {
        shown.push(format!("{} more", clients.len() - NAMED));
    }
    super::names::names(&shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_clients_are_counted() {
        let clients: Vec<String> = (1..=12).map(|at| format!("C{at}")).collect();
        assert!(left_alone("Ben", "Advice", &clients[..1]).contains("One client has no colleague now: C1."));
        assert!(
            left_alone("Ben", "Advice", &clients)
                .contains("12 clients have no colleague now: C1, C2, C3, C4, C5, C6, C7, C8, C9, C10 and 2 more.")
        );
    }
}
