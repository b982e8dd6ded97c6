// Decides the words of strategy cards and vocabularies, in Spanish.
import type { strategies as english } from './strategies.en'

export const strategies: typeof english = {
  title: 'Estrategias',
  link: 'Estrategias: tus tarjetas y vocabularios',
  about: 'Maneras de hacer algo en una clase, cada una en su tarjeta. Una tarjeta es tuya hasta que se la enseñas a alguien.',
  new: 'Escribir una tarjeta',
  none: 'Todavía no hay tarjetas',
  name: 'Nombre de la tarjeta',
  tags: 'De qué trata',
  tagsHint: 'Una palabra o dos cada vez, separadas por comas.',
  all: 'Todas',
  whichTag: 'Qué tarjetas',
  by: (name) => `Tarjeta de ${name}`,
  mine: 'solo tú',
  seenBy: (names) => `tú y ${names}`,
  save: 'Guardar',
  sharingAbout: 'Puede leer esta tarjeta y usar sus palabras en sus propias metas. Escribirla te sigue tocando a ti.',

  vocabulary: {
    title: 'Vocabularios',
    about: 'Nombres de estrategias y de lo que se puede mirar, de un archivo que elijas tú. Se ofrecen donde escribes la estrategia de una meta o la pregunta de una visita, y no se muestran a nadie.',
    bring: 'Traer un archivo…',
    how: 'Cómo es un archivo así',
    strategies: 'Estrategias',
    targets: 'Qué mirar',
    done: (title) => `«${title}» ya está aquí.`,
    open: 'Ver o apartar',
    notJson: 'Este archivo no se puede leer: no es JSON.',
    tooLarge: (size) => `Este archivo es demasiado grande: un vocabulario tiene como mucho ${size}.`,
    notOne: 'Este archivo no es un vocabulario, o contiene algo que un vocabulario no tiene.',
  },

  use: {
    open: 'Empezar por una estrategia',
    which: 'Estrategia',
    cards: 'Tus tarjetas',
    add: 'Ponerla',
    about: 'Sus palabras van al final del texto, y las cambias como quieras. La tarjeta queda como está.',
    focus: 'De tu vocabulario',
    focusWhich: 'Qué mirar',
    none: 'nada',
  },

  fields: { text: 'Cómo se hace' },
  placeholders: { text: 'Qué se hace, cuándo y para qué…' },
}
