// Decides the words of one's own lessons over time, in Spanish.
import type { lessons as english } from './lessons.en'

export const lessons: typeof english = {
  title: 'Mis clases a lo largo del tiempo',
  about: 'Lo que se contó en tus propias clases, una junto a otra. Se calcula en este ordenador cuando miras, y a nadie más se le muestra.',
  which: 'Qué instrumento',
  times: (count) => (count === 1 ? '1 clase' : `${count} clases`),
  once: 'Una clase hasta ahora. La próxima que se mire de la misma manera estará a su lado.',
  baseline: 'El cuadrado y la línea discontinua son tu primera medida.',
  between: 'Un punto es la pausa central; la mitad de las pausas está dentro de la barra.',
  first: 'primera',
  lesson: 'Clase',
  noDay: 'sin fecha',
  half: 'La mitad',
  from: (least, most) => `de ${least} a ${most}`,
  pauses: 'Pausas',
  all: 'Todas',
  reading: (count) => (count === 1 ? 'Todavía se están leyendo unas notas' : `Todavía se están leyendo ${count} notas`),
  leftOut: (count) => `Se dejan fuera ${count} notas, porque aquí hay más de lo que se cuenta de una vez.`,

  put: {
    title: (measure) => `Escribir «${measure}» en la meta`,
    about: (readers) =>
      `Lo que se contó en tus propias clases, una junto a otra. A nadie más se le muestra. Lo que escribas de ello en la meta va al final de «Cómo lo sabré», y lo puede leer quien pueda ver la meta, ahora${readers === '' ? '' : ` (${readers})`} o más tarde.`,
    around: (half, count) => `la mitad, ${half}; ${count === 1 ? '1 pausa' : `${count} pausas`}`,
    leftOut: (count) => (count === 1 ? '(Entre medias hay 1 clase que no se muestra.)' : `(Entre medias hay ${count} clases que no se muestran.)`),
    done: 'Escrito en «Cómo lo sabré».',
  },

  own: {
    title: '¿De quién es la clase?',
    mine: 'Estas notas son de una clase mía',
    about: 'De una grabación, de memoria o de la hoja de otra persona. Lo que se cuente en ellas estará con tus otras clases en Crecer.',
    day: 'Día de la clase',
  },
}
