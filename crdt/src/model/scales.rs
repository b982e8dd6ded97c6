//! Decides which labels would rate people instead of naming what was seen, so that no instrument carries a scale.
//!
//! It knows English and Spanish words, marks and shapes of scales. A label counts as a whole: *Good morning* names something
//! two people can point at, *Good* does not.

use crate::model::reason::ReasonCode;

/// What kind of scale a set of labels is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Scale {
    /// Numbers, levels, points, marks out of something.
    #[error("numbers and levels rate people; a label names something two people could both point at")]
    Numbers,
    /// Stars, thumbs, ticks or faces.
    #[error("stars, ticks and faces rate people; a label names something two people could both point at")]
    Signs,
    /// Words of worth: good, weak, proficient.
    #[error("words of praise or blame rate people; a label names something two people could both point at")]
    Worth,
    /// How far somebody agrees.
    #[error("degrees of agreement rate people; a label names something two people could both point at")]
    Agreement,
    /// How often or how much, in general.
    #[error("how often or how much, in general, rates people; tap each time it happens instead")]
    Degree,
    /// Yes and no.
    #[error("yes and no make a checklist of quality; a label names something two people could both point at")]
    Checklist,
    /// Letters as grades.
    #[error("a letter on its own would be a grade; a label names something two people could both point at")]
    Grades,
}

impl Scale {
    /// The code that a program knows it by.
    pub fn code(self) -> ReasonCode {
        match self {
            Scale::Numbers => ReasonCode::ScaleNumbers,
            Scale::Signs => ReasonCode::ScaleSigns,
            Scale::Worth => ReasonCode::ScaleWorth,
            Scale::Agreement => ReasonCode::ScaleAgreement,
            Scale::Degree => ReasonCode::ScaleDegree,
            Scale::Checklist => ReasonCode::ScaleChecklist,
            Scale::Grades => ReasonCode::ScaleLetters,
        }
    }
}

/// Words that stand for a position on a scale when only numbers are beside them.
const LEVELS: &[&str] = &[
    "level",
    "levels",
    "score",
    "scored",
    "point",
    "points",
    "pts",
    "rating",
    "rated",
    "grade",
    "rank",
    "star",
    "stars",
    "band",
    "tier",
    "out of",
    "of",
    "nivel",
    "puntuacion",
    "punto",
    "puntos",
    "calificacion",
    "grado",
    "rango",
    "estrella",
    "estrellas",
    "nota",
    "de",
    "sobre",
];

const WORTH: &[&str] = &[
    "excellent",
    "outstanding",
    "superb",
    "great",
    "very good",
    "good",
    "fairly good",
    "ok",
    "okay",
    "fine",
    "average",
    "fair",
    "acceptable",
    "adequate",
    "inadequate",
    "satisfactory",
    "unsatisfactory",
    "poor",
    "very poor",
    "bad",
    "weak",
    "strong",
    "effective",
    "highly effective",
    "partially effective",
    "ineffective",
    "proficient",
    "basic",
    "advanced",
    "developing",
    "emerging",
    "distinguished",
    "exemplary",
    "needs improvement",
    "needs work",
    "room for improvement",
    "requires improvement",
    "inadequate teaching",
    "above average",
    "below average",
    "exceeds expectations",
    "meets expectations",
    "below expectations",
    "exceeds",
    "meets",
    "successful",
    "unsuccessful",
    "pass",
    "fail",
    "best",
    "worst",
    "better",
    "worse",
    "competent",
    "incompetent",
    "good teaching",
    "bad teaching",
    "excelente",
    "sobresaliente",
    "notable",
    "muy bien",
    "muy bueno",
    "muy buena",
    "bien",
    "bueno",
    "buena",
    "regular",
    "aceptable",
    "adecuado",
    "adecuada",
    "inadecuado",
    "inadecuada",
    "satisfactorio",
    "insatisfactorio",
    "suficiente",
    "insuficiente",
    "deficiente",
    "malo",
    "mala",
    "mal",
    "muy malo",
    "muy mal",
    "flojo",
    "floja",
    "debil",
    "fuerte",
    "eficaz",
    "ineficaz",
    "competente",
    "incompetente",
    "basico",
    "avanzado",
    "en desarrollo",
    "necesita mejorar",
    "mejorable",
    "supera lo esperado",
    "cumple lo esperado",
    "por debajo de lo esperado",
    "ejemplar",
    "destacado",
    "aprobado",
    "suspenso",
    "mejor",
    "peor",
];

