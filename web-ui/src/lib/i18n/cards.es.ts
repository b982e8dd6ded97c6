// Decides the words of what people show of themselves, and of who might suit whom, in Spanish.
import type { cards as english } from './cards.en'

export const cards: typeof english = {
  title: 'Lo que tus colegas ven de ti',
  about: 'Todo depende de ti y puede quedar vacío. Ayuda a encontrar a quién visitar.',
  role: 'Cómo llamas a tu trabajo',
  roleHint: 'Por ejemplo: docente de matemáticas.',
  grades: 'Cursos que enseñas',
  gradesHint: 'Separados por comas. Por ejemplo: 5, 6.',
  subjects: 'Materias que enseñas',
  subjectsHint: 'Separadas por comas.',
  room: 'Tu aula',
  experience: 'Cuánto tiempo llevas enseñando',
  experiences: { first_years: 'Mis primeros años', some_years: 'Algunos años', many_years: 'Muchos años' },
  unsaid: 'Sin indicar',
  save: 'Guardar',
  saved: 'Guardado',

  suggestions: 'A quién podrías visitar',
  suggestionsAbout: 'Según lo que cada cual muestra. Se calcula aquí, cada vez de nuevo, y nadie se entera.',
  reasons: {
    same_grade: (grade) => `Enseñáis lo mismo: ${grade}.`,
    near_grades: (theirs, mine) => `Enseña ${theirs}, junto a tu ${mine}.`,
    other_subjects: (subjects) => `Enseña otra cosa: ${subjects}.`,
    experience: { first_years: 'Está en sus primeros años de enseñanza.', some_years: 'Lleva algunos años enseñando.', many_years: 'Lleva muchos años enseñando.' },
  },
  notNow: 'Ahora no',
  notNowWho: (name) => `Ahora no: ${name}`,
  dismissed: (name) => `Ya no se te sugiere a ${name}.`,
}
