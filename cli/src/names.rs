//! Decides whom a NAME on the command line means, and when it could mean more than one person.

use serde::Deserialize;

use crate::client::{self, Daemon, Question};
use crate::failure::Failure;

/// A person as the daemon lists them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Letters of a person id that are shown where two people share a name.
pub(crate) const ID_LETTERS_SHOWN: usize = 8;

impl Person {
    /// The beginning of the id, enough to tell people apart.
    pub(crate) fn short_id(&self) -> &str {
        self.id.get(..ID_LETTERS_SHOWN).unwrap_or(&self.id)
    }
}

#[derive(Debug, Deserialize)]
struct People {
    people: Vec<Person>,
}

/// Finds the one person whom `name` means.
pub(crate) async fn resolve(daemon: &Daemon, name: &str) -> Result<Person, Failure> {
    let answer = daemon.ask(Question::get(&["people"])).await?;
    let People { people } = client::read(&answer)?;
    choose(&people, name)
}

/// A whole id always wins. A display name and the start of an id count alike, whatever the case, so that nobody can
/// take another person's place by choosing a name.
fn choose(people: &[Person], name: &str) -> Result<Person, Failure> {
    let wanted = name.trim().to_lowercase();
    if wanted.is_empty() {
        return Err(Failure::usage("a name cannot be empty").hint("rounds people"));
    }
    if let Some(person) = people.iter().find(|person| person.id == wanted) {
        return Ok(person.clone());
    }
    let meant: Vec<&Person> = people
        .iter()
        .filter(|person| person.name.trim().to_lowercase() == wanted || person.id.starts_with(&wanted))
        .collect();
    match meant.as_slice() {
        [person] => Ok((*person).clone()),
        [] => Err(Failure::not_found(format!("nobody here is called {name}")).hint("rounds people")),
        several => {
            let list: Vec<String> =
                several.iter().map(|person| format!("{} ({})", person.name, person.short_id())).collect();
            Err(Failure::ambiguous(format!("{name} could be {}", list.join(" or ")))
                .hint("write the start of the person id instead of the name"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;

    fn person(name: &str, id: &str) -> Person {
        Person { id: id.to_owned(), name: name.to_owned() }
    }

    fn staff_room() -> Vec<Person> {
        vec![
            person("Ben", "aaaa1111"),
            person("Chidi", "bbbb2222"),
            person("Chidi", "bbbb3333"),
            person("Dara", "cccc4444"),
        ]
    }

    #[test]
    fn a_display_name_or_the_start_of_an_id_will_do() {
        for name in ["Ben", "ben", " Ben ", "aaaa", "AAAA1111"] {
            assert_eq!(choose(&staff_room(), name).map(|person| person.id), Ok("aaaa1111".to_owned()), "{name:?}");
        }
    }

    #[test]
    fn two_of_one_name_are_told_apart_by_id() {
        let failure = choose(&staff_room(), "Chidi").expect_err("two people are called Chidi");
        assert_eq!(failure.exit, Exit::Usage);
        assert_eq!(failure.code, "ambiguous");
        assert!(failure.message.contains("bbbb2222") && failure.message.contains("bbbb3333"));
        assert_eq!(choose(&staff_room(), "bbbb3").map(|person| person.id), Ok("bbbb3333".to_owned()));
    }

    #[test]
    fn an_unknown_name_points_to_the_list() {
        let failure = choose(&staff_room(), "Ana").expect_err("Ana is not paired");
        assert_eq!(failure.exit, Exit::Failed);
        assert_eq!(failure.hint.as_deref(), Some("rounds people"));
    }

    #[test]
    fn a_name_chosen_to_look_like_an_id_takes_nobodys_place() {
        let mut people = staff_room();
        people.push(person("aaaa", "dddd5555"));
        assert_eq!(choose(&people, "aaaa").expect_err("two are meant").exit, Exit::Usage);
        people.push(person("aaaa1111", "eeee6666"));
        assert_eq!(choose(&people, "aaaa1111").map(|person| person.id), Ok("aaaa1111".to_owned()));
    }
}