const AGREEMENT: &[&str] = &[
    "strongly agree",
    "agree",
    "somewhat agree",
    "neutral",
    "neither agree nor disagree",
    "somewhat disagree",
    "disagree",
    "strongly disagree",
    "muy de acuerdo",
    "totalmente de acuerdo",
    "de acuerdo",
    "ni de acuerdo ni en desacuerdo",
    "neutro",
    "en desacuerdo",
    "muy en desacuerdo",
    "totalmente en desacuerdo",
];

/// Words for how often or how much.
const DEGREES: &[&str] = &[
    "always",
    "usually",
    "often",
    "frequently",
    "sometimes",
    "occasionally",
    "seldom",
    "rarely",
    "never",
    "high",
    "medium",
    "moderate",
    "low",
    "very high",
    "very low",
    "a lot",
    "some",
    "a little",
    "none",
    "fully",
    "mostly",
    "partly",
    "partially",
    "not at all",
    "siempre",
    "casi siempre",
    "a menudo",
    "a veces",
    "rara vez",
    "casi nunca",
    "nunca",
    "alto",
    "alta",
    "medio",
    "media",
    "bajo",
    "baja",
    "muy alto",
    "muy bajo",
    "mucho",
    "algo",
    "poco",
    "nada",
    "totalmente",
    "parcialmente",
];

const CHECKLIST: &[&str] = &[
    "yes",
    "no",
    "si",
    "not yet",
    "partly met",
    "met",
    "not met",
    "todavia no",
    "aun no",
    "logrado",
    "no logrado",
    "cumple",
    "no cumple",
];

/// The rungs of ladders that teachers are placed on. One of them may name a part of a lesson, or a group.
const RUNGS: &[&str] = &[
    "beginning",
    "beginner",
    "novice",
    "approaching",
    "approaching expectations",
    "meeting",
    "meeting expectations",
    "exceeding",
    "exceeding expectations",
    "accomplished",
    "secure",
    "mastered",
    "mastery",
    "expert",
    "inicial",
    "principiante",
    "novato",
    "en inicio",
    "en proceso",
    "en desarrollo",
    "consolidado",
    "destacado",
    "experto",
    "experta",
];

/// Medals. One of them may be a group's name.
const MEDALS: &[&str] = &["gold", "silver", "bronze", "platinum", "oro", "plata", "bronce", "platino"];

/// Traffic lights. Two of them may be groups, or pens.
const LIGHTS: &[&str] = &["red", "amber", "green", "rojo", "ambar", "verde"];

/// Signs people rate with; a label of nothing else rates.
const SIGNS: &[char] = &[
    '★', '☆', '⭐', '🌟', '✩', '✪', '✓', '✔', '✅', '✗', '✘', '❌', '👍', '👎', '👌', '🙂', '😀', '😃', '😊', '😐',
    '😕', '🙁', '☹', '😞', '😡', '😢', '❤', '💯', '🏆', '🥇', '🥈', '🥉', '🔴', '🟡', '🟢', '🟠',
];

/// Whether a label, as it was written and as it sounds, takes part in a scale.
type Takes = fn(&str, &str) -> bool;

/// Every kind of scale, with how many labels it takes to make one, in the order in which they are told.
const KINDS: [(Scale, usize, Takes); 10] = [
    (Scale::Signs, 1, |label, _| only_signs(label)),
    (Scale::Numbers, 1, |label, _| numbered(label)),
    (Scale::Worth, 1, |_, plain| WORTH.contains(&plain)),
    (Scale::Agreement, 1, |_, plain| AGREEMENT.contains(&plain)),
    // One of them may name what was seen; two beside each other are a scale.
    (Scale::Degree, 2, |_, plain| DEGREES.contains(&plain)),
    (Scale::Checklist, 2, |_, plain| CHECKLIST.contains(&plain)),
    (Scale::Worth, 2, |_, plain| RUNGS.contains(&plain)),
    (Scale::Signs, 2, |_, plain| MEDALS.contains(&plain)),
    (Scale::Signs, 3, |_, plain| LIGHTS.contains(&plain)),
    (Scale::Grades, 1, |_, plain| graded(plain)),
];

/// Every scale that is among these labels, each with the places of the labels it consists of.
pub fn scales_in(labels: &[&str]) -> Vec<(Scale, Vec<usize>)> {
    let plain: Vec<String> = labels.iter().map(|label| plain(label)).collect();
    let found = KINDS.iter().map(|(scale, least, takes)| {
        let takes_part = |at: &usize| takes(labels[*at], &plain[*at]);
        (*scale, *least, (0..labels.len()).filter(takes_part).collect::<Vec<usize>>())
    });
    found.filter(|(_, least, at)| at.len() >= *least).map(|(scale, _, at)| (scale, at)).collect()
}

/// The scale that these labels are, if they are one.
pub fn scale_in(labels: &[&str]) -> Option<Scale> {
    scales_in(labels).first().map(|(scale, _)| *scale)
}

/// Lower case, without accents, punctuation, digits, signs and double blanks: "1 – Muy  Débil!" is "muy debil".
fn plain(label: &str) -> String {
    let letters: String = label
        .chars()
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            'á' | 'à' => 'a',
            'é' | 'è' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' | 'ü' => 'u',
            letter if letter.is_alphabetic() => letter,
            _ => ' ',
        })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// "3", "Level 2", "4/5", "2 points", "3 out of 5".
fn numbered(label: &str) -> bool {
    let bare = plain(label);
    label.chars().any(char::is_numeric) && (bare.is_empty() || LEVELS.contains(&bare.as_str()))
}

/// "★★★", "👍", "**".
fn only_signs(label: &str) -> bool {
    let mut signs = label.chars().filter(|sign| !sign.is_whitespace() && *sign != '\u{fe0f}').peekable();
    signs.peek().is_some() && signs.all(|sign| SIGNS.contains(&sign) || sign == '*')
}

/// "A", "b+", "Grade C".
fn graded(label: &str) -> bool {
    let letter = label.strip_prefix("grade ").or(label.strip_prefix("nota ")).unwrap_or(label);
    letter.chars().count() == 1 && letter.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_told_by_their_kind() {
        let table: [(&[&str], Scale); 27] = [
            (&["1", "2", "3"], Scale::Numbers),
            (&["Level 1", "Level 2"], Scale::Numbers),
            (&["4/5"], Scale::Numbers),
            (&["3 out of 5", "4 out of 5"], Scale::Numbers),
            (&["2 puntos"], Scale::Numbers),
            (&["Recall", "★★★"], Scale::Signs),
            (&["***", "**"], Scale::Signs),
            (&["👍", "👎"], Scale::Signs),
            (&["🙂", "😐", "☹️"], Scale::Signs),
            (&["good", "ok", "poor"], Scale::Worth),
            (&["1 – Excellent!", "2 – Weak"], Scale::Worth),
            (&["Needs improvement"], Scale::Worth),
            (&["Proficient", "Basic"], Scale::Worth),
            (&["Muy bien", "Regular"], Scale::Worth),
            (&["Débil"], Scale::Worth),
            (&["Strongly agree", "Neutral"], Scale::Agreement),
            (&["Totalmente en desacuerdo"], Scale::Agreement),
            (&["Always", "Sometimes", "Never"], Scale::Degree),
            (&["alto", "medio", "bajo"], Scale::Degree),
            (&["Yes", "No"], Scale::Checklist),
            (&["Yes", "Partly", "Not yet"], Scale::Checklist),
            (&["Beginning", "Approaching", "Meeting", "Exceeding"], Scale::Worth),
            (&["Novice", "Expert"], Scale::Worth),
            (&["En inicio", "En proceso", "Destacado"], Scale::Worth),
            (&["Gold", "Silver", "Bronze"], Scale::Signs),
            (&["Red", "Amber", "Green"], Scale::Signs),
            (&["A", "B", "C"], Scale::Grades),
        ];
        for (labels, scale) in table {
            assert_eq!(scale_in(labels), Some(scale), "{labels:?}");
        }
    }

    #[test]
    fn each_scale_is_told_with_the_labels_it_consists_of() {
        let labels = ["Recall", "Often", "Good", "Never", "Weak"];
        assert_eq!(scales_in(&labels), [(Scale::Worth, vec![2, 4]), (Scale::Degree, vec![1, 3])]);
        assert_eq!(scales_in(&["Recall", "Often"]), [], "one degree alone may name what was seen");
    }

    #[test]
    fn names_of_what_was_seen_are_none() {
        let table: [&[&str]; 11] = [
            &["Recall", "Explain why", "Use", "Compare"],
            &["Good morning", "Well said", "Thank you"],
            &["Answers 1 to 3 on the board", "Level 2 task handed out"],
            &["None", "One student answers"],
            &["Says yes", "Says no"],
            &["Beginning", "Middle", "End"],
            &["Red", "Green", "Blue", "Yellow"],
            &["Students 1 and 2 talk"],
            &["*wonder*"],
            &["✋ raised hand"],
            &["Sirve de ejemplo", "Pregunta por qué"],
        ];
        for labels in table {
            assert_eq!(scale_in(labels), None, "{labels:?}");
        }
    }
}
